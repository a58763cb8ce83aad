"""Keeps running replies on disk: every INTERVAL one transaction for all of them, and their endings.

All of it happens in one thread of its own with one connection of its own: a connection per write
took a third of all processor time, and one thread cannot wait for its own lock.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Container, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from django.db import InterfaceError, OperationalError, connection, connections, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from chat.core.database import drop_connections, is_lock_timeout, keep_own_connection
from chat.core.errors import ChatError
from chat.models import Generation, Message, ModelRequest, Status
from chat.models.prepared import update_where
from chat.models.rows import insert
from chat.search import index as search

Result = TypeVar("Result")

logger = logging.getLogger(__name__)

# Seconds; the text shown and lost when a process is killed is at most this much of it, and what comes until
# the transaction is done: half a second is left for that, so that both stay below one on a busy machine too
INTERVAL = 0.5

# Seconds for which an ending waits for others after the last that were written: who come together share the
# transaction, its wait for the disk and a turn of the thread
TOGETHER = 0.04

# How long a row that somebody else holds is waited for (PostgreSQL): by the transaction of all replies, and
# in each later turn by that of a reply which had to be left out of it
LOCK_PATIENCE, HELD_PATIENCE = "1s", "50ms"

# In SQL, since they are run for every reply and second: as querysets they cost five times as much. The
# generation first: while its row is held nobody makes the reply another process's (models/generations.py)
_GENERATION, _MESSAGE = Generation._meta.db_table, Message._meta.db_table
_WRITE_SEQ = f"UPDATE {_GENERATION} SET seq = %s WHERE reply_id = %s AND worker = %s"
_WRITE_TEXT = (
    f"UPDATE {_MESSAGE} SET text = %s, reasoning = %s WHERE id = %s AND status = '{Status.RUNNING.value}' "
    f"AND EXISTS (SELECT 1 FROM {_GENERATION} WHERE reply_id = {_MESSAGE}.id AND worker = %s)"
)
_MINE = f"SELECT reply_id FROM {_GENERATION} WHERE worker = %s AND reply_id IN"
_LOCK = "ORDER BY reply_id FOR NO KEY UPDATE"
_IS_OF = "reply_id = %s"
_IS_RUNNING = f"id = %s AND status = '{Status.RUNNING.value}'"

# What a reader sees of a reply, of the fields of an ending
_SEEN = {"text", "reasoning", "seq", "html", "thinking_html", "html_version", "truncated_exchanges"}


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A running reply at one moment: text and seq captured together."""

    reply_id: int
    text: str
    reasoning: str
    seq: int


@dataclass(slots=True)
class Ending:
    """The conditional update that makes a reply final: the fields of its two rows, and of what is kept of its
    last request. `has_won` is known when it has been written."""

    reply_id: int
    message: dict[str, Any]
    generation: dict[str, Any]
    request: dict[str, Any] | None = None
    has_won: bool | None = None
    written: asyncio.Future[bool] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


@dataclass(frozen=True, slots=True)
class Batch:
    """What is written at a time: texts, the heartbeats of those that are `alive`, and endings."""

    checkpoints: list[Checkpoint]
    alive: list[int]
    endings: list[Ending]

    @property
    def reply_ids(self) -> set[int]:
        ids = {point.reply_id for point in self.checkpoints} | {ending.reply_id for ending in self.endings}
        return ids.union(self.alive)

    def of(self, reply_ids: Container[int]) -> "Batch":
        """Return what there is to be written yet of these."""
        return Batch(
            [point for point in self.checkpoints if point.reply_id in reply_ids],
            [reply_id for reply_id in self.alive if reply_id in reply_ids],
            [ending for ending in self.endings if ending.reply_id in reply_ids and ending.has_won is None],
        )


def _wanted(reply_ids: list[int]) -> QuerySet[Message]:
    """Return those that run and whose conversation is not deleted, nor its owner suspended or deactivated."""
    theirs = Q(conversation__owner__suspended_until=None) | Q(conversation__owner__suspended_until__lte=Now())
    replies = Message.objects.running().filter(pk__in=reply_ids)
    return replies.filter(theirs, conversation__deleted_at=None, conversation__owner__is_active=True)


def _of(fields: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name in names}


