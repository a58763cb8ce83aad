"""One's own long messages: their beginning is shown, and all of it is in reach."""

from playwright.sync_api import expect

from tests.browser.chat_page import ChatPage

LONG = "\n".join(f"Line {number} of what was pasted" for number in range(1, 61))


def height(chat: ChatPage) -> float:
    return float(chat.said.last.evaluate("body => body.getBoundingClientRect().height"))


def test_a_long_message_is_folded_and_opened_by_keyboard_where_it_stands(chat, model):
    chat.ask("Short")
    expect(chat.mine.get_by_role("button", name="Show more")).to_have_count(0)
    chat.ask(LONG)
    assert height(chat) <= 257
    more = chat.mine.last.get_by_role("button", name="Show more")
    expect(more).to_have_attribute("aria-expanded", "false")
    top = chat.top_of(chat.mine.last)
    more.focus()
    chat.page.keyboard.press("Enter")
    less = chat.mine.last.get_by_role("button", name="Show less")
    expect(less).to_be_focused()
    expect(less).to_have_attribute("aria-expanded", "true")
    assert height(chat) > 1000
    assert abs(chat.top_of(chat.mine.last) - top) <= 1
    model.says("Another answer.")
    chat.press(chat.answer, "Retry")
    expect(chat.version(chat.answer)).to_have_text("2 / 2")
    expect(less).to_be_visible()
    less.focus()
    chat.page.keyboard.press("Enter")
    expect(more).to_be_focused()
    expect(more).to_be_in_viewport()
    chat.reload()
    expect(more).to_be_visible()
    assert height(chat) <= 257


def test_what_is_found_in_the_folded_part_opens_it_and_paper_shows_all(chat, model):
    chat.ask(LONG)
    address = chat.address()
    chat.page.emulate_media(media="print")
    assert height(chat) > 1000
    expect(chat.mine.get_by_text("Show more")).to_be_hidden()
    chat.page.emulate_media(media="screen")
    assert height(chat) <= 257
    chat.page.goto("about:blank")
    chat.page.goto(address + "#:~:text=Line%2057%20of")
    expect(chat.mine.get_by_role("button", name="Show less")).to_be_visible()
    assert height(chat) > 1000


def test_without_javascript_all_of_it_is_shown(chat, model, new_context, site):
    chat.ask(LONG)
    context = new_context(site, java_script_enabled=False)
    context.add_cookies(chat.page.context.cookies())
    plain = ChatPage(context.new_page())
    plain.page.goto(chat.address())
    expect(plain.said).to_contain_text("Line 60")
    assert (plain.said.bounding_box() or {})["height"] > 1000
    expect(plain.page.get_by_text("Show more")).to_be_hidden()
