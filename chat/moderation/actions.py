"""What moderators do, and what people tell them.

Every action of a moderator checks its permission, is one transaction, and is written to Django's
admin log under the moderator's name. One who is suspended decides nothing.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from chat.core.errors import LoggedOut, NotFound, Suspended
from chat.models import Feedback, Message, Report, Role, User
from chat.models.reports import LONGEST_NOTE, Category
from chat.moderation import audit
from chat.moderation.audit import Action
from chat.realtime import layer
from chat.search import index as search

CHANGE_ACCOUNTS = "chat.change_user"


@dataclass(frozen=True, slots=True)
class AccountStatus:
    """Whether a person may send; if not, `text` tells them why and until when."""

    may_send: bool
    text: str = ""


def account_status(user: User) -> AccountStatus:
    """Return whether a person may send, by the row given, in the active language and time zone."""
    if not user.is_active:
        return AccountStatus(False, LoggedOut().user_text())
    if user.is_suspended:
        return AccountStatus(False, Suspended(user.suspended_until, user.suspension_reason).user_text())
    return AccountStatus(True)


@transaction.atomic
def report(user: User, message_uuid: uuid.UUID, category: str, note: str = "") -> Report:
    """Report an answer in one of one's own conversations. Raises NotFound for everything else.

    A second report by the same person is added to the first while that is open; after a decision it is
    one of its own. `category` is one of Category's values, and `note` is as long as
    ReportForm lets it be.
    """
    answers = Message.objects.of(user).filter(role=Role.ASSISTANT, hidden_at=None)
    message = answers.only("id").filter(uuid=message_uuid).first()
    if message is None:
        raise NotFound
    saved, made = Report.objects.select_for_update().get_or_create(
        message_id=message.pk,
        reporter=user,
        state=Report.State.OPEN,
        defaults={"category": category, "note": note},
    )
    if not made:
        _add_words(saved, category, note)
    return saved


def reported_among(messages: list[Message]) -> set[int]:
    """Return the ids of those of which the conversation's owner has an open report. One query."""
    answers = [message.pk for message in messages if message.role == Role.ASSISTANT]
    theirs = Report.objects.filter(reporter=models.F("message__conversation__owner"), state=Report.State.OPEN)
    return set(theirs.filter(message__in=answers).values_list("message_id", flat=True))


def conversations_in_view() -> Q:
    """Return the condition for conversations that moderators may read.

    Not what its owner has deleted, nor a temporary chat unless they have handed it over with a report or
    feedback. Recorded ones in any case.
    """
    reports = Report.objects.filter(message__conversation=OuterRef("pk"))
    feedback = Feedback.objects.filter(message__conversation=OuterRef("pk"))
    open_ones = Q(temporary=False) | Q(Exists(reports)) | Q(Exists(feedback))
    return Q(open_ones, deleted_at=None) | Q(recorded=True)


def reports_in_view() -> QuerySet[Report]:
    """Return the reports moderators see: a conversation its owner has deleted is gone for them too.

    But for a temporary one that is recorded.
    """
    return Report.objects.filter(
        Q(message__conversation__deleted_at=None) | Q(message__conversation__recorded=True)
    )


@transaction.atomic
def dismiss(report: Report, by: User) -> bool:
    """Find an open report without ground. False if it was decided already. Raises PermissionDenied."""
    _require(by, "chat.change_report")
    mine = Report.objects.filter(pk=report.pk, state=Report.State.OPEN)
    return _decide(mine, Report.State.DISMISSED, by, Action.REPORT_DISMISSED) > 0


@transaction.atomic
def uphold(report: Report, by: User) -> bool:
    """Find an open report grounded, without hiding its message. False if it was decided already.

    Raises PermissionDenied.
    """
    _require(by, "chat.change_report")
    mine = Report.objects.filter(pk=report.pk, state=Report.State.OPEN)
    return _decide(mine, Report.State.UPHELD, by, Action.REPORT_UPHELD_BY_SUSPENDING) > 0


@transaction.atomic
def hide(message: Message, by: User) -> bool:
    """Take a message out of view and of the model's context; its open reports are upheld.

    The text stays in the database. False if it was hidden already. Raises PermissionDenied.
    """
    _require(by, "chat.hide_message")
    open_reports = Report.objects.filter(message_id=message.pk, state=Report.State.OPEN)
    decided = _decide(open_reports, Report.State.UPHELD, by, Action.REPORT_UPHELD_BY_HIDING)
    return _show(message, timezone.now(), by, log=not decided)


