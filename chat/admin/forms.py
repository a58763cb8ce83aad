"""Forms of the admin."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from allauth.account.models import EmailAddress
from django import forms
from django.contrib.auth.forms import AdminPasswordChangeForm, BaseUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from chat.accounts import adapter
from chat.admin.labels import group_label, permission_label
from chat.core.fields import LineField, longest, storable
from chat.models import Persona, User
from chat.models.preferences import zone_named
from chat.moderation import actions as moderation

LONGEST_SUSPENSION = timedelta(days=3650)
USUAL_SUSPENSION = timedelta(days=7)


class SuspendForm(forms.Form):
    """Until the end of which day, and why.

    The day is one of the moderator's time zone, which the page says and sends along: what was said holds,
    also where they choose another one meanwhile.
    """

    until = forms.DateField(
        label=_("Suspend until the end of"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Shown to the user."),
        max_length=longest(User, "suspension_reason"),
        validators=[storable],
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    zone = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._zone = zone_named(self.data.get("zone", "")) or timezone.get_current_timezone()
        self._today = timezone.localdate(timezone=self._zone)
        self.initial.update(until=self._today + USUAL_SUSPENSION, zone=str(self._zone))
        self.fields["until"].help_text = _("Time zone: %(zone)s") % {"zone": self._zone}

    def usual_ends(self) -> list[tuple[str, date]]:
        """Return usual lengths in words, and the days they end, for the page to offer."""
        today = self._today
        return [
            (gettext("Today only"), today),
            (ngettext("%(count)d day", "%(count)d days", 3) % {"count": 3}, today + timedelta(days=3)),
            (ngettext("%(count)d week", "%(count)d weeks", 1) % {"count": 1}, today + timedelta(days=7)),
            (ngettext("%(count)d day", "%(count)d days", 30) % {"count": 30}, today + timedelta(days=30)),
            (ngettext("%(count)d year", "%(count)d years", 1) % {"count": 1}, today + timedelta(days=365)),
        ]

    def clean_until(self) -> datetime:
        """Return the day's last second, from today to ten years ahead: for ever is to deactivate it."""
        day: date = self.cleaned_data["until"]
        end = datetime.combine(day, time(23, 59, 59), self._zone)
        is_meant = self._today <= day <= self._today + LONGEST_SUSPENSION
        if not is_meant or end <= timezone.now():  # in the last second of today
            years = LONGEST_SUSPENSION // timedelta(days=365)
            words = _("Choose a date between today and %(limit)s years from now.")
            raise ValidationError(words, params={"limit": years})
        return end


class RefusalForm(forms.Form):
    """Why a persona is not for everybody."""

    reason = LineField(
        label=_("Reason (optional)"),
        help_text=_("Shown to the owner."),
        max_length=longest(Persona, "reason"),
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )


class EmailMixin:
    """One spelling of an address for one account, here and in allauth's rows."""

    instance: User
    cleaned_data: dict[str, Any]

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        confirmed = EmailAddress.objects.filter(email=email, verified=True)
        if confirmed.exclude(user_id=self.instance.pk).exists():
            raise ValidationError(_("This email address belongs to another account."))
        return email


class PersonAddForm(EmailMixin, BaseUserCreationForm):  # type: ignore[type-arg]
    """An account that an administrator makes: an address and a first password."""

    class Meta:
        model = User
        fields = ("email", "name")
        field_classes: ClassVar[dict[str, Any]] = {}


class PersonForm(EmailMixin, UserChangeForm):  # type: ignore[type-arg]
    """An account; `by` (set on a subclass by the admin) may hand out only groups within their own rights."""

    by: ClassVar[User]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_the_readers_language(self.fields)

    def clean_groups(self) -> QuerySet[Group]:
        chosen: QuerySet[Group] = self.cleaned_data["groups"]
        changed = set(chosen) ^ set(self.instance.groups.all())
        refuse_beyond(self.by, Permission.objects.filter(group__in=changed).select_related("content_type"))
        return chosen


class GroupForm(forms.ModelForm):  # type: ignore[type-arg]
    """A group; only permissions that `by` holds may be given or taken, and taken only from people below."""

    by: ClassVar[User]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_the_readers_language(self.fields)

    def clean_permissions(self) -> QuerySet[Permission]:
        chosen: QuerySet[Permission] = self.cleaned_data["permissions"]
        before = set(self.instance.permissions.all()) if self.instance.pk else set()
        refuse_beyond(self.by, set(chosen) ^ before)
        if before - set(chosen):
            refuse_to_lower(self.by, self.instance)
        return chosen


class PersonPasswordForm(AdminPasswordChangeForm):  # type: ignore[type-arg]
    """A new password set by an administrator, which ends the person's sessions as any new password does."""

    def save(self, commit: bool = True) -> Any:
        user = super().save(commit)
        adapter.end_sessions(user)
        return user


LABELS = {"groups": group_label, "permissions": permission_label, "user_permissions": permission_label}


def in_the_readers_language(fields: dict[str, Any]) -> None:
    """Let the fields that offer groups and permissions name them so."""
    for name in LABELS.keys() & fields.keys():
        fields[name].label_from_instance = LABELS[name]


def refuse_beyond(by: User, permissions: Iterable[Permission]) -> None:
    """Raise ValidationError if one of these is a permission that `by` does not have."""
    names = {f"{permission.content_type.app_label}.{permission.codename}" for permission in permissions}
    if not names <= by.get_all_permissions():
        raise ValidationError(_("You can only grant or remove permissions that you have yourself."))


def refuse_to_lower(by: User, group: Group) -> None:
    """Raise ValidationError if `by`, or somebody they do not outrank, would lose rights with the group."""
    if by.is_superuser:
        return
    members = User.objects.filter(groups=group)
    if any(member == by or not moderation.outranks(by, member) for member in members):
        raise ValidationError(
            _("You can’t remove permissions from a group that you or other administrators belong to.")
        )
