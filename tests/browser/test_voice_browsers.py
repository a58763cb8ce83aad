"""What browsers do otherwise than they should, against the scripts of voice alone: no site, and no sound but a fake
microphone's.
"""

from pathlib import Path
from urllib.parse import quote

import pytest

from tests.browser.speech import SOUND

SCRIPTS = Path(__file__).parents[2] / "chat/static/chat/js"
HOME = "http://localhost:9"
# Playwright sees no request of a worklet
WORKLET = quote((SCRIPTS / "voice/recorder_worklet.js").read_text("utf-8"))
SETTINGS = '{"speed": 1, "voices": {}}'
PAGE = f"""<!doctype html><html lang="en"><body data-voice-speaking="browser">
<div id="voice" data-settings='{SETTINGS}' data-recognition-away="away" data-no-recording="none" data-busy-microphone="busy"
  data-worklet="data:text/javascript,{WORKLET}"></div>"""


def answer(route):
    path = route.request.url.removeprefix(f"{HOME}/").partition("?")[0]
    if not path:
        route.fulfill(body=PAGE, content_type="text/html")
    elif path == "nothing-is-here.js":
        route.abort()
    else:
        route.fulfill(path=SCRIPTS / path, content_type="text/javascript")


@pytest.fixture(scope="module")
def browser_flags():
    """A microphone that beeps."""
    return [*SOUND]


@pytest.fixture
def blank(browser):
    """A page that the scripts can be imported on."""
    context = browser.new_context(permissions=["microphone"])
    page = context.new_page()
    page.route(f"{HOME}/**", answer)
    page.goto(f"{HOME}/")
    yield page
    context.close()


RECOGNITION = """async ([agent, turns]) => {
  Object.defineProperty(navigator, "userAgent", { value: agent, configurable: true });
  const ours = [];
  window.SpeechRecognition = class extends EventTarget {
    static available = async () => "unavailable";
    constructor() { super(); ours.push(this); this.starts = 0; }
    start() { this.starts += 1; if (turns === "never") this.dispatchEvent(new Event("end")); }
    stop() {}
    abort() {}
    hear(...texts) {
      const results = texts.map((transcript) => [{ transcript }]);
      this.dispatchEvent(Object.assign(new Event("result"), { results }));
    }
  };
  const { BrowserRecognition } = await import(`/voice/browser_recognition.js?${turns}`);
  const told = [];
  const recognition = new BrowserRecognition("en", {
    words: (text, final) => told.push([text, final]), failed: ({ text }) => told.push(["failed", text]),
  });
  const settled = () => new Promise((resolve) => setTimeout(resolve, 20));
  if (turns === "early") recognition.finish();
  await settled();
  for (const texts of Array.isArray(turns) ? turns : []) ours[0].hear(...texts);
  if (Array.isArray(turns)) { ours[0].dispatchEvent(new Event("end")); recognition.finish(); }
  if (Array.isArray(turns)) ours[0].dispatchEvent(new Event("end"));
  await settled();
  return [told, ours[0].starts];
}"""
ANDROID, DESKTOP = "Mozilla/5.0 (Linux; Android 16) Chrome/150", "Mozilla/5.0 (X11; Linux x86_64) Chrome/150"


@pytest.mark.parametrize(
    ("agent", "turns", "words"),
    [
        (ANDROID, [["hi"], ["hi", "hi how"], ["hi", "hi how", "hi how are you"]], "hi how are you"),
        (ANDROID, [["one two"], ["one two", "and three"]], "one two and three"),
        (DESKTOP, [["very"], ["very", " very", " good"]], "very very good"),
    ],
)
def test_words_that_a_browser_tells_again_and_again_come_once(blank, agent, turns, words):
    """As in https://github.com/metadist/synaplan/issues/898."""
    told, _ = blank.evaluate(RECOGNITION, [agent, turns])
    assert told[len(turns) - 1][0] == words
    assert told[-1] == [words, True]


def test_recognition_that_never_listens_or_never_began_comes_to_an_end(blank):
    """As in https://github.com/kzahel/yepanywhere/pull/108."""
    assert blank.evaluate(RECOGNITION, [DESKTOP, "never"]) == [[["failed", "away"]], 3]
    assert blank.evaluate(RECOGNITION, [DESKTOP, "early"]) == [[["", True]], 0]


SPEAK = """async ([text, voice, failing]) => {
  const spoken = [];
  const synthesis = {
    getVoices: () => [voice], cancel() {}, speaking: true,
    speak: (utterance) => {
      spoken.push(utterance.text);
      setTimeout(() => {
        if (failing === "silently") synthesis.speaking = false;
        else if (failing) utterance.onerror({ error: failing });
        else { utterance.onstart(); utterance.onend(); }
      });
    },
  };
  Object.defineProperty(window, "speechSynthesis", { value: synthesis });
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
  const { BrowserPlayer } = await import("/voice/browser_voice.js");
  const told = [];
  await new Promise((done) => {
    const tell = (what) => (number) => { told.push([what, number]); if (what !== "began") done(); };
    const player = new BrowserPlayer(Object.fromEntries(["began", "ended", "cannot"].map((what) => [what, tell(what)])));
    player.begin({ number: 0, text, language: voice.lang, pause: 0 });
  });
  return [spoken, told];
}"""


