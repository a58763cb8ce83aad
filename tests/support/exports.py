"""Files of other products in their real shape, made by code: what imports are tested with.

The shapes are those that public exporters and parsers write and read (docs/import.md names the fields).
"""

import json
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

T0 = 1_700_000_000.5
"""14 November 2023, as ChatGPT says it."""


# ChatGPT


def gpt_message(role: str, words: Any = "", **fields: Any) -> dict[str, Any]:
    """A message; `words` a text, a list of parts, or a whole content."""
    if isinstance(words, dict):
        content = words
    else:
        parts = words if isinstance(words, list) else [words]
        kind = "text" if all(isinstance(part, str) for part in parts) else "multimodal_text"
        content = {"content_type": kind, "parts": parts}
    author = {"role": role, "name": fields.pop("name", None), "metadata": {}}
    return {
        "author": author,
        "create_time": fields.pop("at", T0),
        "update_time": None,
        "content": content,
        "status": "finished_successfully",
        "end_turn": True,
        "weight": 1.0,
        "metadata": fields.pop("metadata", {"model_slug": "gpt-4o"} if role == "assistant" else {}),
        "recipient": "all",
        "channel": None,
    } | fields


def gpt(
    name: str, nodes: dict[str, tuple[str | None, dict[str, Any] | None]], **fields: Any
) -> dict[str, Any]:
    """A conversation; `nodes` are parent and message by their id. The last one is in view."""
    mapping: dict[str, Any] = {
        node: {"id": node, "message": message and {"id": node} | message, "parent": parent, "children": []}
        for node, (parent, message) in nodes.items()
    }
    for node, entry in mapping.items():
        if entry["parent"] in mapping:
            mapping[entry["parent"]]["children"].append(node)
    return {
        "title": name,
        "create_time": T0,
        "update_time": T0 + 60,
        "mapping": mapping,
        "moderation_results": [],
        "current_node": list(mapping)[-1],
        "plugin_ids": None,
        "conversation_id": f"id-{name}",
        "conversation_template_id": None,
        "gizmo_id": None,
        "is_archived": False,
        "safe_urls": [],
        "default_model_slug": "gpt-4o",
        "id": f"id-{name}",
    } | fields


def gpt_talk(name: str, turns: int = 1, words: str = "", **fields: Any) -> dict[str, Any]:
    """A conversation of questions and replies in one branch, below ChatGPT's empty first nodes."""
    nodes: dict[str, Any] = {"root": (None, None), "sys": ("root", gpt_message("system", "", weight=0.0))}
    above = "sys"
    for turn in range(turns):
        at = T0 + 10 * turn
        nodes[f"q{turn}"] = above, gpt_message("user", f"Question {turn} of {name} {words}".strip(), at=at)
        nodes[f"a{turn}"] = f"q{turn}", gpt_message("assistant", f"Reply {turn} to {name} {words}", at=at + 5)
        above = f"a{turn}"
    return gpt(name, nodes, **fields)


# Claude


def claude_message(name: str, sender: str, *blocks: Any, parent: str | None = None, **fields: Any) -> Any:
    """A message of text blocks (given as texts) and others."""
    made = [
        {"type": "text", "text": block, "citations": [], "start_timestamp": None}
        if isinstance(block, str)
        else block
        for block in blocks
    ]
    message = {
        "uuid": name,
        "text": "\n".join(block["text"] for block in made if block["type"] == "text"),
        "content": made,
        "sender": sender,
        "created_at": fields.pop("at", "2025-06-01T10:00:00.123456Z"),
        "updated_at": "2025-06-01T10:00:00.123456Z",
        "attachments": [],
        "files": [],
    }
    return message | ({"parent_message_uuid": parent} if parent else {}) | fields


