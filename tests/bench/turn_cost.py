"""What a turn costs in a short and in a long conversation, from the message to the end of its reply, in an engine of this
process.

Runs under the site's own settings and DATA_DIR. Input: {"origin", "cookie", "few", "many", "rounds"}. Output:
{"few" | "many": {"ms", "queries"}}, the medians; the milliseconds are the processor's, of this whole process.
"""

import asyncio
import json
import sys
import time
import uuid
from statistics import median
from typing import Any

import django

django.setup()

from channels.testing import WebsocketCommunicator  # noqa: E402
from django.db import transaction  # noqa: E402

from chat import replies  # noqa: E402
from chat.models import Conversation, User  # noqa: E402
from gptsite.asgi import application  # noqa: E402
from tests.bench.page_cost import write  # noqa: E402
from tests.bench.send_cost import LIMIT, Counter, until  # noqa: E402

TEXT = "Please. [[scenario:plain tokens=20]]"
# Seconds, for what follows the end of a reply
REST = 0.05


def prepare(spec: dict[str, Any]) -> tuple[list[str], str]:
    """A conversation of few messages for each round, and one of many; their ids."""
    owner = User.objects.earliest("pk")
    with transaction.atomic():
        few = [str(write(owner, spec["few"]).uuid) for _ in range(spec["rounds"] + 1)]
        many = str(write(owner, spec["many"]).uuid)
    return few, many


async def turn(socket: WebsocketCommunicator, conversation: str, counter: Counter) -> tuple[float, int]:
    """One message and its reply; milliseconds and queries."""
    found = await Conversation.objects.select_related("tip").aget(uuid=conversation)
    assert found.tip is not None
    send = {"type": "send", "client_id": str(uuid.uuid4()), "text": TEXT, "conversation": conversation}
    before, began = counter.count, time.process_time()
    await socket.send_to(json.dumps(send | {"parent": str(found.tip.uuid)}))
    await until(socket, "ended")
    await asyncio.sleep(REST)
    return (time.process_time() - began) * 1000, counter.count - before


async def measure(spec: dict[str, Any], few: list[str], many: str) -> dict[str, dict[str, float]]:
    counter = Counter()
    headers = [(b"origin", spec["origin"].encode()), (b"cookie", spec["cookie"].encode())]
    socket = WebsocketCommunicator(application, "/ws/chat/", [*headers, (b"host", b"127.0.0.1")])
    await socket.connect(LIMIT)
    await until(socket, "hello")
    costs: dict[str, list[tuple[float, int]]] = {"few": [], "many": []}
    for short in few:  # in turn, so that a busy moment hits both
        costs["few"].append(await turn(socket, short, counter))
        costs["many"].append(await turn(socket, many, counter))
    await socket.disconnect()
    await replies.shut_down()
    return {
        name: {
            "ms": median(cost for cost, _ in found[1:]),
            "queries": median(count for _, count in found[1:]),
        }
        for name, found in costs.items()
    }


def main() -> None:
    spec = json.load(sys.stdin)
    print(json.dumps(asyncio.run(measure(spec, *prepare(spec)))))


if __name__ == "__main__":
    main()
