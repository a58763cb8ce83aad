"""Projects in the browser: made, chatted in, moved into by menu and by dragging, and deleted with a way back."""

import re

from playwright.sync_api import Locator, expect

from tests.browser.chat_page import ChatPage

PROJECT = re.compile(r"/projects/[0-9a-f-]{36}/$")


def project(chat: ChatPage, name: str) -> Locator:
    """A project in the sidebar."""
    return chat.list.locator(".project").filter(has=chat.page.get_by_role("link", name=name, exact=True))


def make(chat: ChatPage, name: str, instructions: str = "") -> str:
    chat.list.get_by_role("button", name="New project").click()
    dialog = chat.page.get_by_role("dialog", name="New project")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_label("Instructions").fill(instructions)
    dialog.get_by_role("radio", name="Book").check()
    dialog.get_by_role("button", name="Save").click()
    expect(chat.page).to_have_url(PROJECT)
    expect(dialog).to_have_count(0)
    return chat.page.url


def test_a_project_from_nothing_to_its_deletion(chat, model, faults):
    faults.expect("404")
    address = make(chat, "Thesis", "Cite your sources.")
    expect(chat.log.get_by_role("heading", name="Thesis")).to_be_visible()
    expect(project(chat, "Thesis").get_by_role("link", name="Thesis")).to_have_attribute("aria-current", "page")

    # What is written is kept while one is elsewhere, and is a chat of the project when it is sent
    chat.box.fill("A question for the thesis")
    chat.list.get_by_role("button", name="New chat").click()
    expect(chat.box).to_have_value("")
    chat.page.go_back()
    expect(chat.box).to_have_value("A question for the thesis")
    model.titles("Sources")
    chat.ask("A question for the thesis")
    first = chat.address()
    system = model.last_body()["messages"][0]
    assert system["content"].endswith("Cite your sources.")
    expect(chat.page.locator("#project")).to_have_text(re.compile("Thesis"))
    expect(project(chat, "Thesis").get_by_role("link", name="Sources")).to_be_visible()
    chat.page.go_back()
    expect(chat.page).to_have_url(address)
    expect(chat.log.get_by_role("link", name="Sources")).to_be_visible()
    chat.log.get_by_role("link", name="Sources").click()
    expect(chat.page).to_have_url(first)
    chat.page.reload()
    chat.live()
    expect(chat.page.locator("#project")).to_have_text(re.compile("Thesis"))

    # Into it by dragging, out of it by the menu, and back by Undo
    chat.list.get_by_role("button", name="New chat").click()
    model.titles("Elsewhere")
    chat.ask("Something else")
    chat.address()
    chat.item("Elsewhere").drag_to(project(chat, "Thesis").get_by_role("link", name="Thesis"))
    expect(chat.toast).to_contain_text("Moved to “Thesis”")
    expect(project(chat, "Thesis").get_by_role("link", name="Elsewhere")).to_be_visible()
    expect(chat.page.locator("#project")).to_be_visible()
    chat.item("Elsewhere").last.locator("summary").click()
    chat.item("Elsewhere").last.get_by_role("link", name="Move to project").click()
    dialog = chat.page.get_by_role("dialog", name="Move to project")
    dialog.get_by_role("radio", name="No project").check()
    dialog.get_by_role("button", name="Move", exact=True).click()
    expect(project(chat, "Thesis").get_by_role("link", name="Elsewhere")).to_have_count(0)
    expect(chat.list.locator(".group").get_by_role("link", name="Elsewhere")).to_be_visible()
    expect(chat.page.locator("#project")).to_be_hidden()
    chat.toast.filter(has_text="Moved out").get_by_role("button", name="Undo").click()
    expect(project(chat, "Thesis").get_by_role("link", name="Elsewhere")).to_be_visible()

    # Deleted in another tab while one writes in it
    chat.page.goto(address)
    chat.live()
    other = chat.beside()
    chat.box.fill("Not to be lost")
    other.front()
    other.log.get_by_role("button", name="Delete").click()
    asked = other.page.get_by_role("dialog", name="Delete project")
    expect(asked).to_contain_text("It has 2 chats.")
    asked.get_by_role("button", name="Delete project, keep chats").click()
    expect(other.page.get_by_role("status").filter(has_text="“Thesis” deleted")).to_be_visible()
    expect(other.list.locator(".group").get_by_role("link", name="Sources")).to_be_visible()
    chat.front()
    expect(project(chat, "Thesis")).to_have_count(0)
    chat.box.press("Enter")
    expect(chat.toast).to_contain_text("This project doesn’t exist anymore")
    expect(chat.box).to_have_value("Not to be lost")
    other.front()
    other.page.get_by_role("button", name="Undo").click()
    expect(other.page).to_have_url(address)
    chat.front()
    expect(project(chat, "Thesis")).to_be_visible()
    chat.ask("Not to be lost")
    expect(chat.page.locator("#project")).to_have_text(re.compile("Thesis"))
