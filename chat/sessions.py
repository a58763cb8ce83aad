"""Whether the person behind an open socket may still be there: Channels asks only once, at connect."""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.utils.crypto import constant_time_compare

from chat.errors import LoggedOut
from chat.models import User

_store: Any = import_module(settings.SESSION_ENGINE)


def person_of(session_key: str | None) -> User:
    """The active person of a session that is still valid, read anew. Raises LoggedOut.

    Logging out removes the session, a new password changes the hash in it, and a deactivated
    account counts as logged out: one question for all three.
    """
    session = _store.SessionStore(session_key).load() if session_key else {}
    user = User.objects.filter(pk=session.get(SESSION_KEY, 0), is_active=True).first()
    known = session.get(HASH_SESSION_KEY, "")
    if user is None or not constant_time_compare(known, user.get_session_auth_hash()):
        raise LoggedOut
    return user
