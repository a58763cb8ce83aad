"""From the click on another conversation to its text in real Chromium, and the same page loaded whole, its files cached.

Input: {"origin", "cookie", "texts", "rounds"}: the texts are said in each of two conversations. Output:
{"swapped_ms", "loaded_ms", "part_bytes", "page_bytes"}; times are lists.
"""

import json
import sys
from typing import Any

from playwright.sync_api import Page, expect, sync_playwright

from tests.support.chromium import launch

# A frame after the text is there; a page of its own counts from the start of its navigation
WATCH = """
addEventListener("DOMContentLoaded", () => requestAnimationFrame(() => (window.loaded = performance.now())));
addEventListener("click", () => {
  const began = performance.now();
  window.swapped = 0;
  const column = document.querySelector("#messages");
  const seen = new MutationObserver(() => {
    if (!column.querySelector(".message.assistant")) return;
    seen.disconnect();
    requestAnimationFrame(() => (window.swapped = performance.now() - began));
  });
  seen.observe(column, { childList: true });
}, true);
"""
SIZE = """
async ([path, headers]) => (await (await fetch(path, { headers })).text()).length
"""


def begin(page: Page, origin: str, texts: list[str]) -> str:
    """A conversation in which all of them are answered: its path."""
    page.goto(f"{origin}/")
    for number, text in enumerate(texts, start=1):
        page.locator("#text").fill(text)
        page.locator("#text").press("Enter")
        expect(page.locator("[data-status=complete].assistant")).to_have_count(number, timeout=60_000)
    return page.url.removeprefix(origin)


def swap(page: Page, path: str) -> float:
    page.locator(f".item-link[href='{path}']").click()
    took = once(page, "window.swapped")
    assert page.url.endswith(path)
    return took


def load(page: Page, address: str) -> float:
    page.goto(address)
    return once(page, "window.loaded")


def once(page: Page, name: str) -> float:
    """The number as soon as it is there; the page's policy lets no text be evaluated in it to wait for that."""
    while not (took := page.evaluate(name)):
        page.wait_for_timeout(5)
    return float(took)


def measure(page: Page, spec: dict[str, Any]) -> dict[str, Any]:
    origin = spec["origin"]
    paths = [begin(page, origin, spec["texts"]) for _ in range(2)]
    there_and_back = paths * spec["rounds"]
    swapped = [swap(page, path) for path in there_and_back]
    loaded = [load(page, origin + path) for path in there_and_back]
    part, whole = (page.evaluate(SIZE, [paths[0], headers]) for headers in ({"X-Fragment": "1"}, {}))
    return {"swapped_ms": swapped, "loaded_ms": loaded, "part_bytes": part, "page_bytes": whole}


def main() -> None:
    spec = json.load(sys.stdin)
    with sync_playwright() as playwright:
        browser = launch(playwright)
        context = browser.new_context()
        name, _, value = spec["cookie"].partition("=")
        context.add_cookies([{"name": name, "value": value, "url": spec["origin"]}])
        page = context.new_page()
        page.add_init_script(WATCH)
        found = measure(page, spec)
        browser.close()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
