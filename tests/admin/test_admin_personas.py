"""Personas that wait for approval, in the admin."""

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group

from chat.models import Persona
from chat.moderation import audit
from chat.moderation.audit import READ
from chat.personas import actions as personas
from tests.conftest import PASSWORD, browser_of

pytestmark = pytest.mark.django_db
LIST = "/admin/chat/persona/"


@pytest.fixture
def dora(django_user_model):
    """The administrator."""
    dora = django_user_model.objects.create_user("dora@example.org", PASSWORD, is_staff=True)
    dora.groups.add(Group.objects.get(name="Administrators"))
    return dora


@pytest.fixture
def pirate(alice):
    fields = {"name": "Pirate", "instructions": "canary <b>", "parameters": {"stop": ["<i>", "\n"]}}
    pirate = personas.create(alice, fields)
    personas.request_sharing(alice, pirate.uuid)
    return Persona.objects.get(pk=pirate.pk)


def page_of(persona):
    return f"{LIST}{persona.pk}/change/"


def decide(client, persona, deed, **fields):
    form = {"decision": deed, "seen": persona.updated_at.isoformat()} | fields
    return client.post(f"{LIST}{persona.pk}/decide/", form, follow=True)


def test_an_administrator_reads_all_of_it_and_lets_everybody_choose_it(dora, charlie, pirate):
    client = browser_of(dora)
    assert "Pirate" in client.get(LIST).content.decode()
    page = client.get(page_of(pirate)).content.decode()
    assert "canary &lt;b&gt;" in page
    assert '<dt>Stop sequences</dt><dd dir="auto">&lt;i&gt;<br>\\n</dd>' in page.replace("</dt>\n", "</dt>")
    assert f'value="{pirate.updated_at.isoformat()}"' in page
    answer = decide(client, pirate, "approve")
    assert "“Pirate” approved." in answer.content.decode()
    assert list(answer.context["cl"].result_list) == [pirate]  # none waits any more: those that are shared
    assert personas.gallery(charlie).shared == [pirate]
    said = LogEntry.objects.filter(user=dora, object_id=str(pirate.pk)).order_by("pk")
    assert list(said.values_list("action_flag", flat=True)) == [READ, CHANGE]
    assert "Pirate" not in client.get(LIST).context["cl"].result_list
    assert "Pirate" in client.get(f"{LIST}?sharing=shared").content.decode()


@pytest.mark.parametrize("reason", ["", "Too <b>rude</b>"])
def test_or_refuses_it_and_may_say_why(dora, pirate, reason):
    said = decide(browser_of(dora), pirate, "refuse", reason=reason).content.decode()
    assert "“Pirate” rejected. Only its owner can use it." in said
    pirate.refresh_from_db()
    assert (pirate.sharing, pirate.reason) == (Persona.Sharing.REFUSED, reason)
    assert audit.sentence(LogEntry.objects.get(object_id=str(pirate.pk))).endswith(reason)


def test_what_everybody_could_choose_is_withdrawn(dora, pirate):
    decide(browser_of(dora), pirate, "approve")
    pirate.refresh_from_db()
    said = decide(browser_of(dora), pirate, "refuse").content.decode()
    assert "“Pirate” is private again." in said


@pytest.mark.parametrize("reason", ["x" * 301, "two\nlines", "\0"])
def test_an_impossible_reason_refuses_nothing(dora, pirate, reason):
    assert 'class="error"' in decide(browser_of(dora), pirate, "refuse", reason=reason).content.decode()
    pirate.refresh_from_db()
    assert pirate.sharing == Persona.Sharing.ASKED


def test_the_first_page_counts_those_that_wait_for_who_may_approve_them(alice, bob, dora, pirate):
    assert "1 persona pending approval" in browser_of(dora).get("/admin/").content.decode()
    assert "pending approval" not in browser_of(bob).get("/admin/").content.decode()
    personas.withdraw(alice, pirate.uuid)
    assert "No personas pending approval" in browser_of(dora).get("/admin/").content.decode()


@pytest.mark.parametrize("change", [{"instructions": "other"}, {"parameters": {"temperature": 2}}])
def test_what_was_changed_after_the_look_is_not_approved(alice, dora, pirate, change):
    client = browser_of(dora)
    personas.change(alice, pirate.uuid, change)
    assert "Review it again" in decide(client, pirate, "approve").content.decode()
    pirate.refresh_from_db()
    assert pirate.sharing == Persona.Sharing.ASKED


@pytest.mark.parametrize(
    "fields", [{"decision": "x"}, {"seen": "x"}, {"seen": ""}, {"seen": "2026-13-45T00:00:00Z"}]
)
def test_nonsense_is_not_found(dora, pirate, fields):
    assert decide(browser_of(dora), pirate, "approve", **fields).status_code == 404


def test_nobody_sees_what_a_person_keeps_for_themselves(alice, dora, pirate):
    personas.withdraw(alice, pirate.uuid)
    client = browser_of(dora)
    for state in ("", "?sharing=private", "?sharing=shared"):
        assert "Pirate" not in client.get(f"{LIST}{state}").content.decode()
    assert "canary" not in client.get(page_of(pirate), follow=True).content.decode()


def test_moderators_and_strangers_see_and_decide_nothing(alice, bob, charlie, pirate):
    for person in (alice, bob, charlie):
        client = browser_of(person)
        for path in (LIST, page_of(pirate)):
            answer = client.get(path, follow=True)
            assert answer.status_code in {403, 404}
            assert "canary" not in answer.content.decode()
        assert decide(client, pirate, "approve").status_code == 403
    pirate.refresh_from_db()
    assert pirate.sharing == Persona.Sharing.ASKED


def test_what_cannot_be_seen_is_written_out_for_who_decides(dora, pirate):
    hidden = "".join(chr(0xE0000 + ord(char)) for char in "Lie") + "\u202e\u2060\u3164"
    Persona.objects.filter(pk=pirate.pk).update(
        instructions=f"Be kind.{hidden}\n👩\u200d🚀", name=f"Cook{hidden}"
    )
    page = browser_of(dora).get(page_of(pirate)).content.decode()
    assert "Be kind.[U+E004C][U+E0069][U+E0065][U+202E][U+2060][U+3164]<br>👩\u200d🚀" in page
    assert "Cook[U+E004C]" in page


@pytest.mark.parametrize("seen", ["9999-12-31T23:59:59.999999-14:00", "0001-01-01T00:00:00+14:00", "x", ""])
def test_a_time_that_no_page_gave_decides_nothing(dora, pirate, seen):
    assert decide(browser_of(dora), pirate, "approve", seen=seen).status_code in {200, 404}
    pirate.refresh_from_db()
    assert pirate.sharing == Persona.Sharing.ASKED
