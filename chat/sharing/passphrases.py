"""The passphrase of a link: hashed with Argon2, checked a few at a time, and guessed by nobody."""

from threading import BoundedSemaphore

from django.contrib.auth.hashers import Argon2PasswordHasher

from chat.core import limits
from chat.core.limits import HOUR, Allowance
from chat.models import Share
from chat.sharing.errors import TooManyPassphrases, WrongPassphrase

WRONG_AN_HOUR = 20
"""Wrong passphrases for one link from one address."""

WRONG_FROM_ALL = 1000
"""Wrong passphrases for one link from everywhere: of many machines that guess together."""

# Each takes 19 MiB while it lasts (0.04 s)
AT_ONCE = 2
_turn = BoundedSemaphore(AT_ONCE)


class Hasher(Argon2PasswordHasher):
    """Argon2id as OWASP's cheat sheet has it for servers: Django's own would take 100 MiB for each try."""

    memory_cost = 19 * 1024
    time_cost = 2
    parallelism = 1


def hashed(passphrase: str) -> str:
    """Return what is stored of a passphrase; "" of none."""
    if not passphrase:
        return ""
    hasher = Hasher()
    with _turn:
        return str(hasher.encode(passphrase, hasher.salt()))


def check(share: Share, passphrase: str, address: str) -> None:
    """Raise WrongPassphrase unless it is the link's, and TooManyPassphrases for who goes on guessing.

    `address` is that of who asks, by its network. A try is counted before it is checked, so that of many at
    once none slips through.
    """
    tries = (
        Allowance("share passphrase", f"{share.pk} {address}", WRONG_AN_HOUR, HOUR),
        Allowance("share passphrases", str(share.pk), WRONG_FROM_ALL, HOUR),
    )
    if spent := limits.take(*tries):
        raise TooManyPassphrases(retry_after=spent.wait)
    with _turn:
        is_right = Hasher().verify(passphrase, share.passphrase)
    if not is_right:
        raise WrongPassphrase
    limits.give_back(*tries)
