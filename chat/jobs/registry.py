"""Which function does the jobs of a kind.

A capability has them in a file `background.py`, which is imported when there is something to do: until then
what they need is not in memory.
"""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from chat.jobs.context import JobContext

Run = Callable[[JobContext], dict[str, Any] | None]

_kinds: dict[str, Run] = {}


def job(kind: str) -> Callable[[Run], Run]:
    """Let a function do the jobs of this kind. What it returns is kept as the job's `result`.

    After an interruption it is called anew, in this process or another, with the `state` that it saved last
    (JobContext.progress). A ChatError that it raises is what the job fails with.
    """

    def register(run: Run) -> Run:
        if kind in _kinds:
            raise ValueError(f"two functions do jobs of the kind {kind!r}")
        _kinds[kind] = run
        return run

    return register


def kinds() -> dict[str, Run]:
    """Return all that are known to this version, with what does them."""
    _import_all()
    return _kinds


@cache
def _import_all() -> None:
    chat = Path(__file__).resolve().parents[1]
    for path in sorted(chat.rglob("background.py")):
        import_module(".".join(("chat", *path.relative_to(chat).with_suffix("").parts)))
