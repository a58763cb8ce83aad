"""Calls of functions in another process, which ends itself when one takes too much processor time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import IO, Any

import msgspec

ENDING = 0.2
"""Seconds that it has to end by itself."""

_ROOT = Path(__file__).resolve().parents[2]
_SIZE = 8  # bytes of a message's length


class TooCostly(Exception):
    """A text took more processor time than it may."""


def write(pipe: IO[bytes], message: object) -> None:
    """Send one message. Raise OSError when nobody reads."""
    data = msgspec.msgpack.encode(message)
    pipe.write(len(data).to_bytes(_SIZE) + data)
    pipe.flush()


def read(pipe: IO[bytes]) -> Any:
    """Return the next message; None when the pipe is closed, be it in the middle of one."""
    head = pipe.read(_SIZE)
    size = int.from_bytes(head) if len(head) == _SIZE else 0
    data = pipe.read(size)
    return msgspec.msgpack.decode(data) if size and len(data) == size else None


class Process:
    """Another process, of one module: begun when first needed, one call at a time, from any thread."""

    def __init__(self, module: str, seconds: float, environment: dict[str, str] | None = None) -> None:
        """Take the processor time that one call may take; the process has our environment, or this one."""
        self._module, self._seconds, self._environment = module, seconds, environment
        self._lock = Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._owner = 0

    @property
    def id(self) -> int | None:
        """Its process id; None while there is none."""
        return self._child.pid if self._child else None

    def begin(self) -> None:
        """Begin the process, so that it is there when it is called."""
        with self._lock:
            self._running()

    def call(self, name: str, *arguments: object) -> Any:
        """Return what the function `name` of the worker gives. Raises TooCostly, RuntimeError for a fault."""
        with self._lock:
            # One that was killed from outside knows nothing of a reply any more; it says so
            answer = self._asked(name, arguments) or self._asked(name, arguments)
        if answer is None:
            raise TooCostly
        done, value = answer
        if not done:
            raise RuntimeError(f"the renderer failed: {value}")
        return value

    def _asked(self, name: str, arguments: tuple[object, ...]) -> Any:
        """Return the worker's answer; None when the process died of something else. Raises TooCostly."""
        child = self._running()
        assert child.stdin and child.stdout
        answer = None
        with suppress(BrokenPipeError):
            write(child.stdin, (name, arguments))
            answer = read(child.stdout)
        if answer is None:
            self.end()
            if child.returncode == -signal.SIGPROF:
                raise TooCostly
        return answer

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child and self._owner == os.getpid() and self._child.poll() is None:
            return self._child
        if self._owner == os.getpid():
            self.end()
        self._owner = os.getpid()  # a fork shares the pipes of its parent, not the process
        self._child = subprocess.Popen(
            [sys.executable, "-m", self._module, str(self._seconds)],
            cwd=_ROOT,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a parser's last words may hold a person's
        )
        return self._child

    def end(self) -> None:
        """End the process; the next call begins another."""
        child, self._child = self._child, None
        if child is None:
            return
        for pipe in (child.stdin, child.stdout):
            if pipe:
                with suppress(BrokenPipeError):
                    pipe.close()
        with suppress(subprocess.TimeoutExpired):  # as a rule it is dead, or ends with its pipe
            child.wait(ENDING)
        child.kill()
        child.wait()
