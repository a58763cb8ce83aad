"""What readers of links tell the moderators, and what those decide. Each decision is written to the log."""

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from chat.core import limits
from chat.core.limits import HOUR, Allowance
from chat.models import Report, Share, ShareReport, User
from chat.moderation import actions as moderation
from chat.moderation import audit
from chat.moderation.audit import Action
from chat.sharing.actions import tell_list
from chat.sharing.errors import TooManyShareReports

AN_HOUR = 10
"""Reports from one address."""

MOST_OPEN = 50
"""Open reports of one link: more tell moderators nothing new, and are not kept."""


def report(share: Share, reporter: User | None, address: str, category: str, note: str) -> None:
    """Tell the moderators of a link. `address` is that of who does, by its network; it is not kept.

    Raises TooManyShareReports.
    """
    if spent := limits.take(Allowance("share reports", address, AN_HOUR, HOUR)):
        raise TooManyShareReports(retry_after=spent.wait)
    if share.reports.filter(state=Report.State.OPEN).count() < MOST_OPEN:
        ShareReport.objects.create(share=share, reporter=reporter, category=category, note=note)


def reports_in_view() -> QuerySet[ShareReport]:
    """Return the reports that moderators see: none of a link that is revoked or of a deleted conversation."""
    there = {"share__snapshot__isnull": False, "share__snapshot__conversation__deleted_at": None}
    return ShareReport.objects.filter(**there)


@transaction.atomic
def dismiss(one: ShareReport, by: User) -> bool:
    """Find an open report without ground. False if it was decided already. Raises PermissionDenied."""
    _require(by)
    mine = ShareReport.objects.filter(pk=one.pk, state=Report.State.OPEN)
    return _decide(mine, Report.State.DISMISSED, by, Action.REPORT_DISMISSED) > 0


@transaction.atomic
def take_down(share: Share, by: User, reason: str = "") -> bool:
    """Let nobody open a link; its open reports are upheld, and its owner reads the reason, also in a mail.

    False if it was taken down already. Raises PermissionDenied.
    """
    _require(by)
    reports = ShareReport.objects.filter(share=share, state=Report.State.OPEN)
    _decide(reports, Report.State.UPHELD, by, Action.REPORT_UPHELD_BY_TAKING_DOWN)
    rows = Share.objects.filter(pk=share.pk, taken_down_at=None)
    changed = rows.update(taken_down_at=timezone.now(), reason=reason, decision_unseen=True)
    if changed:
        audit.record(by, share, Action.SHARE_TAKEN_DOWN, reason=reason)
        transaction.on_commit(lambda: _write_to_owner(share, reason))
        tell_list(share)
    return changed > 0


@transaction.atomic
def restore(share: Share, by: User) -> bool:
    """Let a link that was taken down be opened again; what was upheld for it is dismissed.

    False if it was not taken down. Raises PermissionDenied.
    """
    _require(by)
    reports = ShareReport.objects.filter(share=share, state=Report.State.UPHELD)
    _decide(reports, Report.State.DISMISSED, by, Action.REPORT_DISMISSED_BY_RESTORING_LINK)
    rows = Share.objects.filter(pk=share.pk, taken_down_at__isnull=False)
    changed = rows.update(taken_down_at=None, reason="", decision_unseen=True)
    if changed:
        audit.record(by, share, Action.SHARE_RESTORED)
        tell_list(share)
    return changed > 0


def _write_to_owner(share: Share, reason: str) -> None:
    """Tell the owner by mail, if the site sends any; without the title, which others may read there."""
    owner = share.owner
    if not settings.EMAIL_URL or not owner.is_active:
        return
    page = settings.SITE_URL + reverse("shared_link", args=[share.uuid])
    # In the owner's language, or the site's: that of the request is the moderator's
    with translation.override(settings.LANGUAGE_CODE):
        context = {"user": owner, "reason": reason, "page_url": page}
        get_adapter().send_mail("account/email/share_taken_down", owner.email, context)


def _require(by: User) -> None:
    if not moderation.is_allowed(by, "chat.change_sharereport"):
        raise PermissionDenied(_("You don’t have permission to do this."))


def _decide(reports: QuerySet[ShareReport], state: Report.State, by: User, action: Action) -> int:
    decided = list(reports)
    ids = [row.pk for row in decided]
    ShareReport.objects.filter(pk__in=ids).update(state=state, resolved_at=timezone.now(), resolved_by=by)
    for row in decided:
        audit.record(by, row, action)
    return len(decided)
