"""What a reply that is being written is now: its words and times, whether it is to stop, how it ended."""

import asyncio
import logging
from dataclasses import dataclass
from uuid import UUID

from chat.core.errors import ChatError
from chat.core.text import is_blank
from chat.core.tracing import request_id
from chat.markdown import RENDERER_VERSION
from chat.models import Conversation, Message, Status
from chat.provider import Delta, End, ReasoningDelta, RequestAttempt, TextDelta, TextWasReasoning
from chat.replies.audience import Audience
from chat.replies.checkpoint import Checkpoint, Ending
from chat.replies.request_record import Record
from chat.replies.timing import Timing
from chat.replies.writer import Writer

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Outcome:
    """How a reply ended: its state, and the error's code and operator's text if there was one."""

    status: str = Status.COMPLETE
    error: str = ""
    detail: str = ""


class RunningReply:
    """The state of one reply from prompt to final row, which outlives every socket.

    Those who read it are its `audience`; request_loop.RequestLoop asks the provider, and keeps its task and
    the latest request here. `stop` may come at any time, also before the first token.
    """

    def __init__(self, conversation: Conversation, reply: Message, session: str | None = None) -> None:
        self.conversation = conversation
        self.reply = reply
        self.writer = Writer()
        self.row = reply.generation
        self.timing = Timing(self.row)
        self.audience = Audience(reply, self.writer, self.timing.idle_ms)
        if not reply.text:
            self.audience.open()
        self.attempt = RequestAttempt()
        self.request_task: asyncio.Task[End] | None = None
        self.record: Record | None = None
        self.wanted_end: str | None = None
        # The first message that the model sees, pinned ones apart, if exchanges were left out
        self.context_starts_at: UUID | None = None
        # Its first word is shown, or none will come
        self.has_begun, self.is_over = asyncio.Event(), asyncio.Event()
        self.is_ending = False
        self._news: asyncio.Event | None = None  # while somebody waits for more
        self._session = session
        self._written_seq = -1

    async def prepare(self) -> None:
        """Render what a reply that is continued has already; `seq` goes on from where it was."""
        try:
            # Above the one it ended with, so that pages tell what comes now from what comes late
            self.writer.seq = self.row.seq + 1 if self.row.seq else 0
            self.writer.feed(self.reply.text, self.reply.reasoning)
            await self.writer.flush()
            self._written_seq = self.writer.seq
        finally:
            self.audience.open()

    def feed(self, delta: Delta) -> None:
        """Take in what came of the provider."""
        self.timing.note(delta)
        match delta:
            case TextDelta():
                self.writer.feed(delta.text, "")
            case ReasoningDelta():
                self.writer.feed("", delta.text)
            case TextWasReasoning():
                self.writer.feed("", "", delta.length)
        self._tell_news()

    def stop(self, status: str = Status.STOPPED) -> None:
        """End with `status`, keeping the text; the provider's connection is closed."""
        if self.wanted_end:  # cancelled twice, the stream could not put its connection away
            return
        self.wanted_end = status
        if self.request_task is not None:
            self.request_task.cancel()

    def over(self) -> None:
        """Let those who wait for its beginning or end go on: nothing more comes."""
        self.has_begun.set()
        self.is_over.set()
        self._tell_news()

    async def news(self) -> None:
        """Return when more has come, or nothing more will."""
        if not self.is_over.is_set():
            self._news = self._news or asyncio.Event()
            await self._news.wait()

    def _tell_news(self) -> None:
        if self._news is not None:
            self._news.set()
            self._news = None

    @property
    def has_words(self) -> bool:
        """Whether anything has come of it, of the answer or of the thinking."""
        return bool(self.writer.text or self.writer.reasoning)

    @property
    def further_requests(self) -> int:
        """How often the model was asked again, without a parameter or with less."""
        return max(0, self.attempt.requests - 1)

    @property
    def ignored_parameters(self) -> str:
        """The parameters that were set and not taken, in this request or an earlier one of this reply."""
        return " ".join(dict.fromkeys([*self.row.ignored_parameters.split(), *self.attempt.ignored]))

    def belongs_to(self, person: int, session: str | None) -> bool:
        """Return whether it was asked for by this person in this session (None: in any)."""
        return self.conversation.owner_id == person and session in {None, self._session}

    def note_end(self, end: End) -> None:
        """Keep what the provider says of a whole answer: its model, why it ended, its tokens."""
        self.reply.model = end.model[:200]
        self.reply.finish_reason = end.finish_reason
        self.row.tokens_in = total(self.row.tokens_in, end.tokens_in)
        self.row.tokens_out = total(self.row.tokens_out, end.tokens_out)
        self.row.tokens_cached = total(self.row.tokens_cached, end.tokens_cached)

    def outcome_of(self, problem: BaseException) -> Outcome:
        """Return the end that a fault makes of this reply; it is logged."""
        has_text = not is_blank(self.writer.text)
        status = Status.INTERRUPTED if has_text else Status.FAILED
        if isinstance(problem, ChatError):
            logger.warning("reply %s: %s: %s", self.reply.uuid, problem.code, problem.detail)
            return Outcome(status, problem.code, problem.detail)
        logger.error("reply %s failed", self.reply.uuid, exc_info=problem)
        return Outcome(status, ChatError.code, f"{type(problem).__name__}: {problem}")

    # What is written of it

    def checkpoint(self) -> Checkpoint | None:
        """Return text and seq to be written, or None when the last checkpoint holds them already."""
        if self.writer.seq == self._written_seq:
            return None
        self._written_seq = self.writer.seq
        return Checkpoint(self.reply.pk, self.writer.text, self.writer.reasoning, self.writer.seq)

    def ending(self, outcome: Outcome) -> Ending:
        """Return the last update of the rows, with the closed HTML beside the text."""
        self.timing.end()
        self.row.request_id = request_id.get()
        message = {
            "status": outcome.status,
            # White space alone would count as an answer
            "text": "" if is_blank(self.writer.text) else self.writer.text,
            "reasoning": self.writer.reasoning,
            "html": self.writer.html,
            "thinking_html": self.writer.thinking_html,
            "html_version": RENDERER_VERSION,
            "finish_reason": self.reply.finish_reason if outcome.status == Status.COMPLETE else "",
            "model": self.reply.model,
            "model_label": self.reply.model_label,
            "requested_model": self.reply.requested_model,
        }
        generation = {
            "seq": self.writer.seq,
            "error": outcome.error,
            "error_detail": outcome.detail[:600],
            "request_id": self.row.request_id,
            "ignored_parameters": self.ignored_parameters,
            "truncated_exchanges": self.row.truncated_exchanges,
            "tokens_in": self.row.tokens_in,
            "tokens_out": self.row.tokens_out,
            "tokens_cached": self.row.tokens_cached,
            "first_token_ms": self.row.first_token_ms,
            "thinking_ms": self.row.thinking_ms,
            "total_ms": self.row.total_ms,
        }
        request = self.record.fields(self.reply.model) if self.record else None
        return Ending(self.reply.pk, message, generation, request)


def total(before: int | None, more: int | None) -> int | None:
    """Return the sum of a figure over the requests of a reply; None while none is known."""
    return (before or 0) + more if more is not None else before
