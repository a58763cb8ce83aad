"""The log of the admin: who did what, and when, without a word of what people wrote.

It is Django's own. An entry keeps an action, which is a code, and its facts, as JSON; the sentence is made
when somebody reads it, in their language and by their clock. Entries of older versions hold a sentence, in
the language of who acted. What concerns a conversation names it by its id: a title is its owner's, and what
they delete is to be gone.
"""

import json
import re
from datetime import UTC, datetime
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from chat.models import Conversation, Message, Persona, Report, ShareReport, User
from chat.models.reports import Category

READ = 4
"""Beside Django's three kinds of an entry: somebody has read it."""

LONGEST_NAME = 200

# A time in a sentence of an older version
_MOMENT = re.compile(r"(?<!\d)\d{4}-\d\d-\d\d \d\d:\d\d UTC")
# A report as an older version named it
_REPORT = re.compile(r"(.+) \((\w+)\)")
_MOMENT_FORMAT = "%Y-%m-%d %H:%M UTC"


class Action(models.TextChoices):
    """What was done, with its sentence, which names facts; a `reason` that it does not name follows it."""

    REPORT_DISMISSED = "report_dismissed", _("Dismissed.")
    REPORT_DISMISSED_BY_RESTORING = (
        "report_dismissed_by_restoring",
        _("Dismissed: message restored."),
    )
    REPORT_UPHELD_BY_HIDING = "report_upheld_by_hiding", _("Upheld: message hidden.")
    REPORT_UPHELD_BY_SUSPENDING = "report_upheld_by_suspending", _("Upheld: user suspended.")
    REPORT_UPHELD_BY_TAKING_DOWN = "report_upheld_by_taking_down", _("Upheld: link taken down.")
    REPORT_DISMISSED_BY_RESTORING_LINK = "report_dismissed_by_restoring_link", _("Dismissed: link restored.")
    MESSAGE_HIDDEN = "message_hidden", _("Hid message %(uuid)s.")
    MESSAGE_RESTORED = "message_restored", _("Restored message %(uuid)s.")
    SUSPENDED = "suspended", _("Suspended until %(until)s: %(reason)s")
    SUSPENSION_LIFTED = "suspension_lifted", _("Suspension lifted.")
    SHARING_DECIDED = "sharing_decided", "%(before)s → %(after)s"
    SHARE_TAKEN_DOWN = "share_taken_down", _("Took the link down.")
    SHARE_RESTORED = "share_restored", _("Restored the link.")
    MODEL_ENABLED = "model_enabled", _("Enabled.")
    MODEL_DISABLED = "model_disabled", _("Disabled.")
    MODEL_MADE_DEFAULT = "model_made_default", _("Made default.")
    MODEL_CAPABILITIES_FORGOTTEN = "model_capabilities_forgotten", _("Reset unsupported parameters.")


def record(by: User, row: models.Model, action: Action, **facts: str) -> None:
    """Write an entry about `row`. A fact is a name, a code, a text of the actor's, or a time by `moment`."""
    _write(by, row, CHANGE, json.dumps({"action": action.value, "facts": facts}, ensure_ascii=False))


def record_read(by: User, row: Conversation | Persona) -> None:
    """Write that `by` has read it."""
    _write(by, row, READ, "")


def moment(value: datetime) -> str:
    """Return a time as a fact."""
    return value.astimezone(UTC).isoformat()


def sentence(entry: LogEntry) -> str:
    """Return what was done, in the active language and time zone."""
    found = _found(entry.change_message)
    if found is None:
        return _MOMENT.sub(_by_the_readers_clock, str(entry.get_change_message()), count=1)
    code, facts = found
    shown = {name: _shown(name, str(value)) for name, value in facts.items()}
    try:
        words = str(Action(code).label)
        said = words % shown
    except (ValueError, KeyError):  # of a newer version
        return ", ".join([code, *shown.values()])
    reason = shown.get("reason", "") if "%(reason)s" not in words else ""
    return f"{said}: {reason}" if reason else said


def localized(entry: LogEntry) -> LogEntry:
    """Return the same entry with its sentence, for Django's own pages. It is not to be saved."""
    entry.change_message = sentence(entry)
    return entry


def shown_name(entry: LogEntry, kind: str) -> str:
    """Return what an entry calls the row that it is about, in the active language."""
    name = entry.object_repr
    if kind != "report":
        return name
    return str(Category(name).label) if name in Category.values else _report_of_an_older_version(name)


def _write(by: User, row: models.Model, kind: int, message: str) -> None:
    LogEntry.objects.create(
        user=by,
        content_type=ContentType.objects.get_for_model(row, for_concrete_model=False),
        object_id=str(row.pk),
        object_repr=_name_of(row)[:LONGEST_NAME],
        action_flag=kind,
        change_message=message,
    )


def _name_of(row: models.Model) -> str:
    """Return how an entry names a row: a report by the code of its category."""
    if isinstance(row, Report | ShareReport):
        return row.category
    return str(row.uuid if isinstance(row, Conversation | Message) else row)


def _found(message: str) -> tuple[str, dict[str, Any]] | None:
    """Return the action and the facts of an entry; None for a sentence, and for what Django writes."""
    try:
        match json.loads(message):
            case {"action": str(code), "facts": dict(facts)}:
                return code, facts
    except ValueError:
        pass
    return None


def _shown(name: str, value: str) -> str:
    if name == "until":
        return _time_of(datetime.fromisoformat(value))
    if name in {"before", "after"} and value in Persona.Sharing.values:
        return str(Persona.Sharing(value).label)
    return value


def _report_of_an_older_version(name: str) -> str:
    """Return "Something else (upheld)", as a report was called in English, in the active language."""
    found = _REPORT.fullmatch(name)
    with override("en"):
        categories = {str(category.label): category for category in Category}
    if found is None or found[1] not in categories or found[2] not in Report.State.values:
        return name
    return f"{categories[found[1]].label} ({Report.State(found[2]).label})"


def _time_of(value: datetime) -> str:
    return date_format(timezone.localtime(value), "DATETIME_FORMAT")


def _by_the_readers_clock(found: re.Match[str]) -> str:
    try:
        return _time_of(datetime.strptime(found[0], _MOMENT_FORMAT).replace(tzinfo=UTC))
    except ValueError:  # a day that no calendar has
        return found[0]
