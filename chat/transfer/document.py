"""One conversation to be written: its messages as they are read, and the sentences that files say of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat.conversations.presenter import outline
from chat.models import Conversation, Message, Role, Status
from chat.transfer.reading import Outline

Counted = Callable[[], None]
"""Is called for each message that was read; it may raise, to end there."""


@dataclass(frozen=True, slots=True)
class Document:
    """A conversation with its model and project, whose messages are read when they are asked for."""

    conversation: Conversation
    outline: Outline
    counted: Counted

    @classmethod
    def of(cls, conversation: Conversation, counted: Counted = lambda: None) -> Document:
        """Read the outline of a conversation."""
        return cls(conversation, Outline.of(conversation), counted)

    def every_message(self) -> Iterator[Message]:
        """Return all messages, of all branches, oldest first."""
        return self._read(list(self.outline.sizes))

    def in_view(self, *, with_html: bool = False) -> Iterator[tuple[Message, tuple[int, int] | None]]:
        """Return the messages of the branch in view, each with its place if it has versions."""
        branch = self.outline.branch_to(self.conversation.tip_id)
        versions = self.outline.versions(branch)
        for message in self._read(branch, with_html=with_html):
            yield message, versions.get(message.pk)

    @property
    def unseen(self) -> int:
        """How many messages are on other branches than the one in view."""
        return len(self.outline.sizes) - len(self.outline.branch_to(self.conversation.tip_id))

    @property
    def project_name(self) -> str:
        """The name of the project that it is in; "" for none."""
        project = self.conversation.current_project
        return project.name if project else ""

    def _read(self, ids: list[int], *, with_html: bool = False) -> Iterator[Message]:
        for message in self.outline.messages(ids, with_html=with_html):
            yield message
            self.counted()


def said(message: Message) -> tuple[str, str]:
    """Return what a message says and what was thought before it: nothing of one that is hidden."""
    return ("", "") if message.is_hidden else (message.text, message.reasoning)


def name_of(message: Message) -> str:
    """Return who speaks, as people call it: "You", or "Tutor · GPT-4o"."""
    if message.role == Role.USER:
        return _("You")
    names = (message.persona_name, message.model_label or message.model)
    return " · ".join(name for name in names if name) or _("Assistant")


def end_status(message: Message) -> str:
    """Return how a message ended. One that is being written ends where the file does."""
    is_running = message.role == Role.ASSISTANT and message.status == Status.RUNNING
    return Status.INTERRUPTED.value if is_running else message.status


def unseen_line(count: int) -> str:
    """Return the sentence that says how much of a conversation is not in a file; "" for nothing."""
    if not count:
        return ""
    return ngettext(
        "%(count)d message is on other branches; the JSON format has it.",
        "%(count)d messages are on other branches; the JSON format has them.",
        count,
    ) % {"count": count}


def version_line(version: tuple[int, int]) -> str:
    """Return which of how many versions of a message this is."""
    return _("Version {number} of {count}").format(number=version[0], count=version[1])


def notes(message: Message) -> list[str]:
    """Return how a reply ended and what was told with it, as its page says; nothing for a question."""
    if message.role == Role.USER:
        return []
    shown = outline(message)
    endings = {
        Status.STOPPED: _("You stopped this reply."),
        Status.INTERRUPTED: _("This reply was interrupted. What arrived was saved."),
    }
    cut = _("This reply reached the maximum length.") if shown.is_cut else ""
    ending = endings.get(Status(end_status(message)), "")
    return [note for note in (shown.error_line, shown.substitution_line, cut, ending) if note]
