"""Faults 17 and 18: a SQLite file that somebody else has locked for long, or that is full."""

import asyncio
import uuid
from collections.abc import Iterator

import pytest

from chat.core.errors import StorageDown
from tests.support.fault_site import Page, Site, kill, staged
from tests.support.scripted_provider import play
from tests.support.server import post


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with staged(tmp_path_factory.mktemp("data"), STORAGE_PATIENCE="0.5", MESSAGES_PER_MINUTE="100") as stage:
        yield stage


def is_refused(event: dict[str, str]) -> bool:
    return event.get("code") == "storage" and event["text"] == StorageDown().user_text()


@pytest.mark.fault(17)
async def test_a_lock_that_stays_is_told_in_sockets_and_pages_and_leaves_nothing_half_written(site):
    cookie, client_id = await site.member(site.server), uuid.uuid4()
    async with Page(site.server, cookie) as page:
        sent = await page.send("Hello")
        assert await page.follow(sent) == "complete"
        with site.locked():
            assert is_refused(await page.send("Wait for me", client_id, sent))
            path = f"/m/{sent['reply']}/report/"
            answer = await asyncio.to_thread(post, site.server, path, cookie=cookie, category="other")
            assert answer.startswith(b"HTTP/1.1 503")
            assert b"Retry-After" in answer
        assert site.questions() == ["Hello"]
        assert (await page.send("Wait for me", client_id, sent))["type"] == "sent"
    assert site.questions() == ["Hello", "Wait for me"]


@pytest.mark.fault(18)
async def test_a_full_database_refuses_sends_with_a_sentence_is_read_on_and_stays_sound(site):
    cookie, client_id = await site.member(site.server), uuid.uuid4()
    async with Page(site.server, cookie) as page:
        sent = await page.send("Can this be read?")
        assert await page.follow(sent) == "complete"
    kill(site.server)
    [(pages,)] = site.rows("PRAGMA page_count")
    full = await site.start_another(site.server, SQLITE_PAGES=str(pages))
    async with Page(full, cookie) as page:
        site.provider.default = play("hang")
        for _ in range(10):  # until the pages that were there already are full
            said = len(site.questions())
            answer = await page.send("x" * 20_000, client_id := uuid.uuid4())
            if answer["type"] == "error":
                break
            await page.say(type="stop", reply=answer["reply"])
        assert is_refused(answer)
        assert len(site.questions()) == said
        seen = await asyncio.to_thread(full.get, f"/c/{sent['conversation']}/", Cookie=cookie)
        assert seen.status == 200
        assert b"Can this be read?" in seen.body
    kill(full)
    assert site.rows("PRAGMA integrity_check") == [("ok",)]
    async with Page(await site.start_another(full), cookie) as page:
        assert (await page.send("x" * 20_000, client_id))["type"] == "sent"
