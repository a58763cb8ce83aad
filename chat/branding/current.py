"""How the site presents itself now, known without a query: what administrators chose, else the settings.

Read again by each process's engine every few seconds (chat/replies/engine.py), and at once where it was
changed; by a process without an engine every RELOAD seconds.
"""

import time
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from django.conf import settings
from django.core.exceptions import SynchronousOnlyOperation
from django.db import DatabaseError
from django.urls import reverse
from django.utils.functional import Promise

from chat.branding import colours
from chat.models import SiteBranding

THE_ROW = 1
RELOAD = 60.0
_MARK = 12


@dataclass(frozen=True)
class Branding:
    """The site's name, its accent (#rrggbb, "" for the site's own), and its logo ("" for the site's own)."""

    name: str | Promise
    accent: str = ""
    logo_mark: str = ""
    logo_type: str = ""

    @cached_property
    def styles(self) -> str:
        """Return the style sheet of the accent."""
        return colours.style_sheet(self.accent) if self.accent else ""

    @cached_property
    def styles_url(self) -> str:
        """Return where that is, "" where there is none. Another sheet has another address."""
        return reverse("branding_styles", args=[mark_of(self.styles.encode())]) if self.accent else ""

    @cached_property
    def logo_url(self) -> str:
        """Return where the logo is, "" for the site's own. Another logo has another address."""
        return reverse("branding_logo", args=[self.logo_mark]) if self.logo_mark else ""

    @cached_property
    def icon_mark(self) -> str:
        """Return what tells the icons of this logo and accent from others."""
        return mark_of(f"{self.accent} {self.logo_mark}".encode())

    @property
    def icon_url(self) -> str:
        """Return where the sign is drawn in the accent, as large as the icon of an app."""
        return self.url_of_icon("192")

    @property
    def touch_icon_url(self) -> str:
        """Return where the icon is that Safari puts on a home screen: it takes none from the manifest."""
        return self.url_of_icon("touch")

    def url_of_icon(self, name: str) -> str:
        """Return where an icon is, by its name in `chat.pictures.icons`. Another look has another address."""
        return reverse("icon", args=[self.icon_mark, name])


class _Known:
    branding: Branding | None = None
    read_at = 0.0


def branding() -> Branding:
    """Return how the site presents itself. A query only where no engine reads it."""
    if _Known.branding is None or time.monotonic() - _Known.read_at > RELOAD:
        try:
            load()
        except (DatabaseError, SynchronousOnlyOperation):  # a page of an error is to come out all the same
            return _Known.branding or by_settings()
    return _Known.branding or by_settings()


def load() -> None:
    """Read it. One query, without the logo itself."""
    row = SiteBranding.objects.filter(pk=THE_ROW).defer("logo").first()
    own = by_settings()
    if row is None:
        found = own
    else:
        logo = (row.logo_mark, row.logo_type) if row.logo_mark else (own.logo_mark, own.logo_type)
        found = Branding(row.name or own.name, row.accent or own.accent, *logo)
    if found != _Known.branding:
        _Known.branding = found
    _Known.read_at = time.monotonic()


def forget() -> None:
    """Read it again at the next page: it was changed here."""
    _Known.branding = None


def by_settings() -> Branding:
    """Return what the environment says."""
    logo = settings.SITE_LOGO
    found = (mark_of(logo.data), logo.type) if logo else ("", "")
    return Branding(settings.SITE_NAME, settings.SITE_ACCENT, *found)


def logo(mark: str) -> tuple[bytes, str] | None:
    """Return the bytes and the type of the logo of this mark; None for one that is no longer there."""
    row = SiteBranding.objects.filter(pk=THE_ROW, logo_mark=mark).first()
    if row is not None:
        return bytes(row.logo), row.logo_type
    own = settings.SITE_LOGO
    return (own.data, own.type) if own and mark_of(own.data) == mark else None


def mark_of(data: bytes) -> str:
    """Return what tells these bytes from others in an address."""
    return sha256(data).hexdigest()[:_MARK]
