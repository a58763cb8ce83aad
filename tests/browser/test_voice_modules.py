"""Scripts of voice that decide something by themselves, run in Chromium without a page: when speech begins and ends,
and how its words come into a text.
"""

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


INSERT = """async ([text, before, steps]) => {
  const module = await import(`data:text/javascript,${encodeURIComponent(text)}`);
  const area = document.body.appendChild(document.createElement("textarea"));
  const [left, selected, right] = before;
  area.value = left + selected + right;
  area.focus();
  area.setSelectionRange(left.length, left.length + selected.length);
  const insertion = new module.Insertion(area);
  const edit = (from, to, words) => {
    area.setSelectionRange(from, to);
    document.execCommand(words ? "insertText" : "delete", false, words);
  };
  const shown = [];
  for (const [what, ...values] of steps) {
    if (what === "edit") edit(...values);
    else if (what === "undo") document.execCommand("undo");
    else if (what === "set") [area.value] = values;
    else insertion[what](...values);
    const { value, selectionStart: at } = area;
    shown.push(`${value.slice(0, at)}|${value.slice(at)}`);
  }
  area.remove();
  return shown;
}"""


def inserted(page, *steps, left="", selected="", right=""):
    """Return what is in the box after each step, with its caret."""
    text = (SCRIPTS / "insertion.js").read_text(encoding="utf-8")
    return page.evaluate(INSERT, [text, [left, selected, right], steps])


def settled(page, *pieces, **box):
    """Return what is in the box after some pieces."""
    return inserted(page, *(("settle", piece) for piece in pieces), ("close",), **box)[-1].replace("|", "")


def test_words_so_far_are_replaced_by_more_of_them_and_by_what_they_turn_out_to_be(blank):
    steps = [
        ("write", "I think"),
        ("write", "I think so"),
        ("settle", "I sink."),
        ("write", "Or"),
        ("settle", "Or not."),
    ]
    assert inserted(blank, *steps, left="Well. ", right="Bye") == [
        "Well. I think |Bye",
        "Well. I think so |Bye",
        "Well. I sink. |Bye",
        "Well. I sink. Or |Bye",
        "Well. I sink. Or not. |Bye",
    ]


@pytest.mark.parametrize(
    ("pieces", "whole"),
    [
        (["Good morning.", "How are you?"], "Good morning. How are you?"),
        (["I would like to read.", "a long book."], "I would like to read a long book."),
        (["Really?", "yes"], "Really? yes"),
        (["Say", "“Hello”", "(loudly)."], "Say “Hello” (loudly)."),
        (["今天天气很好。", "我们去公园吧。"], "今天天气很好。我们去公园吧。"),
        (["今天", "Django 课"], "今天Django 课"),
        (["这是第一句。", "Hello."], "这是第一句。Hello."),
        (["今日は。", "いい天気です"], "今日は。いい天気です"),
        (["안녕하세요.", "반갑습니다."], "안녕하세요. 반갑습니다."),
        (["𠮷野家", "今天"], "𠮷野家今天"),
        (["", "At last.", "", "Yes."], "At last. Yes."),
        (["No.", ""], "No."),
        ([""], ""),
    ],
)
def test_pieces_are_joined_as_their_writing_joins_words(blank, pieces, whole):
    assert settled(blank, *pieces) == whole


def test_what_was_selected_is_replaced_and_what_stood_around_it_keeps_its_distance(blank):
    assert settled(blank, "tea.", "", left="One ", selected="coffee", right=" please") == "One tea. please"
    assert settled(blank, "tea", "and milk", left="One", right="please") == "One tea and milk please"
    assert settled(blank, "", left="One ", selected="coffee", right=" please") == "One coffee please"


def test_what_somebody_writes_elsewhere_stays_and_so_does_their_caret(blank):
    steps = [
        ("write", "one"),
        ("edit", 0, 0, "Hello. "),
        ("settle", "One."),
        ("edit", 17, 17, "!"),
        ("write", "Two"),
        ("settle", "Two."),
    ]
    assert inserted(blank, *steps, left="Say ", right=" end") == [
        "Say one| end",
        "Hello. |Say one end",
        "Hello. |Say One. end",
        "Hello. Say One. e!|nd",
        "Hello. Say One. Two e!|nd",
        "Hello. Say One. Two. e!|nd",
    ]


def test_what_somebody_changes_in_words_that_have_come_stays_changed(blank):
    steps = [
        ("settle", "Call Ann."),
        ("edit", 5, 8, "Anna"),
        ("settle", "Now."),
        ("edit", 0, 15, ""),
        ("settle", "Again."),
    ]
    assert inserted(blank, *steps)[1:] == ["Call Anna|.", "Call Anna|. Now.", "|", "Again.|"]


def test_a_letter_beside_the_same_letter_is_on_the_side_where_it_was_typed(blank):
    assert inserted(blank, ("write", "oo"), ("edit", 2, 2, "o"), ("write", "x"))[-1] == "x o|"
    assert inserted(blank, ("write", "oo"), ("edit", 0, 0, "o"), ("write", "x"))[-1] == "o| x"


def test_a_message_that_is_sent_meanwhile_takes_its_words_along(blank):
    steps = [("settle", "One."), ("write", "two"), ("set", ""), ("settle", "Two."), ("close",)]
    assert inserted(blank, *steps, left="A ", right="b")[-1] == "Two.|"


def test_all_that_was_dictated_is_undone_in_one_step_and_thrown_away_in_one(blank):
    pieces = [("write", "so far"), ("settle", "One."), ("settle", "Two.")]
    box = {"left": "Say ", "selected": "it", "right": " twice"}
    written = ("edit", 4, 4, "that "), *pieces, ("close",)
    shown = inserted(blank, *written, ("undo",), **box)[-3:]
    assert [text.replace("|", "") for text in shown] == [
        "Say that One. Two. twice",
        "Say that One. Two. twice",
        "Say that it twice",
    ]
    assert inserted(blank, *pieces, ("discard",), **box)[-1] == "Say it| twice"
    assert inserted(blank, ("discard",), **box)[-1] == "Say |it twice"
