"""Whether the person behind an open socket may still be there: Channels asks only once, at connect."""

from collections import OrderedDict
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from chat.core.errors import LoggedOut
from chat.models import Preferences, User
from chat.models.prepared import Selection, prepared
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


def id_in(session_key: str | None) -> int:
    """Return whose session it is, whether or not they may still use it. Raises LoggedOut when it is gone."""
    person = int(_load(session_key).get(SESSION_KEY, 0))
    if not person:
        raise LoggedOut
    return person


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
    user = _matching(User.objects.filter(pk=session.get(SESSION_KEY, 0)).first(), session)
    if user is None:
        raise LoggedOut
    return user


def _matching(user: User | None, session: dict[str, Any]) -> User | None:
    """Return the person if they are active, and the session is theirs and of their password."""
    if user is None or not user.is_active or str(session.get(SESSION_KEY, "")) != str(user.pk):
        return None
    known = session.get(HASH_SESSION_KEY, "")
    return user if constant_time_compare(known, user.get_session_auth_hash()) else None


def persons_of(whose: Mapping[str, int]) -> dict[str, User]:
    """Return the active people of those sessions that are still valid, of `whose` by their keys.

    That is what `person_of` returns of each, in two queries. Where rows can be locked the people's are,
    in one order, until the end of the transaction.
    """
    if not whose:
        return {}
    sessions = _sessions(list(whose))
    ids = sorted(set(whose.values()))
    found = {user.pk: user for user, _ in _PERSONS.all(ids, places=", ".join(["%s"] * len(ids)))}
    theirs = {key: _matching(found.get(whose[key]), session) for key, session in sessions.items()}
    return {key: user for key, user in theirs.items() if user is not None}


_PERSONS = Selection(
    User,
    "SELECT {columns} FROM chat_user u WHERE u.id IN ({places}) ORDER BY u.id {lock}",
    "u",
    "FOR NO KEY UPDATE",
)


def _sessions(keys: list[str]) -> dict[str, dict[str, Any]]:
    """Return what is in those of these sessions that have not expired."""
    places = ", ".join(["%s"] * len(keys))
    sql = f"SELECT session_key, session_data FROM django_session WHERE session_key IN ({places})"
    now = prepared(Session, "expire_date", timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} AND expire_date > %s", [*keys, now])
        rows = cursor.fetchall()
    decoder = _store.SessionStore()
    return {key: decoder.decode(data) for key, data in rows}


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
