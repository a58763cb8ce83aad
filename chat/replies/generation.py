"""One reply from prompt to final state: a task of its own, which outlives every socket."""

import asyncio
import logging
import time
from collections.abc import Awaitable
from dataclasses import dataclass

from chat.catalog.registry import ResolvedModel
from chat.conversations.context import View
from chat.core.errors import ChatError
from chat.core.text import is_blank
from chat.core.tracing import request_id
from chat.markdown import RENDERER_VERSION
from chat.models import Conversation, Message, Status
from chat.provider import MAX_REQUESTS, Delta, End, RequestAttempt
from chat.provider.errors import ContextTooLong, EmptyReply
from chat.realtime import layer
from chat.replies.checkpoint import Checkpoint, Ending
from chat.replies.request_record import Record
from chat.replies.subscribers import Audience, Subscriber
from chat.replies.timing import Timing
from chat.replies.writer import Writer

logger = logging.getLogger(__name__)

# Seconds between two tries to show what cannot be rendered
AFTER_FAULT = 1.0


@dataclass(slots=True)
class Outcome:
    """How a reply ended: its state, and the error's code and operator's text if there was one."""

    status: str = Status.COMPLETE
    error: str = ""
    detail: str = ""


class Generation:
    """Writes one reply. `stop` may come at any time, also before the first token."""

    def __init__(self, conversation: Conversation, reply: Message, session: str | None = None) -> None:
        self.conversation = conversation
        self.reply = reply
        self.writer = Writer()
        self._session = session
        self._prepared = asyncio.Event()
        if not reply.text:
            self._prepared.set()
        self.written_seq = -1
        self._subscribers: dict[str, Subscriber] = {}
        self._stream: asyncio.Task[End] | None = None
        self._ending: str | None = None
        self._outcome: Outcome | None = None
        self._sending = RequestAttempt()
        self._fed = asyncio.Event()
        # Its first word is shown, or none will come
        self.has_begun, self.is_over = asyncio.Event(), asyncio.Event()
        self._is_streaming = True
        self.timing = Timing(reply)
        self._record: Record | None = None
        self.is_ending = False

    # Watching

    async def watch(self, channel: str, audience: Audience, handle: int) -> None:
        """Send this reply to a socket: a snapshot, then patches."""
        await self._prepared.wait()
        subscriber = Subscriber(audience, self.reply, self.writer, handle, self.timing.quiet)
        self._subscribers[channel] = subscriber
        await subscriber.catch_up()
        if self._outcome:  # it ended before this socket came to watch
            await subscriber.end(self._outcome.status, self._outcome.error)

    def unwatch(self, channel: str) -> None:
        self._subscribers.pop(channel, None)

    async def acknowledge(self, channel: str, seq: int) -> None:
        if subscriber := self._subscribers.get(channel):
            await subscriber.acknowledge(seq)

    def checkpoint(self) -> Checkpoint | None:
        """Text and seq to be written, or None when the last checkpoint holds them already."""
        if self.writer.seq == self.written_seq:
            return None
        self.written_seq = self.writer.seq
        return Checkpoint(self.reply.pk, self.writer.text, self.writer.reasoning, self.writer.seq)

    def belongs_to(self, person: int, session: str | None) -> bool:
        """Whether it was asked for by this person in this session (None: in any)."""
        return self.conversation.owner_id == person and session in {None, self._session}

    # Living

    async def prepare(self) -> None:
        """Render what a reply that is continued has already; `seq` goes on from where it was."""
        try:
            # Above the one it ended with, so that pages tell what comes now from what comes late
            self.writer.seq = self.reply.seq + 1 if self.reply.seq else 0
            self.writer.feed(self.reply.text, self.reply.reasoning)
            await self.writer.flush()
            self.written_seq = self.writer.seq
        finally:
            self._prepared.set()

    def stop(self, status: str = Status.STOPPED) -> None:
        """End with `status`, keeping the text; the provider's connection is closed."""
        if self._ending:  # cancelled twice, the stream could not put its connection away
            return
        self._ending = status
        if self._stream is not None:
            self._stream.cancel()

    @property
    def has_words(self) -> bool:
        """Whether anything has come of it, of the answer or of the thinking."""
        return bool(self.writer.text or self.writer.reasoning)

    @property
    def further_requests(self) -> int:
        """How often the model was asked again, without a parameter or with less."""
        return max(0, self._sending.requests - 1)

    def over(self) -> None:
        """Nothing more comes."""
        self.has_begun.set()
        self.is_over.set()

    async def write(self, by: ResolvedModel, view: View, interval: "Interval") -> Outcome:
        """Stream the answer to the watchers until it ends, one way or another. Raises nothing."""
        flusher = asyncio.create_task(self._flush_by_the_clock(interval))
        try:
            outcome = await self._stream_to_end(by, view, interval)
        finally:
            self._is_streaming = False
            flusher.cancel()
            await asyncio.wait({flusher})
        await self._render_to_end()
        return outcome

    async def _render_to_end(self) -> None:
        try:
            await self._send(await self.writer.flush())
            await self._send(await self.writer.close())
        except Exception:
            logger.exception("reply %s: its text is kept, but it could not be rendered", self.reply.uuid)

    async def _stream_to_end(self, by: ResolvedModel, view: View, interval: "Interval") -> Outcome:
        if self._ending:
            return Outcome(self._ending)
        self._stream = asyncio.create_task(self._pull_what_fits(by, view, interval))
        await asyncio.wait({self._stream})
        if self._stream.cancelled():
            return Outcome(self._ending or Status.INTERRUPTED)
        problem = self._stream.exception()
        if problem is None:
            self._note_usage(self._stream.result())
            return Outcome()
        if isinstance(problem, EmptyReply) and view.begun:  # it had been whole, it turns out
            return Outcome()
        return self.outcome_of(problem)

    async def _pull_what_fits(self, by: ResolvedModel, view: View, interval: "Interval") -> End:
        """Ask with less when the model says, before its first word, that it is too much.

        What it refused of the parameters is not sent again, and all requests count (MAX_REQUESTS).
        """
        self.reply.model_label, self.reply.instead_of = by.label, by.instead_of
        while True:
            record = self._record = Record(by, view, self.conversation)
            self.reply.dropped = view.dropped
            self.reply.view_began = view.first.uuid if view.dropped else None
            try:
                end = await self._pull(by, view, record, interval)
            except ContextTooLong as problem:
                shorter = view.shorter()
                may_ask = record.first_token_ms is None and self._sending.requests < MAX_REQUESTS
                if shorter is None or not may_ask:
                    raise
                logger.info("reply %s: %s; asking with less", self.reply.uuid, problem.detail)
                view = shorter
            else:
                record.ended(end)
                return end

    async def _pull(self, by: ResolvedModel, view: View, record: Record, interval: "Interval") -> End:
        wanted = self.conversation.parameters
        record.sending = self._sending
        async with by.provider.stream(view.messages(), by.model, self._sending, **wanted) as stream:
            # So that a reply that is stopped says it too; a whole one says what the service calls it
            self.reply.model = (by.model or await by.provider.model())[:200]
            async for delta in stream:
                record.heard()
                self._feed(delta)
                if interval.is_busy:
                    # One read for all that comes in an interval: reading each piece took a fifth of all
                    # processor time. What a broken connection had not handed over yet is lost.
                    await self._show(interval)
                else:
                    self._fed.set()
                if self._ending:  # the cancellation was lost on the way
                    raise asyncio.CancelledError
        if stream.end is None:
            raise ChatError("the provider's stream had no end")
        return stream.end

    def _feed(self, delta: Delta) -> None:
        self.timing.note(delta)
        self.writer.feed(delta.text, delta.reasoning, delta.moved)

    def _note_usage(self, end: End) -> None:
        self.reply.model = end.model[:200]
        self.reply.finish_reason = end.finish_reason
        self.reply.tokens_in = total(self.reply.tokens_in, end.tokens_in)
        self.reply.tokens_out = total(self.reply.tokens_out, end.tokens_out)

    def outcome_of(self, problem: BaseException) -> Outcome:
        """The end that a fault makes of this reply; it is logged."""
        has_text = not is_blank(self.writer.text)
        status = Status.INTERRUPTED if has_text else Status.FAILED
        if isinstance(problem, ChatError):
            logger.warning("reply %s: %s: %s", self.reply.uuid, problem.code, problem.detail)
            return Outcome(status, problem.code, problem.detail)
        logger.error("reply %s failed", self.reply.uuid, exc_info=problem)
        return Outcome(status, ChatError.code, f"{type(problem).__name__}: {problem}")

    async def _flush_by_the_clock(self, interval: "Interval") -> None:
        """The first token at once, then one frame an interval for all that came in it.

        Ends by a flag too: below the channel layer a cancellation can be lost (on Python 3.11 redis-py waits
        with `asyncio.wait_for`, which swallows one that comes in the turn in which its work is done).
        """
        while self._is_streaming:
            await self._fed.wait()
            self._fed.clear()
            await self._show(interval)

    async def _show(self, interval: "Interval") -> None:
        """Send what has come, then rest. A fault of the renderer costs the view, never the text."""
        began = time.perf_counter()
        try:
            await self._send(await self.writer.flush())
        except Exception as problem:
            logger.warning("reply %s cannot be shown: %r", self.reply.uuid, problem)
            await asyncio.sleep(AFTER_FAULT)
        self.has_begun.set()
        await asyncio.sleep(interval.after(time.perf_counter() - began))

    async def _send(self, tail: str) -> None:
        if tail:
            for channel, subscriber in list(self._subscribers.items()):
                await self._tell(channel, subscriber.offer(self.writer.seq, tail))

    async def _tell(self, channel: str, telling: Awaitable[None]) -> None:
        """A socket that breaks is dropped: the reply and the other sockets go on. (None of them blocks:
        watchers.Audience. A time limit for each frame took 3 % of all processor time.)"""
        try:
            await telling
        except Exception as problem:
            # One that has merely closed (a reload) is news to nobody; its consumer hears of it any moment
            level = logging.DEBUG if isinstance(problem, ConnectionError) else logging.WARNING
            logger.log(level, "reply %s: a socket is dropped: %r", self.reply.uuid, problem)
            self.unwatch(channel)

    # Ending

    def ending(self, outcome: Outcome) -> Ending:
        """The last update of the row, with the closed HTML beside the text."""
        self.timing.end()
        self.reply.request_id = request_id.get()
        fields = {
            "status": outcome.status,
            "error": outcome.error,
            "error_detail": outcome.detail[:600],
            "request_id": self.reply.request_id,
            # White space alone would count as an answer
            "text": "" if is_blank(self.writer.text) else self.writer.text,
            "reasoning": self.writer.reasoning,
            "seq": self.writer.seq,
            "html": self.writer.html,
            "thinking_html": self.writer.thinking_html,
            "html_version": RENDERER_VERSION,
            "finish_reason": self.reply.finish_reason if outcome.status == Status.COMPLETE else "",
            "model": self.reply.model,
            "model_label": self.reply.model_label,
            "instead_of": self.reply.instead_of,
            "untaken": self.untaken,
            "tokens_in": self.reply.tokens_in,
            "tokens_out": self.reply.tokens_out,
            "first_token_ms": self.reply.first_token_ms,
            "thinking_ms": self.reply.thinking_ms,
            "dropped": self.reply.dropped,
            "total_ms": self.reply.total_ms,
        }
        request = self._record.fields(self.reply.model) if self._record else None
        return Ending(self.reply.pk, fields, request)

    @property
    def untaken(self) -> str:
        """The parameters that were set and not taken, in this request or an earlier one of this reply."""
        return " ".join(dict.fromkeys([*self.reply.untaken.split(), *self._sending.untaken]))

    async def announce_end(self, outcome: Outcome, instance: str) -> None:
        """Tell the watchers here, and through the layer those elsewhere."""
        self._outcome = outcome
        self._prepared.set()
        for channel, subscriber in list(self._subscribers.items()):
            await self._tell(channel, subscriber.end(outcome.status, outcome.error))
        await layer.reply_ended(self.conversation.pk, self.reply.pk, instance)


def total(before: int | None, more: int | None) -> int | None:
    """The sum of a figure over the requests of a reply; None while none is known."""
    return (before or 0) + more if more is not None else before


class Interval:
    """Seconds between two flushes of a reply: short while the process is light, longer under load.

    `running` is the number of replies being written here: so many more flushes share one processor. A
    flush that is costly (a long open block) is followed by a pause of ten times its cost, at most
    `PATIENCE`, so that no reply takes over the loop.
    """

    LIGHT, BUSY, LONGEST, PATIENCE = 0.05, 0.1, 0.2, 2.0
    PER_REPLY = 0.00065
    BUSY_FROM = 20

    def __init__(self) -> None:
        self.running = 0

    @property
    def is_busy(self) -> bool:
        return self.running >= self.BUSY_FROM

    def after(self, cost: float) -> float:
        base = self.LIGHT
        if self.is_busy:
            base = min(max(self.BUSY, self.PER_REPLY * self.running), self.LONGEST)
        return max(base, min(10 * cost, self.PATIENCE))
