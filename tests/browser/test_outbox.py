"""What is written while it cannot go out: it waits, visibly, goes out once, and can be taken back."""

import json
import re

import pytest
from playwright.sync_api import WebSocketRoute, expect

from tests.browser.chat_page import ChatPage

AWAY = r"WebSocket connection|Failed to load resource"


class Device:
    """Somebody's tab whose network can be taken away, and which can be made deaf to some events."""

    def __init__(self, context, path="/") -> None:
        self.deaf: set[str] = set()
        self.missed: list[str] = []
        page = context.new_page()
        page.route_web_socket(re.compile("/ws/chat/"), self._listen)
        self.chat = ChatPage(page).open(path)

    def _listen(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def heard(text: str) -> None:
            event = json.loads(text)
            if not isinstance(event, dict) or event["type"] not in self.deaf:
                socket.send(text)
            else:
                self.missed.append(event["type"])

        server.on_message(heard)

    def offline(self, value: bool) -> None:
        self.chat.page.context.set_offline(value)


@pytest.fixture
def devices(new_context, site, faults):
    """Opens the laptop and the phone of one person: `devices(2)`."""
    faults.expect(AWAY)
    session = site.someone()
    return lambda count, path="/": [Device(new_context(site, session), path) for _ in range(count)]


def test_a_message_sent_during_an_answer_waits_for_its_end(chat, model):
    steps = model.says_in_steps("One ", "two.")
    chat.say("First")
    expect(chat.answer).to_contain_text("One")
    model.says("The second answer.")
    chat.say("Second")
    chat.say("Third")
    expect(chat.mine.nth(1)).to_contain_text("Queued")
    chat.mine.nth(2).get_by_role("button", name="Move back to draft").click()
    expect(chat.box).to_have_value("Third")
    expect(chat.said).to_have_text(["First", "Second"])
    steps.go_on(2)
    expect(chat.answers).to_have_count(2)
    expect(chat.body).to_have_text("The second answer.")
    expect(chat.mine.last.get_by_text("Queued")).to_be_hidden()


def test_stop_puts_what_waits_behind_the_answer_back_into_the_message_box(chat, model):
    chat.ask("Before")
    asked = len(model.asked)
    model.says_in_steps("One ", "two.")
    chat.say("First")
    expect(chat.answer).to_contain_text("One")
    chat.say("Second")
    chat.say("Third")
    expect(chat.mine.last).to_contain_text("Queued")
    chat.press(chat.mine.first, "Edit")
    chat.editor.fill("Before all")
    chat.editor.press("Enter")
    expect(chat.mine.first).to_contain_text("Queued")
    chat.box.fill("Fourth")
    chat.stop.click()
    chat.ended("stopped")
    expect(chat.toast).to_have_text("Stopped. Your queued messages are back in the message box.")
    expect(chat.box).to_have_value("Second\n\nThird\n\nFourth")
    expect(chat.editor).to_have_value("Before all")
    expect(chat.editor).to_be_editable()
    expect(chat.said).to_have_text(["Before", "First"])
    chat.reload().live()
    expect(chat.box).to_have_value("Second\n\nThird\n\nFourth")
    expect(chat.answers).to_have_count(2)
    chat.box.press("Enter")
    expect(chat.answers).to_have_count(3)
    chat.ended()
    assert model.asked[asked:] == ["First", "Second\n\nThird\n\nFourth"]


def test_stop_on_the_phone_holds_back_what_waits_on_the_laptop_but_not_in_another_conversation(
    devices, model
):
    laptop, phone = (device.chat for device in devices(2))
    steps = model.says_in_steps("Elsewhere ", "it goes on.")
    laptop.say("Elsewhere")
    expect(laptop.answer).to_contain_text("Elsewhere")
    laptop.say("Follows elsewhere")
    expect(laptop.mine.last).to_contain_text("Queued")
    laptop.open("/")
    model.says_in_steps("One ", "two.")
    laptop.say("First")
    expect(laptop.answer).to_contain_text("One")
    laptop.say("Second")
    phone.page.goto(laptop.address())
    phone.live()
    phone.stop.click()
    laptop.ended("stopped")
    expect(laptop.box).to_have_value("Second")
    expect(laptop.said).to_have_text(["First"])
    model.says("Here it is.")
    steps.go_on(2)
    while "Follows elsewhere" not in model.asked:
        laptop.page.wait_for_timeout(100)
    expect(laptop.said).to_have_text(["First"])


def test_messages_written_offline_survive_a_reload_and_go_out_in_order(devices, model):
    (device,) = devices(1)
    chat = device.chat
    chat.ask("Before")
    device.deaf = {"hello"}  # a connection that never comes up
    chat.reload()
    for text in ("One", "Two", "Three"):
        chat.say(text)
    expect(chat.mine.last).to_contain_text("Waiting for connection")
    chat.reload()
    expect(chat.said).to_have_text(["Before", "One", "Two", "Three"])
    chat.mine.nth(2).get_by_role("button", name="Move back to draft").click()
    device.deaf = set()
    chat.reload()
    expect(chat.said).to_have_text(["Before", "One", "Three"])
    expect(chat.answers).to_have_count(3)
    chat.ended()
    assert [text for text in model.asked if text in {"One", "Two", "Three"}][-2:] == ["One", "Three"]


def test_a_message_outlives_its_tab_and_is_sent_by_another(devices, model):
    (device,) = devices(1)
    device.chat.ask("Before")
    address = device.chat.address()
    other = ChatPage(device.chat.page.context.new_page()).open(address)
    device.deaf = {"hello"}
    device.chat.reload()
    device.chat.say("Left behind")
    expect(device.chat.mine.last).to_contain_text("Waiting for connection")
    expect(other.mine).to_have_count(1)
    device.chat.page.close()
    expect(other.said).to_have_text(["Before", "Left behind"])
    expect(other.answers).to_have_count(2)
    other.ended()
    assert model.asked.count("Left behind") == 1


def test_without_locks_a_message_still_survives_a_reload(devices, model):
    (device,) = devices(1)
    page = device.chat.page
    page.add_init_script("Object.defineProperty(navigator, 'locks', { value: undefined })")
    device.deaf = {"hello"}
    page.reload()
    device.chat.say("Kept here")
    expect(device.chat.mine).to_contain_text("Waiting for connection")
    device.deaf = set()
    page.reload()
    expect(device.chat.said).to_have_text("Kept here")
    device.chat.ended()


def test_a_new_chat_begun_offline_becomes_one_conversation(devices, model):
    (device,) = devices(1)
    chat = device.chat
    device.offline(True)
    chat.say("One")
    chat.say("Two")
    expect(chat.mine.last).to_contain_text("Waiting for connection")
    device.offline(False)
    expect(chat.answers).to_have_count(2)
    chat.ended()
    chat.address()
    chat.reload()
    expect(chat.said).to_have_text(["One", "Two"])


@pytest.mark.parametrize("kind", ["message", "edit"])
def test_a_lost_acknowledgement_doubles_nothing(devices, model, kind):
    (device,) = devices(1)
    chat = device.chat
    chat.ask("Before")
    asked = len(model.asked)
    device.deaf = {"sent", "stale", "snapshot", "replaced", "ended"}
    if kind == "message":
        chat.say("Only once")
    else:
        chat.press(chat.mine, "Edit")
        chat.editor.fill("Only once")
        chat.editor.press("Enter")
    chat.page.wait_for_timeout(500)
    device.offline(True)
    device.deaf = set()
    device.offline(False)
    expect(chat.said.last).to_have_text("Only once")
    expect(chat.answers).to_have_count(2 if kind == "message" else 1)
    chat.ended()
    expect(chat.editor).to_have_count(0)
    chat.reload()
    expect(chat.said).to_have_text(["Before", "Only once"] if kind == "message" else ["Only once"])
    assert model.asked[asked:].count("Only once") == 1


def test_an_edit_written_offline_waits_in_its_editor(devices, model):
    (device,) = devices(1)
    chat = device.chat
    chat.ask("Before")
    device.deaf = {"hello"}
    chat.reload()
    chat.press(chat.mine, "Edit")
    chat.editor.fill("After")
    chat.editor.press("Enter")
    expect(chat.mine).to_contain_text("Waiting for connection")
    chat.reload()
    expect(chat.editor).to_have_value("After")
    chat.mine.get_by_role("button", name="Cancel").click()
    expect(chat.editor).to_be_focused()
    chat.editor.fill("After all")
    chat.editor.press("Enter")
    device.deaf = set()
    chat.reload()
    expect(chat.said).to_have_text("After all")
    chat.ended()
    expect(chat.version(chat.mine)).to_have_text("2 / 2")


def stale(devices) -> tuple[ChatPage, ChatPage]:
    """A tab that was away while another one went on, and whose message is refused now; and the other."""
    (laptop,) = devices(1)
    laptop.chat.ask("Together")
    (phone,) = devices(1, laptop.chat.address())
    phone.offline(True)
    phone.chat.say("From an old page")
    expect(phone.chat.mine.last).to_contain_text("Waiting for connection")
    laptop.chat.ask("Newer")
    phone.offline(False)
    expect(phone.chat.mine.last).to_contain_text("This conversation has newer messages.")
    expect(phone.chat.said).to_have_text(["Together", "From an old page"])
    return phone.chat, laptop.chat


def test_a_stale_tab_shows_what_is_newer_and_sends_after_it(devices):
    phone, laptop = stale(devices)
    phone.page.get_by_role("button", name="Show newer messages").click()
    expect(phone.said).to_have_text(["Together", "Newer", "From an old page"])
    again = phone.mine.last.get_by_role("button", name="Try again")
    expect(again).to_be_focused()
    again.click()
    expect(phone.answers).to_have_count(3)
    phone.ended()
    expect(laptop.said).to_have_text(["Together", "Newer", "From an old page"])


def test_a_stale_tab_branches_from_where_it_stands(devices):
    phone, laptop = stale(devices)
    phone.page.get_by_role("button", name="Branch from here").click()
    expect(phone.version(phone.mine.last)).to_have_text("2 / 2")
    expect(phone.said).to_have_text(["Together", "From an old page"])
    expect(laptop.said).to_have_text(["Together", "From an old page"])
    phone.ended()
    laptop.press(laptop.mine.last, "Previous version")
    expect(phone.said).to_have_text(["Together", "Newer"])


def test_of_two_tabs_that_send_at_once_the_second_keeps_its_text(devices, model):
    (laptop,) = devices(1)
    laptop.chat.ask("Together")
    (phone,) = devices(1, laptop.chat.address())
    steps = model.says_in_steps("One ", "two.")
    phone.deaf = {"sent", "snapshot", "stale"}
    laptop.chat.say("At once")
    expect(laptop.chat.answer).to_contain_text("One")
    phone.chat.say("At once too")
    expect(phone.chat.mine.last).to_contain_text("A reply is still being written")
    phone.deaf = set()
    steps.go_on(2)
    laptop.chat.ended()
    expect(phone.chat.said).to_have_text(["Together", "At once", "At once too"])
    phone.chat.page.get_by_role("button", name="Try again").click()
    phone.chat.ended()
    expect(laptop.chat.said).to_have_text(["Together", "At once", "At once too"])


def test_a_message_of_control_characters_and_one_with_half_a_character_go_out(chat, model):
    chat.box.evaluate(
        "box => { box.value = 'a' + '\\u0001'.repeat(63999); box.dispatchEvent(new Event('input')) }"
    )
    chat.box.press("Enter")
    expect(chat.answers).to_have_count(1)
    chat.ended()
    chat.box.evaluate("box => { box.value = 'half \\ud83d'; box.dispatchEvent(new Event('input')) }")
    chat.box.press("Enter")
    expect(chat.answers).to_have_count(2)
    chat.ended()
    assert model.asked[-1] == "half \ufffd"


def test_a_message_that_nobody_acknowledges_goes_out_again_on_a_new_connection(devices, model):
    [laptop] = devices(1)
    model.says("Here I am.")
    laptop.deaf = {"sent"}
    laptop.chat.page.clock.install()
    laptop.chat.say("Hello?")
    while not laptop.missed:
        laptop.chat.page.wait_for_timeout(20)
    laptop.deaf = set()
    laptop.chat.page.clock.fast_forward(35_000)
    expect(laptop.chat.mine).to_have_attribute("data-message", re.compile("."))
    expect(laptop.chat.answer).to_contain_text("Here I am.")
    expect(laptop.chat.said).to_have_text(["Hello?"])


def test_what_waits_for_a_conversation_that_is_deleted_elsewhere_is_kept_for_a_new_chat(devices, model):
    model.says("Hello.")
    laptop, phone = (device.chat for device in devices(2))
    laptop.ask("First")
    phone.page.goto(laptop.address())
    phone.live()
    steps = model.says_in_steps("One ", "two.")
    laptop.say("Second")
    expect(laptop.answer).to_contain_text("One")
    laptop.say("Worth keeping")
    expect(laptop.mine.last).to_contain_text("Queued")
    phone.list.locator(".item").first.hover()
    phone.list.locator(".item summary").first.click()
    phone.list.locator(".item").first.get_by_role("button", name="Delete").click()
    expect(laptop.toast).to_contain_text("That conversation was deleted.")
    expect(laptop.box).to_have_value("Worth keeping")
    expect(laptop.mine).to_have_count(0)
    steps.go_on(2)


def test_a_tab_that_was_away_learns_that_its_conversation_is_deleted(devices, model):
    laptop, phone = devices(2)
    laptop.chat.ask("First")
    phone.chat.page.goto(laptop.chat.address())
    phone.chat.live()
    laptop.offline(True)
    laptop.chat.say("Worth keeping")
    phone.chat.list.locator(".item").first.hover()
    phone.chat.list.locator(".item summary").first.click()
    phone.chat.list.locator(".item").first.get_by_role("button", name="Delete").click()
    expect(phone.chat.toast).to_contain_text("Conversation deleted")
    laptop.offline(False)
    expect(laptop.chat.toast.first).to_contain_text("That conversation was deleted.")
    expect(laptop.chat.box).to_have_value("Worth keeping")
    expect(laptop.chat.mine).to_have_count(0)
