"""What the scripted provider can do: one function per behaviour, chosen by name.

Every function takes (connection, request, **params). `SCENARIOS` lists them.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import time
from typing import Any

from tests.support.scripted_forms import FORMS
from tests.support.scripted_wire import Connection, Play, Request

DONE = b"data: [DONE]\n\n"
WORDS = ["The", "quick", "brown", "fox", "jumps", "over", "the", "lazy", "dog", "and", "then", "it", "rests."]
TEXT = "Hello from the script."
SCENARIOS: dict[str, Play] = {}


def scenario(function: Play) -> Play:
    assert function.__name__ not in SCENARIOS, f"two scenarios are called {function.__name__}"
    SCENARIOS[function.__name__] = function
    return function


def event(value: object) -> bytes:
    return b"data: " + json.dumps(value, ensure_ascii=False).encode() + b"\n\n"


def chunk(content: str | None = None, finish: str | None = None, **delta: Any) -> bytes:
    """One event of a stream, as OpenAI's servers shape it."""
    if content is not None:
        delta["content"] = content
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    return event(
        {
            "id": "chatcmpl-scripted",
            "object": "chat.completion.chunk",
            "created": 1_700_000_000,
            "model": "scripted-1",
            "system_fingerprint": "fp_scripted",
            "choices": [choice],
        }
    )


def usage(prompt: int, completion: int) -> bytes:
    counts = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
    return event({"id": "chatcmpl-scripted", "model": "scripted-1", "choices": [], "usage": counts})


def error(message: str, **more: object) -> dict[str, object]:
    return {
        "error": {"message": message, "type": "invalid_request_error", "param": None, "code": None} | more
    }


def cut(text: str, size: int) -> list[str]:
    return [text[i : i + size] for i in range(0, len(text), size)]


async def paced(connection: Connection, pieces: list[bytes], rate: float) -> None:
    """Send pieces at `rate` a second by an absolute clock; 0 means at once. Waits for the reader."""
    start = time.monotonic()
    for number, piece in enumerate(pieces):
        if rate and (wait := start + number / rate - time.monotonic()) > 0:
            await asyncio.sleep(wait)
        await connection.writable.wait()
        connection.write(piece)


async def forever() -> None:
    await asyncio.Event().wait()


# Replies that go well


@scenario
async def plain(
    connection: Connection,
    request: Request,
    text: str = "",
    tokens: int = 0,
    rate: float = 0,
    size: int = 6,
    finish: str = "stop",
    delay: float = 0,
) -> None:
    """`text` in pieces of `size` characters, or `tokens` words, at `rate` pieces a second."""
    pieces = [WORDS[i % len(WORDS)] + " " for i in range(tokens)] if tokens else cut(text or TEXT, size)
    await asyncio.sleep(delay)
    connection.stream_head()
    connection.write(chunk("", role="assistant"))
    await paced(connection, [chunk(piece) for piece in pieces], rate)
    connection.write(chunk(finish=finish))
    if request.wants_usage:
        connection.write(usage(11, len(pieces)))
    connection.write(DONE)
    connection.end()


@scenario
async def slow(connection: Connection, request: Request, text: str = TEXT, rate: float = 20) -> None:
    await plain(connection, request, text=text, rate=rate)


@scenario
async def stamped(connection: Connection, request: Request, tokens: int = 300, rate: float = 50) -> None:
    """Every token is the monotonic clock in microseconds at which it was sent, and a space."""
    connection.stream_head()
    start = time.monotonic()
    for number in range(tokens):
        await asyncio.sleep(max(0, start + number / rate - time.monotonic()))
        connection.write(chunk(f"{time.monotonic_ns() // 1000} "))
    connection.write(chunk(finish="stop") + DONE)
    connection.end()


def numbered(tag: str, tokens: int) -> list[str]:
    """Words that say whose they are and which: `tag-0 tag-1 ...`, in short paragraphs."""
    return [f"{tag}-{number}" + (" " if (number + 1) % 12 else "\n\n") for number in range(tokens)]


