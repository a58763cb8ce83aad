"""A push service over TCP on this machine, which reads what it is sent as a browser would."""

import asyncio
import base64
import json
from typing import Any

import http_ece
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02


def encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


class Browser:
    """A browser's subscription, and what it was told."""

    def __init__(self, origin: str, path: str) -> None:
        self.endpoint = f"{origin}{path}"
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._auth = b"sixteen octets.."
        self.told: list[dict[str, str]] = []

    @property
    def form(self) -> dict[str, str]:
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"endpoint": self.endpoint, "p256dh": encoded(point), "auth": encoded(self._auth)}

    def read(self, body: bytes) -> None:
        text = http_ece.decrypt(body, private_key=self._key, auth_secret=self._auth, version="aes128gcm")
        self.told.append(json.loads(text))


class PushService:
    """`status` is what it answers by path; 201 else."""

    def __init__(self) -> None:
        self.browsers: dict[str, Browser] = {}
        self.status: dict[str, int] = {}
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.slow = asyncio.Event()

    def browser(self, path: str) -> Browser:
        self.browsers[path] = Browser(self.origin, path)
        return self.browsers[path]

    async def __aenter__(self) -> "PushService":
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.origin = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self.slow.set()
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        self.requests.append((request.path, dict(request.headers)))
        if request.path == "/slow":
            await self.slow.wait()
        status = self.status.get(request.path, 201)
        if status == 201 and request.path in self.browsers:
            self.browsers[request.path].read(await request.read())
        headers = {"Location": f"{self.origin}/elsewhere"} if 300 <= status < 400 else {}
        return web.Response(status=status, headers=headers)


def claims(headers: dict[str, str]) -> dict[str, Any]:
    """Return what a request is signed with, which must be right."""
    fields = dict(part.strip().split("=", 1) for part in headers["Authorization"][6:].split(","))
    assert Vapid02.verify(headers["Authorization"])
    payload = fields["t"].split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))))
