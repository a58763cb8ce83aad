"""What the owner of a link says of it, and what its readers say."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chat.core.fields import LineField, NoteField, longest, storable
from chat.core.text import with_limits
from chat.models import Conversation, Message, Share, ShareReport, Snapshot
from chat.models.sharing import Audience
from chat.sharing import actions as sharing
from chat.sharing.actions import Terms
from chat.sharing.errors import NothingToShare

MOST_PHRASES, LONGEST_PHRASE = 100, 200
"""Words, or rows of them, that are taken out of one snapshot, and the characters of one."""

SHORTEST_PASSPHRASE, LONGEST_PASSPHRASE = 8, 200

DAYS: list[tuple[str, Promise]] = [
    ("1", _("1 day")),
    ("7", _("7 days")),
    ("30", _("30 days")),
    ("", pgettext_lazy("expires", "Never")),
]
KEEP = "keep"
USUAL_DAYS = "30"


class ChosenMessages(forms.MultipleChoiceField):
    """Ids of messages; those that are none of the conversation's count for nothing."""

    def valid_value(self, value: str) -> bool:
        return True

    def clean(self, value: Any) -> frozenset[uuid.UUID]:
        return frozenset(filter(None, map(_uuid, super().clean(value))))


class PhrasesField(NoteField):
    """Words to take out, a row each."""

    def clean(self, value: Any) -> list[str]:
        rows = [row.strip() for row in super().clean(value).splitlines()]
        phrases = list(dict.fromkeys(filter(None, rows)))
        if len(phrases) > MOST_PHRASES or max(map(len, phrases), default=0) > LONGEST_PHRASE:
            sentence = _("Use at most %(lines)s lines of %(limit)s characters.")
            raise ValidationError(str(with_limits(sentence, lines=MOST_PHRASES, limit=LONGEST_PHRASE)))
        return phrases


class ShareForm(forms.Form):
    """What is shared, with whom and until when: for a new link, and for one that is updated."""

    title = LineField(
        label=pgettext_lazy("of a conversation", "Title"),
        max_length=longest(Snapshot, "title"),
        widget=forms.TextInput({"dir": "auto", "autocomplete": "off"}),
    )
    audience = forms.ChoiceField(label=_("Who can open it"), choices=Audience, widget=forms.RadioSelect)
    expires = forms.ChoiceField(label=_("Link expires"), choices=DAYS, required=False, initial=USUAL_DAYS)
    passphrase = forms.CharField(
        label=_("Passphrase (optional)"),
        required=False,
        min_length=SHORTEST_PASSPHRASE,
        max_length=LONGEST_PASSPHRASE,
        validators=[storable],
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    without_passphrase = forms.BooleanField(label=_("Remove the passphrase"), required=False)
    with_name = forms.BooleanField(required=False)
    words = PhrasesField(
        label=_("Words to remove"),
        required=False,
        widget=forms.Textarea({"rows": 2, "dir": "auto", "autocomplete": "off"}),
        help_text=_(
            "One per line. They are replaced by ▇▇▇ everywhere in the shared copy, also in the title."
        ),
    )
    message = ChosenMessages(error_messages={"required": NothingToShare.sentence})

    def __init__(self, conversation: Conversation, share: Share | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.share = share
        self.offered: list[Message] = sharing.offered(conversation)
        owner = conversation.owner
        names: Any = self.fields["with_name"]
        names.label = _("Show my name (%(name)s)") % {"name": owner.name}
        if not owner.name:
            del self.fields["with_name"]
        if settings.SHARING != "anyone":
            who: Any = self.fields["audience"]
            who.choices = [(Audience.MEMBERS.value, Audience.MEMBERS.label)]
        if share is None or not share.passphrase:
            del self.fields["without_passphrase"]
        else:
            self.fields["passphrase"].label = _("New passphrase (optional)")
        if share is not None and share.expires_at is not None and not share.is_expired:
            until: Any = self.fields["expires"]
            until.choices = [(KEEP, _("Keep the date")), *DAYS]
        self.initial = _as_it_is(conversation, share, self.offered)

    @property
    def chosen(self) -> set[str]:
        """The ids of the messages whose box is ticked."""
        return set(map(str, self["message"].value() or ()))

    def terms(self) -> Terms:
        """Return what was said; the form is valid."""
        said = self.cleaned_data
        passphrase: str | None = said["passphrase"]
        if not passphrase and self.share is not None:
            passphrase = "" if said.get("without_passphrase") else None
        return Terms(
            title=said["title"],
            messages=said["message"],
            audience=said["audience"],
            expires_at=self._expiry(said["expires"]),
            passphrase=passphrase,
            with_name=bool(said.get("with_name")),
            phrases=said["words"],
        )

    def _expiry(self, days: str) -> datetime | None:
        if days == KEEP and self.share is not None:
            return self.share.expires_at
        return timezone.now() + timedelta(days=int(days)) if days else None


class PassphraseForm(forms.Form):
    """How a reader opens a link that has one."""

    passphrase = forms.CharField(
        label=_("Passphrase"),
        max_length=LONGEST_PASSPHRASE,
        validators=[storable],
        widget=forms.PasswordInput({"autocomplete": "off", "autofocus": True}),
    )


class ShareReportForm(forms.ModelForm):  # type: ignore[type-arg]
    """What is wrong with what a link shows."""

    note = NoteField(
        label=_("Details (optional)"),
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 4, "dir": "auto"}),
    )

    class Meta:
        model = ShareReport
        fields = ("category", "note")


def _as_it_is(conversation: Conversation, share: Share | None, offered: Sequence[Message]) -> dict[str, Any]:
    """Return what the form shows at first: all messages of a new link; of one that is updated those that it
    has, and all that came later.
    """
    if share is None:
        audience = Audience.ANYONE if settings.SHARING == "anyone" else Audience.MEMBERS
        chosen = [str(row.uuid) for row in offered]
        return {
            "title": conversation.title,
            "audience": audience,
            "expires": USUAL_DAYS,
            "message": chosen,
        }
    snapshot = share.snapshot
    there = {copy["source"] for copy in snapshot.messages}
    latest = max((row.pk for row in offered if str(row.uuid) in there), default=0)
    chosen = [str(row.uuid) for row in offered if str(row.uuid) in there or row.pk > latest]
    return {
        "title": snapshot.title,
        "audience": share.audience,
        "expires": "" if share.expires_at is None else USUAL_DAYS if share.is_expired else KEEP,
        "with_name": bool(snapshot.author),
        "words": "\n".join(sharing.phrases_of(share)),
        "message": chosen,
    }


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
