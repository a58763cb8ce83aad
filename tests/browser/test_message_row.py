"""What a reply's row of buttons does: its menu, thumbs, other models, versions side by side, and quoting from it."""

import re

from playwright.sync_api import expect

from tests.browser.accessible import DESK, dress, violations
from tests.browser.chat_page import ChatPage

SELECT = """(selector) => {
  const words = document.querySelector(selector).firstChild;
  getSelection().setBaseAndExtent(words, 0, words, words.length);
}"""


# What is said to nobody but those who hear the page
UNSEEN = "rgba(0, 0, 0, 0)"
CODE = "```text\n" + "line\n" * 35 + "```\n"
# How far the dialog is scrolled where its button to use a version has something over it
COVERED = """(dialog) => {
  const button = dialog.querySelector('.use-version button');
  const places = Array.from({ length: 120 }, (_, number) => number * 8);
  return places.filter((place) => {
    dialog.scrollTop = place;
    const { left, top, height } = button.getBoundingClientRect();
    return document.elementFromPoint(left + 8, top + height / 2) !== button;
  });
}"""


def menu_of(chat: ChatPage):
    return chat.page.locator("#message-menu")


def test_the_menu_of_a_reply_is_walked_by_keyboard_and_each_thing_in_it_is_done(chat, model):
    model.says("The **first** reply.")
    chat.ask("Question")
    keyboard = chat.page.keyboard
    more = chat.answer.get_by_role("button", name="More actions")
    more.focus()
    keyboard.press("Enter")
    expect(more).to_have_attribute("aria-expanded", "true")
    expect(chat.answer.get_by_role("button", name="Keep in context")).to_be_focused()
    assert violations(chat.page) == []
    dress(chat.page, DESK)
    keyboard.press("End")
    expect(chat.answer.get_by_role("button", name="Report")).to_be_focused()
    keyboard.press("c")
    expect(chat.answer.get_by_role("button", name="Copy as Markdown")).to_be_focused()
    keyboard.press("Escape")
    expect(menu_of(chat)).to_be_hidden()
    expect(more).to_be_focused()
    expect(chat.page.get_by_role("button", name="Stop")).to_be_hidden()
    chat.more(chat.answer, "Copy as Markdown")
    expect(chat.toast).to_have_text("Copied")
    expect(menu_of(chat)).to_be_hidden()
    chat.more(chat.answer, "View request")
    dialog = chat.page.get_by_role("dialog", name="View request")
    expect(dialog).to_be_visible()
    keyboard.press("Escape")
    expect(more).to_be_focused()
    more.click()
    chat.page.mouse.click(700, 200)
    expect(menu_of(chat)).to_be_hidden()
    time = chat.answer.locator("time")
    chat.box.focus()
    chat.page.mouse.move(2, 2)
    expect(time).to_have_css("color", UNSEEN)
    chat.body.hover()
    expect(time).not_to_have_css("color", UNSEEN)
    expect(time).to_have_text(re.compile(r"^\d+:\d\d.[AP]M$"))
    model.plays("status", code=500)
    chat.say("What fails")
    chat.ended("failed")
    chat.page.mouse.move(2, 2)
    expect(chat.answer.get_by_role("button", name="Retry").locator("svg")).to_be_visible()
    expect(chat.answers.first.get_by_role("button", name="Copy").locator("svg").first).to_be_hidden()
    expect(time).to_have_css("color", UNSEEN)


def test_a_thumb_is_kept_changed_explained_and_taken_back(chat, model):
    chat.ask("Question")
    good, bad = (chat.answer.get_by_role("button", name=f"{kind} reply") for kind in ("Good", "Bad"))
    good.click()
    expect(chat.toast).to_contain_text("Thanks for your feedback.")
    expect(good).to_have_attribute("aria-pressed", "true")
    bad.click()
    dialog = chat.page.get_by_role("dialog", name="What’s wrong with this reply?")
    expect(dialog).to_be_visible()
    expect(good).to_have_attribute("aria-pressed", "false")
    assert violations(chat.page) == []
    dialog.get_by_role("radio", name="Too long").check()
    dialog.get_by_role("textbox").fill("Three pages for a yes")
    dialog.get_by_role("button", name="Send feedback").click()
    expect(dialog).to_have_count(0)
    expect(bad).to_be_focused()
    chat.reload().live()
    expect(bad).to_have_attribute("aria-pressed", "true")
    # It shows at once, and is kept when the server has answered
    with chat.page.expect_response("**/feedback/"):
        bad.click()
    expect(bad).to_have_attribute("aria-pressed", "false")
    chat.reload()
    expect(bad).to_have_attribute("aria-pressed", "false")


