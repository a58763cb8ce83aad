"""What is wrong with a page for those who see it otherwise, hear it, or have no mouse."""

from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

Look = dict[str, Any]

DESK: Look = {"scheme": "light", "size": {"width": 1280, "height": 800}}
PHONE: Look = {"scheme": "dark", "size": {"width": 390, "height": 844}}
# A desk at 400 %, or the smallest phone, in a language that is written from the right
NARROW: Look = {"scheme": "dark", "size": {"width": 320, "height": 568}, "dir": "rtl"}
# A desk at 200 %, or a phone on its side
LOW: Look = {"scheme": "light", "size": {"width": 640, "height": 360}}
LAYOUT = (Path(__file__).parent / "accessible.js").read_text()
# Colours on their way to others are nobody's contrast
STILL = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("*, ::before, ::after { transition: none !important; animation: none !important }");
    document.adoptedStyleSheets = [sheet];
}"""
# Without a direction, back to the page's own
TURN = """(dir) => {
    const { documentElement: root } = document;
    root.dataset.ownDir ??= root.dir;
    root.dir = dir ?? root.dataset.ownDir;
}"""
# Targets of 24 pixels (WCAG 2.5.8) are not looked at unless axe is told. Of what it finds its HTML is told here, not the
# selectors, which cost a twentieth
RUN = """async () => (await axe.run({
    resultTypes: ["violations"], preload: false, selectors: false, rules: { "target-size": { enabled: true } },
})).violations"""


def dress(page: Page, look: Look) -> None:
    page.emulate_media(color_scheme=look["scheme"])
    page.set_viewport_size(look["size"])
    page.evaluate(TURN, look.get("dir"))
    # What the page itself does about its new width, it does before it is painted
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def with_axe(page: Page) -> Page:
    """Bring axe along to every address: what a page of before has compiled is not sent and compiled anew."""
    page.add_init_script(AXE_SCRIPT)
    return page


def violations(page: Page, *looks: Look) -> list[str]:
    """What axe finds and what it does not look for, one line for each element.

    Without looks: as on a small phone by night in a language from the right, and on a desk by day; the page stays as it
    is in the last one.
    """
    found = []
    page.evaluate(STILL)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    for look in looks or (NARROW, DESK):
        dress(page, look)
        faults = page.evaluate(LAYOUT)
        for rule in page.evaluate(RUN):
            faults += [f"{rule['id']}: {node['html'][:160]}" for node in rule["nodes"]]
        found += [f"{page.url} {look['scheme']} {look['size']['width']}: {fault}" for fault in faults]
    return found
