"""axe on every page: on a desk in light colours, on a phone in dark ones."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

EVERYTHING = """\
# A heading

Text with **strong**, *emphasis*, `code`, a [link](https://example.org) and a note[^1].

- [x] done
- [ ] to do

1. One
2. Two

| Left | Right |
| :--- | ----: |
| a    |     1 |

> A quotation

```python
# A comment
class Answer(object):
    \"\"\"Text.\"\"\"
    value: int = 42

    @property
    def text(self) -> str:
        return f"{self.value!r} is {len('x') + 1.5}" if True else None
```

```diff
- old
+ new
@@ 1,2 @@
```

$$ \\int_0^1 x^2 \\, dx = \\frac{1}{3} $$

![A picture](https://example.org/picture.png)

---

[^1]: The note.
"""
DESK = {"scheme": "light", "size": {"width": 1280, "height": 800}}
PHONE = {"scheme": "dark", "size": {"width": 390, "height": 844}}
PUBLIC = ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/nothing/"]
OWN = [
    "/conversations/",
    "/accounts/logout/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/prompts/",
    "/prompts/new/",
    "/personas/",
    "/personas/new/",
    "/settings/",
    "/settings/chats/",
]
# Lists, each with the page of its first row; a few rows are as good as a hundred, and quicker
ADMINISTERED = [
    "chat/persona/",
    "chat/user/?q=long@example.org",
    "chat/failedreply/",
    "chat/modelprovider/",
    "chat/offeredmodel/",
    "auth/group/",
    "account/emailaddress/?q=long@example.org",
    "admin/logentry/",
    "doctor/",
]
ADDED = [
    "chat/user/add/",
    "chat/modelprovider/add/",
    "chat/offeredmodel/add/",
    "chat/speechprovider/add/",
    "auth/group/add/",
    "account/emailaddress/add/",
]
# Colours on their way to others are nobody's contrast
STILL = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("*, ::before, ::after { transition: none !important; animation: none !important }");
    document.adoptedStyleSheets = [sheet];
}"""
RUN = "async () => (await axe.run({ resultTypes: ['violations'], preload: false })).violations"


def dress(page: Page, look: dict[str, Any]) -> None:
    page.emulate_media(color_scheme=look["scheme"])
    page.set_viewport_size(look["size"])
    # What the page itself does about its new width, it does before it is painted
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def violations(page: Page, *looks: dict[str, Any]) -> list[str]:
    """What axe finds, one line for each element."""
    found = []
    page.evaluate(STILL)
    page.evaluate(AXE_SCRIPT)
    for look in looks or (PHONE, DESK):
        dress(page, look)
        for rule in page.evaluate(RUN):
            nodes = [node["html"][:160] for node in rule["nodes"]]
            found += [f"{page.url} {look['scheme']}: {rule['id']}: {node}" for node in nodes]
    return found


def test_pages_for_visitors_and_members(new_context, site, faults):
    faults.expect("404")
    found = []
    for session, paths in ((None, PUBLIC), (site.someone(), OWN)):
        page = new_context(site, session).new_page()
        for path in paths:
            page.goto(path)
            found += violations(page)
    assert found == []


def test_the_chat_empty_answered_failed_and_with_all_that_opens(chat, model):
    page = chat.page
    found = violations(page)
    model.says(EVERYTHING)
    chat.ask("Show me everything")
    model.plays("status", code=401)
    chat.say("And an error")
    chat.ended("failed")
    found += violations(page)
    chat.list.locator(".user-menu > summary").click()
    found += violations(page, DESK)
    dress(page, PHONE)
    page.get_by_role("button", name="Open conversations").click()
    chat.list.locator(".user-menu > summary").click()
    found += violations(page, PHONE)
    dress(page, DESK)
    chat.more(chat.answers.first, "Report")
    expect(page.get_by_role("dialog")).to_be_visible()
    found += violations(page)
    reply = chat.answers.first.get_attribute("data-message")
    for address in ("report", "feedback", "more", "versions"):
        page.goto(f"/m/{reply}/{address}/")
        found += violations(page)
    assert found == []


def test_the_chat_with_versions_an_editor_and_what_waits(chat, model):
    chat.ask("First")
    chat.press(chat.answer, "Retry")
    expect(chat.version(chat.answer)).to_have_text("2 / 2")
    chat.ended()
    model.says_in_steps("Half an ", "answer")
    chat.say("Second")
    expect(chat.answer).to_contain_text("Half an")
    chat.stop.click()
    chat.ended("stopped")
    chat.press(chat.mine.first, "Edit")
    found = violations(chat.page)
    chat.editor.press("Escape")
    model.says_in_steps("One ", "two")
    chat.answer.get_by_role("button", name="Continue").click()
    expect(chat.stop).to_be_visible()
    chat.say("It waits")
    expect(chat.mine.last).to_contain_text("Queued")
    found += violations(chat.page)
    chat.page.locator(".message[data-client]").evaluate("mine => mine.dataset.state = 'refused'")
    found += violations(chat.page)
    chat.page.locator(".message[data-client]").evaluate("mine => mine.dataset.code = 'newer_messages'")
    found += violations(chat.page)
    assert found == []


def test_the_pages_of_moderators(chat, new_context, site, model, faults):
    faults.expect(r"inline style.*'url': ''")  # by axe, which has no address
    model.says(EVERYTHING)
    chat.ask("Show me everything")
    chat.more(chat.answer, "Report")
    chat.page.get_by_role("dialog").get_by_role("radio").first.check()
    chat.page.get_by_role("dialog").get_by_role("textbox").fill("Too much")
    chat.page.get_by_role("button", name="Send report").click()
    expect(chat.toast).to_be_visible()
    page = new_context(site, site.named("moderator")).new_page()
    found = []
    # A few rows are as good as a hundred, and quicker
    few = "?q=long@example.org"
    for path in ("", f"chat/conversation/{few}", f"chat/user/{few}", "chat/report/"):
        page.goto(f"/admin/{path}")
        found += violations(page)
    page.get_by_role("row", name="A heading").get_by_role("link").first.click()
    expect(page.locator("#reported")).to_be_visible()
    found += violations(page)
    for address in ("a[href*=suspend]", ".facts a[href*=conversation]"):
        report = page.url
        page.locator(address).click()
        found += violations(page)
        page.goto(report)
    assert found == []


def test_the_pages_of_administrators(new_context, site, faults):
    faults.expect(r"inline style.*'url': ''")  # by axe, which has no address
    page = new_context(site, site.named("root")).new_page()
    found = []
    for path in ADMINISTERED:
        page.goto(f"/admin/{path}")
        found += violations(page)
        first = page.locator("#result_list tbody th a").first
        if first.count():
            page.goto(first.get_attribute("href"))
            found += violations(page)
    for path in ADDED:
        page.goto(f"/admin/{path}")
        found += violations(page, PHONE)
    assert found == []
