"""One run: people and faults together, then the looking through of what is left."""

import asyncio
import shutil
import tempfile
import time
from pathlib import Path

from tests.bench.processes import helper
from tests.chaos.faults import Faults
from tests.chaos.judge import Evidence, Verdict, judge, person_of
from tests.chaos.page import Article, articles_in, fetch
from tests.chaos.person import Person
from tests.chaos.questions import new_canary
from tests.chaos.setup import SetUp, Size, built, chance_of

# Seconds after the last fault and the last person, within which every reply must be final
SETTLE = 15

# Seconds until every import must have ended: a job whose process is gone rests before its next attempts
JOBS_SETTLE = 120


async def people_and_faults(setup: SetUp, seed: int, faults: list[str]) -> list[Person]:
    """Returns when everybody has had enough and the last fault is over."""
    people = [
        Person(number, cookie, new_canary(), setup, chance_of(seed, number))
        for number, cookie in enumerate(setup.cookies)
    ]
    injecting = asyncio.ensure_future(Faults(setup, chance_of(seed, "faults")).inject(faults))
    living = asyncio.gather(*(person.live() for person in people))
    try:
        await asyncio.wait({living, injecting}, return_when=asyncio.FIRST_COMPLETED)
        if injecting.done():
            injecting.result()  # a fault could not be made: the run is void
        await living
    finally:
        setup.over = True
        living.cancel()
        await asyncio.gather(living, injecting, return_exceptions=True)
    injecting.result()
    return people


async def pages_of(setup: SetUp, people: list[Person], messages: list[dict[str, str]]) -> dict[str, Article]:
    """Everybody's conversations over HTTP, looked through; their messages by id."""
    conversations = {row["conversation__uuid"]: person_of(row) for row in messages}
    found: dict[str, Article] = {}
    server = setup.servers[0]
    for conversation, number in conversations.items():
        person = people[number]
        path = f"/c/{conversation}/"
        status, body = await fetch(server.site.port, server.site.port, path, person.cookie)
        if status != 200:
            raise RuntimeError(f"{path} gave {status}")
        setup.ledger.scan(person.canary, body)
        found |= {article.id: article for article in articles_in(body.decode())}
    return found


def logs_of(setup: SetUp) -> bytes:
    return b"".join(log.read_bytes() for log in setup.folder.glob("*/server.log"))


async def truth(setup: SetUp) -> Evidence:
    """The database, once nothing runs any more or SETTLE, for jobs JOBS_SETTLE, has passed."""
    began = time.monotonic()
    while True:
        held = await asyncio.to_thread(helper, "chaos.truth", None, fork=True, **setup.variables)
        running = [row for row in held["messages"] if row["status"] == "running"]
        importing = [row for row in held["imports"] if row["is_open"]]
        passed = time.monotonic() - began
        if not (running and passed < SETTLE) and not (importing and passed < JOBS_SETTLE):
            return Evidence(setup.ledger, held["messages"], held["sound"], imports=held["imports"])
        await asyncio.sleep(1)


async def run(name: str, size: Size, seed: int, faults: list[str], folder: Path) -> Verdict:
    """The whole of it on one set-up, whose data and logs go to `folder`."""
    async with built(name, folder, size) as setup:
        people = await people_and_faults(setup, seed, faults)
        evidence = await truth(setup)
        evidence.pages = await pages_of(setup, people, evidence.messages)
        evidence.logs = logs_of(setup)
        return judge(evidence)


def run_once(name: str, size: Size, seed: int, faults: list[str], keep: Path | None = None) -> Verdict:
    """`run` in a folder that is gone afterwards, or is in `keep`."""
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
    folder = tempfile.mkdtemp(prefix="chat-chaos-", dir=keep)
    try:
        return asyncio.run(run(name, size, seed, faults, Path(folder)))
    finally:
        if not keep:
            shutil.rmtree(folder)
