"""Which provider this site talks to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from django.utils.translation import pgettext

from chat.provider.addresses import Reach

Kind = Literal["openai", "compatible", "ollama", "demo"]

OPENAI_URL = "https://api.openai.com/v1"
OLLAMA_URL = "http://127.0.0.1:11434/v1"

DEMO = "Demo"
"""The label of the built-in one."""

NOT_FOR_CHAT = ("embed", "rerank", "whisper", "tts-", "dall-e", "moderation")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`model` may be empty: then the first request asks the server for its first one.

    `label` names the provider to people: "OpenAI", "Ollama", "Demo", or the server's host. One that
    `keeps_prefix` is sent what it can reuse: prompts that begin alike, and a key for them.
    """

    kind: Kind
    base_url: str = field(repr=False)  # may carry a user and a password
    key: str = field(repr=False)
    model: str
    label: str
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # may hold keys too
    reach: Reach = "any"
    keeps_prefix: bool = False

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be told, whoever says it."""
        return (self.key, *(text for _name, text in self.headers))


def service_name(label: str) -> str:
    """Return a provider's label for people, in the active language: only the demo's is a word."""
    return pgettext("a model service", "Demo") if label == DEMO else label


def first_chat_model(ids: list[str]) -> str:
    """Return the first that is not plainly for something else than chat; "" for an empty list."""
    return next(iter([*filter(is_for_chat, ids), *ids]), "")


def is_for_chat(name: str) -> bool:
    """Return whether a model is not plainly for something else."""
    return not any(word in name.lower() for word in NOT_FOR_CHAT)
