"""Sends what is to be told to the push services of browsers: a task of its own, with a short queue.

A reply never waits for it, and what is more than the queue holds is not told.
"""

import asyncio
import json
import logging
from collections import deque
from collections.abc import Collection, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chat.core.database import Reader, in_database
from chat.core.limits import HOUR, Allowance, take
from chat.models import Conversation, Preferences, PushSubscription
from chat.notifications import keys
from chat.notifications.endpoints import decoded, reach_of
from chat.provider.addresses import GuardedConnector
from chat.realtime import layer

logger = logging.getLogger(__name__)

# Replies that have just ended, conversations that wait to be told of, and how many are told of at once
MOST_ENDED, MOST_WAITING, AT_ONCE = 2000, 100, 4
# Seconds within which replies that end are looked at together
TOGETHER = 0.25
# Notifications of one person in an hour
MOST_AN_HOUR = 60
# Seconds: for a push service to answer, to keep a message for a browser that is off, for a signature
PATIENCE, KEEP, SIGNED_FOR = 10, 4 * HOUR, 12 * HOUR
# Seconds for pages to say that their person is looking
LOOKING = 1.0
GONE = {404, 410}


@cache
def http_ece() -> Any:
    """Return the module `http_ece`."""
    # Not imported at the top: an idle server has nothing to encrypt
    return import_module("http_ece")


@dataclass(frozen=True, slots=True)
class Note:
    """A reply is ready in this conversation, which was asked for in `language`."""

    conversation: Conversation
    language: str


class Notifier:
    """One an engine."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._ended: deque[Note] = deque(maxlen=MOST_ENDED)
        self._waiting: asyncio.Queue[Note] = asyncio.Queue(MOST_WAITING)
        self._working = 0
        self._look: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def reply_ended(self, conversation: Conversation) -> None:
        """Tell the conversation's owner, if they look at no page of the site. Return at once."""
        self._ended.append(Note(conversation, get_language() or settings.LANGUAGE_CODE))
        if self._look is None or self._look.done():
            self._look = self._spawn(self._choose())

    async def _choose(self) -> None:
        """Let those be told that have a browser to be told in: as a rule nobody.

        One question for all whose replies end at about the same time, since it is asked at the end of each.
        """
        while self._ended:
            await asyncio.sleep(TOGETHER)
            notes = list(self._ended)
            self._ended.clear()
            try:
                told = await self._reader.read(with_browsers, {note.conversation.owner_id for note in notes})
            except Exception:
                logger.exception("nobody was told of %d replies", len(notes))
                continue
            for note in notes:
                if note.conversation.owner_id in told:
                    with suppress(asyncio.QueueFull):
                        self._waiting.put_nowait(note)
            while self._working < min(AT_ONCE, self._waiting.qsize()):
                self._working += 1
                self._spawn(self._work())

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def close(self) -> None:
        """Give up what waits."""
        for task in list(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=1)

    async def _work(self) -> None:
        """Tell what waits, and end."""
        try:
            while not self._waiting.empty():
                note = self._waiting.get_nowait()
                try:
                    await self._tell(note)
                except Exception:
                    logger.exception("nobody was told of a reply in conversation %s", note.conversation.uuid)
        finally:
            self._working -= 1

    async def _tell(self, note: Note) -> None:
        if await layer.is_looking(note.conversation.owner_id, LOOKING):
            return
        pushes = await in_database(pushes_for, note)
        for reach in {reach_of(push.endpoint) for push in pushes}:
            connector = GuardedConnector(reach)
            async with aiohttp.ClientSession(connector=connector, trust_env=False) as session:
                await asyncio.gather(
                    *(_send(session, push) for push in pushes if reach_of(push.endpoint) == reach)
                )


@dataclass(frozen=True, slots=True)
class Push:
    """One message to one browser, encrypted and signed."""

    subscription_id: int
    endpoint: str
    body: bytes
    headers: dict[str, str]


def with_browsers(owners: Collection[int]) -> set[int]:
    """Return those of these people who are told anywhere."""
    return set(PushSubscription.objects.filter(owner__in=owners).values_list("owner_id", flat=True))


def pushes_for(note: Note) -> list[Push]:
    """Return what is to be sent: nothing once it was seen, or when the person was told enough."""
    conversation = Conversation.objects.filter(pk=note.conversation.pk, deleted_at=None).first()
    if conversation is None or not conversation.reply_unseen:
        return []
    alive = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    rows = PushSubscription.objects.filter(owner_id=conversation.owner_id, owner__is_active=True)
    rows.exclude(session__in=alive).delete()  # who has logged out of a browser is told nothing there
    browsers = list(rows)
    if not browsers or take(Allowance("push", str(conversation.owner_id), MOST_AN_HOUR, HOUR)):
        return []
    signer = keys.signer()
    chosen = Preferences.of(conversation.owner_id)
    title = conversation.title if chosen.notify_titles else ""
    with translation.override(chosen.language or note.language):
        words = _("Your reply is ready")
    return [_push(browser, signer, conversation, words, title) for browser in browsers]


def _push(browser: PushSubscription, signer: Any, conversation: Conversation, words: str, title: str) -> Push:
    text = {
        "title": words,
        "body": title,
        "url": conversation.get_absolute_url(),
        "tag": str(conversation.uuid),
    }
    sealed = http_ece().encrypt(
        json.dumps(text).encode(),
        private_key=_ephemeral_key(),
        dh=decoded(browser.p256dh),
        auth_secret=decoded(browser.auth),
        version="aes128gcm",
    )
    parts = urlsplit(browser.endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "sub": settings.SITE_URL if settings.SITE_IS_SECURE else f"mailto:{settings.DEFAULT_FROM_EMAIL}",
        "exp": int(timezone.now().timestamp()) + SIGNED_FOR,
    }
    signer.conf["no-strict"] = True  # a site on one's own machine has no address that could be written to
    headers = {
        **signer.sign(claims),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(KEEP),
        "Urgency": "normal",
        # A later one takes the place of one that waits: 32 characters of base64 for addresses at most
        "Topic": conversation.uuid.hex,
    }
    return Push(browser.pk, browser.endpoint, sealed, headers)


def _ephemeral_key() -> Any:
    """Return a key pair for one message."""
    fresh = keys.vapid().Vapid02()
    fresh.generate_keys()
    return fresh.private_key


async def _send(session: aiohttp.ClientSession, push: Push) -> None:
    """Send one, without following where the answer leads. What is gone is forgotten, all else only logged."""
    patience = aiohttp.ClientTimeout(total=PATIENCE)
    try:
        async with session.post(
            push.endpoint, data=push.body, headers=push.headers, allow_redirects=False, timeout=patience
        ) as answer:
            status = answer.status
    except (OSError, TimeoutError, aiohttp.ClientError, ValueError) as problem:
        logger.warning("push service %s: %r", urlsplit(push.endpoint).hostname, problem)
        return
    if status in GONE:
        await in_database(forget, push.subscription_id)
    elif not 200 <= status < 300:
        logger.warning("push service %s answered %d", urlsplit(push.endpoint).hostname, status)


def forget(subscription_id: int) -> None:
    """Tell nobody in a browser that has taken its subscription back."""
    PushSubscription.objects.filter(pk=subscription_id).delete()