def _called(work: Callable[..., Result], *arguments: object) -> Result:
    """Call it in the thread, whose connection stays open: a broken one must not be there the next time.

    What was cut off in the middle is called once more, and at once: as a rule the next connection is there,
    and the text in the pages has waited for INTERVAL already.
    """
    before = connection.connection
    try:
        return work(*arguments)
    except (OperationalError, InterfaceError):
        # At times Django has opened another by now, to end the transaction there
        is_cut = before and (connection.connection is not before or not connection.is_usable())
        drop_connections()
        if not is_cut:
            raise
    return _called(work, *arguments)


class Checkpointer:
    """One per process. `due` gives the checkpoints to write, `alive` the ids of all running replies."""

    def __init__(
        self,
        worker_id: str,
        due: Callable[[], Iterable[Checkpoint]],
        alive: Callable[[], list[int]],
        lost: Callable[[set[int], float], None],
    ) -> None:
        self._worker_id = worker_id
        self._mine = Generation.objects.filter(worker=worker_id)
        self._due, self._alive, self._lost = due, alive, lost
        self._endings: list[Ending] = []
        self._unwritten: dict[int, Checkpoint] = {}
        self._held: set[int] = set()  # replies with a row that somebody else holds
        self._wake = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, "checkpoint", keep_own_connection, (LOCK_PATIENCE,))

    async def finish(self, ending: Ending) -> bool:
        """Make a reply final; return False when another party had ended it, or its row is gone.

        Endings that arrive together share a transaction. A database that is away is tried again
        until it is back: the text waits in memory. An ending whose values it refuses gets the state alone.
        """
        self._endings.append(ending)
        self._wake.set()
        return await ending.written

    async def run(self) -> None:
        """Write until cancelled."""
        beat = asyncio.get_running_loop().time()
        while True:
            beat = max(beat + INTERVAL, asyncio.get_running_loop().time())
            while (rest := beat - asyncio.get_running_loop().time()) > 0:
                if not await self._woken_within(rest):
                    break
                await self._write([], beats=False)
                await asyncio.sleep(min(TOGETHER, rest))
            await self._write(list(self._due()))

    async def in_thread(self, work: Callable[..., Result], *arguments: object) -> Result:
        """Call `work`, which writes and may wait, where no person waits for it. Raise what it raises."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, _called, work, *arguments)

    async def close(self) -> None:
        """Write once more, then give the thread and its connection back."""
        await self._write(list(self._due()))
        await asyncio.get_running_loop().run_in_executor(self._thread, connections.close_all)
        self._thread.shutdown(wait=False)

    async def _woken_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return False
        self._wake.clear()
        return True

    async def _write(self, checkpoints: list[Checkpoint], *, beats: bool = True) -> None:
        endings, self._endings = self._endings, []
        alive = self._alive() if beats else []
        if not (checkpoints or endings or alive):
            return
        points = self._unwritten | {point.reply_id: point for point in checkpoints}
        began = time.monotonic()
        try:
            batch = Batch(list(points.values()), alive, endings)
            lost = await self.in_thread(self._save, batch)
            self._unwritten = {reply_id: points[reply_id] for reply_id in points.keys() & self._held}
        except Exception:
            logger.exception("the database did not take a checkpoint; trying again in %s s", INTERVAL)
            lost, self._unwritten = set(), points
        self._endings = [ending for ending in endings if ending.has_won is None] + self._endings
        for ending in endings:
            if ending.has_won is not None and not ending.written.done():
                ending.written.set_result(ending.has_won)
        if lost:
            self._lost(lost, began)

    def _save(self, batch: Batch) -> set[int]:
        """Write all at once, note which endings won, and return those that are alive and no longer ours.

        Each is written apart if a value is refused, which would hold up all others, or if somebody else holds
        a row of one; that one also from then on, until it is free. Runs in the thread.
        """
        apart, self._held = self._held & batch.reply_ids, set()
        rest = batch.of(batch.reply_ids - apart)
        lost: set[int] = set()
        try:
            lost = self._transaction(rest.checkpoints, rest.alive, rest.endings)
        except (OperationalError, InterfaceError) as problem:
            if not is_lock_timeout(problem):
                raise
            logger.warning("somebody else holds the row of a reply; writing each apart")
            apart = batch.reply_ids
        except Exception:
            logger.exception("the database refused a value; writing each reply apart")
            apart = batch.reply_ids
        for reply_id in sorted(apart):
            lost |= self._save_one(batch.of([reply_id]))
        return lost

    def _save_one(self, batch: Batch) -> set[int]:
        """Write what there is of one reply; return it if it is no longer ours. Note it if it is held."""
        lost: set[int] = set()
        try:  # the heartbeat first, so that no other process takes it for dead
            lost = self._transaction([], batch.alive, [], HELD_PATIENCE)
            self._unless_refused(batch.checkpoints, [])
            self._unless_refused([], batch.endings)
        except OperationalError as problem:
            if not is_lock_timeout(problem):
                raise
            self._held |= batch.reply_ids
        return lost

    def _unless_refused(self, checkpoints: list[Checkpoint], endings: list[Ending]) -> None:
        try:
            self._transaction(checkpoints, [], endings, HELD_PATIENCE)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            status, error = {"status": Status.FAILED}, {"error": ChatError.code}
            bare = [replace(ending, message=status, generation=error, request=None) for ending in endings]
            self._transaction([], [], bare, HELD_PATIENCE)
            for ending, instead in zip(endings, bare, strict=True):
                ending.has_won = instead.has_won

    def _transaction(
        self, checkpoints: list[Checkpoint], alive: list[int], endings: list[Ending], patience: str = ""
    ) -> set[int]:
        """Write them, and return those of `alive` that are no longer ours. In the thread.

        `patience` is how long a row is waited for that somebody else holds, if not LOCK_PATIENCE.
        """
        if not (checkpoints or alive or endings):
            return set()
        try:
            with transaction.atomic():
                if patience and connection.features.has_select_for_update:
                    connection.cursor().execute(f"SET LOCAL lock_timeout = '{patience}'")
                if alive:
                    self._mine.filter(pk__in=alive).update(heartbeat=Now())
                if checkpoints:
                    self._write_texts(checkpoints)
                ours = set(self._ours(alive)) if alive else set()
                won = self._end(endings)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            connections.close_all()
            raise
        for ending, has_won in zip(endings, won, strict=True):
            ending.has_won = has_won
        return set(alive) - ours

    def _write_texts(self, checkpoints: list[Checkpoint]) -> None:
        cursor, worker = connection.cursor(), self._worker_id
        cursor.executemany(_WRITE_SEQ, [(point.seq, point.reply_id, worker) for point in checkpoints])
        texts = [(point.text, point.reasoning, point.reply_id, worker) for point in checkpoints]
        cursor.executemany(_WRITE_TEXT, texts)

    def _ours(self, reply_ids: list[int]) -> QuerySet[Message, int]:
        """Return the ids of those that are this process's still, and wanted."""
        return _wanted(reply_ids).filter(generation__worker=self._worker_id).values_list("pk", flat=True)

    def _locked(self, reply_ids: list[int]) -> set[int]:
        """Return which of them are this process's still, and take the rows of their generations."""
        lock = _LOCK if connection.features.has_select_for_update else ""
        places = ", ".join(["%s"] * len(reply_ids))
        with connection.cursor() as cursor:
            cursor.execute(f"{_MINE} ({places}) {lock}", [self._worker_id, *sorted(reply_ids)])
            return {row[0] for row in cursor.fetchall()}

    def _end(self, endings: list[Ending]) -> list[bool]:
        """Return which endings won. What follows of them is written for all at once. In the thread."""
        if not endings:
            return []
        mine = self._locked([ending.reply_id for ending in endings])
        won, written = [], []
        for ending in endings:
            has_won = ending.reply_id in mine and self._finish(ending)
            won.append(has_won)
            if has_won or (ending.reply_id in mine and self._keep_seen(ending)):
                written.append(ending)
        requests = [{"reply_id": ending.reply_id} | ending.request for ending in written if ending.request]
        insert(ModelRequest, requests)
        if written:
            search.add_ended([ending.reply_id for ending in written])
        return won

    def _finish(self, ending: Ending) -> bool:
        """Return whether this ended a running reply. In the thread."""
        if not update_where(Message, ending.message, _IS_RUNNING, [ending.reply_id]):
            return False
        if ending.generation:
            update_where(Generation, ending.generation, _IS_OF, [ending.reply_id])
        return True

    def _keep_seen(self, ending: Ending) -> bool:
        """Keep the text of a reply that another party has ended, and return whether there was any to keep.

        A process that was frozen until another took its replies for dead has shown more than that one
        could keep, and so has one whose reply was stopped elsewhere: the text seen is kept, the state stays.
        """
        seen = _of(ending.message, _SEEN)
        ended = Message.objects.filter(pk=ending.reply_id, status__in=[Status.INTERRUPTED, Status.STOPPED])
        if not seen:
            return False
        search.remove(ended)
        if not ended.update(**seen):
            return False
        self._mine.filter(pk=ending.reply_id).update(**_of(ending.generation, _SEEN))
        return True
