"""Sentences that a speech service has no sound for."""

import pytest

from tests.consumers.test_voice_read import answer_of
from tests.support.scripted_speech import play

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_sentence_that_a_service_cannot_say_is_passed_over(alice, say, open_voice, speech):
    """As in https://github.com/norude/TTS.koplugin/issues/6."""
    tab = await open_voice(alice)
    answer = await answer_of(say, alice)
    speech.say(play("sound"), play("bytes200"), play("sound"))
    await tab.read(answer.uuid, sentence=2)
    events, heard = await tab.hear()
    assert [event["rate"] for event in events if event["type"] == "sentence"] == [24_000, 0, 24_000]
    assert (events[-1]["type"], sorted(heard)) == ("done", [2, 4])


async def test_a_service_that_says_nothing_at_all_is_told_of(alice, say, open_voice, speech):
    tab = await open_voice(alice)
    answer = await answer_of(say, alice)
    speech.sound = play("bytes200")
    await tab.read(answer.uuid, sentence=3)
    events, _ = await tab.hear()
    assert (events[-1]["type"], events[-1]["code"]) == ("error", "no_sound")
