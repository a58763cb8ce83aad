"""Claude's export: a ZIP with `conversations.json`, a list; beside it are projects, users and memories.

Each conversation has `chat_messages` in the order of time. Files of today name each one's
`parent_message_uuid`, older ones are a single branch.
"""

from __future__ import annotations

from typing import Any

from chat.transfer.imports import citations, losses
from chat.transfer.imports.source import Found, Losses, Node, id_of, list_of, map_of, moment_of, text_of

SOURCE = "claude"

ROLES = {"human": "user", "user": "user", "assistant": "assistant"}

NO_PARENT = "00000000-0000-4000-8000-000000000000"
"""What the first message of a conversation has for a parent."""

# Of the text that older files have beside the blocks: what stood for a block in the app
_STAND_IN = "This block is not supported on your current device yet."
# Blocks that say nothing to people
SILENT = {"token_budget", "flag", "compaction"}


def is_one(value: dict[str, Any]) -> bool:
    """Return whether an object is a conversation of Claude's."""
    return isinstance(value.get("chat_messages"), list)


def read(value: dict[str, Any]) -> Found:
    """Return what is in a conversation."""
    found = Found(
        source=SOURCE,
        id=id_of(value.get("uuid")),
        title=text_of(value.get("name")),
        current=id_of(value.get("current_leaf_message_uuid")),
        created_at=moment_of(value.get("created_at")),
        last_activity_at=moment_of(value.get("updated_at")),
        is_pinned=value.get("is_starred") is True,
    )
    model = text_of(value.get("model"))
    messages = [map_of(message) for message in value["chat_messages"]]
    is_tree = any(id_of(message.get("parent_message_uuid")) for message in messages)
    before = ""
    for number, message in enumerate(messages):
        name = id_of(message.get("uuid")) or f"#{number}"
        parent = id_of(message.get("parent_message_uuid")) if is_tree else before
        node = Node(
            name,
            parent="" if parent == NO_PARENT else parent,
            role=ROLES.get(text_of(message.get("sender")), ""),
            at=moment_of(message.get("created_at")),
        )
        _fill(node, message, found.losses)
        if node.role == "assistant":
            node.model = text_of(message.get("model")) or model
        found.nodes.append(node)
        before = name
    return found


def _fill(node: Node, message: dict[str, Any], lost: Losses) -> None:
    words: list[str] = []
    thoughts: list[str] = []
    blocks = list_of(message.get("content"))
    for block in map(map_of, blocks):
        _read_block(block, words, thoughts, lost)
    if not blocks:
        words.append(text_of(message.get("text")).replace(_STAND_IN, "").strip("`\n "))
    node.text = "\n\n".join(text for text in words if text.strip())
    node.reasoning = "\n\n".join(text for text in thoughts if text.strip())
    for name in ("attachments", "files", "files_v2"):
        for file in map(map_of, list_of(message.get(name))):
            _count_file(file, lost)


def _read_block(block: dict[str, Any], words: list[str], thoughts: list[str], lost: Losses) -> None:
    kind = text_of(block.get("type"))
    if kind == "text":
        words.append(_with_sources(text_of(block.get("text")), block))
    elif kind == "thinking":
        thoughts.append(text_of(block.get("thinking")))
    elif kind == "voice_note":
        words.append(text_of(block.get("text")))
        lost.add(losses.AUDIO, text_of(block.get("title")))
    elif kind == "tool_use":
        name = text_of(block.get("name"))
        title = text_of(map_of(block.get("input")).get("title"))
        lost.add(*((losses.CANVAS, title) if name == "artifacts" else (losses.TOOL, name)))
    elif kind == "image":
        lost.add(losses.PICTURE)
    elif kind not in SILENT and kind != "tool_result":  # its call is counted
        lost.add(losses.OTHER, kind)


def _with_sources(text: str, block: dict[str, Any]) -> str:
    """Return a text with links where it cites: `citations` name the places, by characters, and a page."""
    cites = map(map_of, list_of(block.get("citations"))[: citations.MOST_PLACED])
    for cited in sorted(cites, key=_end, reverse=True):
        details = map_of(cited.get("details"))
        url = text_of(details.get("url")) or text_of(cited.get("url"))
        title = text_of(cited.get("title")) or text_of(details.get("title"))
        end = _end(cited)
        words = citations.inline([citations.link(title, url)])
        if words and 0 < end <= len(text) and not text.startswith(words, end):
            text = text[:end] + words + text[end:]
    return text


def _end(cited: dict[str, Any]) -> int:
    end = cited.get("end_index")
    return end if type(end) is int else -1


def _count_file(file: dict[str, Any], lost: Losses) -> None:
    name = text_of(file.get("file_name"))
    kind = text_of(file.get("file_kind")) or text_of(file.get("file_type"))
    ending = name.rpartition(".")[2].lower()
    is_picture = kind.startswith("image") or ending in {"png", "jpg", "jpeg", "gif", "webp", "heic"}
    lost.add(losses.PICTURE if is_picture else losses.FILE, name)
