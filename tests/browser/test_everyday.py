"""A day of use: paper, small screens, the way back, and words that come up for a moment."""

import re

from playwright.sync_api import expect

from tests.browser.chat_page import ChatPage
from tests.browser.test_keyboard_and_phone import PHONE

# In place of the browser's, which tells the page just before
PRINT = """() => window.print = () => {
    dispatchEvent(new Event("beforeprint"));
    document.title = "printed";
}"""
PAGES = re.compile(rb"/Type\s*/Page\b")


def test_a_conversation_is_printed_from_its_beginning_and_without_controls(new_context, site):
    chat = ChatPage(new_context(site, site.named("long"), color_scheme="dark").new_page()).open("/")
    chat.item("A long conversation").get_by_role("link").click()
    expect(chat.answer).to_contain_text("Answer 99.")
    chat.page.emulate_media(media="print", color_scheme="dark")
    chat.page.evaluate(PRINT)
    chat.page.keyboard.press("Control+p")
    chat.until("document.title === 'printed'")
    expect(chat.page.locator(".message")).to_have_count(200)
    for hidden in ("#sidebar", "#composer", "#toasts", "#jump", ".actions", "#settings"):
        expect(chat.page.locator(hidden).first).to_be_hidden()
    expect(chat.said.first).to_be_visible()
    colours = "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"
    assert chat.page.evaluate(colours) == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
    labels = "getComputedStyle(document.querySelector('.message'), '::before').content"
    assert chat.page.evaluate(labels) == '"You"'
    assert len(PAGES.findall(chat.page.pdf())) > 10


def test_what_is_folded_is_unfolded_on_paper_and_folded_again_after_it(chat, model):
    model.says("<details>\n<summary>Proof</summary>\n\nBy **induction**.\n\n</details>\n\nDone.\n")
    chat.ask("Prove it")
    folded = chat.answer.get_by_text("induction")
    expect(folded).to_be_hidden()
    chat.page.emulate_media(media="print")
    expect(folded).to_be_visible()
    assert folded.evaluate("it => it.getBoundingClientRect().height") > 10
    chat.page.emulate_media(media="screen")
    expect(folded).to_be_hidden()
    chat.answer.get_by_text("Proof").click()
    expect(folded).to_be_visible()


def test_on_a_low_screen_most_of_the_height_is_for_what_is_said(context):
    page = context.new_page()
    for width, height in ((844, 390), (640, 360)):
        page.set_viewport_size({"width": width, "height": height})
        chat = ChatPage(page).open("/")
        assert page.evaluate("document.querySelector('#transcript').clientHeight") > height * 0.6
        heading = chat.log.get_by_role("heading")
        expect(heading).to_be_in_viewport(ratio=1)
        assert chat.top_of(heading) > chat.top_of(chat.log)


COVERED = """toast => {
    const top = toast.getBoundingClientRect();
    const covers = ({ left, right, top: upper, bottom }) =>
        left < top.right && right > top.left && upper < top.bottom && bottom > top.top;
    return [...document.querySelectorAll("button, [role=button], textarea, summary")]
        .filter((it) => !it.closest("#toasts") && it.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
        .filter((it) => covers(it.getBoundingClientRect()))
        .map((it) => it.outerHTML.slice(0, 90));
}"""


def test_what_comes_up_for_a_moment_lies_on_no_button(new_context, site, model):
    page = new_context(site, site.someone()).new_page()
    chat = ChatPage(page).open("/")
    model.says("Words to fill the page.\n\n" * 60)
    chat.ask("Write a lot")
    for size in ({"width": 1280, "height": 800}, {"width": 390, "height": 844}):
        page.set_viewport_size(size)
        page.evaluate("document.querySelector('#transcript').scrollTop = 1e6")
        chat.press(chat.answer, "Copy")
        expect(chat.toast).to_be_visible()
        assert chat.toast.evaluate(COVERED) == []
        expect(chat.toast).to_have_count(0)


def test_back_closes_the_drawer_and_stays_on_the_page(new_context, site):
    page = new_context(site, site.someone(), **PHONE).new_page()
    page.goto("/prompts/")
    phone = ChatPage(page).open("/")
    opener = page.get_by_role("button", name="Open conversations")
    opener.tap()
    expect(phone.list).to_be_visible()
    page.go_back()
    expect(phone.list).to_be_hidden()
    expect(opener).to_be_focused()
    opener.tap()
    page.get_by_role("button", name="Close conversations").tap()
    expect(phone.list).to_be_hidden()
    page.go_back()
    expect(page).to_have_url(re.compile("/prompts/$"))


def test_back_closes_whatever_dialog_is_open_and_then_leaves_the_page(chat, model):
    chat.page.goto("/prompts/")
    chat.open("/")
    chat.ask("Something")
    before = chat.address()
    dialog = chat.page.get_by_role("dialog")
    menu = chat.answer.get_by_role("button", name="More actions")
    settings = chat.page.locator("#settings")
    # Each with what has the focus afterwards
    openers = [
        (settings, settings.click),
        (menu, lambda: chat.more(chat.answer, "View request")),
        (menu, lambda: chat.more(chat.answer, "Report")),
    ]
    for opener, press in openers:
        press()
        expect(dialog).to_be_visible()
        chat.page.go_back()
        expect(dialog).to_have_count(0)
        expect(opener).to_be_focused()
        assert chat.page.url == before
        press()  # and what is closed in another way leaves nothing to go back to
        expect(dialog).to_be_visible()
        chat.page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
        chat.until("!history.state?.over")
    chat.page.go_back()
    expect(chat.page).not_to_have_url(before)
