"""The real server, as `make run` starts it: a process of its own, with a data folder of its own."""

import http.client
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from email.message import Message
from http.cookies import SimpleCookie
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

from websockets.asyncio.client import connect

from tests.support.forks import Fork, run

ROOT = Path(__file__).resolve().parents[2]
# Seconds; only a limit, for machines under load
START_LIMIT = 60
# For a server on which few people do much, all from this machine: counted as always, and never reached
UNLIMITED = dict.fromkeys(
    (
        "MODEL_REQUESTS_PER_PERSON",
        "MODEL_REQUESTS_PER_ADDRESS",
        "MODEL_REQUESTS_PER_SITE",
        "SIGNUPS_PER_ADDRESS",
        "SOCKETS_PER_PERSON",
        "CONNECTIONS_PER_ADDRESS",
    ),
    "1000000",
)


# Below those that Linux gives to connections and to servers that ask for port 0 (man 7 ip, ip_local_port_range)
_PORTS = iter(random.SystemRandom().sample(range(10_000, 32_768), 22_768))


def free_port() -> int:
    """Return a port that was free a moment ago, and that no connection of this machine is given meanwhile."""
    for port in _PORTS:
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise RuntimeError("no port is free")


def migrate_sqlite(folder: Path) -> None:
    """Put a database that is up to date into this folder."""
    variables = {"DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "gptsite.settings"}
    code, printed = run(["manage.py", "migrate"], **variables)
    assert code == 0, printed


class Answer(NamedTuple):
    status: int
    headers: Message
    body: bytes


class SiteServer:
    """`manage.py serve` with the given variables on top of a set-up without any.

    A fork on a database that is up to date, unless it is to be `by_command`: in an interpreter of its own,
    on none. What it prints goes to a file, so that no full pipe can stop it.
    """

    migrated: Path | None = None
    """An SQLite database to begin with, which saves each server the migrations."""

    def __init__(self, data_dir: Path, by_command: bool = False, **variables: str) -> None:
        self.port = int(variables.get("PORT") or free_port())
        self.origin = f"http://127.0.0.1:{self.port}"
        defaults = {
            "PORT": str(self.port),
            "DATA_DIR": str(data_dir),
            # Named, so that no server of this machine is looked for; nothing answers there
            "OPENAI_BASE_URL": "http://127.0.0.1:9/v1",
            "OPENAI_API_KEY": "test-key",
            "OPENAI_MODEL": "none",
            "LOCAL_SPEECH_URL": "http://127.0.0.1:9/v1",
            "DJANGO_SETTINGS_MODULE": "gptsite.settings" if by_command else "tests.support.quick_settings",
        }
        self.variables = os.environ | defaults | variables
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 (closed when the process has ended)
        self._printed = ""
        database = data_dir / "db.sqlite3"
        if self.migrated and not by_command and not database.exists():
            data_dir.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.migrated, database)
        self.process = self._started(by_command)

    def _started(self, by_command: bool) -> subprocess.Popen[bytes] | Fork:
        arguments = ["manage.py", "serve"]
        if not by_command:
            return Fork(arguments, self.variables, self._output.fileno())
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.variables,
            stdout=self._output,
            stderr=subprocess.STDOUT,
        )

    def wait_until_up(self) -> None:
        """Return when it answers; fail with what it said when it ends instead."""
        deadline = time.monotonic() + START_LIMIT
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                self.get("/healthz")
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError(f"the server did not start: {self.end()[1]}")

    def get(self, path: str, **headers: str) -> Answer:
        """The answer to a GET; `Accept_Encoding=` and the like are its headers."""
        named = {key.replace("_", "-"): text for key, text in headers.items()}
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=START_LIMIT)) as connection:
            connection.request("GET", path, headers=named)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())

    def raw(self, request: bytes) -> bytes:
        """Everything the server answers to these bytes until it closes or says no more for 5 s."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
            connection.sendall(request)
            answer = b""
            while piece := connection.recv(65536):
                answer += piece
            return answer

    def memory(self) -> int:
        """Bytes of this process that are in memory (Linux)."""
        pages = Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def end_by_itself(self) -> tuple[int, str]:
        """Wait for the end; the exit code, and what was printed."""
        code = self.process.wait(START_LIMIT)
        printed = self.printed
        self._output.close()
        return code, printed

    @property
    def printed(self) -> str:
        """What it has printed so far, read without moving to where it prints next."""
        if not self._output.closed:
            descriptor = self._output.fileno()
            self._printed = os.pread(descriptor, os.fstat(descriptor).st_size, 0).decode()
        return self._printed

    def end(self, *signals: int) -> tuple[int, str]:
        """Send the signals (SIGTERM if none is named), then as `end_by_itself`."""
        for number in signals or (signal.SIGTERM,):
            if self.process.poll() is None:
                self.process.send_signal(number)
        return self.end_by_itself()


@contextmanager
def site_server(data_dir: Path, by_command: bool = False, **variables: str) -> Iterator[SiteServer]:
    """A server that is up, and gone afterwards."""
    server = SiteServer(data_dir, by_command, **variables)
    try:
        server.wait_until_up()
        yield server
    finally:
        if server.process.poll() is None:
            server.end()


# What a visitor does there


def post(
    server: SiteServer, path: str, *headers: str, cookie: str = "", origin: str = "", **fields: str
) -> bytes:
    """Post the form of a page, with further header lines; without a `cookie` as a new visitor."""
    own = [f"Cookie: {cookie}"] if cookie else []
    token = cookies_in(server.raw(request(server, "GET", path, *headers, *own)))["csrftoken"].value
    body = urlencode(fields | {"csrfmiddlewaretoken": token}).encode()
    lines = [
        *headers,
        f"Cookie: {cookie}; csrftoken={token}".replace(" ;", ""),
        f"Origin: {origin or server.origin}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
    ]
    return server.raw(request(server, "POST", path, *lines) + body)


def request(server: SiteServer, method: str, path: str, *lines: str) -> bytes:
    named = [] if any(line.startswith("Host:") for line in lines) else [f"Host: 127.0.0.1:{server.port}"]
    head = [f"{method} {path} HTTP/1.1", *named, "Connection: close", *lines]
    return ("\r\n".join(head) + "\r\n\r\n").encode("latin-1")


def cookies_in(answer: bytes) -> SimpleCookie:
    cookies = SimpleCookie()
    for line in re.findall(rb"(?i)^set-cookie: (.*?)\r$", answer, re.MULTILINE):
        cookies.load(line.decode())
    return cookies


def sign_up(server: SiteServer, email: str, *headers: str, origin: str = "") -> bytes:
    """Make an account; gives the answer, with its cookies."""
    password = "correct horse 7 battery"
    answer = post(server, "/accounts/signup/", *headers, origin=origin, email=email, password1=password)
    assert answer.startswith(b"HTTP/1.1 302"), answer
    return answer


def session_of(answer: bytes) -> str:
    return f"sessionid={cookies_in(answer)['sessionid'].value}"


def open_socket(server: SiteServer, cookie: str, path: str = "/ws/chat/") -> connect:
    """It takes in all that comes, as a browser does: with its queue full, it would wait 10 s for its own end."""
    return connect(
        f"ws://127.0.0.1:{server.port}{path}",
        origin=server.origin,
        additional_headers={"Cookie": cookie},
        max_size=None,
        max_queue=None,
    )
