"""One person, or one address, does not take all threads of the site with pages."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from chat.models import User
from chat.web import sessions, turns
from chat.web.errors import TooManyPages
from chat.web.turns import PagesPerPerson
from tests.conftest import browser_of

SLOW, WAITING = 3, 15


class Pages:
    """An application whose answers wait until they are let."""

    def __init__(self) -> None:
        self.let = asyncio.Event()
        self.at_once = self.most_at_once = self.answered = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self.let.wait()
            self.answered += 1
        finally:
            self.at_once -= 1


class Visitor:
    """Asks for pages; what is answered by the limit itself is kept."""

    def __init__(self, app: PagesPerPerson, session: str = "", address: str = "192.0.2.1") -> None:
        self.app, self.sent = app, []
        cookie = [(b"cookie", f"sessionid={session}".encode())] if session else []
        self.scope: Any = {
            "type": "http",
            "method": "GET",
            "scheme": "https",
            "headers": cookie,
            "client": [address, 0],
            "path": "/",
            "query_string": b"q=\xff",
        }

    def ask(self, count: int, *headers: tuple[bytes, bytes]) -> list[asyncio.Task[None]]:
        scope = {**self.scope, "headers": [*self.scope["headers"], *headers]}
        return [asyncio.create_task(self.app(scope, None, self._keep)) for _ in range(count)]  # type: ignore[arg-type]

    async def _keep(self, event: Any) -> None:
        self.sent.append(event)

    @property
    def refused(self) -> list[Any]:
        return [event for event in self.sent if event["type"] == "http.response.start"]

    async def refusal(self, *headers: tuple[bytes, bytes]) -> tuple[dict[bytes, bytes], str]:
        """The headers and the body of what is answered to one more page than may wait."""
        self.sent.clear()
        await asyncio.gather(*self.ask(1, *headers))
        start, body = self.sent
        assert start["status"] == 429
        return dict(start["headers"]), body["body"].decode()


@pytest.fixture
async def pages(settings: Any) -> AsyncIterator[Pages]:
    settings.PAGES_AT_ONCE = SLOW
    pages = Pages()
    yield pages
    pages.let.set()
    await asyncio.sleep(0)


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_fifty_slow_pages_of_one_person_leave_room_for_others(pages: Pages) -> None:
    app = PagesPerPerson(pages)
    sessions.remember("many", 1)
    sessions.remember("few", 2)
    many, few = Visitor(app, "many"), Visitor(app, "few")
    asked = many.ask(50)
    await asyncio.gather(*asked[SLOW + WAITING :])
    assert pages.at_once == SLOW
    assert len(many.refused) == 50 - SLOW - WAITING
    asked += few.ask(1)
    await settled()
    assert pages.at_once == SLOW + 1
    pages.let.set()
    await asyncio.gather(*asked)
    assert (pages.answered, few.refused) == (SLOW + WAITING + 1, [])
    assert app._queues == {}


async def test_another_session_of_the_same_person_is_no_way_round_it(pages: Pages) -> None:
    app = PagesPerPerson(pages)
    for number in range(10):
        sessions.remember(f"session {number}", 7)
        Visitor(app, f"session {number}").ask(1)
    await settled()
    assert pages.at_once == SLOW


async def test_sessions_that_nobody_has_count_by_their_address(pages: Pages) -> None:
    app = PagesPerPerson(pages)
    for number in range(100):
        Visitor(app, f"made up {number}").ask(1)
    await settled()
    assert pages.at_once == SLOW * turns.PEOPLE_AT_AN_ADDRESS
    Visitor(app, address="192.0.2.2").ask(1)
    await settled()
    assert pages.at_once == SLOW * turns.PEOPLE_AT_AN_ADDRESS + 1


async def test_the_next_in_line_comes_when_one_is_done_or_gone(pages: Pages) -> None:
    app = PagesPerPerson(pages)
    sessions.remember("one", 1)
    asked = Visitor(app, "one").ask(SLOW + 3)
    await settled()
    asked[0].cancel()  # while it is made
    asked[SLOW].cancel()  # while it waits
    await settled()
    assert pages.at_once == SLOW
    pages.let.set()
    await asyncio.gather(*asked, return_exceptions=True)
    assert pages.answered == SLOW + 1
    assert app._queues == {}


async def test_who_has_waited_long_enough_is_told(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE", 0.05)
    app = PagesPerPerson(pages)
    sessions.remember("one", 1)
    visitor = Visitor(app, "one")
    asked = visitor.ask(SLOW + 1)
    await asked[-1]
    assert [event["status"] for event in visitor.refused] == [429]
    assert pages.at_once == SLOW


@pytest.fixture
async def crowded(pages: Pages) -> Visitor:
    """Who waits for as many pages as they may."""
    sessions.remember("one", 1)
    visitor = Visitor(PagesPerPerson(pages), "one")
    visitor.ask(SLOW + WAITING)
    await settled()
    return visitor


async def test_a_refusal_is_a_page_with_a_sentence_a_time_and_one_line_in_the_log(
    crowded: Visitor, caplog: Any
) -> None:
    for _ in range(3):
        headers, page = await crowded.refusal((b"accept-language", b"en"))
    assert headers[b"content-type"] == b"text/html; charset=utf-8"
    assert (headers[b"retry-after"], headers[b"cache-control"]) == (b"5", b"no-store")
    assert "<p>Too many pages are loading at once. Try again in 5 seconds.</p>" in page
    assert 'href="/">Go to the chat</a>' in page
    assert caplog.text.count("refused person 1: too_many_pages") == 1


async def test_a_refusal_is_said_in_the_language_of_the_browser_and_lies_as_it_is_written(
    crowded: Visitor,
) -> None:
    _, chinese = await crowded.refusal((b"accept-language", b"zh-hans,en;q=0.5"))
    assert '<html lang="zh-hans" dir="ltr"' in chinese
    with translation.override("zh-hans"):
        assert f"<p>{TooManyPages(retry_after=turns.AGAIN).user_text()}</p>" in chinese
    crowded.scope["headers"] = [(b"cookie", b"sessionid=one; django_language=ar")]
    _, arabic = await crowded.refusal((b"accept-language", b"zh-hans"))
    assert '<html lang="ar" dir="rtl"' in arabic
    assert "Too many" not in arabic


async def test_a_refusal_is_kept_by_the_headers_of_every_page_and_names_nothing_that_is_not_known(
    crowded: Visitor,
) -> None:
    headers, page = await crowded.refusal()
    assert b"default-src 'none'" in headers[b"content-security-policy"]
    assert (headers[b"x-frame-options"], headers[b"x-content-type-options"]) == (b"DENY", b"nosniff")
    assert headers[b"referrer-policy"] == b"same-origin"
    assert 'href=""' not in page and 'name="description"' not in page


async def test_a_refusal_asks_the_database_nothing_and_is_made_once_for_a_language(
    crowded: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, first = await crowded.refusal()  # without the mark that lets a test ask the database

    def render(*_: object) -> str:
        raise AssertionError("made again")

    monkeypatch.setattr(turns.error_views, "render_to_string", render)
    assert (await crowded.refusal())[1] == first


async def test_a_script_is_refused_in_its_own_way(crowded: Visitor) -> None:
    headers, body = await crowded.refusal((b"x-fragment", b"1"), (b"accept-language", b"en"))
    assert (headers[b"content-type"], headers[b"retry-after"]) == (b"application/json", b"5")
    text = "Too many pages are loading at once. Try again in 5 seconds."
    assert json.loads(body) == {"code": "too_many_pages", "text": text}


async def test_zero_is_no_limit(pages: Pages, settings: Any) -> None:
    settings.PAGES_AT_ONCE = 0
    Visitor(PagesPerPerson(pages)).ask(100)
    await settled()
    assert pages.at_once == 100


@pytest.mark.django_db
def test_a_page_tells_whose_session_it_is(alice: User) -> None:
    browser = browser_of(alice)
    key = browser.cookies["sessionid"].value
    assert sessions.known_person(key) is None
    browser.get("/")
    assert sessions.known_person(key) == alice.pk
    Client().get("/accounts/login/")
    assert sessions.known_person("") is None
