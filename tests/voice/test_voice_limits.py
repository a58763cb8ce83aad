"""What one person may have of speech, and that it is counted, for each by themselves."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from chat.core.errors import Suspended
from chat.models import SpeechUsage, User
from chat.voice import limits
from chat.voice.errors import TooManyClips, VoiceCharactersUsedUp, VoiceMinutesUsedUp

pytestmark = pytest.mark.django_db


@dataclass
class By:
    label: str = "Whisper"
    price: Decimal | None = None
    is_elsewhere: bool = False


def usage_of(person: User) -> list[tuple[str, int, int, int, Decimal]]:
    rows = SpeechUsage.objects.filter(person=person).order_by("kind", "service")
    return [(row.service, row.requests, row.milliseconds, row.characters, row.cost) for row in rows]


def test_what_a_person_had_is_one_row_a_day_kind_and_service_with_what_it_cost(alice, bob):
    limits.note_listened(alice, 90, By(price=Decimal("0.006")))
    limits.note_listened(alice, 0.25, By(price=Decimal("0.006")))
    limits.note_listened(alice, 10, By("Other"))
    limits.note_read(alice, 2000, By("Kokoro", price=Decimal(15)))
    limits.note_read(bob, 7, By("Kokoro"))
    assert usage_of(alice) == [
        ("Other", 1, 10_000, 0, 0),
        ("Whisper", 2, 90_250, 0, Decimal("0.009025")),
        ("Kokoro", 1, 0, 2000, Decimal("0.03")),
    ]
    assert usage_of(bob) == [("Kokoro", 1, 0, 7, 0)]


def test_the_minutes_of_a_day_are_a_persons_own_and_come_back_the_next_day(alice, bob, settings):
    settings.VOICE_MINUTES_A_DAY = 2
    limits.note_listened(alice, 60, By())
    limits.check_may_listen(alice)
    limits.note_listened(alice, 60, By("Other"))
    with pytest.raises(VoiceMinutesUsedUp) as raised:
        limits.check_may_listen(alice)
    assert 0 < raised.value.retry_after <= 24 * 3600
    assert "today’s limit" in raised.value.user_text()
    limits.check_may_read(alice)
    limits.check_may_listen(bob)
    SpeechUsage.objects.update(day=datetime.now(UTC).date() - timedelta(days=1))
    limits.check_may_listen(alice)


def test_the_characters_of_a_day_are_a_persons_own(alice, bob, settings):
    settings.VOICE_CHARACTERS_A_DAY = 100
    limits.note_read(alice, 100, By())
    with pytest.raises(VoiceCharactersUsedUp):
        limits.check_may_read(alice)
    limits.check_may_listen(alice)
    limits.check_may_read(bob)


def test_without_limits_nothing_is_refused(alice, settings):
    settings.VOICE_MINUTES_A_DAY = settings.VOICE_CHARACTERS_A_DAY = settings.VOICE_CLIPS_AT_ONCE = 0
    limits.note_listened(alice, 1_000_000, By())
    limits.note_read(alice, 10**9, By())
    limits.check_may_listen(alice)
    limits.check_may_read(alice)
    with limits.clip_of(alice), limits.clip_of(alice), limits.clip_of(alice):
        pass


def test_a_suspended_person_may_neither_be_heard_nor_read_to(alice):
    alice.suspended_until = datetime.now(UTC) + timedelta(days=1)
    alice.save()
    stale = User(pk=alice.pk)  # as a socket that was open before has it
    with pytest.raises(Suspended):
        limits.check_may_listen(stale)
    with pytest.raises(Suspended):
        limits.check_may_read(stale)


def test_clips_at_once_are_counted_for_each_person(alice, bob, settings):
    settings.VOICE_CLIPS_AT_ONCE = 2
    with limits.clip_of(alice), limits.clip_of(alice):
        with pytest.raises(TooManyClips), limits.clip_of(alice):
            pass
        with limits.clip_of(bob):
            pass
    with limits.clip_of(alice):
        pass
    assert not limits._being_recognized


def test_usage_goes_with_its_person(alice):
    limits.note_listened(alice, 60, By())
    alice.delete()
    assert not SpeechUsage.objects.exists()


def test_the_day_is_that_of_utc(alice):
    limits.note_listened(alice, 1, By())
    assert SpeechUsage.objects.get().day == date.fromisoformat(datetime.now(UTC).isoformat()[:10])
