"""Projects in the browser: made, chatted in, moved into by menu and by dragging, and deleted with a way back."""

import re

from playwright.sync_api import Locator, expect

from tests.browser.chat_page import ChatPage

PROJECT = re.compile(r"/projects/[0-9a-f-]{36}/$")


def link(chat: ChatPage, name: str) -> Locator:
    """A project in the sidebar."""
    return chat.list.locator(".project-link").filter(has_text=name)


def inside(chat: ChatPage, project: str, title: str) -> Locator:
    """A conversation in the sidebar, below its project."""
    row = chat.list.locator(".project").filter(has_text=project)
    return row.locator(".item").get_by_role("link", name=title)


def outside(chat: ChatPage, title: str) -> Locator:
    """A conversation in the sidebar that is in no project."""
    return chat.list.locator(".item:not(.project *)").get_by_role("link", name=title)


def crumb(chat: ChatPage) -> Locator:
    """The project of the conversation in view, beside its title."""
    return chat.page.locator("#project")


def in_the_menu_above(chat: ChatPage, title: str, project: str) -> None:
    """The menu of the conversation in view moves it, too, also where it began on this page."""
    menu = chat.page.locator("#conversation-menu")
    menu.locator("summary").click()
    menu.get_by_role("link", name="Move to project").click()
    dialog = chat.page.get_by_role("dialog", name="Move to project")
    expect(dialog).to_contain_text(title)
    expect(dialog.get_by_role("radio", name=project)).to_be_checked()
    chat.page.keyboard.press("Escape")
    expect(menu.locator("summary")).to_be_focused()


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


def at_rest(chat: ChatPage) -> None:
    """A new project comes unfolded into the list, and moves what is below it."""
    expect(chat.list.locator(".project-latest")).to_be_visible()


def test_a_project_from_nothing(chat, model):
    address = make(chat, "Thesis", "Cite your sources.")
    expect(chat.log.get_by_role("heading", name="Thesis")).to_be_visible()
    expect(link(chat, "Thesis")).to_have_attribute("aria-current", "page")
    # What is written is kept while one is elsewhere, and is a chat of the project when it is sent
    chat.box.fill("A question for the thesis")
    chat.list.get_by_role("button", name="New chat").click()
    expect(chat.box).to_have_value("")
    chat.page.go_back()
    expect(chat.box).to_have_value("A question for the thesis")
    model.titles("Sources")
    chat.ask("A question for the thesis")
    first = chat.address()
    assert model.last_body()["messages"][0]["content"].endswith("Cite your sources.")
    expect(crumb(chat)).to_have_text(re.compile("Thesis"))
    expect(inside(chat, "Thesis", "Sources")).to_be_visible()
    chat.page.go_back()
    expect(chat.page).to_have_url(address)
    chat.log.get_by_role("link", name="Sources").click()
    expect(chat.page).to_have_url(first)
    chat.reload()
    expect(crumb(chat.live())).to_have_text(re.compile("Thesis"))
    # Into it by dragging, out of it by the menu, and back by Undo
    chat.list.get_by_role("button", name="New chat").click()
    model.titles("Elsewhere")
    chat.ask("Something else")
    chat.address()
    chat.item("Elsewhere").drag_to(link(chat, "Thesis"))
    expect(chat.toast).to_contain_text("Moved to “Thesis”")
    expect(inside(chat, "Thesis", "Elsewhere")).to_be_visible()
    expect(crumb(chat)).to_be_visible()
    chat.item("Elsewhere").last.locator("summary").click()
    chat.item("Elsewhere").last.get_by_role("link", name="Move to project").click()
    dialog = chat.page.get_by_role("dialog", name="Move to project")
    dialog.get_by_role("radio", name="No project").check()
    dialog.get_by_role("button", name="Move", exact=True).press("Enter")
    expect(inside(chat, "Thesis", "Elsewhere")).to_have_count(0)
    expect(outside(chat, "Elsewhere")).to_be_visible()
    expect(crumb(chat)).to_be_hidden()
    undo = chat.toast.filter(has_text="Moved out").get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    undo.press("Enter")
    expect(inside(chat, "Thesis", "Elsewhere")).to_be_visible()
    in_the_menu_above(chat, "Elsewhere", "Thesis")


