"""A conversation of two hundred messages, of which only some are on the page."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.chat_page import ChatPage

NEAR = "document.querySelectorAll('#messages > .message').length"
IN_VIEW = """[...document.querySelectorAll('#messages > .message')].filter((article) => {
    const { top, bottom } = article.getBoundingClientRect();
    return bottom > 100 && top < innerHeight - 100;
}).length"""
WORDS = """[...document.querySelectorAll('#messages .away, .message .body')].flatMap((part) =>
    part.textContent.match(/(Question|Answer) [0-9]+/g))"""
HEIGHT = "document.querySelector('#transcript').scrollHeight"
PLACE = "document.querySelector('#transcript').scrollTop"
MIDDLE = (
    "(box => box.getBoundingClientRect().top + box.clientHeight / 2)(document.querySelector('#transcript'))"
)
# For as long as the page takes what moves to be its reader's scrolling, and a little more
WATCH_REST = """() => {
    const box = document.querySelector('#transcript');
    let timer;
    const moved = () => {
        window.rests = false;
        clearTimeout(timer);
        timer = setTimeout(() => (window.rests = true), 800);
    };
    ['wheel', 'scroll', 'scrollend'].forEach((kind) => box.addEventListener(kind, moved));
}"""
# As a browser's own search, into the middle of the view; whether it is in what is put away
FIND = """(words) => {
    const box = document.querySelector('#transcript');
    getSelection().removeAllRanges();
    if (!window.find(words, true, false, true)) return false;
    const { top } = getSelection().getRangeAt(0).getBoundingClientRect();
    box.scrollTop += top - box.getBoundingClientRect().top - box.clientHeight / 2;
    return Boolean(getSelection().anchorNode.parentElement.closest('.away'));
}"""


class LongPage(ChatPage):
    def turn(self, by: int, until: str) -> None:
        """The wheel, until that is so; at every place the page has what is in view, and not much more."""
        self.log.hover()
        for _ in range(200):
            if self.page.evaluate(until):
                return
            self.page.mouse.wheel(0, by)
            self.page.wait_for_timeout(50)
            self.until(f"{IN_VIEW} > 0 && {NEAR} < 90")
        raise AssertionError(f"it does not become true: {until}")

    def to_the_top(self) -> None:
        """With all of its messages, and at rest there."""
        self.page.evaluate(WATCH_REST)
        self.turn(-3000, "!document.querySelector('.older')")
        self.turn(-3000, f"{PLACE} < 1")
        self.until("window.rests")


@pytest.fixture
def chat(new_context, site):
    chat = LongPage(new_context(site, site.named("long")).new_page()).open("/")
    chat.item("A long conversation").get_by_role("link").click()
    chat.live()
    expect(chat.answer).to_contain_text("Answer 99.")
    return chat


def test_of_a_long_conversation_only_what_is_near_is_kept_at_hand(chat):
    chat.turn(-3000, "!document.querySelector('.older')")
    whole = [f"{half} {n}" for n in range(100) for half in ("Question", "Answer")]
    assert chat.page.evaluate(WORDS) == whole
    chat.until(f"{NEAR} <= 36")
    height = chat.page.evaluate(HEIGHT)
    chat.turn(-3000, f"{PLACE} < 1")
    expect(chat.said.first).to_be_in_viewport()
    chat.turn(3000, f"{PLACE} > 9000")
    assert chat.page.evaluate(WORDS) == whole
    assert abs(chat.page.evaluate(HEIGHT) - height) <= 1
    chat.page.get_by_role("button", name="Jump to latest").click()
    expect(chat.body).to_be_in_viewport()
    expect(chat.page.locator(".message")).to_have_count(30)
    expect(chat.page.locator(".away")).to_have_count(0)
    chat.turn(-3000, "document.querySelector('#messages').textContent.includes('Question 70.')")


def test_what_is_found_in_messages_that_are_put_away_stays_where_it_was_found(chat):
    chat.to_the_top()
    assert chat.page.evaluate(FIND, "Answer 50.")
    expect(chat.answers.filter(has_text="Answer 50.")).to_be_in_viewport()
    chat.until("String(getSelection()) === 'Answer 50.'")
    place = "getSelection().getRangeAt(0).getBoundingClientRect().top"
    chat.until(f"Math.abs({place} - {MIDDLE}) < 80")
    chat.until("window.rests")
    # As a browser, in whose bar something is found, tells a page: nothing is selected
    assert chat.page.evaluate(
        f"(words) => ({FIND})(words) && (getSelection().removeAllRanges(), true)", "Answer 30."
    )
    found = chat.answers.filter(has_text="Answer 30.").locator(".body")
    expect(found).to_be_in_viewport()
    assert abs(chat.top_of(found) - chat.page.evaluate(MIDDLE)) < 80


def test_boxes_that_are_next_to_each_other_stand_on_a_few_shelves_in_their_order(chat):
    whole = [f"{half} {n}" for n in range(100) for half in ("Question", "Answer")]
    chat.to_the_top()
    boxes = chat.page.locator(".away").count()
    assert boxes > 30
    assert chat.page.locator("#messages > .away").count() == 0
    assert chat.page.locator("#messages > .shelf").count() <= boxes / 4
    # From the middle of a shelf, in which others stay before it and after it
    middle = chat.page.locator(".shelf").nth(1).locator(".away").nth(5)
    (found,) = re.findall("Question [0-9]+", middle.text_content() or "")[:1]
    assert chat.page.evaluate(FIND, f"{found}.")
    expect(chat.mine.filter(has_text=f"{found}.")).to_be_in_viewport()
    assert chat.page.evaluate(WORDS) == whole
    height = chat.page.evaluate(HEIGHT)
    chat.turn(3000, f"{HEIGHT} - {PLACE} < 3000")
    assert chat.page.evaluate(WORDS) == whole
    assert abs(chat.page.evaluate(HEIGHT) - height) <= 1


def test_what_is_copied_with_messages_that_are_put_away_is_what_they_show(chat):
    chat.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    table = "<table><tr><td>one</td><td>1</td></tr><tr><td>two</td><td>2</td></tr></table>"
    chat.answers.filter(has_text="Answer 87.").locator(".body").evaluate(
        "(body, table) => body.insertAdjacentHTML('beforeend', table)", table
    )
    chat.to_the_top()
    chat.until(
        "[...document.querySelectorAll('.away')].some(({ textContent }) => textContent.includes('one1two2'))"
    )
    chat.log.focus()
    chat.page.keyboard.press("ControlOrMeta+a")
    chat.page.keyboard.press("ControlOrMeta+c")
    copied = chat.page.evaluate("navigator.clipboard.readText()")
    assert "one\t1\ntwo\t2" in copied
    assert [f"Answer {number}." in copied for number in range(100)] == [True] * 100
    expect(chat.said.first).to_be_in_viewport()


def test_older_messages_come_as_one_scrolls_up_and_the_view_stays(chat):
    expect(chat.answer).to_be_in_viewport()
    expect(chat.mine).to_have_count(15)
    first = chat.mine.filter(has_text="Question 85.")
    with chat.page.expect_response(re.compile("/older/")):
        first.scroll_into_view_if_needed()
    expect(chat.page.get_by_text("Question 84.")).to_be_attached()
    expect(first).to_be_in_viewport()


# Its reader goes back to the end as soon as the first of the earlier messages are there: the rest does not come
BACK_TO_THE_END = """() => {
    const box = document.querySelector('#transcript');
    new MutationObserver((_, observer) => {
        if (!box.textContent.includes('Question 84.')) return;
        observer.disconnect();
        box.scrollTop = box.scrollHeight;
    }).observe(document.querySelector('#messages'), { childList: true });
}"""


def test_a_message_that_is_being_edited_is_so_after_a_reload_also_where_its_page_comes_in_part(chat):
    edited = chat.mine.filter(has_text="Question 84.")
    chat.turn(-500, "document.querySelector('#messages').textContent.includes('Question 84.')")
    chat.press(edited, "Edit")
    chat.editor.fill("Not finished yet")
    chat.reload().live()
    expect(chat.answer).to_be_in_viewport()
    expect(chat.editor).to_have_count(0)
    chat.page.evaluate(BACK_TO_THE_END)
    chat.turn(-500, "document.querySelector('#messages').textContent.includes('Question 84.')")
    expect(chat.editor).to_have_value("Not finished yet")
    assert "Question 70." not in (chat.log.text_content() or "")
    expect(chat.page.locator(".older")).to_have_count(1)
