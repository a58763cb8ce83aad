"""The form of a provider, of models or of speech. What it keeps sealed goes in and never out."""

import re
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from chat.core.sealing import Unreadable, seal, seal_headers, unseal, unseal_headers
from chat.provider import AddressRefusal, NoAddress, base_url, parse_base_url, written

REFUSED = {
    "spelling": _(
        "Enter a plain URL such as https://models.example.org/v1, without a username or password, "
        "and with IP addresses in their usual form."
    ),
    "never": _("This site never connects to this address."),
    "private": _("This is a local address. Tick “Allow local addresses” to use it."),
}
AGAIN = {
    "key": _("Enter the key again: it isn’t kept after an error."),
    "headers": _("Enter the headers again: they aren’t kept after an error."),
}
HEADER = re.compile(r"([A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}):[ \t]*([\x21-\x7e][\x20-\x7e]{0,1999})")
# Of what follows a question mark in a base URL
SECRET = re.compile(r"(?i)key|token|secret|sig|pass|auth|cred|user")
PLAIN = re.compile(r"[A-Za-z0-9._~:-]{0,60}")
KEY = re.compile(r"[\x21-\x7e]*")
MOST_HEADERS = 20
# What the client writes itself, what belongs to one connection, and what the key is for
OUR_OWN = {
    *("accept", "accept-encoding", "authorization", "connection", "content-encoding", "content-length"),
    *("content-type", "expect", "host", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"),
}


class Unshown(forms.Textarea):
    """Typed into, and never filled in: neither from the row nor after an error."""

    def format_value(self, value: Any) -> str:
        return ""


class SealedForm(forms.ModelForm):  # type: ignore[type-arg]
    """A kept key and kept headers stay until others are typed, or until they would go to another server."""

    key = forms.CharField(
        label=_("API key"),
        max_length=2000,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "size": 60}),
    )
    headers = forms.CharField(
        label=_("Headers"),
        max_length=20_000,
        required=False,
        widget=Unshown(attrs={"rows": 3, "cols": 60, "spellcheck": "false"}),
    )
    forget = forms.BooleanField(label=_("Delete saved key and headers"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "base_url" in self.fields:
            self.fields["base_url"].widget.attrs["size"] = 60
            self.fields["base_url"].help_text = _(
                "API base URL, usually ending in /v1. “Test” shows how it was understood."
            )
        if "key" in self.fields:
            self._say_what_is_kept()

    def _say_what_is_kept(self) -> None:
        provider = self.instance
        self.fields["headers"].help_text = _("One “Name: value” per line.")
        if provider.sealed_key:
            self.fields["key"].help_text = _("A key is saved. Enter a new one to replace it.")
        if provider.sealed_headers:
            self.fields["headers"].help_text = _(
                "Headers are saved. Enter new ones to replace them all, one “Name: value” per line."
            )
        if provider.pk and is_unreadable(provider):
            self.fields["key"].help_text = _(
                "The saved key can’t be read because ENCRYPTION_KEY or SECRET_KEY has changed. Enter "
                "it again."
            )

    def full_clean(self) -> None:
        """Ask again for what a form never shows and has lost: the next save would be without it."""
        super().full_clean()
        if not self.errors:
            return
        for name, again in AGAIN.items():
            if name in self.fields and name not in self.errors and self.data.get(self.add_prefix(name)):
                self.add_error(name, again)

    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"]
        if not KEY.fullmatch(key):
            raise ValidationError(_("Keys can only contain ASCII characters without spaces."))
        return key

    def clean_headers(self) -> dict[str, str]:
        lines = [line.strip() for line in self.cleaned_data["headers"].splitlines() if line.strip()]
        headers: dict[str, str] = {}
        for number, line in enumerate(lines, 1):
            match = HEADER.fullmatch(line)
            if match is None or number > MOST_HEADERS:
                raise ValidationError(_("Line %(line)d isn’t in the form “Name: value”.") % {"line": number})
            name, text = match.groups()
            if name.lower() in OUR_OWN or name.lower().startswith("proxy-"):
                raise ValidationError(_("The header %(name)s is set by this site.") % {"name": name})
            if name.lower() in map(str.lower, headers):
                raise ValidationError(_("The header %(name)s appears twice.") % {"name": name})
            headers[name] = text
        return headers

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "base_url" not in cleaned:
            return cleaned
        try:
            meant = parse_base_url(cleaned["base_url"])
            address = base_url(meant.bases[0], "private" if cleaned.get("allow_private") else "public")
        except NoAddress:
            self.add_error("base_url", REFUSED["spelling"])
            return cleaned
        except AddressRefusal as refusal:
            self.add_error("base_url", REFUSED[refusal.reason])
            return cleaned
        if any(SECRET.search(name) or not PLAIN.fullmatch(text) for name, text in meant.query):
            self.add_error("base_url", _("Put keys in the fields below: the URL isn’t kept secret."))
            return cleaned
        cleaned["base_url"] = address = written(address, meant.query)
        self._refuse_to_send_elsewhere(address, cleaned)
        return cleaned

    def _refuse_to_send_elsewhere(self, address: str, cleaned: dict[str, Any]) -> None:
        """Let nobody who may change the address learn what is kept by having it sent to their server."""
        before = self.initial.get("base_url")
        if not before or origin(before) == origin(address) or cleaned.get("forget"):
            return
        again = _("The base URL now points to another server. Enter this again.")
        for name, kept in (("key", self.instance.sealed_key), ("headers", self.instance.sealed_headers)):
            if kept and not cleaned.get(name) and name not in self.errors:
                self.add_error(name, again)

    def applied(self) -> Any:
        """Return the provider as typed, not saved: with its kept key only where `clean` lets that go."""
        provider = self.instance
        cleaned = self.cleaned_data
        if cleaned.get("forget"):
            provider.sealed_key = provider.sealed_headers = ""
        if cleaned["key"]:
            provider.sealed_key = seal(cleaned["key"])
        if cleaned["headers"]:
            provider.sealed_headers = seal_headers(cleaned["headers"])
        return provider

    def save(self, commit: bool = True) -> Any:
        self.applied()
        return super().save(commit)


def origin(address: str) -> tuple[str, str]:
    """Return scheme, host and port."""
    parts = urlsplit(address)
    return parts.scheme, parts.netloc


def is_unreadable(provider: Any) -> bool:
    """Return whether what is kept of it was sealed with another secret."""
    try:
        unseal(provider.sealed_key)
        unseal_headers(provider.sealed_headers)
    except Unreadable:
        return True
    return False
