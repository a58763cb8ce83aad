"""The chat page, found by what a person sees and hears of it."""

import re

from playwright.sync_api import Locator, Page, expect

CONVERSATION = re.compile(r"/c/[0-9a-f-]{36}/$")


class ChatPage:
    """One tab."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.box = page.get_by_role("textbox", name="Message", exact=True)
        self.send = page.get_by_role("button", name="Send", exact=True)
        self.stop = page.get_by_role("button", name="Stop", exact=True)
        self.log = page.get_by_role("log")
        self.list = page.get_by_role("navigation", name="Conversations")
        self.mine = self.log.get_by_role("article", name="You")
        self.said = self.mine.locator(".body")
        self.answers = self.log.get_by_role("article", name="Assistant")
        self.answer = self.answers.last
        self.body = self.answer.locator(".body")
        self.toast = page.locator(".toast")
        self.editor = self.log.get_by_role("textbox", name="Your message")

    def open(self, path: str) -> "ChatPage":
        """Go there, and wait until the page is live."""
        self.stepped_back()
        self.page.goto(path)
        return self.live()

    def reload(self) -> "ChatPage":
        """Load the page anew."""
        self.stepped_back()
        self.page.reload()
        return self

    def stepped_back(self) -> None:
        """Wait for the step back of what was closed: it would end the loading of a page that begins before it."""
        self.until("!history.state?.over || document.querySelector('dialog[open], html.drawer')")

    def live(self) -> "ChatPage":
        expect(self.page.locator("body")).to_have_attribute("data-connection", "open")
        return self

    def beside(self) -> "ChatPage":
        """The same address in another tab of the same browser, behind this one."""
        other = ChatPage(self.page.context.new_page()).open(self.page.url)
        self.front()
        return other

    def front(self) -> None:
        """Look at this tab: Chromium paints the others once a second."""
        self.page.bring_to_front()

    def from_the_top(self) -> None:
        """Where the next Tab starts: before everything else."""
        self.page.evaluate(
            "document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex')"
        )

    def say(self, text: str) -> None:
        self.box.fill(text)
        # On a phone Enter is a new line
        if self.page.evaluate("matchMedia('(pointer: coarse)').matches"):
            self.send.tap()
        else:
            self.box.press("Enter")

    def ask(self, text: str) -> None:
        """Say it and wait for the whole answer."""
        before = self.answers.count()
        self.say(text)
        expect(self.answers).to_have_count(before + 1)
        self.ended()

    def ended(self, status: str = "complete") -> None:
        expect(self.answer).to_have_attribute("data-status", status)

    def press(self, article: Locator, name: str) -> None:
        """A button on a message."""
        article.hover()
        article.get_by_role("button", name=name, exact=True).click()

    def more(self, article: Locator, name: str) -> None:
        """Something in the menu of a reply."""
        self.press(article, "More actions")
        self.page.locator("#message-menu").get_by_role("button", name=name, exact=True).click()

    def version(self, article: Locator) -> Locator:
        """ "2 / 3", where a message has versions."""
        return article.locator(".place")

    def settings(self, tab: str = "General") -> Locator:
        """The dialog of the person's settings, opened by the menu, at one of its tabs."""
        self.list.locator(".user-menu > summary").click()
        self.list.get_by_role("link", name="Settings").click()
        dialog = self.page.get_by_role("dialog", name="Settings")
        dialog.get_by_role("link", name=tab, exact=True).click()
        expect(dialog.get_by_role("heading", name=tab)).to_be_visible()
        return dialog

    def item(self, title: str) -> Locator:
        """A line of the list of conversations."""
        return self.list.get_by_role("listitem").filter(
            has=self.page.get_by_role("link", name=title, exact=True)
        )

    def choose(self, title: str, what: str) -> None:
        """Open the menu of a conversation and press something there."""
        self.item(title).hover()
        self.item(title).locator("summary").click()
        self.item(title).get_by_role("button", name=what).click()

    def address(self) -> str:
        """Of the conversation, once it has one."""
        expect(self.page).to_have_url(CONVERSATION)
        return self.page.url

    def until(self, condition: str) -> None:
        """Wait for something that only a script can see: an expression that becomes true."""
        for _ in range(500):
            if self.page.evaluate(condition):
                return
            self.page.wait_for_timeout(30)
        raise AssertionError(f"it does not become true: {condition}")

    def top_of(self, locator: Locator) -> float:
        box = locator.bounding_box()
        assert box is not None
        return box["y"]
