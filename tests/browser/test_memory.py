"""The line that shows where the model's view begins."""

import pytest
from playwright.sync_api import expect

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
    chat.page.reload()
    expect(chat.mine.nth(2)).to_contain_text(LINE)
    expect(line).to_have_count(1)
