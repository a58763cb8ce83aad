"""Saying something and getting an answer."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.chat_page import ChatPage

FORMATTED = """\
## What there is

- [x] a task
- a point

| Planet | Moons |
| :----- | ----: |
| Mars   |     2 |

```python
def answer() -> int:
    return 42
```

> A quotation with $e^{i\\pi} + 1 = 0$ in it.

$$
x = \\frac{-b}{2a}
$$
"""


def test_a_message_is_there_at_once_and_the_answer_comes_formatted(chat, model):
    model.titles("Planets and formulas")
    model.says(FORMATTED)
    chat.say("Show me *everything*")
    expect(chat.said).to_have_text("Show me *everything*")
    expect(chat.box).to_have_value("")
    chat.ended()
    expect(chat.answer.get_by_role("heading", name="What there is")).to_be_visible()
    expect(chat.answer.get_by_role("checkbox")).to_be_checked()
    expect(chat.answer.get_by_role("cell", name="Mars")).to_be_visible()
    expect(chat.answer.locator("pre .k").first).to_have_text("def")
    expect(chat.answer.get_by_text("Python", exact=True)).to_be_visible()
    expect(chat.answer.locator("math")).to_have_count(2)
    expect(chat.answer.get_by_role("button", name="Copy code")).to_be_visible()


def test_a_conversation_gets_its_address_its_title_and_its_place_in_the_list(chat, model):
    model.titles("All about rainbows")
    model.says("因为有雨滴。")
    chat.ask("Why are there rainbows?")
    expect(chat.body).to_have_attribute("lang", "zh")
    chat.address()
    expect(chat.item("All about rainbows").get_by_role("link")).to_have_attribute("aria-current", "page")
    expect(chat.page).to_have_title(re.compile("^All about rainbows · "))
    expect(chat.page.get_by_role("heading", name="All about rainbows")).to_be_visible()
    chat.reload()
    expect(chat.said).to_have_text("Why are there rainbows?")
    expect(chat.answers).to_have_count(1)


def test_before_the_first_word_the_page_shows_that_the_answer_is_on_its_way(chat, model):
    steps = model.says_in_steps("", "At last.")
    chat.say("Think first")
    expect(chat.page.get_by_role("status").filter(has_text="Waiting for the reply")).to_be_visible()
    dots = chat.body.evaluate("body => getComputedStyle(body, '::after').animationName")
    assert dots == "dots"
    steps.go_on(3)
    expect(chat.answer).to_contain_text("At last.")
    chat.ended()


def test_enter_sends_and_shift_enter_breaks_the_line(chat, model):
    chat.box.focus()
    chat.page.keyboard.type("one")
    chat.page.keyboard.press("Shift+Enter")
    chat.page.keyboard.type("two")
    expect(chat.mine).to_have_count(0)
    expect(chat.box).to_have_value("one\ntwo")
    chat.page.keyboard.press("Enter")
    expect(chat.said).to_have_text("one\ntwo", use_inner_text=True)


def test_enter_that_ends_a_word_being_composed_never_sends(chat, model):
    chat.box.focus()
    cdp = chat.page.context.new_cdp_session(chat.page)
    cdp.send("Input.imeSetComposition", {"text": "nihao", "selectionStart": 5, "selectionEnd": 5})
    expect(chat.box).to_have_value("nihao")
    # What Chromium tells of the key that the input method takes: Process, 229
    enter = {"type": "rawKeyDown", "key": "Process", "code": "Enter", "windowsVirtualKeyCode": 229}
    cdp.send("Input.dispatchKeyEvent", enter)
    composing = "event => event.dispatchEvent(new KeyboardEvent('keydown', " + (
        "{ key: 'Enter', isComposing: true, bubbles: true, cancelable: true }))"
    )
    chat.box.evaluate(composing)
    cdp.send("Input.insertText", {"text": "你好"})
    expect(chat.box).to_have_value("你好")
    expect(chat.mine).to_have_count(0)
    chat.box.press("Enter")
    expect(chat.said).to_have_text("你好")


def test_an_empty_message_is_not_sent(chat):
    chat.say("  \n ")
    expect(chat.mine).to_have_count(0)
    expect(chat.send).to_have_attribute("aria-disabled", "true")


def test_a_starter_goes_into_the_box_to_be_edited_and_another_takes_its_place(chat, model):
    first, second = chat.log.locator(".starter").nth(0), chat.log.locator(".starter").nth(1)
    first.click()
    expect(chat.box).to_have_value(first.inner_text())
    expect(chat.box).to_be_focused()
    second.click()
    expect(chat.box).to_have_value(second.inner_text())
    expect(chat.mine).to_have_count(0)
    chat.page.keyboard.type(", please")
    expect(chat.box).to_have_value(f"{second.inner_text()}, please")
    words = chat.box.input_value()
    first.click()  # what was edited is kept
    expect(chat.box).to_have_value(f"{words}\n\n{first.inner_text()}")
    chat.box.fill(words)
    chat.box.press("Enter")
    expect(chat.said).to_have_text(words)
    chat.ended()


def test_stop_keeps_what_was_written(chat, model):
    model.says_in_steps("The first part. ", "Never said.")
    chat.say("Tell me a long story")
    expect(chat.answer).to_contain_text("The first part.")
    chat.stop.click()
    chat.ended("stopped")
    expect(chat.answer).to_contain_text("The first part.")
    expect(chat.answer).to_contain_text("You stopped this reply.")
    expect(chat.send).to_be_visible()
    chat.reload()
    expect(chat.answer).to_contain_text("The first part.")


def test_an_error_says_what_to_do_and_retry_gets_the_answer(chat, model):
    model.plays("status", code=500)
    model.says("Now it **works**.")
    chat.say("Are you there?")
    chat.ended("failed")
    expect(chat.answer).to_contain_text("The AI provider is having problems. Try again")
    expect(chat.answer.locator(".request")).to_have_text(re.compile(r"^Request ID: [0-9a-f]{12}$"))
    chat.answer.get_by_role("button", name="Retry").click()
    expect(chat.answer.locator("strong")).to_have_text("works")
    chat.ended()
    expect(chat.answers).to_have_count(1)
    expect(chat.answer.locator(".request")).to_be_hidden()
    assert model.asked[-2:] == ["Are you there?"] * 2


@pytest.fixture
def clipboard(chat: ChatPage):
    chat.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    return lambda: chat.page.evaluate("navigator.clipboard.readText()")


def test_copy_on_an_answer_gives_the_markdown_the_model_wrote(chat, model, clipboard):
    model.says(FORMATTED)
    chat.ask("Show me everything")
    chat.answer.get_by_role("button", name="Copy", exact=True).click()
    expect(chat.toast).to_have_text("Copied")
    assert clipboard() == FORMATTED


def test_copy_works_while_the_server_cannot_be_reached(chat, model, clipboard, faults):
    faults.expect("Failed to load resource")
    model.says("# Title\n\n- **one**\n- two\n")
    chat.ask("Show me a list")
    chat.page.route("**/text/", lambda route: route.abort())
    chat.answer.get_by_role("button", name="Copy", exact=True).click()
    expect(chat.toast).to_have_text("Copied")
    assert clipboard() == "# Title\n\n- **one**\n- two"


def test_code_and_ones_own_message_can_be_copied(chat, model, clipboard):
    model.says("```python\nprint(1)\n```\n")
    chat.ask("Some **code**, please")
    chat.answer.get_by_role("button", name="Copy code").click()
    expect(chat.toast).to_have_text("Copied")
    assert clipboard() == "print(1)"
    chat.mine.hover()
    chat.mine.get_by_role("button", name="Copy", exact=True).click()
    expect(chat.mine.locator(".action.done")).to_have_count(1)
    expect(chat.toast).to_have_count(1)
    assert clipboard() == "Some **code**, please"
