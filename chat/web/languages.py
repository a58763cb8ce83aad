"""In which language somebody reads the site.

What a person has chosen is kept with their account (`Preferences.language`) and holds in every browser. The
browser's cookie has it too, for the pages that know nobody. Who chooses on such a page means it: that goes
before the account's language in the session that they log in to next, and an account that has none keeps it.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from chat.models import Preferences, User

IN_SESSION = "language"
"""Of a session: what was chosen before it, where the account says otherwise."""

COOKIE_OF_VISITOR = "language_of_visitor"
"""What was chosen by who is not logged in; a cookie, since a session of theirs would be a row."""

# Seconds; as long as it may take to confirm an email address
_A_DAY = 24 * 3600


def known(code: str) -> str:
    """Return the code if the site has the language, else ""."""
    return code if code in dict(settings.LANGUAGES) else ""


def of_person(session: Any, chosen: Preferences) -> str:
    """Return what a logged-in person reads, "" for what their browser prefers. No query."""
    return known(session.get(IN_SESSION, "")) or known(chosen.language)


def choose(request: HttpRequest, response: HttpResponseBase, code: str) -> None:
    """Keep a language of the site for who asks: with their account, or for when they log in."""
    if request.user.is_authenticated:
        Preferences.objects.update_or_create(person=request.user, defaults={"language": code})
        chosen_by_person(request, response, code)
    else:
        _set(response, settings.LANGUAGE_COOKIE_NAME, code, settings.LANGUAGE_COOKIE_AGE)
        _set(response, COOKIE_OF_VISITOR, code, _A_DAY)


def chosen_by_person(request: HttpRequest, response: HttpResponseBase, code: str) -> None:
    """Follow what has been kept with the account, here as elsewhere."""
    request.session.pop(IN_SESSION, None)
    _set(response, settings.LANGUAGE_COOKIE_NAME, code, settings.LANGUAGE_COOKIE_AGE)


def logged_in(request: HttpRequest, response: HttpResponseBase, user: User) -> None:
    """Take over what was chosen before; where nothing was, let this browser's other pages follow."""
    chosen = Preferences.of(user.pk)
    before = known(request.COOKIES.get(COOKIE_OF_VISITOR, ""))
    if before and not chosen.language:
        Preferences.objects.update_or_create(person=user, defaults={"language": before})
    elif before and before != chosen.language:
        request.session[IN_SESSION] = before
    elif known(chosen.language):
        _set(response, settings.LANGUAGE_COOKIE_NAME, chosen.language, settings.LANGUAGE_COOKIE_AGE)
    if before:
        response.delete_cookie(COOKIE_OF_VISITOR, samesite="Lax")


def _set(response: HttpResponseBase, name: str, code: str, age: int) -> None:
    response.set_cookie(
        name,
        code,
        max_age=age,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
