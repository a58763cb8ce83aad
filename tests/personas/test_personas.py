"""Who may choose, copy and share a persona, and what a conversation keeps of it."""

import uuid

import pytest
from django.utils import timezone, translation

from chat.core.errors import NotFound
from chat.models import Conversation, Message, OfferedModel, Persona
from chat.personas import actions as personas
from chat.personas.errors import MOST_PERSONAS, PersonaChanged, TooManyPersonas
from chat.replies import actions

pytestmark = pytest.mark.django_db
SECRET = "canary instructions"


@pytest.fixture
def pirate(alice):
    return personas.create(
        alice, {"name": "Pirate", "instructions": SECRET, "opening": "Ahoy", "starters": ["Sing"]}
    )


def shared(persona, by):
    personas.request_sharing(persona.owner, persona.uuid)
    persona.refresh_from_db()
    personas.approve(persona, by, persona.updated_at)
    persona.refresh_from_db()
    return persona


def builtin(code="tutor"):
    return Persona.objects.get(builtin=code)


def test_a_new_one_is_for_its_owner_alone(alice, bob, charlie, pirate):
    assert personas.gallery(alice).own == [pirate]
    for stranger in (bob, charlie):
        found = personas.gallery(stranger)
        assert pirate not in [*found.own, *found.shared, *found.builtin]
        for action in (personas.get_owned, personas.start, personas.duplicate, personas.delete):
            with pytest.raises(NotFound):
                action(stranger, pirate.uuid)


def test_one_that_is_approved_is_for_everybody_but_its_instructions_are_not(alice, bob, charlie, pirate):
    shared(pirate, bob)
    [found] = personas.gallery(charlie).shared
    assert found == pirate
    assert "instructions" in found.get_deferred_fields()
    for action in (
        personas.get_owned,
        personas.duplicate,
        personas.delete,
        personas.request_sharing,
        personas.withdraw,
    ):
        with pytest.raises(NotFound):
            action(charlie, pirate.uuid)


def test_one_that_waits_is_not_for_everybody_yet(alice, charlie, pirate):
    personas.request_sharing(alice, pirate.uuid)
    assert personas.gallery(charlie).shared == []
    with pytest.raises(NotFound):
        personas.start(charlie, pirate.uuid)


@pytest.mark.parametrize("change", [{"description": "another"}, {"parameters": {"temperature": 2}}])
def test_what_is_changed_is_to_be_approved_again(alice, bob, charlie, pirate, change):
    shared(pirate, bob)
    personas.change(alice, pirate.uuid, change)
    pirate.refresh_from_db()
    assert pirate.sharing == Persona.Sharing.ASKED
    assert personas.gallery(charlie).shared == []


def test_only_what_was_looked_at_is_approved(alice, bob, pirate):
    personas.request_sharing(alice, pirate.uuid)
    seen = Persona.objects.get(pk=pirate.pk)
    personas.change(alice, pirate.uuid, {"instructions": "something else"})
    with pytest.raises(PersonaChanged):
        personas.approve(seen, bob, seen.updated_at)
    pirate.refresh_from_db()
    assert pirate.sharing == Persona.Sharing.ASKED


def test_its_owner_or_an_administrator_takes_it_back(alice, bob, charlie, pirate):
    shared(pirate, bob)
    personas.withdraw(alice, pirate.uuid)
    assert personas.gallery(charlie).shared == []
    shared(pirate, bob)
    personas.refuse(pirate, bob, pirate.updated_at)
    assert personas.gallery(charlie).shared == []
    with pytest.raises(PersonaChanged):
        personas.refuse(pirate, bob, pirate.updated_at)


def test_its_owner_is_told_once_what_was_decided_and_why(alice, bob, charlie, pirate):
    shared(pirate, bob)
    decided = personas.unseen_decisions(alice)
    assert [(row.name, row.sharing) for row in decided] == [("Pirate", "shared")]
    assert personas.unseen_decisions(charlie) == []
    personas.refuse(pirate, bob, pirate.updated_at, "Too rude")
    personas.mark_decisions_seen(decided)  # what was decided meanwhile stays unseen
    decided = personas.unseen_decisions(alice)
    assert [(row.sharing, row.reason) for row in decided] == [("refused", "Too rude")]
    personas.mark_decisions_seen(decided)
    assert personas.unseen_decisions(alice) == []
    pirate.refresh_from_db()
    assert pirate.reason == "Too rude"
    personas.request_sharing(alice, pirate.uuid)
    pirate.refresh_from_db()
    assert (pirate.sharing, pirate.reason) == ("asked", "")


