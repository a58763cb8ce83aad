"""Making, changing, sharing, deleting and choosing a persona over HTTP."""

import uuid
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from chat.conversations import actions as conversations
from chat.models import Conversation, ModelProvider, OfferedModel, Persona, soft_delete
from chat.personas import actions as personas
from tests.conftest import browser_of

pytestmark = pytest.mark.django_db


PARAMETERS = {"temperature": "0", "max_tokens": "500", "reasoning_effort": "low", "stop": "{{7*7}}\n\\n"}
KEPT = {"temperature": 0.0, "max_tokens": 500, "reasoning_effort": "low", "stop": ["{{7*7}}", "\n"]}


def picture_file(size=(300, 200), name="me.png", kind="PNG"):
    target = BytesIO()
    Image.new("RGB", size, "teal").save(target, kind)
    return SimpleUploadedFile(name, target.getvalue(), "text/html")


def made_by(person):
    return Persona.objects.filter(owner=person)


@pytest.fixture
def pirate(alice):
    return personas.create(alice, {"name": "Pirate", "instructions": "Arr", "picture": b"RIFF picture"})


def test_a_form_makes_one(alice):
    model = OfferedModel.objects.create(name="large")
    form = {
        "name": "  Pirate ",
        "emoji": "🏴‍☠️",
        "description": "Talks like one",
        "instructions": "Line one\r\n\tLine two",
        "opening": "Ahoy",
        "starter1": "Sing",
        "starter3": "Dance",
        "model": model.pk,
        "picture": picture_file(),
    } | PARAMETERS
    answer = browser_of(alice).post("/personas/new/", form)
    assert (answer.status_code, answer.url) == (303, "/personas/")
    made = made_by(alice).get()
    assert (made.name, made.instructions, made.starters) == (
        "Pirate",
        "Line one\n\tLine two",
        ["Sing", "Dance"],
    )
    assert (made.emoji, made.model, made.sharing) == ("🏴‍☠️", model, "private")
    assert made.parameters == KEPT
    assert made.picture[:4] == b"RIFF"


def test_what_was_begun_from_a_chats_gallery_leads_back_to_it(alice, pirate, say):
    conversation, client = say(alice, "q", "a"), browser_of(alice)
    back = f"?for={conversation.uuid}"
    gallery = client.get(f"/personas/{back}").content.decode()
    for path in ("new", f"{pirate.uuid}/change", f"{pirate.uuid}/duplicate"):
        assert f'"/personas/{path}/{back}"' in gallery
    assert f'href="/personas/{back}"' in client.get(f"/personas/new/{back}").content.decode()
    for path in ("new", f"{pirate.uuid}/change", f"{pirate.uuid}/sharing"):
        assert client.post(f"/personas/{path}/{back}", {"name": "Pirate"}).url == f"/personas/{back}"
    assert client.post(f"/personas/{pirate.uuid}/duplicate/{back}").url.endswith(f"/change/{back}")


def test_a_chat_that_is_not_ones_own_leads_nobody_anywhere(alice, bob, charlie, say):
    conversation = say(alice, "q", "a")
    for person in (bob, charlie):
        for wanted in (conversation.uuid, uuid.uuid4(), "x", "//example.org"):
            answer = browser_of(person).post(f"/personas/new/?for={wanted}", {"name": "Mine"})
            assert answer.url == "/personas/"


BAD = {
    "no name": {"name": ""},
    "an invisible name": {"name": "\u200b\u200d\u2060"},
    "a name on two lines": {"name": "a\nb"},
    "a name with NUL": {"name": "a\0b"},
    "a bell": {"instructions": "ring \a"},
    "NUL": {"instructions": "a\0b"},
    "1 MB of instructions": {"instructions": "x" * 1_000_000},
    "a long opening": {"opening": "x" * 2001},
    "a long starter": {"starter2": "x" * 201},
    "a long emoji": {"emoji": "x" * 17},
    "another model": {"model": "999999"},
    "no number": {"model": "'; --"},
    "NaN": {"temperature": "NaN"},
    "too warm": {"temperature": "2.1"},
    "infinity": {"top_p": "inf"},
    "half a token": {"max_tokens": "1.5"},
    "words": {"max_tokens": "a few"},
    "a template": {"seed": "{{7*7}}"},
    "another effort": {"reasoning_effort": "${SECRET_KEY}"},
    "1,000 stops": {"stop": "\n".join(map(str, range(1000)))},
    "a stop with NUL": {"stop": "\0"},
}


@pytest.mark.parametrize("fields", BAD.values(), ids=BAD)
def test_what_cannot_be_is_refused_with_a_sentence_and_nothing_is_saved(alice, pirate, fields):
    client = browser_of(alice)
    for path in ("/personas/new/", f"/personas/{pirate.uuid}/change/"):
        answer = client.post(path, {"name": "Fine", "description": "new"} | fields)
        assert answer.status_code == 200
        assert answer.context["form"].errors
        assert b"Nothing was saved" in answer.content
    pirate.refresh_from_db()
    assert (pirate.name, pirate.description, made_by(alice).count()) == ("Pirate", "", 1)


