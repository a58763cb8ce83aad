"""The title and the settings of a conversation."""

from copy import copy
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from chat.conversations.actions import MOST_EXCHANGES
from chat.core.fields import LineField
from chat.core.text import with_limits
from chat.models import Conversation
from chat.provider.parameter_fields import ParameterForm

_WRONG_NUMBER = with_limits(
    _("Context length: enter a whole number from 0 to %(limit)s."), limit=MOST_EXCHANGES
)


class RenameForm(forms.ModelForm):  # type: ignore[type-arg]
    """A conversation's title, without the space around it."""

    class Meta:
        model = Conversation
        fields = ("title",)
        field_classes: ClassVar = {"title": LineField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].required = True


class ExchangesField(forms.IntegerField):
    """A number of exchanges; none is the site's."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_value=MOST_EXCHANGES, **options)


class SettingsForm(ParameterForm, forms.ModelForm):  # type: ignore[type-arg]
    """What a person may set for a conversation."""

    class Meta:
        model = Conversation
        fields = ("exchanges",)
        field_classes: ClassVar = {"exchanges": ExchangesField}
        labels: ClassVar = {"exchanges": _("Context length (exchanges)")}
        help_texts: ClassVar = {
            "exchanges": with_limits(
                _("One exchange is your message plus its reply. From 0 (only the new message) to %(limit)s."),
                limit=MOST_EXCHANGES,
            )
        }
        error_messages: ClassVar = {
            "exchanges": dict.fromkeys(("invalid", "min_value", "max_value"), _WRONG_NUMBER)
        }

    @classmethod
    def of(cls, conversation: Conversation, data: Any = None) -> "SettingsForm":
        """Return the form as it stands for a conversation, or as it was sent."""
        form = cls(data, instance=copy(conversation), initial=conversation.parameters)
        default = _("This site’s default: %(count)s") % {"count": settings.CONTEXT_EXCHANGES}
        form.fields["exchanges"].widget.attrs["placeholder"] = default
        return form
