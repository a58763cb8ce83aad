"""The texts that a person keeps for the message box. Every row is reached through its owner."""

import uuid

from django.db import transaction

from chat.core.errors import NotFound
from chat.models import SavedPrompt, User, soft_delete
from chat.prompts.errors import MOST_PROMPTS, PromptNameTaken, TooManyPrompts


def prompts_of(user: User) -> list[SavedPrompt]:
    """Return all of a person's, by name."""
    return list(SavedPrompt.objects.filter(owner=user).order_by("name"))


def prompt_of(user: User, prompt_uuid: uuid.UUID) -> SavedPrompt:
    """Return the person's prompt. Raises NotFound, the same for another person's as for a random id."""
    found = SavedPrompt.objects.filter(owner=user, uuid=prompt_uuid).first()
    if found is None:
        raise NotFound
    return found


@transaction.atomic
def save(user: User, prompt: SavedPrompt | None, name: str, words: str) -> SavedPrompt:
    """Keep a prompt, a new one if it is None. Name and text are checked by the form.

    Raises TooManyPrompts or PromptNameTaken.
    """
    _check_room(user, name, prompt)
    prompt = prompt or SavedPrompt(owner=user)
    prompt.name, prompt.text = name, words
    prompt.save()
    return prompt


def delete(user: User, prompt_uuid: uuid.UUID) -> SavedPrompt:
    """Take a prompt away, and give it; `restore` brings it back for UNDO_WINDOW. Raises NotFound."""
    prompt = prompt_of(user, prompt_uuid)
    soft_delete.delete(prompt)
    return prompt


@transaction.atomic
def restore(user: User, prompt_uuid: uuid.UUID) -> SavedPrompt:
    """Bring a deleted prompt back. Raises NotFound, and TooManyPrompts or PromptNameTaken as `save`."""
    rows = SavedPrompt.with_deleted.filter(owner=user, uuid=prompt_uuid)
    if gone := soft_delete.restorable(rows).first():
        _check_room(user, gone.name, None)
        soft_delete.restore(rows)
    return prompt_of(user, prompt_uuid)


def _check_room(user: User, name: str, prompt: SavedPrompt | None) -> None:
    """Raise TooManyPrompts if there is no room for one more, and PromptNameTaken.

    Within a transaction, which holds the person's row: of two at once one comes after the other.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    rows = SavedPrompt.objects.filter(owner=user)
    if prompt:
        rows = rows.exclude(pk=prompt.pk)
    elif rows.count() >= MOST_PROMPTS:
        raise TooManyPrompts
    if rows.filter(name=name).exists():
        raise PromptNameTaken
