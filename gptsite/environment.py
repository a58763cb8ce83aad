"""Reading the environment strictly: a value that cannot be meant stops the start with a sentence."""

import ipaddress
import os
import re
import secrets
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
DEFAULT_PORTS = {"http": 80, "https": 443}
HOST_NAME = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\]")


class Site(NamedTuple):
    """Where people reach the site: `origin` as browsers write it, `host` as it stands in a Host header."""

    origin: str
    host: str
    scheme: str


def site_at(url: str) -> Site:
    """`https://Chat.Example.org:443/` as Site("https://chat.example.org", "chat.example.org", "https").

    Raises ImproperlyConfigured for anything that is not a bare http or https origin.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
        host = bracketed((parts.hostname or "").encode("idna").decode("ascii"))
    except ValueError:  # a UnicodeError too
        parts, port, host = urlsplit(""), None, ""
    extras = parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc
    if parts.scheme not in DEFAULT_PORTS or not HOST_NAME.fullmatch(host) or extras:
        raise ImproperlyConfigured(
            f"SITE_URL is {url!r}; write the scheme and the host only, such as https://chat.example.org"
        )
    suffix = "" if port in {None, DEFAULT_PORTS[parts.scheme]} else f":{port}"
    return Site(f"{parts.scheme}://{host}{suffix}", host, parts.scheme)


def bracketed(host: str) -> str:
    """A host as it stands in an address: IPv6 goes in brackets."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def whole_number(name: str, default: int, *, least: int = 1, most: int = 1_000_000) -> int:
    """The variable as a number within its bounds; unset or blank gives the default."""
    text = os.environ.get(name, "").strip() or str(default)
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise ImproperlyConfigured(f"{name} is {text!r}; it can be a whole number from {least} to {most}")
    return int(text)


def networks(name: str) -> list[Network]:
    """The variable as addresses and networks: `127.0.0.1, 10.0.0.0/8`."""
    items = [item.strip() for item in os.environ.get(name, "").split(",") if item.strip()]
    try:
        return [ipaddress.ip_network(item, strict=False) for item in items]
    except ValueError as problem:
        raise ImproperlyConfigured(f"{name}: {problem}; write addresses or networks with commas") from problem


def folder(path: Path) -> Path:
    """The folder, made if it was not there. One that cannot be made is told by the system checks."""
    with suppress(OSError):
        path.mkdir(parents=True, exist_ok=True)
    return path


def private_file(path: Path) -> Path:
    """The file, made empty for its owner alone if it was not there; SQLite's `-wal` takes after it."""
    with suppress(OSError):  # as for a folder
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
    return path


def site_secret(data_dir: Path) -> str:
    """The secret key of this installation: made once, kept readable by its owner alone."""
    path = folder(data_dir) / "secret.key"
    try:
        if not path.exists():
            _write_once(path, secrets.token_urlsafe(64))
        return path.read_text().strip()
    except OSError as problem:
        raise ImproperlyConfigured(
            f"The data cannot be kept in {data_dir} ({problem.strerror}); "
            "name a folder that can be written to in DATA_DIR"
        ) from problem


def _write_once(path: Path, text: str) -> None:
    """Write a file that is whole as soon as it has its name, even when two processes start at once."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    try:
        os.link(draft, path)  # fails when another process was first, so both read the same key
    except FileExistsError:
        pass
    finally:
        draft.unlink()
