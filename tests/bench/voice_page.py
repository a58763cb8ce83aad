"""What the page itself takes of voice, in real Chromium with a microphone of sound.

Input: {"origin", "cookie", "pid" (the server's), "visits", "dictations", "readings" (what is asked, for an answer
of sentences each), "turns", "early" (the turn at which memory is first looked at)}. Output, in milliseconds:
"first_meter" and "meter" (from a press of Dictate to a meter that moves: the first of each visit, and all),
"to_text" (from Stop to the words), "to_sound" (from Read aloud to the first sound), "gaps" (between two sentences
that are read, beyond the pause), "turns" (from the end of speech to the first sound of its reply), "silences" (from
each time that somebody speaks over a reply to its fading). And "memory", early and at the end of the turns, and
"unheard": how long the microphone has said nothing then.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, sync_playwright

from tests.bench.proc import resident_of
from tests.browser.speech import SOUND, microphone
from tests.support.chromium import launch

WATCH = Path(__file__).parent / "voice_watch.js"
# Seconds that somebody speaks into the microphone and is silent then: in three of four turns long enough for the
# whole reply, in the fourth they speak again while it is read
ROUNDS = [(0.5, 2.7)] * 3 + [(0.5, 1.9)]
# Milliseconds for one turn, or anything else; only a limit
PATIENCE = 30_000
# From the press itself to a bar of the meter that has a height
METER = """() => new Promise((done) => {
  let pressed;
  addEventListener("pointerdown", () => (pressed = performance.now()), { capture: true, once: true });
  const look = () => {
    const bar = document.querySelector(".dictation[data-state=recording] .meter i:last-child");
    if (pressed && bar?.style.blockSize) done(performance.now() - pressed);
    else requestAnimationFrame(look);
  };
  look();
})"""
TO_TEXT = """() => new Promise((done) => {
  const stopped = performance.now();
  document.querySelector("#dictate").click();
  const look = () => (document.querySelector("#text").value ? done(performance.now() - stopped) : setTimeout(look, 1));
  look();
})"""
READ = """(reading) => new Promise((done) => {
  window.seen.soundsAt = 0;
  const asked = performance.now();
  [...document.querySelectorAll("[data-action=read]")].at(-1).click();
  const look = () => (window.seen.soundsAt ? done(window.seen.soundsAt - asked) : setTimeout(look, 1));
  look();
})"""


class Voice:
    """A tab of somebody who speaks."""

    def __init__(self, context: BrowserContext, origin: str) -> None:
        self.page: Page = context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.page.goto(origin + "/")
        self.page.wait_for_selector("body[data-connection=open]")

    def presses(self, count: int) -> list[float]:
        """Press Dictate and throw away, again and again; the pointer comes before the press, as it does."""
        self.page.click("#text")
        self.page.hover("#dictate")
        self.page.wait_for_timeout(500)
        return [self._press() for _ in range(count)]

    def _press(self) -> float:
        self.page.evaluate(f"() => {{ window.moves = ({METER})() }}")
        self.page.click("#dictate")
        took: float = self.page.evaluate("window.moves")
        self.page.keyboard.press("Escape")
        self.page.wait_for_timeout(200)
        return took

    def dictate(self) -> float:
        """Say something until there are words; from Stop on."""
        self.page.click("#dictate")
        self.page.wait_for_selector(".dictation[data-state=recording]")
        self.page.wait_for_timeout(800)
        took: float = self.page.evaluate(TO_TEXT)
        self.page.fill("#text", "")
        return took

    def read(self, question: str) -> float:
        """Ask, and have the answer read to its end."""
        self.page.fill("#text", question)
        self.page.press("#text", "Enter")
        self.page.wait_for_selector("article[data-status=running]")
        self.page.wait_for_selector("article[data-status=running]", state="detached")
        took: float = self.page.evaluate(READ)
        self.page.wait_for_selector("article[data-reading]", state="detached")
        return took

    def talk(self, turns: int, early: int, pid: int) -> dict[str, Any]:
        """Talk with the model: what was seen, with the memory after `early` turns and after all."""
        self.page.evaluate("Object.assign(seen, { silences: [], turns: [], gaps: [], words: 0 })")
        self.page.click("#talk")
        memory = []
        for count in (early, turns):
            limit = PATIENCE * count
            self.page.wait_for_function(f"() => seen.words >= {count}", timeout=limit, polling=200)
            memory.append(self._memory(pid))
        unheard = self.page.evaluate("performance.now() - seen.heardAt")
        seen: dict[str, Any] = self.page.evaluate("seen")
        self.page.keyboard.press("Escape")
        return {"memory": memory, "unheard": unheard, "turns": seen["turns"], "silences": seen["silences"]}

    def _memory(self, pid: int) -> dict[str, float]:
        """What is held after all rubbish is gone: MB and counts, of the page and of the server."""
        devtools = self.page.context.new_cdp_session(self.page)
        devtools.send("Performance.enable")
        for _ in range(2):
            devtools.send("HeapProfiler.collectGarbage")
        values = {one["name"]: one["value"] for one in devtools.send("Performance.getMetrics")["metrics"]}
        devtools.detach()
        counts = {name: values[name] for name in ("AudioHandlers", "AudioWorkletProcessors", "Nodes")}
        return counts | {"heap": values["JSHeapUsedSize"] / 1e6, "server": resident_of(pid)}


def measured(context: BrowserContext, spec: dict[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = {"meter": [], "first_meter": []}
    for _ in range(spec["visits"]):
        tab = Voice(context, spec["origin"])
        times = tab.presses(4)
        result["meter"] += times
        result["first_meter"].append(times[0])
        tab.page.close()
    tab = Voice(context, spec["origin"])
    result["to_text"] = [tab.dictate() for _ in range(spec["dictations"])]
    result["to_sound"] = [tab.read(question) for question in spec["readings"]]
    result["gaps"] = tab.page.evaluate("seen.gaps")
    tab.page.close()
    talking = Voice(context, spec["origin"])
    return result | talking.talk(spec["turns"], spec["early"], spec["pid"])


def main() -> None:
    spec: dict[str, Any] = json.load(sys.stdin)
    name, _, value = spec["cookie"].partition("=")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = launch(playwright, *SOUND, microphone(Path(folder) / "speech.wav", *ROUNDS))
        context = browser.new_context()
        context.add_cookies([{"name": name, "value": value, "url": spec["origin"]}])
        context.add_init_script(path=WATCH)
        result = measured(context, spec)
        browser.close()
    print(json.dumps(result))


if __name__ == "__main__":
    main()
