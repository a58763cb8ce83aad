"""Choosing which model answers."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.chat_page import ChatPage


@pytest.fixture
def picker(chat):
    """The picker of a page that was made after the services were listed."""
    return chat.page.get_by_role("combobox", name="Model")


def test_a_model_is_chosen_in_a_new_chat_writes_the_answer_and_stays_chosen(chat, model, picker):
    expect(picker.locator("option:checked")).to_have_text("scripted-1")
    chat.box.fill("Which one are you?")
    picker.select_option(label="scripted-2")
    chat.box.press("Enter")  # before the choice may have been kept
    chat.ended()
    expect(chat.answer.locator(".model")).to_have_text("scripted-2")
    expect(chat.page.locator(".provider")).to_contain_text("Answers by scripted-2")
    chat.address()
    chat.page.reload()
    expect(picker.locator("option:checked")).to_have_text("scripted-2")
    expect(chat.answer.locator(".model")).to_have_text("scripted-2")
    picker.select_option(label="scripted-1")
    expect(chat.page.locator(".provider")).to_contain_text("Answers by scripted-1")
    chat.ask("And now?")
    expect(chat.answer.locator(".model")).to_have_text("scripted-1")


def test_a_choice_that_could_not_be_kept_is_taken_back_and_the_words_wait(chat, model, picker, faults):
    faults.expect("Failed to load resource|ERR_INTERNET_DISCONNECTED")
    chat.ask("First")
    chat.box.fill("Second")
    chat.page.route(re.compile(r"/model/$"), lambda route: route.abort())
    picker.select_option(label="scripted-2")
    chat.box.press("Enter")
    expect(chat.toast).to_contain_text("This did not work.")
    expect(picker.locator("option:checked")).to_have_text("scripted-1")
    expect(chat.box).to_have_value("Second")
    expect(chat.answers).to_have_count(1)


def test_deleting_the_conversation_in_view_brings_the_default_back(chat, model, picker):
    picker.select_option(label="scripted-2")
    chat.ask("To be deleted")
    chat.choose("A scripted title", "Delete")
    expect(picker.locator("option:checked")).to_have_text("scripted-1")


def test_without_javascript_a_form_chooses(new_context, site, model):
    context = new_context(site, site.named("plain"), java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.get_by_role("link", name="A plain conversation").click()
    page.get_by_role("combobox", name="Model").select_option(label="scripted-2")
    page.get_by_role("button", name="Use this model").click()
    expect(page.get_by_role("combobox", name="Model").locator("option:checked")).to_have_text("scripted-2")
    assert ChatPage(page).address()
