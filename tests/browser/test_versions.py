"""Edited messages, other answers, and walking between them; nothing that was said is lost."""

import re

from playwright.sync_api import APIResponse, Route, expect

from tests.browser.chat_page import ChatPage


def edited(chat, model, old="First wording", new="Second wording") -> ChatPage:
    """A conversation whose only message has two wordings, each with its answer."""
    model.says(f"Answer to {old}.")
    chat.ask(old)
    model.says(f"Answer to {new}.")
    chat.press(chat.mine.first, "Edit")
    chat.editor.fill(new)
    chat.editor.press("Enter")
    expect(chat.said).to_have_text(new)
    expect(chat.body).to_have_text(f"Answer to {new}.")
    chat.ended()
    return chat


def test_an_edited_message_begins_a_branch_and_the_old_one_stays(chat, model):
    edited(chat, model)
    expect(chat.version(chat.mine)).to_have_text("2 / 2")
    expect(chat.box).to_be_focused()
    chat.press(chat.mine, "Previous version")
    expect(chat.said).to_have_text("First wording")
    expect(chat.body).to_have_text("Answer to First wording.")
    chat.reload()
    expect(chat.said).to_have_text("First wording")
    assert model.asked[-1] == "Second wording"


def test_the_editor_is_opened_left_and_sent_by_keyboard(chat, model):
    chat.ask("Some words\nin two lines")
    chat.mine.get_by_role("button", name="Edit").focus()
    keyboard = chat.page.keyboard
    keyboard.press("Enter")
    expect(chat.editor).to_be_focused()
    expect(chat.editor).to_have_value("Some words\nin two lines")
    keyboard.type("!")
    keyboard.press("Escape")
    expect(chat.editor).to_have_count(0)
    expect(chat.mine.get_by_role("button", name="Edit")).to_be_focused()
    expect(chat.said).to_have_text("Some words\nin two lines")
    keyboard.press("Enter")
    keyboard.press("Control+a")
    keyboard.press("Delete")
    keyboard.press("Enter")
    expect(chat.editor).to_have_value("")
    keyboard.type("Others")
    keyboard.press("Enter")
    expect(chat.said).to_have_text("Others")
    chat.ended()


def test_arrow_keys_walk_between_the_versions_and_say_where_one_is(chat, model):
    edited(chat, model)
    before, after = (chat.mine.get_by_role("button", name=f"{way} version") for way in ("Previous", "Next"))
    before.focus()
    chat.page.keyboard.press("ArrowLeft")
    expect(chat.said).to_have_text("First wording")
    # There is none before the first: the other arrow has the focus now
    expect(after).to_be_focused()
    expect(before).to_be_disabled()
    expect(chat.page.locator("#status")).to_have_text("Version 1 of 2")
    chat.page.keyboard.press("ArrowRight")
    expect(chat.said).to_have_text("Second wording")
    expect(before).to_be_focused()


def test_any_answer_can_be_asked_for_anew_and_what_followed_it_is_kept(chat, model):
    for number in (1, 2):
        model.says(f"Answer {number}.")
        chat.ask(f"Question {number}")
    model.says("Another answer 1.")
    chat.press(chat.answers.first, "Retry")
    expect(chat.answers).to_have_count(1)
    expect(chat.body).to_have_text("Another answer 1.")
    expect(chat.version(chat.answer)).to_have_text("2 / 2")
    chat.ended()
    chat.press(chat.answer, "Previous version")
    expect(chat.said).to_have_text(["Question 1", "Question 2"])
    chat.say("Question 3")
    expect(chat.said).to_have_count(3)
    chat.ended()


def test_the_arrows_stay_under_the_pointer(chat, model):
    model.says("A long one before. " * 400)
    chat.ask("Begin")
    model.says("Short.")
    chat.ask("Write")
    model.says("\n\n".join(f"Paragraph {n}." for n in range(9)))
    chat.press(chat.answer, "Retry")
    place = chat.version(chat.answer)
    expect(place).to_have_text("2 / 2")
    chat.ended()
    chat.page.get_by_role("log").evaluate("log => log.scrollBy(0, -20)")
    before = chat.top_of(place)
    for way, number in (("Previous", 1), ("Next", 2)):
        chat.answer.get_by_role("button", name=f"{way} version").click()
        expect(place).to_have_text(f"{number} / 2")
        assert abs(chat.top_of(place) - before) <= 2


def test_another_tab_follows_to_the_branch_and_keeps_its_open_editor(chat, model):
    chat.ask("Question 1")
    chat.ask("Question 2")
    other = chat.beside()
    other.press(other.mine.first, "Edit")
    other.editor.fill("Half a thought")
    model.says("Once more.")
    chat.press(chat.answer, "Retry")
    expect(other.version(other.answer)).to_have_text("2 / 2")
    expect(other.answer).to_contain_text("Once more.")
    expect(other.editor).to_have_value("Half a thought")
    chat.press(chat.answer, "Previous version")
    expect(other.version(other.answer)).to_have_text("1 / 2")
    expect(other.editor).to_have_value("Half a thought")


