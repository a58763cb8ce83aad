"""A slow model: the page says for how long nothing has come, and Stop works throughout."""

import re

from playwright.sync_api import expect

from tests.browser.chat_page import ChatPage


def waited(chat: ChatPage, words: str = r"Still waiting, 4\d s") -> None:
    expect(chat.answer.locator(".quiet-for")).to_have_text(re.compile(words))


def test_a_reply_that_does_not_begin_says_how_long_it_is_waited_for_and_can_be_stopped(chat, model):
    chat.page.clock.install()
    model.plays("hang")
    chat.say("A long prompt")
    expect(chat.stop).to_be_visible()
    line = chat.answer.locator(".quiet-for")
    expect(line).to_be_hidden()
    chat.page.clock.run_for(45_000)
    waited(chat)
    expect(chat.answer.get_by_role("timer")).to_be_visible()
    chat.stop.click()
    chat.ended("stopped")
    expect(line).to_be_hidden()


def test_it_is_counted_anew_in_a_pause_and_after_a_reload(chat, model):
    chat.page.clock.install()
    steps = model.says_in_steps("The first words, ", "and the last.")
    chat.say("Slowly")
    expect(chat.answer).to_contain_text("The first words,")
    chat.page.clock.run_for(45_000)
    waited(chat)
    chat.address()
    chat.reload().live()
    # Since when is known when the connection has told it, which may be a while after the words are there
    for _ in range(60):
        if chat.answer.locator(".quiet-for").inner_text():
            break
        chat.page.clock.run_for(5_000)
    waited(chat, r"Still waiting, 1\d s")
    steps.go_on()
    expect(chat.answer).to_contain_text("and the last.")
    expect(chat.answer.locator(".quiet-for")).to_be_hidden()
    steps.go_on()
    chat.ended()
