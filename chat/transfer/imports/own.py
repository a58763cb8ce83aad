"""Our own export (docs/export-format.md), from this site or from another of its kind."""

from __future__ import annotations

from typing import Any

from chat.transfer.format import FORMAT, VERSION
from chat.transfer.imports.source import Found, Node, id_of, list_of, map_of, moment_of, text_of

SOURCE = "own"

PROJECTS_LOOKED_AT = 1000
"""Projects of a file, ten times what a person may have: they are looked through for each conversation."""

STATUSES = {"complete", "stopped", "interrupted", "failed"}


def is_head(head: dict[str, Any]) -> bool:
    """Return whether these are the first fields of a file of ours."""
    return head.get("format") == FORMAT


def is_readable(head: dict[str, Any]) -> bool:
    """Return whether this version of the site knows the file's."""
    version = head.get("version")
    return type(version) is int and version <= VERSION


def is_one(value: dict[str, Any]) -> bool:
    """Return whether an object is a conversation of ours: only the file's head tells for sure."""
    return isinstance(value.get("messages"), list) and "last_activity_at" in value


def read(value: dict[str, Any], head: dict[str, Any]) -> Found:
    """Return what is in a conversation of a file that begins with `head`."""
    listed = list_of(head.get("projects"))[:PROJECTS_LOOKED_AT]
    projects = {id_of(map_of(project).get("id")): project for project in listed}
    found = Found(
        source=SOURCE,
        id=id_of(value.get("id")),
        title=text_of(value.get("title")),
        current=id_of(value.get("current")),
        created_at=moment_of(value.get("created_at")),
        last_activity_at=moment_of(value.get("last_activity_at")),
        instructions=text_of(value.get("instructions")),
        is_archived=moment_of(value.get("archived_at")) is not None,
        is_pinned=moment_of(value.get("pinned_at")) is not None,
        is_ours=True,
        facts=value | {"project": projects.get(id_of(value.get("project")))},
    )
    for number, message in enumerate(map(map_of, list_of(value["messages"]))):
        status = text_of(message.get("status")) or "complete"
        role = text_of(message.get("role"))
        node = Node(
            id_of(message.get("id")) or f"#{number}",
            parent=id_of(message.get("parent")),
            role=role if role in ("user", "assistant") else "",
            text=text_of(message.get("text")),
            reasoning=text_of(message.get("thinking")),
            model=text_of(message.get("model")),
            at=moment_of(message.get("created_at")),
            status=status if status in STATUSES else "interrupted",
            facts=message,
        )
        found.nodes.append(node)
    return found
