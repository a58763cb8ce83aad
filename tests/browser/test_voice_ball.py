"""The ball of the voice conversation: what one sees of who speaks, with a microphone of sound and a scripted service."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.site import Site
from tests.browser.speech import SILENCE, SOUND, SPEECH, microphone
from tests.browser.voice_page import VoicePage

LEVEL = "Number(document.querySelector('.talk-orb').style.getPropertyValue('--level'))"
PATIENT = Path(__file__).parent / "patient.js"


@pytest.fixture(scope="module")
def site(scripted_model, scripted_speech, people, tmp_path_factory):
    """With a scripted model and a scripted speech service."""
    site = Site(
        tmp_path_factory.mktemp("ball"), people, **scripted_model.variables, **scripted_speech.variables
    )
    yield site
    site.stop()


@pytest.fixture(scope="module")
def browser_flags(tmp_path_factory):
    """A microphone."""
    folder = tmp_path_factory.mktemp("sound")
    return [*SOUND, microphone(folder / "speech.wav", *[(SPEECH, SILENCE)] * 4)]


@pytest.fixture
def talk(new_context, site, speech, model):
    """Begin to talk with the model, which reads a long reply."""

    def begin(motion: str) -> VoicePage:
        context = new_context(site, site.someone(), permissions=["microphone"], reduced_motion=motion)
        context.add_init_script(path=PATIENT)
        chat = VoicePage(context.new_page()).open("/")
        speech.hears("A question", *[""] * 50)
        model.says("This takes some seconds to be read. " * 6)
        chat.page.get_by_role("button", name="Voice conversation").click()
        expect(chat.talk).to_be_visible()
        return chat

    return begin


def in_state(state: str) -> str:
    return f"document.querySelector('.talk').dataset.state === '{state}'"


def test_it_swells_with_the_voice_of_the_person_and_of_the_reply_and_comes_to_rest(talk):
    chat = talk("no-preference")
    chat.until(f"{in_state('hearing')} && {LEVEL} > 0.2")
    chat.until(f"{in_state('speaking')} && {LEVEL} > 0.2")
    chat.talk.get_by_role("button", name="Mute").click()
    chat.talk.get_by_role("button", name="Captions only").click()
    chat.until(f"{in_state('muted')} && {LEVEL} === 0")


def test_with_reduced_motion_it_stands_still_and_looks_different_in_each_state(talk):
    chat = talk("reduce")
    parts = ("ball", "ring", "bars")
    look = [
        f"(({{ scale, opacity }}) => scale + opacity)(getComputedStyle(document.querySelector('.orb-{part}')))"
        for part in parts
    ]
    looks = {}
    for state in ("hearing", "speaking", "muted"):
        if state == "muted":
            chat.talk.get_by_role("button", name="Mute").click()
            chat.talk.get_by_role("button", name="Captions only").click()
        chat.until(in_state(state))
        looks[state] = chat.page.evaluate("+".join(look))
    assert len({*looks.values()}) == len(looks)
    assert chat.page.evaluate(f"{LEVEL} === 0")
    moving = "document.querySelector('.talk-orb').getAnimations({ subtree: true }).length"
    assert chat.page.evaluate(moving) == 0
