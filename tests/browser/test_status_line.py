"""What is said of the connection, above the message box: also where there is little room."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.chat_page import ChatPage

PHONE, ON_ITS_SIDE = (390, 844), (844, 390)
SENTENCES = {4429: "You have too many tabs of this site open", 4403: "The live connection was refused"}


def refused(chat, code, size):
    """The latest conversation, whose live connection ends with this code."""
    width, height = size
    chat.page.set_viewport_size({"width": width, "height": height})
    chat.page.route_web_socket(re.compile("/ws/chat/"), lambda socket: socket.close(code=code))
    chat.page.goto("/")
    chat.page.goto(chat.page.locator(".item-link").first.get_attribute("href"))
    line = chat.page.locator("#status")
    expect(line).to_contain_text(SENTENCES[code])
    return line


@pytest.fixture
def chat(new_context, site):
    return ChatPage(new_context(site, site.named("plain")).new_page())


@pytest.mark.parametrize("code", SENTENCES)
@pytest.mark.parametrize("size", [PHONE, ON_ITS_SIDE])
def test_why_the_connection_was_refused_is_seen_and_no_button_lies_over_it(chat, faults, size, code):
    faults.expect("WebSocket")
    line = refused(chat, code, size)
    expect(line).to_have_css("clip-path", "none")
    chat.page.locator("#transcript").evaluate("(transcript) => transcript.scrollTo(0, 300)")
    jump = chat.page.get_by_role("button", name="Jump to latest")
    expect(jump).to_be_visible()
    above, below = jump.bounding_box(), line.bounding_box()
    assert above["y"] + above["height"] <= below["y"]
