"""Coming in, going out, and how a person wants the page: its colours and its language."""

import re

import pytest
from django.urls import get_resolver
from playwright.sync_api import Page, expect

from tests.browser.accessible import violations
from tests.browser.chat_page import ChatPage
from tests.browser.site import Site

PASSWORD = "correct horse 7 battery"


def fill_in(page: Page, email: str, button: str) -> None:
    page.get_by_role("textbox", name="Email").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name=button).click()


@pytest.fixture
def new_site(tmp_path):
    """One that nobody has come to yet, with a name, a logo and a colour of its own."""
    logo = tmp_path / "logo.svg"
    logo.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><script>alert(1)</script><circle r="4"/></svg>'
    )
    look = {"SITE_NAME": "Harbour <b>", "SITE_ACCENT": "#7a1fa2", "SITE_LOGO": str(logo)}
    unset = dict.fromkeys(("OPENAI_BASE_URL", "OPENAI_API_KEY", "OPENAI_MODEL"), "")
    site = Site(tmp_path / "data", **look, **unset)
    yield site
    site.stop()


def test_the_first_one_signs_up_is_told_what_to_do_and_finds_an_empty_chat_that_answers(
    new_context, new_site
):
    page = new_context(new_site).new_page()
    page.goto("/")
    expect(page.get_by_role("heading", name="Sign up")).to_be_visible()
    expect(page.get_by_text("Create the first one.")).to_be_visible()
    expect(page).to_have_title("Sign up · Harbour <b>")
    found = violations(page)
    fill_in(page, "newcomer@example.org", "Sign up")
    chat = ChatPage(page).live()
    expect(chat.list.locator(".brand")).to_have_text("Harbour <b>")
    chat.until("document.querySelector('.brand img').naturalWidth > 0")
    expect(page.get_by_role("link", name="Or try a persona")).to_have_css("color", "rgb(122, 31, 162)")
    notice = page.get_by_role("complementary", name="You’re not an administrator yet")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    notice.get_by_role("button", name="Copy").click()
    expect(chat.toast).to_have_text("Copied")
    command = page.evaluate("navigator.clipboard.readText()")
    assert command == "make admin EMAIL=newcomer@example.org"
    expect(notice).to_contain_text(command)
    assert found + violations(page) == []
    new_chat = chat.list.get_by_role("button", name="New chat")
    chat.ask("First")
    expect(notice).to_have_count(0)
    new_chat.click()
    expect(notice).to_be_visible()
    notice.get_by_role("button", name="Dismiss").click()
    expect(notice).to_have_count(0)
    new_chat.click()
    expect(chat.log.get_by_role("heading")).to_be_visible()
    expect(notice).to_have_count(0)
    expect(chat.box).to_be_focused()
    page.reload()
    chat.live()
    expect(chat.log.get_by_role("heading")).to_have_text("What’s on your mind?")
    assert chat.log.get_by_role("button").count() >= 3
    expect(page.get_by_text("Demo mode")).to_be_visible()
    expect(chat.box).to_be_focused()
    expect(chat.list.get_by_text("Your chats will appear here.")).to_have_count(0)
    chat.say("Hello")
    expect(chat.answer).to_contain_text("built-in demo model")
    chat.ended()
    expect(chat.item("Hello")).to_be_visible()
    # The site ends before the browser does: what the page says of that is none of this
    page.close()


def test_a_visitor_comes_back_to_where_they_were_going(new_context, site):
    page = new_context(site).new_page()
    page.goto("/conversations/")
    fill_in(page, "returning@example.org", "Log in")
    expect(page).to_have_url(f"{site.origin}/conversations/")
    expect(page.get_by_role("heading", name="Conversations")).to_be_visible()


def test_a_wrong_password_says_so_and_keeps_the_address(new_context, site):
    page = new_context(site).new_page()
    page.goto("/accounts/login/")
    fill_in(page, "nobody@example.org", "Log in")
    expect(page.get_by_role("alert")).to_contain_text("Incorrect email or password.")
    expect(page.get_by_role("textbox", name="Email")).to_have_value("nobody@example.org")


