"""An answer while it is being written: reloads, tabs, scrolling, selecting, a connection that breaks."""

import json
import re

from playwright.sync_api import WebSocketRoute, expect

from tests.browser.chat_page import ChatPage

LONG = "\n\n".join(f"Paragraph {n}. " + "Many words to fill the line. " * 8 for n in range(12)) + "\n\n"
AWAY = r"WebSocket connection|Failed to load resource"


def test_a_reload_in_the_middle_goes_on_live_to_the_whole_text(chat, model):
    steps = model.says_in_steps("The beginning, ", "the *middle*, ", "the end.")
    chat.say("Tell me a story")
    steps.go_on()
    expect(chat.answer.locator("em")).to_have_text("middle")
    chat.address()
    chat.reload().live()
    expect(chat.answer).to_contain_text("The beginning, the middle,")
    expect(chat.stop).to_be_visible()
    steps.go_on()
    expect(chat.answer).to_contain_text("the end.")
    steps.go_on()
    chat.ended()
    expect(chat.body).to_have_text("The beginning, the middle, the end.")
    expect(chat.answers).to_have_count(1)


def test_a_reload_in_the_middle_leads_to_where_its_reader_was(chat, model):
    steps = model.says_in_steps(LONG, LONG, "The last line.")
    chat.say("Write a lot")
    chat.address()
    expect(chat.answer).to_contain_text("Paragraph 11.")
    chat.page.evaluate("document.querySelector('#transcript').scrollTop = 300")
    mark = chat.answer.get_by_text("Paragraph 3.")
    before = chat.top_of(mark)
    # Until what is there is saved: once a second
    chat.page.wait_for_timeout(1500)
    chat.reload().live()
    expect(chat.answer).to_contain_text("Paragraph 11.")
    assert abs(chat.top_of(mark) - before) <= 1
    steps.go_on()
    expect(chat.answer.get_by_text("Paragraph 11.")).to_have_count(2)
    assert abs(chat.top_of(mark.first) - before) <= 1
    steps.go_on(2)
    chat.ended()


def test_what_may_be_done_with_a_reply_is_in_view_for_who_read_its_end(chat, model):
    steps = model.says_in_steps("A beginning.\n\n", "An end.")
    chat.say("Write a little")
    expect(chat.answer).to_contain_text("A beginning.")
    # Nearly as high as the view: its end will be in view, and what is below it not
    chat.page.evaluate(
        """() => {
            const bottom = (selector) => document.querySelector(selector).getBoundingClientRect().bottom;
            const first = document.querySelector('.assistant .body > p');
            const room = bottom('#transcript') - bottom('.assistant .body') - 55;
            first.style.height = `${first.offsetHeight + room}px`;
        }"""
    )
    steps.go_on(2)
    chat.ended()
    expect(chat.answer.get_by_role("button", name="Copy")).to_be_in_viewport(ratio=1)


def test_a_very_long_answer_is_whole_and_goes_on_live_for_who_comes_in_the_middle(chat, model):
    words = "Some words of a paragraph that has many more of them. " * 200
    steps = model.says_in_steps((words + "\n\n") * 12 + words * 8, "It goes on, ", "and ends.")
    chat.say("Write very much")
    chat.address()
    other = chat.beside()
    other.live()
    steps.go_on()
    expect(other.body).to_contain_text("It goes on,")
    expect(other.body.locator("p")).to_have_count(13)
    steps.go_on(2)
    other.ended()
    chat.ended()
    other_text = other.body.inner_text()
    assert other_text == chat.body.inner_text()
    assert other_text.split() == f"{words * 20} It goes on, and ends.".split()


def test_another_tab_sees_the_message_and_the_answer_as_they_come(chat, model):
    chat.ask("First")
    other = chat.beside()
    steps = model.says_in_steps("It begins ", "and ends.")
    chat.say("Second")
    expect(other.said.last).to_have_text("Second")
    expect(other.answer).to_contain_text("It begins")
    steps.go_on(2)
    other.ended()
    expect(other.body).to_have_text("It begins and ends.")
    expect(other.mine).to_have_count(2)
    expect(other.answers).to_have_count(2)
    other.front()
    other.say("Third")
    expect(chat.said.last).to_have_text("Third")


def test_another_tab_can_stop_the_answer(chat, model):
    chat.ask("First")
    other = chat.beside()
    model.says_in_steps("It begins ", "and ends.")
    chat.say("Second")
    expect(other.answer).to_contain_text("It begins")
    other.front()
    other.stop.click()
    chat.ended("stopped")
    expect(chat.answer).to_contain_text("It begins")


