"""The demo reads aloud without any speech service, key or network: by the built-in voice, in Chromium."""

from array import array

import pytest
from playwright.sync_api import expect

from tests.browser.chat_page import ChatPage
from tests.support.server import session_of, sign_up


@pytest.fixture(scope="module")
def browser_flags():
    """One that plays without being clicked at, and has no voices of its own."""
    return ["--autoplay-policy=no-user-gesture-required", "--disable-speech-synthesis-api"]


def test_the_demo_s_answer_is_read_aloud_by_the_built_in_voice(new_context, demo_site):
    session = session_of(sign_up(demo_site.server, "listener@example.org")).removeprefix("sessionid=")
    page = new_context(demo_site, session).new_page()
    sound = bytearray()
    page.on(
        "websocket", lambda socket: socket.on("framereceived", lambda frame: sound.extend(samples(frame)))
    )
    chat = ChatPage(page).open("/")
    chat.ask("Hello")
    chat.answer.get_by_role("button", name="Read aloud", exact=True).click()
    chat.until("(CSS.highlights.get('spoken')?.size ?? 0) > 0")
    assert max(map(abs, array("h", bytes(sound[: len(sound) // 2 * 2])))) > 3000
    chat.answer.get_by_role("button", name="Stop reading").click()
    page.route("**/voice/voices/", said_to_be_away)
    chat.settings("Voice")
    english = page.get_by_role("combobox", name="Voice: English")
    expect(english.locator("option", has_text="United Kingdom")).to_have_text(
        "English (United Kingdom), eSpeak NG"
    )
    expect(english.locator("option", has_text="Scotland")).to_have_text("English (Scotland), eSpeak NG")
    # In the dialog, which would cover a sentence of the page
    expect(page.get_by_role("dialog").get_by_role("alert")).to_have_text("A service is away.")


def said_to_be_away(route):
    """The site's voices, with a sentence."""
    answer = route.fetch()
    route.fulfill(response=answer, json=answer.json() | {"text": "A service is away."})


def samples(frame: str | bytes) -> bytes:
    """What a frame of the voice socket brings beside its two numbers; nothing of other frames."""
    return frame[8:] if isinstance(frame, bytes) else b""
