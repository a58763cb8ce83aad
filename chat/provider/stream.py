"""One reply on its way in: what each network read brings of it, over one HTTP response."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import suppress
from dataclasses import astuple, dataclass, field
from math import inf
from typing import Any, NamedTuple, Self

import aiohttp
import httpx2

from chat.provider import faults
from chat.provider.assembler import Assembler, End
from chat.provider.capabilities import ParameterNegotiation
from chat.provider.deltas import Delta
from chat.provider.encoded import decoded
from chat.provider.ending_habits import EndingHabits
from chat.provider.errors import ProviderError, ProviderSilent, StreamCut
from chat.provider.responses import BROKEN
from chat.provider.timeouts import Timeouts
from chat.provider.transport import answer_of, connection_of, take_in
from chat.provider.watchdog import Watchdog

LogLine = Callable[[str], str]
"""Makes the operator's line of a provider's words."""

Opening = Callable[[], Coroutine[None, None, httpx2.Response]]
"""Sends the request and returns the answer with its body unread."""

STEP = 1.0
"""Seconds by which a deadline may be noticed late after the finish reason has shortened it."""

DRAIN = 0.1
"""Seconds the end of the body may lag behind [DONE] before the connection is given up instead."""


@dataclass(slots=True)
class RequestAttempt:
    """What of a request's parameters was sent, as it was named there, and what the model does not take.

    `requests` counts how often the provider was asked, `negotiation` has what it refused.
    """

    parameters: dict[str, Any] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    requests: int = 0
    negotiation: ParameterNegotiation | None = None

    @property
    def folds(self) -> bool:
        """Whether instructions went into the first question, since the model has no role for them."""
        return self.negotiation is not None and self.negotiation.folds


class Short(NamedTuple):
    """A short text, and whether it was cut at its maximum length."""

    text: str
    is_cut: bool


class ReplyStream:
    """`async with provider.stream(...) as reply: async for deltas in reply: ...`, then `reply.end`.

    The request is sent by the first step. Iteration ends normally for a whole reply (`end` is set)
    and after `aclose`, which any task may call; otherwise it raises a ProviderError, after all text
    that had come was given. However it ends, the connection is closed at once. `attempt` tells, from the
    first step on, what of the parameters went out.
    """

    def __init__(
        self,
        opening: Opening,
        timeouts: Timeouts,
        log_line: LogLine,
        attempt: RequestAttempt,
        endings: EndingHabits,
    ) -> None:
        self.end: End | None = None
        self.attempt = attempt
        self._opening = opening
        self._timeouts = timeouts
        self._log_line = log_line
        self._endings = endings
        self._assembler = Assembler()
        self._opened: asyncio.Task[httpx2.Response] | None = None
        self._body: AsyncGenerator[bytes, None] | None = None
        self._watchdog = Watchdog(self._due, self._break_off, min(STEP, *astuple(timeouts)))
        self._answer: aiohttp.ClientResponse | None = None
        self._paused: asyncio.Transport | None = None
        self._hang_up: asyncio.Future[None] | None = None
        self._since = 0.0
        self._quiet_since = 0.0  # after the finish reason: comments that keep a connection alive are no words
        self._has_news = self._has_added = False
        self._started = 0.0
        self._event_stream = False
        self._reading = False
        self._has_begun = False
        self._over = False
        self._settled = False
        self._late = ""
        self._cut = ""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> list[Delta]:
        try:
            while not self._over:
                if deltas := await self._step():
                    return deltas
            await self._settle()
        except ProviderError as error:
            error.detail = self._log_line(error.detail)
            await self.aclose()
            raise
        except BaseException:
            await self.aclose()
            raise
        raise StopAsyncIteration

    def pause(self) -> None:
        """Leave what comes to the system until the next step, which reads it in one go.

        Reading each piece as it came took a sixth of all processor time of 200 replies.
        """
        # Asked for each time: when all has come, the connection is somebody else's
        self._paused = connection_of(self._answer) if self._answer is not None else None
        if self._paused is not None:
            self._paused.pause_reading()

    async def aclose(self) -> None:
        """Close the connection to the provider at once. May be called by any task, more than once."""
        self._over = self._settled = True
        await self._release()

    async def _step(self) -> list[Delta]:
        data = await self._read()
        if data is None:
            self._over = True
            return self._assembler.flush()
        was_finished = self._assembler.finish_reason != ""
        deltas = self._assembler.feed(data)
        self._has_begun = self._has_begun or bool(deltas)
        if deltas or not was_finished:
            self._has_news = True
            if was_finished:
                self._has_added = self._endings.adds_words = True
        self._over = self._over or self._assembler.over
        return deltas

    async def _read(self) -> bytes | None:
        """Return the next bytes, or None: at the end, at a deadline, or when the connection broke."""
        self._since = asyncio.get_running_loop().time()
        if self._has_news:
            self._quiet_since, self._has_news = self._since, False
        self._reading = True
        self._watchdog.start()
        try:
            if self._paused is not None and (data := self._taken_in()):
                return data
            data = await (self._body or await self._open()).__anext__()
        except StopAsyncIteration:
            return None
        except BROKEN as error:
            self._cut = faults.transport_message(error)
            return None
        finally:
            self._reading = False
        return data

    def _taken_in(self) -> bytes:
        """Return what came during the pause, which goes on; if nothing did, read as usual again.

        Raises what the connection broke with.
        """
        assert self._paused is not None and self._answer is not None
        with suppress(BlockingIOError):
            take_in(self._paused)
        data = self._answer.content.read_nowait()
        if not data or connection_of(self._answer) is None:
            self._paused.resume_reading()
            self._paused = None
        return data

    def _due(self) -> float:
        """Return the loop's time at which the pending read has taken too long."""
        limits = self._timeouts
        if not self._reading:  # it is the caller who takes long
            return inf
        self._started = self._started or self._since
        if self._assembler.finish_reason:
            due = self._quiet_since + limits.after_finish
        elif self._has_begun:
            due = self._since + limits.between
        else:
            due = self._started + limits.first
        return min(due, self._started + limits.total)

    def _break_off(self) -> None:
        """Make the pending read end, since it is too late."""
        self._late = self._lateness()
        if answer := _answer_or_cancel(self._opened):
            self._hang_up = asyncio.ensure_future(answer.aclose())

    def _lateness(self) -> str:
        """Return which limit has passed, for the operator."""
        limits = self._timeouts
        if asyncio.get_running_loop().time() >= self._started + limits.total:
            return f"the reply was not whole after {limits.total:g} s"
        if self._has_begun:
            return f"nothing came for {limits.between:g} s"
        return f"no word came within {limits.first:g} s"

    async def _open(self) -> AsyncGenerator[bytes, None]:
        """Send the request, in a task, so that `aclose` can break off the waiting for an answer."""
        self._opened = asyncio.ensure_future(self._opening())
        try:
            response = await self._opened
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            raise StopAsyncIteration from None
        if self._settled:
            raise StopAsyncIteration
        self._event_stream = response.headers.get("content-type", "").startswith("text/event-stream")
        self._answer = answer_of(response)
        self._body = decoded(response)
        return self._body

    async def _settle(self) -> None:
        """Set `end`, or raise what went wrong; once."""
        if self._settled:
            return
        outcome = self._outcome()
        if isinstance(outcome, ProviderError):
            raise outcome
        self._settled = True
        self.end = outcome
        if self._late and not self._has_added:
            self._endings.times_open += 1
        await self._drain()

    def _outcome(self) -> End | ProviderError:
        whole = self._assembler.finish_reason or self._assembler.fault
        if self._late and not whole:
            return ProviderSilent(self._late)
        if self._cut and self._endings.adds_words and self._assembler.is_open_end:
            return StreamCut(self._cut)
        return self._assembler.outcome(self._cut, self._event_stream)

    async def _drain(self) -> None:
        """Read the body's own end after [DONE], if it comes at once, so that the connection is kept."""
        if self._assembler.done and self._body is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(DRAIN):
                    await self._read()
        await self._release()

    async def _release(self) -> None:
        self._watchdog.stop()
        opened, self._opened = self._opened, None
        body, self._body = self._body, None
        if answer := _answer_or_cancel(opened):
            await answer.aclose()
        if body is not None and not self._reading:  # a pending read ends by itself: its connection is gone
            await body.aclose()


def _answer_or_cancel(opened: asyncio.Task[httpx2.Response] | None) -> httpx2.Response | None:
    """Return the answer of a request, or cancel it.

    Its reader may be gone, so only the task knows.
    """
    if opened is None or opened.cancel() or opened.cancelled() or opened.exception():
        return None
    return opened.result()
