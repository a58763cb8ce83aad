"""A browser's own subscription: judged as written here, and where the socket is made (sender.py)."""

import base64
import binascii
from urllib.parse import urlsplit

from django.conf import settings

from chat.provider.addresses import Reach

LONGEST = 1000
# Octets: an uncompressed point of P-256, and a secret (RFC 8291, 3.2)
POINT, SECRET = 65, 16
# P-256 (FIPS 186-4, D.1.2.3): y² = x³ - 3x + _B, modulo _P
_P = 2**256 - 2**224 + 2**192 + 2**96 - 1
_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B


def is_of_tests(endpoint: str) -> bool:
    """Return whether this is the push service of the tests, which is on this machine, and on plain http."""
    return bool(settings.PUSH_TEST_ORIGIN) and endpoint.startswith(f"{settings.PUSH_TEST_ORIGIN}/")


def reach_of(endpoint: str) -> Reach:
    """Return where the endpoint may lead."""
    return "any" if is_of_tests(endpoint) else "public"


def is_usable(endpoint: str) -> bool:
    """Return whether an endpoint is a plain address on https."""
    if len(endpoint) > LONGEST or not endpoint.isascii() or not endpoint.isprintable() or " " in endpoint:
        return False
    try:
        parts = urlsplit(endpoint)
        _ = parts.port
    except ValueError:
        return False
    is_plain = (
        bool(parts.hostname) and "@" not in parts.netloc and "\\" not in endpoint and not parts.fragment
    )
    return is_plain and (parts.scheme == "https" or is_of_tests(endpoint))


def are_keys(p256dh: str, auth: str) -> bool:
    """Return whether these can be a browser's keys: nothing can be encrypted for a point beside the curve."""
    point = decoded(p256dh)
    if len(point) != POINT or point[0] != 4 or len(decoded(auth)) != SECRET:
        return False
    x, y = int.from_bytes(point[1:33], "big"), int.from_bytes(point[33:], "big")
    return max(x, y) < _P and (y * y - x * x * x + 3 * x - _B) % _P == 0


def decoded(text: str) -> bytes:
    """Return what base64 for addresses stands for, with or without its padding; b"" for what is none."""
    try:
        return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""
