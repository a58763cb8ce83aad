"""Long texts are rendered in a process of their own, so that one text never holds up everybody.

The parsers hold the interpreter while they work, a thread does not help: of 256 KiB some texts took seconds.
Here, nothing longer than LONG is parsed in one go. The other process ends itself when a call takes more
processor time than SECONDS allow; that text is then shown as it was written, and whatever else it held
is given to the next process. It also keeps a crash of a parser away from the site.
"""

from __future__ import annotations

import itertools
import logging
import os
import signal
import subprocess
import sys
from contextlib import suppress
from html import escape
from pathlib import Path
from threading import Lock
from typing import IO, Any

import msgspec

from chat.markdown.live import LiveHtml, Patch, apply, changes
from chat.markdown.render import render as render_here
from chat.markdown.source import clean

LONG = 16 * 1024
"""Characters of Markdown, or of the HTML that is made anew, from which on it is done elsewhere."""

SECONDS = 0.5
"""Processor time that one call may take, and as much again for each 128 KiB: a fifth of it is usual."""

ENDING = 0.2
"""Seconds that it has to end by itself."""

_ROOT = Path(__file__).resolve().parents[2]
_SIZE = 8  # bytes of a message's length

logger = logging.getLogger(__name__)


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
    """The other process: begun when first needed, one call at a time, from any thread."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._lock = Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._owner = 0

    @property
    def id(self) -> int | None:
        """Its process id; None while there is none."""
        return self._child.pid if self._child else None

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
            [sys.executable, "-m", "chat.markdown.worker", str(self._seconds)],
            cwd=_ROOT,
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


process = Process()
_keys = itertools.count()


def render(text: str) -> str:
    """Return the whole text as safe HTML, colours and formulas included.

    A fault of the renderer costs a text its looks: raised, it would cost its readers the page, for good.
    """
    text = clean(text)
    try:
        html: str = render_here(text) if len(text) <= LONG else process.call("render", text)
    except TooCostly:
        return as_written(text)
    except Exception as problem:  # what a text holds may stand in its words
        logger.error("a text could not be rendered (%s); it is shown as written", type(problem).__name__)
        return _raw(text)
    return html


def as_written(text: str) -> str:
    """Return one block that shows the text without any Markdown in it."""
    logger.warning("a text of %d characters is too costly to render; it is shown as written", len(text))
    return _raw(text)


def _raw(text: str) -> str:
    return f'<p class="raw" dir="auto">{escape(text)}</p>'


class IsolatedHtml:
    """LiveHtml that moves to the other process when it gets long, for good. Its calls may block then."""

    def __init__(self) -> None:
        self._here: LiveHtml | None = LiveHtml()
        self._key = next(_keys)
        self._fed: list[str] = []
        self._is_costly = False
        self.blocks = self._here.blocks

    @property
    def html(self) -> str:
        """All of it so far."""
        return "".join(self.blocks)

    def leaves(self, size: int) -> bool:
        """Return whether feeding `size` more characters is the other process's work, and blocks."""
        return self._here is None or self._here.open_size + size > LONG

    def feed(self, text: str) -> list[Patch]:
        """Take more text; return what it changes."""
        text = clean(text)
        self._fed.append(text)
        if self._here and not self.leaves(len(text)):
            return self._follow(self._here.feed(text))
        return self._elsewhere("feed", text)

    def close(self) -> list[Patch]:
        """Close everything; return what that changes."""
        if self._here:
            return self._follow(self._here.close())
        return self._elsewhere("close")

    def _follow(self, patches: list[Patch]) -> list[Patch]:
        assert self._here
        self.blocks = self._here.blocks
        return patches

    def _elsewhere(self, name: str, *text: str) -> list[Patch]:
        """Go on there; all of it is sent again to a process that does not know it."""
        was_here, self._here = self._here is not None, None
        try:
            patches = None if was_here or self._is_costly else process.call(name, self._key, *text)
            if patches is None:
                return self._anew(name)
        except TooCostly:
            self._is_costly = True
            return self._anew(name)
        found = [Patch(*patch) for patch in patches]
        self.blocks = apply(self.blocks, found)
        return found

    def _anew(self, name: str) -> list[Patch]:
        whole = "".join(self._fed)
        blocks: list[str] = []
        if not self._is_costly:
            try:
                blocks = process.call("begin", self._key, whole, name == "close")
            except TooCostly:
                self._is_costly = True
        if self._is_costly:
            blocks = [as_written(whole)]
        before, self.blocks = self.blocks, blocks
        return list(changes(before, blocks, 0))
