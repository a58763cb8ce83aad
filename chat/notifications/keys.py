"""The key by which push services know this site (VAPID, RFC 8292), made at first use, for all processes."""

import base64
from functools import cache
from importlib import import_module
from typing import Any

from chat.core.sealing import Unreadable, seal, unseal
from chat.models import SiteKey

NAME = "web push"


@cache
def vapid() -> Any:
    """Return the module `py_vapid`."""
    # Not imported at the top: an idle server has nothing to sign
    return import_module("py_vapid")


def signer() -> Any:
    """Return what signs for this site.

    A key that was sealed with another secret is lost, as are those of model services: another one is made,
    and browsers have to be asked anew.
    """
    key = SiteKey.objects.filter(name=NAME).first()
    if key is not None:
        try:
            return vapid().Vapid02.from_raw(unseal(key.sealed).encode())
        except Unreadable:
            key.delete()
    SiteKey.objects.get_or_create(name=NAME, defaults={"sealed": seal(_made())})
    return vapid().Vapid02.from_raw(unseal(SiteKey.objects.get(name=NAME).sealed).encode())


def public_key() -> str:
    """Return the public half as browsers want it (`applicationServerKey`)."""
    numbers = signer().public_key.public_numbers()
    point = b"\x04" + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


def _made() -> str:
    fresh = vapid().Vapid02()
    fresh.generate_keys()
    number = fresh.private_key.private_numbers().private_value
    return base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()
