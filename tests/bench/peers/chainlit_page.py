"""Chainlit's page: one socket, on which each token comes as an event of its own."""

import uuid
from datetime import UTC, datetime
from typing import Any

from tests.bench.peers.socketio import SocketIO, SocketIOPage


class ChainlitPage(SocketIOPage):
    async def open(self) -> None:
        session = str(uuid.uuid4())
        for path in ("/project/translations?language=en-US", "/project/settings?language=en-US"):
            await self.browser.get(path)
        await self.browser.post("/set-session-cookie", {"session_id": session})
        self.socket = SocketIO(self._hear)
        identity = {
            "clientType": "webapp",
            "sessionId": session,
            "threadId": "",
            "userEnv": "{}",
            "chatProfile": "",
        }
        await self.socket.open(self.port, identity)
        self.socket.emit("connection_successful")
        self.socket.emit("fetch_favorites")

    async def converse(self, text: str) -> None:
        self.socket.wire.received = self.socket.wire.sent = 0
        message = {
            "threadId": "",
            "id": str(uuid.uuid4()),
            "name": "User",
            "type": "user_message",
            "output": text,
            "createdAt": datetime.now(UTC).isoformat(),
            "metadata": {"location": f"http://127.0.0.1:{self.port}/"},
        }
        self.socket.emit("client_message", {"message": message, "fileReferences": []})

    def _hear(self, name: str, value: Any = None) -> None:
        if name == "stream_start":
            self.add(value["output"])
        elif name == "stream_token":
            self.add(value["token"])
        elif name == "update_message" and value.get("isError"):
            self.end(value["output"])
        elif name == "task_end" and self.text:
            self.end()

    def close(self) -> None:
        super().close()
        self.socket.wire.close()
