"""Choosing which model answers."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.accessible import violations
from tests.browser.chat_page import ChatPage
from tests.browser.model import Model


@pytest.fixture
def picker(chat):
    """The button that names the model and opens all of them."""
    return chat.page.get_by_role("button", name="Model:")


def choose(chat, name) -> None:
    chat.page.get_by_role("button", name="Model:").click()
    options(chat).filter(has_text=name).first.click()


def options(chat):
    return chat.page.get_by_role("listbox", name="Models").get_by_role("option")


def test_a_model_is_chosen_in_a_new_chat_writes_the_answer_and_stays_chosen(chat, model, picker):
    expect(picker).to_have_text("Model: scripted-1")
    expect(chat.page.locator(".provider")).to_have_count(0)
    chat.box.fill("Which one are you?")
    choose(chat, "scripted-2")
    expect(chat.box).to_be_focused()
    chat.box.press("Enter")  # before the choice may have been kept
    chat.ended()
    expect(chat.answer.locator(".model")).to_have_text("scripted-2")
    chat.address()
    chat.reload()
    expect(picker).to_have_text("Model: scripted-2")
    expect(chat.answer.locator(".model")).to_have_text("scripted-2")
    choose(chat.live(), "scripted-1")
    chat.ask("And now?")
    expect(chat.answer.locator(".model")).to_have_text("scripted-1")


def test_a_new_chat_is_answered_by_the_model_that_it_shows_also_when_another_tab_has_chosen_one(
    chat, model, picker
):
    other = chat.beside()
    # Closed sooner, the tab would take its choice along
    with other.page.expect_response(lambda answer: answer.url.endswith("/model/") and answer.ok):
        choose(other, "scripted-2")
    other.page.close()
    expect(picker).to_have_text("Model: scripted-1")
    chat.ask("Which one are you?")
    expect(chat.answer.locator(".model")).to_have_text("scripted-1")
    chat.reload()
    expect(picker).to_have_text("Model: scripted-1")
    chat.page.get_by_role("button", name="New chat").first.click()
    expect(picker).to_have_text("Model: scripted-2")


def test_a_choice_that_could_not_be_kept_is_taken_back_and_the_words_wait(chat, model, picker, faults):
    faults.expect("Failed to load resource|ERR_INTERNET_DISCONNECTED")
    chat.ask("First")
    chat.box.fill("Second")
    slow = []
    chat.page.route(re.compile(r"/c/.*/model/$"), lambda route: slow.append(route))
    with chat.page.expect_request(re.compile(r"/c/.*/model/$")):
        choose(chat, "scripted-2")
    chat.box.press("Enter")  # before it is known that the choice is not kept
    slow[0].abort()
    expect(chat.toast).to_contain_text("That didn’t work.")
    expect(picker).to_have_text("Model: scripted-1")
    expect(chat.box).to_have_value("Second")
    expect(chat.answers).to_have_count(1)


def test_the_last_choice_is_that_of_new_chats_also_after_the_one_in_view_is_deleted(chat, model, picker):
    choose(chat, "scripted-2")
    chat.ask("To be deleted")
    chat.choose("A scripted title", "Delete")
    expect(picker).to_have_text("Model: scripted-2")
    chat.open("/")
    expect(picker).to_have_text("Model: scripted-2")
    chat.ask("Which one are you?")
    expect(chat.answer.locator(".model")).to_have_text("scripted-2")


def test_the_keyboard_alone_searches_stars_and_chooses_and_axe_has_no_complaint(chat, model, picker):
    keyboard = chat.page.keyboard
    picker.press("Enter")
    search = chat.page.get_by_role("combobox", name="Search models")
    expect(search).to_be_focused()
    active = options(chat).and_(chat.page.locator("[aria-selected=true]"))
    expect(active).to_have_text(re.compile("scripted-1.*Default.*current", re.DOTALL))
    keyboard.press("ArrowDown")
    expect(active).to_contain_text("scripted-2")
    expect(search).to_have_attribute("aria-activedescendant", active.get_attribute("id") or "")
    assert violations(chat.page) == []
    keyboard.press("Tab")
    expect(chat.page.get_by_role("button", name="Add “scripted-2” to favourites")).to_be_focused()
    with chat.page.expect_response("**/models/star/"):
        keyboard.press("Enter")
    keyboard.press("Escape")
    expect(options(chat)).to_have_count(0)
    expect(picker).to_be_focused()
    keyboard.press("Enter")
    groups = chat.page.get_by_role("listbox", name="Models").get_by_role("group")
    expect(groups.first).to_have_accessible_name("Favourites")
    expect(groups.first.get_by_role("option")).to_contain_text(["scripted-2"])
    keyboard.type("no such model")
    expect(chat.page.get_by_text("No models found.")).to_be_visible()
    keyboard.press("Enter")
    search.fill("SCRIPTED 2".replace(" ", "-"))
    keyboard.press("Enter")
    expect(picker).to_have_text("Model: scripted-2")
    expect(chat.box).to_be_focused()
    expect(chat.mine).to_have_count(0)


def test_without_javascript_a_form_chooses(new_context, site, model):
    context = new_context(site, site.named("plain"), java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.get_by_role("link", name="A plain conversation").click()
    page.get_by_role("button", name="Model:").click()
    page.get_by_role("combobox", name="Model").select_option(label="scripted-2")
    page.get_by_role("button", name="Use this model").click()
    assert ChatPage(page).address()
    page.get_by_role("button", name="Model:").click()
    chosen = page.get_by_role("combobox", name="Model").locator("option:checked")
    expect(chosen).to_have_text("scripted-2")


@pytest.fixture
def second():
    """The model of another provider, which has more than a page carries."""
    with Model() as model:
        model.names[:] = ["north/fast:7b", "south", *(f"model-{number}" for number in range(40))]
        yield model


@pytest.fixture
def administrator(new_context, site):
    return new_context(site, site.named("administrator")).new_page()


def add_provider(page, address) -> None:
    page.goto("/admin/")
    page.locator("#sections").get_by_role("link", name="Model providers").click()
    page.get_by_role("link", name="Add model provider").click()
    expect(page.get_by_label("Name", exact=False).first).to_be_focused()
    page.keyboard.type("Second service")
    page.get_by_label("Base URL").fill(address)
    page.get_by_role("textbox", name="Key").fill("sk-only-typed-once-123")
    page.keyboard.press("Enter")  # saves
    expect(page.get_by_text("Tick “Allow local addresses”")).to_be_visible()
    page.get_by_label("Allow local addresses").check()
    page.get_by_role("textbox", name="Key").fill("sk-only-typed-once-123")
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.get_by_text("A key is saved.")).to_be_visible()
    expect(page.get_by_role("textbox", name="Key")).to_have_value("")


def test_an_administrator_adds_a_provider_and_a_person_chooses_its_model_until_it_is_gone(
    chat, model, picker, administrator, second
):
    add_provider(administrator, second.base_url)
    with administrator.expect_popup() as beside:
        administrator.get_by_role("button", name="Test", exact=True).click()
    tried = beside.value
    expect(tried.get_by_text("42 models found, including north/fast:7b, south")).to_be_visible()
    expect(tried.get_by_text("First token after")).to_be_visible()

    chat.reload().live()
    choose(chat, "north/fast:7b")
    expect(picker).to_have_text("Model: north/fast:7b")
    second.says("The north answers.")
    chat.ask("Who is there?")
    expect(chat.body).to_have_text("The north answers.")
    expect(chat.answer.locator(".model")).to_have_text("north/fast:7b")

    second.names[:] = ["south"]
    tried.get_by_role("button", name="Test again").click()
    expect(tried.get_by_text("1 model found: south")).to_be_visible()
    chat.ask("And now?")
    sentence = "north/fast:7b is no longer available; scripted-1 replied."
    expect(chat.answer.get_by_text(sentence)).to_be_visible()
    expect(chat.answer.locator(".model")).to_have_text("scripted-1")
    chat.reload()
    expect(chat.answer.get_by_text(sentence)).to_be_visible()
    expect(picker).to_have_text("Model: north/fast:7b (no longer available)")
    chat.open("/")
    expect(chat.log).to_contain_text("north/fast:7b is no longer available. New chats use scripted-1.")
    expect(picker).to_have_text("Model: scripted-1")

    tried.get_by_role("link", name="Second service").click()
    tried.get_by_role("link", name="Delete").click()
    tried.get_by_role("button", name="Yes").click()
    chat.reload()
    expect(picker).to_have_text("Model: scripted-1")
    expect(chat.log).not_to_contain_text("no longer available")


def test_what_is_sent_during_a_slow_choice_waits_for_it_and_is_answered_by_it(chat, model, picker):
    slow = []
    chat.page.route(re.compile(r"/c/$"), lambda route: slow.append(route))
    with chat.page.expect_request(re.compile(r"/c/$")):
        choose(chat, "scripted-2")
    chat.say("Which one are you?")
    expect(chat.box).to_have_value("Which one are you?")
    expect(chat.mine).to_have_count(0)
    with chat.page.expect_response(re.compile(r"/c/.*/model/$")):
        slow[0].continue_()
    chat.ended()
    expect(chat.answer.locator(".model")).to_have_text("scripted-2")
    chat.address()
    chat.reload()
    expect(chat.answers).to_have_count(1)
    expect(picker).to_have_text("Model: scripted-2")
