"""ChatGPT's export: `conversations.json` alone or in the ZIP, today `conversations-000.json` and on.

A list of conversations, each with `mapping`: nodes by their id, with `parent`, `children` and `message`.
Newer files leave out `metadata` of a message, `children` of a node, and numbers of the conversation.
"""

from __future__ import annotations

from typing import Any

from chat.transfer.imports import losses
from chat.transfer.imports.chatgpt_content import read_content
from chat.transfer.imports.source import Found, Losses, Node, id_of, list_of, map_of, moment_of, text_of

SOURCE = "chatgpt"

ROLES = {"user": "user", "assistant": "assistant"}
# What the model was told, shown to nobody
SYSTEM = {"user_editable_context", "model_editable_context"}


def is_one(value: dict[str, Any]) -> bool:
    """Return whether an object is a conversation of ChatGPT's. DeepSeek's have a `mapping` as well."""
    return isinstance(value.get("mapping"), dict) and "inserted_at" not in value


def read(value: dict[str, Any]) -> Found:
    """Return what is in a conversation."""
    found = Found(
        source=SOURCE,
        id=id_of(value.get("conversation_id")) or id_of(value.get("id")),
        title=text_of(value.get("title")),
        current=id_of(value.get("current_node")),
        created_at=moment_of(value.get("create_time")),
        last_activity_at=moment_of(value.get("update_time")),
        is_archived=value.get("is_archived") is True,
        is_pinned=value.get("is_starred") is True or value.get("pinned_time") is not None,
    )
    default_model = text_of(value.get("default_model_slug"))
    default_model = "" if default_model == "auto" else default_model
    mapping = value["mapping"]
    parents = _by_children(mapping)
    instructions: list[str] = []
    for key, entry in mapping.items():
        entry = map_of(entry)
        name = id_of(key)
        node = Node(name, parent=id_of(entry.get("parent")) or parents.get(name, ""))
        message = map_of(entry.get("message"))
        if message:
            _fill(node, message, default_model, found.losses, instructions)
        found.nodes.append(node)
    _sort_versions(found, mapping)
    _count_results(found)
    found.instructions = "\n\n".join(dict.fromkeys(instructions))
    return found


def _by_children(mapping: dict[str, Any]) -> dict[str, str]:
    """Return the parent of each node that another names as its child: some files have no other link."""
    parents: dict[str, str] = {}
    for key, entry in mapping.items():
        for child in list_of(map_of(entry).get("children")):
            parents.setdefault(id_of(child), id_of(key))
    return parents


def _sort_versions(found: Found, mapping: dict[str, Any]) -> None:
    """Put versions in the order of their parent's `children`: that of `mapping` tells nothing."""
    place: dict[str, int] = {}
    for entry in mapping.values():
        for number, child in enumerate(list_of(map_of(entry).get("children"))):
            place.setdefault(id_of(child), number)
    if place:
        found.nodes.sort(key=lambda node: place.get(node.id, 0))


def _fill(
    node: Node, message: dict[str, Any], default_model: str, lost: Losses, instructions: list[str]
) -> None:
    author, metadata = map_of(message.get("author")), map_of(message.get("metadata"))
    role = text_of(author.get("role")) or text_of(message.get("role"))
    content = read_content(message.get("content"), metadata, lost)
    if role == "system" or content.kind in SYSTEM:
        if content.text.strip():
            instructions.append(content.text.strip())
        return
    _count_attachments(metadata, lost)
    if role == "tool":
        node.facts = {"result_of": text_of(author.get("name"))}
        return
    recipient = text_of(message.get("recipient")) or "all"
    if role == "assistant" and recipient != "all":
        node.facts = {"call_of": recipient}
        lost.add(losses.CANVAS if recipient.startswith("canmore") else losses.TOOL, recipient)
        return
    if metadata.get("is_visually_hidden_from_conversation") is True:
        return
    node.role = ROLES.get(role, "")
    node.text, node.reasoning = content.text, content.reasoning
    node.at = moment_of(message.get("create_time"))
    if node.role == "assistant":
        node.model = text_of(metadata.get("model_slug")) or default_model
        is_cut = map_of(metadata.get("finish_details")).get("type") in {"interrupted", "max_tokens"}
        node.status = "interrupted" if is_cut or message.get("status") == "in_progress" else "complete"


def _count_results(found: Found) -> None:
    """Count what tools said without being called in the file; a result and its call are one thing."""
    nodes = {node.id: node for node in found.nodes}
    for node in found.nodes:
        before = nodes.get(node.parent)
        if "result_of" in node.facts and not (before and before.facts):
            found.losses.add(losses.TOOL, node.facts["result_of"])


def _count_attachments(metadata: dict[str, Any], lost: Losses) -> None:
    """Count the files that a person attached. Pictures among them are parts of the content as well."""
    for attachment in list_of(metadata.get("attachments")):
        attachment = map_of(attachment)
        kind = text_of(attachment.get("mime_type")) or text_of(attachment.get("mimeType"))
        if not kind.startswith("image/"):
            lost.add(losses.FILE, text_of(attachment.get("name")))