def test_the_focus_stays_with_what_is_dragged_into_a_project_and_back_by_undo(chat, model):
    make(chat, "Thesis")
    at_rest(chat)
    chat.list.get_by_role("button", name="New chat").click()
    model.titles("Elsewhere")
    chat.ask("Something else")
    chat.address()
    row = chat.item("Elsewhere").get_by_role("link", name="Elsewhere", exact=True)
    undo = chat.toast.filter(has_text="Moved to “Thesis”").get_by_role("button", name="Undo")
    chat.item("Elsewhere").drag_to(link(chat, "Thesis"))
    expect(inside(chat, "Thesis", "Elsewhere")).to_be_visible()
    undo.click()
    expect(outside(chat, "Elsewhere")).to_be_visible()
    expect(row).to_be_focused()
    # Where the project is folded, no row is left
    chat.list.get_by_role("button", name="New chat").click()
    fold = chat.list.locator(".project").filter(has_text="Thesis").locator(".project-fold")
    fold.click()
    expect(fold).to_have_attribute("aria-expanded", "false")
    row.focus()
    chat.item("Elsewhere").drag_to(link(chat, "Thesis"))
    expect(outside(chat, "Elsewhere")).to_have_count(0)
    expect(inside(chat, "Thesis", "Elsewhere")).to_have_count(0)
    expect(link(chat, "Thesis")).to_be_focused()
    undo.click()
    expect(outside(chat, "Elsewhere")).to_be_visible()
    expect(row).to_be_focused()


def test_the_page_of_a_project_lists_what_is_moved_into_it_while_it_is_open(chat, model):
    model.titles("Elsewhere")
    chat.ask("Something else")
    expect(chat.item("Elsewhere")).to_be_visible()
    address = make(chat, "Thesis")
    nothing = chat.log.get_by_text("Write a message to start the first chat")
    listed = chat.log.get_by_role("link", name="Elsewhere")
    expect(nothing).to_be_visible()
    at_rest(chat)
    chat.item("Elsewhere").drag_to(link(chat, "Thesis"))
    expect(listed).to_be_visible()
    expect(nothing).to_have_count(0)
    expect(chat.page).to_have_url(address)
    chat.toast.get_by_role("button", name="Undo").click()
    expect(nothing).to_be_visible()
    expect(listed).to_have_count(0)
    # In another tab
    other = chat.beside()
    chat.item("Elsewhere").drag_to(link(chat, "Thesis"))
    expect(other.log.get_by_role("link", name="Elsewhere")).to_be_visible()
    row = inside(chat, "Thesis", "Elsewhere").locator("xpath=ancestor::*[contains(@class, 'item')][1]")
    row.locator("summary").click()
    row.get_by_role("button", name="Delete").click()
    for page in (chat, other):
        expect(page.log.get_by_text("Write a message to start the first chat")).to_be_visible()


def test_a_project_that_is_made_elsewhere_leaves_what_is_unfolded_where_it_is(chat):
    make(chat, "Thesis")
    at_rest(chat)
    chat.page.evaluate("document.querySelector('.project-latest').isKept = true")
    make(chat.beside(), "Garden")
    expect(link(chat, "Garden")).to_be_visible()
    expect(chat.list.locator(".project-link")).to_have_text(["Garden", "Thesis"])
    assert chat.page.evaluate("document.querySelector('.project-latest').isKept")
    expect(link(chat, "Thesis")).to_have_attribute("aria-current", "page")


def test_an_older_list_of_projects_that_comes_late_is_not_shown(chat):
    late = []

    def hold_the_first(route):
        if late:
            route.continue_()
        else:
            late.append((route, route.fetch()))

    chat.page.route("**/projects/", hold_the_first)
    other = chat.beside()
    with chat.page.expect_request("**/projects/"):
        make(other, "Thesis")
    make(other, "Garden")
    expect(chat.list.locator(".project-link")).to_have_text(["Garden", "Thesis"])
    route, answer = late[0]
    route.fulfill(response=answer)
    chat.page.wait_for_timeout(500)
    expect(chat.list.locator(".project-link")).to_have_text(["Garden", "Thesis"])