@scenario
async def tagged(
    connection: Connection, request: Request, tag: str, tokens: int = 40, rate: float = 20, end: str = "whole"
) -> None:
    """`numbered` words; then the end: `whole`, cut by `length`, or `reset`, `fin` or `hang` without a reason."""
    connection.stream_head()
    await paced(connection, [chunk(word) for word in numbered(tag, tokens)], rate)
    if end in ("whole", "length"):
        connection.write(chunk(finish="length" if end == "length" else "stop") + DONE)
        connection.end()
    elif end == "hang":
        await forever()
    elif end == "fin":
        connection.fin()
    else:
        await asyncio.sleep(0.05)  # as in `reset`
        connection.reset()


@scenario
async def reasoning(
    connection: Connection,
    request: Request,
    field: str = "reasoning_content",
    pause: float = 0,
    tagged: bool = False,
    answer: str = "Then I answer.",
    finish: str = "stop",
) -> None:
    """Think in a field of its own, or in a tag at the start of the text; `pause` is in seconds."""
    connection.stream_head()
    pieces = ("<thi", "nk>First I ", "think. ", "</think>\n\n") if tagged else ("First I ", "think. ")
    for piece in pieces:
        connection.write(chunk(piece) if tagged else chunk(None, **{field: piece}))
        await asyncio.sleep(pause / len(pieces))
    connection.write((chunk(answer) if answer else b"") + chunk(finish=finish) + DONE)
    connection.end()


@scenario
async def title(connection: Connection, request: Request, text: str) -> None:
    """Answer a title request, streamed or whole, as it was asked."""
    if request.body.get("stream"):
        await plain(connection, request, text=text)
        return
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    connection.json(200, {"id": "x", "model": "scripted-1", "choices": [choice]})


# Silence


@scenario
async def hang(connection: Connection, request: Request, at: str = "headers") -> None:
    """Say nothing more: before the `headers`, before the first chunk (`start`), in the `middle`, or
    after the `finish` reason."""
    if at != "headers":
        connection.stream_head()
    if at in ("middle", "finish"):
        connection.write(chunk("ab"))
    if at == "finish":
        connection.write(chunk(finish="stop"))
    await forever()


@scenario
async def drip(connection: Connection, request: Request, pause: float = 5, text: str = TEXT) -> None:
    """The whole stream, one byte every `pause` seconds."""
    connection.stream_head()
    for byte in chunk(text) + chunk(finish="stop") + DONE:
        connection.write(bytes((byte,)))
        await asyncio.sleep(pause)
    connection.end()


@scenario
async def comment_drip(connection: Connection, request: Request, pause: float = 5) -> None:
    connection.stream_head()
    while True:
        connection.write(b": still here\n\n")
        await asyncio.sleep(pause)


# Cuts


@scenario
async def reset(connection: Connection, request: Request, at: str = "middle") -> None:
    """RST: before the `headers`, after them (`start`), after the first chunk (`first`), in the
    `middle`, after the `finish` reason, or after the usage, `before_done`."""
    await _until(connection, at)
    if at != "headers":
        await asyncio.sleep(0.05)  # RST throws away what the peer has not read yet
    connection.reset()


@scenario
async def fin(connection: Connection, request: Request, at: str = "middle") -> None:
    """FIN at the same places, in a chunked body that is not finished."""
    await _until(connection, at)
    connection.fin()


async def _until(connection: Connection, at: str) -> None:
    parts = {
        "first": [chunk("a")],
        "middle": [chunk("a"), chunk("b")],
        "finish": [chunk("ab"), chunk(finish="stop")],
        "before_done": [chunk("ab"), chunk(finish="stop"), usage(3, 1)],
    }
    if at == "headers":
        return
    connection.stream_head()
    for part in parts.get(at, []):
        connection.write(part)


@scenario
async def reset_at_connect(connection: Connection, request: Request) -> None:
    """RST on accept. The connection does it as it opens, so nothing is left to play."""
    connection.reset()


@scenario
async def close_delimited(connection: Connection, request: Request, finish: str | None = None) -> None:
    """A body that ends with FIN and without [DONE], with or without a finish reason."""
    connection.head(200, content_type="text/event-stream", connection="close")
    connection.write(chunk("ab"))
    if finish:
        connection.write(chunk(finish=finish))
    connection.fin()


# Answers with status 200 that are no stream


@scenario
async def html200(connection: Connection, request: Request) -> None:
    page = "<!doctype html><html><title>Sign in</title><h1>Welcome to the portal</h1></html>\n"
    connection.body(200, page, content_type="text/html; charset=utf-8")


