"""The list of past conversations."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.chat_page import ChatPage


@pytest.fixture
def two(new_context, site, model) -> ChatPage:
    """Somebody with two conversations, the second of them open."""
    chat = ChatPage(new_context(site, site.someone("talker")).new_page()).open("/")
    chat.item("Second talk").get_by_role("link").click()
    expect(chat.said).to_have_text("About the Second talk")
    return chat


def test_a_conversation_is_renamed_in_place_and_in_every_tab(two):
    other = two.beside()
    two.choose("First talk", "Rename")
    field = two.list.get_by_role("textbox", name="Title")
    expect(field).to_be_focused()
    field.fill("Renamed talk")
    field.press("Enter")
    expect(two.item("Renamed talk")).to_be_visible()
    expect(other.item("Renamed talk")).to_be_visible()
    two.choose("Second talk", "Rename")
    field.fill("Never mind")
    field.press("Escape")
    expect(two.item("Second talk")).to_be_visible()
    two.reload()
    expect(two.item("Renamed talk")).to_be_visible()
    expect(two.item("Never mind")).to_have_count(0)
    # What means something where words are replaced is a title like any other
    two.choose("Renamed talk", "Rename")
    field.fill("make $& and $$")
    field.press("Enter")
    expect(two.item("make $& and $$").locator("summary")).to_have_attribute(
        "aria-label", "Options for “make $& and $$”"
    )
    two.choose("make $& and $$", "Rename")
    field.fill("Renamed talk")
    field.press("Enter")
    long = "A title that is too long for the list beside the conversation"
    two.choose("Renamed talk", "Rename")
    field.fill(long)
    field.press("Enter")
    two.item(long).get_by_role("link").hover()
    expect(two.item(long).get_by_role("link")).to_have_attribute("title", long)


def test_a_page_that_is_open_over_midnight_says_yesterday(two, site):
    two.page.clock.install()
    two.reload().live()
    headings = two.list.locator("#conversations .section:not([data-section=projects]) h2:visible")
    expect(headings).to_have_text(["Today"])
    user = two.page.locator("body").get_attribute("data-user")
    # The day is over for the server, then for the browser
    site.ask(
        "UPDATE chat_conversation SET updated_at = datetime(updated_at, '-1 day') WHERE owner_id = ?",
        user,
    )
    two.page.clock.fast_forward("24:00:00")
    expect(headings).to_have_text(["Yesterday"])
    expect(two.list.locator(".item-link")).to_have_text(["Second talk", "First talk"])
    expect(two.item("Second talk").get_by_role("link")).to_have_attribute("aria-current", "page")


def test_a_deleted_conversation_goes_from_every_tab_and_undo_brings_it_back(two):
    other = two.beside()
    two.choose("First talk", "Delete")
    expect(two.item("First talk")).to_have_count(0)
    expect(other.item("First talk")).to_have_count(0)
    expect(two.toast).to_contain_text("Conversation deleted")
    expect(two.said).to_have_text("About the Second talk")
    two.toast.get_by_role("button", name="Undo").click()
    expect(two.item("First talk")).to_be_visible()
    expect(other.item("First talk")).to_be_visible()
    expect(two.list.get_by_role("listitem").last).to_contain_text("First talk")  # where it was
    two.item("First talk").get_by_role("link").click()
    expect(two.said).to_have_text("About the First talk")


def test_who_deletes_by_keyboard_has_undo_under_their_fingers_for_as_long_as_they_stay(two):
    keyboard = two.page.keyboard
    two.page.clock.install()
    two.item("First talk").get_by_role("link").focus()
    for key in ("Tab", "Enter"):
        keyboard.press(key)
    two.item("First talk").get_by_role("button", name="Delete").focus()
    keyboard.press("Enter")
    expect(two.item("First talk")).to_have_count(0)
    expect(two.toast.get_by_role("button", name="Undo")).to_be_focused()
    two.page.clock.run_for(60_000)
    keyboard.press("Enter")
    expect(two.item("First talk").get_by_role("link")).to_be_focused()


def test_deleting_the_open_conversation_leaves_an_empty_chat_and_undo_returns_to_it(two):
    other = two.beside()
    address = two.address()
    two.choose("Second talk", "Delete")
    expect(two.page).to_have_url(re.compile(r"/$"))
    expect(two.mine).to_have_count(0)
    expect(two.log.get_by_role("heading")).to_be_visible()
    expect(other.mine).to_have_count(0)
    two.toast.get_by_role("button", name="Undo").click()
    expect(two.page).to_have_url(address)
    expect(two.said).to_have_text("About the Second talk")


def test_a_new_conversation_appears_on_top_in_every_tab(two, model):
    other = ChatPage(two.page.context.new_page()).open("/")
    model.titles("Third talk")
    other.ask("Something new")
    first = two.list.get_by_role("listitem").first
    expect(first).to_contain_text("Third talk")
    two.front()
    two.ask("And again")
    expect(other.list.get_by_role("listitem").first).to_contain_text("Second talk")
    expect(other.list.get_by_role("listitem")).to_have_count(3)


def test_older_conversations_come_as_one_scrolls(new_context, site):
    chat = ChatPage(new_context(site, site.named("many")).new_page()).open("/")
    items = chat.list.get_by_role("listitem")
    expect(items).to_have_count(30)
    expect(chat.list.get_by_role("heading", name="Today")).to_be_visible()
    for count in (60, 90, 120):
        items.last.scroll_into_view_if_needed()
        expect(items).to_have_count(count)
    titles = chat.list.locator(".item-link").all_inner_texts()
    assert titles == [f"Conversation {n}" for n in range(120)]
    headings = chat.list.get_by_role("heading").all_inner_texts()
    assert len(headings) == len(set(headings))


def test_the_list_stays_where_it_was_when_a_conversation_is_opened(new_context, site):
    chat = ChatPage(new_context(site, site.named("many")).new_page()).open("/")
    chat.item("Conversation 25").get_by_role("link").click()
    chat.live()
    expect(chat.item("Conversation 25")).to_be_in_viewport()
    expect(chat.item("Conversation 0")).not_to_be_in_viewport()
    for count in (60, 90):
        chat.list.get_by_role("listitem").last.scroll_into_view_if_needed()
        expect(chat.list.get_by_role("listitem")).to_have_count(count)
    for number in (70, 75):
        chat.item(f"Conversation {number}").scroll_into_view_if_needed()
        before = chat.top_of(chat.item(f"Conversation {number}"))
        chat.item(f"Conversation {number}").get_by_role("link").click()
        expect(chat.page.get_by_role("heading", name=f"Conversation {number}")).to_be_visible()
        chat.live()
        expect(chat.item(f"Conversation {number}")).to_be_in_viewport()
        assert abs(chat.top_of(chat.item(f"Conversation {number}")) - before) <= 1


def test_older_conversations_come_in_place_for_who_asks_for_them(new_context, site):
    page = new_context(site, site.named("many")).new_page()
    page.add_init_script(
        "window.IntersectionObserver = class { observe() {} disconnect() {} unobserve() {} }"
    )
    chat = ChatPage(page).open("/")
    items = chat.list.get_by_role("listitem")
    expect(items).to_have_count(30)
    chat.list.get_by_role("link", name="Show older conversations").focus()
    page.keyboard.press("Enter")
    expect(items).to_have_count(60)
    expect(items.nth(30).get_by_role("link")).to_be_focused()
    expect(page).to_have_url(re.compile(r"/$"))


def test_going_back_shows_the_conversation_before(two):
    two.item("First talk").get_by_role("link").click()
    expect(two.said).to_have_text("About the First talk")
    two.page.go_back()
    expect(two.said).to_have_text("About the Second talk")
    two.live()
