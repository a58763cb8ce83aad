"""The pages of a person's saved prompts."""

import uuid

import pytest
from django.utils import timezone

from chat.conversations.actions import purge
from chat.models import SavedPrompt
from chat.models.soft_delete import UNDO_WINDOW
from chat.prompts.actions import MOST_PROMPTS
from tests.conftest import browser_of

pytestmark = pytest.mark.django_db
FORM = {"name": "Summary", "text": "Sum up {{topic}}\r\nin one line."}


def test_the_owner_keeps_one_changes_it_and_deletes_it(alice):
    client = browser_of(alice)
    assert "You have no saved prompts yet." in client.get("/prompts/").content.decode()
    assert "” saved" in client.post("/prompts/new/", FORM, follow=True).content.decode()
    kept = SavedPrompt.objects.get()
    assert (kept.owner, kept.name, kept.text) == (alice, "Summary", "Sum up {{topic}}\nin one line.")
    url = f"/prompts/{kept.uuid}/"
    assert "Sum up {{topic}}" in client.get(url).content.decode()
    client.post(url, {"name": "Short", "text": "New"})
    assert "New" in client.get("/prompts/").content.decode()
    client.post(url, {"name": "Short", "text": "Newer"})  # its own name is not taken
    kept.refresh_from_db()
    assert (kept.name, kept.text) == ("Short", "Newer")
    deleted = client.post(f"{url}delete/", follow=True).content.decode()
    assert "“Short” deleted" in deleted
    assert f'action="{url}restore/"' in deleted
    assert not SavedPrompt.objects.exists()
    assert client.get(url).status_code == 404


@pytest.fixture
def deleted(alice):
    return SavedPrompt.objects.create(owner=alice, name="Summary", text="canary", deleted_at=timezone.now())


def test_undo_brings_it_back(alice, deleted):
    for _again in range(2):
        answer = browser_of(alice).post(f"/prompts/{deleted.uuid}/restore/", follow=True)
        assert "“Summary” restored" in answer.content.decode()
    assert list(SavedPrompt.objects.all()) == [deleted]


def test_undo_waits_while_its_name_is_taken_or_there_are_too_many(alice, deleted):
    client, undo = browser_of(alice), f"/prompts/{deleted.uuid}/restore/"
    assert client.post("/prompts/new/", FORM).status_code == 303
    refused = client.post(undo, follow=True).content.decode()
    assert "You already have a prompt with this name." in refused
    assert f'action="{undo}"' in refused
    SavedPrompt.objects.all().delete()
    SavedPrompt.objects.bulk_create(
        SavedPrompt(owner=alice, name=f"n{number}", text="t") for number in range(MOST_PROMPTS)
    )
    assert "the limit of 200 prompts" in client.post(undo, follow=True).content.decode()
    assert SavedPrompt.objects.count() == MOST_PROMPTS


def test_after_a_while_it_is_gone_for_good(alice, deleted):
    SavedPrompt.with_deleted.update(deleted_at=timezone.now() - UNDO_WINDOW)
    assert browser_of(alice).post(f"/prompts/{deleted.uuid}/restore/").status_code == 404
    purge()
    assert not SavedPrompt.with_deleted.exists()


def test_nobody_else_brings_it_back(bob, charlie, deleted):
    for person in (bob, charlie):
        assert browser_of(person).post(f"/prompts/{deleted.uuid}/restore/").status_code == 404
    assert not SavedPrompt.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"name": "x" * 41},
        {"name": "two\nlines"},
        {"name": "bell\a"},
        {"name": "\u200b\u2060"},
        {"text": ""},
        {"text": " \n\u200b"},
        {"text": "x" * 8001},
        {"text": "x" * 1_000_000},
        {"text": "a\0b"},
        {"text": None},
    ],
)
def test_what_is_no_prompt_is_refused_beside_its_field_and_not_saved(alice, change):
    form = {name: value for name, value in (FORM | change).items() if value is not None}
    answer = browser_of(alice).post("/prompts/new/", form)
    assert (answer.status_code, "field-error" in answer.content.decode()) == (200, True)
    assert not SavedPrompt.objects.exists()


def test_names_are_ones_own_and_each_only_once(alice, charlie):
    assert browser_of(charlie).post("/prompts/new/", FORM).status_code == 303
    client = browser_of(alice)
    assert client.post("/prompts/new/", FORM).status_code == 303
    assert "You already have a prompt with this name." in client.post("/prompts/new/", FORM).content.decode()
    client.post("/prompts/new/", FORM | {"name": "Other"})
    other = SavedPrompt.objects.get(name="Other")
    assert "You already have a prompt" in client.post(f"/prompts/{other.uuid}/", FORM).content.decode()
    assert SavedPrompt.objects.filter(owner=alice, name="Summary").count() == 1


def test_there_is_a_most_of_them_and_those_can_still_be_changed(alice):
    SavedPrompt.objects.bulk_create(
        SavedPrompt(owner=alice, name=f"n{number}", text="t") for number in range(MOST_PROMPTS)
    )
    client = browser_of(alice)
    assert "the limit of 200 prompts" in client.post("/prompts/new/", FORM).content.decode()
    first = SavedPrompt.objects.earliest("pk")
    assert client.post(f"/prompts/{first.uuid}/", FORM).status_code == 303
    assert SavedPrompt.objects.count() == MOST_PROMPTS


def test_the_moderator_and_the_stranger_see_and_change_nothing(alice, bob, charlie):
    theirs = SavedPrompt.objects.create(owner=alice, name="canary", text="canary")
    for person in (bob, charlie):
        client = browser_of(person)
        assert "canary" not in client.get("/prompts/").content.decode()
        assert "canary" not in client.get("/prompts/", headers={"X-Fragment": "1"}).content.decode()
        for path in (f"/prompts/{theirs.uuid}/", f"/prompts/{uuid.uuid4()}/"):
            assert client.get(path).status_code == 404
            assert client.post(path, FORM).status_code == 404
            assert client.post(f"{path}delete/").status_code == 404
    theirs.refresh_from_db()
    assert theirs.name == "canary"


def test_the_message_box_gets_all_of_them_as_text_in_one_query_more(alice, django_assert_max_num_queries):
    words = '{{7*7}} ${SECRET_KEY} %(x)s <script>alert(1)</script> "quoted"'
    for number in range(30):
        SavedPrompt.objects.create(owner=alice, name=f"<b>{number}</b>", text=words)
    client = browser_of(alice)
    with django_assert_max_num_queries(3):
        offers = client.get("/prompts/", headers={"X-Fragment": "1"}).content.decode()
    assert offers.count('role="option"') == 30
    assert "<script>" not in offers
    assert "<b>" not in offers
    assert 'data-text="{{7*7}} ${SECRET_KEY} %(x)s &lt;script&gt;' in offers
