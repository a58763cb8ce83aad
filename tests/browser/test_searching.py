"""Finding what was said: by the palette from anywhere, landing on the message, with the words marked."""

from playwright.sync_api import expect

from tests.browser.chat_page import ChatPage
from tests.browser.test_switching import PHONE, begin, mark

MARKED = "[...(CSS.highlights.get('found') ?? [])].map(String).join()"


def palette(chat: ChatPage):
    return chat.page.get_by_role("dialog", name="Search")


def test_a_chinese_word_on_an_old_branch_is_found_by_keys_alone_and_landed_on(chat, model):
    model.titles("天气")
    chat.ask("北京的天气怎么样")
    chat.press(chat.mine.last, "Edit")
    chat.editor.fill("A question about bread")
    chat.editor.press("Enter")
    expect(chat.said).to_have_text(["A question about bread"])
    chat.ended()
    chat.page.keyboard.press("Control+k")
    expect(palette(chat).get_by_role("option")).to_have_count(1)  # the latest
    chat.page.keyboard.type("京的")
    found = palette(chat).get_by_role("option")
    expect(found.first).to_contain_text("北京的天气怎么样")
    expect(found.first.locator("mark")).to_have_text("京的")
    chat.page.keyboard.press("Enter")
    expect(chat.said).to_have_text(["北京的天气怎么样"])
    expect(palette(chat)).to_have_count(0)
    chat.until(f"{MARKED} === '京的'")


def test_the_palette_finds_titles_as_one_types_and_opens_them_without_a_new_page(chat, model):
    addresses = begin(chat, model, "Apples", "Bees")
    mark(chat.page)
    chat.list.get_by_role("link", name="Search").click()
    field = palette(chat).get_by_role("combobox", name="Search your chats")
    expect(field).to_be_focused()
    chat.page.keyboard.type("appl")
    options = palette(chat).get_by_role("option")
    expect(options.first).to_contain_text("Apples")
    expect(options.first).to_have_attribute("aria-selected", "true")
    chat.page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    chat.page.keyboard.press("ArrowUp")
    chat.page.keyboard.press("Enter")
    expect(chat.page).to_have_url(addresses["Apples"])
    expect(chat.said).to_have_text(["The question in Apples"])
    assert chat.page.evaluate("window.isSame === true")
    chat.page.keyboard.press("Control+k")
    field.fill("nothing at all")
    expect(palette(chat)).to_contain_text("No results for “nothing at all”.")
    chat.page.keyboard.press("Escape")
    expect(palette(chat)).to_have_count(0)
    expect(chat.page).to_have_url(addresses["Apples"])


def test_a_slow_answer_does_not_replace_a_later_one(chat, model):
    begin(chat, model, "Apples")
    chat.page.keyboard.press("Control+k")
    field = palette(chat).get_by_role("combobox")
    held = []
    chat.page.route("**/search/?q=bees", lambda route: held.append(route))
    with chat.page.expect_request("**/search/?q=bees"):
        field.fill("bees")
    field.fill("apples")
    expect(palette(chat).get_by_role("option").first).to_contain_text("Apples")
    for route in held:
        route.fulfill(body='<p class="chooser-none">Bees</p>', content_type="text/html")
    chat.page.wait_for_timeout(200)
    expect(palette(chat)).not_to_contain_text("Bees")


def test_on_a_phone_and_without_a_script_the_page_of_the_search_finds_the_same(new_context, site, model):
    person = site.someone()
    chat = ChatPage(new_context(site, person, **PHONE).new_page()).open("/")
    model.says("A word to be found: xylophone.")
    chat.ask("Say it")
    chat.ended()
    for page in (chat.page, new_context(site, person, java_script_enabled=False, **PHONE).new_page()):
        page.goto("/search/?q=xylophone")
        expect(page.locator("mark")).to_have_text("xylophone")
        page.get_by_role("searchbox").fill("nowhere")
        page.get_by_role("button", name="Search").click()
        expect(page.locator("main")).to_contain_text("No results for “nowhere”.")
        page.go_back()
        page.get_by_role("link", name="xylophone").click()
        expect(page.get_by_role("article", name="Assistant").last).to_contain_text("A word to be found")
    chat.page.goto("/search/?q=xylophone")
    assert chat.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
