"""The queries of a send, from the message to the end of its reply, in an engine of this process.

Runs under the site's own settings and DATA_DIR. Input: {"origin", "cookie", "conversations" without messages}.
Output: the median of their queries; what the engine does by the clock is in a few of them at most.
"""

import asyncio
import json
import sys
import uuid
from statistics import median
from typing import Any

import django

django.setup()

from channels.testing import WebsocketCommunicator  # noqa: E402
from django.db.backends.signals import connection_created  # noqa: E402

from chat import replies  # noqa: E402
from gptsite.asgi import application  # noqa: E402

# Seconds; only a limit
LIMIT = 20


class Counter:
    """Counts on every connection that is opened from now on, in whichever thread."""

    def __init__(self) -> None:
        self.count = 0
        connection_created.connect(self._watch)

    def _watch(self, connection: Any, **_: object) -> None:
        if self._execute not in connection.execute_wrappers:
            connection.execute_wrappers.append(self._execute)

    def _execute(self, execute: Any, *arguments: object) -> Any:
        self.count += 1
        return execute(*arguments)


async def until(socket: WebsocketCommunicator, kind: str) -> None:
    while True:
        event = json.loads(await socket.receive_from(LIMIT))
        if isinstance(event, dict) and event["type"] == "error":
            raise RuntimeError(event["text"])
        if isinstance(event, dict) and event["type"] == kind:
            return


async def measure(spec: dict[str, Any], counter: Counter) -> list[int]:
    headers = [(b"origin", spec["origin"].encode()), (b"cookie", spec["cookie"].encode())]
    socket = WebsocketCommunicator(application, "/ws/chat/", [*headers, (b"host", b"127.0.0.1")])
    await socket.connect(LIMIT)
    await until(socket, "hello")
    counts = []
    for conversation in spec["conversations"]:
        before = counter.count
        send = {
            "type": "send",
            "client_id": str(uuid.uuid4()),
            "text": "Please.",
            "conversation": conversation,
        }
        await socket.send_to(json.dumps(send))
        await until(socket, "ended")
        counts.append(counter.count - before)
    await socket.disconnect()
    await replies.shut_down()
    return counts


if __name__ == "__main__":
    print(json.dumps(median(asyncio.run(measure(json.load(sys.stdin), Counter())))))
