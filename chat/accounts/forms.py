"""Signing up, and adding an email address."""

from typing import Any

from allauth.account.forms import AddEmailForm, SignupForm
from allauth.account.models import EmailAddress
from allauth.account.views import signup
from allauth.core import context as allauth_context
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import MinimumLengthValidator, get_default_password_validators
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.accounts import adapter
from chat.models import User


class SignUpForm(SignupForm):
    """allauth's form, which tells nobody by its time or by an error whether an address has an account."""

    def clean(self) -> dict[str, Any]:
        """Count all, and apart those that make an account, or would if nobody had the address."""
        cleaned: dict[str, Any] = super().clean()
        adapter.check_sign_up(allauth_context.request, is_valid=not self.errors)
        return cleaned

    def validate_unique_email(self, value: str) -> str:
        """Let an address be free that another account has merely noted: neither its own nor confirmed."""
        claims = EmailAddress.objects.filter(Q(verified=True) | Q(primary=True), email=value)
        if not User.objects.filter(email=value).exists() and not claims.exists():
            return value
        email: str = super().validate_unique_email(value)
        return email

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """Return the new person, or the answer to give instead.

        Raises IntegrityError if it was not the address.
        """
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
            raise ValidationError(_("This email address belongs to another account."), "email_taken")
        return email


def password_hint() -> str:
    """Return what a new password must be, in the active language."""
    rules = get_default_password_validators()
    least = next(rule.min_length for rule in rules if isinstance(rule, MinimumLengthValidator))
    return gettext("At least %(limit)s characters; not all numbers or a common password.") % {"limit": least}
