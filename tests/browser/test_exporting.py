"""Conversations that leave and come back: by keys alone, opened without a network, erased, imported, the same."""

from pathlib import Path

from playwright.sync_api import Browser, Download, Page, expect

from tests.browser.test_switching import PHONE
from tests.transfer.test_round_trip import without_ids

LONG = "x = 1  # " + "a line that needs a second one on paper, " * 6
ANSWER = f"It is **fast**, 光速:\n\n$$c = \\frac{{1}}{{2}}$$\n\n```python\n{LONG}\n```\n\n[a link](https://a.example/b)\n"
# Whether something is wider than what it is in, for paper
SPILLS = "[...document.querySelectorAll('pre, table, p')].some((it) => it.scrollWidth > it.clientWidth + 1)"


def kept(download: Download, folder: Path) -> Path:
    path = folder / download.suggested_filename
    download.save_as(path)
    return path


def exported(page: Page, format: str, folder: Path) -> Path:
    """What the form of an export gives in a format."""
    page.get_by_role("radio", name=format).check()
    with page.expect_download() as found:
        page.get_by_role("button", name="Export", exact=True).press("Enter")
    return kept(found.value, folder)


def opened_without_a_network(browser: Browser, path: Path) -> None:
    """Read an exported page, which asks for nothing and needs no script."""
    context = browser.new_context(offline=True, java_script_enabled=False, color_scheme="dark")
    page, asked, told = context.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: told.append(message.text))
    page.goto(path.as_uri())
    expect(page.locator("math")).to_be_visible()
    expect(page.get_by_role("heading", name="光速").first).to_be_visible()
    expect(page.locator("body")).to_have_css("background-color", "rgb(28, 29, 28)")
    assert (asked, told) == ([path.as_uri()], [])
    context.close()


def printed(page: Page) -> None:
    """Look at the page that is made to be printed as paper has it."""
    with page.context.expect_page() as found:
        page.get_by_role("button", name="Print or PDF").click()
    paper = found.value
    expect(paper.get_by_role("button", name="Print")).to_be_visible()
    paper.emulate_media(media="print")
    paper.set_viewport_size({"width": 680, "height": 900})
    expect(paper.get_by_role("button", name="Print")).to_be_hidden()
    expect(paper.locator("pre")).to_have_css("white-space", "pre-wrap")
    expect(paper.locator(".message-head").first).to_have_css("break-after", "avoid")
    assert not paper.evaluate(SPILLS)
    address = "getComputedStyle(document.querySelector('.prose a'), '::after').content"
    assert paper.evaluate(address) == "none"
    paper.evaluate("document.querySelector('#addresses').click()")
    assert "https://a.example/b" in paper.evaluate(address)
    assert paper.pdf(format="A4").startswith(b"%PDF")
    paper.close()


def erase(page: Page) -> None:
    """Delete all, by keys."""
    page.goto("/settings/chats/")
    page.locator("summary", has_text="Delete all conversations…").press("Enter")
    page.get_by_role("button", name="Delete all", exact=True).press("Enter")
    expect(page.locator(".item")).to_have_count(0)


def bring_back(page: Page, file: bytes) -> None:
    """Import a file, by keys, with what was deleted here."""
    page.goto("/import/")
    page.get_by_label("Export file").set_input_files(
        {"name": "export.json", "mimeType": "application/json", "buffer": file}
    )
    page.get_by_role("button", name="Upload").press("Enter")
    page.get_by_role("checkbox", name="Bring back conversations").press("Space")
    page.get_by_role("button", name="Import", exact=True).press("Enter")
    expect(page.locator(".import")).to_have_attribute("data-status", "done")


def test_what_is_exported_comes_back_whole(chat, model, browser, new_context, site, context, tmp_path):
    page = chat.page
    model.titles("光速")
    model.says(ANSWER)
    chat.ask("How fast is\nlight?")
    expect(chat.list.get_by_role("link", name="光速")).to_be_visible()
    options = chat.list.locator(".item summary").first
    options.focus()
    page.keyboard.press("Enter")
    chat.list.get_by_role("link", name="Export…").press("Enter")
    dialog = page.get_by_role("dialog", name="Export")
    expect(dialog).to_contain_text("光速")
    opened_without_a_network(browser, exported(page, "Web page", tmp_path))
    expect(dialog).to_have_count(0)
    expect(options).to_be_focused()

    page.goto("/settings/chats/")
    page.get_by_role("link", name="Export everything").press("Enter")
    printed(page)
    before = exported(page, "JSON", tmp_path).read_bytes()
    erase(page)
    bring_back(page, before)
    cookies = context.cookies()
    phone = new_context(site, java_script_enabled=False, **PHONE)
    phone.add_cookies(cookies)
    bare = phone.new_page()
    bare.goto("/export/")
    after = exported(bare, "JSON", tmp_path).read_bytes()
    assert without_ids(after) == without_ids(before)
    erase(bare)
    bring_back(bare, after)
    bare.goto("/export/")
    assert without_ids(exported(bare, "JSON", tmp_path).read_bytes()) == without_ids(before)