def claude(name: str, *messages: Any, **fields: Any) -> dict[str, Any]:
    """A conversation."""
    return {
        "uuid": f"claude-{name}",
        "name": name,
        "summary": "",
        "created_at": "2025-06-01T10:00:00.000000Z",
        "updated_at": "2025-06-01T10:05:00.000000Z",
        "account": {"uuid": "account"},
        "chat_messages": list(messages),
    } | fields


# Open WebUI


def webui_message(
    name: str, role: str, words: Any, parent: str | None = None, **fields: Any
) -> dict[str, Any]:
    message = {"id": name, "parentId": parent, "childrenIds": [], "role": role, "content": words}
    if role == "assistant":
        message |= {"model": "llama3.2:latest", "modelName": "Llama 3.2", "modelIdx": 0, "done": True}
    else:
        message |= {"models": ["llama3.2:latest"]}
    return message | {"timestamp": 1_740_000_000} | fields


def webui(name: str, *messages: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A chat of an export; the last message is in view."""
    by_id = {message["id"]: message for message in messages}
    for message in messages:
        if message["parentId"] in by_id:
            by_id[message["parentId"]]["childrenIds"].append(message["id"])
    chat = {
        "id": "",
        "title": name,
        "models": ["llama3.2:latest"],
        "params": {},
        "history": {"messages": by_id, "currentId": messages[-1]["id"]},
        "messages": [],
        "tags": [],
        "timestamp": 1_740_000_000_123,
        "files": [],
    } | fields.pop("chat", {})
    return {
        "id": f"webui-{name}",
        "user_id": "user",
        "title": name,
        "chat": chat,
        "updated_at": 1_740_000_600,
        "created_at": 1_740_000_000,
        "share_id": None,
        "archived": False,
        "pinned": False,
        "meta": {},
        "folder_id": None,
    } | fields


# LibreChat


LIBRE_ROOT = "00000000-0000-0000-0000-000000000000"


def libre_message(name: str, words: Any, parent: str = LIBRE_ROOT, **fields: Any) -> dict[str, Any]:
    """A message; a question when its name begins with q."""
    is_question = name.startswith("q")
    return {
        "messageId": name,
        "parentMessageId": parent,
        "conversationId": "libre",
        "sender": "User" if is_question else "GPT-4o",
        "text": words if isinstance(words, str) else "",
        **({} if isinstance(words, str) else {"content": words}),
        "isCreatedByUser": is_question,
        "model": None if is_question else "gpt-4o",
        "endpoint": "openAI",
        "unfinished": False,
        "error": False,
        "createdAt": "2025-03-01T12:00:00.000Z",
        "updatedAt": "2025-03-01T12:00:00.000Z",
        "children": [],
    } | fields


def libre(
    title: str, messages: list[dict[str, Any]], *, recursive: bool = False, **fields: Any
) -> dict[str, Any]:
    """An export of one conversation; with `recursive` the messages are nested."""
    head = {
        "conversationId": f"libre-{title}",
        "endpoint": "openAI",
        "title": title,
        "exportAt": "12:00:00 GMT+0000 (Coordinated Universal Time)",
        "branches": True,
        "recursive": recursive,
        "options": {"presetId": None, "model": "gpt-4o", "promptPrefix": "Be brief."},
    } | fields
    if not recursive:
        return head | {"messages": messages}
    by_id = {message["messageId"]: message for message in messages}
    for message in messages:
        if message["parentMessageId"] in by_id:
            by_id[message["parentMessageId"]]["children"].append(message)
    return head | {
        "messagesTree": [message for message in messages if message["parentMessageId"] not in by_id]
    }


# Files


def as_json(value: Any) -> bytes:
    """The bytes of a JSON file, written as JavaScript writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def as_zip(files: dict[str, Any], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The bytes of a ZIP of these files: JSON values, or bytes as they are."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, value in files.items():
            archive.writestr(name, value if isinstance(value, bytes) else as_json(value))
    return made.getvalue()


def saved(folder: Path, data: bytes) -> Path:
    """A file with these bytes, whose name says nothing."""
    path = folder / "upload"
    path.write_bytes(data)
    return path