def test_who_is_at_the_end_follows_and_who_has_scrolled_up_stays(chat, model):
    steps = model.says_in_steps(LONG, "More. " * 200 + "\n\n", LONG + "The last line.")
    chat.say("Write a lot")
    end = chat.answer.get_by_text("Paragraph 11.")
    expect(end).to_be_attached()
    chat.log.press("End")
    expect(end).to_be_in_viewport()
    steps.go_on()
    expect(chat.body.locator("p").last).to_contain_text("More.")
    expect(chat.body.locator("p").last).to_be_in_viewport()
    mark = chat.answer.get_by_text("Paragraph 5.")
    mark.scroll_into_view_if_needed()
    jump = chat.page.get_by_role("button", name="Jump to latest")
    expect(jump).to_be_visible()
    before = chat.top_of(mark.first)
    steps.go_on(2)
    chat.ended()
    expect(chat.answer).to_contain_text("The last line.")
    assert abs(chat.top_of(mark.first) - before) <= 1
    jump.click()
    expect(chat.answer.get_by_text("The last line.")).to_be_in_viewport()
    expect(jump).to_be_hidden()


def test_who_scrolls_up_a_little_stays_there_and_at_the_end_follows_again(chat, model):
    steps = model.says_in_steps(
        LONG, *(f"Step {n}. " + "More. " * 120 + "\n\n" for n in range(3)), "The end."
    )
    chat.say("Write a lot")
    # All of it, so that what still grows does not come between a key or the wheel and what they do
    last = chat.body.locator("p").last
    expect(last).to_have_text(re.compile(r"^Paragraph 11\. (Many words to fill the line\. ?){8}$"))
    chat.log.press("End")
    expect(chat.answer.get_by_text("Paragraph 11.")).to_be_in_viewport()
    chat.log.hover()
    chat.page.mouse.wheel(0, -30)
    rest = (
        "(box => box.scrollHeight - box.clientHeight - box.scrollTop)(document.querySelector('#transcript'))"
    )
    chat.until(f"{rest} >= 30")
    mark = chat.answer.get_by_text("Paragraph 10.")
    before = chat.top_of(mark)
    steps.go_on()
    expect(chat.answer).to_contain_text("Step 0.")
    assert abs(chat.top_of(mark) - before) <= 1
    chat.log.press("End")
    chat.until(f"{rest} < 1")
    steps.go_on()
    expect(last).to_have_text(re.compile(r"^Step 1\. (More\. ?){120}$"))
    expect(chat.body.locator("p").last).to_be_in_viewport()
    chat.log.press("ArrowUp")
    chat.until(f"{rest} >= 38")
    before = chat.top_of(chat.body.locator("p").last)
    steps.go_on(3)
    chat.ended()
    assert abs(chat.top_of(chat.answer.get_by_text("Step 1.")) - before) <= 1


def test_a_selection_survives_what_is_added_after_it(chat, model):
    steps = model.says_in_steps("Keep these words, ", "then come others, ", "and more.\n\nA new paragraph.")
    chat.say("Write")
    expect(chat.body.locator("p")).to_contain_text("Keep these words,")
    select = """paragraph => {
        const words = paragraph.firstChild;
        getSelection().setBaseAndExtent(words, 5, words, 16);
    }"""
    chat.body.locator("p").evaluate(select)
    steps.go_on()
    expect(chat.answer).to_contain_text("then come others")
    assert chat.page.evaluate("String(getSelection())") == "these words"
    steps.go_on(2)
    chat.ended()
    assert chat.page.evaluate("String(getSelection())") == "these words"


def test_thinking_is_folded_away_above_the_answer(chat, model):
    model.plays("reasoning")
    chat.ask("Think")
    expect(chat.body).to_have_text("Then I answer.")
    thinking = chat.answer.get_by_text("First I think.")
    expect(thinking).to_be_hidden()
    chat.answer.get_by_text("Thought for 1 s", exact=True).click()
    expect(thinking).to_be_visible()
    chat.reload()
    expect(chat.answer.get_by_text("Thought for 1 s", exact=True)).to_be_visible()


def test_the_seconds_of_thinking_are_counted_until_the_answer_begins(chat, model):
    model.plays("reasoning", pause=2, tagged=True)
    chat.say("Think")
    expect(chat.answer.get_by_text(re.compile("^Thinking for [1-9] s$"))).to_be_visible()
    expect(chat.answer.get_by_text(re.compile("^Thought for [1-9] s$"))).to_be_visible()
    expect(chat.body).to_have_text("Then I answer.")


