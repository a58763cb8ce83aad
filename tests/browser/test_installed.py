"""The site as an app: what is kept of it, what it says offline, and what is shared to it."""

import json

from playwright.sync_api import expect

from tests.browser.chat_page import ChatPage

KEPT = """async () => {
    const names = await caches.keys();
    const kept = await Promise.all(names.map(async (name) => (await (await caches.open(name)).keys())));
    return kept.flat().map(({ url }) => new URL(url).pathname);
}"""


def test_offline_the_page_tells_what_waits_and_goes_on_by_itself(new_context, site, model, faults):
    faults.expect("ERR_INTERNET_DISCONNECTED|ERR_FAILED")
    context = new_context(site, site.someone(), service_workers="allow")
    chat = ChatPage(context.new_page()).open("/")
    chat.page.evaluate("navigator.serviceWorker.ready.then(({ active }) => active.state)")
    model.says("Before.")
    chat.ask("Hello")
    address = chat.address()
    chat.reload().live()
    chat.until("navigator.serviceWorker.controller !== null")
    kept = chat.page.evaluate(KEPT)
    assert "/offline/" in kept
    assert [path for path in kept if path != "/offline/" and not path.startswith("/static/")] == []
    context.set_offline(True)
    chat.say("Written <b>offline</b>")
    expect(chat.mine.last).to_contain_text("Waiting for connection")
    chat.page.goto(address)
    expect(chat.page.get_by_role("heading", name="Can’t reach the site")).to_be_visible()
    expect(chat.page.get_by_role("listitem")).to_have_text(["Written <b>offline</b>"])
    expect(chat.page.get_by_text("Before.")).to_have_count(0)
    assert chat.page.url == address
    model.says("After.")
    context.set_offline(False)
    chat.live()
    expect(chat.said).to_have_text(["Hello", "Written <b>offline</b>"])
    expect(chat.body).to_have_text("After.")
    chat.list.locator(".user-menu > summary").click()
    chat.list.get_by_role("button", name="Log out").click()
    expect(chat.page.get_by_role("button", name="Log in")).to_be_visible()
    assert chat.page.evaluate("Object.keys(localStorage).filter((name) => /outbox|person/.test(name))") == []


def test_what_another_app_shares_comes_into_the_box_beside_a_draft(chat):
    chat.box.fill("A draft")
    chat.open("/share/?title=A+title&text=Some+%3Cb%3Etext%3C/b%3E&url=https://example.org/")
    shared = "A title\n\nSome <b>text</b>\n\nhttps://example.org/"
    expect(chat.box).to_have_value(f"A draft\n\n{shared}")
    expect(chat.mine).to_have_count(0)
    assert chat.page.evaluate("location.pathname + location.search") == "/"


def test_a_browser_finds_it_fit_to_be_installed(chat):
    inspector = chat.page.context.new_cdp_session(chat.page)
    found = inspector.send("Page.getAppManifest")
    assert found["errors"] == []
    about = json.loads(found["data"])
    assert (about["name"], about["display"]) == ("GPT site", "standalone")
    for icon in about["icons"]:
        answer = chat.page.request.get(icon["src"])
        assert answer.headers["content-type"] == "image/png"
        width = int.from_bytes(answer.body()[16:20])
        assert icon["sizes"] == f"{width}x{width}"
