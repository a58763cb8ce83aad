"""What every request meets first, below Django: who is really calling, by which scheme, from which page.

The server itself believes no header about the way a request came (Daphne would let any client choose
the root path that reset links are built with). What a named proxy reports is taken here, once, and
the headers that carried it go no further.
"""

import ipaddress
import re
from collections.abc import Iterable, Sequence
from typing import Any

from asgiref.typing import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, Scope

from gptsite.addresses import Network

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
HeaderList = list[tuple[bytes, bytes]]
WAY_HEADERS = {
    b"daphne-root-path",
    b"forwarded",
    b"x-forwarded-for",
    b"x-forwarded-host",
    b"x-forwarded-port",
    b"x-forwarded-prefix",
    b"x-forwarded-proto",
    b"x-forwarded-server",
    b"x-real-ip",
    b"x-script-name",
}
HOST = re.compile(rb"([a-z0-9_.-]+|\[[0-9a-f:.]+\])(:[0-9]*)?")
NOT_ALLOWED = 4403


class Edge:
    """Pins root path, scheme, port and client address of every HTTP request and socket.

    `port` is the site's as it stands in its address: ":8443", or "" for the scheme's own.
    """

    def __init__(
        self, app: ASGI3Application, *, secure: bool, trusted: Sequence[Network], port: str = ""
    ) -> None:
        self.app = app
        self.secure = secure
        self.port = port.encode()
        self.trusted = trusted

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        pinned: Any = scope if scope["type"] == "lifespan" else {**scope, **self._pins(dict(scope))}
        await self.app(pinned, receive, send)

    def _pins(self, scope: dict[str, Any]) -> dict[str, Any]:
        headers: HeaderList = list(scope["headers"])
        scheme = self._scheme(headers)
        return {
            "root_path": "",
            "scheme": scheme if scope["type"] == "http" else scheme.replace("http", "ws"),
            "client": self._client(scope.get("client"), headers),
            "headers": [
                (name, self._host(value) if name.lower() == b"host" else value)
                for name, value in headers
                if name.lower() not in WAY_HEADERS
            ],
        }

    def _host(self, value: bytes) -> bytes:
        """The host by its name in one spelling, with the site's port: links in mails are built with it.

        Django checks the name and believes any port. What is no host stays, for Django to refuse.
        """
        found = HOST.fullmatch(value.lower())
        return found[1].rstrip(b".") + self.port if found else value

    def _scheme(self, headers: HeaderList) -> str:
        """SITE_URL's scheme. A proxy that says "http" is believed: that can only lead to a redirect."""
        said = [item.lower() for item in listed(headers, b"x-forwarded-proto")]
        return "https" if self.secure and "http" not in said else "http"

    def _client(self, peer: Sequence[Any] | None, headers: HeaderList) -> list[Any] | None:
        """The nearest address that is not a proxy of ours: each proxy appends the one it saw."""
        if peer is None or not self._is_ours(parsed(str(peer[0]))):
            return None if peer is None else list(peer)
        nearest = list(peer)
        for item in reversed(listed(headers, b"x-forwarded-for")):
            address = parsed(item)
            if address is None:
                break
            nearest = [str(address), 0]
            if not self._is_ours(address):
                break
        return nearest

    def _is_ours(self, address: Address | None) -> bool:
        return address is not None and any(address in network for network in self.trusted)


def listed(headers: HeaderList, name: bytes) -> list[str]:
    """The items of a comma-separated header, all its lines taken together."""
    lines = [value.decode("latin-1") for key, value in headers if key.lower() == name]
    return [item.strip() for item in ",".join(lines).split(",") if item.strip()]


def parsed(text: str) -> Address | None:
    """An address as proxies write it: with or without a port, IPv4 also in its IPv6 form; else None."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


class SamePage:
    """Lets a socket open only from one of the site's own origins, compared as a whole string.

    Browsers send cookies along with a socket that any page opens, and ask nobody first. No origin
    at all is refused too: every browser sends one.
    """

    def __init__(self, app: ASGI3Application, origins: Iterable[str]) -> None:
        self.app = app
        self.origins = {origin.encode() for origin in origins}

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        headers: Any = dict(scope)["headers"]
        given = [value for name, value in headers if name == b"origin"]
        if len(given) == 1 and given[0] in self.origins:
            await self.app(scope, receive, send)
        else:
            await refuse_socket(scope, receive, send)


async def refuse_socket(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """Answer a handshake with 403."""
    await receive()
    await send({"type": "websocket.close", "code": NOT_ALLOWED, "reason": None})
