"""A person's settings: one dialog, saved as they are changed, and what they change in the page."""

from playwright.sync_api import expect

from tests.browser.accessible import DESK, PHONE, dress, violations
from tests.browser.chat_page import ChatPage

BACKGROUND = "getComputedStyle(document.body).backgroundColor"
SAVED = "Settings saved."


def test_general_settings_hold_at_once_and_in_every_browser_of_their_person(chat, new_context, site):
    page, dialog = chat.page, chat.settings()
    note = dialog.get_by_role("status")
    assert violations(page) == []
    assert violations(page, PHONE) == []
    dress(page, DESK)
    light = page.evaluate(BACKGROUND)
    dialog.get_by_label("Appearance").select_option(label="Dark")
    expect(note).to_have_text(SAVED)
    dark = page.evaluate(BACKGROUND)
    assert dark != light
    dialog.get_by_label("What should we call you?").fill("Ada")
    dialog.get_by_label("Send messages with").select_option("ctrl-enter")
    dialog.get_by_role("link", name="Personalisation").click()
    expect(dialog.get_by_role("heading", name="Personalisation")).to_be_visible()
    dialog.get_by_role("link", name="General").click()
    expect(dialog.get_by_label("What should we call you?")).to_have_value("Ada")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(chat.list.locator(".user-menu > summary")).to_be_focused()
    chat.box.press_sequentially("One line")
    chat.box.press("Enter")
    chat.box.press_sequentially("and another")
    expect(chat.box).to_have_value("One line\nand another")
    chat.box.press("Control+Enter")
    expect(chat.said).to_have_text("One line\nand another")
    session = next(cookie for cookie in page.context.cookies() if cookie["name"] == "sessionid")
    other = ChatPage(new_context(site, session["value"]).new_page()).open("/")
    assert other.page.evaluate(BACKGROUND) == dark
    other.settings().get_by_label("Appearance").select_option(label="System")
    expect(other.page.get_by_role("dialog").get_by_role("status")).to_have_text(SAVED)
    page.reload()
    assert page.evaluate(BACKGROUND) == light


def test_another_language_keeps_what_was_typed_and_can_be_changed_back(chat, model):
    chat.ask("Hello")
    address = chat.address()
    chat.box.fill("A draft")
    dialog = chat.settings()
    dialog.get_by_label("Language").select_option(label="简体中文")
    expect(chat.page.get_by_role("dialog").locator("[lang=zh-hans]").get_by_role("status")).to_be_visible()
    chat.page.keyboard.press("Escape")
    box = chat.page.get_by_role("textbox", name="消息")
    expect(box).to_have_value("A draft")
    expect(chat.page.locator("html")).to_have_attribute("lang", "zh-hans")
    expect(chat.page).to_have_url(address)
    chat.page.locator(".user-menu > summary").click()
    chat.page.locator(".user-menu [data-action=preferences]").click()
    chat.page.get_by_role("dialog").locator("[name=language]").select_option(label="English")
    expect(chat.page.get_by_role("dialog", name="Settings").get_by_role("status")).to_have_text(SAVED)
    chat.page.go_back()
    expect(chat.box).to_have_value("A draft")
    expect(chat.page).to_have_url(address)


def test_another_language_holds_also_where_the_page_was_loaded_anew_below_the_dialog_before(chat):
    chat.settings()
    chat.reload().live()
    dialog = chat.settings()
    dialog.get_by_label("Language").select_option(label="Deutsch")
    expect(chat.page.get_by_role("dialog").locator("[lang=de]").get_by_role("status")).to_be_visible()
    chat.page.go_back()
    expect(chat.page.locator("html")).to_have_attribute("lang", "de")


