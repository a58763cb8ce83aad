"""Messages as people see them: the one place that turns rows into what a page, a socket or an export shows.

`present` makes them. Their fields are facts, their properties sentences in the active language. Without
arguments `UserMessage()` and `AssistantMessage()` are blank ones, which the page's script fills in.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from chat.core.errors import sentence_of
from chat.core.text import is_long
from chat.markdown import RENDERER_VERSION, render
from chat.markdown.speech.writing_systems import language_of
from chat.models import Message, Role, Status, heard
from chat.models.conversations import Siblings
from chat.models.generations import generation_of
from chat.models.heard import HeardMark
from chat.provider import parameters

# Characters of a message by which its language is told: to look at them costs about a microsecond each
LETTERS_LOOKED_AT = 120
# The line that tells what the model is sent, at a message: that what is sent begins with it, also because the
# rest did not fit, or that nothing above the end of it is sent
ContextLine = Literal["", "starts", "shortened", "nothing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownMessage:
    """What questions and answers have in common. Of one that is hidden nothing is here that was said.

    `depth`, how many messages lead to it, is told of the last one where the context moves on in steps.
    """

    uuid: str = ""
    role: str
    status: str
    text: str = ""
    body: SafeString = escape("")
    is_hidden: bool = False
    is_pinned: bool = False
    created_at: datetime | None = None
    siblings: Siblings | None = None
    context_line: ContextLine = ""
    depth: int | None = None

    @property
    def status_label(self) -> str:
        """What people call its state."""
        return str(Status(self.status).label)

    @property
    def language(self) -> str:
        """The language of what was said, where its letters tell that it is not the reader's; "" otherwise.

        A browser chooses fonts, line breaks and a screen reader's voice by it. Latin letters tell nothing.
        """
        reader = get_language() or ""
        found = language_of(self.text[:LETTERS_LOOKED_AT], reader)
        return "" if found in (reader, "en") else found

    @property
    def lang(self) -> SafeString:
        """The same as an attribute."""
        return format_html('lang="{}"', self.language) if self.language else escape("")


@dataclass(frozen=True, slots=True, kw_only=True)
class UserMessage(ShownMessage):
    """What a person said.

    `switched_to` is the persona that answers from here on ("" for none), None when it
    is the same as before.
    """

    role: str = Role.USER.value
    status: str = Status.COMPLETE.value
    is_long: bool = False
    switched_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistantMessage(ShownMessage):
    """What a model said.

    `model` is the provider's own name for it and `model_label` what people call it; `rating` is what its
    owner found of it ("up", "down", "" for nothing);
    `context_starts_at` is the first message that it saw, if exchanges were left out for it, and `heard`
    how far it was heard, if that was interrupted.
    """

    role: str = Role.ASSISTANT.value
    status: str = Status.RUNNING.value
    has_thinking: bool = False
    thinking: SafeString = escape("")
    thinking_ms: int | None = None
    seq: int = 0
    finish_reason: str = ""
    is_cut: bool = False
    error: str = ""
    request_id: str = ""
    model: str = ""
    model_label: str = ""
    requested_model: str = ""
    persona_name: str = ""
    ignored_parameters: str = ""
    truncated_exchanges: int = 0
    context_starts_at: UUID | None = None
    is_reported: bool = False
    rating: str = ""
    heard: HeardMark | None = None

    @property
    def thinking_line(self) -> str:
        """How long it has thought, as the page's script says it too (thread/thinking.js)."""
        if self.thinking_ms is None:
            return _("Thinking")
        return _("Thought for {} s").format(max(1, (self.thinking_ms + 500) // 1000))

    @property
    def error_line(self) -> str:
        """What went wrong and what to do; "" when nothing did."""
        return sentence_of(self.error)

    @property
    def request_line(self) -> str:
        """By what the operator finds it, when something went wrong; "" otherwise."""
        return _("Request ID: %(id)s") % {"id": self.request_id} if self.error and self.request_id else ""

    @property
    def substitution_line(self) -> str:
        """That another model was chosen than the one that answered; "" as a rule."""
        if not self.requested_model:
            return ""
        names = {"chosen": self.requested_model, "answering": self.model_label or self.model}
        return _("%(chosen)s is no longer available; %(answering)s replied.") % names

    @property
    def ignored_line(self) -> str:
        """Which of the parameters that were set the model did not take; "" when it took all."""
        if not self.ignored_parameters:
            return ""
        names = {"names": parameters.labels(self.ignored_parameters)}
        return _("This model doesn’t support these settings: %(names)s") % names

    @property
    def heard_line(self) -> str:
        """Where its person interrupted when it was read aloud; "" when they did not."""
        if self.heard is None:
            return ""
        if not self.heard.words:
            return _("You interrupted before hearing this reply.")
        return _("You interrupted after “%(words)s”.") % {"words": self.heard.words}

    @property
    def truncated_line(self) -> str:
        """That exchanges were left out; "" when none was."""
        return truncated_line(self.truncated_exchanges)


def truncated_line(count: int) -> str:
    """Return the sentence that says that `count` exchanges were left out of a request; "" when none was."""
    if not count:
        return ""
    return ngettext(
        "The conversation was too long; 1 older exchange was left out.",
        "The conversation was too long; %(count)d older exchanges were left out.",
        count,
    ) % {"count": count}


def present(
    message: Message,
    *,
    siblings: Siblings | None = None,
    context_line: ContextLine = "",
    switched_to: str | None = None,
    context_starts_at: UUID | None = None,
    depth: int | None = None,
    is_reported: bool = False,
    rating: str = "",
    with_hidden: bool = False,
) -> ShownMessage:
    """Return a stored message as it is shown; what its row does not tell is given.

    `with_hidden` is for moderators: they read what they have hidden.
    """
    is_hidden = message.is_hidden and not with_hidden
    text, body = ("", escape("")) if is_hidden else (message.text, body_html(message))
    if message.role == Role.ASSISTANT:
        return replace(
            outline(message),
            text=text,
            body=body,
            has_thinking=bool(message.reasoning) and not is_hidden,
            thinking=escape("") if is_hidden else thinking_html(message),
            siblings=siblings,
            context_line=context_line,
            depth=depth,
            context_starts_at=context_starts_at,
            is_reported=is_reported,
            rating=rating,
            heard=None if is_hidden else heard.read(message.heard),
        )
    return UserMessage(
        uuid=str(message.uuid),
        status=message.status,
        text=text,
        body=body,
        is_hidden=message.is_hidden,
        created_at=message.created_at,
        siblings=siblings,
        context_line=context_line,
        depth=depth,
        is_pinned=message.pinned_at is not None,
        is_long=is_long(text),
        switched_to=switched_to,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version of a reply, to be compared with another; `tokens` and `seconds` are None if not known."""

    message: AssistantMessage
    is_in_use: bool
    tokens: int | None
    seconds: float | None


def present_version(reply: Message, siblings: Siblings) -> Version:
    """Return a stored reply as it is shown beside another version of it. One query."""
    shown, generation = present(reply, siblings=siblings), generation_of(reply)
    assert isinstance(shown, AssistantMessage)
    took = generation.total_ms
    return Version(
        message=shown,
        is_in_use=reply.get_is_in_view(),
        tokens=generation.tokens_out,
        seconds=None if took is None else took / 1000,
    )


def outline(reply: Message) -> AssistantMessage:
    """Return an answer without a word that it said: for what is told of it, and its text costs to render."""
    generation = generation_of(reply)
    return AssistantMessage(
        uuid=str(reply.uuid),
        status=reply.status,
        is_hidden=reply.is_hidden,
        created_at=reply.created_at,
        thinking_ms=generation.thinking_ms,
        seq=generation.seq,
        finish_reason=reply.finish_reason,
        is_cut=reply.is_cut,
        error=generation.error,
        request_id=generation.request_id,
        model=reply.model,
        model_label=reply.model_label,
        requested_model=reply.requested_model,
        persona_name=reply.persona_name,
        ignored_parameters=generation.ignored_parameters,
        truncated_exchanges=generation.truncated_exchanges,
    )


def body_html(message: Message) -> SafeString:
    """Return what was said as safe HTML: a person's words escaped, the model's rendered and sanitised."""
    if message.role == Role.USER:
        return escape(message.text)
    closed = message.html and message.html_version == RENDERER_VERSION
    return mark_safe(message.html if closed else render(message.text))


def thinking_html(message: Message) -> SafeString:
    """Return what a reply thought before it answered, as safe HTML."""
    if not message.reasoning:
        return escape("")
    closed = message.thinking_html and message.html_version == RENDERER_VERSION
    return mark_safe(message.thinking_html if closed else render(message.reasoning))
