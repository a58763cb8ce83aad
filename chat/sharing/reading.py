"""What happens at a link's address: who may open it, what they see, and what they may take along."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.safestring import SafeString

from chat.conversations.presenter import body_html
from chat.core.errors import NotFound, Suspended
from chat.markdown import RENDERER_VERSION
from chat.models import Conversation, Generation, Message, Role, Share, ShareViews, Snapshot, User
from chat.models.sharing import Audience
from chat.realtime import layer
from chat.search import index as search
from chat.sharing.actions import count_new, hash_of, is_on
from chat.sharing.errors import ShareGone

# What fetches a page without anybody looking at it: it says so, or has no name at all
_ROBOT = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|preview|externalhit|whatsapp|telegram|embed|fetch|scan|monitor|headless"
    r"|curl|wget|python|java/|go-http|okhttp|axios|libwww",
    re.IGNORECASE,
)
_PREFETCH = re.compile(r"prefetch|prerender|preview", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SharedMessage:
    """A message as a stranger sees it. Of one that moderators have hidden since there is no word."""

    is_question: bool
    is_hidden: bool
    text: str
    body: SafeString


def open_share(token: str) -> Share:
    """Return the link of a token, with its snapshot. Raises NotFound for no token of ours, and ShareGone."""
    rows = Share.objects.select_related("owner", "snapshot__conversation")
    share = rows.filter(token_hash=hash_of(token)).first()
    if share is None:
        raise NotFound
    if not is_on() or share.is_expired or share.taken_down_at is not None or not _is_there(share):
        raise ShareGone
    return share


def is_for_members(share: Share) -> bool:
    """Return whether only who has an account may open it."""
    return share.audience == Audience.MEMBERS or settings.SHARING != "anyone"


def messages_of(snapshot: Snapshot) -> list[SharedMessage]:
    """Return what a snapshot shows. One query: what moderators have hidden since it was made is not shown."""
    sources = [copy["source"] for copy in snapshot.messages]
    gone = Message.objects.filter(conversation=snapshot.conversation_id, hidden_at__isnull=False)
    hidden = set(map(str, gone.filter(uuid__in=sources).values_list("uuid", flat=True)))
    return [_shown(snapshot, copy, copy["source"] in hidden) for copy in snapshot.messages]


def continue_own(user: User, share: Share) -> Conversation:
    """Return a conversation of the person's own with what a link shows, which names where it came from.

    Its messages are all that goes along: no persona, instructions or parameters of the owner's. Raises
    Suspended, TooManyNewShares, and ShareGone if there is nothing left to see.
    """
    if user.is_suspended:
        raise Suspended(user.suspended_until, user.suspension_reason)
    count_new(user)
    shown = [message for message in messages_of(share.snapshot) if not message.is_hidden]
    if not shown:
        raise ShareGone
    with transaction.atomic():
        made = Conversation.objects.create(owner=user, title=share.snapshot.title, copied_from=share)
        made.tip = _write(made, user, shown)
        made.save(update_fields=["tip"])
        # All of it: a snapshot has fewer messages than are put in at once
        search.add(Message.objects.filter(conversation=made))
    layer.announce_listed(made, moved=True)
    return made


def count_view(share_pk: int) -> None:
    """Count that a link was opened, on this day: nothing of who did it is kept."""
    today = timezone.now().date()
    rows = ShareViews.objects.filter(share_id=share_pk, day=today)
    if rows.update(count=F("count") + 1):
        return
    _row, is_new = ShareViews.objects.get_or_create(share_id=share_pk, day=today, defaults={"count": 1})
    if not is_new:  # another reader's, just now
        rows.update(count=F("count") + 1)


def is_looked_at(method: str | None, headers: Mapping[str, str]) -> bool:
    """Return whether somebody opens the page: no robot, and no browser that fetches ahead."""
    agent = headers.get("User-Agent", "")
    purpose = " ".join(headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"))
    return method != "HEAD" and bool(agent) and not _ROBOT.search(agent) and not _PREFETCH.search(purpose)


# Internal


def _is_there(share: Share) -> bool:
    """Return whether there is something to show, whose owner may show it."""
    snapshot = getattr(share, "snapshot", None)
    conversation = getattr(snapshot, "conversation", None)
    if conversation is None or conversation.deleted_at is not None:
        return False
    return share.owner.is_active and not share.owner.is_suspended


def _shown(snapshot: Snapshot, copy: dict[str, str], is_hidden: bool) -> SharedMessage:
    row = Message(
        role=copy["role"],
        text="" if is_hidden else copy["text"],
        html="" if is_hidden else copy["html"],
        html_version=snapshot.html_version,
    )
    return SharedMessage(row.role == Role.USER, is_hidden, row.text, body_html(row))


def _write(conversation: Conversation, user: User, shown: list[SharedMessage]) -> Message:
    """Save copies of messages, each below the one before; return the last of them. Three queries."""
    rows = Message.objects.bulk_create(
        _row(conversation, user, message, depth) for depth, message in enumerate(shown)
    )
    for above, row in pairwise(rows):
        row.parent = above
    Message.objects.bulk_update(rows[1:], ["parent"])
    answers = [row for row in rows if row.role == Role.ASSISTANT]
    Generation.objects.bulk_create(Generation(reply=row) for row in answers)
    return rows[-1]


def _row(conversation: Conversation, user: User, message: SharedMessage, depth: int) -> Message:
    return Message(
        conversation=conversation,
        author=user if message.is_question else None,
        role=Role.USER if message.is_question else Role.ASSISTANT,
        text=message.text,
        html="" if message.is_question else message.body,
        html_version=RENDERER_VERSION,
        depth=depth,
    )