class SlowPage:
    """Makes a tab's next fetch of its conversation a slow one: what the server says now arrives later."""

    def __init__(self, chat: ChatPage) -> None:
        self._chat = chat
        self._held: list[tuple[Route, APIResponse]] = []
        chat.page.route(chat.page.url, self._hold, times=1)

    def _hold(self, route: Route) -> None:
        self._held.append((route, route.fetch()))

    def arrive(self) -> None:
        while not self._held:
            self._chat.page.wait_for_timeout(20)
        route, response = self._held.pop()
        route.fulfill(response=response)


def test_a_page_that_was_overtaken_on_its_way_is_not_shown(chat, model):
    edited(chat, model)
    other = chat.beside()
    slow = SlowPage(other)
    chat.press(chat.mine, "Previous version")
    expect(chat.said).to_have_text("First wording")
    other.page.wait_for_timeout(300)
    model.says("After the first wording.")
    chat.ask("And then?")
    expect(other.said).to_have_text("Second wording")
    slow.arrive()
    expect(other.said).to_have_text(["First wording", "And then?"])
    expect(other.body).to_have_text("After the first wording.")


def test_a_page_for_a_conversation_that_was_left_is_not_shown(chat, model):
    model.titles("To be left")
    edited(chat, model)
    other = chat.beside()
    slow = SlowPage(other)
    chat.press(chat.mine, "Previous version")
    expect(chat.said).to_have_text("First wording")
    other.page.wait_for_timeout(300)
    chat.choose("To be left", "Delete")
    expect(other.mine).to_have_count(0)
    slow.arrive()
    other.page.wait_for_timeout(300)
    expect(other.mine).to_have_count(0)
    expect(other.log.get_by_role("heading")).to_be_visible()


def test_an_edit_that_is_refused_keeps_its_text(chat, model):
    chat.ask("Question 1")
    chat.page.evaluate("document.querySelector('#composer').dataset.limit = '1000000'")
    chat.press(chat.mine, "Edit")
    chat.editor.fill("x" * 64_001)
    chat.editor.press("Enter")
    expect(chat.mine.get_by_role("alert")).to_contain_text("64,000 characters at most")
    expect(chat.editor).to_have_value("x" * 64_001)
    chat.editor.fill("Shorter")
    chat.mine.get_by_role("button", name="Send").click()
    expect(chat.said).to_have_text("Shorter")


def test_without_javascript_the_arrows_lead_to_the_version(chat, model, new_context, site):
    edited(chat, model)
    context = new_context(site, java_script_enabled=False)
    context.add_cookies(chat.page.context.cookies())
    plain = ChatPage(context.new_page())
    plain.page.goto(chat.address())
    plain.mine.get_by_role("button", name="Previous version").click()
    expect(plain.said).to_have_text("First wording")
    expect(plain.page).to_have_url(re.compile(r"#m-[0-9a-f-]{36}$"))
    assert plain.mine.get_attribute("id") == plain.page.url.partition("#")[2]


def test_what_is_being_edited_survives_a_reload_and_a_cancel_forgets_it(chat, model):
    chat.ask("Question 1")
    chat.press(chat.mine, "Edit")
    chat.editor.fill("Half a thought")
    chat.reload()
    expect(chat.editor).to_have_value("Half a thought")
    chat.mine.get_by_role("button", name="Cancel").click()
    expect(chat.said).to_have_text("Question 1")
    chat.reload().live()
    expect(chat.editor).to_have_count(0)


def test_what_is_being_edited_goes_to_the_message_box_when_its_message_leaves_the_page(chat, model):
    chat.ask("Question 1")
    chat.ask("Question 2")
    other = chat.beside()
    other.press(other.mine.last, "Edit")
    other.editor.fill("Half a thought")
    chat.press(chat.mine.first, "Edit")
    chat.editor.fill("Another question 1")
    chat.editor.press("Enter")
    expect(other.said).to_have_text(["Another question 1"])
    expect(other.toast).to_contain_text("Your text is in the message box.")
    expect(other.box).to_have_value("Half a thought")


def test_an_edit_that_waits_goes_to_the_message_box_when_its_message_leaves_the_page(chat, model):
    edited(chat, model)
    other = chat.beside()
    steps = model.says_in_steps("One ", "two.")
    chat.say("Question 2")
    expect(other.answer).to_contain_text("One")
    other.press(other.mine.last, "Edit")
    other.editor.fill("Another question 2")
    other.editor.press("Enter")
    expect(other.mine.last).to_contain_text("Queued")
    chat.press(chat.mine.first, "Previous version")
    expect(other.said).to_have_text(["First wording"])
    expect(other.toast).to_contain_text("Your text is in the message box.")
    expect(other.box).to_have_value("Another question 2")
    steps.go_on(2)
    other.reload().live()
    expect(other.box).to_have_value("Another question 2")
    expect(other.said).to_have_text(["First wording"])


