"""Without a mouse, and on a small screen."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chat_page import ChatPage


def test_everything_can_be_done_by_keyboard_alone(chat, model):
    keyboard = chat.page.keyboard
    model.says("The *first* answer.")
    chat.ask("By hand")
    chat.reload().live()
    chat.from_the_top()
    keyboard.press("Tab")
    expect(chat.page.get_by_role("link", name="Skip to the message box")).to_be_in_viewport()
    keyboard.press("Enter")
    expect(chat.box).to_be_focused()
    keyboard.type("Typed")
    keyboard.press("Tab")
    expect(chat.page.get_by_role("button", name="Model:")).to_be_focused()
    for button in ("Dictate", "Voice conversation"):
        keyboard.press("Tab")
        expect(chat.page.get_by_role("button", name=button)).to_be_focused()
    keyboard.press("Tab")
    expect(chat.send).to_be_focused()
    keyboard.press("Enter")
    expect(chat.said.last).to_have_text("Typed")
    chat.ended()
    expect(chat.box).to_be_focused()


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element is reached."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab does not reach {selector}")


def test_a_conversation_is_renamed_by_keyboard_and_escape_closes_what_is_open(chat, model):
    keyboard = chat.page.keyboard
    chat.ask("By hand")
    expect(chat.item("A scripted title")).to_be_visible()
    chat.from_the_top()
    tab_to(chat.page, ".item summary")
    keyboard.press("Enter")
    expect(chat.list.get_by_role("button", name="Rename")).to_be_visible()
    keyboard.press("Escape")
    expect(chat.list.get_by_role("button", name="Rename")).to_be_hidden()
    expect(chat.list.locator(".item summary")).to_be_focused()
    keyboard.press("Enter")
    keyboard.press("Tab")
    keyboard.press("Enter")
    expect(chat.list.get_by_role("textbox", name="Title")).to_be_focused()
    keyboard.type("Typed title")
    keyboard.press("Enter")
    expect(chat.item("Typed title").get_by_role("link")).to_be_focused()
    tab_to(chat.page, ".user-menu > summary")
    keyboard.press("Enter")
    expect(chat.list.get_by_role("button", name="Log out")).to_be_visible()
    keyboard.press("Escape")
    expect(chat.list.get_by_role("button", name="Log out")).to_be_hidden()


def test_every_control_is_reached_by_tab_and_shows_its_focus(chat, model):
    model.says("Text.\n\n```python\nprint(1)\n```\n")
    chat.ask("Some code")
    chat.from_the_top()
    outlined = "getComputedStyle(document.activeElement).outlineStyle !== 'none'"
    for selector in (".brand", ".new-chat", ".item-link", "#transcript", ".code-copy", "[data-action=copy]"):
        tab_to(chat.page, selector)
        assert chat.page.evaluate(outlined), selector
    for selector in ("[data-action=retry]", "[data-action=more]", "#text"):
        tab_to(chat.page, selector)


PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def phone(new_context, site) -> ChatPage:
    return ChatPage(new_context(site, site.someone(), **PHONE).new_page()).open("/")


def test_on_a_phone_the_list_is_a_drawer(phone, model):
    model.titles("On the way")
    expect(phone.list).to_be_hidden()
    phone.ask("Hello from a phone")
    opener = phone.page.get_by_role("button", name="Open conversations")
    opener.tap()
    expect(phone.item("On the way")).to_be_visible()
    expect(opener).to_have_attribute("aria-expanded", "true")
    phone.page.get_by_role("button", name="Close conversations").tap()
    expect(phone.list).to_be_hidden()
    opener.tap()
    phone.page.touchscreen.tap(375, 400)
    expect(phone.list).to_be_hidden()
    opener.tap()
    phone.page.keyboard.press("Escape")
    expect(phone.list).to_be_hidden()
    expect(opener).to_be_focused()
    opener.tap()
    phone.item("On the way").locator("summary").tap()
    phone.item("On the way").get_by_role("button", name="Delete").tap()
    phone.toast.get_by_role("button", name="Undo").tap()
    expect(phone.said).to_have_text("Hello from a phone")


def test_on_a_phone_no_keyboard_comes_up_over_what_is_read(phone, model):
    steps = model.says_in_steps("A beginning. ", "And on.")
    phone.box.tap()
    phone.say("A question")
    expect(phone.answer).to_contain_text("A beginning.")
    expect(phone.box).not_to_be_focused()
    phone.stop.tap()
    phone.ended("stopped")
    expect(phone.box).not_to_be_focused()
    steps.go_on(2)
    phone.page.get_by_role("link", name="Choose a persona").tap()
    search = phone.page.get_by_role("combobox", name="Search personas")
    expect(search).to_be_visible()
    expect(search).not_to_be_focused()
    phone.page.keyboard.press("Escape")
    expect(search).to_be_hidden()


def swipe(chat: ChatPage, *stops: tuple[int, int], held: str = "true") -> None:
    """Draw one finger from stop to stop; where it rests, before it is lifted, `held` becomes true."""
    finger = chat.page.context.new_cdp_session(chat.page)
    touch = "Input.dispatchTouchEvent"
    for number, (x, y) in enumerate(stops):
        kind = "touchMove" if number else "touchStart"
        finger.send(touch, {"type": kind, "touchPoints": [{"x": x, "y": y}]})
        chat.page.wait_for_timeout(60)
    chat.until(held)
    chat.page.wait_for_timeout(150)
    finger.send(touch, {"type": "touchEnd", "touchPoints": []})


def test_the_drawer_follows_a_finger_and_closes_by_back(phone, model):
    model.says("Text.\n\n```text\n" + "wide " * 60 + "\n```\n")
    phone.ask("Something wide")
    address = phone.address()
    left = "document.querySelector('#sidebar').getBoundingClientRect().left"
    swipe(phone, (6, 300), (120, 300), (240, 300))
    expect(phone.list).to_be_hidden()
    swipe(phone, (40, 300), (90, 302), (130, 302), held=f"Math.abs({left} + 304 - 90) < 12")
    expect(phone.list).to_be_hidden()
    swipe(phone, (40, 300), (120, 400), (240, 500))
    expect(phone.list).to_be_hidden()
    code = phone.body.locator("pre")
    code.evaluate("pre => pre.scrollIntoView()")
    top = int(phone.top_of(code)) + 20
    swipe(phone, (60, top), (160, top), (300, top))
    expect(phone.list).to_be_hidden()
    swipe(phone, (40, 300), (150, 300), (250, 300), held=f"{left} > -100")
    expect(phone.list).to_be_visible()
    phone.page.go_back()
    expect(phone.list).to_be_hidden()
    assert phone.page.url == address
    phone.page.get_by_role("button", name="Open conversations").tap()
    swipe(phone, (250, 400), (150, 400), (60, 400))
    expect(phone.list).to_be_hidden()
    assert phone.page.url == address
    expect(phone.said).to_have_text("Something wide")


def test_on_a_phone_menus_close_by_back_and_leave_no_step_behind(phone, model):
    phone.ask("Hello from a phone")
    address, page = phone.address(), phone.page
    menu, models = page.locator("#message-menu"), page.get_by_role("listbox", name="Models")
    more = phone.answer.get_by_role("button", name="More actions")
    for opener, opened in (
        (page.get_by_role("button", name="Model:"), models),
        (page.locator("#persona"), page.get_by_role("dialog", name="Choose a persona")),
        (more, menu),
    ):
        opener.tap()
        expect(opened).to_be_visible()
        page.go_back()
        expect(opened).to_be_hidden()
        expect(opener).to_have_attribute("aria-expanded", "false")
        opener.tap()
        expect(opened).to_be_visible()
        opener.tap()
        expect(opened).to_be_hidden()
        phone.until("history.state === null")
        assert page.url == address
    more.tap()
    menu.get_by_role("button", name="Retry with another model").tap()
    expect(models).to_be_visible()
    page.go_back()
    expect(menu).to_be_hidden()
    more.tap()
    menu.get_by_role("button", name="Report").tap()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.url == address
    expect(phone.said).to_have_text("Hello from a phone")


def test_on_a_phone_the_settings_of_a_conversation_are_in_its_menu_and_the_title_has_their_room(phone, model):
    page = phone.page
    settings = page.locator("#settings")
    expect(settings).to_be_visible()  # a new chat has no menu
    phone.ask("Hello from a phone")
    expect(settings).to_be_hidden()
    menu = page.locator("#conversation-menu")
    menu.locator("summary").tap()
    menu.get_by_role("link", name="Chat settings").tap()
    dialog = page.get_by_role("dialog", name="Chat settings")
    expect(dialog).to_be_visible()
    page.go_back()
    expect(dialog).to_have_count(0)
    expect(menu.locator("summary")).to_be_focused()
    phone.reload().live()
    link = menu.get_by_role("link", name="Chat settings", include_hidden=True)
    assert link.get_attribute("href") == page.evaluate("new URL(location).pathname") + "settings/"


def test_on_a_phone_the_menus_of_a_conversation_close_by_back_too(phone, model):
    phone.ask("Hello from a phone")
    address, page = phone.address(), phone.page
    above = page.locator("#conversation-menu")
    for close in (page.go_back, above.locator("summary").tap):
        above.locator("summary").tap()
        expect(above).to_have_attribute("open", "")
        phone.until("history.state?.over === 'menu'")
        close()
        expect(above).not_to_have_attribute("open", "")
        phone.until("history.state === null")
        assert page.url == address
    # A menu in the drawer goes first
    page.get_by_role("button", name="Open conversations").tap()
    row = phone.list.locator(".item").first
    row.locator("summary").tap()
    expect(row.get_by_role("button", name="Archive")).to_be_visible()
    phone.until("history.state?.over === 'menu'")
    page.go_back()
    expect(row.get_by_role("button", name="Archive")).to_be_hidden()
    expect(page.locator("html")).to_have_class(re.compile("drawer"))
    page.go_back()
    expect(page.locator("html")).not_to_have_class(re.compile("drawer"))
    assert page.url == address


def test_half_of_a_low_window_is_for_the_text_and_the_box_is_low_on_a_phone(chat, model):
    model.says("Text. " * 400)
    chat.ask("A long one")
    for width, height in ((844, 390), (640, 400), (320, 568), (390, 844)):
        chat.page.set_viewport_size({"width": width, "height": height})
        text = chat.log.bounding_box()
        assert text
        assert text["height"] >= height / 2, (width, height, text)
        assert chat.page.evaluate("document.scrollingElement.scrollWidth") <= width
    box = chat.page.locator(".box").bounding_box()
    assert box
    assert box["height"] <= 100


WIDE = "\n".join(
    [
        f"A [link](https://example.org/{'path/' * 40}) and `{'code' * 60}`.",
        "",
        f"| {' | '.join(f'Column {n}' for n in range(12))} |",
        f"| {' | '.join(['---'] * 12)} |",
        f"| {' | '.join(['a value that is long'] * 12)} |",
        "",
        "```text",
        "line " * 80,
        "```",
        "",
        f"$$ {' + '.join(f'x_{n}' for n in range(60))} $$",
    ]
)


def test_on_a_phone_nothing_makes_the_page_scroll_sideways(phone, model):
    model.says(WIDE)
    phone.ask("word" * 100)
    sideways = "[document.scrollingElement, document.querySelector('#transcript')].map(e => e.scrollWidth - e.clientWidth)"
    assert phone.page.evaluate(sideways) == [0, 0]
    assert phone.page.evaluate("visualViewport.scale") == 1
    expect(phone.body.locator("math").last).to_be_visible()


def test_on_a_phone_every_target_is_large_enough_for_a_finger(phone, model):
    model.says("Text.\n\n```python\nprint(1)\n```\n")
    phone.ask("Some code")
    small = """() => [...document.querySelectorAll("button, summary, input:not([type=hidden]), [role=button], .item-link")]
        .filter((target) => target.checkVisibility({ visibilityProperty: true }))
        .map((target) => [target.outerHTML.slice(0, 80), target.getBoundingClientRect()])
        .filter(([, box]) => box.width > 0 && (box.width < 36 || box.height < 36))
        .map(([html, box]) => `${html} ${box.width} x ${box.height}`)"""
    assert phone.page.evaluate(small) == []
    phone.page.get_by_role("button", name="Open conversations").tap()
    expect(phone.list).to_be_visible()
    phone.list.locator(".user-menu > summary").tap()
    assert phone.page.evaluate(small) == []


def test_on_the_smallest_phone_a_title_can_be_read_and_a_new_chat_begins_in_the_drawer(phone, model):
    model.titles("Photosynthesis")
    phone.ask("How do plants eat?")
    title = phone.page.get_by_role("heading", name="Photosynthesis")
    in_the_bar = phone.page.locator(".topbar").get_by_role("button", name="New chat")
    expect(in_the_bar).to_be_visible()
    phone.page.set_viewport_size({"width": 320, "height": 568})
    expect(in_the_bar).to_be_hidden()
    # 112 px of it; it had 40, as each of the buttons has
    assert title.evaluate("title => title.clientWidth") >= 100
    assert phone.page.evaluate("document.scrollingElement.scrollWidth") == 320
    phone.page.get_by_role("button", name="Open conversations").tap()
    phone.list.get_by_role("button", name="New chat").tap()
    expect(phone.page).to_have_url(re.compile("/$"))
    expect(title).to_have_count(0)


def test_on_a_phone_a_reply_that_was_cut_says_too_which_model_wrote_it(phone, model):
    model.plays("plain", text="One, two, ", finish="length")
    phone.ask("Count")
    name = phone.answer.get_by_text("scripted-1", exact=True)
    expect(name).to_be_visible()
    buttons = phone.answer.get_by_role("button", name="Continue").bounding_box()
    box = name.bounding_box()
    assert box and buttons and box["x"] + box["width"] <= 390 and box["y"] >= buttons["y"]


# Of "Read aloud" alone, also within half a second after a touch, as a slower machine would count them
WATCH_READ_ALOUD = """
    window.jumps = [];
    new PerformanceObserver((list) => list.getEntries().forEach(({ value, sources }) => {
        if (sources.some(({ node }) => node?.matches?.('.read'))) window.jumps.push(value);
    })).observe({ type: 'layout-shift' });