def test_a_password_is_read_while_its_eye_is_pressed_and_is_sent_as_a_password(new_context, site):
    page = new_context(site).new_page()
    page.goto("/accounts/login/")
    field, eye = page.locator("[name=password]"), page.get_by_role("button", name="Show password")
    page.get_by_role("textbox", name="Email").fill("nobody@example.org")
    field.fill(PASSWORD)
    field.evaluate("field => field.setSelectionRange(3, 7)")
    eye.click()
    expect(eye).to_have_attribute("aria-pressed", "true")
    expect(field).to_have_attribute("type", "text")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("autocomplete", "current-password")
    where = "({ selectionStart: start, selectionEnd: end }) => [start, end]"
    assert field.evaluate(where) == [3, 7]
    assert violations(page) == []
    page.locator(".language-choice select").select_option("de")
    eye = page.get_by_role("button", name="Passwort anzeigen")
    expect(eye).to_have_attribute("aria-pressed", "false")
    expect(field).to_have_attribute("type", "password")
    expect(field).to_have_value(PASSWORD)
    field.focus()
    page.keyboard.press("Tab")
    expect(eye).to_be_focused()
    page.keyboard.press("Space")
    expect(field).to_have_attribute("type", "text")
    page.evaluate("addEventListener('submit', (event) => event.preventDefault())")
    field.press("Enter")
    expect(field).to_have_attribute("type", "password")
    expect(eye).to_have_attribute("aria-pressed", "false")


def test_without_a_script_a_password_has_no_eye(new_context, site):
    page = new_context(site, java_script_enabled=False).new_page()
    page.goto("/accounts/signup/")
    expect(page.locator("[name=password1]")).to_be_visible()
    expect(page.locator(".show-password")).to_be_hidden()


def test_logging_out_takes_every_tab_to_the_log_in_page(chat, model):
    chat.ask("Remember me")
    address = chat.address()
    other = chat.beside()
    chat.list.locator(".user-menu > summary").click()
    chat.list.get_by_role("button", name="Log out").click()
    expect(chat.page.get_by_role("heading", name="Log in")).to_be_visible()
    expect(other.page.get_by_role("heading", name="Log in")).to_be_visible()
    other.page.goto(address)
    expect(other.page).to_have_url(re.compile("/accounts/login/"))
    assert chat.page.evaluate("sessionStorage.length") == 0


@pytest.mark.parametrize("page", ["/accounts/logout/", "/admin/"])
def test_logging_out_elsewhere_too_leaves_nothing_of_what_was_written_in_this_browser(
    new_context, site, page
):
    context = new_context(site, site.someone())
    chat = ChatPage(context.new_page()).open("/")
    user = chat.page.locator("body").get_attribute("data-user")
    site.ask("UPDATE chat_user SET is_staff = 1, is_superuser = 1 WHERE id = ?", user)
    chat.box.fill("Nobody else’s business")
    chat.until("Object.keys(localStorage).some((name) => name.includes('draft'))")
    elsewhere = context.new_page()
    elsewhere.goto(page)
    elsewhere.get_by_role("button", name="Log out").click()
    expect(chat.page.get_by_role("heading", name="Log in")).to_be_visible()
    for tab in (chat.page, elsewhere):
        kept = tab.evaluate("JSON.stringify([{ ...localStorage }, { ...sessionStorage }])")
        assert "business" not in kept
        assert "person" not in kept


