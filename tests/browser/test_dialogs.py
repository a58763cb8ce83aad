"""What all dialogs have in common: what they are called, how they are left, and where the focus is then."""

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.chat_page import ChatPage

# The heading of each, and how it is opened
DIALOGS = {
    "Report this reply": "[data-action=report]",
    "View request": "[data-action=sent]",
    "Chat settings": "#settings",
    "Translate": "",
}
LEAVE = """(dialog) => {
    dialog.addEventListener("close", () => (window.isClosed = true));
    dialog.close();
    document.querySelector("#transcript").focus();
}"""


@pytest.fixture
def chat(context) -> ChatPage:
    page = context.new_page()
    page.goto("/prompts/new/")
    page.get_by_label("Name").fill("Translate")
    page.get_by_label("Text").fill("Translate into {{language}}.")
    page.get_by_role("button", name="Save").click()
    return ChatPage(page).open("/")


def opener_of(chat: ChatPage, name: str) -> Locator:
    if "data-action" in DIALOGS[name]:
        return chat.answer.get_by_role("button", name="More actions")
    return chat.page.locator(DIALOGS[name]) if DIALOGS[name] else chat.box


def opened(chat: ChatPage, name: str) -> Locator:
    if DIALOGS[name]:
        opener_of(chat, name).click()
        if "data-action" in DIALOGS[name]:
            chat.answer.locator(DIALOGS[name]).click()
    else:
        chat.box.fill("")
        chat.box.press_sequentially("/transl")
        chat.page.get_by_role("listbox", name="Saved prompts").get_by_role("option").click()
    dialog = chat.page.get_by_role("dialog", name=name)
    expect(dialog).to_be_visible()
    return dialog


def press_beside(chat: ChatPage, dialog: Locator) -> None:
    """Not in its padding, and not from within it."""
    box = dialog.bounding_box()
    assert box is not None
    inside = (box["x"] + 4, box["y"] + 40)
    beside = (box["x"] - 20, box["y"] + 40)
    mouse = chat.page.mouse
    mouse.click(*inside)
    mouse.move(*inside)
    mouse.down()
    mouse.move(*beside)
    mouse.up()
    expect(dialog).to_be_visible()
    mouse.click(*beside)


def test_dialogs_are_left_by_button_escape_back_and_beside_them_and_give_the_focus_back(chat, model):
    chat.ask("Something")
    ways = (
        lambda dialog: dialog.locator("[data-action=close]").click(),
        lambda dialog: chat.page.keyboard.press("Escape"),
        lambda dialog: chat.page.go_back(),
        lambda dialog: press_beside(chat, dialog),
    )
    for name in DIALOGS:
        for leave in ways:
            dialog = opened(chat, name)
            leave(dialog)
            expect(dialog).to_have_count(0)
            expect(opener_of(chat, name)).to_be_focused()
            chat.until("!history.state?.over")
        is_left_for_the_transcript(chat, name)


def is_left_for_the_transcript(chat: ChatPage, name: str) -> None:
    """A dialog that closes leaves the focus with what its reader went to."""
    chat.page.evaluate("window.isClosed = false")
    opened(chat, name).evaluate(LEAVE)
    chat.until("window.isClosed")
    expect(chat.log).to_be_focused()
    chat.until("!history.state?.over")


def test_a_second_press_while_a_dialog_is_on_its_way_opens_no_second_one(chat, model):
    chat.ask("Something")
    chat.page.locator("#settings").dblclick()
    dialog = chat.page.get_by_role("dialog")
    expect(dialog).to_have_count(1)
    chat.page.wait_for_load_state("networkidle")
    expect(dialog).to_have_count(1)
    chat.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_back_closes_a_dialog_also_where_its_reader_went_forward_to_one_that_was_closed(chat):
    dialog = opened(chat, "Chat settings")
    chat.page.go_back()
    expect(dialog).to_have_count(0)
    chat.page.go_forward()
    dialog = opened(chat, "Chat settings")
    chat.page.go_back()
    expect(dialog).to_have_count(0)
