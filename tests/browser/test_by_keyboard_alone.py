"""From sign-up to the deletion of all that was said, without a mouse: the focus is never lost, hidden or without a mark."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.chat_page import ChatPage
from tests.browser.test_accounts import PASSWORD

# What is wrong with the focus, or null; a text box shows it by its caret and its edge
FAULT = """() => {
    const it = document.activeElement;
    if (!it || it === document.body) return "lost";
    const box = it.getBoundingClientRect();
    const places = [0.1, 0.5, 0.9].flatMap((x) =>
        [0.15, 0.5, 0.85].map((y) => [box.left + x * box.width, box.top + y * box.height]));
    const isSeen = places.some(([x, y]) => {
        const top = document.elementFromPoint(x, y);
        return top && (it.contains(top) || top.contains(it) || [...(it.labels ?? [])].some((label) => label.contains(top)));
    });
    if (!isSeen) return `hidden: ${it.outerHTML.slice(0, 160)}`;
    const isMarked = getComputedStyle(it).outlineStyle !== "none" || it.matches("textarea, input, dialog h2, dialog");
    return isMarked ? null : `without a mark: ${it.outerHTML.slice(0, 160)}`;
}"""


class Keyboard:
    """Of a page: every press leaves a focus that can be seen."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.check(key)

    def check(self, after: str) -> None:
        """That what has the focus now can be seen."""
        fault = self.page.evaluate(FAULT)
        for _ in range(100):  # what was pressed may go on for a moment
            if fault is None:
                break
            self.page.wait_for_timeout(50)
            fault = self.page.evaluate(FAULT)
        assert fault is None, (after, fault)

    def leave(self) -> None:
        """Press Enter, which leads to another page."""
        self.page.keyboard.press("Enter")

    def type(self, words: str) -> None:
        self.page.keyboard.type(words)

    def go(self, target: Locator, key: str = "Tab") -> None:
        """Press Tab until the element has the focus."""
        for _ in range(60):
            # What is fetched comes after a while
            target.wait_for()
            if target.evaluate("it => it === document.activeElement"):
                return
            self.press(key)
        raise AssertionError(f"{key} does not come to {target}")


class Person(ChatPage):
    """Somebody in a tab who has a keyboard."""

    def __init__(self, page: Page, width: int) -> None:
        super().__init__(page)
        self.keys = Keyboard(page)
        self.email = f"keys{width}@example.org"
        self.has_drawer = width <= 768
        self.menu = self.list.locator(".user-menu > summary")
        self.drawer = page.get_by_role("button", name="Open conversations")
        self.dialog = page.get_by_role("dialog")

    def sign_up(self) -> None:
        self.page.goto("/accounts/signup/")
        self.keys.go(self.page.get_by_role("textbox", name="Email"))
        self.keys.type(self.email)
        self.keys.go(self.page.get_by_label("Password", exact=True))
        self.keys.type(PASSWORD)
        self.keys.leave()
        self.live()
        expect(self.box).to_be_focused()

    def talk(self) -> None:
        self.keys.type("Hello")
        self.keys.press("Enter")
        self.ended()
        expect(self.box).to_be_focused()

    def report_and_edit(self) -> None:
        more = self.answer.get_by_role("button", name="More actions")
        self.keys.go(more, "Shift+Tab")
        self.keys.press("Enter", "ArrowDown", "End", "Enter")
        expect(self.dialog).to_be_visible()
        self.keys.go(self.dialog.get_by_role("radio").first)
        self.keys.press("Escape")
        expect(more).to_be_focused()
        self.keys.go(self.mine.get_by_role("button", name="Edit"), "Shift+Tab")
        self.keys.press("Enter")
        self.keys.type(" again")
        self.keys.press("Enter")
        expect(self.said).to_have_text("Hello again")
        self.ended()

    def choose_a_persona(self) -> None:
        self.keys.go(self.page.get_by_role("link", name="Choose a persona"), "Shift+Tab")
        self.keys.press("Enter")
        expect(self.page.get_by_role("combobox", name="Search personas")).to_be_focused()
        self.keys.type("tutor")
        self.keys.press("Enter")
        expect(self.box).to_be_focused()

    def open_menu(self) -> None:
        if self.has_drawer:
            self.keys.go(self.drawer, "Shift+Tab")
            self.keys.press("Enter")
        self.keys.go(self.menu, "Tab" if self.has_drawer else "Shift+Tab")
        self.keys.press("Enter")

    def change_a_setting(self) -> None:
        self.open_menu()
        self.keys.go(self.list.get_by_role("link", name="Settings"))
        self.keys.press("Enter")
        expect(self.dialog).to_be_visible()
        self.keys.go(self.dialog.get_by_label("Appearance"))
        self.keys.type("Dark")
        expect(self.page.locator("html")).to_have_attribute("data-theme", "dark")
        self.keys.press("Escape")
        expect(self.dialog).to_have_count(0)
        expect(self.menu).to_be_focused()

    def rename_and_delete(self) -> None:
        self.keys.go(self.list.locator(".item summary").first, "Shift+Tab")
        self.keys.press("Enter", "Tab", "Enter")
        expect(self.list.get_by_role("textbox", name="Title")).to_be_focused()
        self.keys.press("Control+a")
        self.keys.type("Typed")
        self.keys.press("Enter")
        expect(self.item("Typed").get_by_role("link")).to_be_focused()
        self.keys.go(self.item("Typed").locator("summary"))
        self.keys.press("Enter")
        self.keys.go(self.item("Typed").get_by_role("button", name="Delete"))
        self.keys.press("Enter")
        expect(self.mine).to_have_count(0)
        expect(self.toast.get_by_role("button", name="Undo")).to_be_focused()
        if self.has_drawer:
            self.keys.press("Escape")
            expect(self.drawer).to_be_focused()

    def delete_all(self) -> None:
        self.keys.press("Control+,")
        self.keys.go(self.dialog.get_by_role("link", name="Chats", exact=True))
        self.keys.press("Enter")
        expect(self.dialog.get_by_text("Delete all conversations…")).to_be_visible()
        self.keys.check("the tab has come")
        self.keys.go(self.dialog.get_by_text("Delete all conversations…"))
        self.keys.press("Enter")
        self.keys.go(self.dialog.get_by_role("button", name="Delete all", exact=True))
        self.keys.leave()
        expect(self.page.get_by_text("conversation deleted")).to_be_visible()

    def log_out(self) -> None:
        self.open_menu()
        self.keys.go(self.list.get_by_role("button", name="Log out"))
        self.keys.leave()
        expect(self.page.get_by_role("heading", name="Log in")).to_be_visible()


@pytest.mark.parametrize("size", [(1280, 800), (640, 360)], ids=["desk", "at 200 %"])
def test_one_signs_up_chats_changes_a_setting_deletes_all_and_leaves(new_context, demo_site, size):
    width, height = size
    page = new_context(demo_site, viewport={"width": width, "height": height}).new_page()
    person = Person(page, width)
    person.sign_up()
    person.talk()
    person.report_and_edit()
    person.choose_a_persona()
    person.change_a_setting()
    person.rename_and_delete()
    person.keys.go(person.box)
    person.talk()
    person.delete_all()
    person.live()
    person.log_out()
    assert page.evaluate("sessionStorage.length") == 0
