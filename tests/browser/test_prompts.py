"""Saved prompts: kept on their page, offered by a slash in the message box."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessible import violations
from tests.browser.chat_page import ChatPage


def keep(page: Page, name: str, text: str) -> None:
    page.goto("/prompts/")
    page.get_by_role("button", name="New prompt").click()
    page.get_by_label("Name").fill(name)
    page.get_by_label("Text").fill(text)
    page.locator("#card-form").get_by_role("button", name="Save").click()
    expect(page.get_by_text(f"“{name}” saved")).to_be_visible()


@pytest.fixture
def kept(new_context, site) -> ChatPage:
    """The empty chat of somebody who keeps three prompts."""
    return ChatPage(new_context(site, site.named("author")).new_page()).open("/")


def options(chat: ChatPage):
    return chat.page.get_by_role("listbox", name="Saved prompts").get_by_role("option")


def box(chat: ChatPage):
    return chat.page.locator("#text")


def test_a_slash_offers_them_and_typing_narrows_the_list(kept):
    kept.page.keyboard.type("/")
    expect(options(kept)).to_have_count(3)
    expect(kept.box).to_be_focused()
    first = kept.page.get_by_role("listbox", name="Saved prompts").get_by_role("option", selected=True)
    expect(kept.box).to_have_attribute("aria-activedescendant", first.get_attribute("id") or "")
    expect(kept.box).to_have_attribute("aria-controls", "prompt-list")
    kept.page.keyboard.type("tran")
    expect(options(kept)).to_have_count(2)
    expect(
        kept.page.get_by_role("listbox", name="Saved prompts").get_by_role("option", selected=True)
    ).to_contain_text("Transcript")
    kept.page.keyboard.type("x")
    expect(options(kept)).to_have_count(0)
    expect(kept.box).to_have_value("/tranx")


def test_arrows_and_enter_choose_and_enter_never_sends_meanwhile(kept):
    kept.page.keyboard.type("/")
    expect(options(kept)).to_have_count(3)
    kept.page.keyboard.press("ArrowUp")
    expect(
        kept.page.get_by_role("listbox", name="Saved prompts").get_by_role("option", selected=True)
    ).to_contain_text("Translate")
    kept.page.keyboard.press("ArrowDown")
    kept.page.keyboard.press("Enter")
    expect(kept.box).to_have_value("Sum up in one line:")
    expect(kept.box).to_be_focused()
    expect(options(kept)).to_have_count(0)
    expect(kept.mine).to_have_count(0)


def test_enter_does_not_send_while_they_are_on_their_way(kept):
    kept.page.context.route("**/prompts/", lambda route: (kept.page.wait_for_timeout(600), route.continue_()))
    kept.page.keyboard.type("/sum")
    kept.page.keyboard.press("Enter")
    expect(options(kept)).to_have_count(1)
    expect(kept.mine).to_have_count(0)


def test_variables_are_asked_for_and_what_is_none_stays_text(kept):
    kept.page.keyboard.type("/transl")
    options(kept).click()
    dialog = kept.page.get_by_role("dialog", name="Translate")
    expect(dialog.get_by_label("language")).to_be_focused()
    expect(dialog.get_by_role("textbox")).to_have_count(2)
    kept.page.keyboard.type("French $& {{text}}")
    kept.page.keyboard.press("Tab")
    kept.page.keyboard.type("Good morning")
    kept.page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    language = "French $& {{text}}"
    words = f"Translate into {language}:\n\nGood morning\n\nKeep {{{{7*7}}}}, {language} again."
    expect(kept.box).to_have_value(words)
    expect(kept.box).to_be_focused()


def test_escape_closes_first_the_dialog_then_the_list_and_keeps_what_was_typed(kept):
    kept.page.keyboard.type("/transl")
    expect(options(kept)).to_have_count(1)
    kept.page.keyboard.press("Enter")
    kept.page.keyboard.press("Escape")
    expect(kept.page.get_by_role("dialog")).to_have_count(0)
    expect(kept.box).to_have_value("/transl")
    kept.box.fill("")
    kept.page.keyboard.type("/s")
    expect(options(kept)).to_have_count(3)
    kept.page.keyboard.press("Escape")
    expect(options(kept)).to_have_count(0)
    kept.page.keyboard.type("um")
    expect(options(kept)).to_have_count(0)
    expect(kept.box).to_have_value("/sum")


def test_a_path_is_a_message_as_any_other(kept, model):
    model.says("A folder.")
    kept.ask("/usr/bin/env is what?")
    expect(kept.said).to_have_text("/usr/bin/env is what?")


def test_who_keeps_none_is_shown_where_to(chat):
    chat.page.keyboard.type("/")
    expect(chat.page.get_by_text("You have no saved prompts yet.")).to_be_visible()
    chat.page.keyboard.press("Enter")
    expect(chat.mine).to_have_count(0)
    chat.page.get_by_role("link", name="Manage saved prompts").click()
    expect(chat.page.get_by_role("heading", name="Saved prompts")).to_be_visible()


def test_axe_finds_nothing_wrong_with_the_list_and_the_dialog(kept):
    kept.page.keyboard.type("/")
    expect(options(kept)).to_have_count(3)
    found = violations(kept.page)
    kept.page.keyboard.type("transl")
    kept.page.keyboard.press("Enter")
    expect(kept.page.get_by_role("dialog")).to_be_visible()
    assert found + violations(kept.page) == []


def test_without_scripts_they_are_kept_changed_deleted_and_brought_back(new_context, site):
    page = new_context(site, site.someone(), java_script_enabled=False).new_page()
    page.goto("/")
    page.locator(".user-menu > summary").click()
    page.get_by_role("link", name="Saved prompts").click()
    keep(page, "Plain", "Words")
    page.get_by_role("link", name="Plain").click()
    page.get_by_label("Text").fill("Other words")
    page.locator("#card-form").get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Plain")).to_contain_text("Other words")
    page.get_by_role("link", name="Plain").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("You have no saved prompts yet.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("link", name="Plain")).to_contain_text("Other words")
