"""`/healthz`: whether this process can do its work, for balancers and scripts.

It answers before the host check and every redirect, since balancers ask by address and in plain
HTTP, and it looks at the database on a thread of its own, since all sockets share Django's.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable
from concurrent.futures import ThreadPoolExecutor

from asgiref.typing import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, Scope
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.utils import timezone

from chat.realtime import layer

logger = logging.getLogger(__name__)

PATH = "/healthz"
METHODS = ("GET", "HEAD")
# An answer in so many pieces, so many seconds apart: who asks (doctor/outside.py) sees what buffers it
PACED_PATH = "/healthz/paced"
PIECES, PIECES_APART = 4, 0.2
# Seconds until a part that does not answer counts as down
PATIENCE = 2.0
# Milliseconds of it to wait for SQLite's lock: a short one does not count
LOCK_PATIENCE = 1500
# Characters to write, more than SQLite keeps in memory; a full disk refuses them
WEIGHT = 64 * 1024
_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="health")


def with_health(app: ASGI3Application) -> ASGI3Application:
    """Return `app`, with `/healthz` answered before it."""

    async def answer(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] == "http" and scope["path"] == PATH:
            await _respond(send, await state() if scope["method"] in METHODS else None)
        elif scope["type"] == "http" and scope["path"] == PACED_PATH:
            await _respond_in_pieces(send)
        else:
            await app(scope, receive, send)

    return answer


_asking: dict[asyncio.AbstractEventLoop, asyncio.Task[dict[str, str]]] = {}


async def state() -> dict[str, str]:
    """Return each part as "ok" or "down". What is wrong goes to the log, not to whoever asks.

    Whoever asks meanwhile gets the same answer: it is open to everybody, and a crowd of questions would have
    the site called down.
    """
    loop = asyncio.get_running_loop()
    if loop not in _asking:
        _asking[loop] = asyncio.create_task(_state())
        _asking[loop].add_done_callback(lambda _: _asking.pop(loop))
    return await asyncio.shield(_asking[loop])


async def _state() -> dict[str, str]:
    names = ("database", "layer")
    database = asyncio.get_running_loop().run_in_executor(_thread, ask_database)
    answers = await asyncio.gather(_within_patience(database), _within_patience(layer.check()))
    return dict(zip(names, answers, strict=True))


def ask_database() -> None:
    """Write on a connection of its own, and take it back. Raise the driver's error."""
    try:
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute(f"PRAGMA busy_timeout = {LOCK_PATIENCE}")
                cursor.execute("PRAGMA cache_size = 1")  # so that the write reaches the disk before its end
        with transaction.atomic():
            weight = WEIGHT if connection.vendor == "sqlite" else 0
            Session.objects.create(session_key=PATH, session_data="0" * weight, expire_date=timezone.now())
            transaction.set_rollback(True)
    finally:
        connection.close()


async def _within_patience(work: Awaitable[None]) -> str:
    try:
        await asyncio.wait_for(work, PATIENCE)
    except Exception as problem:
        logger.warning("health: %s: %s", type(problem).__name__, problem)
        return "down"
    return "ok"


async def _respond(send: ASGISendCallable, parts: dict[str, str] | None) -> None:
    """Send the parts and what they come to; None is answered with 405."""
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
    if parts is None:
        status, body = 405, {}
        headers.append((b"allow", ", ".join(METHODS).encode()))
    else:
        fine = set(parts.values()) == {"ok"}
        status, body = 200 if fine else 503, {"status": "ok" if fine else "down", **parts}
    await send({"type": "http.response.start", "status": status, "headers": headers, "trailers": False})
    await send({"type": "http.response.body", "body": json.dumps(body).encode(), "more_body": False})


async def _respond_in_pieces(send: ASGISendCallable) -> None:
    headers = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 200, "headers": headers, "trailers": False})
    for number in range(PIECES):
        more = number + 1 < PIECES
        await send({"type": "http.response.body", "body": b"data: %d\n\n" % number, "more_body": more})
        if more:
            await asyncio.sleep(PIECES_APART)
