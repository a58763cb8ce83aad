"""Another conversation in the place of the one in view, without a new page."""

import re
from urllib.parse import unquote, urlsplit

from playwright.sync_api import Page, Route, expect

from tests.browser.chat_page import ChatPage

# A page that was loaded anew has forgotten it
MARK = "window.isSame = true"
IS_SAME = "window.isSame === true"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def mark(page: Page) -> None:
    page.evaluate(MARK)


def begin(chat: ChatPage, model, *titles: str) -> dict[str, str]:
    """Conversations of these titles, the last one in view: their addresses."""
    addresses = {}
    for title in titles:
        model.titles(title)
        model.says(f"The reply in {title}.")
        chat.list.get_by_role("button", name="New chat").click()
        chat.ask(f"The question in {title}")
        expect(chat.item(title)).to_be_visible()
        addresses[title] = chat.address()
    return addresses


def open_item(chat: ChatPage, title: str) -> None:
    chat.item(title).get_by_role("link").click()


def test_a_click_swaps_the_transcript_and_back_and_forward_do_too(chat, model):
    mark(chat.page)
    addresses = begin(chat, model, "Apples", "Bees")
    model.titles("Apples")
    chat.box.fill("A draft for the bees")
    open_item(chat, "Apples")
    expect(chat.said).to_have_text(["The question in Apples"])
    expect(chat.page).to_have_url(addresses["Apples"])
    expect(chat.page).to_have_title(re.compile("^Apples"))
    expect(chat.page.get_by_role("heading", level=1)).to_have_text("Apples")
    expect(chat.item("Apples").get_by_role("link")).to_have_attribute("aria-current", "page")
    expect(chat.item("Bees").get_by_role("link")).not_to_have_attribute("aria-current", "page")
    expect(chat.box).to_be_focused()
    expect(chat.box).to_have_value("")
    expect(chat.page.get_by_role("status").filter(has_text="Apples")).to_be_attached()
    chat.ask("More of the apples")
    assert model.last_body()["messages"][1]["content"] == "The question in Apples"
    chat.page.go_back()
    expect(chat.said).to_have_text(["The question in Bees"])
    expect(chat.box).to_have_value("A draft for the bees")
    expect(chat.page).to_have_title(re.compile("^Bees"))
    chat.page.go_forward()
    expect(chat.said).to_have_text(["The question in Apples", "More of the apples"])
    chat.list.get_by_role("button", name="New chat").click()
    expect(chat.page.get_by_role("heading", name="What’s on your mind?")).to_be_visible()
    expect(chat.mine).to_have_count(0)
    expect(chat.page).to_have_url(re.compile("/$"))
    assert chat.page.evaluate(IS_SAME)
    with chat.page.context.expect_page() as opened:
        chat.item("Bees").get_by_role("link").click(modifiers=["ControlOrMeta"])
    other = ChatPage(opened.value)
    expect(other.said).to_have_text(["The question in Bees"])
    expect(chat.mine).to_have_count(0)


def test_a_reply_goes_on_behind_and_each_message_goes_where_it_was_written(chat, model):
    mark(chat.page)
    addresses = begin(chat, model, "Apples", "Bees")
    steps = model.says_in_steps("The bees begin, ", "go on, ", "and end.")
    chat.say("Tell me of bees")
    expect(chat.answer).to_contain_text("The bees begin,")
    chat.say("This waits in the bees")
    expect(chat.mine.last).to_contain_text("Queued")
    open_item(chat, "Apples")
    expect(chat.said).to_have_text(["The question in Apples"])
    expect(chat.stop).to_be_hidden()
    model.says("Only of apples.")
    chat.ask("Tell me of apples")
    expect(chat.body).to_have_text("Only of apples.")
    steps.go_on()
    open_item(chat, "Bees")
    expect(chat.answers.last).to_contain_text("go on,")
    expect(chat.said.last).to_have_text("This waits in the bees")
    expect(chat.stop).to_be_visible()
    model.says("After the wait.")
    steps.go_on(2)
    expect(chat.body).to_have_text("After the wait.")
    expect(chat.said).to_have_text(["The question in Bees", "Tell me of bees", "This waits in the bees"])
    assert chat.page.evaluate(IS_SAME)
    assert [text for text in model.asked if text == "Tell me of apples"] == ["Tell me of apples"]
    chat.open(addresses["Apples"])
    expect(chat.said).to_have_text(["The question in Apples", "Tell me of apples"])


