"""Open WebUI's export: `chat-export-….json`, a list of chats; that of one chat is a list as well.

Each entry has `chat`, with `history.messages` by their id (`parentId`) and `history.currentId`. The oldest
files have no history, but `chat.messages` alone. Thinking and calls of tools are `<details>` in the text.
"""

from __future__ import annotations

import re
from typing import Any

from chat.transfer.imports import citations, losses
from chat.transfer.imports.source import Found, Losses, Node, id_of, list_of, map_of, moment_of, text_of

SOURCE = "openwebui"

ROLES = {"user": "user", "assistant": "assistant"}

_DETAILS = re.compile(r'<details\s+type="(reasoning|tool_calls|code_interpreter)"')
_END = re.compile(r"</details>\s*")
_SUMMARY = re.compile(r"^\s*<summary>.*?</summary>\s*", re.DOTALL)
_NAME = re.compile(r'\bname="([^"]{1,200})"')
_QUOTED = re.compile(r"^> ?", re.MULTILINE)
_ESCAPED = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&#x27;": "'", "&#39;": "'", "&amp;": "&"}
_ENTITY = re.compile("|".join(_ESCAPED))


def is_one(value: dict[str, Any]) -> bool:
    """Return whether an object is a chat of Open WebUI's."""
    chat = map_of(value.get("chat")) or value
    return isinstance(map_of(chat.get("history")).get("messages"), dict) or (
        "chat" in value and isinstance(chat.get("messages"), list)
    )


def read(value: dict[str, Any]) -> Found:
    """Return what is in a chat."""
    chat = map_of(value.get("chat")) or value
    history = map_of(chat.get("history"))
    found = Found(
        source=SOURCE,
        id=id_of(value.get("id")) or id_of(chat.get("id")),
        title=text_of(value.get("title")) or text_of(chat.get("title")),
        current=id_of(history.get("currentId")),
        created_at=moment_of(value.get("created_at")) or moment_of(chat.get("timestamp")),
        last_activity_at=moment_of(value.get("updated_at")),
        instructions=text_of(chat.get("system")) or text_of(map_of(chat.get("params")).get("system")),
        is_archived=value.get("archived") is True,
        is_pinned=value.get("pinned") is True,
    )
    model = next((name for name in map(text_of, list_of(chat.get("models"))) if name), "")
    messages = map_of(history.get("messages"))
    if messages:
        for key, message in messages.items():
            found.nodes.append(_node(id_of(key), map_of(message), model, found.losses))
        _sort_versions(found, messages)
    else:
        before = ""
        for number, message in enumerate(map(map_of, list_of(chat.get("messages")))):
            node = _node(id_of(message.get("id")) or f"#{number}", message, model, found.losses)
            node.parent, before = before, node.id
            found.nodes.append(node)
    _take_instructions(found)
    _count_files(chat, found.losses)
    return found


def _take_instructions(found: Found) -> None:
    """Let what the system said be the conversation's instructions."""
    said = [node.text for node in found.nodes if node.role == "system" and node.text]
    for node in found.nodes:
        node.role = ROLES.get(node.role, "")
    if said and not found.instructions:
        found.instructions = "\n\n".join(said)


def _sort_versions(found: Found, messages: dict[str, Any]) -> None:
    place: dict[str, int] = {}
    for message in messages.values():
        for number, child in enumerate(list_of(map_of(message).get("childrenIds"))):
            place.setdefault(id_of(child), number)
    found.nodes.sort(key=lambda node: place.get(node.id, 0))


def _node(name: str, message: dict[str, Any], model: str, lost: Losses) -> Node:
    role = text_of(message.get("role"))
    node = Node(
        name,
        parent=id_of(message.get("parentId")),
        role=role,
        text=_content(message.get("content"), lost),
        at=moment_of(message.get("timestamp")),
    )
    if role == "assistant":
        node.model = text_of(message.get("model")) or text_of(message.get("modelName")) or model
        node.text, node.reasoning = _without_details(node.text, lost)
        node.reasoning = node.reasoning or text_of(message.get("reasoning_content"))
        node.text = citations.below(node.text, _sources(message))
        if message.get("done") is False or message.get("error"):
            node.status = "interrupted"
    _count_files(message, lost)
    return node


def _content(content: Any, lost: Losses) -> str:
    if isinstance(content, str):
        return content
    words = []
    for part in map(map_of, list_of(content)):
        if text_of(part.get("type")) == "image_url":
            lost.add(losses.PICTURE)
        else:
            words.append(text_of(part.get("text")))
    return "\n\n".join(text for text in words if text)


def _without_details(text: str, lost: Losses) -> tuple[str, str]:
    """Return a reply's words and its thinking; calls of tools are counted.

    What is never closed stays as it is, and ends the search. One pattern for beginning and end would look
    through all that follows at each such beginning: 100 KB of them stopped the whole server for two seconds.
    """
    words: list[str] = []
    thoughts: list[str] = []
    place = 0
    while opening := _DETAILS.search(text, place):
        within = text.find(">", opening.end()) + 1
        end = _END.search(text, within) if within else None
        if end is None:
            break
        words.append(text[place : opening.start()])
        place = end.end()
        if opening[1] == "reasoning":
            thoughts.append(_thought(text[within : end.start()]))
        else:
            name = _NAME.search(text, opening.end(), within)
            lost.add(losses.TOOL, name[1] if name else opening[1])
    if not place:
        return text, ""
    return "".join([*words, text[place:]]).strip(), "\n\n".join(thoughts)


def _thought(quoted: str) -> str:
    plain = _QUOTED.sub("", _SUMMARY.sub("", quoted).strip())
    return _ENTITY.sub(lambda entity: _ESCAPED[entity[0]], plain)


def _sources(message: dict[str, Any]) -> list[str]:
    """Return links to what it cites: pages of the web alone, documents have no address outside."""
    found = []
    for entry in map(map_of, list_of(message.get("sources") or message.get("citations"))):
        source = map_of(entry.get("source"))
        pages = [source, *map(map_of, list_of(entry.get("metadata")))]
        for page in pages:
            url = next(
                (
                    words
                    for name in ("url", "source", "name")
                    if (words := text_of(page.get(name))).startswith("http")
                ),
                "",
            )
            title = text_of(page.get("title")) or text_of(page.get("name")) or text_of(source.get("name"))
            found.append(citations.link("" if title.startswith("http") else title, url))
    seen: dict[str, str] = {}
    for words in found:
        if words:
            seen.setdefault(words.rpartition("](")[2], words)
    return list(seen.values())


def _count_files(holder: dict[str, Any], lost: Losses) -> None:
    for file in map(map_of, list_of(holder.get("files"))):
        kind = text_of(file.get("type"))
        is_picture = kind == "image" or text_of(file.get("content_type")).startswith("image/")
        lost.add(losses.PICTURE if is_picture else losses.FILE, text_of(file.get("name")))
