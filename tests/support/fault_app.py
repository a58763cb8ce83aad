"""What a server under test is changed by before it starts: constants of the product, and its clock."""

import json
import os
import time
from datetime import timedelta
from importlib import import_module
from pathlib import Path

from django.apps import AppConfig
from django.utils import timezone


class Faults(AppConfig):
    """`CONSTANTS` is JSON: `{"chat.replies.engine.SWEEP_INTERVAL": 0.2}`. `CLOCK` names a file with seconds.

    `ALSO` is a module that is imported besides.
    """

    name = "tests.support"
    label = "faults"
    path = str(Path(__file__).parent)

    def ready(self) -> None:
        for name, value in json.loads(os.environ.get("CONSTANTS") or "{}").items():
            module, _, constant = name.rpartition(".")
            holder = import_module(module)
            kind = type(getattr(holder, constant))
            setattr(holder, constant, timedelta(seconds=value) if kind is timedelta else kind(value))
        if also := os.environ.get("ALSO"):
            import_module(also)
        if clock := os.environ.get("CLOCK"):
            move_the_clock(Path(clock))


def move_the_clock(file: Path) -> None:
    """From now on this process's wall clock is wrong by the number in `file`, which may change."""
    real_time, real_now = time.time, timezone.now

    def error() -> float:
        return float(file.read_text() or 0)

    time.time = lambda: real_time() + error()
    timezone.now = lambda: real_now() + timedelta(seconds=error())
