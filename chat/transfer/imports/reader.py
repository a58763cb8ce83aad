"""The conversations of an uploaded file, one at a time, and all that is none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from chat.transfer.imports import chatgpt, claude, librechat, losses, openwebui, own
from chat.transfer.imports.archive import UNREADABLE, Exploded, Extent, Member, members
from chat.transfer.imports.decode import decode
from chat.transfer.imports.source import Found, id_of, map_of, text_of
from chat.transfer.imports.split import Piece, Splitter

PRODUCTS = (chatgpt, claude, openwebui, librechat)
"""Asked in turn whether a conversation is theirs. What the file is called tells nothing: all but ours are
`conversations.json` somewhere."""

LABELS = {
    chatgpt.SOURCE: "ChatGPT",
    claude.SOURCE: "Claude",
    openwebui.SOURCE: "Open WebUI",
    librechat.SOURCE: "LibreChat",
    own.SOURCE: "JSON",
}


FIRST_LOOKED_AT = 5
"""Objects of a file in a ZIP that are looked at before it is taken for one without conversations: the
account, settings, projects. To name all of those in the report would hide what matters."""

Place = tuple[int, int]
"""A file of a ZIP and an object in it, by their numbers."""


@dataclass(frozen=True, slots=True)
class Item:
    """What is at a place of a file: a conversation, or why there is none, with what it is called."""

    place: Place
    found: Found | None = None
    problem: str = ""
    name: str = ""


def read(path: Path, start: Place = (0, 0), extent: Extent | None = None) -> Iterator[Item]:
    """Yield all that is in the file from the place `start` on; what is before it is not decoded."""
    for number, member in enumerate(members(path, extent or Extent())):
        if number >= start[0]:
            yield from _of_member(member, number, start[1] if number == start[0] else 0)


def _of_member(member: Member, number: int, start: int) -> Iterator[Item]:
    if member.open is None:
        yield Item((number, 0), problem=member.problem, name=member.name)
        return
    is_alone = not member.name
    waiting: list[Item] | None = None if is_alone or start else []  # None: it has conversations
    last = start
    try:
        with closing(member.open()) as stream:
            for item in _items(Splitter(stream), number, start, member.name):
                last = item.place[1] + 1
                if waiting is None:
                    yield item
                elif item.problem == losses.UNKNOWN:
                    waiting.append(item)
                    if len(waiting) == FIRST_LOOKED_AT:
                        return
                else:
                    yield from waiting
                    yield item
                    waiting = None
    except Exploded:
        yield Item((number, last), problem=losses.BOMB, name=member.name)
    except UNREADABLE:
        yield Item((number, last), problem=losses.DAMAGED, name=member.name)
    else:
        if is_alone and last == 0:
            yield Item((number, 0), problem=losses.WITHOUT)


def _items(splitter: Splitter, number: int, start: int, name: str) -> Iterator[Item]:
    for piece in splitter:
        if piece.number < start:
            continue
        place = number, piece.number
        head = _head(splitter.head) if splitter.head else {}
        if own.is_head(head) and not own.is_readable(head):
            yield Item(place, problem=losses.NEWER, name=name)
            return
        yield _item(piece, place, head, name)


def _item(piece: Piece, place: Place, head: dict[str, Any], name: str) -> Item:
    """Return what a piece of JSON is."""
    if piece.problem:
        return Item(place, problem=piece.problem, name=name)
    try:
        value = map_of(decode(piece.data))
    except ValueError:
        return Item(place, problem=losses.UNREADABLE, name=name)
    if own.is_head(head):
        found = own.read(value, head) if own.is_one(value) else None
    else:
        product = next((product for product in PRODUCTS if product.is_one(value)), None)
        found = product.read(value) if product else None
    if found is None or not found.id:
        return Item(place, problem=losses.UNKNOWN, name=_name_of(value) or name)
    return Item(place, found)


@lru_cache(maxsize=1)
def _head(head: bytes) -> dict[str, Any]:
    """Return the fields before the list of conversations."""
    try:
        return map_of(decode(head.rstrip() + b"[]}"))
    except ValueError:
        return {}


def _name_of(value: dict[str, Any]) -> str:
    """Return by what a person may know an object that is no conversation."""
    return text_of(value.get("title")) or text_of(value.get("name")) or id_of(value.get("id"))
