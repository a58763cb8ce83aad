"""An entry of the log keeps what was done as a code and facts; its reader gets a sentence in their language."""

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone, translation

from chat.models import OfferedModel, Persona, Report, User
from chat.models.reports import Category
from chat.moderation import actions as moderation
from chat.moderation import audit
from chat.moderation.audit import Action
from chat.personas import actions as personas
from tests.conftest import browser_of

pytestmark = pytest.mark.django_db

NOON = datetime(2031, 3, 4, 12, tzinfo=UTC)
FACTS = {"uuid": "0b5", "until": audit.moment(NOON), "reason": "Noise", "before": "asked", "after": "shared"}


@pytest.fixture
def root(db: None) -> User:
    return User.objects.create_superuser("root@example.org")


def last() -> LogEntry:
    return LogEntry.objects.latest("pk")


def read(language: str, zone: str = "UTC") -> str:
    with translation.override(language), timezone.override(ZoneInfo(zone)):
        return audit.sentence(last())


@pytest.mark.parametrize("action", Action)
def test_every_action_has_a_sentence_of_its_own_in_each_language(root, alice, action):
    with translation.override("zh-hans"):
        audit.record(root, alice, action, **FACTS)
    assert json.loads(last().change_message) == {"action": action.value, "facts": FACTS}
    english, chinese = read("en"), read("zh-hans")
    assert english.isascii() or "→" in english
    assert not chinese.isascii()
    assert "%(" not in english + chinese


def test_a_suspension_is_told_by_the_clock_of_who_reads_it(root, alice):
    moderation.suspend(alice, NOON, "100 %(until)s", root)
    assert read("en") == "Suspended until March 4, 2031, 12:00 PM: 100 %(until)s"
    assert "2031年3月4日 20:00" in read("zh-hans", "Asia/Shanghai")


def test_a_decision_on_sharing_names_both_states_and_the_reason_if_there_is_one(root, alice):
    persona = Persona.objects.create(owner=alice, name="Pirate", sharing=Persona.Sharing.ASKED)
    personas.approve(persona, root, persona.updated_at)
    assert read("en") == f"{Persona.Sharing.ASKED.label} → {Persona.Sharing.SHARED.label}"
    persona.refresh_from_db()
    personas.refuse(persona, root, persona.updated_at, "Too rude")
    assert read("en").endswith(": Too rude")
    with translation.override("zh-hans"):
        assert str(Persona.Sharing.REFUSED.label) in read("zh-hans")


@pytest.mark.parametrize(
    "said",
    [
        "Offered it.",
        "已停用",
        "{braces}",
        '{"action": 3}',
        "Suspended until 2031-02-31 10:00 UTC: Noise",
    ],
)
def test_an_entry_of_an_older_version_says_what_it_said(root, alice, said):
    LogEntry.objects.log_actions(root.pk, [alice], 2, change_message=said, single_object=True)
    assert read("en") == said


def test_the_time_in_an_entry_of_an_older_version_is_by_the_readers_clock(root, alice):
    said = "Suspended until 2031-03-04 12:00 UTC: Noise"
    LogEntry.objects.log_actions(root.pk, [alice], 2, change_message=said, single_object=True)
    assert read("en", "Asia/Shanghai") == "Suspended until March 4, 2031, 8:00 PM: Noise"


def test_a_report_that_an_older_version_named_is_named_in_the_readers_language(root):
    names = "Something else (upheld)", "Something (upheld)", "Something else (lost)"
    entries = [LogEntry(user=root, action_flag=2, object_repr=name) for name in names]
    with translation.override("zh-hans"):
        translated, *others = [audit.shown_name(entry, "report") for entry in entries]
        assert translated == f"{Category.OTHER.label} ({Report.State.UPHELD.label})" != names[0]
    assert tuple(others) == names[1:]


def test_an_entry_of_a_newer_version_shows_its_code_and_facts(root, alice):
    audit.record(root, alice, Action.SUSPENSION_LIFTED)
    newer = {"action": "banished", "facts": {"where": "Siberia"}}
    LogEntry.objects.update(change_message=json.dumps(newer))
    assert read("en") == "banished, Siberia"


def test_a_fact_that_is_missing_leaves_what_is_there(root, alice):
    audit.record(root, alice, Action.SUSPENDED, reason="Noise")
    assert read("en") == "suspended, Noise"


def test_a_report_that_is_gone_is_called_by_its_category_in_the_readers_language(root, alice, say):
    complaint = moderation.report(alice, say(alice, "q", "a").tip.uuid, "wrong")
    with translation.override("zh-hans"):
        moderation.dismiss(complaint, root)
    complaint.delete()
    assert last().object_repr == "wrong"
    assert "<bdi>False or misleading</bdi>" in browser_of(root).get("/admin/admin/logentry/").content.decode()


def test_the_history_and_the_entrys_own_page_show_the_sentence(root, alice):
    model = OfferedModel.objects.create(name="m-1")
    audit.record(root, model, Action.MODEL_DISABLED)
    for address in (f"chat/offeredmodel/{model.pk}/history/", f"admin/logentry/{last().pk}/change/"):
        page = browser_of(root).get(f"/admin/{address}").content.decode()
        assert "Disabled." in page
        assert "model_disabled" not in page
