"""The message box: how far it grows, files that are dropped on it, and the way back to the last message."""

from playwright.sync_api import Page, expect

DROP = """([name, type, text]) => {
    const data = new DataTransfer();
    data.items.add(new File([text], name, { type }));
    const drop = new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: data });
    document.querySelector("#transcript").dispatchEvent(drop);
    return drop.defaultPrevented;
}"""

PASTE = """([name, type, text, words]) => {
    const data = new DataTransfer();
    data.items.add(new File([text], name, { type }));
    data.setData("text/plain", words);
    const paste = new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData: data });
    document.querySelector("#text").dispatchEvent(paste);
    return paste.defaultPrevented;
}"""
# As Firefox tells of what is dragged over words
DROP_ON_TEXT = """() => {
    const data = new DataTransfer();
    data.items.add(new File(["x"], "b.png", { type: "image/png" }));
    const drop = new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: data });
    document.querySelector("#transcript h1, #transcript h2, #transcript p").firstChild.dispatchEvent(drop);
    return drop.defaultPrevented;
}"""


def drop(page: Page, name: str, kind: str, text: str) -> None:
    assert page.evaluate(DROP, [name, kind, text]), "the browser would leave the page for the file"


def height(page: Page, selector: str) -> float:
    return float(page.evaluate("at => document.querySelector(at).offsetHeight", selector))


def test_a_text_file_is_put_in_at_the_caret_and_others_say_what_to_do(chat):
    page = chat.page
    chat.box.fill("Explain: , please")
    for _ in ", please":
        chat.box.press("ArrowLeft")
    drop(page, "a.py", "text/x-python", "print('π')")
    expect(chat.box).to_have_value("Explain: print('π'), please")
    drop(page, "b.png", "image/png", "x")
    expect(chat.toast.last).to_have_text("Images can’t be attached yet. Describe what they show instead.")
    drop(page, "c.bin", "", "\0\1")
    expect(chat.toast.last).to_have_text("Files can’t be attached yet. Paste their text instead.")
    drop(page, "$&.txt", "text/plain", "x" * 300_000)
    expect(chat.toast.last).to_have_text("“$&.txt” is too long for a message. Paste the part that matters.")
    expect(chat.box).to_have_value("Explain: print('π'), please")
    chat.box.press("ControlOrMeta+z")
    expect(chat.box).to_have_value("Explain: , please")
    # A Mac's Finder copies the name of a file beside it, an office program a picture beside a text
    assert page.evaluate(PASTE, ["a.py", "text/x-python", "print('π')", "a.py"])
    expect(chat.box).to_have_value("Explain: print('π'), please")
    assert not page.evaluate(PASTE, ["image.png", "image/png", "x", "A cell"])
    assert page.evaluate(DROP_ON_TEXT)


def test_up_in_an_empty_box_edits_the_last_message_but_not_for_an_input_method(chat, model):
    chat.ask("The first")
    chat.ask("The last")
    composing = "new KeyboardEvent('keydown', { key: 'ArrowUp', keyCode: 229, bubbles: true })"
    chat.page.evaluate(f"document.querySelector('#text').dispatchEvent({composing})")
    chat.box.fill("x")
    chat.box.press("ArrowUp")
    expect(chat.editor).to_have_count(0)
    chat.box.fill("")
    chat.box.press("ArrowUp")
    expect(chat.editor).to_have_value("The last")
    expect(chat.editor).to_be_focused()
    # With it a composition is given up, and not the whole text
    chat.editor.fill("The last, once more")
    composing = "new KeyboardEvent('keydown', { key: 'Escape', keyCode: 229, bubbles: true })"
    chat.page.evaluate(f"document.querySelector('.editor textarea').dispatchEvent({composing})")
    expect(chat.editor).to_have_value("The last, once more")


def test_it_grows_to_half_the_screen_and_is_low_when_empty(chat):
    for width, most in ((1280, 150), (390, 100)):
        chat.page.set_viewport_size({"width": width, "height": 844})
        chat.box.fill("")
        chat.until(f"document.querySelector('#composer').offsetHeight <= {most}")
        chat.box.fill("\n" * 80)
        assert 844 * 0.45 <= height(chat.page, ".box") <= 844 * 0.5