def test_a_page_of_somebody_who_was_logged_in_here_before_sends_nothing_as_the_next_one(
    new_context, site, model
):
    context = new_context(site, site.someone())
    chat = ChatPage(context.new_page()).open("/")
    first = chat.page.locator("body").get_attribute("data-user")
    # The laptop sleeps; the session runs out, and another person logs in in this browser
    context.set_offline(True)
    expect(chat.page.locator("body")).not_to_have_attribute("data-connection", "open")
    chat.say("In the first one’s name alone")
    context.add_cookies(
        [{"name": "sessionid", "value": site.someone(), "url": site.origin, "httpOnly": True}]
    )
    context.set_offline(False)
    expect(chat.page.locator("body")).not_to_have_attribute("data-user", first)
    chat.live()
    expect(chat.page.locator(".welcome")).to_be_visible()
    expect(chat.mine).to_have_count(0)
    chat.ask("In the second one’s")
    said = "SELECT count(*) FROM chat_message WHERE text = ?"
    assert site.ask(said, "In the first one’s name alone") == [(0,)]
    waiting = f"Object.entries(localStorage).filter(([name]) => name.startsWith('{first}:outbox'))"
    assert "the first one" in str(chat.page.evaluate(waiting))


def test_the_language_is_the_browser_s_own_at_first(new_context, site):
    page = new_context(site, locale="zh-CN").new_page()
    page.goto("/")
    expect(page.get_by_role("heading", name="登录")).to_be_visible()


def test_another_language_keeps_what_was_typed_and_stays_with_the_account(new_context, site):
    page = new_context(site).new_page()
    page.goto("/accounts/signup/")
    email, password = page.locator("[name=email]"), page.locator("[name=password1]")
    email.fill("newcomer.of.languages@example.org")
    password.fill(PASSWORD)
    choice = page.get_by_role("combobox", name="Language")
    assert choice.locator("option").evaluate_all("all => all.every(one => one.lang === one.value)")
    choice.select_option(label="한국어")
    expect(page.get_by_role("heading", name="회원가입")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    expect(page.locator(".language-choice select")).to_be_focused()
    expect(email).to_have_value("newcomer.of.languages@example.org")
    expect(password).to_have_value(PASSWORD)
    expect(page.get_by_label("이메일")).to_be_visible()
    page.locator(".language-choice select").select_option(label="العربية")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(email).to_have_value("newcomer.of.languages@example.org")
    page.locator(".card button.primary").click()
    expect(page.locator("html:has(#composer)")).to_have_attribute("lang", "ar")
    page.context.clear_cookies(name="django_language")
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "ar")
    bare = new_context(site, java_script_enabled=False).new_page()
    bare.goto("/accounts/login/")
    bare.get_by_role("combobox", name="Language").select_option("ja")
    bare.get_by_role("button", name="Save").click()
    expect(bare.get_by_role("heading", name="ログイン")).to_be_visible()


def test_without_a_script_another_language_keeps_what_was_typed_too(new_context, site):
    page = new_context(site, java_script_enabled=False).new_page()
    page.goto("/accounts/signup/?next=/prompts/")
    page.get_by_label("Email").fill("plain.newcomer@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    for language, button in (("ja", "Save"), ("ar", "保存")):
        page.get_by_role("combobox").select_option(language)
        page.get_by_role("button", name=button).click()
        expect(page.locator("html")).to_have_attribute("lang", language)
        expect(page.locator("[name=email]")).to_have_value("plain.newcomer@example.org")
        expect(page.locator("[name=password1]")).to_have_value("")
        expect(page).to_have_url(re.compile(r"/accounts/signup/\?next=/prompts/$"))
    page.locator("[name=password1]").fill(PASSWORD)
    page.locator(".card button.primary").click()
    expect(page).to_have_url(re.compile("/prompts/$"))
    expect(page.locator("html")).to_have_attribute("lang", "ar")


ACCOUNT_PAGES = sorted(
    f"/accounts/{pattern.pattern}"
    for room in get_resolver("allauth.account.urls").url_patterns
    for pattern in [room]
    if not pattern.pattern.regex.groups
)


@pytest.mark.parametrize("somebody", [True, False])
def test_every_page_of_an_account_wears_the_site_s_own_dress(somebody, new_context, site):
    context = new_context(site, site.someone() if somebody else None)
    bare = []
    for path in ACCOUNT_PAGES:
        text = context.request.get(path).text()
        if 'class="card-page' not in text and 'id="composer"' not in text:
            bare.append(path)
    assert bare == []