def voice(lang, local=False):
    return {"lang": lang, "name": lang, "voiceURI": lang, "localService": local}


@pytest.mark.parametrize(
    ("lang", "text", "most"),
    [("en-US", "It goes on, and on and on with words. " * 8, 130), ("zh-CN", "这句话说得很长，而且还要继续说下去" * 10, 40)],
)  # fmt: skip
def test_a_voice_of_a_server_speaks_in_parts_that_its_browser_does_not_cut_off(blank, lang, text, most):
    """As in https://github.com/phetsims/scenery/issues/1243."""
    spoken, told = blank.evaluate(SPEAK, [text, voice(lang), ""])
    assert "".join(spoken) == text
    assert max(map(len, spoken)) <= most < len(text)
    assert told == [["began", 0], ["ended", 0]]


def test_a_voice_of_the_machine_speaks_a_sentence_whole(blank):
    text = "It goes on, and on and on with words. " * 8
    assert blank.evaluate(SPEAK, [text, voice("en-US", local=True), ""])[0] == [text]


@pytest.mark.parametrize(
    ("failing", "what"),
    [("synthesis-failed", "cannot"), ("interrupted", "ended"), ("silently", "ended")],
)
def test_a_voice_that_fails_is_told_of_and_one_that_does_not_say_so_holds_nobody_up(blank, failing, what):
    """As in https://github.com/janantala/speech-synthesis/issues/16."""
    assert blank.evaluate(SPEAK, ["Hello.", voice("en-US"), failing])[1] == [[what, 0]]


RECORD = """async () => {
  const { Recorder } = await import("/voice/recorder.js");
  let [frames, losses, mute] = [0, 0, null];
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    const stream = await ask(wanted);
    const [track] = stream.getAudioTracks();
    mute = () => Object.defineProperty(track, "muted", { value: true });
    return stream;
  };
  const resume = AudioContext.prototype.resume;
  let broken = null;
  AudioContext.prototype.resume = function () {
    broken ??= this;
    return this === broken ? Promise.reject(new DOMException("", "InvalidStateError")) : resume.call(this);
  };
  const state = Object.getOwnPropertyDescriptor(BaseAudioContext.prototype, "state").get;
  Object.defineProperty(BaseAudioContext.prototype, "state", {
    get() { return this === broken ? "interrupted" : state.call(this); }, configurable: true,
  });
  const recorder = await Recorder.open({ frame: () => (frames += 1), lost: () => (losses += 1) });
  while (frames < 5) await new Promise((resolve) => setTimeout(resolve, 20));
  const before = losses;
  mute();
  while (!losses) await new Promise((resolve) => setTimeout(resolve, 50));
  recorder.close();
  return [before, losses];
}"""


def test_a_context_that_a_call_broke_is_made_anew_and_a_microphone_that_falls_silent_is_told_of(blank):
    """As in https://github.com/WebAudio/web-audio-api/issues/2585 and
    https://github.com/w3c/mediacapture-main/issues/837.
    """
    assert blank.evaluate(RECORD) == [0, 1]


NO_SCRIPT = """async (isOnLine) => {
  Object.defineProperty(navigator, "onLine", { value: isOnLine, configurable: true });
  document.querySelector("#voice").dataset.worklet = "/nothing-is-here.js";
  document.body.dataset.wordAway = "offline";
  const { Recorder } = await import(`/voice/recorder.js?${isOnLine}`);
  return await Recorder.open({ frame() {}, lost() {} }).then(() => "", ({ message }) => message);
}"""


@pytest.mark.parametrize(("is_on_line", "sentence"), [(True, "none"), (False, "offline")])
def test_a_script_that_does_not_come_is_not_taken_for_a_microphone_that_another_has(
    blank, is_on_line, sentence
):
    """Browsers refuse both with an AbortError."""
    assert blank.evaluate(NO_SCRIPT, is_on_line) == sentence


PLAY = """async () => {
  const { Player } = await import("/voice/player.js");
  const context = new AudioContext();
  await context.resume();
  const player = new Player(context, { began() {}, ended() {}, done() {} });
  const states = [];
  const pressed = async () => {
    document.dispatchEvent(new Event("keydown"));
    await new Promise((resolve) => setTimeout(resolve, 300));
    states.push(context.state);
  };
  await context.suspend();
  while (context.state !== "running") await new Promise((resolve) => setTimeout(resolve, 10));
  await player.pause();
  await pressed();
  await player.resume();
  states.push(context.state);
  player.stop();
  await context.suspend();
  await pressed();
  return states;
}"""


def test_sound_that_a_phone_took_away_comes_back_unless_it_was_paused(blank):
    """As in https://github.com/tonylampada/bridge-commander/pull/96."""
    assert blank.evaluate(PLAY) == ["suspended", "running", "suspended"]
