"""Personas: made, chatted with, switched in the middle, deleted."""

import os
import re
from io import BytesIO

from PIL import Image
from playwright.sync_api import expect

from tests.browser.accessible import violations
from tests.browser.chat_page import ChatPage


def picture():
    target = BytesIO()
    made = Image.new("RGB", (640, 400), "#ddaa55")
    made.paste("#203040", (220, 100, 420, 300))
    made.save(target, "JPEG")
    return {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": target.getvalue()}


def shot(page, name):
    if folder := os.environ.get("SHOTS"):
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            for width in (1280, 390):
                page.set_viewport_size({"width": width, "height": 844})
                page.wait_for_timeout(250)
                page.screenshot(path=f"{folder}/{name}-{width}-{scheme}.png")
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 1280, "height": 800})


def card(page, name):
    return page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=name, exact=True))


def make(page, name, instructions):
    page.goto("/personas/")
    shot(page, "gallery")
    page.get_by_role("link", name="New persona").click()
    page.get_by_label("Name").fill("\u200b")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was saved")
    shot(page, "form-refused")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Picture").set_input_files(picture())
    page.get_by_label("Description").fill("Talks as on the high seas")
    page.get_by_label("Instructions").fill(instructions)
    page.get_by_label("Greeting").fill("Ahoy! What course shall we set?")
    page.get_by_label("Starter 1").fill("Tell me of your ship")
    page.get_by_label("Starter 2").fill("Sing a shanty")
    page.get_by_role("button", name="Save").click()
    expect(card(page, name)).to_be_visible()


def test_one_is_made_asked_switched_and_deleted_and_its_chat_goes_on(context, scripted_model, model):
    page = context.new_page()
    make(page, "Pirate", "You are a pirate. Speak {{language}}. {{7*7}}")
    shot(page, "gallery-own")
    chat = ChatPage(page).open("/")
    chat.box.fill("A draft")
    page.get_by_role("link", name="Choose a persona").click()
    page.get_by_role("link", name="All personas").click()
    card(page, "Pirate").get_by_role("button", name="Chat: Pirate").click()
    expect(chat.live().box).to_have_value("A draft")
    page.reload()
    expect(chat.live().box).to_have_value("A draft")
    chat.box.fill("")
    expect(chat.log).to_contain_text("Ahoy! What course shall we set?")
    assert chat.log.locator("img.face").evaluate("image => image.complete && image.naturalWidth") == 256
    shot(page, "empty")
    model.says("Arr!")
    chat.log.get_by_role("button", name="Tell me of your ship").click()
    chat.box.press("Enter")
    expect(chat.body).to_have_text("Arr!")
    chat.ended()
    assert system(scripted_model).endswith("You are a pirate. Speak English. {{7*7}}")

    chip = page.get_by_role("link", name="Persona: Pirate")
    address = chat.address()
    chip.click()
    page.get_by_role("link", name="All personas").click()
    expect(page.get_by_text("Current persona: Pirate")).to_be_visible()
    expect(card(page, "Pirate").get_by_role("button", name="Chosen: Pirate")).to_be_visible()
    expect(page.get_by_role("button", name="Choose: Pirate")).to_have_count(0)
    shot(page, "gallery-for")
    card(page, "Tutor").get_by_role("button", name="Choose: Tutor").click()
    expect(page).to_have_url(address)
    chat.live()
    model.says("What do you know already?")
    chat.ask("Why is the sea salty?")
    assert "patient tutor" in system(scripted_model)
    assert "pirate" not in system(scripted_model)
    line = chat.log.get_by_text("From here on: Tutor", exact=True)
    expect(chat.mine.last).to_contain_text("From here on: Tutor")
    shot(page, "switched")
    page.reload()
    expect(chat.live().mine.last).to_contain_text("From here on: Tutor")
    expect(line).to_have_count(1)


