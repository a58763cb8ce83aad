"""Variables that hold the address of a store or a mail server, with a user and a password in it.

People paste passwords as they are. An address is therefore taken apart so that `@ : / # ? %` in a
password stand for themselves where that is clear, and put together again as the libraries need it.
"""

import re
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

from environ import Env

from gptsite.environment import optional, refusal

ADDRESS = re.compile(
    r"""(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://
    (?:(?P<user>[^:/]*?)(?::(?P<password>.*?))?@)?
    (?P<hosts>(?:\[[0-9A-Fa-f:.]+\]|[^:/?\#@,\[\]\s]*)(?::[0-9]+)?
        (?:,(?:\[[0-9A-Fa-f:.]+\]|[^:/?\#@,\[\]\s]*)(?::[0-9]+)?)*)
    (?P<path>/[^?\#@\s]*)?
    (?:\?(?P<query>[\w.-]+=[^\#&\s]*(?:&[\w.-]+=[^\#&\s]*)*))?""",
    re.VERBOSE,
)
HOW = (
    "in which a password's own @ : / # ? and % are best written as %40 %3A %2F %23 %3F and %25, "
    "and which goes in quotes if it has a space or # in it"
)
POSTGRES = {"postgres", "postgresql", "psql", "pgsql"}
REDIS = {"redis", "rediss", "unix"}
# By scheme, the port of a mail server that names none, and what else django-environ is told it by
MAIL_SERVERS = {"smtp": 25, "smtp+tls": 587, "smtp+ssl": 465, "smtps": 465}
OTHER_MAIL = {"consolemail", "filemail", "memorymail", "dummymail"}
# Seconds; without a limit a mail server that hangs would hang a thread of ours
MAIL_TIMEOUT = 10


class Address(NamedTuple):
    """The parts of an address, decoded except for path and query."""

    scheme: str
    user: str
    password: str
    hosts: str
    path: str
    query: str

    @property
    def url(self) -> str:
        """The address as every library reads it: what is special in user and password is encoded."""
        user = quote(self.user, safe="") + (f":{quote(self.password, safe='')}" if self.password else "")
        query = f"?{self.query}" if self.query else ""
        return f"{self.scheme}://{user}{'@' if user else ''}{self.hosts}{self.path}{query}"

    @property
    def ports_are_right(self) -> bool:
        """Whether each port is one."""
        return all(0 < int(port) < 65536 for port in re.findall(r":([0-9]+)(?:,|$)", self.hosts))


def address_of(text: str) -> Address | None:
    """Take an address apart, or return None if it is none."""
    found = ADDRESS.fullmatch(text)
    if found is None:
        return None
    user, password = unquote(found["user"] or ""), unquote(found["password"] or "")
    address = Address(
        found["scheme"].lower(), user, password, found["hosts"], found["path"] or "", found["query"] or ""
    )
    return address if address.ports_are_right else None


def database(name: str, otherwise: Path, base: Path) -> dict[str, Any]:
    """Return Django's settings for the database; `otherwise` is the file of SQLite while it is unset."""
    text = optional(name)
    if not text:
        return _sqlite(otherwise)
    if text.lower().startswith("sqlite:"):
        return _sqlite(_file_of(name, text, base))
    address = address_of(text)
    rule = f"must be an address of PostgreSQL with the name of a database, {HOW}"
    if address is None or address.scheme not in POSTGRES or not address.path.strip("/"):
        raise refusal(name, rule, "postgres://user:password@127.0.0.1:5432/chat")
    config: dict[str, Any] = Env.db_url_config(address.url)
    if "%" in address.hosts:  # the folder of a local server's socket, which django-environ writes small
        config["HOST"] = unquote(address.hosts)
    return config


def _sqlite(path: Path) -> dict[str, Any]:
    return {"ENGINE": "gptsite.sqlite3", "NAME": path}


def _file_of(name: str, text: str, base: Path) -> Path:
    """Return the path in `sqlite:///relative` or `sqlite:////absolute`; a relative one is below `base`."""
    path = unquote(text.partition("://")[2].removeprefix("/"))
    is_path = text.lower().startswith("sqlite:///") and path.strip("/") and ":memory:" not in path
    if not is_path or "?" in text:
        rule = "must be the path of a file behind sqlite:///, with ? in it written as %3F"
        raise refusal(name, rule, "sqlite:////srv/chat/db.sqlite3")
    file = (base / path).resolve()
    if not file.parent.is_dir() or file.is_dir():
        raise refusal(name, "must be a file in a folder that is there", f"sqlite:///{base / 'db.sqlite3'}")
    return file


def redis_url(name: str) -> str:
    """Return the address of Redis as its library reads it, or "" when it is unset."""
    text = optional(name)
    if not text:
        return ""
    address = address_of(text)
    if address is not None and address.scheme in REDIS and _is_redis(address):
        return address.url
    rule = f"must be an address of Redis with the number of a database, {HOW}"
    raise refusal(name, rule, "redis://:password@127.0.0.1:6379/0")


def _is_redis(address: Address) -> bool:
    local = address.scheme == "unix"
    if local:
        return not address.hosts and bool(address.path.strip("/"))
    numbered = re.fullmatch(r"(?:/[0-9]{0,4}/?)?", address.path)
    return bool(numbered and address.hosts.partition(":")[0] and "," not in address.hosts)


def mail(name: str) -> dict[str, Any]:
    """Return Django's settings for mails; they are printed to the terminal while it is unset."""
    text = optional(name)
    if not text:
        return dict(Env.email_url_config("consolemail://"))
    address = address_of(text)
    known = address is not None and address.scheme in OTHER_MAIL
    if address is None or not (known or _is_mail_server(address)):
        rule = f"must be an address of a mail server, {HOW}"
        raise refusal(name, rule, "smtp+tls://user:password@mail.example.org:587")
    port = MAIL_SERVERS.get(address.scheme)
    # django-environ takes "smtps" for STARTTLS; everybody else for TLS from the first byte on
    scheme = "smtp+ssl" if address.scheme == "smtps" else address.scheme
    as_meant = address._replace(scheme=scheme, path=quote(address.path, safe="/%"))
    config = dict(Env.email_url_config(as_meant.url))
    return config | {"EMAIL_PORT": config["EMAIL_PORT"] or port, "EMAIL_TIMEOUT": MAIL_TIMEOUT}


def _is_mail_server(address: Address) -> bool:
    one_host = bool(address.hosts.partition(":")[0]) and "," not in address.hosts
    return address.scheme in MAIL_SERVERS and one_host and not address.path.strip("/") and not address.query
