"""An end is shown with the words that belong to it, in whatever order the news of a reply come, or do not come."""

import json
import re
from collections import defaultdict
from itertools import permutations

import pytest
from playwright.sync_api import WebSocketRoute, expect

from tests.browser.chat_page import ChatPage

AWAY = r"WebSocket connection|Failed to load resource"
TEXT = "One two three four five six seven."
# B: the reply begins, S: its snapshot, P: its patches, E: its end. Who comes to look when it has ended already gets
# the whole of it as its end, and neither S nor P
WHOLE = "BSPE"
ORDERS = ["".join(order) for order in permutations(WHOLE)]
LOST = ["".join(order) for lost in "BSP" for order in permutations(WHOLE.replace(lost, ""))]
DOUBLED = [
    WHOLE[:place] + news + WHOLE[place:] for news in WHOLE for place in range(WHOLE.index(news) + 1, 5)
]

# A conversation of its own for each few of them
FEW = 12
PARTS = {
    f"{name} {start // FEW + 1}": orders[start : start + FEW]
    for name, orders in (("order", ORDERS), ("lost", LOST), ("doubled", DOUBLED))
    for start in range(0, len(orders), FEW)
}
# Milliseconds: a connection that breaks on a busy machine comes back after ten seconds at most
PATIENCE = 40_000


def kind_of(event: object) -> str:
    """Of B, S, P and E; "" for what is told besides."""
    if isinstance(event, list):
        return "P"
    assert isinstance(event, dict)
    return {"sent": "B", "snapshot": "S", "ended": "E", "replaced": "E"}.get(event["type"], "")


class Mixer:
    """Between a page and the site: keeps the news of the next reply until its end, and tells them in an `order`."""

    def __init__(self) -> None:
        self.order: str | None = None
        self._kept: defaultdict[str, list[str]] = defaultdict(list)
        self._page: WebSocketRoute | None = None

    def stand_between(self, page: WebSocketRoute) -> None:
        server = page.connect_to_server()
        self._page = page
        page.on_message(server.send)
        server.on_message(self._heard)

    def _heard(self, text: str) -> None:
        assert self._page is not None
        kind = kind_of(json.loads(text))
        if self.order is None or not kind:
            self._page.send(text)
            return
        self._kept[kind].append(text)
        if kind == "E":
            order, self.order = self.order, None
            kept, self._kept = self._kept, defaultdict(list)
            for frame in (frame for kind in order for frame in kept[kind]):
                self._page.send(frame)

    def tell(self, event: dict[str, str]) -> None:
        """The page hears this as well."""
        assert self._page is not None
        self._page.send(json.dumps(event))

    def cut(self) -> None:
        assert self._page is not None
        self._page.close()


@pytest.fixture
def mixer() -> Mixer:
    return Mixer()


@pytest.fixture
def other(chat, model, mixer) -> ChatPage:
    """A second tab on the same conversation, behind the mixer."""
    chat.ask("First")
    page = chat.page.context.new_page()
    page.route_web_socket(re.compile("/ws/chat/"), mixer.stand_between)
    return ChatPage(page).open(chat.address())


@pytest.mark.parametrize("orders", PARTS.values(), ids=PARTS)
def test_a_page_shows_every_reply_whole_and_ended_in_whatever_order_it_hears_of_it(
    chat, model, mixer, other, orders
):
    for number, order in enumerate(orders, 2):
        mixer.order = order
        model.plays("plain", text=TEXT, size=6, rate=60)
        chat.say(order)
        expect(chat.answers, order).to_have_count(number, timeout=PATIENCE)
        expect(other.answers, order).to_have_count(number, timeout=PATIENCE)
        other.ended()
        expect(other.body, order).to_have_text(TEXT)
        expect(other.said.last, order).to_have_text(order)
        expect(other.box).to_be_visible()
        chat.ended()
    assert mixer.order is None


def test_an_end_that_did_not_come_is_found_by_the_next_connection(chat, model, mixer, other, faults):
    faults.expect(AWAY)
    mixer.order = "BSP"
    model.plays("plain", text=TEXT, size=6, rate=60)
    chat.say("Second")
    chat.ended()
    expect(other.body).to_have_text(TEXT)
    other.ended("running")
    mixer.cut()
    other.ended()
    expect(other.body).to_have_text(TEXT)


def test_what_waits_for_a_reply_goes_out_after_it_though_its_end_came_without_its_words(
    chat, model, mixer, other
):
    mixer.order = "BE"
    model.plays("plain", text=TEXT, size=6, rate=60)
    other.say("Second")
    other.say("Third")
    expect(other.answers).to_have_count(3)
    other.ended()
    expect(other.said).to_have_text(["First", "Second", "Third"])
    expect(other.answers.nth(1).locator(".body")).to_have_text(TEXT)
    chat.ended()
    expect(chat.answers).to_have_count(3)


def test_an_end_that_brings_the_whole_of_a_reply_is_shown_although_its_beginning_did_not_come(
    chat, model, mixer, other
):
    mixer.order = ""
    model.plays("plain", text=TEXT, size=6, rate=60)
    chat.say("Second")
    expect(chat.answers).to_have_count(2)
    chat.ended()
    # As the server has it: without the measures that the page keeps at its last reply
    html = chat.answer.evaluate(
        "it => { const whole = it.cloneNode(true); whole.removeAttribute('style'); return whole.outerHTML; }"
    )
    reply = chat.answer.get_attribute("data-message")
    mixer.tell({"type": "replaced", "message": reply, "html": html})
    expect(other.answers).to_have_count(2)
    other.ended()
    expect(other.body).to_have_text(TEXT)
