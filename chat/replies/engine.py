"""The process's engine: which model answers, which replies run here, and what keeps them on disk."""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextlib import aclosing, suppress
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from django.db import DatabaseError

from chat.branding import current as branding
from chat.catalog import environment
from chat.catalog.registry import Registry
from chat.conversations.presenter import LETTERS_LOOKED_AT
from chat.conversations.sweep import Sweeper
from chat.core.database import Reader, in_database
from chat.core.errors import ChatError
from chat.core.text import is_blank
from chat.demo import DemoServer
from chat.models import Message, Status
from chat.notifications.sender import Notifier
from chat.provider import Endpoint
from chat.realtime import layer, layer_messages
from chat.replies import actions, limits, naming, reaper
from chat.replies.actions import ReplyRequest
from chat.replies.checkpoint import Checkpoint, Checkpointer, Ending
from chat.replies.flush_clock import Interval
from chat.replies.naming import Naming
from chat.replies.remote import Remote
from chat.replies.request_loop import RequestLoop
from chat.replies.running import Outcome, RunningReply
from chat.replies.sends import Sends
from chat.replies.subscribers import ReplyEnd
from chat.voice.cache import cache as speech_cache

logger = logging.getLogger(__name__)

# Seconds
SWEEP_INTERVAL = 5.0
DRAIN_LIMIT = 3.0
LISTEN_AGAIN = 1.0


