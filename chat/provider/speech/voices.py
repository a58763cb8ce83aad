"""The voices that a service lists, in whatever shape. OpenAI has no list; its imitators have several."""

from __future__ import annotations

import json
import re
from typing import Any

from chat.core.text import has_hidden, is_blank
from chat.provider.speech.sound import Voice

PATHS = ("/audio/voices", "/audio/speech/voices")
"""Kokoro-FastAPI's and that of `make speech`; speaches'."""

MOST = 1000
LISTS = ("voices", "data", "items")
NAMES = ("id", "voice_id", "name", "voice", "key")
LABELS = ("label", "display_name", "title", "name")
TONGUES = ("language", "lang", "locale", "language_code")
LONGEST = 100

KOKORO = re.compile(r"([abefhijpz])[fm]_\w+")
OF_KOKORO = {
    "a": "en-US",
    "b": "en-GB",
    "e": "es",
    "f": "fr",
    "h": "hi",
    "i": "it",
    "j": "ja",
    "p": "pt-BR",
    "z": "zh",
}
"""The first letter of its voices' names is their language."""

PIPER = re.compile(r"([a-z]{2,3})[-_]([A-Z]{2})\b")
TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8}){0,3}")


def voices_in(body: bytes) -> list[Voice]:
    """Return the voices of a list; none of a body that is no list."""
    try:
        value = json.loads(body.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return []
    if isinstance(value, dict):
        value = next((value[name] for name in LISTS if isinstance(value.get(name), list)), [])
    found = map(_voice, value[:MOST]) if isinstance(value, list) else ()
    return list({voice.name: voice for voice in found if voice is not None}.values())


def suits(voice: Voice, language: str) -> bool:
    """Return whether a voice speaks a language, in any of its regions."""
    return bool(language) and _primary(voice.language) == _primary(language)


def _primary(tag: str) -> str:
    return tag.replace("_", "-").partition("-")[0].lower()


def _voice(item: object) -> Voice | None:
    if isinstance(item, str):
        item = {"id": item}
    if not isinstance(item, dict):
        return None
    name = _first(item, NAMES)
    if not name or len(name) > LONGEST:
        return None
    label = _first(item, LABELS)[:LONGEST] or name
    return Voice(name, _language(_first(item, TONGUES), name), label)


def _first(item: dict[str, Any], names: tuple[str, ...]) -> str:
    """Return the first text of these that can be read; "" for none."""
    texts = (item.get(name) for name in names)
    return next((text for text in texts if isinstance(text, str) and not _is_unfit(text)), "")


def _is_unfit(text: str) -> bool:
    return is_blank(text) or has_hidden(text)


def _language(said: str, name: str) -> str:
    """Return the language that is said, or that the voice's name tells."""
    if TAG.fullmatch(said):
        return said.replace("_", "-")
    if match := KOKORO.fullmatch(name):
        return OF_KOKORO[match[1]]
    if match := PIPER.match(name):
        return f"{match[1]}-{match[2]}"
    return ""
