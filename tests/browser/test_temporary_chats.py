"""A temporary chat, as a person begins, follows and leaves one."""

import re

from playwright.sync_api import Page, expect

LINE = "This chat isn’t in your history."


def line(page: Page):
    return page.locator("#temporary")


def test_it_is_marked_streams_comes_back_by_its_address_and_is_in_no_list(chat, model):
    page = chat.page
    chat.ask("A lasting question")
    lasting = chat.address()
    listed = chat.list.get_by_role("listitem").count()
    expect(page.get_by_role("button", name="Temporary chat")).to_be_hidden()
    chat.list.get_by_role("button", name="New chat").click()
    chat.box.fill("A private ")
    page.get_by_role("button", name="Temporary chat").click()
    expect(page).to_have_url(re.compile(r"/\?temporary=1$"))
    chat.live()
    expect(line(page)).to_contain_text(LINE)
    expect(page.get_by_role("heading", level=1)).to_have_text("Temporary chat")
    expect(page).to_have_title(re.compile("^Temporary chat"))
    expect(chat.box).to_have_value("A private ")
    steps = model.says_in_steps("An answer ", "that goes on.")
    steps.go_on()
    chat.say("A private question")
    expect(chat.body).not_to_be_empty()
    chat.address()
    expect(page).to_have_title(re.compile("^Temporary chat"))
    page.reload()
    expect(line(page)).to_contain_text(LINE)
    beside = chat.beside()
    expect(line(beside.page)).to_contain_text(LINE)
    steps.go_on(9)
    for tab in (chat, beside):
        tab.ended()
        expect(tab.list.get_by_role("listitem")).to_have_count(listed)
    expect(page).to_have_title(re.compile("^Temporary chat"))
    # In the place of this one, without a new page: what marked it is gone, and comes back with it
    chat.list.get_by_role("listitem").first.get_by_role("link").click()
    expect(page).to_have_url(lasting)
    expect(line(page)).to_be_hidden()
    page.go_back()
    expect(chat.said).to_have_text(["A private question"])
    expect(line(page)).to_contain_text(LINE)
    chat.list.get_by_role("button", name="New chat").click()
    expect(line(page)).to_be_hidden()
    page.keyboard.press("Control+Shift+Period")
    expect(line(page)).to_contain_text(LINE)
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
