"""What is dictated, cut into pieces: scripts run in Chromium with a socket of the test's, frame by frame."""

import re
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "chat/static/chat/js/voice"
# Frames of 20 ms: of a pause, of speech that makes a piece, and of what is held back
PAUSE, ENOUGH, HELD = 35, 200, 15
FRAME = "const FRAME_MS = 20;"
# Each frame is a single sample, its number, so that one sees which were sent, how often and in which order
PLAY = """async ([text, steps]) => {
  const { Pieces } = await import(`data:text/javascript,${encodeURIComponent(text)}`);
  const owners = new Map();
  const log = [];
  const sounds = {};
  let last = 0;
  const open = (owner) => {
    owners.set(owner, (last += 1));
    owner.opened(last);
  };
  const socket = {
    ready: true,
    waiting: 0,
    add: (owner) => (socket.ready ? open(owner) : owners.set(owner, 0)),
    remove: (owner) => owners.delete(owner),
    send: ({ type, id }) => log.push(`${type} ${id}`),
    sendSound: (id, samples) => (sounds[id] ??= []).push(...samples),
  };
  const told = {
    words: (text, final) => log.push(final ? `all: ${text}` : `so far: ${text}`),
    settled: (text) => log.push(`settled: ${text}`),
    failed: ({ code }) => log.push(`failed: ${code}`),
    away: () => {},
  };
  const pieces = new Pieces(socket, "en", told);
  const owner = (id) => [...owners].find(([, number]) => number === id)?.[0];
  let frame = 0;
  const add = (count, loud) => {
    for (let n = 0; n < count; n += 1) pieces.add(new Int16Array([(frame += 1)]), loud);
  };
  const acts = {
    speak: (count) => add(count, true),
    quiet: (count) => add(count, false),
    words: (id, text, final = true) => owner(id)?.received({ type: "words", text, final }),
    error: (id, code) => owner(id)?.received({ type: "error", code }),
    cut: () => {
      socket.ready = false;
      for (const each of owners.keys()) {
        owners.set(each, 0);
        each.closed();
      }
    },
    back: () => {
      socket.ready = true;
      [...owners.keys()].forEach(open);
    },
  };
  for (const [what, ...values] of steps) (acts[what] ?? (() => pieces[what]()))(...values);
  return [log, sounds, frame];
}"""


@pytest.fixture
def play(blank):
    """What goes out and is told by steps; the frames of each recording by its number; and how many there were."""
    scripts = [(SCRIPTS / name).read_text(encoding="utf-8") for name in ("clip.js", "pieces.js")]
    text = FRAME + "\n".join(re.sub(r"(?m)^import .*$", "", script) for script in scripts)

    def played(*steps):
        log, sounds, count = blank.evaluate(PLAY, [text, steps])
        return log, {int(number): frames for number, frames in sounds.items()}, count

    return played


FIRST = [("speak", ENOUGH), ("quiet", PAUSE)]


def test_a_piece_ends_in_the_middle_of_a_pause_and_every_frame_goes_out_once_and_in_order(play):
    steps = [*FIRST, ("speak", 50), ("words", 1, "One."), ("quiet", 9), ("finish",), ("words", 2, "Two.")]
    log, sounds, count = play(*steps)
    assert log == ["listen 1", "finish 1", "listen 2", "settled: One.", "finish 2", "all: Two."]
    assert sounds[1] + sounds[2] == list(range(1, count + 1))
    assert len(sounds[1]) == ENOUGH + PAUSE - HELD


def test_what_is_short_and_what_has_no_pause_is_not_cut(play):
    log, _, _ = play(("speak", ENOUGH - 1), ("quiet", 200), ("finish",), ("words", 1, "All."))
    assert log == ["listen 1", "finish 1", "all: All."]
    log, _, _ = play(*[("speak", ENOUGH), ("quiet", PAUSE - 1)] * 5, ("finish",))
    assert log == ["listen 1", "finish 1"]


def test_one_piece_is_recognised_at_a_time_and_a_slow_service_gets_longer_ones(play):
    log, sounds, count = play(
        *FIRST * 3, ("words", 1, "One."), *FIRST, ("words", 2, "Two to four."), ("finish",)
    )
    assert log[2:] == [
        "listen 2",
        "settled: One.",
        "finish 2",
        "listen 3",
        "settled: Two to four.",
        *log[-2:],
    ]
    assert [*sounds[1], *sounds[2]] == list(range(1, count - HELD + 1))


