"""Finding what was said: by the palette from anywhere, landing on the message, with the words marked."""

from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.browser.accessible import violations
from tests.browser.chat_page import ChatPage
from tests.browser.test_switching import IS_SAME, PHONE, begin, mark

MARKED = "[...(CSS.highlights.get('found') ?? [])].map(String).join()"
# The numbers that are said on the page, also in what is put away
PLACES = "[...document.querySelector('#messages').textContent.matchAll(/Filling (\\d+)/g)].map(([, n]) => +n)"

# As Chromium does now and then: it tells of the end of an earlier scrolling after the key that begins another
LATE_END = """() => {
    const box = document.querySelector('#transcript');
    box.addEventListener('keydown', () => setTimeout(() => box.dispatchEvent(new Event('scrollend'))));
}"""


def palette(chat: ChatPage):
    return chat.page.get_by_role("dialog", name="Search")


def reword(chat: ChatPage, first: str, then: str) -> None:
    """Ask, and ask it in other words: the first wording is on a branch out of view."""
    chat.ask(first)
    chat.press(chat.mine.last, "Edit")
    chat.editor.fill(then)
    chat.editor.press("Enter")
    expect(chat.said).to_have_text([then])
    chat.ended()


def test_a_chinese_word_on_an_old_branch_is_found_by_keys_alone_and_landed_on(chat, model):
    model.titles("天气")
    reword(chat, "北京的天气怎么样", "A question about bread")
    # Until it has its title it has that of its first words, and is found by them
    expect(chat.list.get_by_role("link", name="天气", exact=True)).to_be_visible()
    chat.page.keyboard.press("Control+k")
    expect(palette(chat).get_by_role("option")).to_have_count(1)  # the latest
    chat.page.keyboard.type("京的")
    found = palette(chat).get_by_role("option")
    expect(found.first).to_contain_text("北京的天气怎么样")
    expect(found.first.locator("mark")).to_have_text("京的")
    mark(chat.page)
    chat.page.keyboard.press("Enter")
    expect(chat.said).to_have_text(["北京的天气怎么样"])
    expect(palette(chat)).to_have_count(0)
    chat.until(f"{MARKED} === '京的'")
    assert chat.page.evaluate(IS_SAME)
    chat.ask("And tomorrow?")
    expect(chat.said).to_have_text(["北京的天气怎么样", "And tomorrow?"])


def lengthen(site, conversation: str, count: int) -> None:
    """So many more messages at the end of a conversation."""
    [(tip,)] = site.ask("SELECT tip_id FROM chat_conversation WHERE uuid = ?", conversation)
    [(top,)] = site.ask("SELECT max(id) FROM chat_message")
    other = {
        "id": f"{top} + n.i",
        "uuid": "lower(hex(randomblob(16)))",
        "client_id": "NULL",
        "parent_id": f"CASE n.i WHEN 1 THEN {tip} ELSE {top} + n.i - 1 END",
        "role": "'user'",
        "text": "'Filling ' || n.i",
        "html": "''",
    }
    names = [row[1] for row in site.ask("PRAGMA table_info(chat_message)")]
    values = ", ".join(other.get(name, f"m.{name}") for name in names)
    site.ask(
        f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) "
        f"INSERT INTO chat_message ({', '.join(names)}) SELECT {values} FROM chat_message m, n WHERE m.id = ?",
        tip,
    )
    site.ask("UPDATE chat_conversation SET tip_id = ? WHERE uuid = ?", top + count, conversation)


def test_a_hit_far_above_in_another_conversation_stays_in_view_and_what_is_between_comes_on_demand(
    chat, model, site
):
    addresses = begin(chat, model, "Long", "Bees")
    lengthen(site, urlsplit(addresses["Long"]).path.split("/")[2].replace("-", ""), 420)
    mark(chat.page)
    chat.page.keyboard.press("Control+k")
    palette(chat).get_by_role("combobox").fill("question in long")
    expect(palette(chat).locator("mark").first).to_be_visible()
    palette(chat).get_by_role("option", name="The question in Long").click()
    expect(chat.said.first).to_have_text("The question in Long")
    expect(chat.said.first).to_be_in_viewport()
    chat.until(f"{MARKED} === 'question,in,Long'")
    expect(chat.page).to_have_url(addresses["Long"])
    assert chat.page.evaluate(IS_SAME)
    # What is sent follows the latest, which are below a gap
    chat.say("Further on")
    expect(chat.said.last).to_have_text("Further on")
    chat.ended()
    gap = chat.log.get_by_role("link", name="Show earlier messages")
    expect(gap).to_have_count(1)
    assert chat.page.evaluate(PLACES) == [*range(1, 19), *range(391, 421)]
    # The way to the top is not cut short by the earlier ones that come on it
    chat.page.evaluate(LATE_END)
    chat.log.focus()
    chat.page.keyboard.press("Home")
    expect(chat.said.first).to_be_in_viewport()
    chat.until("!document.querySelector('.older') || document.querySelector('.older').click()")
    expect(gap).to_have_count(0)
    assert chat.page.evaluate(PLACES) == list(range(1, 421))