def test_deleted_in_another_tab_while_one_writes_in_it(chat, model, faults):
    faults.expect("404")
    address = make(chat, "Garden")
    model.titles("Roses")
    chat.ask("When do roses bloom?")
    chat.address()
    chat.page.go_back()
    expect(chat.page).to_have_url(address)
    other = chat.beside()
    chat.box.fill("Not to be lost")
    other.front()
    other.log.get_by_role("button", name="Delete").click()
    asked = other.page.get_by_role("dialog", name="Delete project")
    expect(asked).to_contain_text("It has one chat.")
    asked.get_by_role("button", name="Delete project, keep chats").click()
    expect(other.page.get_by_role("status").filter(has_text="“Garden” deleted")).to_be_visible()
    expect(outside(other, "Roses")).to_be_visible()
    chat.front()
    expect(link(chat, "Garden")).to_have_count(0)
    chat.box.press("Enter")
    expect(chat.toast).to_contain_text("This project doesn’t exist anymore")
    expect(chat.box).to_have_value("Not to be lost")
    other.front()
    other.page.get_by_role("button", name="Undo").click()
    expect(other.page).to_have_url(address)
    chat.front()
    expect(link(chat, "Garden")).to_be_visible()
    chat.ask("Not to be lost")
    expect(crumb(chat)).to_have_text(re.compile("Garden"))


def test_on_a_phone_and_without_a_script(new_context, site, model):
    session = site.someone()
    plain = new_context(site, session, java_script_enabled=False).new_page()
    plain.goto("/projects/new/")
    plain.get_by_label("Name").fill("Trip")
    plain.get_by_label("Or an emoji").fill("🚆")
    plain.get_by_label("Instructions").fill("By train alone.")
    plain.get_by_role("main").get_by_role("button", name="Save").click()
    expect(plain).to_have_url(PROJECT)
    address = plain.url
    model.titles("Across the Alps")
    plain.get_by_role("textbox", name="Message").fill("How do I cross the Alps?")
    plain.get_by_role("button", name="Send").click()
    expect(plain.get_by_role("article", name="You")).to_contain_text("cross the Alps")
    expect(plain.locator("#project")).to_contain_text("Trip")
    assert model.last_body()["messages"][0]["content"].endswith("By train alone.")
    conversation = plain.url.partition("/c/")[2][:36]
    plain.goto(f"/c/{conversation}/project/")
    plain.get_by_role("radio", name="No project").check()
    plain.get_by_role("button", name="Move", exact=True).click()
    expect(plain.locator("#project")).to_be_hidden()
    plain.get_by_role("button", name="Undo").click()
    expect(plain.locator("#project")).to_contain_text("Trip")

    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    chat = ChatPage(new_context(site, session, **phone).new_page()).open(address)
    expect(chat.log.get_by_role("heading", name="Trip")).to_be_in_viewport()
    assert chat.page.evaluate("document.documentElement.scrollWidth") <= 390
    chat.page.get_by_role("button", name="Open conversations").tap()
    link(chat, "Trip").tap()
    expect(chat.list).not_to_be_in_viewport()
    chat.ask("And back?")
    expect(crumb(chat)).to_contain_text("Trip")
    chat.page.get_by_role("button", name="Open conversations").tap()
    make(chat, "Garden")
    expect(chat.log.get_by_role("heading", name="Garden")).to_be_in_viewport()
    chat.ask("What grows in the shade?")
    expect(crumb(chat)).to_contain_text("Garden")
    # Words are longer elsewhere
    german = ChatPage(new_context(site, session, locale="de", **phone).new_page()).open(address)
    last = german.log.get_by_role("button", name="Löschen").bounding_box()
    assert last["x"] + last["width"] <= 390
