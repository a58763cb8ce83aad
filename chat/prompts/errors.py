"""What saved prompts refuse."""

from django.utils.translation import gettext_lazy as _

from chat.core.errors import RequestError


class TooManyPrompts(RequestError):
    code = "too_many_prompts"
    status = 409
    sentence = _("You have as many prompts as can be kept. Please delete one first.")


class PromptNameTaken(RequestError):
    code = "prompt_name_taken"
    status = 409
    sentence = _("You have another prompt of this name. Please choose a different one.")
