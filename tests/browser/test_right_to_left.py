"""The page in Arabic: mirrored, but for what is written from the left everywhere."""

import pytest
from playwright.sync_api import expect

from tests.browser.chat_page import ChatPage
from tests.browser.test_keyboard_and_phone import swipe

TEXT_BOX = """element => {
  const range = document.createRange();
  range.selectNodeContents(element);
  const { left, right } = range.getBoundingClientRect();
  return { left, right };
}"""
REPLY = "نصّ مع `code.py`.\n\n```python\nprint(1)\n```\n\n$$x^2 = 4$$\n"


def sides(chat: ChatPage, selector: str, *, of_text: bool = False) -> tuple[float, float]:
    """Return where something, or the text in it, begins at the left and ends at the right."""
    box = chat.page.locator(selector).evaluate(
        TEXT_BOX if of_text else "element => element.getBoundingClientRect()"
    )
    return box["left"], box["right"]


def direction(chat: ChatPage, selector: str) -> str:
    return str(chat.page.locator(selector).evaluate("element => getComputedStyle(element).direction"))


def test_in_arabic_the_page_is_mirrored_and_code_and_formulas_are_not(new_context, site, model):
    context = new_context(site, site.someone(), locale="ar", has_touch=True)
    chat = ChatPage(context.new_page()).open("/")
    expect(chat.page.locator("html")).to_have_attribute("dir", "rtl")
    assert sides(chat, "#sidebar")[0] >= sides(chat, "#main")[1]
    assert sides(chat, "#send")[1] < sides(chat, "#model")[0]
    assert direction(chat, "#text") == "rtl"

    model.titles("An English title!")
    model.says(REPLY, REPLY)
    chat.page.locator("#text").fill("سؤال")
    chat.page.locator("#send").tap()
    reply = chat.page.locator(".message.assistant")
    expect(reply).to_have_attribute("data-status", "complete")
    assert sides(chat, ".user .body")[0] == sides(chat, ".assistant .body")[0]
    assert (
        sides(chat, ".assistant .body > p:first-child", of_text=True)[1] == sides(chat, ".assistant .body")[1]
    )
    for selector in (".assistant p > code", ".assistant pre > code", ".assistant math"):
        assert direction(chat, selector) == "ltr"
    code_from, code_to = sides(chat, ".assistant pre > code", of_text=True)
    pre_from, pre_to = sides(chat, ".assistant pre")
    assert code_from - pre_from < 40 < pre_to - code_to

    expect(chat.page.locator(".item-link")).to_have_text("An English title!")
    assert direction(chat, ".item-link") == "ltr"
    assert sides(chat, ".item-link")[1] - sides(chat, ".item-link", of_text=True)[1] < 20
    assert sides(chat, ".item summary")[1] <= sides(chat, ".item-link", of_text=True)[0]

    reply.locator("[data-action=retry]").click()
    expect(reply.locator(".place")).to_have_text("2 / 2")
    expect(reply).to_have_attribute("data-status", "complete")
    assert sides(chat, ".before")[0] > sides(chat, ".after")[0]
    reply.locator(".before").focus()
    for key, place in (("ArrowRight", "1 / 2"), ("ArrowLeft", "2 / 2")):
        chat.page.keyboard.press(key)
        expect(reply.locator(".place")).to_have_text(place)

    chat.page.set_viewport_size({"width": 390, "height": 844})
    expect(chat.page.locator("#sidebar")).to_be_hidden()
    swipe(chat, (350, 600), (240, 600), (140, 600))
    expect(chat.page.locator("#sidebar")).to_be_visible()
    chat.until("document.querySelector('#sidebar').getBoundingClientRect().right === innerWidth")


MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
ARABIC_MONTHS = [
    "يناير",
    "فبراير",
    "مارس",
    "أبريل",
    "مايو",
    "يونيو",
    "يوليو",
    "أغسطس",
    "سبتمبر",
    "أكتوبر",
    "نوفمبر",
    "ديسمبر",
]


def row(cells):
    return f"| {' | '.join(cells)} |\n"


WIDE = [row(months) + row(["---"] * 12) + row(["1"] * 12) for months in (MONTHS, ARABIC_MONTHS)]
TABLES = """| Way | Cost |
| --- | --- |
| Merge | 1 |

|  | التكلفة |
| --- | --- |
| دمج | 1 |

> Whoever sorts first.

> من يرتب أولًا.
"""


def test_in_arabic_a_table_and_a_quotation_go_the_way_of_their_own_words(new_context, site, model):
    chat = ChatPage(new_context(site, site.someone(), locale="ar").new_page()).open("/")
    model.says(TABLES)
    chat.page.locator("#text").fill("سؤال")
    chat.page.locator("#text").press("Enter")
    expect(chat.page.locator(".message.assistant")).to_have_attribute("data-status", "complete")
    own = "all => all.map(element => getComputedStyle(element).direction)"
    for kind in ("table", "blockquote"):
        assert chat.page.locator(f".assistant {kind}").evaluate_all(own) == ["ltr", "rtl"]
    for number, side in ((0, "left"), (1, "right")):
        table = chat.page.locator(".assistant table").nth(number)
        first = table.locator("td").first
        there = "(element, side) => element.getBoundingClientRect()[side]"
        assert abs(first.evaluate(there, side) - table.evaluate(there, side)) < 2


@pytest.mark.parametrize("locale", ["ar", "en-US"])
def test_a_wide_table_begins_to_be_scrolled_at_its_own_first_column(new_context, site, model, locale):
    chat = ChatPage(new_context(site, site.someone(), locale=locale).new_page()).open("/")
    chat.page.set_viewport_size({"width": 390, "height": 844})
    model.says("\n\n".join(WIDE))
    chat.page.locator("#text").fill("?")
    chat.page.locator("#text").press("Enter")
    expect(chat.page.locator(".message.assistant")).to_have_attribute("data-status", "complete")
    for number, side in ((0, "left"), (1, "right")):
        frame = chat.page.locator(".assistant .table").nth(number)
        assert frame.evaluate("(frame) => frame.scrollWidth > frame.clientWidth")
        there = "(element, side) => element.getBoundingClientRect()[side]"
        first = frame.locator("th").first
        assert abs(first.evaluate(there, side) - frame.evaluate(there, side)) < 2
        # What copies it stays in view at either end
        bar = frame.locator(".table-bar")
        for end in (-5000, 5000):
            frame.evaluate("(frame, end) => frame.scrollTo(end, 0)", end)
            assert abs(bar.evaluate(there, side) - frame.evaluate(there, side)) < 2
