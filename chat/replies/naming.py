"""A conversation's name, asked for beside its first reply, so that it is there seconds after sending.

Not before the first word of that is shown: a service that answers one request at a time (llama.cpp with one
slot, an Ollama) would else make the person wait for the title, and one that reads a long prompt would read
slower. From then on such a service lets the title wait behind the answer. One that takes no second request
meanwhile is asked once more after it. And not at once then: to ask for it takes the processor for as long as
to ask for an answer, and where many send at the same moment, others still wait for their first word.
"""

import asyncio
import logging

from chat.catalog.registry import Registry
from chat.conversations import actions as conversations
from chat.core import text
from chat.core.database import in_database
from chat.core.errors import ChatError
from chat.models import Conversation
from chat.provider.errors import EmptyReply
from chat.replies import limits, titles
from chat.replies.actions import ReplyRequest
from chat.replies.flush_clock import Interval
from chat.replies.running import RunningReply

logger = logging.getLogger(__name__)

# Seconds for which a title waits while many replies are being written, and until each look at how many are
PATIENCE = 10.0
AGAIN = 0.5
# Titles made at once, and seconds within which those that are made are saved together
TITLES, TOGETHER = 8, 0.25


def is_wanted(request: ReplyRequest) -> bool:
    """Return whether this is the first message of a conversation that its first words still name.

    Later ones may begin with what a person called it. Nothing names a temporary one.
    """
    words = request.message.text
    is_first = request.message.parent_id is None and not request.reply.text
    is_named = request.conversation.title == text.first_words(words) and not request.conversation.temporary
    return is_first and not text.is_blank(words) and is_named


class Naming:
    """One per engine."""

    def __init__(self, registry: Registry, interval: Interval) -> None:
        self._registry, self._interval = registry, interval
        self._slots = asyncio.Semaphore(TITLES)
        self._made: list[tuple[Conversation, str]] = []

    async def name(self, running: RunningReply, request: ReplyRequest) -> None:
        """Give the conversation the model's title, if it makes one."""
        await running.has_begun.wait()
        if not running.has_words:
            return
        await self._until_there_is_time()
        title = await self._request_title(running, request)
        if title is None:
            await running.is_over.wait()
            if running.has_words and await self._may_ask(request):
                title = await self._request_title(running, request)
        if title:
            await self._save(request.conversation, title)

    async def _until_there_is_time(self) -> None:
        """Wait for a title's time: it costs a quarter of a short reply, and can wait while many are written.

        The first look comes late enough to see a burst of which this reply was one of the first.
        """
        patience = PATIENCE
        while True:
            await asyncio.sleep(AGAIN)
            patience -= AGAIN
            if patience <= 0 or not self._interval.is_busy:
                return

    async def _request_title(self, running: RunningReply, request: ReplyRequest) -> str | None:
        """Return the title; "" when the model gave none, None when another try may give one."""
        try:
            async with self._slots, self._registry.answering(request.conversation.model_id) as by:
                words, thinks = request.message.text, running.writer.reasoning != ""
                return await titles.request_title(by.provider, words, by.model, thinks=thinks)
        except EmptyReply:
            return ""
        except ChatError as problem:
            logger.warning("no title: %s: %s", problem.code, problem.detail)
            return None

    async def _save(self, conversation: Conversation, title: str) -> None:
        """Save a title, with those that come within TOGETHER: one transaction and one wait for the disk.

        The first of them waits for the others, and saves all of them also when it is cancelled: those that
        came meanwhile have left that to it, and those that come later begin anew.
        """
        self._made.append((conversation, title))
        if len(self._made) == 1:
            try:
                await asyncio.sleep(TOGETHER)
            finally:
                made, self._made = self._made, []
                await in_database(conversations.set_made_titles, made)

    async def _may_ask(self, request: ReplyRequest) -> bool:
        """Return whether another request is within the limits; the first was counted with the message."""
        try:  # a conversation that was there before its first message has its owner in the database alone
            await in_database(lambda: limits.count_requests(request.conversation.owner, 1))
        except ChatError:
            return False
        return True
