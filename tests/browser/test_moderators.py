"""Reporting an answer, and what moderators do about it."""

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.chat_page import ChatPage


def report(chat: ChatPage, category: str, note: str) -> None:
    chat.more(chat.answer, "Report")
    dialog = chat.page.get_by_role("dialog", name="Report this reply")
    dialog.get_by_role("radio", name=category).check()
    dialog.get_by_role("textbox").fill(note)
    dialog.get_by_role("button", name="Send report").click()
    expect(chat.toast).to_contain_text("A moderator will review it.")
    expect(dialog).to_be_hidden()
    chat.press(chat.answer, "More actions")
    expect(chat.answer.get_by_role("button", name="Reported")).to_be_visible()
    chat.page.keyboard.press("Escape")


@pytest.fixture
def moderator(new_context, site):
    return new_context(site, site.named("moderator")).new_page()


def test_a_reported_answer_is_hidden_and_its_owner_sees_it_at_once(chat, model, moderator):
    model.says("Something **terrible**.")
    chat.ask("What do you think?")
    report(chat, "Harmful or dangerous", "This frightened me.")
    moderator.goto("/")
    moderator.locator(".user-menu > summary").click()
    moderator.get_by_role("link", name="Administration").click()
    moderator.locator(".waiting a").click()
    moderator.get_by_role("row", name=re.compile("terrible")).get_by_role("link").first.click()
    expect(moderator.get_by_text("This frightened me.")).to_be_visible()
    reported = moderator.locator("#reported")
    expect(reported.locator("strong")).to_have_text("terrible")
    expect(moderator.get_by_role("article", name="User")).to_contain_text("What do you think?")
    moderator.get_by_role("button", name="Hide message").click()
    expect(moderator.locator("#reported")).to_contain_text("hidden")
    expect(chat.answer).to_contain_text("This message was hidden by a moderator.")
    expect(chat.answer).not_to_contain_text("terrible")
    expect(chat.answer.get_by_role("button")).to_have_count(0)
    moderator.get_by_role("button", name="Restore message").click()
    expect(chat.answer.locator("strong")).to_have_text("terrible")


def test_a_suspended_person_is_told_why_and_can_read_but_not_send(chat, model, moderator):
    model.says("A plain answer.")
    chat.ask("I will be bad")
    report(chat, "Something else", "Spam by the person, not by the model.")
    chat.box.fill("About to be sent")
    moderator.goto("/admin/chat/report/")
    moderator.get_by_role("row", name=re.compile("A plain answer")).get_by_role("link").first.click()
    moderator.get_by_role("link", name="Suspend person").click()
    moderator.get_by_label("Reason").fill("Spam, after two warnings")
    until = date.today() + timedelta(days=30)
    moderator.get_by_label("Suspend until").fill(until.isoformat())
    moderator.get_by_role("button", name="Suspend").click()
    alert = chat.page.get_by_role("alert")
    expect(alert).to_contain_text("Spam, after two warnings", timeout=5000)
    expect(chat.box).to_be_disabled()
    expect(chat.send).to_be_disabled()
    expect(chat.log).to_be_focused()
    chat.reload()
    for name in ("Retry", "Edit"):
        expect(chat.log.get_by_role("button", name=name)).to_have_count(0)
    expect(chat.page.get_by_role("alert")).to_contain_text("Spam, after two warnings")
    expect(chat.body).to_have_text("A plain answer.")
    expect(chat.box).to_be_disabled()
    moderator.locator("dt:text-is('Reported by') + dd a").click()
    moderator.get_by_role("button", name="Lift suspension").click()
    expect(chat.box).to_be_enabled()
    expect(chat.mine.get_by_role("button", name="Edit")).to_have_count(1)


def test_a_usual_length_fills_in_the_last_day_of_a_suspension(new_context, site):
    page = new_context(site, site.named("moderator")).new_page()
    page.goto("/admin/chat/user/?q=long@example.org")
    page.locator("#result_list tbody th a").first.click()
    page.get_by_role("link", name="Suspend…").click()
    week, month = (page.get_by_role("button", name=name, exact=True) for name in ("1 week", "30 days"))
    expect(week).to_have_attribute("aria-pressed", "true")
    month.click()
    expect(month).to_have_attribute("aria-pressed", "true")
    expect(week).to_have_attribute("aria-pressed", "false")
    expect(page.get_by_label("Suspend until")).to_have_value(month.get_attribute("data-until"))


