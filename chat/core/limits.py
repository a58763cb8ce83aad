"""How often one person, one address or the whole site may do something in a span of time.

Counted in the database, one statement for all that is asked at once: no flood pushes a counter out, every
process sees it, and of parallel requests none slips through. What they are counted by is hashed.
"""

import time
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address

from django.db import connection
from django.utils import timezone
from django.utils.crypto import salted_hmac

from chat.models import CacheEntry, Counter

MINUTE, HOUR = 60, 3600

client_address: ContextVar[str] = ContextVar("client_address", default="")
"""Whose request or command this context carries out, by its network address; "" for nobody's."""

# Part of the keys that are stored, known addresses of accounts among them: it stays, wherever this file moves
SALT = "chat.limits"
_TABLE = Counter._meta.db_table
# One row for each key; a span that is over begins anew
_TAKE = """
INSERT INTO {table} (key, count, ends_at) VALUES {rows}
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN {table}.ends_at <= %s THEN excluded.count ELSE {table}.count + excluded.count END,
    ends_at = CASE WHEN {table}.ends_at <= %s THEN excluded.ends_at ELSE {table}.ends_at END
"""
_SEEN = "SELECT key, count, ends_at FROM {table} WHERE key IN ({keys})"
_GIVE_BACK = (
    f"UPDATE {_TABLE} SET count = count - %s WHERE key IN ({{keys}}) AND count >= %s AND ends_at > %s"
)


@dataclass(frozen=True, slots=True)
class Allowance:
    """`most` times in `span` seconds, of what `name` calls and for whom `of` says. `most` 0 is no limit."""

    name: str
    of: str
    most: int
    span: int

    @property
    def key(self) -> str:
        return salted_hmac(SALT, f"{self.name}:{self.of}", algorithm="sha256").hexdigest()


@dataclass(frozen=True, slots=True)
class Exhausted:
    """The allowance that is used up, and the seconds until it begins anew."""

    allowance: Allowance
    wait: float


def take(*allowances: Allowance, count: int = 1) -> Exhausted | None:
    """Count `count` times for each, and return the one that is thereby exceeded, if any.

    Then all are counted all the same. One query, none when nothing is limited.
    """
    return take_all(dict.fromkeys(allowances, count))


def take_all(counts: Mapping[Allowance, int]) -> Exhausted | None:
    """Do what `take` does, with a number for each."""
    limited = {allowance.key: allowance for allowance in counts if allowance.most}
    if not limited:
        return None
    now = time.time()
    # In one order: no deadlocks
    rows = [(key, counts[limited[key]], int(now) + limited[key].span) for key in sorted(limited)]
    found = _count(rows, int(now))
    over = [(ends_at - now, limited[key]) for key, total, ends_at in found if total > limited[key].most]
    return max((Exhausted(which, max(1.0, wait)) for wait, which in over), key=_wait, default=None)


def give_back(*allowances: Allowance, count: int = 1) -> None:
    """Take back what was counted."""
    keys = sorted(allowance.key for allowance in allowances if allowance.most)
    if keys:
        places = ", ".join(["%s"] * len(keys))
        with connection.cursor() as cursor:
            cursor.execute(_GIVE_BACK.format(keys=places), [count, *keys, count, int(time.time())])


def forget(*allowances: Allowance) -> None:
    """Begin the counts anew."""
    Counter.objects.filter(pk__in=[allowance.key for allowance in allowances]).delete()


def expire() -> None:
    """Remove the rows whose time is over, also those of Django's cache."""
    for rows in (
        Counter.objects.filter(ends_at__lt=int(time.time())),
        CacheEntry.objects.filter(expires__lt=timezone.now()),
    ):
        if rows.exists():  # so that the lock to write is taken only when there is something to do
            rows.delete()


def network_of(address: str) -> str:
    """Return what one household or machine is counted as: an IPv4 address, or the /64 of an IPv6 one."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(IPv6Address(int(found) >> 64 << 64))


def is_one_of(networks: Sequence[IPv4Network | IPv6Network], address: str) -> bool:
    """Return whether an address lies in one of the networks."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    found = getattr(found, "ipv4_mapped", None) or found
    return any(found in network for network in networks)


def _count(rows: list[tuple[str, int, int]], now: int) -> list[tuple[str, int, int]]:
    """Add to the counters, and return them as they are then."""
    places, keys = ", ".join(["(%s, %s, %s)"] * len(rows)), [key for key, *_ in rows]
    values = [*(value for row in rows for value in row), now, now]
    take = _TAKE.format(table=_TABLE, rows=places)
    with connection.cursor() as cursor:
        if connection.features.can_return_columns_from_insert:
            cursor.execute(f"{take} RETURNING key, count, ends_at", values)
        else:  # SQLite before 3.35
            cursor.execute(take, values)
            cursor.execute(_SEEN.format(table=_TABLE, keys=", ".join(["%s"] * len(keys))), keys)
        return list(cursor.fetchall())


def _wait(exhausted: Exhausted) -> float:
    return exhausted.wait