@scenario
async def json200(connection: Connection, request: Request, body: str | bytes = '{"status": "ok"}') -> None:
    connection.body(200, body)


@scenario
async def answered(connection: Connection, request: Request, code: int, body: str) -> None:
    """Answer with a status and a body of JSON, byte by byte as a service does."""
    connection.body(code, body)


@scenario
async def empty200(connection: Connection, request: Request) -> None:
    connection.body(200, "")


@scenario
async def done_only(connection: Connection, request: Request) -> None:
    connection.stream_head()
    connection.write(DONE)
    connection.end()


# Errors the server tells


@scenario
async def status(
    connection: Connection,
    request: Request,
    code: int = 500,
    message: str = "The scripted server says no.",
    packed: bool = False,
    type: str = "invalid_request_error",
    error_code: str | None = None,
    retry_after: str | float | None = None,
) -> None:
    """An error in OpenAI's shape; `{key}` in the message is the key that came with the request."""
    headers = {} if retry_after is None else {"retry_after": retry_after}
    message = message.replace("{key}", request.headers.get("authorization", ""))
    told = error(message, type=type, code=error_code)
    if packed:
        body = gzip.compress(json.dumps(told).encode())
        connection.body(code, body, content_encoding="gzip", **headers)
    else:
        connection.json(code, told, **headers)


@scenario
async def html_error(connection: Connection, request: Request, code: int = 502) -> None:
    page = f"<html><head><title>{code} Bad Gateway</title></head><body><h1>nginx</h1></body></html>"
    connection.body(code, page, content_type="text/html")


@scenario
async def refuse_usage(connection: Connection, request: Request, code: int = 400) -> None:
    """Refuse `stream_options`, as older servers do; answer without it."""
    if "stream_options" in request.body:
        connection.json(code, error("Unrecognized request argument supplied: stream_options"))
    else:
        await plain(connection, request)


@scenario
async def error_midway(connection: Connection, request: Request, body: str = "", frame: str = "data") -> None:
    """An error after a little text: in the `data`, in an `event` or a `field` of that name, or on a `bare` line."""
    connection.stream_head()
    value = json.loads(body) if body else error("The server had an error", type="server_error")
    told = json.dumps(value, ensure_ascii=False).encode()
    frames = {"data": event(value), "event": b"event: error\n" + event(value)}
    frames |= {"field": b"error: %b\n\n" % told, "bare": told + b"\n"}
    connection.write(chunk("ab") + frames[frame])
    connection.end()


@scenario
async def redirect(connection: Connection, request: Request, location: str = "http://127.0.0.1:9/v1") -> None:
    connection.head(307, location=location, content_length=0)


# Too much, or oddly shaped


@scenario
async def malformed(connection: Connection, request: Request, form: str, size: int = 0) -> None:
    """One of FORMS, in pieces of `size` bytes."""
    connection.stream_head()
    body = FORMS[form]
    for start in range(0, len(body), size or len(body)):
        connection.write(body[start : start + (size or len(body))])
        await asyncio.sleep(0)
    connection.end()


@scenario
async def huge_line(connection: Connection, request: Request, megabytes: int = 50) -> None:
    """A line without an end, after a little text."""
    connection.stream_head()
    await paced(connection, [chunk("ab"), *[b"data: " + b"x" * 65_536] * (megabytes * 16)], 0)
    connection.end()


@scenario
async def one_chunk(connection: Connection, request: Request, kilobytes: int = 900) -> None:
    """A reply in one event of that size."""
    connection.stream_head()
    await paced(connection, [chunk("x" * (kilobytes * 1024)), chunk(finish="stop"), DONE], 0)
    connection.end()


@scenario
async def runaway(connection: Connection, request: Request) -> None:
    """Text without an end, as fast as it is read."""
    connection.stream_head()
    piece = chunk("word " * 200)
    while True:
        await connection.writable.wait()
        connection.write(piece)
        await asyncio.sleep(0)


@scenario
async def endless_error(connection: Connection, request: Request, code: int = 500) -> None:
    """An error page without an end."""
    connection.head(code, content_type="text/html")
    while True:
        await connection.writable.wait()
        connection.write(b"<p>error</p>" * 1000)
        await asyncio.sleep(0)
