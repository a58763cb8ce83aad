"""The gallery, and what a chat page shows of a persona."""

import uuid

import pytest

from chat.models import Conversation, Message, ModelProvider, OfferedModel, Persona
from chat.personas import actions as personas
from chat.provider import Endpoint
from tests.conftest import browser_of

pytestmark = pytest.mark.django_db
SECRET = "canary instructions"


@pytest.fixture
def shared(alice):
    return Persona.objects.create(
        owner=alice,
        name="Pirate",
        instructions=SECRET,
        sharing="shared",
        opening="Ahoy!",
        starters=["Sing <b>"],
    )


def test_everybody_finds_what_is_shared_and_only_the_owner_may_edit_it(alice, bob, charlie, shared):
    for person in (alice, bob, charlie):
        page = browser_of(person).get("/personas/").content.decode()
        assert "Pirate" in page
        assert (f"/personas/{shared.uuid}/change/" in page) is (person == alice)
        assert (f"/personas/{shared.uuid}/duplicate/" in page) is (person == alice)


def test_no_page_tells_a_stranger_its_instructions(bob, charlie, shared):
    for person in (bob, charlie):
        client = browser_of(person)
        conversation = personas.start(person, shared.uuid)
        for path in ("/personas/", f"/personas/?for={conversation.uuid}", "/", f"/c/{conversation.uuid}/"):
            answer = client.get(path)
            assert answer.status_code == 200
            assert SECRET not in answer.content.decode()
        assert client.get(f"/personas/{shared.uuid}/change/").status_code == 404


def test_a_private_one_is_in_nobody_elses_gallery(alice, bob, charlie):
    Persona.objects.create(owner=alice, name="canary")
    assert b"canary" in browser_of(alice).get("/personas/").content
    for person in (bob, charlie):
        assert b"canary" not in browser_of(person).get("/personas/?q=canary").content.replace(
            b'value="canary"', b""
        )


def test_a_search_takes_as_many_characters_as_count(alice):
    Persona.objects.create(owner=alice, name="canary", description="x" * personas.LONGEST_SEARCH)
    page = browser_of(alice).get(f"/personas/?q={'x' * personas.LONGEST_SEARCH}y").content.decode()
    assert "canary" in page
    assert f' maxlength="{personas.LONGEST_SEARCH}"' in page


@pytest.mark.parametrize(
    "query", ["?page=0", "?page=x", "?page=99999999999", "?q=%00", "?q=" + "x" * 5000, "?page=٣"]
)
def test_odd_queries_are_answered(alice, query):
    assert browser_of(alice).get(f"/personas/{query}").status_code == 200


def test_it_is_opened_for_ones_own_conversation_only(alice, bob, charlie, say):
    conversation = say(alice, "q", "a")
    assert (
        f"/c/{conversation.uuid}/persona/"
        in browser_of(alice).get(f"/personas/?for={conversation.uuid}").content.decode()
    )
    for person in (bob, charlie):
        for wanted in (conversation.uuid, uuid.uuid4(), "x"):
            assert browser_of(person).get(f"/personas/?for={wanted}").status_code == 404


def test_five_hundred_take_as_many_queries_as_one_and_come_in_pages(
    alice, charlie, django_assert_max_num_queries
):
    Persona.objects.bulk_create(
        Persona(
            owner=charlie, name=f"No. {n:03}", sharing="shared", picture=b"x", instructions="long " * 3000
        )
        for n in range(500)
    )
    Persona.objects.bulk_create(Persona(owner=alice, name=f"Mine {n}") for n in range(100))
    client, seen, own, address = browser_of(alice), [], [], "/personas/"
    while address:
        with django_assert_max_num_queries(12):
            page = client.get(address)
        seen += [row.name for row in page.context["gallery"].shared]
        own += page.context["gallery"].own
        address = f"/personas/?{page.context['more']}" if page.context["more"] else ""
    assert seen == [f"No. {n:03}" for n in range(500)]
    assert len(set(own)) == 100


