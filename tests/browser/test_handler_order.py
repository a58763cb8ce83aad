"""Parts of the page register in the order of main.js; who hears of something first must not matter."""

import re

from playwright.sync_api import Route, expect

from tests.browser.chat_page import ChatPage

SCRIPT = re.compile(r"/js/main\.[0-9a-f]{12}\.js$")
FIRST_COME, LAST_COME = "[...({0}), handler]", "[handler, ...({0})]"
KNOWN = "this.#handlers.get(name) ?? []"


def test_a_conversation_goes_as_always_when_the_last_to_register_hears_first(context, model):
    turned = []

    def turn(route: Route) -> None:
        script = route.fetch().text()
        turned.append(script.count(FIRST_COME.format(KNOWN)))
        script = script.replace(FIRST_COME.format(KNOWN), LAST_COME.format(KNOWN))
        route.fulfill(body=script, content_type="text/javascript")

    context.route(SCRIPT, turn)
    chat = ChatPage(context.new_page()).open("/")
    model.says("Answer to the first.")
    chat.ask("First wording")
    expect(chat.item("A scripted title")).to_be_visible()
    model.says("Answer to the second.")
    chat.press(chat.mine.first, "Edit")
    chat.editor.fill("Second wording")
    chat.editor.press("Enter")
    expect(chat.body).to_have_text("Answer to the second.")
    chat.ended()
    chat.press(chat.mine, "Previous version")
    expect(chat.body).to_have_text("Answer to the first.")
    chat.reload().live()
    model.says("A further answer.")
    chat.ask("A further question")
    expect(chat.said).to_have_text(["First wording", "A further question"])
    chat.choose("A scripted title", "Delete")
    expect(chat.log.get_by_role("article")).to_have_count(0)
    expect(chat.item("A scripted title")).to_have_count(0)
    assert set(turned) == {1}
