"""The settings of a conversation: parameters, and how many exchanges the model sees."""

import uuid

import pytest
from django.conf import settings as site_settings

from chat.models import Conversation, Message
from chat.replies import actions
from tests.conftest import browser_of

pytestmark = pytest.mark.django_db
SCRIPT = {"X-Fragment": "1"}
ALL = {
    "temperature": "0.7",
    "top_p": "0.9",
    "max_tokens": "500",
    "seed": "-7",
    "reasoning_effort": "low",
    "stop": "###\n\\n\\n",
    "exchanges": "3",
}
KEPT = {
    "temperature": 0.7,
    "top_p": 0.9,
    "max_tokens": 500,
    "seed": -7,
    "reasoning_effort": "low",
    "stop": ["###", "\n\n"],
}


@pytest.fixture
def talk(alice, say):
    return say(alice, *[f"{half}{number}" for number in range(12) for half in ("q", "a")])


def url(talk):
    return f"/c/{talk.uuid}/settings/"


def test_the_owner_sets_everything_and_finds_it_again(alice, talk):
    client = browser_of(alice)
    saved = client.post(url(talk), ALL, follow=True)
    assert "Settings saved." in saved.content.decode()
    talk.refresh_from_db()
    assert (talk.parameters, talk.exchanges) == (KEPT, 3)
    page = client.get(url(talk)).content.decode()
    for shown in (
        'value="0.7"',
        'value="500"',
        'value="-7"',
        '<option value="low" selected>',
        "###\n\\n\\n<",
    ):
        assert shown in page


def test_what_is_left_empty_is_not_kept(alice, talk):
    client = browser_of(alice)
    client.post(url(talk), ALL)
    client.post(url(talk), dict.fromkeys(ALL, "") | {"seed": "5"})
    talk.refresh_from_db()
    assert (talk.parameters, talk.exchanges) == ({"seed": 5}, None)


def test_nothing_is_set_at_first_and_the_fields_say_whose_default_holds(alice, talk):
    page = browser_of(alice).get(url(talk)).content.decode()
    assert page.count('placeholder="Model’s default"') == 5
    assert f'placeholder="This site’s default: {site_settings.CONTEXT_EXCHANGES}"' in page
    assert Conversation.objects.get().parameters == {}


@pytest.mark.parametrize(
    ("field", "written", "sentence"),
    [
        ("temperature", "2.5", "Temperature: enter a number from 0 to 2."),
        ("temperature", "nan", "Temperature: enter a number from 0 to 2."),
        ("max_tokens", "2000000", "Maximum reply length: enter a whole number from 1 to 1,000,000."),
        ("stop", "x\n" * 1000, "Stop sequences: enter up to 4, one per line."),
        ("reasoning_effort", "{{7*7}}", "Reasoning effort: choose one from the list."),
        ("exchanges", "51", "Context length: enter a whole number from 0 to 50."),
        ("exchanges", "-1", "Context length: enter a whole number from 0 to 50."),
        ("exchanges", "1e9", "Context length: enter a whole number from 0 to 50."),
    ],
)
def test_one_bad_field_saves_nothing_and_says_why(alice, talk, field, written, sentence):
    client = browser_of(alice)
    form = ALL | {field: written}
    refused = client.post(url(talk), form, headers=SCRIPT)
    assert refused.status_code == 400
    assert refused.json() == {"code": "bad_form", "text": sentence, "fields": {field: sentence}}
    assert sentence in client.post(url(talk), form).content.decode()
    talk.refresh_from_db()
    assert (talk.parameters, talk.exchanges) == ({}, None)


def test_the_moderator_and_the_stranger_get_what_a_random_id_gets(bob, charlie, talk):
    for person in (bob, charlie):
        client = browser_of(person)
        for path in (url(talk), f"/c/{uuid.uuid4()}/settings/"):
            assert client.get(path).status_code == 404
            assert client.post(path, ALL).status_code == 404
    talk.refresh_from_db()
    assert talk.parameters == {}


def test_a_script_learns_the_number_that_holds_and_the_line_that_says_so(alice, talk):
    client = browser_of(alice)
    answer = client.post(url(talk), {"exchanges": "3"}, headers=SCRIPT).json()
    assert answer["exchanges"] == 3
    assert "Only the 3 exchanges below are sent to the model" in answer["memory"]
    answer = client.post(url(talk), {"exchanges": ""}, headers=SCRIPT).json()
    assert answer["exchanges"] == 10


@pytest.mark.parametrize(("exchanges", "seen"), [(None, 10), (0, 0), (1, 1), (3, 3), (50, 11)])
def test_the_model_sees_as_many_exchanges_as_are_set(talk, exchanges, seen, django_assert_num_queries):
    talk.exchanges = exchanges
    talk.save()
    reply = Message.objects.select_related("conversation", "parent").get(pk=talk.tip_id)
    with django_assert_num_queries(2):  # the messages, and what the person tells every model
        prompt = actions.context_for(Message(parent=reply.parent, conversation=reply.conversation)).messages()
    said = [message["content"] for message in prompt if message["role"] != "system"]
    assert said == [f"{half}{n}" for n in range(11 - seen, 11) for half in ("q", "a")] + ["q11"]


@pytest.mark.parametrize(("exchanges", "first"), [(3, "q9"), (1, "q11")])
def test_the_page_shows_the_line_where_the_view_begins(alice, talk, exchanges, first):
    talk.exchanges = exchanges
    talk.save()
    page = browser_of(alice).get(f"/c/{talk.uuid}/")
    assert [message.text for message in page.context["thread"] if message.context_line == "starts"] == [first]
    assert f'data-exchanges="{exchanges}"' in page.content.decode()


def test_with_none_the_line_stands_below_all_and_says_that_only_the_new_message_is_seen(alice, talk):
    talk.exchanges = 0
    talk.save()
    page = browser_of(alice).get(f"/c/{talk.uuid}/").content.decode()
    assert page.count("Only the new message is sent to the model") == 2  # once for the script
    assert page.index("Only the new message is sent to the model") > page.index(">a11<")
    assert page.count("exchanges below") == 0