@pytest.mark.parametrize(
    ("state", "reason", "words"),
    [
        ("shared", "", "“Pirate” was approved. Everyone can use it now."),
        ("refused", "", "“Pirate” wasn’t approved for everyone. Only you can use it."),
        ("refused", "<b>{{7*7}}", "Only you can use it. Reason: &lt;b&gt;{{7*7}}"),
    ],
)
def test_the_owner_reads_once_what_was_decided_and_finds_it_on_the_card(
    alice, bob, charlie, shared, state, reason, words
):
    Persona.objects.filter(pk=shared.pk).update(sharing=state, reason=reason, decision_unseen=True)
    for person in (bob, charlie):
        page = browser_of(person).get("/personas/").content.decode()
        assert "An administrator" not in page
    client = browser_of(alice)
    client.head("/personas/")
    assert words in " ".join(client.get("/personas/").content.decode().split())
    page = client.get("/personas/").content.decode()
    assert "An administrator" not in page
    assert {"shared": "Public</span>", "refused": "Not approved</span>"}[state] in page
    assert ("Reason: &lt;b&gt;{{7*7}}</p>" in page) is bool(reason)
    form = " ".join(client.get(f"/personas/{shared.uuid}/change/").content.decode().split())
    assert (words in form) is (state == "refused")


def test_a_persona_is_not_offered_the_demo_beside_another_model(alice, monkeypatch):
    demo = Endpoint("demo", "x", "", "demo", "Demo")
    monkeypatch.setattr("chat.catalog.environment.endpoint", lambda: demo)
    OfferedModel.objects.create(name="the-demo")
    assert ">the-demo<" in browser_of(alice).get("/personas/new/").content.decode()
    model_provider = ModelProvider.objects.create(name="Real", base_url="https://8.8.8.8/v1")
    OfferedModel.objects.create(name="the-real", provider=model_provider)
    page = browser_of(alice).get("/personas/new/").content.decode()
    assert ">the-real<" in page
    assert ">the-demo<" not in page


def test_names_are_text(alice):
    Persona.objects.create(owner=alice, name="<b>{{7*7}}</b>", description="%(x)s ${SECRET_KEY}")
    page = browser_of(alice).get("/personas/").content.decode()
    assert "&lt;b&gt;{{7*7}}&lt;/b&gt;" in page
    assert "%(x)s ${SECRET_KEY}" in page


def test_an_empty_chat_greets_in_the_personas_words(alice, bob, charlie, shared):
    for person in (alice, bob, charlie):
        conversation = personas.start(person, shared.uuid)
        page = browser_of(person).get(f"/c/{conversation.uuid}/").content.decode()
        assert '<p class="opening" dir="auto">Ahoy!</p>' in page
        assert "Sing &lt;b&gt;</button>" in page


def test_the_greeting_is_filled_in_for_the_person_who_reads_it_and_stays_text(alice, bob, shared):
    Persona.objects.update(opening="Hi {{user}}, {{language}}? {{7*7}}", starters=["For {{ user }}"])
    bob.name = "<b>{{date}}"
    bob.save()
    for person, name in ((alice, "Alice"), (bob, "&lt;b&gt;{{date}}")):
        client = browser_of(person)
        conversation = personas.start(person, shared.uuid)
        page = client.get(f"/c/{conversation.uuid}/", headers={"accept-language": "zh-hans"}).content.decode()
        assert f">Hi {name}, 简体中文? {{{{7*7}}}}</p>" in page
        assert f">For {name}</button>" in page


def test_a_chat_goes_on_under_the_name_it_was_begun_with(alice, shared):
    conversation = personas.start(alice, shared.uuid)
    personas.delete(alice, shared.uuid)
    page = browser_of(alice).get(f"/c/{conversation.uuid}/").content.decode()
    assert "Persona: Pirate" in page
    assert "Ahoy!" not in page


def test_the_transcript_says_where_somebody_else_answers(alice, say):
    conversation = say(alice, "q1", "a1", "q2", "a2", "q3", "a3", "q4", "a4")
    for text, name in [("a2", "<i>Pirate</i>"), ("a3", "<i>Pirate</i>"), ("a4", "")]:
        Message.objects.filter(text=text).update(persona_name=name)
    answer = browser_of(alice).get(f"/c/{conversation.uuid}/")
    lines = {row.text: row.switched_to for row in answer.context["thread"] if row.role == "user"}
    assert {text for text, name in lines.items() if name is not None} == {"q2", "q4"}
    page = answer.content.decode()
    assert "From here on: &lt;i&gt;Pirate&lt;/i&gt;</p>" in page
    assert page.count("No persona from here on</p>") == 1


def test_the_list_of_conversations_does_without_their_instructions(
    alice, shared, django_assert_max_num_queries
):
    conversation = personas.start(alice, shared.uuid)
    Conversation.objects.filter(pk=conversation.pk).update(title="Begun")
    client = browser_of(alice)
    with django_assert_max_num_queries(13):
        page = client.get(f"/c/{conversation.uuid}/")
    [row] = [row for section in page.context["sections"] for row in section.conversations]
    assert "instructions" in row.get_deferred_fields()