@pytest.mark.parametrize(
    "data",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<!doctype html>",
        b"\x89PNG\r\n\x1a\n" + b"x" * 3_000_000,
        b"",
    ],
    ids=["svg", "html", "3 MB", "empty"],
)
def test_what_is_no_picture_is_refused_whatever_it_is_called(alice, data):
    upload = SimpleUploadedFile("picture.png", data, "image/png")
    answer = browser_of(alice).post("/personas/new/", {"name": "Fine", "picture": upload})
    assert "picture" in answer.context["form"].errors
    assert not made_by(alice).exists()


@pytest.mark.parametrize(
    "words", ["{{7*7}}", "${SECRET_KEY}", "%(x)s", "{% now 'Y' %}", "<script>alert(1)</script>"]
)
def test_the_syntax_of_templates_stays_text_in_every_field(alice, words):
    names = ("name", "description", "instructions", "opening", "starter1")
    client = browser_of(alice)
    client.post("/personas/new/", dict.fromkeys(names, words))
    made = made_by(alice).get()
    assert [made.name, made.description, made.instructions, made.opening, *made.starters] == [words] * 5
    form = client.get(f"/personas/{made.uuid}/change/").context["form"]
    assert [form[name].value() for name in names] == [words] * 5


def test_parameters_are_folded_until_there_are_some_or_one_is_wrong(alice, pirate):
    client, path = browser_of(alice), f"/personas/{pirate.uuid}/change/"
    opened = '<details class="persona-parameters advanced" open>'
    assert opened not in client.get(path).content.decode()
    refused = client.post(path, {"name": "Pirate", "temperature": "hot"}).content.decode()
    assert opened in refused
    assert "Temperature: enter a number from 0 to 2." in refused
    client.post(path, {"name": "Pirate"} | PARAMETERS)
    page = client.get(path)
    assert opened in page.content.decode()
    assert {name: page.context["form"][name].value() for name in KEPT} == PARAMETERS | {"temperature": "0.0"}
    client.post(f"/personas/{pirate.uuid}/duplicate/")
    assert made_by(alice).get(name="Copy of Pirate").parameters == KEPT


def test_a_chat_with_it_shows_its_parameters_in_its_settings(alice, pirate):
    client = browser_of(alice)
    client.post(f"/personas/{pirate.uuid}/change/", {"name": "Pirate"} | PARAMETERS)
    chat = client.post(f"/personas/{pirate.uuid}/start/").url
    assert client.get(f"{chat}settings/").context["form"].initial.items() >= KEPT.items()


def test_a_change_keeps_the_picture_unless_another_comes_or_it_is_removed(alice, pirate):
    client, path = browser_of(alice), f"/personas/{pirate.uuid}/change/"
    for fields, kept in [
        ({}, b"RIFF picture"),
        ({"picture": picture_file()}, None),
        ({"remove_picture": "on"}, b""),
    ]:
        assert client.post(path, {"name": "Captain"} | fields).status_code == 303
        pirate.refresh_from_db()
        assert pirate.name == "Captain"
        if kept is not None:
            assert bytes(pirate.picture) == kept


def test_it_is_offered_and_taken_back(alice, pirate):
    client = browser_of(alice)
    for fields, state in [({"everybody": "1"}, "asked"), ({"everybody": "1"}, "asked"), ({}, "private")]:
        assert client.post(f"/personas/{pirate.uuid}/sharing/", fields).status_code == 303
        pirate.refresh_from_db()
        assert pirate.sharing == state


def test_who_is_suspended_offers_nothing_and_is_told_why(alice, pirate):
    alice.suspended_until, alice.suspension_reason = timezone.now() + timedelta(days=1), "Spam"
    alice.save()
    answer = browser_of(alice).post(f"/personas/{pirate.uuid}/sharing/", {"everybody": "1"}, follow=True)
    assert "Reason: Spam" in answer.content.decode()
    pirate.refresh_from_db()
    assert pirate.sharing == "private"


def test_a_deletion_can_be_undone(alice, bob, charlie, pirate):
    Persona.objects.filter(pk=pirate.pk).update(sharing="shared")
    client, path = browser_of(alice), f"/personas/{pirate.uuid}/"
    deleted = client.post(f"{path}delete/", follow=True).content.decode()
    assert "“Pirate” deleted." in deleted
    assert f'action="{path}restore/"' in deleted
    for person in (alice, bob, charlie):
        assert f"{path}start/" not in browser_of(person).get("/personas/").content.decode()
        assert browser_of(person).get(f"{path}picture/").status_code == 404
        assert person == alice or browser_of(person).post(f"{path}restore/").status_code == 404
    assert "“Pirate” restored." in client.post(f"{path}restore/", follow=True).content.decode()
    assert f"{path}start/" in browser_of(charlie).get("/personas/").content.decode()


