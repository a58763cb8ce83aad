"""Importing in the browser: by keys with a script, and on a phone without one, on the real server."""

import os
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.test_switching import PHONE
from tests.support.exports import as_json, as_zip, gpt, gpt_message, gpt_talk

PICTURE = {"content_type": "image_asset_pointer", "asset_pointer": "file-service://file-1"}


def shoot(page: Page, name: str) -> None:
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/import-{name}.png", full_page=True)


def export(folder: Path) -> Path:
    """A file as ChatGPT's of today, larger than other forms may be."""
    talk = gpt("Trip to Lisbon", {"q": (None, gpt_message("user", [PICTURE, "Where is 里斯本?"]))})
    files = {
        "conversations-000.json": [talk, *(gpt_talk(f"Talk {number}", 2) for number in range(30))],
        "conversations-001.json": [gpt_talk("The last", 1), {"id": "odd", "title": "Odd one"}],
        "file-1.png": os.urandom(3_000_000),
    }
    path = folder / "chatgpt-export.zip"
    path.write_bytes(as_zip(files))
    return path


def test_an_export_is_uploaded_previewed_taken_in_and_found(chat, tmp_path):
    chat.page.goto("/import/")
    chat.page.get_by_label("Export file").set_input_files(export(tmp_path))
    shoot(chat.page, "choose")
    chat.page.get_by_role("button", name="Upload").press("Enter")
    expect(chat.page.locator("main")).to_contain_text("ChatGPT (32)")
    expect(chat.page.locator("main")).to_contain_text("Pictures")
    shoot(chat.page, "preview")
    chat.page.get_by_role("button", name="Import").press("Enter")
    expect(chat.page.locator("main")).to_contain_text("32 conversations imported")
    chat.page.get_by_text("Show details").press("Enter")
    expect(chat.page.get_by_role("listitem").filter(has_text="Odd one")).to_be_visible()
    shoot(chat.page, "report")
    chat.page.get_by_role("link", name="Trip to Lisbon").click()
    expect(chat.page.get_by_role("article", name="You")).to_contain_text("里斯本")
    chat.page.goto("/search/?q=里斯本")
    expect(chat.page.locator("main")).to_contain_text("Trip to Lisbon")
    chat.page.emulate_media(color_scheme="dark")
    chat.page.goto("/import/")
    shoot(chat.page, "earlier-dark")


def test_it_works_on_a_phone_without_a_script(new_context, site, tmp_path):
    file = tmp_path / "chat.json"
    file.write_bytes(as_json([gpt_talk("Plain", 1), gpt_talk("Simple", 1)]))
    page = new_context(site, site.someone(), java_script_enabled=False, **PHONE).new_page()
    page.goto(f"{site.origin}/settings/chats/")
    page.get_by_role("link", name="Import conversations").click()
    page.get_by_label("Export file").set_input_files(file)
    shoot(page, "phone-choose")
    page.get_by_role("button", name="Upload").click()
    expect(page.locator("main")).to_contain_text("ChatGPT (2)")  # the page renews itself
    shoot(page, "phone-preview")
    page.get_by_role("button", name="Import").click()
    expect(page.locator("main")).to_contain_text("2 conversations imported")
    shoot(page, "phone-report")
