"""A tab's socket, as the bench and the runs with faults use it."""

import asyncio
from contextlib import suppress

import pytest

from tests.bench.wire import Socket


class Opening(Socket):
    """Whose task is cancelled in the moment in which the server's answer has come."""

    task: asyncio.Task["Opening"]

    def _handshake_done(self) -> bool:
        if done := super()._handshake_done():
            self.task.cancel()
        return done


async def test_who_is_cancelled_as_the_server_answers_does_not_go_on():
    over = asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 101 Switching Protocols\r\n\r\n")
        with suppress(ConnectionError):
            await reader.read()
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
        over.set()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        Opening.task = asyncio.create_task(Opening.open(port, "", lambda frame: None))
        with pytest.raises(asyncio.CancelledError):
            await Opening.task
        await over.wait()
