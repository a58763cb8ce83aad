"""The side bar put in order: pinned, archived, folded, and many conversations chosen together."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.chat_page import ChatPage


@pytest.fixture
def two(new_context, site) -> ChatPage:
    """Somebody with two conversations, the second of them open."""
    chat = ChatPage(new_context(site, site.someone("talker")).new_page()).open("/")
    chat.item("Second talk").get_by_role("link").click()
    expect(chat.said).to_have_text("About the Second talk")
    return chat


def section(chat, name):
    heading = chat.page.get_by_role("heading", name=name, exact=True)
    return chat.list.locator("details.section").filter(has=heading)


def test_what_comes_of_a_menu_late_takes_the_focus_from_nobody_who_writes(two):
    held = []
    two.page.route("**/conversations/arrange/", lambda route: held.append(route))
    with two.page.expect_request("**/conversations/arrange/"):
        two.choose("First talk", "Archive")
    two.box.press_sequentially("Meanwhile")
    held.pop().continue_()
    undo = two.toast.get_by_role("button", name="Undo")
    expect(undo).to_be_visible()
    expect(two.box).to_be_focused()
    with two.page.expect_request("**/conversations/arrange/"):
        undo.click()
    two.box.press_sequentially(" and after it")
    held.pop().continue_()
    expect(section(two, "Today").get_by_role("link")).to_have_text(["Second talk", "First talk"])
    two.page.wait_for_timeout(100)
    expect(two.box).to_be_focused()
    expect(two.box).to_have_value("Meanwhile and after it")


def test_what_is_pinned_or_archived_in_one_tab_is_so_in_every_tab_and_is_remembered(two, model):
    other = two.beside()
    two.choose("First talk", "Pin")
    for chat in (two, other):
        expect(section(chat, "Pinned").get_by_role("link")).to_have_text(["First talk"])
        expect(section(chat, "Today").get_by_role("link")).to_have_text(["Second talk"])
    expect(section(two, "Pinned").get_by_role("link")).to_be_focused()
    menu, note = (
        two.page.locator("#conversation-menu"),
        two.page.get_by_text("This conversation is archived."),
    )
    menu.locator("summary").click()
    menu.get_by_role("button", name="Archive").click()
    for chat in (two, other):
        expect(chat.item("Second talk")).to_have_count(0)
        expect(chat.page.get_by_text("This conversation is archived.")).to_be_visible()
    two.toast.get_by_role("button", name="Undo").click()
    expect(other.item("Second talk").get_by_role("link")).to_have_attribute("aria-current", "page")
    expect(note).to_be_hidden()
    menu.locator("summary").click()
    menu.get_by_role("button", name="Archive", exact=True).click()
    expect(note).to_be_visible()
    two.ask("Still there?")  # who goes on with it has it back
    expect(note).to_be_hidden()
    for chat in (two, other):
        expect(section(chat, "Today").get_by_role("link")).to_have_text(["Second talk"])
    section(two, "Pinned").locator("summary").first.click()
    two.page.keyboard.press("Control+Shift+S")
    expect(two.list).to_be_hidden()
    two.reload()
    expect(two.list).to_be_hidden()
    two.page.keyboard.press("Control+Shift+S")
    expect(section(two, "Pinned")).not_to_have_attribute("open", re.compile(""))
    expect(two.item("First talk")).to_be_hidden()
    section(two, "Pinned").locator("summary").first.press("Enter")
    two.choose("First talk", "Unpin")
    expect(section(two, "Today").get_by_role("link")).to_have_text(["Second talk", "First talk"])


def test_many_are_chosen_by_mouse_and_by_keyboard_and_one_undo_brings_all_back(new_context, site):
    chat = ChatPage(new_context(site, site.named("many")).new_page()).open("/")
    keyboard, bar = chat.page.keyboard, chat.page.get_by_role("form", name="Selected conversations")
    items, boxes = chat.list.locator(".item-link"), chat.list.locator("input.choice")
    titles = items.all_inner_texts()
    chat.choose(titles[1], "Select")
    expect(bar).to_contain_text("Selected: 1")
    items.nth(4).click(modifiers=["Shift"])
    expect(bar).to_contain_text("Selected: 4")
    items.nth(2).click()
    expect(bar).to_contain_text("Selected: 3")
    bar.get_by_role("button", name="Archive").click()
    expect(chat.toast).to_contain_text("3 conversations archived")
    expect(bar).to_have_count(0)
    expect(chat.list.get_by_role("button", name="New chat")).to_be_focused()
    expect(items.nth(1)).to_have_text(titles[2])
    chat.toast.get_by_role("button", name="Undo").click()
    expect(chat.item(titles[1]).get_by_role("link")).to_be_focused()
    assert items.all_inner_texts()[:30] == titles[:30]
    # By keyboard alone
    items.nth(5).focus()
    for key in ("Tab", "Enter"):
        keyboard.press(key)
    chat.item(titles[5]).get_by_role("button", name="Select").focus()
    keyboard.press("Enter")
    expect(boxes.nth(5)).to_be_focused()
    for key in ("ArrowDown", "ArrowDown", "Shift+Space"):
        keyboard.press(key)
    expect(bar).to_contain_text("Selected: 3")
    bar.get_by_role("button", name="Delete").focus()
    keyboard.press("Enter")
    undo = chat.toast.get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    expect(chat.item(titles[6])).to_have_count(0)
    keyboard.press("Enter")
    expect(chat.item(titles[5]).get_by_role("link")).to_be_focused()
    assert items.all_inner_texts()[:30] == titles[:30]
    chat.choose(titles[0], "Select")
    expect(bar).to_contain_text("Selected: 1")
    keyboard.press("Escape")
    expect(bar).to_have_count(0)
    expect(items.first).to_be_focused()


def test_on_a_phone_without_a_script_the_list_is_chosen_from_on_its_own_pages(new_context, site):
    context = new_context(
        site, site.someone("talker"), java_script_enabled=False, viewport={"width": 390, "height": 844}
    )
    page = context.new_page()
    rows = page.get_by_role("main").locator(".item-link")
    page.goto("/settings/chats/")
    page.get_by_role("link", name="Select conversations").click()
    for title in ("First talk", "Second talk"):
        page.get_by_role("checkbox", name=title).check()
    page.get_by_role("button", name="Archive", exact=True).click()
    expect(page.get_by_text("2 conversations archived")).to_be_visible()
    expect(rows).to_have_count(0)
    page.get_by_role("link", name="Archived conversations").click()
    expect(rows).to_have_count(2)
    page.get_by_role("checkbox", name="First talk").check()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("link", name="Second talk").click()
    page.get_by_role("button", name="Unarchive").last.click()
    expect(page.get_by_text("This conversation is archived.")).to_be_hidden()
    page.goto("/conversations/")
    expect(rows).to_have_text(["Second talk"])


def test_a_toast_that_stays_is_put_away_by_its_button(new_context, site):
    chat = ChatPage(new_context(site, site.someone("talker")).new_page()).open("/")
    for key in (None, "Enter"):
        chat.choose("First talk" if key is None else "Second talk", "Archive")
        close = chat.toast.get_by_role("button", name="Close")
        if key:
            close.press(key)
            expect(chat.box).to_be_focused()
        else:
            close.click()
        expect(chat.toast).to_have_count(0)
