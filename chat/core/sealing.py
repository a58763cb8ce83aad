"""Secrets that have to be told to others, such as a model provider's key, sealed before they are stored.

A key is derived from ENCRYPTION_KEY, or from SECRET_KEY while that is unset; whoever holds a copy of the
database alone reads nothing.
"""

from __future__ import annotations

import base64
import json
from functools import lru_cache
from importlib import import_module
from typing import Any

from django.conf import settings

PURPOSE = b"chat: sealed secrets, 1"


class Unreadable(Exception):
    """Sealed with another key, or altered."""


def seal(secret: str) -> str:
    """Return ASCII to be stored; "" stays ""."""
    return str(_fernet().encrypt(secret.encode()), "ascii") if secret else ""


def unseal(sealed: str) -> str:
    """Return what was sealed. Raises Unreadable."""
    if not sealed:
        return ""
    try:
        return str(_fernet().decrypt(sealed.encode()), "utf-8")
    except (_library("fernet").InvalidToken, UnicodeError) as problem:
        raise Unreadable from problem


def seal_headers(headers: dict[str, str]) -> str:
    """Return a service's headers as they are stored."""
    return seal(json.dumps(headers)) if headers else ""


def unseal_headers(sealed: str) -> tuple[tuple[str, str], ...]:
    """Return headers, sorted by their names. Raises Unreadable."""
    return tuple(sorted(json.loads(unseal(sealed) or "{}").items()))


def _fernet() -> Any:
    return _made(settings.ENCRYPTION_KEY or settings.SECRET_KEY)


@lru_cache(maxsize=4)
def _made(secret: str) -> Any:
    sha256 = _library("hazmat.primitives.hashes").SHA256()
    key = _library("hazmat.primitives.kdf.hkdf").HKDF(sha256, length=32, salt=None, info=PURPOSE)
    return _library("fernet").Fernet(base64.urlsafe_b64encode(key.derive(secret.encode())))


def _library(module: str) -> Any:
    # Not imported at the top: 6 MB of a server's memory that a site without sealed secrets never needs
    return import_module(f"cryptography.{module}")
