"""A first visit to the empty chat in real Chromium, with a cold cache.

Input: {"origin", "cookie", "visits"}. Output: {"bytes", "requests", "outside", "usable_ms"} (medians).
"""

import json
import sys
from statistics import median
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tests.support.chromium import launch

# The text box has the focus once the page's script has taken it over; before, a key press is lost
WATCH = """
const look = () => {
  const box = document.querySelector("#text");
  if (box && document.activeElement === box && box.offsetParent) window.usable = performance.now();
  else requestAnimationFrame(look);
};
look();
"""


def visit(browser: Browser, spec: dict[str, Any]) -> dict[str, float]:
    """One visit in a context of its own: no cache, no storage but the session."""
    context = browser.new_context()
    name, _, value = spec["cookie"].partition("=")
    context.add_cookies([{"name": name, "value": value, "url": spec["origin"]}])
    page = context.new_page()
    page.add_init_script(WATCH)
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    sizes: list[float] = []
    addresses: list[str] = []
    devtools.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    devtools.on("Network.requestWillBeSent", lambda event: addresses.append(event["request"]["url"]))
    page.goto(spec["origin"] + "/")
    page.wait_for_function("window.usable")
    page.wait_for_load_state("networkidle")
    usable = page.evaluate("window.usable")
    context.close()
    outside = sum(not address.startswith((spec["origin"], "data:")) for address in addresses)
    return {"bytes": sum(sizes), "requests": len(addresses), "outside": outside, "usable_ms": usable}


def main() -> None:
    spec = json.load(sys.stdin)
    with sync_playwright() as playwright:
        browser = launch(playwright)
        visits = [visit(browser, spec) for _ in range(spec["visits"])]
        browser.close()
    print(json.dumps({key: median(each[key] for each in visits) for key in visits[0]}))


if __name__ == "__main__":
    main()
