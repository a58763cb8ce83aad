"""A page's voice socket, driven as a conversation."""

import asyncio
import json
import struct
import uuid
from itertools import count
from typing import Any

from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.test import Client

from chat.realtime.voice_protocol import RATE, SAMPLE
from gptsite.asgi import application
from tests.support.waiting import LIMIT

SECOND = RATE * SAMPLE


class VoiceTab:
    """Events as dicts, frames of sound as `(reading, sentence, pcm)`."""

    def __init__(self, client: Client) -> None:
        cookies = "; ".join(f"{key}={morsel.value}" for key, morsel in client.cookies.items())
        headers = [
            (b"origin", settings.SITE_ORIGINS[0].encode()),
            (b"host", b"127.0.0.1"),
            (b"cookie", cookies.encode()),
        ]
        self.socket = WebsocketCommunicator(application, "/ws/voice/", headers)
        self._ids = count(1)

    async def open(self) -> "VoiceTab":
        connected, code = await self.socket.connect(timeout=LIMIT)
        assert connected, code
        assert (await self.next())["type"] == "hello"
        return self

    async def say(self, **command: Any) -> None:
        await self.socket.send_to(text_data=json.dumps(command, default=str))

    async def sound(self, clip: int, pcm: bytes) -> None:
        await self.socket.send_to(bytes_data=struct.pack("<I", clip) + pcm)

    async def record(self, pcm: bytes = bytes(SECOND), language: str = "en") -> int:
        """Send a whole recording, and ask for its words; gives its id."""
        clip = next(self._ids)
        await self.say(type="listen", id=clip, language=language)
        for place in range(0, len(pcm), SECOND):
            await self.sound(clip, pcm[place : place + SECOND])
        await self.say(type="finish", id=clip)
        return clip

    async def read(self, message: uuid.UUID, **options: Any) -> int:
        """Ask for a reply to be read; gives the reading's id."""
        reading = next(self._ids)
        await self.say(type="read", id=reading, message=message, **options)
        return reading

    async def next(self, timeout: float = LIMIT) -> Any:
        message = await self.socket.receive_output(timeout)
        assert message["type"] == "websocket.send", message
        if message.get("text") is not None:
            return json.loads(message["text"])
        frame = message["bytes"]
        return (*struct.unpack_from("<II", frame), frame[8:])

    async def until(self, *kinds: str, timeout: float = LIMIT) -> Any:
        """The next event of one of these types; what comes before it is passed over."""
        async with asyncio.timeout(timeout):
            while True:
                event = await self.next(timeout)
                if isinstance(event, dict) and event["type"] in kinds:
                    return event

    async def hear(self, timeout: float = LIMIT) -> tuple[list[Any], dict[int, bytes]]:
        """Play a reading to its end, as a page does; gives its events and the sound of each sentence."""
        events: list[Any] = []
        heard: dict[int, bytes] = {}
        async with asyncio.timeout(timeout):
            while True:
                event = await self.next(timeout)
                if isinstance(event, tuple):
                    heard[event[1]] = heard.get(event[1], b"") + event[2]
                    continue
                events.append(event)
                if event["type"] == "spoken":
                    await self.say(type="played", id=event["id"], sentence=event["sentence"])
                elif event["type"] in {"done", "error"}:
                    return events, heard

    async def is_silent(self, seconds: float = 0.2) -> bool:
        return await self.socket.receive_nothing(seconds)

    async def closed(self, timeout: float = LIMIT) -> int:
        """The code the server closes with; frames before it are passed over."""
        async with asyncio.timeout(timeout):
            while True:
                message = await self.socket.receive_output(timeout)
                if message["type"] == "websocket.close":
                    return int(message["code"])

    async def close(self) -> None:
        await self.socket.disconnect()
