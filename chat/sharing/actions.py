"""What people do with links to their conversations. Every link is reached through its owner."""

import hashlib
import json
import secrets
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from chat.conversations import actions as conversations
from chat.conversations.listing import place_of
from chat.conversations.presenter import body_html
from chat.core import limits
from chat.core.errors import NotFound, Suspended
from chat.core.limits import HOUR, MINUTE, Allowance
from chat.core.sealing import Unreadable, seal, unseal
from chat.markdown import RENDERER_VERSION
from chat.models import Conversation, Message, Role, Share, Snapshot, Status, User
from chat.models.sharing import Audience
from chat.realtime import layer
from chat.sharing import passphrases
from chat.sharing.errors import (
    MOST_CHARACTERS,
    MOST_SHARES,
    NothingToShare,
    ShareGone,
    SharingOff,
    SnapshotTooLong,
    TooManyNewShares,
    TooManyShares,
)
from chat.sharing.redaction import Redaction

MOST_MESSAGES = 300
"""Messages of one snapshot: the latest of the branch in view are offered."""

A_MINUTE, A_DAY = 10, 200
"""Snapshots that one person may make in that time, copies of others' included."""

TOKEN_BYTES = 24
"""192 bits, as 32 characters of an address."""

# Of messages that have no words of their own, or not all of them yet
_UNFIT = {Status.RUNNING.value, Status.FAILED.value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is shared, and with whom. `passphrase` None keeps what there is, "" is none.

    `messages` are the uuids of the chosen ones, `phrases` the words to take out of all that is shown.
    """

    title: str
    messages: Collection[uuid.UUID]
    audience: str
    expires_at: datetime | None
    passphrase: str | None
    with_name: bool
    phrases: Sequence[str]


def is_on() -> bool:
    """Return whether anything may be shared on this site."""
    return settings.SHARING != "off"


def offered(conversation: Conversation) -> list[Message]:
    """Return what may be shared of a conversation, oldest first: the latest MOST_MESSAGES in view.

    They are fewer when they are long (MOST_CHARACTERS). What is hidden, failed, empty or still being written
    is not among them.
    """
    if conversation.tip_id is None or conversation.temporary:
        return []
    branch = Message.branch_to(conversation.tip_id, MOST_MESSAGES, MOST_CHARACTERS)
    return [row for row in branch if row.text and not row.is_hidden and row.status not in _UNFIT]


def create(user: User, conversation_uuid: uuid.UUID, terms: Terms) -> Share:
    """Make a link to a snapshot of what a conversation is now.

    Raises NotFound, also for a temporary conversation, SharingOff, Suspended, TooManyShares,
    TooManyNewShares, NothingToShare and SnapshotTooLong.
    """
    conversation = conversations.lasting_conversation_of(user, conversation_uuid)
    _check_may_share(user)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    share = Share(owner=user, token_hash=hash_of(token), sealed_token=seal(token))
    snapshot = _prepare(share, conversation, terms)
    with transaction.atomic():
        _check_room(user)
        share.save()
        snapshot.save()
        tell_list(share)
    return share


def update(user: User, share_uuid: uuid.UUID, terms: Terms) -> Share:
    """Show what the conversation is now at the same address. Raises what `create` raises.

    What moderators have taken down stays down: ShareGone.
    """
    share = share_of(user, share_uuid)
    _check_may_share(user)
    snapshot = _prepare(share, share.snapshot.conversation, terms)
    with transaction.atomic():
        if Share.objects.select_for_update().get(pk=share.pk).taken_down_at is not None:
            raise ShareGone
        if not Snapshot.objects.filter(pk=share.pk).exists():  # revoked in another tab, just now
            raise NotFound
        share.save(update_fields=["audience", "expires_at", "updated_at", "passphrase"])
        snapshot.save()
        tell_list(share)
    return share


@transaction.atomic
def revoke(user: User, share_uuid: uuid.UUID) -> None:
    """Let a link lead nowhere, for good: what it showed is removed. Raises NotFound."""
    share = share_of(user, share_uuid)
    tell_list(share)
    Snapshot.objects.filter(share=share).delete()


def tell_list(share: Share) -> None:
    """Have its owner's pages show anew in their lists whether it is shared, after the commit."""
    for row in Conversation.objects.of(share.owner).filter(snapshots__share=share):
        layer.announce_arranged(share.owner_id, {row.uuid: place_of(row)})


def shares_of(user: User) -> QuerySet[Share]:
    """Return a person's links that lead somewhere, or did until they expired or were taken down.

    Latest first; `opened` is how often they were.
    """
    there = Q(snapshot__isnull=False, snapshot__conversation__deleted_at=None)
    rows = Share.objects.filter(there, owner=user).select_related("owner", "snapshot__conversation")
    rows = rows.annotate(opened=Coalesce(Sum("views__count"), 0)).defer("snapshot__messages")
    return rows.order_by("-created_at", "-pk")


def share_of(user: User, share_uuid: uuid.UUID) -> Share:
    """Return one of a person's links. Raises NotFound, for another's as for a random id."""
    found = shares_of(user).filter(uuid=share_uuid).first()
    if found is None:
        raise NotFound
    return found


def phrases_of(share: Share) -> list[str]:
    """Return the words that were taken out, for the link's owner; none if they cannot be read any more."""
    try:
        return list(json.loads(unseal(share.snapshot.sealed_words) or "[]"))
    except Unreadable:
        return []


def address_of(share: Share) -> str:
    """Return the link's address, for its owner; "" if it cannot be read any more (another ENCRYPTION_KEY)."""
    try:
        token = unseal(share.sealed_token)
    except Unreadable:
        return ""
    return settings.SITE_URL + reverse("snapshot", args=[token])


def unseen_decisions(user: User) -> list[Share]:
    """Return a person's links that moderators have taken down or restored since the person was last told."""
    return list(shares_of(user).filter(decision_unseen=True))


def mark_decisions_seen(decided: Sequence[Share]) -> None:
    """Note that their owner knows of them now; of what was decided meanwhile not yet."""
    for row in decided:
        same = Share.objects.filter(pk=row.pk, taken_down_at=row.taken_down_at, reason=row.reason)
        same.update(decision_unseen=False)


def hash_of(token: str) -> str:
    """Return what a token is found by. It is random enough for a plain hash."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def count_new(user: User) -> None:
    """Count a snapshot or a copy of one. Raises TooManyNewShares."""
    spent = limits.take(
        Allowance("new shares", str(user.pk), A_MINUTE, MINUTE),
        Allowance("new shares a day", str(user.pk), A_DAY, 24 * HOUR),
    )
    if spent:
        raise TooManyNewShares(retry_after=spent.wait)


# Internal


def _check_may_share(user: User) -> None:
    if not is_on():
        raise SharingOff
    if user.is_suspended:
        raise Suspended(user.suspended_until, user.suspension_reason)
    count_new(user)


def _check_room(user: User) -> None:
    """Raise TooManyShares. It holds the person's row: of two links at once one comes after the other."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if Snapshot.objects.filter(share__owner=user).count() >= MOST_SHARES:
        raise TooManyShares


def _prepare(share: Share, conversation: Conversation, terms: Terms) -> Snapshot:
    """Set the link's terms, and return its snapshot; neither is saved.

    It is rendered here, which may take seconds: not in a transaction, which would hold up all who write.
    """
    redaction = Redaction(terms.phrases)
    share.audience = terms.audience if settings.SHARING == "anyone" else Audience.MEMBERS
    share.expires_at, share.updated_at = terms.expires_at, timezone.now()
    if terms.passphrase is not None:
        share.passphrase = passphrases.hashed(terms.passphrase)
    share.snapshot = Snapshot(
        share=share,
        conversation=conversation,
        title=redaction.of_line(terms.title),
        author=redaction.of_line(share.owner.name) if terms.with_name else "",
        messages=_copied(conversation, terms, redaction),
        html_version=RENDERER_VERSION,
        sealed_words=seal(json.dumps(list(terms.phrases))) if terms.phrases else "",
    )
    return share.snapshot


def _copied(conversation: Conversation, terms: Terms, redaction: Redaction) -> list[dict[str, str]]:
    """Return the chosen messages as a snapshot has them."""
    chosen = [row for row in offered(conversation) if row.uuid in terms.messages]
    if not chosen:
        raise NothingToShare
    if sum(len(row.text) for row in chosen) > MOST_CHARACTERS:
        raise SnapshotTooLong
    return [_copy(row, redaction) for row in chosen]


def _copy(row: Message, redaction: Redaction) -> dict[str, str]:
    if row.role == Role.USER:
        text, html = redaction.of_line(row.text), ""
    else:
        text, html = redaction.of_markdown(row.text, body_html(row))
    return {"source": str(row.uuid), "role": row.role, "text": text, "html": html}
