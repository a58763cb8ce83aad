"""Variables that hold addresses: the site's own, its names, its proxies, and where a model is served."""

import ipaddress
import re
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from gptsite.environment import optional, place_of, refusal

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
DEFAULT_PORTS = {"http": 80, "https": 443}
HOST_NAME = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\]")
# As chat/provider/base_urls.py reads it, typos included
SCHEME = re.compile(r"(?i)[a-z]+://|https?(:|//)")
LOOPBACK_NAMES = ["127.0.0.1", "localhost", "[::1]"]


class Site(NamedTuple):
    """Where people reach the site: `origin` as browsers write it, `host` as it stands in a Host header."""

    origin: str
    host: str
    scheme: str


def site_url(name: str, otherwise: str) -> Site:
    """Return the site's address; `otherwise` is the one while the variable is unset.

    Raises ImproperlyConfigured for anything that is not a bare http or https origin.
    """
    site = site_at(optional(name) or otherwise)
    if site is None:
        raise refusal(name, "must be scheme and host, and nothing behind them", "https://chat.example.org")
    return site


def site_at(url: str) -> Site | None:
    """Return the origin of `https://Chat.Example.org:443/`, which is https://chat.example.org.

    None is what is not a bare http or https origin.
    """
    parts = _parts_of(url)
    host = bracketed(_ascii(parts.hostname or ""))
    extras = parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc or url[-1:] in "?#"
    if parts.scheme not in DEFAULT_PORTS or not is_host(host) or extras:
        return None
    port = "" if parts.port in {None, DEFAULT_PORTS[parts.scheme]} else f":{parts.port}"
    return Site(f"{parts.scheme}://{host}{port}", host, parts.scheme)


def bracketed(host: str) -> str:
    """Return a host as it stands in an address: IPv6 goes in brackets."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def is_host(text: str) -> bool:
    """Return whether `text` is a host as it stands in a Host header, without a port."""
    if text.startswith("["):
        return _is_ip(text[1:-1]) and text.endswith("]")
    # What looks like a number is one
    return bool(HOST_NAME.fullmatch(text)) and (_is_ip(text) or not re.fullmatch(r"[0-9.]+", text))


def listen_host(name: str, default: str) -> str:
    """Return the address or name to listen on, without brackets."""
    text = optional(name) or default
    host = _ascii(text.strip("[]").lower())
    if not is_host(bracketed(host)):
        raise refusal(name, "must be an address of this machine, without scheme and port", default)
    return host


def host_names(name: str) -> list[str]:
    """Return host names as they stand in Host headers; `.example.org` is all below it, `*` all there are."""
    hosts = []
    for item in _items(name):
        host = bracketed(_ascii(item.lower().rstrip(".")))
        if host != "*" and not is_host(host.removeprefix(".")):
            rule = "must be host names with commas between them, without scheme, port and path"
            raise refusal(name, rule, "chat.example.org,192.0.2.7")
        hosts.append(host)
    return hosts


def networks(name: str) -> list[Network]:
    """Return the variable as addresses and networks: `127.0.0.1, 10.0.0.0/8`."""
    try:
        return [ipaddress.ip_network(item.strip("[]"), strict=False) for item in _items(name)]
    except ValueError:
        rule = "must be addresses or networks with commas between them, not names"
        raise refusal(name, rule, "127.0.0.1,10.0.0.0/8") from None


def web_address(name: str, default: str = "") -> str:
    """Return the address of a web server, as it was written; unset or blank gives the default.

    What of it is meant is found out where it is asked (chat/provider/base_urls.py), a missing scheme too. But
    a single word without one is a key or a model in the wrong place, rather than a host.
    """
    text = optional(name)
    parts = _parts_of(text if "://" in text else f"http://{text.removeprefix('//')}")
    host = bracketed(_ascii(parts.hostname or ""))
    is_word = not (SCHEME.match(text) or parts.port or "." in host or host in (*LOOPBACK_NAMES, ""))
    if text and (parts.scheme not in DEFAULT_PORTS or not is_host(host) or is_word):
        raise refusal(name, "must be the address of a web server", "http://127.0.0.1:8080/v1")
    return text or default


def web_address_or_off(name: str, unset: str = "") -> str:
    """Return the address of a web server as `web_address` does, or "off"; unset or blank gives `unset`."""
    return "off" if optional(name).lower() == "off" else web_address(name, unset)


def without_scheme(**examples: str) -> list[str]:
    """Return a sentence on each of these variables that says neither http nor https, with its example."""
    return [
        f"{name} ({place_of(name)}) has no scheme: https:// is taken, or http:// for this machine and its "
        f"network. Write it whole, such as {name}={example}."
        for name, example in examples.items()
        if (text := optional(name)) and not SCHEME.match(text)
    ]


def _items(name: str) -> list[str]:
    return [item.strip() for item in optional(name).split(",") if item.strip()]


def _parts_of(url: str) -> SplitResult:
    """Return the parts of an address; those of "" for what is none, or has a space or an impossible port."""
    try:
        parts = urlsplit("" if re.search(r"\s", url) else url)
        _ = parts.port
    except ValueError:
        return urlsplit("")
    return parts


def _ascii(host: str) -> str:
    """Return a name as it is looked up (xn--bcher-kva.example for bücher.example), or "" for what is none."""
    try:
        return host.encode("idna").decode("ascii") if host.strip(".") and not host.isascii() else host
    except UnicodeError:
        return ""


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
