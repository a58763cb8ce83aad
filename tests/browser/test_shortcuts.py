"""Keyboard shortcuts, and the sheet that explains them."""

from playwright.sync_api import expect

from tests.browser.accessible import violations
from tests.browser.chat_page import ChatPage

CODE = "Text.\n\n```python\nprint(1)\n```\n\n```sql\nSELECT 2;\n```\n\nThe end."
MAC = "Object.defineProperty(navigator, 'userAgentData', { value: { platform: 'macOS' } })"


def test_the_hand_stays_on_the_keyboard_from_one_chat_to_the_next(new_context, site, model):
    context = new_context(site, site.someone(), permissions=["clipboard-read", "clipboard-write"])
    chat = ChatPage(context.new_page()).open("/")
    keyboard, read = chat.page.keyboard, "navigator.clipboard.readText()"
    model.says(CODE)
    chat.ask("Some code")
    keyboard.press("Control+Shift+Semicolon")
    chat.until(f"{read}.then((text) => text === 'SELECT 2;')")
    keyboard.press("Control+Shift+C")
    chat.until(f"{read}.then((text) => text.startsWith('Text.'))")
    expect(chat.toast).to_have_text("Copied")
    chat.log.focus()
    keyboard.press("Shift+Escape")
    expect(chat.box).to_be_focused()

    model.says_in_steps("Once upon ", "a time")
    chat.say("Take your time")
    expect(chat.stop).to_be_visible()
    chat.page.locator(".user-menu > summary").click()
    keyboard.press("Escape")
    expect(chat.stop).to_be_visible()  # the menu was what it closed
    keyboard.press("Escape")
    chat.ended("stopped")

    keyboard.press("Control+Shift+S")
    expect(chat.list).to_be_hidden()
    chat.reload().live()
    expect(chat.list).to_be_hidden()
    opener = chat.page.get_by_role("button", name="Open conversations")
    opener.click()
    expect(chat.list).to_be_visible()
    expect(chat.page.get_by_role("button", name="Close conversations")).to_be_focused()
    keyboard.press("Control+,")
    expect(chat.page.get_by_role("dialog")).to_be_visible()
    keyboard.press("Control+Shift+O")
    expect(chat.mine).to_have_count(2)  # a dialog keeps its keys
    keyboard.press("Escape")
    expect(chat.page.get_by_role("dialog")).to_have_count(0)
    chat.page.evaluate(
        "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', "
        "{ key: 'O', code: 'KeyO', ctrlKey: true, shiftKey: true, isComposing: true, bubbles: true }))"
    )
    expect(chat.mine).to_have_count(2)  # and so does what is being composed
    keyboard.press("Control+Shift+O")
    expect(chat.mine).to_have_count(0)
    expect(chat.box).to_be_focused()


def test_the_sheet_says_what_works_here_with_the_keys_of_this_keyboard(new_context, site):
    context = new_context(site, site.someone())
    chat = ChatPage(context.new_page()).open("/")
    chat.box.press_sequentially("Why?")
    expect(chat.box).to_have_value("Why?")
    sheet = chat.page.get_by_role("dialog", name="Keyboard shortcuts")
    chat.log.focus()
    chat.page.keyboard.press("?")
    expect(sheet.get_by_role("term")).to_contain_text(["New chat", "Stop the reply", "Keyboard shortcuts"])
    expect(sheet.locator("[data-shortcut=new-chat] kbd")).to_have_text(["Ctrl", "Shift", "O"])
    assert violations(chat.page) == []
    chat.page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    expect(chat.log).to_be_focused()
    chat.page.locator(".user-menu > summary").click()
    chat.list.get_by_role("link", name="Keyboard shortcuts").click()
    expect(sheet).to_be_visible()

    context.add_init_script(f"{MAC}; delete window.SpeechRecognition; delete window.webkitSpeechRecognition")
    mac = ChatPage(context.new_page()).open("/")
    mac.log.focus()
    mac.page.keyboard.press("?")
    sheet = mac.page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(sheet.locator("[data-shortcut=new-chat] kbd")).to_have_text(["⌘", "⇧", "O"])
    expect(sheet.get_by_text("Dictate")).to_have_count(0)
    mac.page.keyboard.press("Escape")
    mac.page.keyboard.press("Control+Shift+S")
    expect(mac.list).to_be_visible()
    mac.page.keyboard.press("Meta+Shift+S")
    expect(mac.list).to_be_hidden()
