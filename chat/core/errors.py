"""What can go wrong and is told to people: the root, and the errors that all capabilities share.

Those of one capability are in its own `errors.py`. They are one tree. Each class has a stable wire code, an
HTTP status, and a sentence for the person: what happened, and what to do next. What the operator should know
goes to `detail`, never to the page.
"""

from __future__ import annotations

import re
from datetime import datetime
from math import ceil
from typing import Any

from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

Sentence = str | Promise
_END_OF_SENTENCE = re.compile(r"(?<=\.)\s|(?<=。)")

# All that were imported, by their codes; ChatConfig.ready imports those of every capability
_by_code: dict[str, type[ChatError]] = {}


class ChatError(Exception):
    """The root. `detail` is the operator's text, cleaned and without keys; `retry_after` is in seconds."""

    code: str = "error"
    status: int = 500
    sentence: Sentence = _("Something went wrong on our side. Please try again.")
    sentence_with_wait: Sentence | None = None
    """Said instead when `retry_after` is known; it names the time as %(wait)s."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "code" in cls.__dict__:
            _by_code[cls.code] = cls

    def __init__(self, detail: str = "", *, retry_after: float | None = None) -> None:
        super().__init__()
        self.detail = detail
        self.retry_after = retry_after

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}" if self.detail else self.code

    def user_text(self) -> str:
        """Return the sentence in the language that is active now."""
        if self.retry_after is not None and self.sentence_with_wait is not None:
            return str(self.sentence_with_wait) % {"wait": wait_words(self.retry_after)}
        return str(self.sentence)

    @classmethod
    def summary(cls) -> str:
        """Return what happened, in the active language: the first sentence, without what to do next."""
        return _END_OF_SENTENCE.split(str(cls.sentence), maxsplit=1)[0]


class StorageDown(ChatError):
    """The database is locked, full, or away."""

    code = "storage"
    status = 503
    sentence = _(
        "The site couldn’t reach its database, so nothing was saved. Try again in a moment; if it keeps "
        "happening, tell your administrator."
    )


def wait_words(seconds: float) -> str:
    """Return a waiting time as a person says it: "1 second", "5 minutes", "2 hours"; rounded up."""
    if seconds < 90:
        count = max(1, ceil(seconds))
        return ngettext("%(count)d second", "%(count)d seconds", count) % {"count": count}
    if seconds < 90 * 60:
        count = ceil(seconds / 60)
        return ngettext("%(count)d minute", "%(count)d minutes", count) % {"count": count}
    count = ceil(seconds / 3600)
    return ngettext("%(count)d hour", "%(count)d hours", count) % {"count": count}


def for_code(code: str) -> type[ChatError]:
    """Return the class of a stored code, so that a page made later can still say the sentence.

    An unknown code (from a newer version's rows) gives ChatError itself.
    """
    return _by_code.get(code, ChatError)


def sentence_of(code: str) -> str:
    """Return what a stored code means for the person, in the active language; "" for ""."""
    return for_code(code)().user_text() if code else ""


def codes(root: type[ChatError]) -> list[str]:
    """Return the codes of an error and all of its kinds."""
    return [
        root.code,
        *(code for code, error in _by_code.items() if error is not root and issubclass(error, root)),
    ]


# What a person or their browser asked for


class RequestError(ChatError):
    """A request that is refused; nothing was saved."""

    code = "bad_request"
    status = 400
    sentence = _("That request couldn’t be understood. Reload the page and try again.")


class NotFound(RequestError):
    """The same for another person's id as for a random one."""

    code = "not_found"
    status = 404
    sentence = _("This doesn’t exist, or you don’t have access. Check the address.")


class LoggedOut(RequestError):
    code = "logged_out"
    status = 401
    sentence = _("You’re logged out. Log in again; your conversations are saved.")


class Suspended(RequestError):
    """The person may read, not send. `until` None means without an end; `reason` is the moderator's."""

    code = "suspended"
    status = 403
    sentence = _("Your account is suspended. You can read, but you can’t send messages.")
    _until = _("You can’t send messages until %(until)s.")
    _reason = _("Reason: %(reason)s")

    def __init__(self, until: datetime | None = None, reason: str = "") -> None:
        super().__init__(reason)
        self.until = until
        self.reason = reason

    def user_text(self) -> str:
        text = str(self.sentence)
        if self.until is not None:
            local = timezone.localtime(self.until) if timezone.is_aware(self.until) else self.until
            moment = f"{formats.date_format(local, 'DATETIME_FORMAT')} {local:%Z}".strip()
            text = str(self._until) % {"until": moment}
        return f"{text} {self._reason % {'reason': self.reason}}" if self.reason else text


# What the model service did
