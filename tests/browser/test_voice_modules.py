"""Scripts of voice that decide something by themselves, run in Chromium without a page: when speech begins and ends."""

import math
import random
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "chat/static/chat/js/voice"
# Milliseconds of a frame
FRAME = 20
DECIDE = """async ([text, levels, sounding]) => {
  const module = await import(`data:text/javascript,${encodeURIComponent(text)}`);
  const ends = new module.EndOfSpeech();
  return levels.map((level, place) => [place, ends.hear(level, sounding)]).filter(([, what]) => what);
}"""


@pytest.fixture(scope="module")
def blank(browser):
    page = browser.new_page()
    yield page
    page.close()


def decided(page, levels, sounding=False):
    """Return the milliseconds at which speech began and ended."""
    text = (SCRIPTS / "end_of_speech.js").read_text(encoding="utf-8")
    return [(what, place * FRAME) for place, what in page.evaluate(DECIDE, [text, levels, sounding])]


def quiet(seconds, noise=0.0, seed=1):
    """Return levels of a room."""
    chance = random.Random(seed)
    return [noise * chance.uniform(0.8, 1.2) for _ in range(round(seconds * 1000 / FRAME))]


def speech(seconds, level=0.12):
    """Return levels that rise and fall four times a second, as syllables do, down to a hundredth."""
    frames = range(round(seconds * 1000 / FRAME))
    return [level * max(0.01, abs(math.sin(4 * math.pi * frame * FRAME / 1000))) for frame in frames]


@pytest.mark.parametrize("noise", [0.0, 0.003, 0.02])
def test_speech_begins_within_a_moment_and_ends_after_the_tail(blank, noise):
    levels = quiet(1.0, noise) + [max(*pair) for pair in zip(speech(2.0), quiet(2.0, noise), strict=True)]
    (began, start), (ended, end) = decided(blank, levels + quiet(2.0, noise))
    assert (began, ended) == ("begin", "end")
    assert 1000 <= start <= 1250
    assert 3300 <= end <= 3750


def test_a_breath_within_a_sentence_does_not_end_it(blank):
    levels = quiet(0.5) + speech(1.0) + quiet(0.45) + speech(1.0) + quiet(1.5)
    assert [what for what, _ in decided(blank, levels)] == ["begin", "end"]


def test_a_click_is_no_speech(blank):
    assert decided(blank, quiet(1.0) + [0.4, 0.3] + quiet(1.0) + [0.4] + quiet(1.0)) == []


def test_a_noise_that_stays_is_the_room_after_a_while(blank):
    levels = quiet(1.0, 0.002) + quiet(30.0, 0.03)
    assert [what for what, _ in decided(blank, levels)] == ["begin", "end"]


def test_what_comes_back_of_the_page_s_own_voice_does_not_interrupt_it(blank):
    echo = quiet(0.5) + speech(2.0, level=0.018)
    assert decided(blank, echo, sounding=True) == []
    assert [what for what, _ in decided(blank, quiet(0.5) + speech(2.0), sounding=True)] == ["begin"]