# How many lines each link in the first column, and each word of a person in the others, takes
_LINES = """[...document.querySelectorAll('#result_list tbody :is(th a, .field-person, .field-user)')].map(cell => {
  const range = document.createRange();
  range.selectNodeContents(cell);
  return new Set([...range.getClientRects()].map(line => line.top)).size;
})"""


def test_a_list_keeps_addresses_whole_and_one_too_long_for_it_does_not_widen_the_page(new_context, site):
    page = new_context(site, site.named("root")).new_page()
    longest = f"{'w' * 120}@example.org"
    page.goto(f"/admin/chat/user/?q={longest}")
    page.locator("#result_list tbody th a").first.click()
    page.get_by_role("link", name="Suspend…").click()
    page.get_by_label("Reason").fill("Noise, after two warnings by two moderators")  # which the log tells of
    page.get_by_role("button", name="Suspend").click()
    expect(page.get_by_role("heading", name="Suspend")).to_have_count(0)
    for path in ("chat/user/?q=moderator", "account/emailaddress/?q=administrator", "admin/logentry/"):
        page.goto(f"/admin/{path}")
        lines = page.evaluate(_LINES)
        assert lines and set(lines) == {1}, path
    for width in (1280, 820, 390):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"/admin/chat/user/?q={longest}")
        expect(page.get_by_role("link", name=longest)).to_be_visible()
        results = "[document.scrollingElement, document.querySelector('.results')]"
        assert page.evaluate(f"{results}.map(e => e.scrollWidth - e.clientWidth)") == [0, 0]


# By how many pixels what scrolls sideways does; the sections above the lists are meant to on a phone
_SIDEWAYS = """[...document.querySelectorAll(':root, .results')].map(e => e.scrollWidth - e.clientWidth)"""


@pytest.mark.parametrize("language", ["en", "de"])
def test_no_list_scrolls_sideways_on_a_desk_a_tablet_or_a_phone(new_context, site, language):
    page = new_context(site, site.named("root")).new_page()
    page.context.add_cookies([{"name": "django_language", "value": language, "url": site.origin}])
    page.goto("/admin/")
    lists = page.locator("#sections a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert "/admin/chat/user/" in lists
    for path in lists:
        page.goto(path)
        for width in (1280, 961, 820, 390):
            page.set_viewport_size({"width": width, "height": 900})
            assert max(page.evaluate(_SIDEWAYS)) == 0, (path, width)


def test_cards_are_sorted_by_links_above_them_and_selected_all_at_once(new_context, site):
    page = new_context(site, site.named("root")).new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/admin/chat/user/?q=talker")
    first = page.locator("#result_list tbody th").first
    way = page.locator("#result_list thead").get_by_role("link", name="Email address")
    for text, sign in (("talker0@example.org", "↑"), ("talker9@example.org", "↓")):
        way.focus()
        page.keyboard.press("Enter")
        expect(first).to_have_text(text)
        expect(way).to_have_accessible_name(f"Email address {sign}")
    # What nothing can be sorted by is no link
    links = page.locator("#result_list thead a:visible").all_inner_texts()
    assert links == ["Email address", "Name", "Status", "Created", "Last login"]
    expect(page.locator("#result_list thead tr")).to_have_attribute("data-label", "Sort by")
    page.get_by_role("checkbox", name="Select all").check()
    expect(page.locator("#result_list tbody tr.selected")).to_have_count(
        page.locator("#result_list tbody tr").count()
    )


# Whether a cell of a list was ever in a frame without the name of its column, which makes its card higher
NAMELESS = """
  const look = () => {
    window.nameless ||= document.querySelector("#result_list tbody td:not([data-column])") !== null;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
"""


def test_cards_have_the_names_of_their_columns_before_they_are_seen(new_context, site):
    page = new_context(site, site.named("root")).new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    page.add_init_script(NAMELESS)
    for listed in ("user", "offeredmodel"):
        page.goto(f"/admin/chat/{listed}/")
        expect(page.locator("#result_list td").last).to_have_attribute("data-column", re.compile(r"\w"))
        assert page.evaluate("window.nameless") is False


def test_on_a_tablet_the_filters_are_above_the_list_next_to_each_other(new_context, site):
    page = new_context(site, site.named("root")).new_page()
    page.set_viewport_size({"width": 820, "height": 900})
    page.goto("/admin/chat/user/")
    search, *filters = [
        box.bounding_box() for box in page.locator("#toolbar, #changelist-filter details").all()
    ]
    assert search and len(filters) == 3
    assert {box["y"] for box in filters if box} == {filters[0]["y"]}
    assert filters[0]["y"] + filters[0]["height"] <= search["y"]
