"""The line that shows where the model's view begins."""

import pytest
from playwright.sync_api import expect

from chat.core.text import is_blank
from tests.browser.chat_page import ChatPage

LINE = "Only the 10 exchanges below are sent to the model"


@pytest.fixture
def chat(new_context, site) -> ChatPage:
    """Of somebody whose conversation is just as long as the model's view."""
    chat = ChatPage(new_context(site, site.named("forgetful")).new_page()).open("/")
    chat.item("Ten and one").get_by_role("link").click()
    return chat.live()


def test_the_line_appears_moves_with_each_exchange_and_is_there_after_a_reload(chat, model):
    line = chat.page.get_by_text(LINE, exact=True)
    expect(chat.answer).to_contain_text("Answer 9.")
    expect(line).to_have_count(0)
    chat.ask("Question 10")
    expect(chat.mine.nth(1)).to_contain_text(LINE)
    chat.ask("Question 11")
    expect(chat.mine.nth(2)).to_contain_text(LINE)
    chat.reload()
    expect(chat.mine.nth(2)).to_contain_text(LINE)
    expect(line).to_have_count(1)


LINES = """() => [...document.querySelectorAll("#messages :is(.memory, .switch)")].map((line) =>
    [line.closest(".message").id, line === line.parentElement.lastElementChild, line.className, line.innerText])"""


def test_the_page_draws_the_lines_where_its_server_does(new_context, site):
    session = site.named("varied")
    plain = new_context(site, session, java_script_enabled=False).new_page()
    live = ChatPage(new_context(site, session).new_page())
    plain.goto("/")
    drawn = set()
    for title in ("One too few", "Enough", "Many", "None"):
        plain.get_by_role("link", name=title, exact=True).click()
        expect(plain.get_by_role("heading", name=title, exact=True)).to_be_visible()
        lines = plain.evaluate(LINES)
        live.open(plain.url)
        assert live.page.evaluate(LINES) == lines, title
        live.page.evaluate("document.querySelectorAll('.memory, .switch').forEach((line) => line.remove())")
        live.page.context.set_offline(True)  # which makes it look at all of them anew
        live.until("document.body.dataset.connection !== 'open'")
        assert live.page.evaluate(LINES) == lines, title
        live.page.context.set_offline(False)
        drawn |= {(title, kind) for _, _, kind, _ in lines}
    assert {("Enough", "switch"), ("Many", "memory"), ("None", "memory")} <= {
        (title, kind.split()[-1]) for title, kind in drawn
    }


def test_what_the_page_takes_for_blank_is_blank_to_its_server_too(chat):
    blank = chat.page.evaluate(
        """[...Array(0x110000).keys()].filter((code) => {
            if (code >= 0xd800 && code < 0xe000) return false;
            return !String.fromCodePoint(code).trim();
        })"""
    )
    assert len(blank) > 20
    assert [hex(code) for code in blank if not is_blank(chr(code))] == []
