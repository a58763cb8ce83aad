"""The demo model as a small OpenAI-compatible server on a loopback port."""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
import time
from collections.abc import Iterator
from typing import Any
from zlib import crc32

import msgspec
from aiohttp import web

from chat.demo import DemoServer
from chat.demo.answers import answer

MODEL = "demo"
RATE = 50.0
"""Tokens a second: about what a hosted model gives."""

THINKING = 0.25
"""Seconds before the first token."""

MAX_BODY = 64 * 1024 * 1024

TOKEN = re.compile(r"\s*(?:[A-Za-z0-9]{1,5}|[\u2e80-\uffff]{1,2}|[^\sA-Za-z0-9\u2e80-\uffff]{1,3})|\s+")


class Message(msgspec.Struct):
    role: str = ""
    content: Any = ""


class StreamOptions(msgspec.Struct):
    include_usage: bool = False


class ChatRequest(msgspec.Struct):
    messages: list[Message] = []
    stream: bool = False
    stream_options: StreamOptions | None = None


decode_request = msgspec.json.Decoder(ChatRequest).decode


async def start_demo(host: str = "127.0.0.1", port: int = 0, rate: float = RATE) -> DemoServer:
    """Start the demo in this event loop. `rate` is in tokens a second; 0 means without pauses."""
    app = web.Application(client_max_size=MAX_BODY)
    demo = Demo(rate)
    app.add_routes(
        [web.get("/v1/models", demo.list_models), web.post("/v1/chat/completions", demo.complete_chat)]
    )
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    bound_host, bound_port, *_ = runner.addresses[0]
    return DemoServer(f"http://{bound_host}:{bound_port}/v1", runner.cleanup)


class Demo:
    """The two end points that a chat needs."""

    def __init__(self, rate: float) -> None:
        self._rate = rate

    async def list_models(self, _: web.Request) -> web.Response:
        return _json({"object": "list", "data": [{"id": MODEL, "object": "model", "owned_by": "built-in"}]})

    async def complete_chat(self, request: web.Request) -> web.StreamResponse:
        try:
            asked = decode_request(await request.read())
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return _json({"error": {"message": "The request is no chat completion."}}, status=400)
        talk = [(message.role, _text(message.content)) for message in asked.messages]
        tokens = TOKEN.findall(answer(talk))
        usage = _usage(talk, tokens)
        if asked.stream:
            wants_usage = asked.stream_options is not None and asked.stream_options.include_usage
            return await self._stream(request, tokens, usage if wants_usage else None)
        return _json(_whole("".join(tokens), usage))

    async def _stream(
        self, request: web.Request, tokens: list[str], usage: dict[str, int] | None
    ) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"}
        )
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):  # the reader stopped: so do we
            await response.write(_chunk({"role": "assistant", "content": ""}))
            start = time.monotonic() + (THINKING if self._rate else 0)
            for token, due in zip(tokens, pace(tokens, self._rate), strict=True):
                await asyncio.sleep(start + due - time.monotonic())
                await response.write(_chunk({"content": token}))
            await response.write(_chunk({}, finish="stop"))
            if usage is not None:
                await response.write(_event({"model": MODEL, "choices": [], "usage": usage}))
            await response.write(b"data: [DONE]\n\n")
            await response.write_eof()
        return response


def pace(tokens: list[str], rate: float) -> Iterator[float]:
    """Yield when each token is due, in seconds from the first: uneven, and the same for the same text."""
    chance = random.Random(crc32("".join(tokens).encode()))
    due = 0.0
    for _ in tokens:
        yield due
        due += chance.uniform(0.6, 1.4) / rate if rate else 0.0


def _text(content: object) -> str:
    """Return a message's text, given as such or as parts."""
    if isinstance(content, list):
        return " ".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def _usage(talk: list[tuple[str, str]], tokens: list[str]) -> dict[str, int]:
    prompt = sum(len(text) for _, text in talk) // 4
    return {
        "prompt_tokens": prompt,
        "completion_tokens": len(tokens),
        "total_tokens": prompt + len(tokens),
    }


def _chunk(delta: dict[str, str], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return _event({"id": "demo", "object": "chat.completion.chunk", "model": MODEL, "choices": [choice]})


def _whole(text: str, usage: dict[str, int]) -> dict[str, object]:
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return {"id": "demo", "object": "chat.completion", "model": MODEL, "choices": [choice], "usage": usage}


def _event(value: object) -> bytes:
    return b"data: " + msgspec.json.encode(value) + b"\n\n"


def _json(value: object, status: int = 200) -> web.Response:
    return web.Response(body=msgspec.json.encode(value), status=status, content_type="application/json")
