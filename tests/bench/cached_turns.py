"""Turns of one conversation, one after the other, with whatever model the site has, in an engine of this process.

Runs under the site's own settings and DATA_DIR. Input: {"origin", "cookie", "turns", "marker"}, the last being what each
question ends with. Output: {"input", "cached"}, the tokens that the model server has counted over all of them.
"""

import asyncio
import json
import sys
import uuid
from typing import Any

import django

django.setup()

from channels.testing import WebsocketCommunicator  # noqa: E402
from django.db.models import Sum  # noqa: E402

from chat import replies  # noqa: E402
from chat.models import Conversation, ModelRequest, User  # noqa: E402
from gptsite.asgi import application  # noqa: E402
from tests.bench.send_cost import LIMIT  # noqa: E402

# The model of `make compat` counts on and on. What it reads it reads byte by byte, and has room for 8,192 of them: so many
# words of an answer are three times the question, and fifteen exchanges are half of it
LENGTH = 60
QUESTION = "And then? Tell me what comes next, please: {}."


async def until(socket: WebsocketCommunicator, kind: str) -> Any:
    while True:
        event = json.loads(await socket.receive_from(LIMIT))
        if isinstance(event, dict) and event["type"] == "error":
            raise RuntimeError(event["text"])
        if isinstance(event, dict) and event["type"] == kind:
            return event


async def measure(spec: dict[str, Any]) -> None:
    headers = [(b"origin", spec["origin"].encode()), (b"cookie", spec["cookie"].encode())]
    socket = WebsocketCommunicator(application, "/ws/chat/", [*headers, (b"host", b"127.0.0.1")])
    await socket.connect(LIMIT)
    await until(socket, "hello")
    owner = await User.objects.aearliest("pk")
    made = await Conversation.objects.acreate(owner=owner, title="Long", parameters={"max_tokens": LENGTH})
    tip = None
    for number in range(spec["turns"]):
        text = QUESTION.format(number) + spec["marker"]
        send = {"type": "send", "client_id": str(uuid.uuid4()), "text": text, "conversation": str(made.uuid)}
        await socket.send_to(json.dumps(send | {"parent": tip}))
        ended = await until(socket, "ended")
        if ended["status"] != "complete":
            raise RuntimeError(ended.get("text", ended["status"]))
        tip = ended["reply"]
    await socket.disconnect()
    await replies.shut_down()


def main() -> None:
    spec = json.load(sys.stdin)
    asyncio.run(measure(spec))
    rows = ModelRequest.objects.filter(tokens_in__isnull=False)
    found = rows.aggregate(input=Sum("tokens_in"), cached=Sum("tokens_cached"))
    print(json.dumps({name: value or 0 for name, value in found.items()}))


if __name__ == "__main__":
    main()
