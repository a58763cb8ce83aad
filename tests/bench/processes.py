"""The processes of a run, each on its own port of this machine, and how a helper of ours is asked."""

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.forks import Fork, run_module
from tests.support.server import ROOT, START_LIMIT, UNLIMITED, free_port

# Seconds, for one load; only a limit
LOAD_LIMIT = 120


class Process:
    """A program of this run. What it says goes to a file, so that no full pipe can stop it.

    A `fork` starts quicker, but a measure of it would not be one of the program. A program of others is named
    by `program`, and works in `folder`.
    """

    def __init__(
        self,
        arguments: list[str],
        log: Path,
        fork: bool = False,
        program: str = sys.executable,
        folder: Path = ROOT,
        **variables: str,
    ) -> None:
        self.log = log
        self.started = time.monotonic()
        environment = os.environ | variables
        with log.open("ab") as output:
            self._process = (
                Fork(arguments, environment, output.fileno())
                if fork
                else subprocess.Popen(
                    [program, *arguments],
                    cwd=folder,
                    env=environment,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                )
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def wait_for(self, port: int, path: str, limit: float = START_LIMIT, **headers: str) -> float:
        """Seconds from its start to its first whole answer with status 200."""
        while self._process.poll() is None and time.monotonic() - self.started < limit:
            if status_of(port, path, headers) == 200:
                return time.monotonic() - self.started
            time.sleep(0.01)
        raise RuntimeError(f"it did not answer: {self.log.read_text()}")

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._process.poll()

    def signal(self, number: int) -> None:
        self._process.send_signal(number)

    def wait(self, limit: float) -> int:
        """Its exit code, once it has ended. Raises subprocess.TimeoutExpired after `limit` seconds."""
        return self._process.wait(limit)

    def end(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def status_of(port: int, path: str, headers: dict[str, str]) -> int:
    """The status of a GET, or 0 while nobody listens."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=START_LIMIT)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
    except OSError:
        return 0
    finally:
        connection.close()
    return answer.status


@contextmanager
def running(process: Process) -> Iterator[Process]:
    try:
        yield process
    finally:
        process.end()


def helper(module: str, spec: object, fork: bool = False, limit: float = LOAD_LIMIT, **variables: str) -> Any:
    """Run a module of tests/ to its end, with `spec` as JSON on its input; the JSON it prints last.

    Raises subprocess.TimeoutExpired after `limit` seconds (of a fork there is no limit).
    """
    if fork:
        return json.loads(run_module(f"tests.{module}", json.dumps(spec), **variables).splitlines()[-1])
    done = subprocess.run(
        [sys.executable, "-m", f"tests.{module}"],
        cwd=ROOT,
        env=os.environ | variables,
        input=json.dumps(spec).encode(),
        stdout=subprocess.PIPE,
        timeout=limit,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


class Site:
    """The real server on a data folder of its own, and the people in it."""

    def __init__(self, folder: Path, provider_port: int, **more: str) -> None:
        self.port = free_port()
        self.origin = f"http://127.0.0.1:{self.port}"
        self._folder = folder
        self.variables = {
            "DJANGO_SETTINGS_MODULE": "gptsite.settings",
            "DATA_DIR": str(folder),
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "SITE_URL": "",
            "ALLOWED_HOSTS": "",
            "DATABASE_URL": "",
            "REDIS_URL": "",
            "DEBUG": "",
            "OPENAI_BASE_URL": f"http://127.0.0.1:{provider_port}/v1",
            "OPENAI_API_KEY": "bench",
            "OPENAI_MODEL": "scripted-1",
            "MESSAGES_PER_MINUTE": "1000",
            "REPLIES_AT_ONCE": "1000",
            **UNLIMITED,
            **more,
        }

    def people(self, count: int, fork: bool = False) -> list[str]:
        """Make people with a session each; their Cookie headers."""
        cookies: list[str] = helper("bench.people", count, fork, **self.variables)
        return cookies

    def serve(self, fork: bool = False) -> Process:
        return Process(["manage.py", "serve"], self._folder / "server.log", fork, **self.variables)


@contextmanager
def scripted_provider(folder: Path) -> Iterator[int]:
    """The model server; its port."""
    port = free_port()
    with running(provider_at(port, folder)):
        yield port


def provider_at(port: int, folder: Path, models: Sequence[str] = ()) -> Process:
    """The model server on `port`, once it answers; it lists its own two models, or these."""
    arguments = [
        "-m",
        "tests.support.scripted_provider",
        "--port",
        str(port),
        *(["--models", *models] if models else []),
    ]
    process = Process(arguments, folder / "provider.log")
    process.wait_for(port, "/v1/models")
    return process


@contextmanager
def relay(folder: Path, provider_port: int) -> Iterator[tuple[Process, int]]:
    """The floor: its process and port."""
    port = free_port()
    arguments = ["-m", "tests.bench.relay", str(port), str(provider_port)]
    with running(Process(arguments, folder / "relay.log")) as process:
        process.wait_for(port, "/")
        yield process, port
