"""Open WebUI's page: it asks over HTTP, reads on a socket, and keeps its list of conversations up to date meanwhile."""

import asyncio
import time
import uuid
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

from tests.bench.peers.http import Browser, Refused
from tests.bench.peers.socketio import SocketIO, SocketIOPage

ADMIN = {"name": "Bench", "email": "admin@example.org", "password": "a long password"}
# People that are made at the same time: each waits for the hash of a password
AT_ONCE = 10


async def people(port: int, count: int) -> list[str]:
    """Make that many accounts; a token for each."""
    browser = Browser(port)
    made = await browser.post("/api/v1/auths/signup", ADMIN)
    browser.headers.append(f"Authorization: Bearer {made.json['token']}")
    gate = asyncio.Semaphore(AT_ONCE)

    async def person(number: int) -> str:
        account = ADMIN | {"name": f"Bench {number}", "email": f"bench{number}@example.org", "role": "user"}
        async with gate:
            token: str = (await browser.post("/api/v1/auths/add", account)).json["token"]
        return token

    tokens = await asyncio.gather(*map(person, range(count)))
    browser.close()
    return list(tokens)


class OpenWebUIPage(SocketIOPage):
    """`person` is a token."""

    async def open(self) -> None:
        self.chat = ""
        self._work: set[asyncio.Task[None]] = set()
        self.browser.headers += [f"authorization: Bearer {self.person}", f"Cookie: token={self.person}"]
        self.me = (await self.browser.get("/api/v1/auths/")).json
        self.model = next(m for m in (await self.browser.get("/api/models")).json["data"])
        self.socket = SocketIO(self._hear)
        await self.socket.open(self.port, {"token": self.person}, f"token={self.person}")
        await self.browser.get("/api/version")
        self.socket.emit("user-join", {"auth": {"token": self.person}})
        await self._refresh_rows()

    async def converse(self, text: str) -> None:
        self.socket.wire.received = self.socket.wire.sent = 0
        self.reply = str(uuid.uuid4())
        usage = asyncio.create_task(self._tell_usage())
        try:
            answer = (await self.browser.post("/api/chat/completions", self._question(text))).json
        finally:
            usage.cancel()
        self._join(answer["chat_id"])
        await self._refresh_list()

    async def stored(self) -> str:
        """The reply, as it is given to a page that is opened now."""
        chat = (await self.browser.get(f"/api/v1/chats/{self.chat}")).json["chat"]
        return str(chat["history"]["messages"].get(self.reply, {}).get("content") or "")

    def close(self) -> None:
        super().close()
        self.socket.wire.close()

    def _question(self, text: str) -> dict[str, Any]:
        features = dict.fromkeys(("voice", "image_generation", "code_interpreter", "web_search"), False)
        question = {
            "id": str(uuid.uuid4()),
            "parentId": None,
            "childrenIds": [self.reply],
            "role": "user",
            "user": {"id": self.me["id"], "name": self.me["name"]},
            "user_id": self.me["id"],
            "content": text,
            "timestamp": int(time.time()),
            "models": [self.model["id"]],
        }
        return {
            "stream": True,
            "model": self.model["id"],
            "params": {"model_controls": {}},
            "tool_ids": [],
            "tool_servers": [],
            "features": features,
            "variables": variables(self.me),
            "chat_variables": {},
            "model_item": self.model,
            "session_id": self.socket.sid,
            "id": self.reply,
            "parent_id": None,
            "user_message": question,
            "background_tasks": {
                "title_generation": True,
                "tags_generation": True,
                "follow_up_generation": True,
            },
        }

    def _hear(self, name: str, event: Any = None) -> None:
        if name != "events" or "message_id" not in event:
            return
        kind, data = event["data"]["type"], event["data"].get("data")
        if kind == "response:completion":
            if data.get("type") == "response.output_text.delta":
                self.add(data["delta"])
        elif kind == "chat:completion":
            self._complete(data)
        elif kind == "chat:title":
            self._do(self._refresh_list())
        elif kind == "chat:list":
            if "last_read_at" not in data:
                self._do(self._refresh_rows())
        elif kind == "chat:active" and not data["active"]:
            self.socket.emit("events:chat", {"chat_id": self.chat, "data": {"type": "last_read_at"}})
        elif kind == "chat:message:error":
            self.end(str(data["error"]))
        self._join(event["chat_id"])

    def _complete(self, data: dict[str, Any]) -> None:
        if data.get("error"):
            self.end(str(data["error"]))
        elif output := data.get("output"):
            text = "".join(part["text"] for item in output for part in item.get("content", []))
            shown, self.text = self.text, text
            self.look(text[len(shown) :])
        else:
            for choice in data.get("choices") or []:
                self.add(choice.get("delta", {}).get("content") or "")
        if data.get("done"):
            self._do(self._refresh_list())
            self.end()

    def _join(self, chat: str) -> None:
        """Be told of what others do in it; what may have come before is asked for."""
        if not self.chat:
            self.chat = chat
            event = {"chat_id": chat, "data": {"type": "join"}}
            self.socket.emit("events:chat", event, then=lambda: self._do(self._refresh_chat()))

    async def _tell_usage(self) -> None:
        while True:
            await asyncio.sleep(1)
            self.socket.emit("usage", {"action": "chat", "model": self.model["id"], "chat_id": self.chat})

    async def _refresh_chat(self) -> None:
        await self.browser.get(f"/api/v1/chats/{self.chat}")

    async def _refresh_list(self) -> None:
        await self.browser.get("/api/v1/chats/?page=1")

    async def _refresh_rows(self) -> None:
        await asyncio.gather(*map(self.browser.get, ("/api/v1/chats/?page=1", "/api/v1/chats/pinned")))
        await self.browser.get("/api/v1/folders/")

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        async def done() -> None:
            with suppress(Refused, OSError, TimeoutError):  # the page goes on with the list that it has
                await work

        task = asyncio.create_task(done())
        self._work.add(task)
        task.add_done_callback(self._work.discard)


def variables(person: dict[str, Any]) -> dict[str, str]:
    """What the page tells for prompts that ask for it."""
    return {
        "{{USER_NAME}}": person["name"],
        "{{USER_EMAIL}}": person["email"],
        "{{USER_LOCATION}}": "Unknown",
        "{{CURRENT_DATETIME}}": time.strftime("%Y-%m-%d %H:%M:%S"),
        "{{CURRENT_DATE}}": time.strftime("%Y-%m-%d"),
        "{{CURRENT_TIME}}": time.strftime("%H:%M:%S"),
        "{{CURRENT_WEEKDAY}}": time.strftime("%A"),
        "{{CURRENT_TIMEZONE}}": "UTC",
        "{{USER_LANGUAGE}}": "en-US",
    }
