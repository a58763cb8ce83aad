"""What recognition writes that nobody said is not taken for their words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.provider.speech import Heard
from chat.provider.speech.invented import said_in
from tests.provider.test_speech_recognition import SECOND, heard_by, recognizer_at
from tests.support.scripted_speech import ScriptedSpeech, play

INVENTED = ["[BLANK_AUDIO]", "(upbeat music) ♪", "【音乐】", "Thank you for watching!", "ご視聴ありがとうございました。"]  # fmt: skip
INVENTED += [
    "시청해주셔서 감사합니다!",
    "字幕由 Amara.org 社群提供",
    "請不吝點贊訂閱轉發打賞支持明鏡與點點欄目",
]


@pytest.mark.parametrize("words", INVENTED)
async def test_what_models_invent_in_noise_is_nothing(words):
    """As in https://github.com/zachlatta/freeflow/issues/111 and https://github.com/Vexa-ai/vexa/issues/617."""
    async with ScriptedSpeech() as service:
        service.hear(play("words", text=words))
        assert await heard_by(recognizer_at(service)) == [Heard("", is_final=True)]


@pytest.mark.parametrize(("pcm", "text"), [(SECOND, "Thank you."), (bytes(32_000), "")])
async def test_what_people_say_too_is_invented_only_where_no_voice_is(pcm, text):
    """As in https://github.com/saurabhav88/EnviousWispr/issues/452."""
    async with ScriptedSpeech() as service:
        service.hear(play("words", text=" Thank you."))
        assert await heard_by(recognizer_at(service), pcm) == [Heard(text, is_final=True)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("It is good. " + "Welcome to the moon shots. " * 90, "It is good. Welcome to the moon shots."),
        ("谢谢大家。" * 40, "谢谢大家。"),
        ("no no no no no no no no no", "no no no no no no no no no"),
        ("Note this. Subtitles by the Amara.org community", "Note this."),
        ("Hello [silence] there (laughs) all", "Hello there all"),
        ("Write: thank you for watching", "Write: thank you for watching"),
        ("Use a[0] (really) and (b)", "Use a[0] (really) and (b)"),
        ("One.\n\nTwo\nthree\n今天\n好", "One.\n\nTwo three今天好"),
        # Which took 26 s when the space was looked through from each place in it
        ("One" + " " * 50_000 + "two.\nThree.", "One two. Three."),
        ("今天" + "\u3000" * 25_000 + "good.\nThree.", "今天 good. Three."),
    ],
)
def test_what_was_said_stays_and_what_was_not_goes(text, said):
    assert said_in(text) == said


@given(st.text(st.sampled_from("ab .\n[(*】♪字幕:谢"), max_size=200), st.booleans())
def test_nothing_is_added_to_what_was_said(text, quiet):
    assert set(said_in(text, is_quiet=quiet)) <= set(text) | {" "}
