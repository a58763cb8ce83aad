"""Where the page stands while somebody sends, reads and scrolls."""

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.chat_page import ChatPage

LONG = "\n\n".join(f"Paragraph {n}. " + "Many words to fill the line. " * 8 for n in range(12)) + "\n\n"
PLACE = "document.querySelector('#transcript').scrollTop"
# Pixels from the end of what can be scrolled
REST = "(box => box.scrollHeight - box.clientHeight - box.scrollTop)(document.querySelector('#transcript'))"
WATCH_SHIFTS = """
    window.shifted = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
        if (!entry.hadRecentInput) window.shifted += entry.value;
    })).observe({ type: 'layout-shift' });
"""


def below_the_top(chat: ChatPage, article: Locator) -> float:
    """How many pixels below the upper edge of the transcript it begins."""
    return chat.top_of(article) - chat.top_of(chat.log)


def jump(chat: ChatPage) -> Locator:
    return chat.page.get_by_role("button", name="Jump to latest")


@pytest.mark.parametrize("reduced_motion", ["no-preference", "reduce"])
def test_a_question_goes_to_the_top_and_the_page_stands_still_while_its_reply_grows(
    chat, model, reduced_motion
):
    chat.page.emulate_media(reduced_motion=reduced_motion)
    model.says(LONG)
    chat.ask("The first question")
    # From there on: the first message takes the place of the greeting, which a slow machine may show so long after
    # the key that the browser counts it as unasked for
    chat.page.evaluate(WATCH_SHIFTS)
    steps = model.says_in_steps("A short beginning.\n\n", "A little more.\n\n", LONG, LONG, "The last line.")
    chat.say("The second question")
    expect(chat.answer).to_contain_text("A short beginning.")
    question = chat.mine.last
    assert 0 <= below_the_top(chat, question) <= 20
    expect(jump(chat)).to_be_hidden()
    before = chat.top_of(question)
    steps.go_on()
    expect(chat.answer).to_contain_text("A little more.")
    steps.go_on()
    expect(chat.answer).to_contain_text("Paragraph 11.")
    assert abs(chat.top_of(question) - before) <= 1
    expect(jump(chat)).to_be_visible()
    jump(chat).click()
    expect(chat.answer.get_by_text("Paragraph 11.")).to_be_in_viewport()
    expect(jump(chat)).to_be_hidden()
    steps.go_on()
    expect(chat.answer.get_by_text("Paragraph 11.").last).to_be_in_viewport()
    steps.go_on(2)
    chat.ended()
    expect(chat.answer.get_by_text("The last line.")).to_be_in_viewport()
    chat.until(f"{REST} <= 1")
    model.says("Short.")
    chat.ask("The third question")
    assert 0 <= below_the_top(chat, chat.mine.last) <= 20
    expect(jump(chat)).to_be_hidden()
    assert chat.page.evaluate("window.shifted") <= 0.01


def test_a_reply_asked_for_anew_at_the_end_of_a_long_one_is_read_from_its_beginning(chat, model):
    model.says(LONG + LONG)
    chat.ask("The question")
    jump(chat).click()
    chat.until(f"{REST} <= 1")
    steps = model.says_in_steps("", "Anew.\n\n", LONG, LONG)
    chat.press(chat.answer, "Retry")
    expect(chat.answer).to_have_attribute("data-status", "running")
    chat.until(f"{REST} <= 1")
    assert 0 <= below_the_top(chat, chat.mine.last) <= 20
    steps.go_on()
    expect(chat.answer).to_contain_text("Anew.")
    steps.go_on()
    expect(chat.answer).to_contain_text("Paragraph 11.")
    assert 0 <= below_the_top(chat, chat.mine.last) <= 20
    expect(jump(chat)).to_be_visible()
    steps.go_on(2)
    chat.ended()


