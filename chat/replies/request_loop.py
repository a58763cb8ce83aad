"""The requests that make one reply: the first, and each that what came before made necessary."""

import asyncio
import logging

from django.utils.crypto import salted_hmac

from chat.catalog.registry import ResolvedModel
from chat.conversations.context import PromptContext
from chat.core.errors import ChatError
from chat.models import Conversation, Status
from chat.provider import MAX_REQUESTS, End
from chat.provider.errors import ContextTooLong, EmptyReply
from chat.replies.flush_clock import FlushClock, Interval
from chat.replies.request_record import Record
from chat.replies.running import Outcome, RunningReply

logger = logging.getLogger(__name__)


class RequestLoop:
    """Asks a model for one reply until it is whole, stopped or broken, and hands on what comes.

    What the model refused of the parameters is not sent again, and all requests count (MAX_REQUESTS). A kind
    of answer that makes another request necessary has its place in `_requests`.
    """

    def __init__(
        self, running: RunningReply, by: ResolvedModel, context: PromptContext, interval: Interval
    ) -> None:
        self._running = running
        self._by = by
        self._context = context
        self._clock = FlushClock(running, interval)

    async def run(self) -> Outcome:
        """Stream the answer to its audience until it ends, one way or another. Raise nothing."""
        self._clock.start()
        try:
            outcome = await self._until_stopped()
        finally:
            await self._clock.stop()
        await self._running.audience.close()
        return outcome

    async def _until_stopped(self) -> Outcome:
        running = self._running
        if running.wanted_end:
            return Outcome(running.wanted_end)
        task = running.request_task = asyncio.create_task(self._requests())
        await asyncio.wait({task})
        if task.cancelled():
            return Outcome(running.wanted_end or Status.INTERRUPTED)
        problem = task.exception()
        if problem is None:
            running.note_end(task.result())
            return Outcome()
        if isinstance(problem, EmptyReply) and self._context.partial:  # it had been whole, it turns out
            return Outcome()
        return running.outcome_of(problem)

    async def _requests(self) -> End:
        """Ask, and ask again with less when the model says, before its first word, that it is too much."""
        reply = self._running.reply
        reply.model_label, reply.requested_model = self._by.label, self._by.requested_model
        while True:
            record = self._running.record = Record(self._by, self._context, self._running.conversation)
            self._running.row.truncated_exchanges = self._context.truncated_exchanges
            first = self._context.first if self._context.truncated_exchanges else None
            self._running.context_starts_at = first.uuid if first else None
            try:
                end = await self._request(record)
            except ContextTooLong as problem:
                shorter = self._context.shorter()
                may_ask = record.first_token_ms is None and self._running.attempt.requests < MAX_REQUESTS
                if shorter is None or not may_ask:
                    raise
                logger.info("reply %s: %s; asking with less", reply.uuid, problem.detail)
                self._context = shorter
            else:
                record.note_end(end)
                return end

    async def _request(self, record: Record) -> End:
        running, provider = self._running, self._by.provider
        wanted = running.conversation.parameters
        attempt = record.attempt = running.attempt
        messages, key = self._context.messages(), cache_key(running.conversation)
        async with provider.stream(messages, self._by.model, attempt, key, **wanted) as stream:
            # So that a reply that is stopped says it too; a whole one says what the service calls it
            running.reply.model = (self._by.model or await provider.model())[:200]
            async for deltas in stream:
                record.note_delta()
                for delta in deltas:
                    running.feed(delta)
                await self._clock.note(stream)
                if running.wanted_end:  # the cancellation was lost on the way
                    raise asyncio.CancelledError
        if stream.end is None:
            raise ChatError("the provider's stream had no end")
        return stream.end


def cache_key(conversation: Conversation) -> str:
    """Return what stands for a conversation at a provider with a cache.

    Nobody finds it by that, nor whose it is. OpenAI takes 64 characters at most.
    """
    return salted_hmac("chat.prompt_cache_key", str(conversation.uuid), algorithm="sha256").hexdigest()[:32]