def test_what_the_model_should_know_is_sent_with_every_request_and_shown(chat, model):
    dialog = chat.settings("Personalisation")
    assert violations(chat.page) == []
    dialog.get_by_label("What should the model know about you?").fill("I teach {{date}} physics.")
    dialog.get_by_label("How should it reply?").fill("In rhymes.")
    with chat.page.expect_response("**/settings/personalisation/"):
        chat.page.keyboard.press("Escape")  # what was being typed is saved, too
    chat.ask("Hello")
    (system,) = [m["content"] for m in model.last_body()["messages"] if m["role"] == "system"]
    assert system.endswith(
        "What the person you are talking to wants you to know about them:\nI teach {{date}} physics.\n\n"
        "How they want you to reply:\nIn rhymes."
    )
    chat.more(chat.answer, "View request")
    expect(chat.page.get_by_role("dialog").get_by_text("I teach {{date}} physics.")).to_be_visible()
    chat.page.keyboard.press("Escape")
    dialog = chat.settings("Personalisation")
    dialog.get_by_label("Personalise replies").uncheck()
    expect(dialog.get_by_role("status")).to_have_text(SAVED)
    chat.page.keyboard.press("Escape")
    chat.ask("And now?")
    assert "rhymes" not in str(model.last_body())


def test_all_conversations_are_deleted_at_once_and_come_back(chat, model):
    chat.ask("The first of them")
    chat.open("/")
    chat.ask("The second of them")
    dialog = chat.settings("Chats")
    dialog.get_by_text("Delete all conversations…").click()
    expect(dialog.get_by_text("Delete all 2 conversations?")).to_be_visible()
    assert violations(chat.page) == []
    dialog.get_by_role("button", name="Delete all", exact=True).click()
    expect(chat.page.get_by_text("2 conversations deleted")).to_be_visible()
    expect(chat.list.locator(".item-link")).to_have_count(0)
    chat.page.get_by_role("button", name="Undo").click()
    expect(chat.list.locator(".item-link")).to_have_count(2)


def test_on_a_phone_the_settings_fill_the_screen(new_context, site):
    phone = ChatPage(
        new_context(
            site, site.someone(), viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
        ).new_page()
    ).open("/")
    phone.page.get_by_role("button", name="Open conversations").tap()
    phone.list.locator(".user-menu > summary").tap()
    phone.list.get_by_role("link", name="Settings").tap()
    dialog = phone.page.get_by_role("dialog", name="Settings")
    expect(dialog).to_be_visible()
    box = dialog.bounding_box()
    assert box is not None
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 390, 844)
    dialog.get_by_role("link", name="Voice", exact=True).tap()
    expect(dialog.get_by_role("heading", name="Voice")).to_be_visible()
    assert phone.page.evaluate("document.querySelector('dialog').scrollWidth") <= 390
    dialog.get_by_role("button", name="Close").tap()
    expect(dialog).to_have_count(0)


SMALL_FIELDS = """() => [...document.querySelectorAll("input, select, textarea")]
  .filter((field) => !["hidden", "checkbox", "radio", "file", "range"].includes(field.type) && field.checkVisibility())
  .filter((field) => parseFloat(getComputedStyle(field).fontSize) < 16).map((field) => field.name || field.id)"""


def test_on_a_phone_no_field_is_so_small_that_safari_zooms_in_on_it(new_context, site):
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    page = new_context(site, site.someone("talker"), **phone).new_page()
    ChatPage(page).open("/")
    conversation = page.locator(".item-link").first.get_attribute("href")
    settings = [f"/settings/{tab}" for tab in ("", "personalisation/", "chats/", "voice/", "notifications/")]
    others = [f"{conversation}{part}" for part in ("", "settings/", "share/", "project/")]
    for path in (
        *settings,
        *others,
        "/personas/new/",
        "/prompts/new/",
        "/search/?q=talk",
        "/accounts/email/",
    ):
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach((part) => (part.open = true))")
        assert (path, page.evaluate(SMALL_FIELDS)) == (path, [])


def test_the_bar_above_an_installed_app_has_the_colour_that_was_chosen(chat):
    bar = """[...document.querySelectorAll("meta[name=theme-color]")]
      .filter(({ media }) => matchMedia(media).matches).map(({ content }) => content).join()"""
    chat.page.emulate_media(color_scheme="light")
    assert chat.page.evaluate(bar) == "#fcfcfa"
    chat.settings().get_by_label("Appearance").select_option("dark")
    chat.until(f"{bar} === '#1c1d1c'")
    chat.page.keyboard.press("Escape")
    chat.reload().live()
    assert chat.page.evaluate(bar) == "#1c1d1c"
    chat.settings().get_by_label("Appearance").select_option("system")
    chat.until(f"{bar} === '#fcfcfa'")
