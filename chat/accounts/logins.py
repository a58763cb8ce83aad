"""Tries to log in: guessing is bounded, and a stranger's tries do not lock people out where they usually are.

Each try takes one from two allowances, the address's and the account's, and gives it back if the password was
right. The account's is not one but several: a browser that has logged in to it before knows it by a signed
cookie, an address by a row; each of them has its own, and all strangers share one. Such a browser takes
none of its address's, which others there (a school) may have used up. Of tries on one allowance one is made
at a time, so that many right ones at once do not use up what is for wrong ones.
"""

import secrets
import threading
import time
from contextlib import ExitStack
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from chat.core import limits
from chat.core.limits import MINUTE, Allowance
from chat.models import Counter

# Wrong passwords in TRIES_SPAN: from an address, by strangers for an account, and from where it is known
TRIES_SPAN = 5 * MINUTE
TRIES_OF_ADDRESS = 60
TRIES_OF_STRANGERS = 5
TRIES_WHERE_KNOWN = 10
# Right ones of an account in a minute: each costs a quarter of a second of a processor
LOGINS_A_MINUTE = 60
# How long an address and a browser are known
ADDRESS_KNOWN_FOR = 90 * 24 * 3600
BROWSER_KNOWN_FOR = 365 * 24 * 3600
# Both stand in the cookies of browsers that are known, so they stay, wherever this file moves
COOKIE, SALT = "known_device", "chat.logins.device"
# Accounts that one browser knows: a family's, a classroom's
MOST_ACCOUNTS = 10

_turns = [threading.Lock() for _ in range(256)]


class Attempt:
    """One try to log in to the account of `login` (an email address, whether or not there is an account)."""

    def __init__(self, request: HttpRequest, login: str) -> None:
        self.address = limits.network_of(request.META.get("REMOTE_ADDR", ""))
        self.login = login.lower()
        self._known_address = known_address(self.login, self.address)
        nonce = browser_nonce(request, self.login)
        self._of_account = self._account_allowance(nonce)
        of_address = Allowance("log-in tries", f"address {self.address}", TRIES_OF_ADDRESS, TRIES_SPAN)
        # A known browser has its own; others at its address (a school's) must not use up what it has
        self._tries = (self._of_account,) if nonce else (of_address, self._of_account)
        self._logins = Allowance("log-ins", self.login, LOGINS_A_MINUTE, MINUTE)
        self._turn = ExitStack()

    def __enter__(self) -> "Attempt":
        self._turn.enter_context(_turns[int(self._of_account.key[:8], 16) % len(_turns)])
        return self

    def __exit__(self, *_: object) -> None:
        self._turn.close()

    def begin(self) -> float:
        """Count it, and return the seconds to wait instead, 0 when it may be made.

        Only a try that is made takes one of the account's log-ins: refused ones are a stranger's as a rule,
        and would use up what the owner has.
        """
        refusal = limits.take(*self._tries) or limits.take(self._logins)
        return refusal.wait if refusal else 0.0

    def succeed(self) -> None:
        """Take back what was counted, since the password was right."""
        limits.give_back(*self._tries)

    def _account_allowance(self, nonce: str) -> Allowance:
        if nonce:
            return Allowance("log-in tries", f"{self.login} device {nonce}", TRIES_WHERE_KNOWN, TRIES_SPAN)
        if Counter.objects.filter(pk=self._known_address.key, ends_at__gt=int(time.time())).exists():
            return Allowance("log-in tries", f"{self.login} at {self.address}", TRIES_WHERE_KNOWN, TRIES_SPAN)
        return strangers_allowance(self.login)


def strangers_allowance(login: str) -> Allowance:
    """Return the tries of all together who have not logged in to this account before."""
    return Allowance("log-in tries", login.lower(), TRIES_OF_STRANGERS, TRIES_SPAN)


def known_address(login: str, address: str) -> Allowance:
    """Return what notes by its row that somebody logged in from there; nothing is limited by it."""
    return Allowance("home", f"{login} {address}", 1, ADDRESS_KNOWN_FOR)


def remember(request: HttpRequest, response: HttpResponse, login: str) -> None:
    """Let this browser and its address be known as some that have logged in to the account."""
    limits.take(known_address(login.lower(), limits.network_of(request.META.get("REMOTE_ADDR", ""))))
    known = known_accounts(request)
    own = account_hash(login.lower())
    nonce = known.pop(own, "") or secrets.token_urlsafe(9)
    kept = {**dict(list(known.items())[1 - MOST_ACCOUNTS :]), own: nonce}
    response.set_cookie(
        COOKIE,
        signing.dumps(kept, salt=SALT),
        max_age=BROWSER_KNOWN_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def browser_nonce(request: HttpRequest, login: str) -> str:
    """Return what stands for this browser at an account it has logged in to, "" where it has not."""
    return known_accounts(request).get(account_hash(login.lower()), "")


def known_accounts(request: HttpRequest) -> dict[str, str]:
    """Return the marks of the accounts that this browser knows, each with what stands for the browser."""
    try:
        found: Any = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=BROWSER_KNOWN_FOR)
    except signing.BadSignature:
        return {}
    return found if isinstance(found, dict) else {}


def account_hash(login: str) -> str:
    """Return what stands for an account in the cookie."""
    return salted_hmac(SALT, login, algorithm="sha256").hexdigest()[:16]
