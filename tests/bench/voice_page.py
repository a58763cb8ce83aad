"""What the page itself takes of voice, in real Chromium with a microphone of sound.

Input: {"origin", "cookie", "presses", "seconds"}. Output, in milliseconds: {"meter": from each press of Dictate
to a meter that moves, "silence": from each time that somebody speaks over a reply to its fading}.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from tests.browser.speech import SOUND, microphone
from tests.support.chromium import launch

# The first loud frame after half a second of quiet ones is when somebody begins; the fade is the player's only one
WATCH = """
const port = Object.getOwnPropertyDescriptor(MessagePort.prototype, "onmessage");
const fade = AudioParam.prototype.setTargetAtTime;
window.silences = [];
let quiet = 0;
let began = null;
const loudness = (frame) => Math.sqrt(frame.reduce((sum, sample) => sum + sample * sample, 0) / frame.length) / 32768;
Object.defineProperty(MessagePort.prototype, "onmessage", {
  ...port,
  set(act) {
    port.set.call(this, act && ((event) => {
      if (event.data instanceof Int16Array && loudness(event.data) < 0.02) quiet += 1;
      else if (event.data instanceof Int16Array) {
        if (quiet > 25) began = performance.now();
        quiet = 0;
      }
      act(event);
    }));
  },
});
AudioParam.prototype.setTargetAtTime = function (...values) {
  if (began !== null) window.silences.push(performance.now() - began);
  began = null;
  return fade.apply(this, values);
};
"""
PRESS = """() => new Promise((done) => {
  const pressed = performance.now();
  document.querySelector("#dictate").click();
  const look = () => {
    const bar = document.querySelector(".dictation[data-state=recording] .meter i:last-child");
    if (bar?.style.blockSize) done(performance.now() - pressed);
    else requestAnimationFrame(look);
  };
  look();
})"""


def presses(page: Page, count: int) -> list[float]:
    """Press Dictate and throw away, again and again; the pointer comes before the press, as it does."""
    page.hover("#dictate")
    page.wait_for_timeout(1000)
    times = []
    for _ in range(count):
        times.append(page.evaluate(PRESS))
        page.keyboard.press("Escape")
        page.wait_for_timeout(200)
    return times


def interruptions(page: Page, seconds: float) -> list[float]:
    """Talk for a while: what the microphone hears every four seconds interrupts each reply."""
    page.click("#talk")
    page.wait_for_timeout(seconds * 1000)
    silences: list[float] = page.evaluate("window.silences")
    page.keyboard.press("Escape")
    return silences


def main() -> None:
    spec: dict[str, Any] = json.load(sys.stdin)
    name, _, value = spec["cookie"].partition("=")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = launch(playwright, *SOUND, microphone(Path(folder) / "speech.wav"))
        context = browser.new_context()
        context.add_cookies([{"name": name, "value": value, "url": spec["origin"]}])
        context.add_init_script(WATCH)
        page = context.new_page()
        page.goto(spec["origin"] + "/")
        page.wait_for_selector("body[data-connection=open]")
        result = {
            "meter": presses(page, spec["presses"]),
            "silence": interruptions(page, spec["seconds"]),
        }
        browser.close()
    print(json.dumps(result))


if __name__ == "__main__":
    main()
