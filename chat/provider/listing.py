"""The names in a list of models, in whatever shape providers give one."""

from __future__ import annotations

import json
from typing import Any

from chat.core.text import has_hidden, is_blank
from chat.provider import faults

LISTS = ("data", "models", "result", "model_names")
"""OpenAI's; Ollama's and Cohere's; Cloudflare's; text-generation-webui's. Others send the bare list."""

MOST = 10_000
"""Entries of a list that are looked at, while everybody waits: nobody chooses among more."""

NAMES = ("id", "name", "model", "model_name", "key")


def names_in(body: bytes) -> list[str]:
    """Return the names, but those that cannot be written down or seen. Raise what tells of no list."""
    try:
        # Bytes that are no UTF-8 become lone surrogates, as others are written in the JSON itself
        listed = _items(json.loads(body.decode("utf-8", "surrogateescape")))
    except (ValueError, RecursionError):
        listed = None
    names = [name for item in (listed or [])[:MOST] if (name := _name(item)) and not has_hidden(name)]
    if listed is None or (listed and not names):
        raise faults.error_from_body(body)
    return names


def _items(value: object) -> list[Any] | None:
    """Return the list itself; None where there is none."""
    if isinstance(value, list):
        return value
    if not isinstance(value, dict) or value.get("error"):
        return None
    found: list[Any] | None = None
    for key in LISTS:
        inner = value.get(key)
        if key in value and inner is None:  # older Ollamas without a model
            found = found or []
        elif isinstance(inner, dict):  # another layer, or each model by its name
            found = found or _items(inner) or list(inner)
        elif isinstance(inner, list):
            found = found or inner
    return found


def _name(item: object) -> str:
    if isinstance(item, str):
        return "" if is_blank(item) else item
    if not isinstance(item, dict):
        return ""
    names = [text for key in NAMES if isinstance(text := item.get(key), str) and not is_blank(text)]
    # GitHub's and Azure's catalogues: the id is that of a package, and requests take the name
    plain = [name for name in names if not name.startswith("azureml:")]
    return next(iter([*plain, *names]), "")