class Engine:
    """One per event loop. Made by `start`, ended by `stop`."""

    def __init__(self, listen_slot: str, endpoint: Endpoint, demo: DemoServer | None) -> None:
        self.worker_id = f"{listen_slot}:{uuid.uuid4().hex[:12]}"
        self.endpoint = endpoint
        self.reader = Reader()
        self._demo = demo
        self._interval = Interval()
        self.sends = Sends(self.begin)
        self._running: dict[uuid.UUID, RunningReply] = {}
        self._checkpointer = Checkpointer(self.worker_id, self._due, self._alive, self._end_lost)
        self.registry = Registry(endpoint, self.reader, self._checkpointer.in_thread)
        self.provider = self.registry.environment_provider
        self._notifier = Notifier(self.reader)
        self._naming = Naming(self.registry, self._interval)
        # asyncio holds tasks weakly: whoever is in here lives until it is done
        self._tasks: set[asyncio.Task[Any]] = set()
        self.is_draining = False
        self.session_ends: set[Callable[[layer_messages.SessionEnded], Awaitable[None]]] = set()
        """What is told of the end of a session as soon as this process hears of it, and raises nothing."""

    @classmethod
    async def start(cls, listen_slot: str) -> "Engine":
        """Find the model, end what a predecessor left behind, and begin to beat."""
        endpoint, demo = await environment.find_endpoint()
        engine = cls(listen_slot, endpoint, demo)
        try:
            ended = await in_database(reaper.interrupt_predecessors, listen_slot, engine.worker_id)
            await engine.registry.load()
        except BaseException:
            await engine._give_back()
            raise
        for conversation_id, reply_id in ended:
            await layer.announce_end(conversation_id, reply_id)
        environment.announce(engine, engine.known_endpoint)
        engine._spawn(engine._checkpointer.run())
        engine._spawn(engine._sweep())
        engine._spawn(engine._listen())
        engine._spawn(engine.registry.run())
        engine._spawn(engine.registry.keep())
        return engine

    async def stop(self) -> None:
        """Interrupt what runs, with its text written, and give everything back."""
        self.is_draining = True
        for running in list(self._running.values()):
            running.stop(Status.INTERRUPTED)
        self._spawn(self._sends_under_way(), name="reply to what is being saved")
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_LIMIT):
                while unfinished := {task for task in self._tasks if task.get_name().startswith("reply")}:
                    await asyncio.wait(unfinished)
        await self._notifier.close()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=1)
        # What a cancelled task began there goes on, and tells this loop of it, which must still be there
        await in_database(bool)
        await self._checkpointer.close()
        await self._give_back()

    async def _sends_under_way(self) -> None:
        """Wait until what is on its way into the database is saved, and its reply begun, only to end too."""
        await self.sends.settled()
        await in_database(bool)

    async def _give_back(self) -> None:
        environment.retract(self)
        await self.registry.close()
        await self.reader.close()
        if self._demo:
            await self._demo.stop()

    def known_endpoint(self) -> Endpoint:
        """Return the environment's endpoint with the model that it is known to have."""
        return replace(self.endpoint, model=self.provider.known_model)

    # Replies

    @property
    def is_busy(self) -> bool:
        """Whether replies are being written here."""
        return bool(self._running)

    def begin(self, request: ReplyRequest, session: str | None = None) -> RunningReply | None:
        """Start writing a saved reply, or go on with its text. For the same reply it is the same one.

        `session` is the session it was asked for in: it ends with that. Raises nothing: a reply that cannot
        be begun ends with an error, and None is returned.
        """
        running = self._running.get(request.reply.uuid)
        if running is not None and not running.is_ending:
            return running
        try:
            is_name_wanted = naming.is_wanted(request)
            running = RunningReply(request.conversation, request.reply, session)
        except Exception as problem:
            logger.exception("reply %s could not be begun", request.reply.uuid)
            self._spawn(self._end_unbegun(request, problem), name=f"reply {request.reply.uuid}")
            return None
        self._running[request.reply.uuid] = running
        if self.is_draining:
            running.stop(Status.INTERRUPTED)
        self._interval.running = len(self._running)
        self._spawn(self._live(running), name=f"reply {request.reply.uuid}")
        if is_name_wanted:
            self._spawn(self._naming.name(running, request))
        return running

    async def _end_unbegun(self, request: ReplyRequest, problem: Exception) -> None:
        """End a reply that nothing was written of here, and let its pages read it again."""
        reply, conversation = request.reply, request.conversation
        status = Status.FAILED if is_blank(reply.text) else Status.INTERRUPTED
        why = {"error": ChatError.code, "error_detail": f"{type(problem).__name__}: {problem}"[:600]}
        await self._checkpointer.finish(Ending(reply.pk, {"status": status}, why))
        await layer.announce_end(conversation.pk, reply.pk)
        if not conversation.temporary:
            await layer.announce_unseen(conversation.owner_id, conversation.uuid)

    def running_reply(self, reply: uuid.UUID) -> RunningReply | None:
        """Return the state of what writes this reply here, if there is one."""
        return self._running.get(reply)

    def is_writing(self, reply_id: int) -> bool:
        """Return whether this reply is being written here."""
        return reply_id in self._alive()

    async def _live(self, running: RunningReply) -> None:
        try:
            outcome = await self._write(running)
            running.is_ending = True  # who continues it from now on begins another
            won = await self._checkpointer.finish(running.ending(outcome))
        finally:
            if self._running.get(running.reply.uuid) is running:
                del self._running[running.reply.uuid]
            self._interval.running = len(self._running)
            running.over()
        if not won:
            outcome = await self._ended_as(running.reply.pk, outcome)
        # What another party ended is read again by everybody: the subscribers here know only their own text.
        # And what has a remark on it, since only the row tells of that
        worker = self.worker_id if won and not running.ignored_parameters else ""
        beginning = running.writer.text[:LETTERS_LOOKED_AT]
        end = ReplyEnd(outcome.status, outcome.error, running.context_starts_at, beginning)
        await running.audience.announce_end(end, worker)
        if not running.conversation.temporary:
            await layer.announce_unseen(running.conversation.owner_id, running.conversation.uuid)
            self._notifier.reply_ended(running.conversation)
        if running.further_requests:
            await self._count_extra_requests(running)

    async def _count_extra_requests(self, running: RunningReply) -> None:
        """Count the requests that were made again too, when they are known. Raise nothing."""
        owner, count = running.conversation.owner_id, running.further_requests
        try:
            await in_database(limits.note_requests, owner, count)
        except DatabaseError as problem:
            logger.warning("%d further requests are not counted: %r", count, problem)

    async def _write(self, running: RunningReply) -> Outcome:
        try:
            await running.prepare()
            chosen = running.row.chosen_model_id or running.conversation.model_id
            async with self.registry.answering(chosen) as answering:
                keeps_prefix = answering.provider.endpoint.keeps_prefix
                read = partial(actions.context_for, running.reply, in_steps=keeps_prefix)
                context = await self.reader.read(read)
                return await RequestLoop(running, answering, context, self._interval).run()
        except Exception as problem:
            return running.outcome_of(problem)

    async def _ended_as(self, reply_id: int, outcome: Outcome) -> Outcome:
        """Return how another party ended a reply of ours; a row that is gone counts as stopped."""
        rows = Message.objects.filter(pk=reply_id).values_list("status", "generation__error")
        try:
            row = await self.reader.read(rows.first)
        except Exception:
            logger.exception("the state of an ended reply could not be read")
            return outcome
        return Outcome(*row) if row else Outcome(Status.STOPPED)

    # Keeping

    def _due(self) -> Iterable[Checkpoint]:
        return [point for running in self._running.values() if (point := running.checkpoint())]

    def _alive(self) -> list[int]:
        return [running.reply.pk for running in self._running.values()]

    def _end_lost(self, ids: set[int], read_at: float) -> None:
        """End replies that are stopped or taken for dead elsewhere, deleted, or whose person is suspended."""
        for running in list(self._running.values()):
            if running.reply.pk in ids and running.timing.started < read_at:
                running.stop(Status.INTERRUPTED)

    async def _listen(self) -> None:
        """Take what other processes ask of the replies written here. A layer that is down costs the hints."""
        while True:
            try:
                groups = layer.engine_group(self.worker_id), layer.ENGINES
                async with aclosing(layer.listen(*groups)) as events:
                    async for event in events:
                        await layer_messages.dispatch(self, self._handlers, event)
            except Exception as problem:
                logger.warning("other processes are not heard; trying again: %r", problem)
            await asyncio.sleep(LISTEN_AGAIN)

    async def _end_session(self, message: layer_messages.SessionEnded) -> None:
        for running in list(self._running.values()):
            if running.belongs_to(message.person, message.session):
                running.stop(Status.INTERRUPTED)
        self.sends.end_session(message.person, message.session)
        for tell in list(self.session_ends):
            await tell(message)

    async def _refresh_models(self, message: layer_messages.ModelsChanged) -> None:
        self._spawn(self.registry.refresh())

    async def _watch(self, message: layer_messages.WatchReply) -> None:
        if running := self._running.get(message.reply):
            recipient = Remote(message.channel, message.reply)
            await running.audience.subscribe(message.channel, recipient, message.handle)

    async def _unwatch(self, message: layer_messages.UnwatchReply) -> None:
        if running := self._running.get(message.reply):
            running.audience.unsubscribe(message.channel)

    async def _acknowledge(self, message: layer_messages.AcknowledgeReply) -> None:
        if running := self._running.get(message.reply):
            await running.audience.acknowledge(message.channel, message.seq)

    async def _stop_reply(self, message: layer_messages.StopReply) -> None:
        if running := self._running.get(message.reply):
            running.stop()

    _handlers: ClassVar[layer_messages.Handlers] = {
        layer_messages.SessionEnded: _end_session,
        layer_messages.ModelsChanged: _refresh_models,
        layer_messages.WatchReply: _watch,
        layer_messages.UnwatchReply: _unwatch,
        layer_messages.AcknowledgeReply: _acknowledge,
        layer_messages.StopReply: _stop_reply,
    }

    async def _sweep(self) -> None:
        sweeper = Sweeper()
        while True:
            try:
                stale = await self._checkpointer.in_thread(reaper.reap_stale, self._alive())
                for conversation_id, reply_id in stale:
                    await layer.announce_end(conversation_id, reply_id)
                await self._checkpointer.in_thread(sweeper.run)
                await self._checkpointer.in_thread(branding.load)
                await asyncio.to_thread(speech_cache.sweep)
            except Exception:
                logger.exception("the sweep failed; trying again in %s s", SWEEP_INTERVAL)
            await asyncio.sleep(SWEEP_INTERVAL)

    def _spawn(self, work: Coroutine[Any, Any, None], name: str | None = None) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (problem := task.exception()):
            logger.error("a task of the engine died: %s", task.get_name(), exc_info=problem)
