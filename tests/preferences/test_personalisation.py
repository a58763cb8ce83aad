"""What a person tells every model: in their own conversations, after all other instructions, as it was written."""

import pytest
from django.utils.html import escape

from chat.conversations.context import personal_instructions, tokens
from chat.models import Conversation, Message, ModelRequest, Preferences, User
from chat.models.preferences import LONGEST_WISH
from chat.provider.errors import ContextTooLong
from chat.replies import actions, request_log
from tests.conftest import browser_of

pytestmark = pytest.mark.django_db

ABOUT = "I am {{user}}, {words} and 5 {}."


@pytest.fixture
def chosen(alice) -> Preferences:
    return Preferences.objects.create(person=alice, about=ABOUT, reply_style=" ")


def reply_in(conversation: Conversation, author) -> Message:
    return Message(parent_id=conversation.tip.parent_id, conversation=conversation, author=author)


def test_it_joins_the_instructions_after_the_persona_s_with_nothing_filled_in(alice, bob, say, chosen):
    conversation = say(alice, "Hello", "")
    conversation.instructions = "You are a pirate."
    system = actions.context_for(reply_in(conversation, alice)).messages()[0]
    assert system["role"] == "system"
    before, mine = system["content"].split("You are a pirate.")
    assert "helpful assistant" in before
    assert mine == f"\n\nWhat the person you are talking to wants you to know about them:\n{ABOUT}"
    assert ABOUT not in str(actions.context_for(reply_in(say(bob, "Hello", ""), bob)).messages())


def test_it_is_left_out_while_it_is_off_or_blank(chosen):
    assert personal_instructions(chosen)
    chosen.is_personalised = False
    assert personal_instructions(chosen) == ""
    assert personal_instructions(Preferences(about=" \n")) == ""


def test_it_counts_as_a_part_of_what_the_model_may_be_sent(alice, say, chosen, settings):
    chosen.about = "x" * LONGEST_WISH
    chosen.save()
    reply = reply_in(say(alice, "Hello", ""), alice)
    settings.CONTEXT_TOKENS = tokens(chosen.about)
    with pytest.raises(ContextTooLong):
        actions.context_for(reply)
    settings.CONTEXT_TOKENS += 100
    assert actions.context_for(reply).personal


def test_its_person_sees_it_in_the_request_also_beside_another_s_persona(alice, bob, say, chosen):
    conversation = say(alice, "Hello", "There")
    reply = conversation.tip
    request = ModelRequest(reply=reply, message_ids=[reply.parent_id], sent_at=reply.created_at)
    request.system, request.system_is_open, request.personal = "A canary", False, ABOUT
    request.save()
    _, (sent,) = request_log.sent_for(alice, reply.uuid)
    assert [(part.kind, part.text) for part in sent.parts] == [
        ("system", None),
        ("personal", ABOUT),
        ("user", "Hello"),
    ]
    page = browser_of(alice).get(f"/m/{reply.uuid}/sent/").content.decode()
    assert escape(ABOUT) in page and "A canary" not in page
    chief = User.objects.create_superuser("chief@example.org")
    for other in (bob, chief):
        assert browser_of(other).get(f"/m/{reply.uuid}/sent/").status_code == 404
    moderator = browser_of(chief)
    for path in (f"chat/conversation/{conversation.pk}/change/", f"chat/user/{alice.pk}/change/"):
        assert "I am {{user}}" not in moderator.get(f"/admin/{path}").content.decode()