def test_a_restart_of_the_server_loses_nothing(chat, model, site, faults):
    faults.expect(AWAY)
    other = ChatPage(chat.page.context.new_page()).open("/")
    steps = model.says_in_steps("Half an ", "answer")
    other.say("Interrupted")
    expect(other.answer).to_contain_text("Half an")
    chat.front()
    chat.ask("Before")
    site.stop()
    chat.page.context.set_offline(True)
    chat.say("Written meanwhile")
    expect(chat.said.last).to_have_text("Written meanwhile")
    expect(chat.mine.last).to_contain_text("Waiting for connection")
    expect(chat.page.get_by_text("You’re offline.")).to_be_visible()
    steps.go_on(2)
    site.start()
    model.says("The answer after the break.")
    chat.page.context.set_offline(False)
    expect(chat.answer).to_contain_text("The answer after the break.")
    chat.ended()
    expect(chat.mine.last.get_by_text("Waiting for connection")).to_be_hidden()
    other.ended("interrupted")
    expect(other.answer).to_contain_text("This reply was interrupted.")
    expect(other.body).to_have_text("Half an ")
    chat.reload()
    expect(chat.said).to_have_text(["Before", "Written meanwhile"])
    expect(chat.answers).to_have_count(2)


def test_a_server_that_is_killed_loses_nothing_that_was_shown(chat, model, site, faults):
    faults.expect(AWAY)
    chat.ask("Before")
    steps = model.says_in_steps("Half an ", "answer")
    chat.say("Go on")
    expect(chat.answer).to_contain_text("Half an")
    # Until it is on the disk: once a second
    chat.page.wait_for_timeout(1500)
    site.kill()
    expect(chat.page.locator("body")).not_to_have_attribute("data-connection", "open")
    chat.say("Written meanwhile")
    steps.go_on(2)
    site.start()
    model.says("The answer after it.")
    expect(chat.answers).to_have_count(3)
    expect(chat.answers.nth(1)).to_have_attribute("data-status", "interrupted")
    expect(chat.answers.nth(1)).to_contain_text("Half an")
    expect(chat.body).to_have_text("The answer after it.")
    chat.reload()
    expect(chat.said).to_have_text(["Before", "Go on", "Written meanwhile"])
    expect(chat.answers.nth(1)).to_contain_text("Half an")


def test_a_stopped_answer_is_continued_in_its_place(chat, model):
    model.says_in_steps("The first part, ", "never said.")
    chat.say("Tell me")
    expect(chat.answer).to_contain_text("The first part,")
    chat.stop.click()
    chat.ended("stopped")
    other = chat.beside()
    steps = model.says_in_steps("the second ", "part.")
    chat.answer.get_by_role("button", name="Continue").click()
    expect(chat.body).to_have_text("The first part, the second")
    expect(chat.answer.get_by_text("You stopped this reply.")).to_be_hidden()
    expect(other.body).to_have_text("The first part, the second")
    expect(chat.stop).to_be_visible()
    steps.go_on(2)
    chat.ended()
    other.ended()
    expect(chat.answers).to_have_count(1)
    expect(chat.answer.get_by_role("button", name="Continue")).to_be_hidden()
    chat.reload()
    expect(chat.body).to_have_text("The first part, the second part.")


def test_an_answer_that_ends_says_which_model_wrote_it(chat, model):
    chat.ask("Who are you?")
    expect(chat.answer.locator(".model")).to_have_text("scripted-1")
    model.says_in_steps("One ", "two")
    chat.say("And now?")
    expect(chat.answer).to_contain_text("One")
    chat.stop.click()
    chat.ended("stopped")
    expect(chat.answer.locator(".model")).to_have_text("scripted-1")


def test_a_page_that_could_not_keep_up_with_a_long_answer_shows_all_of_it_at_the_end(context, model):
    page = context.new_page()
    frames = []

    def listen(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def heard(text: str) -> None:
            frames.append(json.loads(text))
            socket.send(text)

        server.on_message(heard)
        # It never says what it has placed
        socket.on_message(lambda text: None if '"ack"' in text else server.send(text))

    page.route_web_socket(re.compile("/ws/chat/"), listen)
    chat = ChatPage(page).open("/")
    lines = "\n\n".join(f"Line {number}: " + "many words " * 60 for number in range(1, 901))
    model.plays("plain", text=lines, size=2000, rate=200)
    chat.say("Write a book")
    chat.ended()
    expect(chat.body.locator("> p")).to_have_count(900)
    expect(chat.body.locator("> p").last).to_contain_text("Line 900: many words")
    [end] = [frame["seq"] for frame in frames if isinstance(frame, dict) and frame["type"] == "ended"]
    assert max(frame[1] for frame in frames if isinstance(frame, list)) < end
    chat.ask("And now?")
    expect(chat.said).to_have_text(["Write a book", "And now?"])
