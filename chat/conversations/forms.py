"""The title and the settings of a conversation."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from chat.conversations.actions import MOST_EXCHANGES
from chat.core.fields import one_line
from chat.models import Conversation
from chat.provider.parameter_fields import ParameterForm


class RenameForm(forms.Form):
    """A conversation's title, without the space around it."""

    title = forms.CharField(label=_("Title"), max_length=120, validators=[one_line])


class SettingsForm(ParameterForm):
    """What a person may set for a conversation."""

    exchanges = forms.IntegerField(
        label=_("Context length (exchanges)"),
        help_text=_("One exchange is your message plus its reply. 0 sends only the new message. 0 to 50."),
        required=False,
        min_value=0,
        max_value=MOST_EXCHANGES,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"),
            _("Context length: enter a whole number from 0 to 50."),
        ),
    )

    @classmethod
    def of(cls, conversation: Conversation, data: Any = None) -> "SettingsForm":
        """As it stands for a conversation, or as it was sent."""
        form = cls(data, initial={**conversation.parameters, "exchanges": conversation.exchanges})
        default = _("This site’s default: %(count)s") % {"count": settings.CONTEXT_EXCHANGES}
        form.fields["exchanges"].widget.attrs["placeholder"] = default
        return form
