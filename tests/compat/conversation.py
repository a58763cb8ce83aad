"""The scripted conversation: what each step does on the real site, and what has to come of it.

A step returns what is worth telling beside "ok", or "" for nothing. It raises Missed when what came is not
what this site promises, and Inapplicable when there is nothing to be seen.
"""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chat.provider.errors import ProviderError, ProviderUnreachable, UnknownModel, WrongKey
from tests.compat.person import Page, Reply
from tests.compat.running import Running
from tests.support.server import ROOT, SiteServer, site_server

# Seconds
REPLY_LIMIT, SOON = 180, 2.0
QUESTION = "What can you count?"
# As tiny_model.py has it
WHOLE = "I can count: " + " ".join(str(number) for number in range(1, 1501)) + " ."
PARAMETERS = {
    "temperature": "0.2",
    "top_p": "0.9",
    "max_tokens": "12",
    "seed": "7",
    "stop": "zebra",
    "reasoning_effort": "low",
}
# Why a reply ended that reached its maximum length; in the page's HTML, what stands under one to which not
# all parameters were sent
CUT = "length"
NOT_TAKEN = 'class="note untaken"'


class Missed(Exception):
    """A step of which something else came than this site promises."""


class Inapplicable(Exception):
    """A step that this server gives no cause for."""


@dataclass(slots=True)
class Stage:
    """A server behind its proxy, the site in front of it, and a person on the site."""

    running: Running
    site: SiteServer
    page: Page
    folder: Path


Step = Callable[[Stage], Awaitable[str]]


@asynccontextmanager
async def stage_before(running: Running, folder: Path, **variables: str) -> AsyncIterator[Stage]:
    """A site of its own, and a person whose page is open. The site chooses the model, unless one is named."""
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    variables = {
        "OPENAI_BASE_URL": running.base_url,
        "OPENAI_API_KEY": running.server.key,
        "OPENAI_MODEL": "",
        "MESSAGES_PER_MINUTE": "1000",
        **variables,
    }
    serving = site_server(folder, **variables)
    # The proxy is in this loop, and the site asks through it while it starts
    site = await asyncio.to_thread(serving.__enter__)
    try:
        page = await asyncio.to_thread(Page, site)
        await page.connect()
        yield Stage(running, site, page, folder)
    finally:
        await asyncio.to_thread(serving.__exit__, None, None, None)


def expect(holds: object, otherwise: str) -> None:
    if not holds:
        raise Missed(otherwise)


def expect_error(reply: Reply, kind: type[ProviderError]) -> None:
    """Its sentence stands under the reply; a retry cannot have changed that."""
    expect(reply.error == str(kind.sentence), f"{reply.status}: {reply.error}")


def is_whole(reply: Reply) -> None:
    expect(reply.status == "complete", f"{reply.status}: {reply.error or reply.text[:80]}")
    expect(reply.text, "complete, and empty")


async def models(stage: Stage) -> str:
    """The page names who answers, by the name that the server lists, which nobody has typed."""
    text = await stage.page.text("/models/") + await stage.page.text("/")
    names = stage.running.models
    expect(names, "the server lists none")
    short = [name.rsplit("/", 1)[-1] for name in names]
    expect(any(name in text for name in [*names, *short]), f"none of {', '.join(names)} on the page")
    return f"{len(names)} listed" if len(names) > 1 else ""


async def stream(stage: Stage) -> str:
    """A reply grows in pieces and is whole; of the model whose words are known, to the last one."""
    reply = await stage.page.ask_and_wait(QUESTION, REPLY_LIMIT)
    is_whole(reply)
    expect(reply.pieces > 1, "it came in one piece")
    if not stage.running.server.counts or reply.text == WHOLE:
        return ""
    expect(WHOLE.startswith(reply.text), f"other words than the model's: {reply.text[:80]}")
    expect(reply.finish == CUT, f"it ends at {reply.text.split()[-1]}, and is called whole")
    return "cut at the maximum length that the server sets, and told as that"


async def title(stage: Stage) -> str:
    """The conversation has a name: the model's, or the first words of the question."""
    for _ in range(100):
        if stage.page.title and stage.page.title != QUESTION:
            return ""
        await asyncio.sleep(0.1)
    expect(stage.page.title, "no title")
    return "the question’s first words"