def test_what_its_owner_undid_is_not_told(alice, bob, pirate):
    personas.withdraw(alice, shared(pirate, bob).uuid)
    assert personas.unseen_decisions(alice) == []
    personas.change(alice, shared(pirate, bob).uuid, {"name": "Captain"})
    assert personas.unseen_decisions(alice) == []


def test_a_hundred_is_the_most_that_one_person_has(alice, charlie, pirate):
    Persona.objects.bulk_create(Persona(owner=alice, name=f"No. {n}") for n in range(MOST_PERSONAS - 1))
    with pytest.raises(TooManyPersonas):
        personas.create(alice, {"name": "One more"})
    with pytest.raises(TooManyPersonas):
        personas.duplicate(alice, pirate.uuid)
    assert personas.create(charlie, {"name": "First"}).owner == charlie


def test_a_copy_is_ones_own_and_for_oneself(alice, bob, pirate):
    shared(pirate, bob)
    Persona.objects.filter(pk=pirate.pk).update(picture=b"picture")
    copy = personas.duplicate(alice, pirate.uuid)
    assert (copy.name, copy.instructions, copy.picture) == ("Copy of Pirate", SECRET, b"picture")
    assert copy.sharing == Persona.Sharing.PRIVATE


def test_the_sites_own_are_copied_in_the_readers_language(charlie):
    with translation.override("en"):
        copy = personas.duplicate(charlie, builtin().uuid)
    assert copy.name == "Copy of Tutor"
    assert copy.builtin is None
    assert "patient tutor" in copy.instructions


def test_nobody_changes_or_deletes_one_of_the_sites(alice, bob):
    for person in (alice, bob):
        for action in (personas.get_owned, personas.delete, personas.request_sharing):
            with pytest.raises(NotFound):
                action(person, builtin().uuid)


def test_a_conversation_keeps_what_it_was_begun_with(alice, pirate):
    conversation = personas.start(alice, pirate.uuid)
    personas.change(alice, pirate.uuid, {"instructions": "new", "name": "Captain"})
    conversation.refresh_from_db()
    assert (conversation.persona_name, conversation.instructions) == ("Pirate", SECRET)
    personas.delete(alice, pirate.uuid)
    conversation.refresh_from_db()
    assert (conversation.persona_name, conversation.instructions) == ("Pirate", SECRET)
    assert personas.active_persona(alice, conversation) is None


def test_its_parameters_come_with_it_and_its_model_if_it_has_one(alice, pirate):
    one, other = (OfferedModel.objects.create(name=name) for name in ("one", "other"))
    conversation = Conversation.objects.create(owner=alice, model=one, parameters={"seed": 1})
    personas.choose(alice, conversation.uuid, pirate.uuid)
    conversation.refresh_from_db()
    assert (conversation.model, conversation.parameters) == (one, {})
    personas.change(alice, pirate.uuid, {"model": other, "parameters": {"temperature": 1.5}})
    personas.choose(alice, conversation.uuid, pirate.uuid)
    conversation.refresh_from_db()
    assert (conversation.model, conversation.parameters) == (other, {"temperature": 1.5})
    personas.choose(alice, conversation.uuid, None)
    conversation.refresh_from_db()
    assert (conversation.persona, conversation.persona_name, conversation.instructions) == (None, "", "")
    assert conversation.parameters == {}


def test_neither_anothers_persona_nor_anothers_conversation_can_be_chosen(alice, bob, charlie, pirate):
    theirs, mine = (Conversation.objects.create(owner=person) for person in (alice, charlie))
    for conversation, persona in [
        (theirs.uuid, builtin().uuid),
        (mine.uuid, pirate.uuid),
        (mine.uuid, uuid.uuid4()),
    ]:
        for stranger in (bob, charlie):
            with pytest.raises(NotFound):
                personas.choose(stranger, conversation, persona)
    mine.refresh_from_db()
    assert mine.persona is None


def test_what_is_no_longer_shared_is_no_longer_shown_but_goes_on_answering(alice, bob, charlie, pirate):
    conversation = personas.start(charlie, shared(pirate, bob).uuid)
    personas.change(alice, pirate.uuid, {"opening": "not approved"})
    assert personas.active_persona(charlie, conversation) is None
    assert conversation.instructions == SECRET


