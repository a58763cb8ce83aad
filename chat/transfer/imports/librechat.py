"""LibreChat's export of one conversation: `messages` in a list, or nested in `messagesTree`.

With “recursive” each message holds those that follow it in `children`; without, each names its
`parentMessageId`; an export without branches is one branch either way.
"""

from __future__ import annotations

from typing import Any

from chat.transfer.imports import citations, losses
from chat.transfer.imports.source import Found, Losses, Node, id_of, list_of, map_of, moment_of, text_of

SOURCE = "librechat"

NO_PARENT = "00000000-0000-0000-0000-000000000000"
"""What a first message has for a parent."""


def is_one(value: dict[str, Any]) -> bool:
    """Return whether an object is a conversation of LibreChat's."""
    return bool(value.get("conversationId")) and (
        isinstance(value.get("messages"), list | dict) or isinstance(value.get("messagesTree"), list)
    )


def read(value: dict[str, Any]) -> Found:
    """Return what is in a conversation."""
    options = map_of(value.get("options"))
    found = Found(
        source=SOURCE,
        id=id_of(value.get("conversationId")),
        title=text_of(value.get("title")),
        created_at=moment_of(value.get("createdAt")),
        last_activity_at=moment_of(value.get("updatedAt")),
        instructions=next(
            (
                words
                for name in ("promptPrefix", "system", "instructions")
                if (words := text_of(options.get(name)))
            ),
            "",
        ),
        is_archived=value.get("isArchived") is True,
    )
    model = text_of(options.get("model"))
    waiting = [(message, "") for message in reversed(_first(value))]
    count = 0
    while waiting:  # not by calls of itself: as deep as the conversation is long
        message, above = waiting.pop()
        message = map_of(message)
        count += 1
        node = _node(id_of(message.get("messageId")) or f"#{count}", message, model, found.losses)
        node.parent = above or node.parent
        found.nodes.append(node)
        waiting += [(child, node.id) for child in reversed(list_of(message.get("children")))]
    found.current = _latest(found)
    return found


def _first(value: dict[str, Any]) -> list[Any]:
    top = value.get("messagesTree") or value.get("messages")
    if isinstance(top, dict):  # the root of the tree: the conversation itself
        top = top.get("children") if not top.get("messageId") or not top.get("sender") else [top]
    return list(list_of(top))


def _latest(found: Found) -> str:
    """Return the message that was written last: the file does not say which branch was in view."""
    dated = [(node.at, place) for place, node in enumerate(found.nodes) if node.at is not None]
    return found.nodes[max(dated)[1]].id if dated else ""


def _node(name: str, message: dict[str, Any], model: str, lost: Losses) -> Node:
    parent = id_of(message.get("parentMessageId"))
    is_question = message.get("isCreatedByUser")
    if not isinstance(is_question, bool):
        is_question = text_of(message.get("sender")).lower() in {"user", "you"}
    node = Node(
        name,
        parent="" if parent == NO_PARENT else parent,
        role="user" if is_question else "assistant",
        at=moment_of(message.get("createdAt")) or moment_of(message.get("updatedAt")),
    )
    words, thoughts = _content(message.get("content"), lost)
    node.text = words or text_of(message.get("text"))
    node.reasoning = thoughts
    if not is_question:
        node.model = text_of(message.get("model")) or model
        node.text = citations.below(node.text, _sources(message))
        if message.get("unfinished") is True or message.get("error") is True:
            node.status = "interrupted"
    for name_of_list in ("files", "attachments"):
        for file in map(map_of, list_of(message.get(name_of_list))):
            _count_file(file, lost)
    return node


def _content(content: Any, lost: Losses) -> tuple[str, str]:
    """Return the words and the thinking of a message's parts."""
    words: list[str] = []
    thoughts: list[str] = []
    for part in map(map_of, list_of(content)):
        kind = text_of(part.get("type"))
        if kind in ("text", "error"):
            words.append(text_of(part.get(kind)) or text_of(map_of(part.get(kind)).get("value")))
        elif kind == "think":
            thoughts.append(text_of(part.get("think")) or text_of(map_of(part.get("think")).get("value")))
        elif kind == "tool_call":
            lost.add(losses.TOOL, _tool(map_of(part.get("tool_call"))))
        elif kind in ("image_file", "image_url"):
            lost.add(losses.PICTURE)
        elif kind:
            lost.add(losses.OTHER, kind)
    return "\n\n".join(text for text in words if text), "\n\n".join(text for text in thoughts if text)


def _tool(call: dict[str, Any]) -> str:
    return text_of(call.get("name")) or text_of(map_of(call.get("function")).get("name"))


def _sources(message: dict[str, Any]) -> list[str]:
    """Return links to what a search on the web found for a reply."""
    found = []
    for attachment in map(map_of, list_of(message.get("attachments"))):
        results = map_of(attachment.get("web_search"))
        for page in map(map_of, list_of(results.get("organic"))):
            found.append(citations.link(text_of(page.get("title")), text_of(page.get("link"))))
    return list(dict.fromkeys(words for words in found if words))


def _count_file(file: dict[str, Any], lost: Losses) -> None:
    if "web_search" in file:
        return
    kind = text_of(file.get("type"))
    lost.add(losses.PICTURE if kind.startswith("image") else losses.FILE, text_of(file.get("filename")))
