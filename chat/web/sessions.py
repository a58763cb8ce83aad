"""Whether the person behind an open socket may still be there: Channels asks only once, at connect."""

from collections import OrderedDict
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.utils.crypto import constant_time_compare

from chat.core.errors import LoggedOut
from chat.models import Preferences, User
from chat.web import languages

# Sessions whose person is remembered
MOST_KNOWN = 20_000

_store: Any = import_module(settings.SESSION_ENGINE)


def person_of(session_key: str | None) -> User:
    """Return the active person of a session that is still valid, read anew. Raises LoggedOut.

    Logging out removes the session, a new password changes the hash in it, and a deactivated
    account counts as logged out: one question for all three.
    """
    return _person(_load(session_key))


def reader_of(session_key: str | None) -> tuple[User, Preferences, str]:
    """Return the person of a session, what they prefer, and the language they read ("": their browser's).

    Raises LoggedOut.
    """
    session = _load(session_key)
    user = _person(session)
    chosen = Preferences.of_user(user)
    return user, chosen, languages.of_person(session, chosen)


def _load(session_key: str | None) -> dict[str, Any]:
    return _store.SessionStore(session_key).load() if session_key else {}


def _person(session: dict[str, Any]) -> User:
    user = User.objects.filter(pk=session.get(SESSION_KEY, 0), is_active=True).first()
    known = session.get(HASH_SESSION_KEY, "")
    if user is None or not constant_time_compare(known, user.get_session_auth_hash()):
        raise LoggedOut
    return user


_known: OrderedDict[str, int] = OrderedDict()


def remember(session_key: str, person: int) -> None:
    """Note that a session was this person's when a page was made; from any thread."""
    _known[session_key] = person
    _known.move_to_end(session_key)
    while len(_known) > MOST_KNOWN:
        _known.popitem(last=False)


def known_person(session_key: str) -> int | None:
    """Return whose session it is, as far as this process remembers: to count by, not to let in."""
    return _known.get(session_key)
