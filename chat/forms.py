"""Forms of the pages: what people may send over HTTP, checked once."""

import unicodedata
from typing import Any

from allauth.account.forms import AddEmailForm, SignupForm
from allauth.account.models import EmailAddress
from allauth.account.views import signup
from allauth.core import context as allauth_context
from django import forms
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chat import accounts, text
from chat.models import User
from chat.models.reports import Category

# Unicode's categories of control characters, surrogates, and line and paragraph separators
_CONTROLS = {"Cc", "Cs", "Zl", "Zp"}


def storable(value: str) -> None:
    """Refuse NUL and lone surrogates, which a database cannot keep."""
    if text.find_bad(value):
        raise ValidationError(
            _("This holds characters that cannot be stored. Please remove them."), "bad_text"
        )


def one_line(value: str) -> None:
    """Refuse what does not fit on one visible line: control characters, or nothing to be seen."""
    categories = {unicodedata.category(character) for character in value}
    if categories & _CONTROLS:
        raise ValidationError(_("Please write this on one line, without control characters."), "control")
    visible(value)


def visible(value: str) -> None:
    """Refuse what shows nothing."""
    if text.is_blank(value):
        raise ValidationError(_("Please write something that can be seen."), "invisible")


class NoteField(forms.CharField):
    """Some lines of text. Browsers send line ends as two characters but count them as one."""

    widget = forms.Textarea

    def to_python(self, value: object) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")


class ReportForm(forms.Form):
    """What is wrong with an answer."""

    category = forms.ChoiceField(label=_("What's the problem?"), choices=Category.choices)
    note = NoteField(
        label=_("Details (optional)"),
        max_length=1000,
        required=False,
        validators=[storable],
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class RenameForm(forms.Form):
    """A conversation's title, without the space around it."""

    title = forms.CharField(label=_("Title"), max_length=120, validators=[one_line])


class PromptForm(forms.Form):
    """A text that a person keeps for the message box."""

    name = forms.CharField(label=pgettext_lazy("of a prompt", "Name"), max_length=40, validators=[one_line])
    text = NoteField(
        label=pgettext_lazy("of a prompt", "Text"),
        help_text=_("Use {{topic}} for blanks you fill in each time."),
        max_length=8000,
        strip=False,
        validators=[storable, visible],
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
    )


class SignUpForm(SignupForm):
    """allauth's form, which tells nobody by its time or by an error whether an address has an account."""

    def clean(self) -> dict[str, Any]:
        """Counted are all; and apart those that make an account, or would if nobody had the address."""
        cleaned: dict[str, Any] = super().clean()
        accounts.check_sign_up(allauth_context.request, is_valid=not self.errors)
        return cleaned

    def validate_unique_email(self, value: str) -> str:
        """An address that another account has merely noted, neither its own nor confirmed, is free."""
        claims = EmailAddress.objects.filter(Q(verified=True) | Q(primary=True), email=value)
        if not User.objects.filter(email=value).exists() and not claims.exists():
            return value
        email: str = super().validate_unique_email(value)
        return email

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """The new person, or the answer to give instead. Raises IntegrityError if it was not the address."""
        if self.account_already_exists:
            make_password(self.cleaned_data["password1"])  # takes the time that a new account takes
        else:
            noted = EmailAddress.objects.filter(email=self.cleaned_data["email"])
            noted.filter(verified=False, primary=False).delete()
        try:
            saved: tuple[User | None, HttpResponse | None] = super().try_save(request)
        except IntegrityError:
            if not User.objects.filter(email=self.cleaned_data["email"]).exists():
                raise
            return None, signup(request)  # a second press came first: now the address is taken
        return saved


class AddAddressForm(AddEmailForm):
    """allauth's form; without mails it says what signing up says as well: that an address is taken."""

    def clean_email(self) -> str:
        email: str = super().clean_email()
        others = User.objects.filter(email=email).exclude(pk=self.user.pk)
        if settings.ACCOUNT_EMAIL_VERIFICATION == "none" and others.exists():
            raise ValidationError(_("This address belongs to another account."), "email_taken")
        return email
