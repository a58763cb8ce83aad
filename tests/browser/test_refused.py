"""A message that was refused: it is in nobody's way, and can be sent again, changed or removed."""

import re

from playwright.sync_api import WebSocketRoute, expect

from tests.browser.chat_page import ChatPage


class Picky:
    """The tabs of somebody at whom the server hangs up for every message with a certain word in it."""

    def __init__(self, context) -> None:
        self.word = "too large"
        self.connections = 0
        context.route_web_socket(re.compile("/ws/chat/"), self._listen)
        self._context = context

    def _listen(self, socket: WebSocketRoute) -> None:
        self.connections += 1
        server = socket.connect_to_server()
        socket.on_message(lambda text: socket.close(code=1009) if self.word in text else server.send(text))

    def tab(self) -> ChatPage:
        return ChatPage(self._context.new_page()).open("/")


def test_what_the_server_hangs_up_on_is_refused_and_neither_sent_for_ever_nor_in_the_way(context, model):
    picky = Picky(context)
    chat = picky.tab()
    chat.say("too large")
    expect(chat.mine).to_contain_text("This is too much to send at once.")
    chat.live()
    again = chat.mine.get_by_role("button", name="Try again")
    expect(again).to_be_visible()
    assert picky.connections == 2
    chat.ask("Small")
    chat.address()
    expect(chat.said).to_have_text(["Small", "too large"])
    picky.word = "nothing"
    again.click()
    expect(chat.answers).to_have_count(2)
    chat.ended()
    expect(chat.said).to_have_text(["Small", "too large"])
    chat.reload()
    expect(chat.said).to_have_text(["Small", "too large"])


def test_what_was_refused_in_a_new_chat_is_removed_or_waits_in_the_box_of_the_next(context, model):
    picky = Picky(context)
    chat = picky.tab()
    other = picky.tab()
    chat.front()
    for _ in range(2):
        chat.say("too large")
        chat.live()
        chat.mine.get_by_role("button", name="Remove").click()
        expect(chat.mine).to_have_count(0)
    expect(chat.toast.first).to_contain_text("Message removed")
    chat.toast.get_by_role("button", name="Undo").last.click()
    expect(chat.box).to_have_value("too large")
    chat.box.press("Enter")
    expect(chat.mine).to_contain_text("This is too much to send at once.")
    chat.reload().live()
    expect(chat.box).to_have_value("too large")
    expect(chat.toast).to_contain_text("It’s back in the message box.")
    expect(chat.mine).to_have_count(0)
    chat.box.press("Enter")
    expect(chat.mine).to_contain_text("This is too much to send at once.")
    expect(other.mine).to_have_count(0)
    chat.page.close()
    expect(other.box).to_have_value("too large")
    other.ask("Small enough")
    expect(other.said).to_have_text("Small enough")
