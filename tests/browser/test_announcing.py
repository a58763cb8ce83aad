"""What those who hear the page are told of a reply, and that they choose how much."""

from playwright.sync_api import expect

from tests.browser.chat_page import ChatPage

SAID = """() => {
    window.said = [];
    new MutationObserver((changes) => changes.forEach(({ target, addedNodes }) => {
        const place = (target.nodeType === 1 ? target : target.parentElement).closest("[aria-live=polite], [role=status]");
        if (place) addedNodes.forEach((node) => node.textContent.trim() && said.push(node.textContent.trim()));
    })).observe(document.body, { subtree: true, childList: true });
}"""


def chosen(chat: ChatPage, how: str) -> None:
    dialog = chat.settings()
    dialog.get_by_label("Announce replies").select_option(label=how)
    expect(dialog.get_by_role("status")).to_have_text("Settings saved.")
    chat.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_a_reply_is_announced_once_it_is_complete_and_sentence_by_sentence_or_whole_for_who_wishes(
    chat, model, faults
):
    heard = "() => said.filter((words) => !/^(Waiting|Writing|Settings)/.test(words))"
    chat.page.evaluate(SAID)
    model.says("Not a word of this is said. It can be read.")
    chat.ask("Quietly")
    chat.until("said.includes('Reply complete')")
    assert chat.page.evaluate(heard) == ["Reply complete"]

    chosen(chat, "Sentence by sentence")
    chat.page.evaluate("said.length = 0")
    pieces = model.says_in_steps(
        "The first sentence. And half of",
        " the second.\n\n```python\nprint(1)\n```\n",
        "\n- One $x^2$\n- Two",
    )
    chat.say("Aloud")
    chat.until("said.includes('The first sentence.')")
    assert "half of" not in " ".join(chat.page.evaluate("said"))
    pieces.go_on()
    chat.until("said.includes('And half of the second.')")
    pieces.go_on(2)
    chat.until("said.includes('Reply complete')")
    sentences = ["The first sentence.", "And half of the second.", "code: Python", "One x^2", "Two"]
    assert chat.page.evaluate(heard) == [*sentences, "Reply complete"]
    expect(chat.page.locator("#announced")).to_have_attribute("aria-live", "polite")

    chosen(chat, "Full text when complete")
    chat.reload().live()
    chat.page.evaluate(SAID)
    pieces = model.says_in_steps("One. ", "Two.")
    chat.say("In one go")
    expect(chat.body).to_contain_text("One.")
    pieces.go_on()
    expect(chat.body).to_contain_text("Two.")
    assert chat.page.evaluate(heard) == []
    pieces.go_on()
    chat.until("said.includes('Reply complete')")
    assert chat.page.evaluate(heard) == ["One.", "Two.", "Reply complete"]
