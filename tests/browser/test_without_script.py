"""Without JavaScript."""

import re

import pytest
from playwright.sync_api import Page, expect


@pytest.fixture
def page(new_context, site) -> Page:
    """Somebody with a long conversation, in a browser without scripts; nobody else's, as it ends logged out."""
    return new_context(site, site.named("leaving"), java_script_enabled=False).new_page()


def test_a_person_reads_renames_deletes_reports_and_leaves(page):
    page.goto("/")
    page.get_by_role("link", name="A plain conversation").click()
    expect(page.get_by_role("article", name="Assistant").last).to_contain_text("Answer 19.")
    expect(page.get_by_role("article", name="Assistant").last).to_be_in_viewport()
    page.get_by_role("link", name="Show earlier messages").click()
    expect(page.get_by_role("article", name="You").first).to_contain_text("Question 0.")
    item = page.get_by_role("navigation", name="Conversations").get_by_role("listitem").first
    item.locator("summary").click()
    item.get_by_role("textbox", name="Title").fill("Renamed plainly")
    item.get_by_role("button", name="Rename").click()
    expect(page.get_by_role("heading", name="Renamed plainly")).to_be_visible()
    item.locator("summary").click()
    item.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("link", name="Renamed plainly")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="Renamed plainly")).to_be_visible()
    page.get_by_role("article", name="Assistant").last.get_by_role("button", name="More actions").click()
    page.get_by_role("link", name="Report").click()
    page.get_by_role("radio", name="Something else").check()
    page.get_by_role("button", name="Send report").click()
    expect(page.get_by_text("A moderator will review it.")).to_be_visible()
    page.locator(".user-menu > summary").click()
    page.get_by_role("link", name="Settings").click()
    page.get_by_label("Language").select_option(label="简体中文")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")
    page.goto("/")
    page.locator(".user-menu > summary").click()
    page.get_by_role("button", name="退出").click()
    expect(page).to_have_url(re.compile("/accounts/login/"))


def test_the_whole_list_can_be_paged_through(new_context, site):
    page = new_context(site, site.named("many"), java_script_enabled=False).new_page()
    page.goto("/")
    seen: list[str] = []
    # It goes on on pages of its own, which have the first ones at their side, too
    place = page.get_by_role("navigation", name="Conversations")
    while True:
        page.wait_for_load_state()
        seen += place.locator(".item-link").all_inner_texts()
        more = place.get_by_role("link", name="Show older conversations")
        place = page.get_by_role("main")
        if more.count() == 0:
            break
        more.click()
    assert seen == [f"Conversation {n}" for n in range(120)]


def test_on_a_phone_the_list_can_be_reached_too(new_context, site):
    context = new_context(
        site, site.named("many"), java_script_enabled=False, viewport={"width": 390, "height": 844}
    )
    page = context.new_page()
    page.goto("/")
    page.get_by_role("link", name="Open conversations").click()
    expect(page.get_by_role("link", name="Conversation 0", exact=True)).to_be_in_viewport()


def test_a_message_is_sent_and_its_reply_is_read_while_it_is_written(new_context, site, model, faults):
    faults.expect("413")
    page = new_context(site, site.someone(), java_script_enabled=False).new_page()
    steps = model.says_in_steps("The first part. ", "The second part. ", "The end.")
    page.goto("/")
    box = page.get_by_role("textbox", name="Message", exact=True)
    box.fill("Tell me a story")
    page.get_by_role("button", name="Send").click()
    reply = page.get_by_role("article", name="Assistant").last
    expect(page.get_by_role("article", name="You").locator(".body")).to_have_text("Tell me a story")
    expect(reply).to_contain_text("The first part.")
    expect(box).to_be_hidden()
    steps.go_on()
    expect(reply).to_contain_text("The first part. The second part.")
    expect(page.locator(".plain .hint")).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(reply).to_contain_text("You stopped this reply.")
    model.says("Another story.")
    reply.get_by_role("button", name="Retry").click()
    expect(reply.locator(".body")).to_have_text("Another story.")
    box.fill("word " * 13_000)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("Your message is too long")
    expect(box).to_have_value("word " * 13_000)
    model.says("Thanks.")
    box.fill("Short")
    page.get_by_role("button", name="Send").dblclick()
    expect(reply.locator(".body")).to_have_text("Thanks.")
    expect(page.get_by_role("article", name="You").locator(".body")).to_have_text(
        ["Tell me a story", "Short"]
    )
    page.wait_for_timeout(2500)
    assert page.locator("noscript meta").count() == 0


def test_a_persona_and_a_model_are_chosen_with_words_in_the_box(new_context, site):
    page = new_context(site, site.someone(), java_script_enabled=False).new_page()
    page.goto("/")
    box = page.get_by_role("textbox", name="Message", exact=True)
    box.fill("Half a question")
    page.get_by_role("button", name="Model:").click()
    page.get_by_role("combobox", name="Model").select_option("scripted-2")
    page.get_by_role("button", name="Use this model").click()
    expect(page.get_by_role("button", name="Model:")).to_have_text(re.compile("scripted-2"))
    expect(box).to_have_value("Half a question")
    box.fill("Half a question, and more")
    page.get_by_role("button", name="Choose a persona").click()
    expect(page.get_by_role("heading", name="Personas")).to_be_visible()
    page.get_by_role("main").get_by_role("button", name=re.compile("^Chat")).first.click()
    expect(page.get_by_role("button", name=re.compile("^Persona: "))).to_be_visible()
    expect(box).to_have_value("Half a question, and more")
