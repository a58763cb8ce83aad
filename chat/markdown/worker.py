"""The process that chat/markdown/isolated.py talks to: `python -m chat.markdown.worker SECONDS`.

It reads calls from its standard input and writes what they return, until the pipe is closed.
"""

from __future__ import annotations

import resource
import signal
import sys
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from chat.markdown import diagrams
from chat.markdown.diagrams import Diagrams
from chat.markdown.live import LiveHtml, Patch
from chat.markdown.process import read, write
from chat.markdown.render import render as render_whole

CHARACTERS = 128 * 1024
"""For each so many a call may take as much time again."""

MEMORY = 2 * 1024**3
KEPT = 200
"""Replies that are remembered; one that is not is sent again."""

_replies: OrderedDict[int, LiveHtml] = OrderedDict()


def begin(key: int, text: str, closed: bool) -> list[str]:
    """Take a reply on, with its text so far; return its blocks."""
    reply = _replies[key] = LiveHtml(Diagrams())
    if len(_replies) > KEPT:
        _replies.popitem(last=False)
    _foresee(text)
    reply.feed(text)
    if closed:
        close(key)
    return reply.blocks


def feed(key: int, text: str) -> list[Patch] | None:
    """Return what more text changes; None for a reply that is not known."""
    reply = _replies.get(key)
    if reply is None:
        return None
    _replies.move_to_end(key)
    _foresee(text)
    return reply.feed(text)


def _foresee(text: str) -> None:
    """Let the process that draws begin while the diagram is still being written: it takes a while."""
    if diagrams.may_draw(text):
        diagrams.process.begin()


def close(key: int) -> list[Patch] | None:
    """Return what the end of a reply changes, and forget it."""
    reply = _replies.pop(key, None)
    return None if reply is None else reply.close()


def render(text: str) -> str:
    """Return the whole text as safe HTML, with its diagrams."""
    return render_whole(text, Diagrams())


CALLS: dict[str, Callable[..., Any]] = {"begin": begin, "feed": feed, "close": close, "render": render}


def main(seconds: float) -> None:
    """Answer calls until the pipe is closed, each within its processor time."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the site, which closes the pipe
    signal.signal(signal.SIGPROF, signal.SIG_DFL)  # ends the process, in the middle of a parser's work too
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    pipe = sys.stdin.buffer
    while (call := read(pipe)) is not None:
        name, arguments = call
        signal.setitimer(signal.ITIMER_PROF, seconds * (1 + _size(arguments) / CHARACTERS))
        write(sys.stdout.buffer, _answer(name, arguments))


def _size(arguments: list[Any]) -> int:
    """Return the characters that a call works on: those it brings, and those still open of its reply."""
    known = _replies.get(arguments[0])
    brought = sum(len(value) for value in arguments if isinstance(value, str))
    return brought + (known.open_size if known else 0)


def _answer(name: str, arguments: list[Any]) -> tuple[bool, Any]:
    try:
        return True, CALLS[name](*arguments)
    except Exception as problem:
        return False, type(problem).__name__
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


if __name__ == "__main__":
    main(float(sys.argv[1]))
