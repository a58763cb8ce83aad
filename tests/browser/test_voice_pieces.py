"""Words that come while one speaks: in Chromium, with a microphone that hears two sentences and a pause between them."""

import struct

import pytest
from playwright.sync_api import expect

from tests.browser.site import PATIENCE, Site
from tests.browser.speech import SOUND, microphone
from tests.browser.voice_page import VoicePage

# Seconds of speech and of silence after it: the first sentence is long enough to be recognised by itself
FIRST, SECOND = (4.6, 1.2), (1.5, 1.2)
RATE = 16_000


@pytest.fixture(scope="module")
def site(scripted_speech, people, tmp_path_factory):
    site = Site(tmp_path_factory.mktemp("pieces"), people, **scripted_speech.variables)
    yield site
    site.stop()


@pytest.fixture(scope="module")
def browser_flags(tmp_path_factory):
    """A microphone."""
    return [*SOUND, microphone(tmp_path_factory.mktemp("sound") / "two.wav", FIRST, SECOND)]


@pytest.fixture
def chat(new_context, site):
    context = new_context(site, site.someone(), permissions=["microphone"])
    return VoicePage(context.new_page()).open("/")


def loudest(pcm: bytes) -> int:
    return max(map(abs, struct.unpack(f"<{len(pcm) // 2}h", pcm)))


def test_words_before_a_pause_are_in_the_box_while_one_goes_on_and_at_stop_only_the_rest_is_left(
    chat, speech
):
    chat.box.fill("Note: end")
    chat.page.evaluate("document.querySelector('#text').setSelectionRange(6, 6)")
    speech.streams("The first sentence. is", pause=0.1)
    speech.hears("And the second.")
    chat.dictate.click()
    expect(chat.box).to_have_value("Note: The first sentence. is end", timeout=2 * PATIENCE)
    expect(chat.bar).to_have_attribute("data-state", "recording")
    chat.box.press("Home")
    chat.page.keyboard.type("My ")  # what one writes elsewhere meanwhile stays
    chat.page.wait_for_timeout(1000 * (sum(SECOND) - 0.5))
    chat.stop_dictation.click()
    said = "My Note: The first sentence. is And the second. end"
    expect(chat.box).to_have_value(said)
    first, second = [clip.pcm for clip in speech.clips]
    silence = 2 * RATE // 5
    assert FIRST[0] < len(first) / 2 / RATE < sum(FIRST) + 0.5
    # The cut is in the pause: nothing of a word is lost on either side
    assert (
        max(loudest(first[-silence:]), loudest(second[:silence])) < 500 < min(loudest(first), loudest(second))
    )
    chat.box.press("Control+z")  # all of it is one step
    expect(chat.box).to_have_value("My Note: end")


def test_what_fails_while_one_speaks_is_recognised_at_the_end_with_all_that_follows(chat, speech, faults):
    faults.expect("WebSocket")
    speech.fails_once()
    speech.hears("All of it.")
    chat.dictate.click()
    chat.until("document.querySelector('.dictation[data-state=recording]')")
    wait = 2 * PATIENCE
    while not speech.clips and wait > 0:
        chat.page.wait_for_timeout(100)
        wait -= 100
    chat.page.wait_for_timeout(300)
    expect(chat.box).to_have_value("")
    expect(chat.toast).to_have_count(0)
    chat.wire.cut()  # and what was kept comes anew, whole
    chat.page.wait_for_timeout(700)
    chat.wire.is_cut = False
    chat.stop_dictation.click()
    expect(chat.box).to_have_value("All of it.")
    failed, whole = [clip.pcm for clip in speech.clips]
    assert whole.startswith(failed)
    assert len(whole) > len(failed) + RATE