def test_a_hit_in_another_tab_has_its_branch_in_view_once_it_is_looked_at(chat, model):
    reword(chat, "The old wording", "A new one")
    chat.page.keyboard.press("Control+k")
    palette(chat).get_by_role("combobox").fill("old wording")
    hit = palette(chat).get_by_role("option", name="The old wording").last
    expect(hit.locator("mark").first).to_be_visible()
    address = hit.get_attribute("href")
    # What fetches a page without reading it, as a preview of a link does, changes nothing
    assert "The old wording" in chat.page.request.get(address).text()
    expect(chat.said).to_have_text(["A new one"])
    chat.page.keyboard.press("Escape")
    other = ChatPage(chat.page.context.new_page()).open(address)
    expect(other.said).to_have_text(["The old wording"])
    other.until(f"{MARKED} === 'old,wording'")
    expect(chat.said).to_have_text(["The old wording"])
    other.ask("And on")
    expect(other.said).to_have_text(["The old wording", "And on"])
    # A reload stays with what is in view by then
    other.press(other.mine.first, "Next version")
    expect(other.said).to_have_text(["A new one"])
    other.reload()
    expect(other.live().said).to_have_text(["A new one"])


def test_without_a_script_what_is_sent_on_the_branch_of_a_hit_goes_there(new_context, site, model):
    person = site.someone()
    chat = ChatPage(new_context(site, person).new_page()).open("/")
    reword(chat, "The old wording", "A new one")
    plain = ChatPage(new_context(site, person, java_script_enabled=False).new_page())
    plain.page.goto("/search/?q=%22old+wording%22")
    plain.page.get_by_role("link", name="The old wording").last.click()
    expect(plain.said).to_have_text(["The old wording"])
    expect(chat.said).to_have_text(["A new one"])
    plain.box.fill("And on")
    plain.send.click()
    expect(plain.said).to_have_text(["The old wording", "And on"])
    expect(chat.said).to_have_text(["The old wording", "And on"])


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


def test_keys_that_follow_the_first_ctrl_k_go_into_the_palette_while_its_script_comes(chat, model):
    addresses = begin(chat, model, "Apples", "Bees")
    held = []
    chat.page.route("**/search/palette*.js", lambda route: held.append(route))
    chat.box.focus()
    chat.page.keyboard.press("Control+k")
    chat.page.keyboard.type("appl")
    field = palette(chat).get_by_role("combobox", name="Search your chats")
    expect(field).to_have_value("appl")
    expect(chat.box).to_have_value("")
    assert violations(chat.page) == []
    # Closed and opened again meanwhile, it is another one, which gets what is typed then
    chat.page.keyboard.press("Escape")
    chat.page.keyboard.press("Escape")
    expect(palette(chat)).to_have_count(0)
    expect(chat.box).to_be_focused()
    chat.page.keyboard.press("Control+k")
    chat.page.keyboard.type("bee")
    assert len(held) == 1
    held[0].continue_()
    expect(palette(chat).get_by_role("option").first).to_contain_text("Bees")
    expect(field).to_have_value("bee")
    chat.page.keyboard.press("Enter")
    expect(chat.page).to_have_url(addresses["Bees"])


def test_a_palette_whose_script_does_not_come_says_so_and_tries_again(chat, model, faults):
    faults.expect("palette.*ERR_FAILED|ERR_FAILED.*palette")
    begin(chat, model, "Apples")
    chat.page.route("**/search/palette*.js", lambda route: route.abort())
    chat.page.keyboard.press("Control+k")
    expect(palette(chat)).to_contain_text("Check your connection and try again.")
    chat.page.unroute("**/search/palette*.js")
    chat.page.keyboard.type("appl")
    expect(palette(chat).get_by_role("option").first).to_contain_text("Apples")


def test_enter_right_after_the_words_opens_what_they_find(chat, model):
    addresses = begin(chat, model, "Apples", "Bees", "Cherries")
    chat.page.keyboard.press("Control+k")
    expect(palette(chat).get_by_role("option").first).to_contain_text("Cherries")
    chat.page.keyboard.type("appl")
    chat.page.keyboard.press("Enter")
    expect(chat.page).to_have_url(addresses["Apples"])
    expect(chat.said).to_have_text(["The question in Apples"])


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
    reword(
        ChatPage(new_context(site, person).new_page()).open("/"), "北京的天气怎么样", "A question about bread"
    )
    chat = ChatPage(new_context(site, person, **PHONE).new_page())
    for page in (chat.page, new_context(site, person, java_script_enabled=False, **PHONE).new_page()):
        page.goto("/search/?q=nowhere")
        expect(page.locator("main")).to_contain_text("No results for “nowhere”.")
        page.get_by_role("searchbox").fill("京的")
        page.get_by_role("button", name="Search").click()
        expect(page.locator("mark")).to_have_text("京的")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.get_by_role("link", name="北京的天气怎么样").last.click()
        expect(page.get_by_role("article", name="You")).to_have_count(1)
        expect(page.get_by_role("article", name="You")).to_contain_text("北京的天气怎么样")
    # The first of them was looked at, and has the branch in view
    chat.open("/")
    chat.page.get_by_role("button", name="Open conversations").tap()
    chat.list.get_by_role("link", name="Search").tap()
    palette(chat).get_by_role("combobox").fill("about bread")
    palette(chat).get_by_role("option", name="A question about bread").last.tap()
    expect(chat.said).to_have_text(["A question about bread"])
    chat.until(f"{MARKED} === 'about,bread'")
