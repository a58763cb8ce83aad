"""Which speech service is asked, and with what."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from decimal import Decimal
from urllib.parse import urlsplit

from chat.provider.addresses import Reach
from chat.provider.base_urls import parse_base_url_or_keep


@dataclass(frozen=True, slots=True)
class SpeechEndpoint:
    """Like `Endpoint`, for a service that recognises speech or makes it.

    `model` and `voice` may be empty: then the service uses what it has. `label` names it to people. `price`
    is what a minute of speech costs, or a million characters that are spoken; None is unknown.
    """

    base_url: str = field(repr=False)  # may carry a user and a password
    key: str = field(repr=False)
    model: str
    label: str
    voice: str = ""
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # may hold keys too
    reach: Reach = "any"
    price: Decimal | None = None

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be told, whoever says it."""
        return (self.key, *(text for _name, text in self.headers))

    @property
    def is_elsewhere(self) -> bool:
        """Whether speech leaves this machine and its network, as far as the address tells."""
        host = urlsplit(parse_base_url_or_keep(self.base_url).bases[0]).hostname or ""
        try:
            return ipaddress.ip_address(host).is_global
        except ValueError:
            return "." in host and not host.endswith((".localhost", ".local", ".lan", ".internal"))
