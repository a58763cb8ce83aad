"""Dots in the list of conversations, and the number in the tab's title."""

import re

from playwright.sync_api import expect

HIDE = """(hidden) => {
  Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}"""


def test_a_reply_that_nobody_has_looked_at_has_a_dot_in_every_tab_until_somebody_does(chat, model):
    model.titles("A long story")
    steps = model.says_in_steps("Once upon ", "a time.")
    chat.say("Tell me one")
    steps.go_on()
    expect(chat.body).to_contain_text("Once")
    link = chat.list.get_by_role("link", name="A long story", exact=True)
    expect(link).to_have_accessible_description("A reply is being written")
    chat.page.get_by_role("button", name="New chat").first.click()
    chat.live()
    other = chat.beside()
    theirs = other.list.get_by_role("link", name="A long story", exact=True)
    expect(theirs).to_have_accessible_description("A reply is being written")
    steps.go_on(2)
    expect(link).to_have_accessible_description("New reply")
    expect(theirs).to_have_accessible_description("New reply")
    expect(other.page).to_have_title(re.compile(r"^\(1\) "))
    theirs.click()
    expect(other.body).to_have_text("Once upon a time.")
    for tab, mine in ((chat, link), (other, theirs)):
        expect(mine).to_have_accessible_description("")
        expect(tab.page).to_have_title(re.compile(r"^[^(]"))

    # In a tab that is not in view nothing is seen
    for tab in (chat, other):
        tab.page.evaluate(HIDE, True)
    other.ask("And then?")
    expect(other.page).to_have_title(re.compile(r"^\(1\) A long story"))
    other.page.evaluate(HIDE, False)
    expect(other.page).to_have_title(re.compile(r"^A long story"))
    expect(chat.page).to_have_title(re.compile(r"^[^(]"))


def test_what_comes_back_by_undo_has_its_dot_and_its_place_again_in_every_tab(chat, model):
    titles = ("Apples", "Bees", "Cherries")
    for title in titles:
        model.titles(title)
        steps = model.says_in_steps("Once upon ", "a time.")
        chat.say(f"Tell me of {title}")
        steps.go_on()
        expect(chat.body).to_contain_text("Once")
        expect(chat.item(title)).to_be_visible()
        chat.page.get_by_role("button", name="New chat").first.click()
        steps.go_on(2)
        expect(chat.list.get_by_role("link", name=title, exact=True)).to_have_accessible_description(
            "New reply"
        )
    other = chat.beside()
    for deed in ("Archive", "Delete"):
        chat.choose("Bees", deed)
        for tab in (chat, other):
            expect(tab.list.locator(".item-link")).to_have_text(["Cherries", "Apples"])
        chat.page.get_by_role("button", name="Undo").click()
        for tab in (chat, other):
            expect(tab.list.locator(".item-link")).to_have_text(["Cherries", "Bees", "Apples"])
            bees = tab.list.get_by_role("link", name="Bees", exact=True)
            expect(bees).to_have_accessible_description("New reply")
            expect(tab.page).to_have_title(re.compile(r"^\(3\) "))
        expect(chat.toast).to_have_count(0)
