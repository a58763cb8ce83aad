"""The pages beside the list of conversations: it is there as on the chat page, and what is done in it is done there."""

import re

from playwright.sync_api import expect

from tests.browser.chat_page import CONVERSATION, ChatPage
from tests.browser.test_keyboard_and_phone import PHONE, swipe

TITLE = "A scripted title"


def test_the_list_stays_and_does_there_what_it_does_beside_a_chat(chat, model):
    page = chat.page
    chat.ask("Something about bees")
    expect(chat.item(TITLE)).to_be_visible()
    before = chat.address()
    for name, way in (("Personas", chat.list), ("New persona", page)):
        way.get_by_role("link", name=name).click()
        expect(page.get_by_role("main").get_by_role("heading", name=name, exact=True)).to_be_visible()
        expect(chat.item(TITLE)).to_be_visible()
    expect(chat.list.get_by_role("link", name="Personas")).to_have_attribute("aria-current", "true")
    page.get_by_role("link", name="Cancel").click()
    expect(chat.list.get_by_role("link", name="Personas")).to_have_attribute("aria-current", "page")
    # Renamed in place, and taken away with a way back, on this page
    chat.choose(TITLE, "Rename")
    page.keyboard.type("Of bees")
    page.keyboard.press("Enter")
    chat.choose("Of bees", "Delete")
    expect(chat.item("Of bees")).to_have_count(0)
    chat.toast.get_by_role("button", name="Undo").click()
    expect(chat.item("Of bees")).to_be_visible()
    expect(page).to_have_url(re.compile("/personas/$"))
    chat.item("Of bees").get_by_role("link").first.click()
    expect(page).to_have_url(before)
    expect(chat.said).to_have_text(["Something about bees"])


def test_its_search_settings_and_projects_open_over_the_page(chat, model):
    page = chat.page
    chat.ask("Something about wasps")
    found = chat.address()
    page.goto("/prompts/")
    page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog")
    palette.get_by_role("combobox").fill("wasps")
    palette.locator("[role=option][href^='/m/']").click()
    expect(page).to_have_url(re.compile(re.escape(found) + r".*#m-"))
    expect(chat.said).to_have_text(["Something about wasps"])
    page.goto("/prompts/")
    settings = chat.settings("Voice")
    expect(settings.get_by_role("combobox").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(settings).to_have_count(0)
    chat.list.get_by_role("button", name="New project").click()
    dialog = page.get_by_role("dialog", name="New project")
    dialog.get_by_label("Name").fill("Insects")
    dialog.get_by_role("button", name="Save").click()
    expect(page).to_have_url(re.compile(r"/projects/[0-9a-f-]{36}/$"))
    expect(chat.list.locator(".project-link")).to_have_text(re.compile("Insects"))


def test_a_reply_that_is_written_elsewhere_has_its_dot_there(chat, model):
    model.says_in_steps("Half ", "of it")
    other = ChatPage(chat.page.context.new_page())
    other.page.goto("/personas/")
    chat.say("A question")
    row = other.list.locator(".item")
    expect(row).to_have_attribute("data-progress", "writing")
    chat.stop.click()
    chat.ended("stopped")
    expect(row).not_to_have_attribute("data-progress", "writing")
    expect(other.item(TITLE)).to_be_visible()


def test_on_a_phone_it_is_a_drawer_that_a_finger_and_back_move(new_context, site):
    page = new_context(site, site.someone(), **PHONE).new_page()
    page.goto("/prompts/")
    phone = ChatPage(page)
    for path in ("/personas/", "/search/"):
        page.goto(path)
        opener = page.get_by_role("button", name="Open conversations")
        expect(phone.list).to_be_hidden()
        opener.tap()
        expect(phone.list.get_by_role("link", name="Personas")).to_be_visible()
        page.go_back()
        expect(phone.list).to_be_hidden()
        expect(opener).to_be_focused()
        expect(page).to_have_url(re.compile(path))
        swipe(phone, (40, 500), (120, 500), (260, 500))
        expect(phone.list.get_by_role("link", name="Personas")).to_be_visible()
        swipe(phone, (250, 500), (150, 500), (40, 500))
        expect(phone.list).to_be_hidden()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_by_keyboard_the_list_is_skipped(chat):
    page = chat.page
    page.goto("/prompts/new/")
    page.get_by_role("main").get_by_label("Name").wait_for()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("main").get_by_label("Name")).to_be_focused()