def reply_in(conversation, person):
    asked = actions.send(
        person,
        client_id=uuid.uuid4(),
        words="Hello",
        conversation_uuid=conversation.uuid,
        parent_uuid=None,
        worker_id="here",
    )
    return asked.reply


def prompt_of(conversation, person):
    return actions.context_for(reply_in(conversation, person)).messages()[0]["content"]


def test_the_model_is_told_the_sites_words_then_the_personas(alice, pirate, settings):
    settings.SYSTEM_PROMPT = "Be good."
    assert prompt_of(personas.start(alice, pirate.uuid), alice) == f"Be good.\n\n{SECRET}"
    settings.SYSTEM_PROMPT = ""
    assert prompt_of(personas.start(alice, pirate.uuid), alice) == SECRET


def test_placeholders_become_the_day_the_name_and_the_language_once(alice, settings):
    settings.SYSTEM_PROMPT = ""
    alice.name = "{{date}} \\1 {{language}}"
    alice.save()
    words = {"name": "P", "instructions": "{{user}}|{{ language }}|{{date}}|{{User}}|{{model}}"}
    persona = personas.create(alice, words)
    with translation.override("zh-hans"):
        said = prompt_of(personas.start(alice, persona.uuid), alice)
    day = timezone.localdate().isoformat()
    assert said.startswith("{{date}} \\1 {{language}}|简体中文|")
    assert said.endswith(f"{day}|{{{{User}}}}|{{{{model}}}}")


def test_who_has_no_name_is_called_by_the_first_part_of_their_address(charlie, settings):
    settings.SYSTEM_PROMPT = ""
    charlie.name = ""
    charlie.save()
    persona = personas.create(charlie, {"name": "P", "instructions": "Hello {{user}}!"})
    assert prompt_of(personas.start(charlie, persona.uuid), charlie) == "Hello charlie!"


@pytest.mark.parametrize(
    "words", ["{{7*7}}", "${SECRET_KEY}", "%(x)s %s {0} {x!r}", "{% debug %}{{ settings.SECRET_KEY }}"]
)
def test_the_syntax_of_templates_and_shells_stays_text(alice, settings, words):
    settings.SYSTEM_PROMPT = ""
    persona = personas.create(alice, {"name": "P", "instructions": words})
    assert prompt_of(personas.start(alice, persona.uuid), alice) == words


def test_a_reply_with_a_persona_asks_the_database_no_more_than_one_without(
    alice, pirate, django_assert_num_queries
):
    personas.change(alice, pirate.uuid, {"instructions": "{{user}} {{date}} {{language}}"})
    for conversation in (personas.start(alice, pirate.uuid), Conversation.objects.create(owner=alice)):
        reply = reply_in(conversation, alice)
        with django_assert_num_queries(1):  # what the person tells every model; nothing was said before
            actions.context_for(reply)


def test_to_write_on_needs_no_more_either(alice, pirate, django_assert_num_queries):
    personas.change(alice, pirate.uuid, {"instructions": "{{user}}"})
    reply = reply_in(personas.start(alice, pirate.uuid), alice)
    Message.objects.filter(pk=reply.pk).update(status="stopped", text="Half")
    again = actions.continue_reply(alice, reply_uuid=reply.uuid, worker_id="here").reply
    with django_assert_num_queries(1):
        assert "Alice" in actions.context_for(again).messages()[0]["content"]


def test_an_answer_keeps_the_name_of_who_gave_it(alice, pirate):
    reply = reply_in(personas.start(alice, pirate.uuid), alice)
    personas.delete(alice, pirate.uuid)
    reply.refresh_from_db()
    assert reply.persona_name == "Pirate"


def test_a_search_goes_through_names_and_descriptions_in_the_readers_language(alice, pirate):
    personas.create(alice, {"name": "Cook", "description": "of a pirate ship, 100%"})
    with translation.override("en"):
        assert [row.name for row in personas.gallery(alice, "PIRATE").own] == ["Cook", "Pirate"]
        assert [row.name for row in personas.gallery(alice, "100%").own] == ["Cook"]
        assert [row.name for row in personas.gallery(alice, "tutor").builtin] == ["Tutor"]
    assert personas.gallery(alice, "%" * 5000).own == []
