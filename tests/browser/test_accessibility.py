"""axe on every page, and what axe does not see: on a desk by day, on a small phone by night and in Arabic, at 200 %."""

import html
import re

from playwright.sync_api import expect

from tests.browser.accessible import DESK, NARROW, PHONE, dress, violations, with_axe

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
PUBLIC = ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/nothing/", "/offline/"]
OWN = [
    "/conversations/",
    "/accounts/logout/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/prompts/",
    "/prompts/new/",
    "/projects/",
    "/projects/new/",
    "/export/",
    "/personas/",
    "/personas/new/",
    "/search/?q=reply",
    "/settings/",
    "/settings/chats/",
    "/settings/notifications/",
    "/settings/voice/",
    "/shortcuts/",
]
# Lists, each with the page of its first row; a few rows are as good as a hundred, and quicker
ADMINISTERED = [
    "chat/persona/",
    "chat/user/?q=long@example.org",
    "chat/failedreply/",
    "chat/job/",
    "chat/modelprovider/",
    "chat/offeredmodel/",
    "auth/group/",
    "account/emailaddress/?q=long@example.org",
    "admin/logentry/",
    "doctor/",
    "chat/sitebranding/",
    "chat/speechprovider/",
]
ADDED = [
    "chat/user/add/",
    "chat/modelprovider/add/",
    "chat/offeredmodel/add/",
    "chat/speechprovider/add/",
    "auth/group/add/",
    "account/emailaddress/add/",
]


def first_row(site, session, path) -> list[str]:
    """The address of the page of a list's first row, if it has any; read without the browser, which is slower."""
    page = site.server.get(path, Cookie=f"sessionid={session}").body.decode()
    row = re.search(r'<th class="field-[^>]*><a href="([^"]+)"', page)
    return [html.unescape(row[1])] if row else []


def looked_at(new_context, site, session, paths) -> list[str]:
    """Each page on a desk, and on a small phone in Arabic."""
    found = []
    for look, locale in ((DESK, "en-US"), (NARROW, "ar")):
        page = with_axe(new_context(site, session, locale=locale).new_page())
        for path in paths:
            page.goto(path)
            found += violations(page, look)
    return found


def test_pages_for_visitors_and_members(new_context, site, faults):
    faults.expect("404")
    assert looked_at(new_context, site, None, PUBLIC) == []
    assert looked_at(new_context, site, site.someone(), OWN) == []


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
    addresses = [f"/m/{reply}/{name}/" for name in ("report", "feedback", "more", "versions")]
    conversation = page.locator("body").get_attribute("data-conversation")
    for address in (*addresses, "/settings/chats/links/", f"/c/{conversation}/share/"):
        page.goto(address)
        found += violations(page)
    page.get_by_role("button", name="Create link").click()
    found += violations(page)
    shared = page.get_by_role("textbox", name="Link").input_value()
    for address in (shared, f"{shared}report/", f"{shared}continue/"):
        page.goto(address)
        found += violations(page)
    assert found == []


def test_the_chat_with_thoughts_versions_an_editor_what_waits_and_no_connection(chat, model, faults):
    faults.expect("WebSocket|ERR_INTERNET_DISCONNECTED")
    model.plays("reasoning")
    chat.ask("First")
    chat.answer.locator(".thinking > summary").click()
    chat.item("A scripted title").hover()
    chat.item("A scripted title").locator("summary").click()
    found = violations(chat.page)
    chat.page.keyboard.press("Escape")
    chat.press(chat.answer, "Retry")
    expect(chat.version(chat.answer)).to_have_text("2 / 2")
    chat.ended()
    model.says_in_steps("Half an ", "answer")
    chat.say("Second")
    expect(chat.answer).to_contain_text("Half an")
    chat.stop.click()
    chat.ended("stopped")
    chat.press(chat.mine.first, "Copy")
    expect(chat.toast).to_be_visible()
    found += violations(chat.page, NARROW)
    chat.press(chat.mine.first, "Edit")
    found += violations(chat.page)
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
    chat.page.context.set_offline(True)
    expect(chat.page.locator("#status")).to_contain_text("You’re offline")
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
    page = with_axe(new_context(site, site.named("moderator")).new_page())
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
    root = site.named("root")
    lists = [f"/admin/{path}" for path in ADMINISTERED]
    rows = [row for path in lists for row in first_row(site, root, path)]
    assert len(rows) > 5
    found = looked_at(new_context, site, root, lists + rows)
    page = with_axe(new_context(site, root).new_page())
    for path in ADDED:
        page.goto(f"/admin/{path}")
        found += violations(page, NARROW)
    assert found == []
