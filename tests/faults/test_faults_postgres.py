"""Faults 13 to 16: a PostgreSQL that goes away, hangs up, is full, or is locked."""

import asyncio
import html
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import Any

import psycopg
import pytest

from chat.core.errors import StorageDown
from tests.support.fault_site import Page, Site, staged
from tests.support.scripted_provider import play
from tests.support.server import Answer
from tests.support.stores import Postgres, postgres
from tests.support.waiting import LIMIT

TEXT = "Word by word, kept while nobody takes it. " * 2
HANG_UP = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"


@pytest.fixture(scope="module")
def database() -> Iterator[Postgres]:
    with postgres() as database:
        yield database


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, database: Postgres) -> Iterator[Site]:
    with staged(tmp_path_factory.mktemp("data"), DATABASE_URL=database.url, STORAGE_PATIENCE="1") as stage:
        yield stage


async def page_at(site: Site, cookie: str) -> Answer:
    return await asyncio.to_thread(site.server.get, "/", Cookie=cookie)


def says_that_storage_is_away(answer: Answer) -> bool:
    said = StorageDown().user_text() in html.unescape(answer.body.decode())
    return answer.status == 503 and said and int(answer.headers["Retry-After"]) > 0


async def until_well(site: Site, cookie: str) -> None:
    async with asyncio.timeout(LIMIT):
        while (await page_at(site, cookie)).status != 200:
            await asyncio.sleep(0.1)


@pytest.mark.fault(13)
async def test_while_postgres_restarts_tokens_wait_sends_and_pages_say_so_and_all_is_written_later(
    site, database
):
    cookie = await site.member(site.server)
    site.provider.default = play("plain", text=TEXT, rate=10)
    async with Page(site.server, cookie) as page, Page(site.server, cookie) as other:
        sent = await page.send("Hello")
        await page.follow(sent, enough=lambda html: "Word" in html)
        await asyncio.to_thread(database.stop)
        refused = await other.send("Is anybody there?")
        assert (refused["code"], refused["text"]) == ("storage", StorageDown().user_text())
        assert says_that_storage_is_away(await page_at(site, cookie))
        await page.follow(sent, enough=lambda html: html.count("takes it.") == 2)
        await asyncio.to_thread(database.start)
        assert await page.follow(sent) == "complete"
        await until_well(site, cookie)
        assert (await other.send("Now?"))["type"] == "sent"
    assert site.replies()[0] == ("complete", TEXT)
    assert site.questions() == ["Hello", "Now?"]


@pytest.mark.fault(14)
async def test_after_postgres_hung_up_on_everybody_what_comes_next_works_and_no_checkpoint_is_missed(
    site, database
):
    printed = len(site.server.printed)
    cookie = await site.member(site.server)
    site.provider.default = play("plain", text=TEXT, rate=20)
    async with Page(site.server, cookie) as page, Page(site.server, cookie) as other:
        sent = await page.send("Hello")
        await page.follow(sent, enough=lambda html: "Word" in html)
        await asyncio.to_thread(site.rows, HANG_UP)
        client_id = uuid.uuid4()
        async with asyncio.timeout(LIMIT):  # the pool is given a second here, not ten as in life
            while (answer := await other.send("And now?", client_id))["type"] == "error":
                assert answer["code"] == "storage"
        assert site.questions().count("And now?") == 1
        await until_well(site, cookie)
        assert await page.follow(sent) == "complete"
    assert ("complete", TEXT) in site.replies()
    assert "did not take a checkpoint" not in site.server.printed[printed:]


GREEDY = "greedy"


def take_all_connections(url: str, first: psycopg.Connection, stack: ExitStack) -> None:
    """Every connection there is, also those that the site has."""
    first.execute(f"{HANG_UP} AND application_name <> '{GREEDY}'")
    while True:
        try:
            stack.enter_context(closing(psycopg.connect(url, application_name=GREEDY)))
        except psycopg.OperationalError:
            return


@pytest.mark.fault(15)
async def test_with_no_connection_left_pages_answer_503_and_it_recovers(site, database):
    cookie = await site.member(site.server)
    url = database.url
    with ExitStack() as stack:
        first = stack.enter_context(closing(psycopg.connect(url, autocommit=True, application_name=GREEDY)))
        async with asyncio.timeout(LIMIT):
            answer = await page_at(site, cookie)
            while answer.status == 200:  # the site may be quicker than we are
                await asyncio.to_thread(take_all_connections, url, first, stack)
                answer = await page_at(site, cookie)
        assert says_that_storage_is_away(answer)
    await until_well(site, cookie)
    async with Page(site.server, cookie) as page:
        assert (await page.send("Hello"))["type"] == "sent"


@pytest.mark.fault(16)
async def test_a_send_into_a_locked_row_is_refused_with_a_sentence_instead_of_waiting_for_ever(
    site, database
):
    cookie = await site.member(site.server)
    async with Page(site.server, cookie) as page, Page(site.server, cookie) as other:
        sent = await page.send("Hello")
        assert await page.follow(sent) == "complete"
        async with await psycopg.AsyncConnection.connect(database.url) as holder:
            await holder.execute("SELECT * FROM chat_conversation FOR UPDATE")
            refused = await page.send("Let me in", after=sent)
            assert (refused["code"], refused["text"]) == ("storage", StorageDown().user_text())
            assert (await other.send("Somewhere else"))["type"] == "sent"
        assert (await page.send("Let me in", after=sent))["type"] == "sent"
    assert site.questions().count("Let me in") == 1


HOLD = (
    "SELECT m.id FROM chat_message m JOIN chat_generation g ON g.reply_id = m.id "
    "WHERE m.uuid = %s FOR UPDATE OF {}"
)


@pytest.mark.fault(16)
@pytest.mark.parametrize("held", ["m", "g"], ids=["its message", "its generation"])
async def test_a_reply_whose_row_somebody_holds_waits_alone_and_the_others_are_written_and_end(
    site, database, held
):
    cookie = await site.member(site.server)
    site.provider.default = play("plain", text=TEXT, rate=20)
    async with Page(site.server, cookie) as page, Page(site.server, cookie) as other:
        sent = await page.send("Hello")
        async with await psycopg.AsyncConnection.connect(database.url) as holder:
            await holder.execute(HOLD.format(held), [sent["reply"]])
            text, beat = await kept_of(holder, sent)
            later = await other.send("And now?")
            assert await other.follow(later) == "complete"
            text_now, beat_now = await kept_of(holder, sent)
            assert text_now == text != TEXT
            assert (beat_now > beat) == (held == "m")
        assert await page.follow(sent) == "complete"
    assert site.replies() == [("complete", TEXT), ("complete", TEXT)]


async def kept_of(connection: psycopg.AsyncConnection, sent: Any) -> Any:
    """The text and the heartbeat of a reply, as they are committed."""
    query = (
        "SELECT m.text, g.heartbeat FROM chat_message m JOIN chat_generation g ON g.reply_id = m.id "
        "WHERE m.uuid = %s"
    )
    return await (await connection.execute(query, [sent["reply"]])).fetchone()
