"""Times in the admin: in the reader's language and by the reader's clock, on every page that shows one."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import translation
from django.utils.html import strip_tags
from django.utils.translation import gettext

from chat.models import Conversation, Generation, Message, OfferedModel, Persona, Report, Status, User
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
        "chat/user/": 0,
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