def test_at_the_end_the_last_piece_waits_for_the_one_before(play):
    log, _, _ = play(*FIRST, ("speak", 20), ("finish",), ("words", 1, "One."), ("words", 2, "Two."))
    assert log[2:] == ["listen 2", "settled: One.", "finish 2", "all: Two."]


def test_of_silence_and_a_click_behind_the_last_words_nothing_is_made(play):
    log, _, _ = play(*FIRST, ("words", 1, "One."), ("quiet", 90), ("speak", 3), ("finish",))
    assert log[-3:] == ["settled: One.", "discard 2", "all: "]
    log, _, _ = play(("quiet", 90), ("finish",))  # but who never was heard well may still have spoken
    assert log == ["listen 1", "finish 1"]


def test_words_so_far_are_told_of_whichever_piece_they_are(play):
    log, _, _ = play(
        *FIRST, ("words", 1, "O", False), ("words", 1, "One."), ("finish",), ("words", 2, "T", False)
    )
    assert [line for line in log if "so far" in line] == ["so far: O"]
    assert log[-1] == "all: "


def test_a_piece_that_fails_is_joined_with_what_follows_and_nothing_is_cut_any_more(play):
    steps = [*FIRST, ("speak", 9), ("error", 1, "speech_down"), *FIRST * 3, ("finish",), ("words", 3, "All.")]
    log, sounds, count = play(*steps)
    assert log[2:] == ["listen 2", "discard 2", "listen 3", "finish 3", "all: All."]
    assert sounds[3] == list(range(1, count + 1))


def test_one_that_fails_after_the_end_is_recognised_once_more_with_the_last_and_then_it_is_told(play):
    steps = [*FIRST, ("speak", 9), ("finish",), ("error", 1, "speech_down"), ("error", 3, "speech_down")]
    log, sounds, count = play(*steps, ("again",), ("words", 4, "All."))
    assert log[3:] == ["discard 2", "listen 3", "finish 3", "failed: speech_down", *log[-3:]]
    assert log[-3:] == ["listen 4", "finish 4", "all: All."]  # asked for once: a second time would be refused
    assert sounds[3] == sounds[4] == list(range(1, count + 1))


def test_what_is_refused_while_a_piece_is_recognised_is_told_when_its_words_are_there(play):
    log, sounds, count = play(
        *FIRST, ("error", 2, "suspended"), ("speak", 99), ("words", 1, "One."), ("again",)
    )
    assert log[3:] == ["settled: One.", "failed: suspended", "listen 3", "finish 3"]
    assert [*sounds[1], *sounds[3]] == list(range(1, count + 1))


def test_after_a_cut_only_the_pieces_without_words_come_anew(play):
    steps = [
        *FIRST,
        ("words", 1, "One."),
        *FIRST,
        ("speak", 9),
        ("cut",),
        ("speak", 9),
        ("back",),
        ("finish",),
    ]
    log, sounds, count = play(*steps, ("words", 4, "Two."), ("words", 5, "Three."))
    assert log[5:] == [
        "listen 3",
        "listen 4",
        "finish 4",
        "listen 5",
        "settled: Two.",
        "finish 5",
        "all: Three.",
    ]
    assert [*sounds[1], *sounds[4], *sounds[5]] == list(range(1, count + 1))


def test_a_recording_that_the_server_let_go_of_comes_anew_with_what_is_heard_next(play):
    log, sounds, count = play(("speak", 50), ("error", 1, "clip_idle"), ("speak", 5), ("finish",))
    assert log == ["listen 1", "listen 2", "finish 2"]
    assert sounds[2] == list(range(1, count + 1))
    log, _, _ = play(("speak", 50), ("error", 1, "clip_idle"), ("finish",), ("words", 2, "All."))
    assert log == ["listen 1", "listen 2", "finish 2", "all: All."]


def test_what_is_thrown_away_is_thrown_away_with_the_piece_that_is_being_recognised(play):
    log, _, _ = play(*FIRST, ("discard",), ("words", 1, "One."))
    assert log[3:] == ["discard 1", "discard 2"]
