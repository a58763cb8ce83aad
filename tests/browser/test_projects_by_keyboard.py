"""Projects and temporary chats without a mouse: the focus is never lost, hidden or without a mark."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_by_keyboard_alone import Person


class Organiser(Person):
    """Somebody with a keyboard who puts their chats in order."""

    def into_the_list(self) -> None:
        if self.has_drawer:
            self.keys.go(self.drawer, "Shift+Tab")
            self.keys.press("Enter")

    def make_a_project(self, name: str) -> None:
        self.into_the_list()
        self.keys.go(self.list.get_by_role("button", name="New project"), self.back)
        self.keys.press("Enter")
        expect(self.dialog.get_by_role("textbox", name="Name")).to_be_focused()
        self.keys.type(name)
        self.keys.go(self.dialog.get_by_role("textbox", name="Instructions"))
        self.keys.type("Cite your sources.")
        self.keys.go(self.dialog.get_by_role("button", name="Save"))
        self.keys.press("Enter")
        expect(self.page).to_have_url(re.compile("/projects/"))
        expect(self.dialog).to_have_count(0)
        expect(self.box).to_be_focused()

    def move(self, title: str, where: str, said: str) -> None:
        """By the menu above the conversation in view; Undo is under the fingers then."""
        menu = self.page.locator("#conversation-menu > summary")
        self.keys.go(menu, "Shift+Tab")
        self.keys.press("Enter")
        self.keys.go(self.page.locator("#conversation-menu").get_by_role("link", name="Move to project"))
        self.keys.press("Enter")
        expect(self.dialog).to_be_visible()
        self.keys.go(self.dialog.get_by_role("radio", checked=True))
        self.keys.press("ArrowDown" if where != "No project" else "ArrowUp")
        expect(self.dialog.get_by_role("radio", name=where)).to_be_checked()
        self.keys.go(self.dialog.get_by_role("button", name="Move", exact=True))
        self.keys.press("Enter")
        expect(self.toast.filter(has_text=said).get_by_role("button", name="Undo")).to_be_focused()

    def begin_temporary(self) -> None:
        self.page.keyboard.press("Control+Shift+Period")
        expect(self.page).to_have_url(re.compile(r"\?temporary=1$"))
        self.live()
        expect(self.box).to_be_focused()

    @property
    def back(self) -> str:
        return "Tab" if self.has_drawer else "Shift+Tab"


@pytest.mark.parametrize("size", [(1280, 800), (640, 360)], ids=["desk", "at 200 %"])
def test_chats_are_put_into_a_project_and_out_of_it_and_one_is_temporary(new_context, demo_site, size):
    width, height = size
    person = Organiser(new_context(demo_site, viewport={"width": width, "height": height}).new_page(), width)
    person.email = f"organiser{width}@example.org"
    person.sign_up()
    person.make_a_project("Thesis")
    person.talk()
    crumb = person.page.locator("#project")
    expect(crumb).to_contain_text("Thesis")
    person.move("Hello", "No project", "Moved out")
    expect(crumb).to_be_hidden()
    person.keys.press("Enter")
    expect(crumb).to_be_visible()
    person.keys.go(person.box)
    person.begin_temporary()
    person.talk()
    expect(person.page).to_have_title(re.compile("^Temporary chat"))
    listed = person.list.locator("#conversations .item-link")
    expect(listed.filter(has_text="Temporary")).to_have_count(0)
    switch = person.page.get_by_role("button", name="Temporary chat")
    expect(switch).to_be_hidden()
    person.reload().live()
    expect(person.answers).to_have_count(1)
    person.page.keyboard.press("Control+Shift+o")
    expect(person.mine).to_have_count(0)
    expect(person.box).to_be_focused()
    person.keys.go(switch, "Shift+Tab")