@transaction.atomic
def restore(message: Message, by: User) -> bool:
    """Put a hidden message back; reports that were upheld for it are dismissed, as that decision is undone.

    False if it was not hidden. Raises PermissionDenied.
    """
    _require(by, "chat.hide_message")
    upheld = Report.objects.filter(message_id=message.pk, state=Report.State.UPHELD)
    decided = _decide(upheld, Report.State.DISMISSED, by, Action.REPORT_DISMISSED_BY_RESTORING)
    return _show(message, None, by, log=not decided)


@transaction.atomic
def suspend(user: User, until: datetime, reason: str, by: User) -> None:
    """Let a person read but not send until `until`, which is ahead. They are shown the reason.

    Raises PermissionDenied (also for oneself, and for those whom `by` does not outrank),
    and ValueError for a time that has passed.
    """
    _require_over(user, by)
    if until <= timezone.now():
        raise ValueError("a suspension ends in the future")
    _set_suspension(user, until, reason)
    audit.record(by, user, Action.SUSPENDED, until=audit.moment(until), reason=reason)


@transaction.atomic
def lift_suspension(user: User, by: User) -> None:
    """Let a person send again. Raises PermissionDenied, as `suspend` does."""
    _require_over(user, by)
    _set_suspension(user, None, "")
    audit.record(by, user, Action.SUSPENSION_LIFTED)


def outranks(by: User, user: User) -> bool:
    """Return whether `by` may act on the account of `user`: nobody may if `user` has a right that they lack.

    Those who change accounts are equals, so that only superusers act on them. It goes by rights, since a
    group can be renamed, and by the rows, since Django knows no rights of the deactivated.
    """
    if by.is_superuser:
        return True
    theirs = rights_of(user)
    return not user.is_superuser and CHANGE_ACCOUNTS not in theirs and theirs <= by.get_all_permissions()


def is_allowed(by: User, permission: str) -> bool:
    """Return whether `by` has a right, and may use it: nobody does while they are suspended."""
    return not by.is_suspended and by.has_perm(permission)


def rights_of(user: User) -> set[str]:
    """Return the permissions a person has or would have if active, such as "chat.change_user". One query."""
    held = Permission.objects.filter(Q(group__user=user) | Q(user=user))
    return {f"{app}.{codename}" for app, codename in held.values_list("content_type__app_label", "codename")}


def _require(by: User, permission: str) -> None:
    if not is_allowed(by, permission):
        raise PermissionDenied(_("You don’t have permission to do this."))


def _require_over(user: User, by: User) -> None:
    _require(by, "chat.suspend_user")
    if by.pk == user.pk:
        raise PermissionDenied(_("You can’t change your own suspension."))
    if not outranks(by, user):
        raise PermissionDenied(
            _(
                "Only a superuser can do this: %(person)s is an administrator or has permissions "
                "that you don’t have."
            )
            % {"person": user}
        )


def _show(message: Message, hidden_at: datetime | None, by: User, *, log: bool) -> bool:
    """Hide (a time) or restore (None) by one conditional update, so that only one of two moderators wins.

    `log` unless the decision on a report is in it already: one act is one line of the log.
    """
    restoring = hidden_at is None
    rows = Message.objects.filter(pk=message.pk).exclude(hidden_at__isnull=restoring)
    if not rows.update(hidden_at=hidden_at):
        return False
    message.hidden_at = hidden_at
    own = Message.objects.filter(pk=message.pk)
    search.add(own) if restoring else search.remove(own)
    if log:
        action = Action.MESSAGE_RESTORED if restoring else Action.MESSAGE_HIDDEN
        audit.record(by, message.conversation, action, uuid=str(message.uuid))
    layer.announce_message(message.conversation_id, message.pk, message.uuid)
    return True


def _add_words(open_report: Report, category: str, note: str) -> None:
    """Write a further note, and a further category by its name, below what was said; each only once."""
    words = open_report.note
    if category != open_report.category:
        note = f"{Category(category).label}: {note}" if note else str(Category(category).label)
    if note and f"\n\n{note}\n\n" not in f"\n\n{words}\n\n":
        open_report.note = f"{words}\n\n{note}".strip()[:LONGEST_NOTE]
        open_report.save(update_fields=["note"])


def _decide(reports: QuerySet[Report], state: Report.State, by: User, action: Action) -> int:
    decided = list(reports)
    Report.objects.filter(pk__in=[row.pk for row in decided]).update(
        state=state, resolved_at=timezone.now(), resolved_by=by
    )
    for row in decided:
        row.state = state
        audit.record(by, row, action)
    return len(decided)


def _set_suspension(user: User, until: datetime | None, reason: str) -> None:
    user.suspended_until, user.suspension_reason = until, reason
    user.save(update_fields=["suspended_until", "suspension_reason"])
    layer.announce_account_status(user.pk)
