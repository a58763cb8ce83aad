"""Times in the admin: in the reader's language and by the reader's clock, on every page that shows one."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone, translation
from django.utils.html import strip_tags
from django.utils.translation import gettext

from chat.models import (
    Conversation,
    Generation,
    Message,
    OfferedModel,
    Persona,
    Report,
    SpeechUsage,
    Status,
    User,
)
from chat.moderation import actions as moderation
from tests.conftest import browser_of

MOMENT = datetime(2031, 3, 4, 17, 5, tzinfo=UTC)
# A day later than in UTC
SHOWN = {
    "en": ("March 5, 2031", "March 5, 2031, 1:05 AM"),
    "zh-hans": ("2031年3月5日", "2031年3月5日 01:05"),
}
WRITTEN_BY_PYTHON = re.compile(r"\d{4}-\d\d-\d\d|\d\d:\d\d:\d\d")


@pytest.fixture
def pages(alice: User, say: Any) -> dict[str, int]:
    """Each page that shows MOMENT, and how: 0 for its day alone, 1 with the time."""
    row = say(alice, "A question", "")
    reply = row.tip
    complaint = moderation.report(alice, reply.uuid, "wrong", "Too much")
    persona = Persona.objects.create(
        owner=alice, name="Guide", instructions="Lead.", sharing=Persona.Sharing.ASKED
    )
    gone = OfferedModel.objects.create(name="gone", gone_at=MOMENT)
    chief = User.objects.create_superuser("chief@example.org")
    moderation.suspend(alice, MOMENT, "Noise", chief)
    Conversation.objects.update(created_at=MOMENT, last_activity_at=MOMENT)
    Message.objects.update(created_at=MOMENT, status=Status.FAILED)
    Generation.objects.update(error="wrong_key")
    Report.objects.update(created_at=MOMENT, resolved_at=MOMENT)
    Persona.objects.update(updated_at=MOMENT)
    LogEntry.objects.update(action_time=MOMENT)
    User.objects.filter(pk=alice.pk).update(date_joined=MOMENT, last_login=MOMENT)
    return {
        "chat/conversation/": 1,
        f"chat/conversation/{row.pk}/change/": 1,
        "chat/report/": 1,
        f"chat/report/{complaint.pk}/change/": 1,
        "chat/persona/": 1,
        f"chat/persona/{persona.pk}/change/": 1,
        "chat/user/": 1,
        f"chat/user/{alice.pk}/change/": 1,
        f"chat/user/{alice.pk}/history/": 1,
        f"chat/user/suspend/?id={alice.pk}": 1,
        "chat/failedreply/": 1,
        f"chat/failedreply/{reply.pk}/change/": 1,
        "chat/offeredmodel/": 0,
        f"chat/offeredmodel/{gone.pk}/change/": 1,
        "admin/logentry/": 1,
    }


def reader(language: str) -> Client:
    client = browser_of(User.objects.get(email="chief@example.org"))
    client.cookies["timezone"] = "Asia/Shanghai"
    client.cookies["django_language"] = language
    return client


def text_of(client: Client, path: str) -> str:
    answer = client.get(f"/admin/{path}")
    assert answer.status_code == 200, path
    return " ".join(strip_tags(answer.content.decode()).split())


@pytest.mark.parametrize("language", SHOWN)
def test_each_page_shows_times_as_its_reader_writes_them(pages, language):
    client = reader(language)
    for path, how in pages.items():
        text = text_of(client, path)
        assert SHOWN[language][how] in text, path
        assert WRITTEN_BY_PYTHON.findall(text) == [], path


@pytest.mark.parametrize("language", SHOWN)
def test_the_log_says_until_when_somebody_was_suspended_by_the_readers_clock(pages, language):
    client = reader(language)
    who = User.objects.get(email="alice@example.org")
    with translation.override(language):
        said = gettext("Suspended until %(until)s: %(reason)s")
    said %= {"until": SHOWN[language][1], "reason": "Noise"}
    for path in ("admin/logentry/", f"chat/user/{who.pk}/history/"):
        assert said in text_of(client, path), path


def test_a_day_that_no_calendar_has_stays_as_it_was_written(pages):
    LogEntry.objects.update(change_message="Suspended until 2031-02-31 10:00 UTC: Noise")
    assert "2031-02-31 10:00 UTC" in text_of(reader("en"), "admin/logentry/")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Time zone: Asia/Shanghai"),
        ("zh-hans", "时区：Asia/Shanghai"),
        ("ar", "المنطقة الزمنية: Asia/Shanghai"),
    ],
)
def test_each_page_says_by_which_clock_its_times_are(pages, language, said):
    client = reader(language)
    for path in ("", *pages):
        assert said in text_of(client, path), path
    assert "Time zone: UTC" in text_of(browser_of(User.objects.get(email="chief@example.org")), "")


def hidden(page: str) -> str:
    [zone] = re.findall(r'type="hidden" name="zone" value="([^"]*)"', page)
    return str(zone)


@pytest.mark.parametrize(
    "zone", ["Asia/Shanghai", "America/Los_Angeles", "Pacific/Kiritimati", "Asia/Kolkata"]
)
def test_a_suspension_ends_with_the_day_in_the_time_zone_that_its_page_says(alice, bob, zone):
    client = browser_of(bob)
    client.cookies["timezone"] = zone
    address = f"/admin/chat/user/suspend/?id={alice.pk}"
    page = client.get(address).content.decode()
    assert re.search(rf'id="id_until_helptext">\s*<div>Time zone: {zone}</div>', page)
    today = datetime.now(ZoneInfo(zone)).date()
    assert f'name="until" value="{today + timedelta(days=7)}"' in page
    client.cookies["timezone"] = "Europe/Berlin"  # they arrive elsewhere while the page is open
    sent = {"until": today + timedelta(days=2), "reason": "Noise", "zone": hidden(page)}
    assert client.post(address, sent).status_code == 302
    alice.refresh_from_db()
    end = datetime.combine(today + timedelta(days=2), datetime.max.time(), ZoneInfo(zone))
    assert alice.suspended_until == end.replace(microsecond=0)


def test_where_a_suspension_cannot_be_the_zone_that_was_said_is_said_again(alice, bob):
    client = browser_of(bob)
    sent = {"until": "2001-01-01", "reason": "Noise", "zone": "Asia/Tokyo"}
    page = client.post(f"/admin/chat/user/suspend/?id={alice.pk}", sent).content.decode()
    assert (hidden(page), "Time zone: Asia/Tokyo" in page) == ("Asia/Tokyo", True)


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../../etc/passwd", "a" * 10_000])
def test_a_zone_that_is_none_counts_as_that_of_the_moderator(alice, bob, zone):
    client = browser_of(bob)
    client.cookies["timezone"] = "Asia/Shanghai"
    day = timezone.localdate() + timedelta(days=3)
    client.post(f"/admin/chat/user/suspend/?id={alice.pk}", {"until": day, "reason": "Noise", "zone": zone})
    alice.refresh_from_db()
    assert timezone.localtime(alice.suspended_until, ZoneInfo("Asia/Shanghai")).date() == day


def test_what_was_spoken_is_counted_by_days_of_one_clock_and_says_so(alice):
    User.objects.create_superuser("chief@example.org")
    SpeechUsage.objects.create(day=date(2031, 3, 4), person=alice, kind="speech", service="Service")
    assert re.search(r"Day \(UTC\).*March 4, 2031", text_of(reader("en"), "chat/speechusage/"))