def test_without_a_script_the_list_is_there_and_leads_on(new_context, site):
    session = site.someone("talker")
    for options in ({}, PHONE):
        page = new_context(site, session, java_script_enabled=False, **options).new_page()
        page.goto("/prompts/")
        chat = ChatPage(page)
        if options:
            expect(chat.list).to_be_hidden()
            page.get_by_role("link", name="Open conversations").click()
        chat.list.get_by_role("link", name="Personas").click()
        expect(page.get_by_role("heading", name="Personas")).to_be_visible()
        if options:
            page.get_by_role("link", name="Open conversations").click()
        chat.list.locator(".item-link").first.click()
        expect(page).to_have_url(CONVERSATION)


def test_the_pages_of_the_list_follow_what_is_done_at_their_side_and_keep_what_is_chosen(new_context, site):
    context = new_context(site, site.someone("talker"))
    chat = ChatPage(context.new_page())
    page = chat.page
    page.goto("/conversations/")
    rows = page.get_by_role("main").locator(".item-link")
    expect(rows).to_have_text(["Second talk", "First talk"])
    page.get_by_role("checkbox", name="Second talk").check()
    chat.choose("First talk", "Rename")
    page.keyboard.type("Of moths")
    page.keyboard.press("Enter")
    expect(rows).to_have_text(["Second talk", "Of moths"])
    expect(page.get_by_role("checkbox", name="Second talk")).to_be_checked()
    expect(page.get_by_role("main").get_by_text("Selected: 1")).to_be_visible()
    # The archive fills and empties by what is done in another tab, too
    archive = ChatPage(context.new_page())
    archive.page.goto("/conversations/archived/")
    kept = archive.page.get_by_role("main").locator(".item-link")
    expect(archive.page.get_by_text("No archived conversations.")).to_be_visible()
    chat.choose("Second talk", "Archive")
    expect(rows).to_have_text(["Of moths"])
    expect(kept).to_have_text(["Second talk"])
    archive.page.get_by_role("checkbox", name="Second talk").focus()
    chat.toast.get_by_role("button", name="Undo").click()
    expect(kept).to_have_count(0)
    expect(rows).to_have_count(2)
    chat.choose("Of moths", "Delete")
    expect(rows).to_have_text(["Second talk"])


def test_what_is_chosen_on_a_page_of_the_list_is_arranged_without_another_page(new_context, site):
    chat = ChatPage(new_context(site, site.someone("talker")).new_page())
    page = chat.page
    page.goto("/conversations/")
    page.evaluate("window.isSame = true")
    main = page.get_by_role("main")
    rows = main.locator(".item-link")
    main.get_by_role("checkbox", name="Select all").check()
    main.get_by_role("checkbox", name="First talk").uncheck()
    main.get_by_role("button", name="Archive", exact=True).click()
    expect(rows).to_have_text(["First talk"])
    expect(chat.item("Second talk")).to_have_count(0)
    expect(main.get_by_text("Selected: 0")).to_be_visible()
    chat.toast.get_by_role("button", name="Undo").click()
    expect(rows).to_have_text(["Second talk", "First talk"])
    expect(chat.item("Second talk")).to_be_visible()
    # By keyboard Undo is under the fingers
    main.get_by_role("checkbox", name="First talk").press(" ")
    main.get_by_role("button", name="Delete", exact=True).press("Enter")
    expect(rows).to_have_text(["Second talk"])
    expect(chat.toast.get_by_role("button", name="Undo")).to_be_focused()
    page.keyboard.press("Enter")
    expect(rows).to_have_count(2)
    assert page.evaluate("isSame")
