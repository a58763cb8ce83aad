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
from django.http.request import validate_host

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
HOST = re.compile(rb"([a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::([0-9]*))?")
# Ports that browsers leave out of an origin and of a Host
UNSAID = {"http": b"80", "https": b"443"}
NOT_ALLOWED = 4403


class Edge:
    """Pins root path, scheme, host and client address of every HTTP request and socket.

    `port` is the one of SITE_URL as it stands there: ":8443", or "" for the scheme's own.
    """

    def __init__(
        self, app: ASGI3Application, *, secure: bool, trusted: Sequence[Network], port: str = ""
    ) -> None:
        self.app = app
        self.secure = secure
        self.port = port.removeprefix(":").encode()
        self.trusted = trusted

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        pinned: Any = scope if scope["type"] == "lifespan" else {**scope, **self._pins(dict(scope))}
        await self.app(pinned, receive, send)

    def _pins(self, scope: dict[str, Any]) -> dict[str, Any]:
        headers: HeaderList = list(scope["headers"])
        scheme = self._scheme(headers)
        host = self._host(scheme, headers, self._is_proxied(scope.get("client")))
        return {
            "root_path": "",
            "scheme": scheme if scope["type"] == "http" else scheme.replace("http", "ws"),
            "client": self._client(scope.get("client"), headers),
            "headers": [
                (name, host if name.lower() == b"host" else value)
                for name, value in headers
                if name.lower() not in WAY_HEADERS
            ],
        }

    def _host(self, scheme: str, headers: HeaderList, proxied: bool) -> bytes:
        """Return the host in the spelling of an origin: its name, and the port by which the browser came.

        That is the one in the header, or of a proxy's word; with neither the one of SITE_URL, since some
        proxies pass on the name alone. Django checks the name and believes any port, so no link in a mail is
        built with it (chat/accounts/adapter.py). What is no host stays, for Django to refuse.
        """
        value = b"".join(value for name, value in headers if name.lower() == b"host")
        said = [item.encode("latin-1") for item in listed(headers, b"x-forwarded-host")] if proxied else []
        found = HOST.fullmatch((said[0] if said else value).lower())
        if found is None:
            return value
        ports = [item.encode("latin-1") for item in listed(headers, b"x-forwarded-port")] if proxied else []
        port = found[2] or next((port for port in ports if port.isdigit()), self.port)
        return found[1].rstrip(b".") + (b":" + port if port and port != UNSAID[scheme] else b"")

    def _scheme(self, headers: HeaderList) -> str:
        """Return SITE_URL's scheme.

        A proxy that says "http" is believed: that can only lead to a redirect.
        """
        said = [item.lower() for item in listed(headers, b"x-forwarded-proto")]
        return "https" if self.secure and "http" not in said else "http"

    def _is_proxied(self, peer: Sequence[Any] | None) -> bool:
        return peer is not None and self._is_ours(parsed(str(peer[0])))

    def _client(self, peer: Sequence[Any] | None, headers: HeaderList) -> list[Any] | None:
        """Return the nearest address that is not a proxy of ours: each proxy appends the one it saw."""
        if peer is None or not self._is_proxied(peer):
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
    """Return the items of a comma-separated header, all its lines taken together."""
    lines = [value.decode("latin-1") for key, value in headers if key.lower() == name]
    return [item.strip() for item in ",".join(lines).split(",") if item.strip()]


def parsed(text: str) -> Address | None:
    """Return an address as proxies write it, or None.

    It may have a port, and an IPv4 one also its IPv6 form.
    """
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
    """Lets a socket open only from the site's own pages; origins are compared as whole strings.

    Browsers send cookies along with a socket that any page opens, and ask nobody first. No origin
    at all is refused too: every browser sends one. Ours are `origins`, and the one that the browser
    asks by, if its name is among `hosts`: by whichever port it came, its page is of that origin too.
    """

    def __init__(self, app: ASGI3Application, origins: Iterable[str], hosts: Sequence[str] = ()) -> None:
        self.app = app
        self.origins = {origin.encode() for origin in origins}
        self.hosts = list(hosts)

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        headers: Any = dict(scope)["headers"]
        given = [value for name, value in headers if name == b"origin"]
        if len(given) == 1 and (given[0] in self.origins or given[0] == self._asked_by(dict(scope), headers)):
            await self.app(scope, receive, send)
        else:
            await refuse_socket(scope, receive, send)

    def _asked_by(self, scope: dict[str, Any], headers: HeaderList) -> bytes | None:
        """Return the origin of pages at the host of the handshake, or None if its name is not ours."""
        [host] = [value for name, value in headers if name == b"host"] or [b""]
        found = HOST.fullmatch(host)
        if found is None or not validate_host(found[1].decode("ascii"), self.hosts):
            return None
        scheme: str = scope["scheme"].replace("ws", "http")
        return scheme.encode() + b"://" + host


async def refuse_socket(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """Answer a handshake with 403."""
    await receive()
    await send({"type": "websocket.close", "code": NOT_ALLOWED, "reason": None})