def test_an_edit_that_was_refused_goes_to_the_message_box_when_its_message_leaves_the_page(chat, model):
    chat.ask("Question 1")
    chat.ask("Question 2")
    other = chat.beside()
    other.page.evaluate("document.querySelector('#composer').dataset.limit = '1000000'")
    other.press(other.mine.last, "Edit")
    other.editor.fill("x" * 64_001)
    other.editor.press("Enter")
    expect(other.mine.get_by_role("alert").last).to_contain_text("64,000 characters at most")
    other.editor.fill("Shorter")
    chat.press(chat.mine.first, "Edit")
    chat.editor.fill("Another question 1")
    chat.editor.press("Enter")
    expect(other.said).to_have_text(["Another question 1"])
    expect(other.toast).to_contain_text("Your text is in the message box.")
    expect(other.box).to_have_value("Shorter")
    other.reload().live()
    expect(other.toast).to_have_count(0)


def test_an_answer_asked_for_anew_does_not_cost_what_is_being_edited_below_it(chat, model):
    chat.ask("Question 1")
    chat.ask("Question 2")
    chat.press(chat.mine.last, "Edit")
    chat.editor.fill("Half a thought")
    chat.press(chat.answers.first, "Retry")
    expect(chat.version(chat.answer)).to_have_text("2 / 2")
    expect(chat.box).to_have_value("Half a thought")
    expect(chat.toast).to_contain_text("Your text is in the message box.")


def test_walking_the_versions_far_from_the_end_keeps_the_place_and_the_focus(new_context, site):
    page = new_context(site, site.named("branched")).new_page()
    chat = ChatPage(page).open("/")
    chat.list.get_by_role("link", name="A branched conversation", exact=True).click()
    chat.live()
    place = chat.log.locator(".place")
    before = chat.top_of(place)
    chat.log.get_by_role("button", name="Previous version").click()
    expect(place).to_have_text("1 / 2")
    expect(chat.log.get_by_role("button", name="Next version")).to_be_focused()
    assert abs(chat.top_of(place) - before) <= 2
    expect(chat.said.last).to_contain_text("Question 49.")
    chat.log.get_by_role("button", name="Next version").click()
    expect(place).to_have_text("2 / 2")
    expect(chat.log.get_by_role("button", name="Previous version")).to_be_focused()


def test_a_version_as_high_as_the_page_leaves_what_is_put_away_above_it_where_it_is(new_context, site):
    chat = ChatPage(new_context(site, site.named("branched")).new_page()).open("/")
    chat.list.get_by_role("link", name="A branched conversation", exact=True).click()
    chat.live()
    chat.log.get_by_role("button", name="Previous version").click()
    expect(chat.log.locator(".place")).to_have_text("1 / 2")
    high = chat.mine.filter(has_text="Question 25.")
    last = chat.answers.filter(has_text="Answer 24.")
    above = last.get_attribute("data-message")
    for message, lines in ((high, 200), (last, 40)):
        message.locator(".body").evaluate(
            "(body, lines) => body.append(...Array.from({ length: lines }, () => document.createElement('br')))",
            lines,
        )
    button = chat.log.get_by_role("button", name="Next version")
    button.evaluate("(button) => button.scrollIntoView({ block: 'center' })")
    chat.until(
        "document.querySelector('.siblings').closest('.message').previousElementSibling.matches('.shelf')"
    )
    with chat.page.expect_request(re.compile(r"\?from=")) as asked:
        button.click()
    assert asked.value.url.endswith(f"?from={above}")
    expect(chat.log.locator(".place")).to_have_text("2 / 2")
    expect(last).to_have_count(1)


# Of the arrows alone, also within half a second after a touch, as a slower machine would count them
WATCH_ARROWS = """
    window.jumps = [];
    new PerformanceObserver((list) => list.getEntries().forEach(({ value, sources }) => {
        if (sources.some(({ node }) => node?.matches?.('.siblings'))) window.jumps.push(value);
    })).observe({ type: 'layout-shift' });
"""


def test_the_arrows_stay_where_they_are_while_a_version_is_written(new_context, site, model):
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    chat = ChatPage(new_context(site, site.someone(), **phone).new_page()).open("/")
    chat.ask("Question")
    steps = model.says_in_steps("One, two. " * 20, "Three, four. " * 20, "End.")
    chat.page.evaluate(WATCH_ARROWS)
    chat.answer.get_by_role("button", name="Retry", exact=True).tap()
    expect(chat.body).to_contain_text("One, two.")
    expect(chat.version(chat.answer)).to_be_hidden()
    chat.body.tap()
    expect(chat.version(chat.answer)).to_be_visible()
    before = chat.top_of(chat.version(chat.answer))
    steps.go_on()
    expect(chat.body).to_contain_text("Three, four.")
    assert chat.top_of(chat.version(chat.answer)) == before
    steps.go_on(2)
    chat.ended()
    expect(chat.version(chat.answer)).to_have_text("2 / 2")
    chat.until(
        "!document.querySelector('.siblings').getAnimations().some((each) => each.playState === 'running')"
    )
    assert chat.page.evaluate("window.jumps") == []
