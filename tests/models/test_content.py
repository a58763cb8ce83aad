"""The parts of a message: text alone today, and what a newer version may have written."""

import pytest

from chat.models import Conversation, Message
from chat.models.content import TextPart, UnknownPart
from chat.provider.content import content_of
from chat.replies import actions
from tests.conftest import browser_of

PICTURE = {"type": "image", "file": "a.png"}


def test_a_message_of_text_alone_is_one_part():
    assert Message(text="Hello").content == (TextPart("Hello"),)
    assert content_of(Message(text="Hello").content) == "Hello"


def test_parts_keep_their_order_and_texts_are_sent_as_one_string():
    message = Message(parts=[{"type": "text", "text": "See"}, {"type": "text", "text": "here"}])
    assert message.content == (TextPart("See"), TextPart("here"))
    assert content_of(message.content) == "See\n\nhere"


@pytest.mark.parametrize("stored", [PICTURE, {"type": "text"}, {"type": "text", "text": 7}, "text", None, 3])
def test_what_is_not_known_here_is_a_part_without_content(stored):
    message = Message(parts=[{"type": "text", "text": "See"}, stored])
    assert message.content == (TextPart("See"), UnknownPart())
    assert content_of(message.content) == "See"


@pytest.mark.django_db
def test_a_message_of_a_newer_version_is_shown_and_sent_by_its_words(alice, say):
    conversation = say(alice, "See this", "A cat.", "And now?", "")
    first = Message.objects.get(text="See this")
    first.parts = [{"type": "text", "text": "See this"}, PICTURE]
    first.save()
    assert "See this" in browser_of(alice).get(f"/c/{conversation.uuid}/").content.decode()
    reply = Message.objects.select_related("conversation").get(pk=Conversation.objects.get().tip_id)
    assert [message["content"] for message in actions.context_for(reply).messages()][1:] == [
        "See this",
        "A cat.",
        "And now?",
    ]
