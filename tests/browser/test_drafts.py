"""What is in the message box and not sent: it outlives its page and its tab, and a log-out leaves none of it."""

import re

from playwright.sync_api import expect

from tests.browser.chat_page import ChatPage
from tests.browser.test_accounts import fill_in

KEPT = "Object.keys(localStorage).concat(Object.keys(sessionStorage)).filter((name) => /draft/.test(name))"

# Drafts of eighty tabs that are closed, one of long ago, and one that is cut off
LEAVE_MANY = """() => {
    const user = document.body.dataset.user;
    for (let n = 0; n < 80; n += 1) {
        const draft = { text: `Draft ${n}`, at: Date.now() - 1000 * n };
        localStorage.setItem(`${user}:draft:new:${n}`, JSON.stringify(draft));
    }
    localStorage.setItem(`${user}:draft:new:old`, JSON.stringify({ text: "Old", at: 0 }));
    localStorage.setItem(`${user}:draft:new:broken`, "{");
}"""


def another(chat: ChatPage, path: str) -> ChatPage:
    return ChatPage(chat.page.context.new_page()).open(path)


def test_each_conversation_has_its_draft_after_a_reload_a_switch_and_a_closed_tab(chat):
    chat.ask("A question")
    address = chat.address()
    chat.box.fill("Of the conversation")
    chat.list.get_by_role("button", name="New chat").click()
    chat.box.fill("Of the new chat")
    chat.reload()
    expect(chat.live().box).to_have_value("Of the new chat")
    # Another open tab writes texts of its own
    beside = another(chat, "/")
    expect(beside.box).to_have_value("")
    beside.box.fill("Of the other tab")
    chat.page.close()
    beside.page.goto(address)
    expect(beside.live().box).to_have_value("Of the conversation")
    beside.open("/")
    expect(beside.box).to_have_value("Of the other tab")
    beside.box.fill("")
    beside.reload()
    expect(beside.live().box).to_have_value("Of the new chat")
    # What is temporary stays in its tab
    beside.open("/?temporary=1")
    expect(beside.box).to_have_value("Of the new chat")
    beside.box.fill("Of the temporary chat")
    last = another(beside, "/")
    beside.page.close()
    expect(last.box).to_have_value("")
    last.page.goto(address)
    expect(last.live().box).to_have_value("Of the conversation")
    # Bounded: the oldest go, and so does what nobody can read
    last.page.evaluate(LEAVE_MANY)
    last.open("/")
    expect(last.box).to_have_value("Draft 0")
    assert last.page.evaluate(f"{KEPT}.length") <= 52
    beside = another(last, address)
    beside.box.fill("Left in another tab")
    last.list.locator(".user-menu > summary").click()
    last.list.get_by_role("button", name="Log out").click()
    expect(last.page.get_by_role("button", name="Log in")).to_be_visible()
    expect(beside.page.get_by_role("button", name="Log in")).to_be_visible()
    assert [tab.page.evaluate(KEPT) for tab in (last, beside)] == [[], []]


def test_an_address_brings_a_text_into_the_box_through_the_log_in_and_sends_nothing(new_context, site):
    page = new_context(site).new_page()
    page.goto("/?q=What+is+%3Cb%3Etea%3C/b%3E%3F%0A%E8%8C%B6%00")
    fill_in(page, "returning@example.org", "Log in")
    chat = ChatPage(page).live()
    brought = "What is <b>tea</b>?\n茶\N{REPLACEMENT CHARACTER}"
    expect(chat.box).to_have_value(brought)
    expect(chat.box).to_be_focused()
    expect(chat.mine).to_have_count(0)
    expect(page).to_have_url(re.compile(r"/$"))
    chat.open("/?q=More&temporary=1")
    expect(chat.box).to_have_value(f"{brought}\n\nMore")
    expect(page).to_have_url(re.compile(r"/\?temporary=1$"))
    chat.reload()
    expect(chat.live().box).to_have_value(f"{brought}\n\nMore")


def test_what_was_being_written_in_a_conversation_that_is_deleted_elsewhere_is_in_a_new_chat(
    new_context, site
):
    chat = ChatPage(new_context(site, site.someone("talker")).new_page()).open("/")
    chat.item("First talk").get_by_role("link").first.click()
    expect(chat.said).to_have_text("About the First talk")
    chat.box.fill("Half a question")
    other = another(chat, "/")
    other.choose("First talk", "Delete")
    chat.front()
    expect(chat.page.locator(".welcome")).to_be_visible()
    expect(chat.box).to_have_value("Half a question")
    expect(chat.toast).to_contain_text("What you wrote is in a new chat’s message box.")
    # Who deletes it in this very tab may take that back, and goes on there
    chat.box.fill("")
    chat.item("Second talk").get_by_role("link").first.click()
    expect(chat.said).to_have_text("About the Second talk")
    chat.box.fill("Another half")
    chat.choose("Second talk", "Delete")
    expect(chat.box).to_have_value("")
    chat.toast.get_by_role("button", name="Undo").click()
    expect(chat.said).to_have_text("About the Second talk")
    expect(chat.box).to_have_value("Another half")