def test_the_least_move_of_the_wheel_or_a_key_is_obeyed(chat, model):
    steps = model.says_in_steps(
        LONG, *(f"Step {n}. " + "More. " * 120 + "\n\n" for n in range(4)), "The end."
    )
    chat.say("Write a lot")
    expect(chat.answer).to_contain_text("Paragraph 11.")
    question = chat.mine.first
    assert 0 <= below_the_top(chat, question) <= 20
    chat.log.press("End")
    expect(chat.answer.get_by_text("Paragraph 11.")).to_be_in_viewport()
    steps.go_on()
    # All of it: what still grows would move the end
    expect(chat.answer).to_contain_text(f"Step 0. {'More. ' * 120}".strip())
    chat.until(f"{REST} <= 1")
    chat.log.hover()
    end = chat.page.evaluate(PLACE)
    chat.page.mouse.wheel(0, -1)
    chat.until(f"{PLACE} < {end}")
    steps.go_on()
    expect(chat.answer).to_contain_text("Step 1.")
    chat.page.wait_for_timeout(200)
    assert chat.page.evaluate(PLACE) == end - 1
    chat.page.mouse.wheel(0, 5000)
    chat.until(f"{REST} <= 1")
    steps.go_on()
    expect(chat.answer.get_by_text("Step 2.")).to_be_in_viewport()
    chat.until(f"{REST} <= 1")
    # As one who drags the scrollbar
    chat.page.evaluate("document.querySelector('#transcript').scrollTop -= 1")
    place = chat.page.evaluate(PLACE)
    steps.go_on()
    expect(chat.answer).to_contain_text("Step 3.")
    chat.page.wait_for_timeout(200)
    assert chat.page.evaluate(PLACE) == place
    steps.go_on(2)
    chat.ended()
    assert chat.page.evaluate(PLACE) == place


def test_who_moves_up_by_a_pixel_from_the_end_of_a_reply_stays_there_when_it_ends(chat, model):
    steps = model.says_in_steps(LONG, "The last line.", "")
    chat.say("Write a lot")
    expect(chat.answer).to_contain_text("Paragraph 11.")
    chat.log.press("End")
    steps.go_on()
    expect(chat.answer.get_by_text("The last line.")).to_be_in_viewport()
    chat.until(f"{REST} <= 1")
    chat.log.hover()
    end = chat.page.evaluate(PLACE)
    chat.page.mouse.wheel(0, -1)
    chat.until(f"{PLACE} < {end}")
    steps.go_on(2)
    chat.ended()
    chat.page.wait_for_timeout(300)
    assert chat.page.evaluate(PLACE) == end - 1


def test_a_scrolling_that_had_begun_before_the_wheel_was_turned_up_does_not_take_that_back(chat, model):
    model.says(LONG)
    chat.ask("Write a lot")
    jump(chat).click()
    chat.until(f"{REST} <= 1")
    chat.log.hover()
    end = chat.page.evaluate(PLACE)
    # As Chromium does now and then, a frame later, where the page went on to the end while the key End was scrolling there
    chat.page.evaluate("""() => {
        const box = document.querySelector('#transcript');
        const end = box.scrollTop;
        window.ended = 0;
        box.addEventListener('scroll', () => requestAnimationFrame(() => {
            box.scrollTop = end;
            window.ended = box.scrollTop;
        }), { once: true });
    }""")
    chat.page.mouse.wheel(0, -1)
    chat.until(f"window.ended === {end}")
    chat.until(f"{PLACE} === {end - 1}")
    chat.page.wait_for_timeout(300)
    assert chat.page.evaluate(PLACE) == end - 1
    chat.page.mouse.wheel(0, 100)
    chat.until(f"{REST} <= 1")


def test_a_message_that_waits_is_seen_and_goes_to_the_top_when_its_reply_begins(chat, model):
    steps = model.says_in_steps("The first reply. ", "It ends.")
    chat.say("The first question")
    expect(chat.answer).to_contain_text("The first reply.")
    before = chat.top_of(chat.mine.first)
    model.says_in_steps("The second reply begins.")
    chat.say("The second question")
    expect(chat.said.last).to_be_in_viewport()
    expect(chat.mine.last.get_by_text("Queued")).to_be_in_viewport(ratio=1)
    expect(chat.mine.first).to_be_in_viewport()
    assert abs(chat.top_of(chat.mine.first) - before) <= 1  # there is space for both
    steps.go_on(2)
    expect(chat.answer).to_contain_text("The second reply begins.")
    assert 0 <= below_the_top(chat, chat.mine.last) <= 20


def test_who_wishes_to_follow_the_text_does(chat, model):
    dialog = chat.settings()
    dialog.get_by_label("Follow the text").check()
    expect(dialog.get_by_role("status")).to_have_text("Settings saved.")
    chat.reload().live()
    expect(chat.settings().get_by_label("Follow the text")).to_be_checked()
    chat.page.keyboard.press("Escape")
    steps = model.says_in_steps("A beginning.\n\n", LONG, "The last line.")
    chat.say("Write a lot")
    expect(chat.answer).to_contain_text("A beginning.")
    steps.go_on()
    expect(chat.answer.get_by_text("Paragraph 11.")).to_be_in_viewport()
    steps.go_on(2)
    chat.ended()
    expect(chat.answer.get_by_text("The last line.")).to_be_in_viewport()
    chat.until(f"{REST} <= 1")
