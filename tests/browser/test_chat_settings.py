"""The settings of a chat: in a dialog, on a page of its own, and what they change in view."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessible import violations
from tests.browser.chat_page import CONVERSATION, ChatPage

BUTTON = "Chat settings"


def dialog_of(chat: ChatPage):
    return chat.page.get_by_role("dialog", name=BUTTON)


def opened(chat: ChatPage):
    chat.page.get_by_role("button", name=BUTTON).click()
    dialog = dialog_of(chat)
    expect(dialog).to_be_visible()
    advanced = dialog.locator(".advanced")
    if advanced.get_attribute("open") is None:
        advanced.locator("summary").click()
    return dialog


def save(dialog):
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)


@pytest.fixture
def long(new_context, site) -> ChatPage:
    """Of somebody with 20 exchanges."""
    chat = ChatPage(new_context(site, site.named("plain")).new_page()).open("/")
    chat.list.get_by_role("link").filter(has_text=re.compile("plain")).click()
    expect(chat.page).to_have_url(CONVERSATION)
    return chat.live()


def test_a_new_chat_is_set_up_before_its_first_message(chat, model):
    chat.box.fill("A draft")
    dialog = opened(chat)
    dialog.get_by_label("Temperature").fill("0,4")
    dialog.get_by_label("Maximum reply length").fill("321")
    save(dialog)
    expect(chat.toast).to_contain_text("Settings saved.")
    address = chat.address()
    chat.reload()
    expect(chat.live().box).to_have_value("A draft")
    chat.ask("Hello")
    assert chat.page.url == address
    body = model.last_body()
    assert (body["temperature"], body["max_tokens"]) == (0.4, 321)
    chat.reload()
    expect(opened(chat).get_by_label("Temperature")).to_have_value("0.4")


def test_the_line_moves_and_says_the_new_number_at_once(long):
    line = long.log.locator(".memory")
    expect(line).to_contain_text("Only the 10 exchanges below are sent to the model")
    for number, words in [
        ("3", "Only the 3 exchanges below are sent to the model"),
        ("1", "Only the exchange below is sent to the model"),
        ("0", "Only the new message is sent to the model"),
    ]:
        dialog = opened(long)
        dialog.get_by_label("Context length (exchanges)").fill(number)
        save(dialog)
        expect(line).to_contain_text(words)
    expect(long.answer.locator(".memory")).to_have_count(1)
    long.reload()
    expect(long.answer.locator(".memory")).to_contain_text("Only the new message is sent to the model")
    dialog = opened(long)
    dialog.get_by_label("Context length (exchanges)").fill("")
    save(dialog)
    expect(line).to_contain_text("Only the 10 exchanges below are sent to the model")


def test_a_refusal_stays_in_the_dialog_and_escape_leaves_without_saving(chat, faults):
    faults.expect("400")
    dialog = opened(chat)
    field = dialog.get_by_label("Stop sequences")
    field.fill("a\nb\nc\nd\ne")
    dialog.get_by_role("button", name="Save").click()
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    sentence = "Stop sequences: enter up to 4, one per line."
    expect(field).to_have_accessible_description(re.compile(re.escape(sentence)))
    expect(dialog.get_by_text(sentence)).to_have_count(1)
    assert violations(chat.page) == []
    chat.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(chat.page.get_by_role("button", name=BUTTON)).to_be_focused()
    expect(opened(chat).get_by_label("Stop sequences")).to_have_value("")


def test_an_answer_says_what_the_model_did_not_take(chat, model):
    dialog = opened(chat)
    dialog.get_by_label("Top P").fill("0.5")
    save(dialog)
    model.plays("refusing", names="openai_top_p", text="An answer all the same.")
    model.plays("refusing", names="openai_top_p", text="An answer all the same.")
    chat.ask("Hello")
    remark = chat.answer.get_by_text("This model doesn’t support these settings: Top P")
    expect(remark).to_be_visible()
    expect(chat.body).to_have_text("An answer all the same.")
    chat.reload()
    expect(remark).to_be_visible()


def test_axe_finds_nothing_wrong_with_the_page(long):
    long.page.goto(f"{long.page.url}settings/")
    assert violations(long.page) == []


def test_without_scripts_it_is_a_page(new_context, site):
    page: Page = new_context(site, site.named("plain"), java_script_enabled=False).new_page()
    page.goto("/")
    page.get_by_role("navigation", name="Conversations").get_by_role("link").filter(has_text="plain").click()
    page.get_by_role("button", name=BUTTON).click()
    page.get_by_text("Advanced").click()
    page.get_by_label("Seed").fill("12")
    page.get_by_role("main").get_by_role("button", name="Save").click()
    expect(page.get_by_text("Settings saved.")).to_be_visible()
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_label("Seed")).to_have_value("12")
