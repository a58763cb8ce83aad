"""What its owner deletes is out of sight at once, can be brought back for a while, and is then gone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chat.models import Conversation, Persona, SavedPrompt, soft_delete

pytestmark = pytest.mark.django_db

MAKE = {
    Conversation: lambda owner: Conversation.objects.create(owner=owner, title="c"),
    Persona: lambda owner: Persona.objects.create(owner=owner, name="p"),
    SavedPrompt: lambda owner: SavedPrompt.objects.create(owner=owner, name="s", text="t"),
}


@pytest.fixture(params=MAKE, ids=lambda kind: kind.__name__)
def row(request, alice):
    return MAKE[request.param](alice)


def rows(row):
    return type(row)._base_manager.filter(pk=row.pk)


def delete_long_ago(row):
    past = timezone.now() - soft_delete.UNDO_WINDOW - timedelta(seconds=1)
    rows(row).update(deleted_at=past)


def test_what_is_deleted_is_kept_for_a_while_and_comes_back_as_it_was(row):
    before = rows(row).values().get()
    soft_delete.delete(row)
    soft_delete.purge(type(row))
    assert soft_delete.restorable(rows(row)).exists()
    soft_delete.restore(rows(row))
    assert rows(row).values().get() == before


def test_after_that_it_does_not_come_back_and_is_removed(row):
    delete_long_ago(row)
    soft_delete.restore(rows(row))
    assert rows(row).get().deleted_at is not None
    assert soft_delete.purge(Conversation, Persona, SavedPrompt) == 1
    assert not rows(row).exists()


def test_who_deletes_it_again_does_not_make_it_last_longer(row):
    delete_long_ago(row)
    soft_delete.delete(row)
    assert not soft_delete.restorable(rows(row)).exists()


def test_what_is_there_is_never_removed(row):
    assert soft_delete.purge(type(row)) == 0
    assert rows(row).exists()
