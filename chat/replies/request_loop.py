"""The requests that make one reply: the first, and each that what came before made necessary."""

import asyncio
import logging

from chat.catalog.registry import ResolvedModel
from chat.conversations.context import View
from chat.core.errors import ChatError
from chat.models import Status
from chat.provider import MAX_REQUESTS, End
from chat.provider.errors import ContextTooLong, EmptyReply
from chat.replies.flush_clock import FlushClock, Interval
from chat.replies.generation import Generation, Outcome
from chat.replies.request_record import Record

logger = logging.getLogger(__name__)


class RequestLoop:
    """Asks a model for one reply until it is whole, stopped or broken, and hands on what comes.

    What the model refused of the parameters is not sent again, and all requests count (MAX_REQUESTS). A kind
    of answer that makes another request necessary has its place in `_requests`.
    """

    def __init__(self, generation: Generation, by: ResolvedModel, view: View, interval: Interval) -> None:
        self._generation = generation
        self._by = by
        self._view = view
        self._clock = FlushClock(generation, interval)

    async def run(self) -> Outcome:
        """Stream the answer to its audience until it ends, one way or another. Raises nothing."""
        self._clock.start()
        try:
            outcome = await self._until_stopped()
        finally:
            await self._clock.stop()
        await self._generation.audience.close()
        return outcome

    async def _until_stopped(self) -> Outcome:
        generation = self._generation
        if generation.wanted_end:
            return Outcome(generation.wanted_end)
        task = generation.request_task = asyncio.create_task(self._requests())
        await asyncio.wait({task})
        if task.cancelled():
            return Outcome(generation.wanted_end or Status.INTERRUPTED)
        problem = task.exception()
        if problem is None:
            generation.note_end(task.result())
            return Outcome()
        if isinstance(problem, EmptyReply) and self._view.begun:  # it had been whole, it turns out
            return Outcome()
        return generation.outcome_of(problem)

    async def _requests(self) -> End:
        """Ask, and ask again with less when the model says, before its first word, that it is too much."""
        reply = self._generation.reply
        reply.model_label, reply.instead_of = self._by.label, self._by.instead_of
        while True:
            record = self._generation.record = Record(self._by, self._view, self._generation.conversation)
            reply.dropped = self._view.dropped
            reply.view_began = self._view.first.uuid if self._view.dropped else None
            try:
                end = await self._request(record)
            except ContextTooLong as problem:
                shorter = self._view.shorter()
                may_ask = record.first_token_ms is None and self._generation.attempt.requests < MAX_REQUESTS
                if shorter is None or not may_ask:
                    raise
                logger.info("reply %s: %s; asking with less", reply.uuid, problem.detail)
                self._view = shorter
            else:
                record.ended(end)
                return end

    async def _request(self, record: Record) -> End:
        generation, provider = self._generation, self._by.provider
        wanted = generation.conversation.parameters
        attempt = record.sending = generation.attempt
        async with provider.stream(self._view.messages(), self._by.model, attempt, **wanted) as stream:
            # So that a reply that is stopped says it too; a whole one says what the service calls it
            generation.reply.model = (self._by.model or await provider.model())[:200]
            async for deltas in stream:
                record.heard()
                for delta in deltas:
                    generation.feed(delta)
                await self._clock.note()
                if generation.wanted_end:  # the cancellation was lost on the way
                    raise asyncio.CancelledError
        if stream.end is None:
            raise ChatError("the provider's stream had no end")
        return stream.end
