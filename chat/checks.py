"""What is wrong with the set-up, said before it hurts: by `manage.py check` and when the server starts."""

import ipaddress
import os
from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

# Characters; below this a secret can be guessed, and with it every session and reset link
LEAST_SECRET = 32


def check_site(app_configs: Sequence[AppConfig] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """All of ours."""
    return [*address_problems(), *data_problems(), *secret_problems()]


def address_problems() -> list[CheckMessage]:
    """A server that is open to everyone must know the name people reach it by."""
    if settings.SITE_URL_GIVEN or not is_any_address(settings.HOST):
        return []
    return [
        Error(
            f"HOST={settings.HOST} opens the site to the network, but nothing says under which address.",
            hint="Set SITE_URL to the address people will use, such as SITE_URL=https://chat.example.org.",
            id="chat.E001",
        )
    ]


def is_any_address(host: str) -> bool:
    """Whether a server on `host` listens on every address of the machine."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_unspecified
    except ValueError:
        return False


def data_problems() -> list[CheckMessage]:
    """The database and the secret key need a folder."""
    if os.access(settings.DATA_DIR, os.W_OK | os.X_OK):
        return []
    return [
        Error(
            f"The data folder {settings.DATA_DIR} cannot be written to.",
            hint="Name a folder that can be written to in DATA_DIR.",
            id="chat.E002",
        )
    ]


def secret_problems() -> list[CheckMessage]:
    """A secret key of one's own must be worth the name."""
    if len(settings.SECRET_KEY) >= LEAST_SECRET:
        return []
    return [
        Warning(
            f"SECRET_KEY has {len(settings.SECRET_KEY)} characters; {LEAST_SECRET} are the least.",
            hint="Leave SECRET_KEY unset: a good one is then made once and kept in DATA_DIR.",
            id="chat.W001",
        )
    ]
