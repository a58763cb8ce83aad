"""The deadline of a read, and a process that was asleep when it passed."""

import asyncio
import socket
import time
from math import inf

import pytest

from chat.provider import watchdog
from chat.provider.watchdog import Watchdog


@pytest.fixture(autouse=True)
def little_sleep(monkeypatch):
    monkeypatch.setattr(watchdog, "OVERSLEPT", 0.1)


class Read:
    """Something that is due in a moment, until a byte came."""

    def __init__(self):
        self.bites = 0
        self._due = asyncio.get_running_loop().time() + 0.05
        self._news = asyncio.Event()
        self._ours, self.theirs = socket.socketpair()
        asyncio.get_running_loop().add_reader(self._ours, self._news.set)
        self._task = asyncio.ensure_future(self._read())
        self._dog = Watchdog(lambda: self._due, self._on_late, 0.05)
        self._dog.start()

    async def _read(self):
        await self._news.wait()
        self._due = inf

    def _on_late(self):
        self.bites += 1

    def close(self):
        self._dog.stop()
        self._task.cancel()
        asyncio.get_running_loop().remove_reader(self._ours)
        self._ours.close()
        self.theirs.close()


@pytest.fixture
async def read():
    read = Read()
    yield read
    read.close()


async def test_it_bites_once_when_the_time_has_passed(read):
    while not read.bites:
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.2)
    assert read.bites == 1


async def test_a_process_that_slept_reads_what_came_meanwhile_first(read):
    await asyncio.sleep(0)
    read.theirs.send(b"x")
    time.sleep(0.4)  # noqa: ASYNC251 (the whole loop sleeps)
    await asyncio.sleep(0.5)
    assert read.bites == 0


async def test_a_process_that_slept_and_heard_nothing_bites_a_little_later(read):
    await asyncio.sleep(0)
    time.sleep(0.4)  # noqa: ASYNC251 (the whole loop sleeps)
    await asyncio.sleep(0)
    assert read.bites == 0
    while not read.bites:
        await asyncio.sleep(0.02)