async def parameters(stage: Stage) -> str:
    """All of them are set: the reply comes, is as short as `max_tokens` says, and what was not taken is told.

    From here on the model sees no earlier exchange: what it reads byte by byte takes a processor minutes.
    """
    await stage.page.set_up(exchanges="0", **PARAMETERS)
    reply = await stage.page.ask_and_wait("And with these settings?", REPLY_LIMIT)
    is_whole(reply)
    page = await stage.page.html(f"/c/{reply.conversation}/")
    sent = await stage.page.text(f"/m/{reply.id}/sent/")
    await stage.page.set_up(exchanges="0")
    missing = [name for name in PARAMETERS if name not in sent.replace("max_completion_", "max_")]
    expect(not missing or NOT_TAKEN in page, f"not sent, and not told: {', '.join(missing)}")
    is_long = len(reply.text.split()) > 3 * int(PARAMETERS["max_tokens"])
    if stage.running.server.counts:
        expect(reply.finish == CUT, "it was cut at its maximum length, and is called whole")
    return "; ".join(
        [f"not taken, and told: {', '.join(missing)}"] * bool(missing)
        + ["`max_tokens` is not obeyed by the server"] * is_long
    )


async def stop(stage: Stage) -> str:
    """Stop in mid-answer: the text stays, and the connection to the server is closed."""
    await stage.page.begin("Count on, please.")
    await stage.page.first_words(REPLY_LIMIT)
    before = stage.running.connections
    stage.page.stop()
    stopped = time.monotonic()
    reply = await stage.page.over(SOON * 10)
    expect(reply.status == "stopped", f"{reply.status} instead of stopped")
    expect(reply.text, "the text is gone")
    while stage.running.connections >= before and time.monotonic() < stopped + SOON:
        await asyncio.sleep(0.02)
    expect(stage.running.connections < before, f"the connection is still open after {SOON} s")
    return ""


async def wrong_model(stage: Stage) -> str:
    """A name that the server does not have: our sentence, or a reply from one that takes any name."""
    async with stage_before(stage.running, stage.folder / "model", OPENAI_MODEL="no-such-model") as other:
        reply = await other.page.ask_and_wait(QUESTION, REPLY_LIMIT)
    if reply.status == "complete" and reply.text:
        return "takes any name"
    expect_error(reply, UnknownModel)
    return ""


async def wrong_key(stage: Stage) -> str:
    """A key that the server does not accept: our sentence."""
    if not stage.running.server.key:
        raise Inapplicable
    wrong = {"OPENAI_API_KEY": "sk-not-this-one", "OPENAI_MODEL": stage.running.models[0]}
    async with stage_before(stage.running, stage.folder / "key", **wrong) as other:
        reply = await other.page.ask_and_wait(QUESTION, REPLY_LIMIT)
    expect_error(reply, WrongKey)
    return ""


async def doctor(stage: Any) -> str:
    """`manage.py doctor` ends with 0: its lines on the model, and those on speech, are well."""
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "manage.py", "doctor"],
        cwd=ROOT,
        env=stage.site.variables,
        capture_output=True,
        text=True,
        timeout=REPLY_LIMIT,
    )
    (stage.folder / "doctor.txt").write_text(done.stdout + done.stderr)
    bad = [line for line in done.stdout.splitlines() if line.lower().startswith("fail")]
    expect(done.returncode == 0, f"ends with {done.returncode}: {'; '.join(bad)[:200]}")
    return ""


async def killed(stage: Stage) -> str:
    """The server dies in mid-answer: interrupted, with its text; the next question gets a sentence."""
    await stage.page.begin("Once more, please.")
    await stage.page.first_words(REPLY_LIMIT)
    await asyncio.to_thread(stage.running.kill)
    reply = await stage.page.over(REPLY_LIMIT)
    expect(reply.status == "interrupted", f"{reply.status} instead of interrupted")
    expect(reply.text, "the text is gone")
    after = await stage.page.ask_and_wait("Are you there?", REPLY_LIMIT)
    expect_error(after, ProviderUnreachable)
    return ""


STEPS: dict[str, Step] = {
    "models": models,
    "stream": stream,
    "title": title,
    "parameters": parameters,
    "stop": stop,
    "wrong model": wrong_model,
    "wrong key": wrong_key,
    "doctor": doctor,
    "killed": killed,
}
"""In their order: nothing answers after the last one."""