def test_words_of_a_reply_are_quoted_by_the_mouse_by_tab_and_by_a_shortcut(chat, model):
    model.says("Some *words* of it.\n\nAnd others.")
    chat.ask("Question")
    quote = chat.page.get_by_role("button", name="Quote in my question")
    chat.box.fill("What about this?")
    chat.page.evaluate(SELECT, ".assistant .body p:last-child")
    expect(quote).to_be_visible()
    assert violations(chat.page) == []
    quote.click()
    expect(chat.box).to_have_value("What about this?\n\n> And others.\n\n")
    expect(chat.box).to_be_focused()
    expect(quote).to_have_count(0)
    chat.box.fill("")
    chat.body.locator("p").first.click(position={"x": 1, "y": 10})
    for _ in range(4):
        chat.page.evaluate("getSelection().modify('extend', 'forward', 'word')")
    expect(quote).to_be_visible()
    chat.page.keyboard.press("Tab")
    expect(quote).to_be_focused()
    chat.page.keyboard.press("Enter")
    expect(chat.box).to_have_value(re.compile(r"^> Some words of it\.?\n\n$"))
    chat.box.fill("")
    chat.page.evaluate(SELECT, ".assistant .body p:last-child")
    expect(quote).to_be_visible()
    chat.page.keyboard.press("Alt+q")
    expect(chat.box).to_have_value("> And others.\n\n")
    chat.page.evaluate(SELECT, ".user .body")
    chat.page.wait_for_timeout(400)
    expect(quote).to_have_count(0)


def test_the_button_that_quotes_keeps_the_focus_when_more_words_are_selected_just_before(chat, model):
    model.says("Some words of it.")
    chat.ask("Question")
    quote = chat.page.get_by_role("button", name="Quote in my question")
    chat.body.locator("p").first.click(position={"x": 1, "y": 10})
    chat.page.evaluate("getSelection().modify('extend', 'forward', 'word')")
    expect(quote).to_be_visible()
    # Tab comes before the button has been put beside the whole selection
    chat.page.evaluate("getSelection().modify('extend', 'forward', 'word')")
    chat.page.keyboard.press("Tab")
    chat.page.wait_for_timeout(400)
    expect(quote).to_be_focused()
    chat.page.keyboard.press("Enter")
    expect(chat.box).to_have_value("> Some words\n\n")


def test_a_reply_is_asked_of_another_model_and_its_versions_are_seen_side_by_side(chat, model):
    model.says(f"By the first.\n\n{CODE}\n{CODE}")
    chat.ask("Question")
    other = "scripted-2"
    model.says("By the second, with **more** words.")
    chat.more(chat.answer, "Retry with another model")
    search = chat.answer.get_by_role("combobox", name="Search models")
    expect(search).to_be_focused()
    assert violations(chat.page) == []
    dress(chat.page, DESK)
    chat.page.keyboard.press("Escape")
    expect(menu_of(chat)).to_be_hidden()
    expect(chat.answer.get_by_role("button", name="More actions")).to_be_focused()
    chat.more(chat.answer, "Retry with another model")
    search.press_sequentially("-2")
    expect(chat.answer.get_by_role("option")).to_have_count(1)
    chat.answer.get_by_role("option", name=other).click()
    expect(menu_of(chat)).to_be_hidden()
    expect(chat.version(chat.answer)).to_have_text("2 / 2")
    chat.ended()
    expect(chat.answer.locator(".model")).to_have_text(other)
    chat.more(chat.answer, "Compare versions")
    dialog = chat.page.get_by_role("dialog", name="Compare versions")
    expect(dialog).to_be_visible()
    assert violations(chat.page) == []
    chat.page.keyboard.press("Escape")
    expect(chat.answer.get_by_role("button", name="More actions")).to_be_focused()
    chat.answer.locator(".siblings").get_by_role("button", name="Compare versions").click()
    expect(dialog.get_by_role("region")).to_have_count(2)
    expect(dialog.get_by_role("region", name="Version 1 of 2")).to_contain_text("By the first.")
    expect(dialog.get_by_role("region", name="Version 2 of 2")).to_contain_text(other)
    assert dialog.evaluate(COVERED) == []
    assert violations(chat.page) == []
    expect(dialog.get_by_role("region", name="Version 2 of 2")).to_contain_text("In use")
    dialog.get_by_role("button", name="Use this one").click()
    expect(chat.version(chat.answer)).to_have_text("1 / 2")
    expect(chat.body).to_contain_text("By the first.")
    expect(dialog).to_have_count(0)


def test_the_button_far_below_a_reply_that_is_being_written_shows_with_the_pointer_or_the_focus(chat, model):
    steps = model.says_in_steps("A few words.", " And more.")
    chat.say("Begin")
    expect(chat.body).to_have_text("A few words.")
    icon = chat.answer.locator(".read > .icon").first
    chat.list.hover()
    expect(icon).to_be_hidden()
    chat.answer.locator(".read").focus()
    expect(icon).to_be_visible()
    chat.box.focus()
    expect(icon).to_be_hidden()
    chat.body.hover()
    expect(icon).to_be_visible()
    steps.go_on(2)
    chat.ended()
    chat.list.hover()
    expect(icon).to_be_visible()


def test_on_a_touch_screen_that_button_comes_by_a_tap_on_the_reply(new_context, site, model):
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    chat = ChatPage(new_context(site, site.someone(), **phone).new_page()).open("/")
    steps = model.says_in_steps("A few words.", " And more.")
    chat.say("Begin")
    expect(chat.body).to_have_text("A few words.")
    button = chat.answer.locator(".read")
    expect(button).to_be_hidden()
    chat.body.tap()
    expect(button).to_be_visible()
    chat.said.tap()
    expect(button).to_be_hidden()
    steps.go_on(2)
    chat.ended()
    expect(button).to_be_visible()