"""


def test_read_aloud_does_not_jump_where_a_reply_is_continued_nor_at_its_end(phone, model):
    model.plays("plain", text="One, two, " * 10, finish="length")
    phone.ask("Count")
    button = phone.answer.get_by_role("button", name="Read aloud")
    expect(button).to_be_visible()
    before = phone.top_of(button)
    phone.page.evaluate(WATCH_READ_ALOUD)
    steps = model.says_in_steps("three, four. " * 10, "five.")
    phone.answer.get_by_role("button", name="Continue").tap()
    expect(phone.body).to_contain_text("three, four.")
    expect(button).to_be_visible()
    assert phone.top_of(button) > before + 50  # at the end of the space that is kept for the reply
    steps.go_on(2)
    phone.ended()
    expect(button).to_be_visible()
    phone.until(
        "!document.querySelector('.read').getAnimations().some((each) => each.playState === 'running')"
    )
    assert phone.page.evaluate("window.jumps") == []


def test_on_a_phone_enter_is_a_new_line(phone, model):
    phone.box.tap()
    phone.page.keyboard.type("one")
    phone.page.keyboard.press("Enter")
    phone.page.keyboard.type("two")
    expect(phone.box).to_have_value("one\ntwo")
    phone.send.tap()
    expect(phone.said).to_have_text("one\ntwo", use_inner_text=True)
    phone.ended()
    phone.mine.get_by_role("button", name="Edit").tap()
    phone.page.keyboard.press("Enter")
    expect(phone.editor).to_have_value("one\ntwo\n")


def test_on_a_tablet_each_conversation_shows_its_menu(new_context, site, model):
    tablet = {"viewport": {"width": 1024, "height": 768}, "has_touch": True, "is_mobile": True}
    chat = ChatPage(new_context(site, site.someone(), **tablet).new_page()).open("/")
    model.titles("Elsewhere")
    chat.ask("Hello from a tablet")
    expect(chat.item("Elsewhere")).to_be_visible()
    chat.open("/")
    expect(chat.item("Elsewhere").locator(".menu")).to_have_css("opacity", "1")