def test_undo_waits_while_there_are_too_many(alice, pirate):
    client, path = browser_of(alice), f"/personas/{pirate.uuid}/"
    client.post(f"{path}delete/")
    Persona.objects.bulk_create(Persona(owner=alice, name="x") for _ in range(100))
    refused = client.post(f"{path}restore/", follow=True).content.decode()
    assert "100" in refused
    assert f'action="{path}restore/"' in refused
    assert made_by(alice).count() == 100


def test_after_a_while_it_is_gone_for_good(alice, pirate):
    Persona.objects.update(deleted_at=timezone.now() - soft_delete.UNDO_WINDOW)
    assert browser_of(alice).post(f"/personas/{pirate.uuid}/restore/").status_code == 404
    conversations.purge()
    assert not Persona.with_deleted.filter(pk=pirate.pk).exists()


def test_one_too_many_is_refused_and_what_was_written_stays(alice):
    Persona.objects.bulk_create(Persona(owner=alice, name="x") for _ in range(100))
    client = browser_of(alice)
    answer = client.post("/personas/new/", {"name": "Pirate", "instructions": "Arr"})
    assert "100" in answer.content.decode()
    assert answer.context["form"]["instructions"].value() == "Arr"
    answer = client.post(f"/personas/{Persona.objects.get(builtin='tutor').uuid}/duplicate/", follow=True)
    assert "100" in answer.content.decode()


def test_a_copy_of_one_of_the_sites_opens_in_the_form(charlie):
    answer = browser_of(charlie).post(f"/personas/{Persona.objects.get(builtin='tutor').uuid}/duplicate/")
    assert answer.url == f"/personas/{made_by(charlie).get().uuid}/change/"


def test_a_chat_with_one_is_begun(alice, pirate):
    answer = browser_of(alice).post(f"/personas/{pirate.uuid}/start/")
    conversation = Conversation.objects.get(owner=alice)
    assert (answer.status_code, answer.url) == (303, f"/c/{conversation.uuid}/")
    assert conversation.persona_name == "Pirate"


def test_another_is_chosen_in_the_middle_and_none_again(alice, pirate, say):
    conversation, client = say(alice, "q", "a"), browser_of(alice)
    path = f"/c/{conversation.uuid}/persona/"
    assert client.post(path, {"persona": pirate.uuid}).url == f"/c/{conversation.uuid}/"
    conversation.refresh_from_db()
    assert conversation.instructions == "Arr"
    assert client.post(path, {"persona": ""}, headers={"X-Fragment": "1"}).status_code == 204
    conversation.refresh_from_db()
    assert conversation.instructions == ""
    for wrong in (uuid.uuid4(), "x", "\0"):
        assert client.post(path, {"persona": wrong}).status_code == 404


def test_the_picture_is_served_as_nothing_but_a_picture(alice, bob, charlie, pirate):
    path = f"/personas/{pirate.uuid}/picture/"
    answer = browser_of(alice).get(path)
    assert answer.content == b"RIFF picture"
    assert answer["Content-Type"] == "image/webp"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["Cache-Control"].startswith("private, max-age=")
    for person in (bob, charlie):
        assert browser_of(person).get(path).status_code == 404
    Persona.objects.filter(pk=pirate.pk).update(sharing="shared")
    assert browser_of(charlie).get(path).status_code == 200


def test_who_approves_it_sees_its_picture_before(alice, bob, charlie, pirate, django_user_model):
    root = django_user_model.objects.create_superuser("root@example.org", "x")
    path = f"/personas/{pirate.uuid}/picture/"
    assert browser_of(root).get(path).status_code == 404
    personas.request_sharing(alice, pirate.uuid)
    assert browser_of(root).get(path).status_code == 200
    for person in (bob, charlie):
        assert browser_of(person).get(path).status_code == 404


def test_without_a_picture_there_is_none(alice):
    plain = personas.create(alice, {"name": "Plain"})
    assert browser_of(alice).get(f"/personas/{plain.uuid}/picture/").status_code == 404


def test_only_models_on_offer_can_be_given_to_a_persona(alice):
    model_provider = ModelProvider.objects.create(
        name="Off", base_url="https://off.example/v1", is_enabled=False
    )
    off = OfferedModel.objects.create(provider=model_provider, name="off", is_offered=True)
    on = OfferedModel.objects.create(name="on", is_offered=True)
    client = browser_of(alice)
    page = client.get("/personas/new/").content.decode()
    assert (f'value="{on.pk}"' in page, f'value="{off.pk}"' in page) == (True, False)
    assert client.post("/personas/new/", {"name": "P", "model": off.pk}).status_code == 200
    assert client.post("/personas/new/", {"name": "P", "model": on.pk}).status_code == 303
