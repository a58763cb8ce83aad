"""Hold one scripted conversation with every real model server that can be had; print what came of it.

    python -m tests.compat [--only NAME] [--write]

Each server is installed from its registry into `build/compat/`, started on 127.0.0.1, and put behind the real
site. A server that cannot be had or does not start is told as "not run", and stops no other. Ends with 1 if
a step of one that ran went wrong. For PyTorch pip has to find a build for the CPU (PIP_FIND_LINKS or
PIP_EXTRA_INDEX_URL).
"""

import argparse
import asyncio
import datetime
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import django
import msgspec

from tests.compat import speech
from tests.compat.conversation import STEPS, Inapplicable, Missed, stage_before
from tests.compat.place import FOLDER, CannotInstall, Place
from tests.compat.running import DoesNotStart, running
from tests.compat.servers import SERVERS, Server
from tests.compat.table import (
    NO,
    NONE,
    NOT_RUN,
    OK,
    SPEECH_BEGIN,
    SPEECH_END,
    Row,
    speech_table,
    table,
    write_into_document,
)

RESULTS = FOLDER / "results.json"
# Seconds for all steps with one server
LIMIT = 900


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()  # for the sentences of errors
    parser = argparse.ArgumentParser(prog="make compat", description=__doc__)
    names = [*SERVERS, speech.SPEECH.name]
    parser.add_argument("--only", choices=names, action="append", metavar="NAME", help=", ".join(names))
    parser.add_argument("--write", action="store_true", help="put the table into docs/compatibility.md")
    arguments = parser.parse_args()
    rows, known = {}, kept()
    for name in arguments.only or names:
        rows[name] = known[name] = examined(SERVERS.get(name, speech.SPEECH))
        RESULTS.write_bytes(msgspec.json.format(msgspec.json.encode(known)))
    if servers := [name for name in SERVERS if name in rows]:
        print(f"\n{table([rows[name] for name in servers])}")
        if arguments.write:
            write_into_document(table([known[name] for name in SERVERS if name in known]))
    if spoken := rows.get(speech.SPEECH.name):
        print(f"\n{speech_table(spoken)}")
        if arguments.write:
            write_into_document(speech_table(spoken), SPEECH_BEGIN, SPEECH_END)
    sys.exit(any(NO in row.outcomes.values() for row in rows.values()))


def kept() -> dict[str, Row]:
    """What earlier runs found, by the servers' names."""
    return msgspec.json.decode(RESULTS.read_bytes(), type=dict[str, Row]) if RESULTS.exists() else {}


def examined(server: Server) -> Row:
    """Install it, start it, talk to it. Raises nothing."""
    row = Row(server.product, f"{server.package} {server.version}", datetime.date.today().isoformat())
    place = Place(server.name)
    print(f"\n{server.product}, {server.pinned}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        try:
            install(server, place)
            held = speak(place, row) if server is speech.SPEECH else talk(server, place, Path(folder), row)
            asyncio.run(asyncio.wait_for(held, LIMIT))
        except (CannotInstall, DoesNotStart) as problem:
            row.notes[NOT_RUN] = str(problem)
            print(f"  {NOT_RUN}: {problem}", flush=True)
        except TimeoutError:
            row.notes["time"] = f"more than {LIMIT} s"
    return row


def install(server: Server, place: Place) -> None:
    """Unless that version is there. Raises CannotInstall."""
    if place.has(server.pinned):
        return
    shutil.rmtree(place.folder)
    place = Place(server.name)
    began = time.monotonic()
    server.install(place)
    place.remember(server.pinned)
    print(f"  installed in {time.monotonic() - began:.0f} s", flush=True)


async def talk(
    server: Server, place: Place, folder: Path, row: Row, steps: Iterable[str] = tuple(STEPS)
) -> None:
    """These steps, each whatever came of the one before. Raises DoesNotStart."""
    began = time.monotonic()
    async with running(server, place) as started:
        print(f"  answers after {time.monotonic() - began:.0f} s", flush=True)
        async with stage_before(started, folder) as stage:
            for name in steps:
                await one_step(name, stage, row)


async def speak(place: Place, row: Row) -> None:
    """All steps with speech, each whatever came of the one before. Raises DoesNotStart."""
    async with speech.stage_before(place) as stage:
        for name in speech.STEPS:
            await one_step(name, stage, row, speech.STEPS)


async def one_step(
    name: str, stage: Any, row: Row, steps: Mapping[str, Callable[[Any], Awaitable[str]]] = STEPS
) -> None:
    began = time.monotonic()
    try:
        note = await steps[name](stage)
        row.outcomes[name] = OK
    except Inapplicable:
        note, row.outcomes[name] = "", NONE
    except (Missed, AssertionError, OSError, TimeoutError) as problem:
        note = str(problem) or type(problem).__name__
        row.outcomes[name] = NO
    if note:
        row.notes[name] = note
    took = time.monotonic() - began
    print(f"  {name}: {row.outcomes[name]}, {took:.1f} s{f' ({note})' if note else ''}", flush=True)


if __name__ == "__main__":
    main()
