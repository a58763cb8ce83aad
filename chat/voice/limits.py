"""How much speech one person may have recognised and made, and what they had of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.db.models import F, Sum

from chat.core.errors import Suspended
from chat.models import SpeechProvider, SpeechUsage, User
from chat.provider.speech import Recognizer, Speaker
from chat.voice.errors import TooManyClips, VoiceCharactersUsedUp, VoiceMinutesUsedUp

RECOGNITION, SPEAKING = SpeechProvider.Kind.RECOGNITION, SpeechProvider.Kind.SPEAKING
MINUTE = 60_000
"""Milliseconds."""

_being_recognized: Counter[int] = Counter()


@contextmanager
def clip_of(person: User) -> Iterator[None]:
    """Count a clip of a person as being recognised meanwhile. Raises TooManyClips.

    Each process counts its own: a person's pages as a rule have all their sockets in one.
    """
    if settings.VOICE_CLIPS_AT_ONCE and _being_recognized[person.pk] >= settings.VOICE_CLIPS_AT_ONCE:
        raise TooManyClips
    _being_recognized[person.pk] += 1
    try:
        yield
    finally:
        _being_recognized[person.pk] -= 1
        if not _being_recognized[person.pk]:
            del _being_recognized[person.pk]


def check_may_listen(person: User) -> None:
    """Raise Suspended, or VoiceMinutesUsedUp with the seconds to wait. Two queries."""
    _check_status(person)
    most = settings.VOICE_MINUTES_A_DAY * MINUTE
    if most and _had_today(person, RECOGNITION, "milliseconds") >= most:
        raise VoiceMinutesUsedUp(retry_after=_until_tomorrow())


def check_may_read(person: User) -> None:
    """Raise Suspended, or VoiceCharactersUsedUp with the seconds to wait. Two queries."""
    _check_status(person)
    most = settings.VOICE_CHARACTERS_A_DAY
    if most and _had_today(person, SPEAKING, "characters") >= most:
        raise VoiceCharactersUsedUp(retry_after=_until_tomorrow())


def note_listened(person: User, seconds: float, by: Recognizer) -> None:
    """Count speech that was recognised for a person."""
    cost = (by.price or Decimal(0)) * Decimal(seconds) / 60
    _note(person, RECOGNITION, by.label, cost, milliseconds=round(seconds * 1000))


def note_read(person: User, characters: int, by: Speaker) -> None:
    """Count characters that were spoken for a person."""
    cost = (by.price or Decimal(0)) * characters / 1_000_000
    _note(person, SPEAKING, by.label, cost, characters=characters)


def _check_status(person: User) -> None:
    person = User.objects.only("suspended_until", "suspension_reason", "is_active").get(pk=person.pk)
    if person.is_suspended:
        raise Suspended(person.suspended_until, person.suspension_reason)


def _had_today(person: User, kind: str, what: str) -> int:
    had = SpeechUsage.objects.filter(person=person, day=_today(), kind=kind).aggregate(sum=Sum(what))
    return had["sum"] or 0


@transaction.atomic
def _note(person: User, kind: str, service: str, cost: Decimal, **counts: int) -> None:
    """Add to the row of the day. Several processes may do so at once."""
    row, _ = SpeechUsage.objects.get_or_create(person=person, day=_today(), kind=kind, service=service[:200])
    more = {name: F(name) + count for name, count in counts.items()}
    cost = cost.quantize(Decimal("0.000001"))
    SpeechUsage.objects.filter(pk=row.pk).update(requests=F("requests") + 1, cost=F("cost") + cost, **more)


def _today() -> date:
    """Return the day that is counted, in UTC: a person's own would begin anew with each time zone chosen."""
    return datetime.now(UTC).date()


def _until_tomorrow() -> float:
    now = datetime.now(UTC)
    midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), UTC)
    return (midnight - now).total_seconds()