def go_back_before_it_comes(chat: ChatPage, slow: re.Pattern[str], address: str) -> None:
    """Back takes the click back, and leads no further; the next one does."""
    waiting: list[Route] = []
    chat.page.route(slow, lambda route: waiting.append(route))
    open_item(chat, "Bees")
    expect(chat.page.locator("body[data-switching]")).to_be_attached()
    chat.page.evaluate("history.back()")
    expect(chat.page.locator("body[data-switching]")).not_to_be_attached()
    expect(chat.page).to_have_url(address)
    for route in waiting:
        route.continue_()
    chat.page.unroute(slow)
    chat.page.wait_for_timeout(300)
    expect(chat.said).to_have_text(["The question in Apples"])
    chat.page.go_back()
    expect(chat.said).to_have_text(["The question in Cats"])
    chat.page.go_forward()
    expect(chat.said).to_have_text(["The question in Apples"])


def test_the_last_of_quick_clicks_wins_and_what_fails_is_said(chat, model, faults):
    faults.expect("Failed to load resource|ERR_FAILED")
    addresses = begin(chat, model, "Apples", "Bees", "Cats")
    mark(chat.page)
    waiting = []
    slow = re.compile("/c/[0-9a-f-]+/$")
    chat.page.route(slow, lambda route: waiting.append(route))
    for title in ("Apples", "Bees", "Apples"):
        open_item(chat, title)
    for route in reversed(waiting):
        route.continue_()
    chat.page.unroute(slow)
    expect(chat.said).to_have_text(["The question in Apples"])
    expect(chat.page).to_have_title(re.compile("^Apples"))
    chat.page.wait_for_timeout(300)
    expect(chat.said).to_have_text(["The question in Apples"])
    go_back_before_it_comes(chat, slow, addresses["Apples"])
    chat.box.fill("Kept")
    chat.page.route(slow, lambda route: route.abort())
    open_item(chat, "Bees")
    expect(chat.toast).to_contain_text("Check your connection")
    expect(chat.said).to_have_text(["The question in Apples"])
    expect(chat.box).to_have_value("Kept")
    chat.page.unroute(slow)
    assert chat.page.evaluate(IS_SAME)
    # Another version of the site, or another session, is a page of its own
    chat.page.evaluate("document.body.dataset.build = 'another'")
    open_item(chat, "Bees")
    expect(chat.said).to_have_text(["The question in Bees"])
    assert not chat.page.evaluate(IS_SAME)
    chat.live()
    chat.box.fill("Kept as well")
    mine = chat.page.context.cookies()
    chat.page.context.clear_cookies()
    open_item(chat, "Cats")
    expect(chat.page).to_have_url(re.compile(r"/accounts/login/\?next="))
    assert unquote(chat.page.url).endswith("?next=" + urlsplit(addresses["Cats"]).path)
    chat.page.context.add_cookies(mine)
    chat.page.go_back()
    expect(chat.box).to_have_value("Kept as well")


def test_what_was_deleted_elsewhere_is_said_and_after_deleting_all_is_as_in_a_new_chat(chat, model, faults):
    faults.expect("Failed to load resource")
    addresses = begin(chat, model, "Apples", "Bees", "Cats")
    mark(chat.page)
    waiting = []
    chat.page.route(addresses["Apples"], lambda route: waiting.append(route))
    open_item(chat, "Apples")
    other = ChatPage(chat.page.context.new_page()).open("/")
    other.choose("Apples", "Delete")
    expect(other.item("Apples")).to_have_count(0)
    chat.front()
    expect(chat.item("Apples")).to_have_count(0)
    for route in waiting:
        route.continue_()
    chat.page.unroute(addresses["Apples"])
    expect(chat.toast).to_contain_text("have access")
    expect(chat.said).to_have_text(["The question in Cats"])
    chat.choose("Cats", "Delete")
    expect(chat.mine).to_have_count(0)
    model.says("Hello again.")
    chat.ask("A new question")
    expect(chat.said).to_have_text(["A new question"])
    chat.toast.get_by_role("button", name="Undo").click()
    expect(chat.said).to_have_text(["The question in Cats"])
    assert chat.page.evaluate(IS_SAME)


