"""Requests that are refused: by a wrong address, an old form, or for being too many."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from chat.core.errors import RequestError


class OtherAddress(RequestError):
    """A form came from the site at an address that it is not set up for: a port or scheme differs."""

    code = "other_address"
    status = 403
    sentence = _(
        "Not sent: you opened this site at an address it isn’t set up for. If you’re the administrator, "
        "set SITE_URL to the address in your browser and restart the site."
    )
    _named = _(
        "Not sent: this site is set up for %(site)s, but you opened it at %(origin)s. If you’re the "
        "administrator, set SITE_URL=%(origin)s and restart the site."
    )

    def __init__(self, detail: str = "", *, site: str = "", origin: str = "") -> None:
        super().__init__(detail)
        self._names = {"site": site, "origin": origin} if origin else None

    def user_text(self) -> str:
        return str(self._named) % self._names if self._names else super().user_text()


class HiddenOrigin(RequestError):
    """A form came with the origin "null": the browser was told to keep to itself where it is."""

    code = "hidden_origin"
    status = 403
    sentence = _(
        "Not sent: your browser didn’t say which page this came from. If you’re the administrator, remove "
        "“Referrer-Policy: no-referrer” from your proxy’s settings."
    )


class UnknownHost(RequestError):
    """The site was asked for by a name that is not among its own."""

    code = "unknown_host"
    status = 400
    sentence = _(
        "This site isn’t set up for this address. If you’re the administrator, set SITE_URL to the address "
        "in your browser, or add its host name to ALLOWED_HOSTS, and restart the site."
    )


class StaleForm(RequestError):
    """The CSRF token is missing or not this session's."""

    code = "stale_form"
    status = 403
    sentence = _(
        "For your security, this wasn’t sent. You may have logged in or out in another tab. Reload the "
        "page and try again."
    )


class WrongMethod(RequestError):
    """An address was asked in a way that it does not know, such as one of a button opened as a page."""

    code = "wrong_method"
    status = 405
    sentence = _("This address can’t be opened as a page. Go back and use the button instead.")

    def __init__(self, allowed: Sequence[str] = ()) -> None:
        super().__init__()
        self.allowed = allowed


class TooManyPages(RequestError):
    """The limit of pages that one person, or somebody unknown at one address, is waiting for."""

    code = "too_many_pages"
    status = 429
    sentence = _("Too many pages are loading at once. Try again in a few seconds.")
    sentence_with_wait = _("Too many pages are loading at once. Try again in %(wait)s.")


class TooManyAttempts(RequestError):
    """The limit of how often a form of accounts is sent."""

    code = "too_many_attempts"
    status = 429
    sentence = _("Too many attempts. Try again later.")
    sentence_with_wait = _("Too many attempts. Try again in %(wait)s.")


class TooFast(RequestError):
    """The rate limit of one socket."""

    code = "too_fast"
    status = 429
    sentence = _("This page is sending requests too quickly. Wait a moment.")
