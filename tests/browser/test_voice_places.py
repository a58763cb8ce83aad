"""Where things are while one dictates or talks with the model, in Chromium with a microphone of sound."""

import pytest
from playwright.sync_api import expect

from tests.browser.site import Site
from tests.browser.speech import SOUND, microphone
from tests.browser.voice_page import VoicePage

SIZES = {"desk": (1280, 800), "phone": (390, 844), "on its side": (844, 390)}
PLACES = """() => ['.box', '#dictate'].map((name) => {
  const { x, y, width, height } = document.querySelector(name).getBoundingClientRect();
  return [x, y, width, height].map(Math.round);
})"""
# How much of the room that the bar leaves to its meter is filled from one end of it to the other
FILLED = """() => {
  const meter = document.querySelector('.meter').getBoundingClientRect();
  const first = document.querySelector('.meter i').getBoundingClientRect();
  return Math.abs(meter.right - Math.max(first.left, meter.left)) / meter.width;
}"""


@pytest.fixture(scope="module")
def site(scripted_model, scripted_speech, people, tmp_path_factory):
    """With a scripted model and a scripted speech service."""
    variables = scripted_model.variables | scripted_speech.variables
    site = Site(tmp_path_factory.mktemp("voice"), people, **variables)
    yield site
    site.stop()


@pytest.fixture(scope="module")
def browser_flags(tmp_path_factory):
    """A microphone into which somebody says something once."""
    return [*SOUND, microphone(tmp_path_factory.mktemp("sound") / "once.wav", (1.2, 60))]


@pytest.fixture
def chat(new_context, site):
    context = new_context(site, site.someone(), permissions=["microphone"])
    return VoicePage(context.new_page()).open("/")


@pytest.mark.parametrize("size", SIZES)
def test_the_box_and_the_pressed_button_stay_where_they_were_while_one_dictates(chat, size):
    width, height = SIZES[size]
    chat.page.set_viewport_size({"width": width, "height": height})
    before = chat.page.evaluate(PLACES)
    chat.record(0.1)
    assert chat.page.evaluate(PLACES) == before
    assert chat.page.evaluate(FILLED) > 0.95
    discard, end = chat.bar.get_by_role("button", name="Discard dictation"), chat.stop_dictation
    across, pressed = discard.bounding_box(), end.bounding_box()
    assert abs(across["x"] + across["width"] - pressed["x"]) < 12  # one beside the other
    assert abs(across["y"] - pressed["y"]) < 1
    discard.click()
    expect(chat.bar).to_have_count(0)
    assert chat.page.evaluate(PLACES) == before


@pytest.mark.parametrize("size", SIZES)
def test_what_is_said_of_the_network_while_one_dictates_is_one_line_outside_the_box(chat, faults, size):
    faults.expect("WebSocket")
    width, height = SIZES[size]
    chat.page.set_viewport_size({"width": width, "height": height})
    chat.record(0.1)
    before = chat.page.evaluate(PLACES)
    chat.wire.cut()
    note = chat.bar.get_by_role("status")
    expect(note).to_have_text("You’re offline. Your words will appear when you reconnect.")
    assert chat.page.evaluate(PLACES) == before
    line, box = note.bounding_box(), chat.page.locator(".box").bounding_box()
    assert line["y"] + line["height"] <= box["y"]
    assert line["width"] > 0.9 * box["width"]
    chat.page.keyboard.press("Escape")


def test_what_was_spoken_stays_to_be_read_and_only_who_is_listened_to_is_told_to_talk(chat, speech, model):
    sentences = [
        "This is said first.",
        "This second sentence takes its time, " + "and goes on " * 20 + "to its end.",
    ]
    speech.hears("Tell me")
    steps = model.says_in_steps(" ".join(sentences) + " And", " this is the last.")
    chat.page.get_by_role("button", name="Voice conversation").click()
    state, reply = chat.talk.get_by_role("status"), chat.talk.locator(".talk-reply > span")
    expect(reply).to_have_text(sentences)
    expect(state).to_have_text("Speaking. Talk to interrupt.")
    for name in ("Mute", "Push to talk"):
        button = chat.talk.get_by_role("button", name=name)
        button.click()
        expect(state).to_have_text("Speaking…")
        shown = [icon for icon in button.locator(".icon").all() if icon.is_visible()]
        assert len(shown) == 1
        button.click()
        expect(state).to_have_text("Speaking. Talk to interrupt.")
    steps.go_on(2)
    chat.leave_talk()
