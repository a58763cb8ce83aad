"""How a long conversation is scrolled through and a long reply is written in real Chromium, its processor slowed down.

Input: {"origin", "cookie", "slowness" (times)} and either "path" of a conversation, which is scrolled through from
its end to its beginning and back, or "text", which is said in a new chat of a window of each of "widths": its reply
is looked at until it has "headings", and then "keys" are pressed while the rest of it comes. Output of the first:
{"frames", "tasks" (lists, ms), "nodes" (most of the page, rubbish collected), "found" (how many different messages
were in view)}; of the second a list, for each width {"frames", "tasks", "presses", "shifts", "growth"
([ms, characters] for each frame in which there was more)}.
"""

import json
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from tests.support.chromium import launch

WATCH = Path(__file__).parent / "face_watch.js"
# Pixels of a turn of the wheel, and milliseconds to the next
TURN, PAUSE = 400, 40
# Turns after which the nodes are counted
ROUND = 50
# Milliseconds for a reply; only a limit
PATIENCE = 300_000
# Milliseconds between two keys
BETWEEN = 120
ENDS = """() => {
  const { scrollTop, scrollHeight, clientHeight } = document.querySelector("#transcript");
  return {
    isFirst: scrollTop < 1 && !document.querySelector(".older"),
    isLast: scrollHeight - clientHeight - scrollTop < 2,
  };
}"""


class Face:
    """A tab on a slow machine."""

    def __init__(self, browser: Browser, spec: dict[str, Any], width: int = 1280) -> None:
        self._context = browser.new_context(viewport={"width": width, "height": 800 if width > 600 else 844})
        name, _, value = spec["cookie"].partition("=")
        self._context.add_cookies([{"name": name, "value": value, "url": spec["origin"]}])
        self.page: Page = self._context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.page.add_init_script(path=WATCH)
        self._devtools: CDPSession = self._context.new_cdp_session(self.page)
        self._devtools.send("Performance.enable")
        self.page.goto(spec["origin"] + spec.get("path", "/"))
        self.page.wait_for_selector("body[data-connection=open]")
        self._devtools.send("Emulation.setCPUThrottlingRate", {"rate": spec["slowness"]})

    def watch(self, is_on: bool) -> None:
        self.page.evaluate("(on) => watchFace(on)", is_on)

    @property
    def seen(self) -> dict[str, Any]:
        """What there was since it was asked for last."""
        found: dict[str, Any] = self.page.evaluate("faceSeen()")
        return found

    @property
    def nodes(self) -> int:
        """All of the page's, those of templates and of what scripts hold too."""
        for _ in range(2):
            self._devtools.send("HeapProfiler.collectGarbage")
        values = {
            one["name"]: one["value"] for one in self._devtools.send("Performance.getMetrics")["metrics"]
        }
        return int(values["Nodes"])

    def close(self) -> None:
        self._context.close()


def scroll_through(face: Face) -> dict[str, Any]:
    """To the first message and back to the last one."""
    face.page.hover("#transcript")
    face.page.evaluate("meetMessages()")
    nodes = [face.nodes]
    for by, end in ((-TURN, "isFirst"), (TURN, "isLast")):
        while not face.page.evaluate(ENDS)[end]:
            face.watch(True)
            for _ in range(ROUND):
                face.page.mouse.wheel(0, by)
                face.page.wait_for_timeout(PAUSE)
            face.watch(False)
            nodes.append(face.nodes)
    found = face.page.evaluate("messagesMet()")
    seen = face.seen
    return {"frames": seen["frames"], "tasks": seen["tasks"], "nodes": max(nodes), "found": found}


def write(face: Face, text: str, headings: int, keys: int) -> dict[str, Any]:
    """Say it, look on until so many headings are there, and type while the rest comes."""
    face.page.fill("#text", text)
    face.page.press("#text", "Enter")
    face.page.wait_for_selector("[data-status=running] .body > *")
    face.watch(True)
    face.page.locator("[data-status=running] .body > h2").nth(headings - 1).wait_for()
    seen = face.seen
    for _ in range(keys):
        face.page.keyboard.press("x")
        face.page.wait_for_timeout(BETWEEN)
    typed = face.seen
    face.page.wait_for_selector("[data-status=running]", state="detached")
    face.watch(False)
    seen["shifts"] += face.seen["shifts"]
    # What took less is not told
    presses = typed["presses"] + [16] * (keys - len(typed["presses"]))
    return seen | {"presses": presses}


def main() -> None:
    spec: dict[str, Any] = json.load(sys.stdin)
    found: Any
    with sync_playwright() as playwright:
        browser = launch(playwright)
        if "path" in spec:
            found = scroll_through(Face(browser, spec))
        else:
            how = spec["text"], spec["headings"], spec["keys"]
            found = []
            for width in spec["widths"]:
                face = Face(browser, spec, width)
                found.append(write(face, *how))
                face.close()  # a page that is slowed down takes a processor, also when nothing goes on in it
        browser.close()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
