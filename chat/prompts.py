"""The texts that a person keeps for the message box. Every row is reached through its owner."""

import uuid

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from chat.errors import NotFound, RequestError
from chat.models import SavedPrompt, User

MOST_PROMPTS = 200
"""Prompts that one person may keep."""


class TooManyPrompts(RequestError):
    code = "too_many_prompts"
    status = 409
    sentence = _("You have as many prompts as can be kept. Please delete one first.")


class PromptNameTaken(RequestError):
    code = "prompt_name_taken"
    status = 409
    sentence = _("You have another prompt of this name. Please choose a different one.")


def prompts_of(user: User) -> list[SavedPrompt]:
    """All of a person's, by name."""
    return list(SavedPrompt.objects.filter(owner=user).order_by("name"))


def prompt_of(user: User, prompt_uuid: uuid.UUID) -> SavedPrompt:
    """The person's prompt. Raises NotFound, the same for another person's as for a random id."""
    found = SavedPrompt.objects.filter(owner=user, uuid=prompt_uuid).first()
    if found is None:
        raise NotFound
    return found


@transaction.atomic
def save(user: User, prompt: SavedPrompt | None, name: str, words: str) -> SavedPrompt:
    """Keep a prompt, a new one if it is None. Name and text are checked by the form.

    Raises TooManyPrompts or PromptNameTaken.
    """
    User.objects.select_for_update().get(pk=user.pk)  # of two saves at once, one is counted by the other
    rows = SavedPrompt.objects.filter(owner=user)
    if prompt is None and rows.count() >= MOST_PROMPTS:
        raise TooManyPrompts
    prompt = prompt or SavedPrompt(owner=user)
    if rows.filter(name=name).exclude(pk=prompt.pk).exists():
        raise PromptNameTaken
    prompt.name, prompt.text = name, words
    prompt.save()
    return prompt


def delete(user: User, prompt_uuid: uuid.UUID) -> SavedPrompt:
    """Remove a prompt, which is given back. Raises NotFound."""
    prompt = prompt_of(user, prompt_uuid)
    SavedPrompt.objects.filter(pk=prompt.pk).delete()
    return prompt
