"""How a reply ended, and thinking that was taken for an answer, as a reader sees them."""

from playwright.sync_api import expect

CUT = "This reply reached the maximum length."


def test_a_reply_that_was_cut_says_so_and_goes_on(chat, model):
    model.plays("plain", text="One, two, ", finish="length")
    chat.ask("Count")
    note = chat.answer.get_by_text(CUT)
    expect(note).to_be_visible()
    chat.reload().live()
    expect(note).to_be_visible()
    model.says("three.")
    chat.answer.get_by_role("button", name="Continue").click()
    expect(chat.body).to_have_text("One, two, three.")
    chat.ended()
    expect(note).to_be_hidden()


def test_what_was_shown_as_the_answer_moves_into_the_thinking_when_its_end_comes(chat, model):
    steps = model.says_in_steps("First I *think*.\n\n", "* So it is.\n</think>\n\n", "Then I **answer**.")
    chat.say("Think")
    steps.go_on()
    expect(chat.body).to_contain_text("First I think.")
    steps.go_on(2)
    chat.ended()
    expect(chat.body).to_have_text("Then I answer.")
    thinking = chat.answer.locator(".thinking")
    expect(thinking.locator("em")).to_be_hidden()
    thinking.locator("summary").click()
    expect(thinking.locator("em")).to_have_text("think")
    expect(thinking.get_by_role("listitem")).to_have_text("So it is.")
    shown = chat.answer.inner_text()
    chat.reload().live()
    thinking.locator("summary").click()
    assert chat.answer.inner_text() == shown


def test_only_the_last_reply_that_was_cut_asks_to_be_continued(chat, model):
    model.plays("plain", text="One, two, ", finish="length")
    chat.ask("Count")
    expect(chat.answer.get_by_text("Press Continue")).to_be_visible()
    chat.ask("Something else")
    cut = chat.answers.first
    expect(cut.get_by_text(CUT)).to_be_visible()
    expect(cut.get_by_text("Press Continue")).to_be_hidden()
    expect(cut.get_by_role("button", name="Continue")).to_be_hidden()
