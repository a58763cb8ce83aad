"""Pinning into the model's view, and looking at what was sent."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.chat_page import ChatPage

PIN = "Keep in context"
BEGAN = "Only the messages below fit"


@pytest.fixture
def chat(new_context, site) -> ChatPage:
    chat = ChatPage(new_context(site, site.named("keeping")).new_page()).open("/")
    chat.item("Ten and one").get_by_role("link").click()
    chat.address()
    return chat.live()


def test_a_pinned_exchange_goes_along_and_what_was_sent_shows_it(chat, model):
    other = chat.beside()
    chat.more(chat.answers.first, PIN)
    told = chat.page.get_by_text("1 pinned exchange is always included")
    expect(told).to_be_visible()
    expect(chat.mine.first.get_by_role("button", name=PIN)).to_have_attribute("aria-pressed", "true")
    expect(chat.mine.first.get_by_title("Remove from context")).to_have_count(1)
    chat.press(chat.answers.first, "More actions")
    expect(chat.answers.first.get_by_role("button", name=PIN)).to_have_attribute("aria-pressed", "true")
    chat.page.keyboard.press("Escape")
    expect(other.page.get_by_text("1 pinned exchange is always included")).to_be_visible()
    for number in (10, 11):
        chat.ask(f"Question {number}")
    chat.reload().live()
    expect(told).to_be_visible()
    expect(chat.page.locator("#messages .memory")).to_contain_text("plus pinned ones")
    chat.more(chat.answer, "View request")
    dialog = chat.page.get_by_role("dialog", name="View request")
    expect(dialog.get_by_role("listitem")).to_have_count(24)
    expect(dialog.get_by_role("listitem").nth(1)).to_contain_text("pinned")
    expect(dialog).to_contain_text("scripted-1")
    chat.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(chat.answer.get_by_role("button", name="More actions")).to_be_focused()
    chat.press(chat.mine.first, PIN)
    expect(told).to_be_hidden()
    expect(chat.log.get_by_title("Remove from context")).to_have_count(0)
    expect(other.page.get_by_text("1 pinned exchange is always included")).to_be_hidden()


def test_a_full_context_is_told_quietly_and_the_line_moves_at_once_and_after_a_reload(chat, model):
    other = chat.beside()
    model.plays("status", code=400, error_code="context_length_exceeded")
    chat.ask("Too much?")
    note = re.compile("older exchanges? (was|were) left out")
    line = chat.page.locator("#messages .memory")
    for reload in (False, True):
        if reload:
            chat.reload().live()
        expect(chat.answer.get_by_text(note)).to_be_visible()
        expect(line).to_have_count(1)
        expect(chat.mine.filter(has_text=BEGAN)).to_have_count(1)
    place = chat.mine.filter(has_text=BEGAN).get_attribute("data-message")
    expect(other.mine.filter(has_text=BEGAN)).to_have_attribute("data-message", place)
    chat.ask("And now?")
    expect(line).not_to_contain_text(BEGAN)
    expect(other.mine.filter(has_text=BEGAN)).to_have_count(0)