def test_on_a_phone_the_drawer_closes_and_back_leads_to_the_conversation_before(new_context, site, model):
    phone = ChatPage(new_context(site, site.someone(), **PHONE).new_page()).open("/")
    model.titles("Apples")
    phone.ask("The question in Apples")
    expect(phone.page).to_have_title(re.compile("^Apples"))
    phone.page.get_by_role("button", name="New chat").last.tap()
    expect(phone.mine).to_have_count(0)
    model.titles("Bees")
    phone.ask("The question in Bees")
    expect(phone.page).to_have_title(re.compile("^Bees"))
    bees = phone.address()
    mark(phone.page)
    phone.page.get_by_role("button", name="Open conversations").tap()
    expect(phone.item("Apples")).to_be_visible()
    phone.item("Apples").get_by_role("link").tap()
    expect(phone.said).to_have_text(["The question in Apples"])
    expect(phone.list).to_be_hidden()
    expect(phone.box).not_to_be_focused()
    phone.page.go_back()
    expect(phone.said).to_have_text(["The question in Bees"])
    expect(phone.page).to_have_url(bees)
    expect(phone.list).to_be_hidden()
    assert phone.page.evaluate(IS_SAME)


def test_the_list_stays_where_it_is_while_conversations_change(new_context, site):
    chat = ChatPage(new_context(site, site.named("many")).new_page()).open("/")
    chat.list.get_by_role("link", name="Conversation 25", exact=True).scroll_into_view_if_needed()
    place = "document.querySelector('#conversations').scrollTop"
    before = chat.page.evaluate(place)
    mark(chat.page)
    open_item(chat, "Conversation 25")
    expect(chat.page).to_have_title(re.compile("^Conversation 25"))
    open_item(chat, "Conversation 24")
    expect(chat.page).to_have_title(re.compile("^Conversation 24"))
    assert before > 0
    assert chat.page.evaluate(place) == before
    assert chat.page.evaluate(IS_SAME)


# The first question in view, and how far below the upper edge of the transcript it begins
READ = """() => {
    const { top } = document.querySelector("#transcript").getBoundingClientRect();
    const places = [...document.querySelectorAll("#messages > .message.user")].map((question) =>
        [question.querySelector(".body").textContent.split(".")[0], question.getBoundingClientRect().top - top]);
    return places.find(([, below]) => below >= 0);
}"""


def test_back_and_forward_lead_to_where_one_was_and_the_list_to_the_end(new_context, site):
    chat = ChatPage(new_context(site, site.named("long")).new_page()).open("/")
    open_item(chat, "A long conversation")
    expect(chat.answer).to_be_in_viewport()
    mark(chat.page)
    chat.log.hover()
    earlier = chat.page.get_by_text("Question 70.")
    # They come as one nears them, an exchange a frame
    for _ in range(50):
        chat.page.mouse.wheel(0, -1000)
        chat.page.wait_for_timeout(100)
        if earlier.count():
            break
    expect(earlier).to_be_attached()
    chat.page.mouse.wheel(0, -500)
    chat.page.wait_for_timeout(300)
    words, below = chat.page.evaluate(READ)

    def is_back() -> None:
        expect(chat.mine.filter(has_text=f"{words}.")).to_be_in_viewport()
        expect(earlier).to_be_attached()
        found, now = chat.page.evaluate(READ)
        assert found == words
        assert abs(now - below) <= 1

    chat.list.get_by_role("button", name="New chat").click()
    expect(chat.mine).to_have_count(0)
    chat.page.go_back()
    is_back()
    chat.page.go_back()
    expect(chat.mine).to_have_count(0)
    chat.page.go_forward()
    is_back()
    chat.list.get_by_role("button", name="New chat").click()
    expect(chat.mine).to_have_count(0)
    open_item(chat, "A long conversation")
    expect(chat.answer).to_be_in_viewport()
    assert chat.page.evaluate(IS_SAME)