def test_one_is_chosen_over_the_page_and_by_an_at_without_leaving_it(chat, scripted_model, model):
    page, keyboard = chat.page, chat.page.keyboard
    page.evaluate("window.isSamePage = true")
    chat.box.fill("why is the sky blue?")
    page.get_by_role("link", name="Or try a persona").click()
    search = page.get_by_role("combobox", name="Search personas")
    expect(search).to_be_focused()
    expect(page.get_by_role("option", name="No persona")).to_be_hidden()
    assert violations(page) == []
    keyboard.type("questions inst")  # of its description
    keyboard.press("Enter")
    expect(page.get_by_role("link", name="Persona: Tutor")).to_be_visible()
    expect(chat.log.get_by_role("heading", name="Tutor")).to_be_visible()
    expect(chat.box).to_have_value("why is the sky blue?")
    expect(chat.box).to_be_focused()
    chat.box.press("Home")
    keyboard.type("@explai")
    expect(page.get_by_role("option", name="Explainer")).to_have_attribute("aria-selected", "true")
    assert violations(page) == []
    keyboard.press("Enter")
    expect(chat.box).to_have_value("why is the sky blue?")
    keyboard.press("Enter")  # before the choice may have been kept
    chat.ended()
    assert "You explain things" in system(scripted_model)
    expect(page.get_by_role("link", name="Persona: Explainer")).to_be_visible()
    page.get_by_role("link", name="Persona: Explainer").click()
    expect(page.get_by_role("option", name="Explainer")).to_contain_text("(current)")
    page.get_by_role("option", name="No persona").click()
    expect(page.get_by_role("link", name="Choose a persona")).to_be_visible()
    model.says("From rivers.")
    chat.ask("me@example.org is whose?")
    expect(chat.mine.last).to_contain_text("No persona from here on")
    assert "You explain things" not in system(scripted_model)
    assert page.evaluate("window.isSamePage")


def system(model):
    """What the latest question came with."""
    asked = [
        request for request in model._provider.requests if request.body["messages"][0]["role"] == "system"
    ]
    return asked[-1].body["messages"][0]["content"]


def test_a_chat_answers_with_the_snapshot_when_its_persona_is_gone(context, scripted_model, model):
    page = context.new_page()
    make(page, "Hermit", "You are a hermit.")
    card(page, "Hermit").get_by_role("button", name="Chat: Hermit").click()
    chat = ChatPage(page).live()
    model.says("Hm.")
    chat.ask("Hello")
    address = chat.address()
    page.goto("/personas/")
    card(page, "Hermit").get_by_role("link", name="Edit: Hermit").click()
    shot(page, "form")
    page.get_by_role("button", name="Submit for review").click()
    expect(card(page, "Hermit")).to_contain_text("Pending approval")
    card(page, "Hermit").get_by_role("link", name="Edit: Hermit").click()
    for _again in range(2):
        page.get_by_role("button", name="Delete persona").click()
        expect(page.get_by_text("“Hermit” deleted.")).to_be_visible()
        expect(card(page, "Hermit")).to_have_count(0)
        shot(page, "deleted")
        if _again:
            break
        page.get_by_role("button", name="Undo").press("Enter")
        card(page, "Hermit").get_by_role("link", name="Edit: Hermit").click()
    chat.open(address)
    model.says("Hm, hm.")
    chat.ask("Still there?")
    assert system(scripted_model).endswith("You are a hermit.")
    expect(page.get_by_text("From here on")).to_have_count(0)


def test_a_new_chats_link_leads_back_to_it_once_it_has_begun(chat, model):
    expect(chat.page.get_by_role("link", name="Choose a persona")).to_have_attribute("href", "/personas/")
    model.says("Yes.")
    chat.ask("Hello")
    own = re.compile(r"/personas/\?for=" + chat.address().rstrip("/").rpartition("/")[2])
    expect(chat.page.get_by_role("link", name="Choose a persona")).to_have_attribute("href", own)


def test_the_gallery_is_searched_and_used_without_a_script(new_context, site):
    page = new_context(site, site.someone(), java_script_enabled=False).new_page()
    for words in ("translat", "TUTOR"):
        page.goto("/personas/")
        page.get_by_role("searchbox").fill(words)
        page.get_by_role("button", name="Search").click()
        expect(page.get_by_role("main").get_by_role("listitem")).to_have_count(1)
        page.get_by_role("button", name=re.compile("Chat: ")).click()
        expect(page.get_by_role("button", name=re.compile("Persona: "))).to_be_visible()


def test_too_large_a_picture_is_refused_with_a_sentence(context, faults, tmp_path):
    faults.expect("413")
    page = context.new_page()
    refused = {2_200_000: "This picture is too large", 20_000_000: "This is too much to send at once"}
    for size, words in refused.items():
        page.goto("/personas/new/")
        page.get_by_label("Name").fill("Pirate")
        picture = tmp_path / "me.png"  # as a file: handed over through the browser's pipe it takes seconds
        picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(size))
        page.get_by_label("Picture").set_input_files(picture)
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text(words)).to_be_visible()
