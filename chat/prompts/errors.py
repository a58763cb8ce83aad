"""What saved prompts refuse."""

from django.utils.translation import gettext_lazy as _

from chat.core.errors import RequestError
from chat.core.text import with_limits

MOST_PROMPTS = 200
"""Prompts that one person may keep."""


class TooManyPrompts(RequestError):
    code = "too_many_prompts"
    status = 409
    sentence = with_limits(
        _("You’ve reached the limit of %(limit)s prompts. Delete one first."), limit=MOST_PROMPTS
    )


class PromptNameTaken(RequestError):
    code = "prompt_name_taken"
    status = 409
    sentence = _("You already have a prompt with this name. Choose another name.")
