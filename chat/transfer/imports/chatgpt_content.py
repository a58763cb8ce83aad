"""What one message of ChatGPT's says: text, thinking, and what is in it that stays behind."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from chat.transfer.imports import citations, losses
from chat.transfer.imports.source import Losses, list_of, map_of, text_of
from chat.transfer.imports.tree import LONGEST_TEXT

# A mark for a source, a picture or a widget, in signs of private use; and the one of older files
_MARK = re.compile("\ue200[^\ue200\ue201]{0,2000}\ue201")
_OLD_MARK = re.compile(r"【\d{1,4}[†:][^】]{0,200}】")
_PRIVATE = re.compile("[\ue200-\ue20f]")

KIND_OF_PART = {
    "image_asset_pointer": losses.PICTURE,
    "audio_asset_pointer": losses.AUDIO,
    "real_time_user_audio_video_asset_pointer": losses.AUDIO,
    "video_container_asset_pointer": losses.VIDEO,
}
# Of tools: what they found, showed or wrote
TOOL_KINDS = {
    "execution_output",
    "tether_browsing_display",
    "tether_quote",
    "sonic_webpage",
    "computer_output",
    "citable_code_output",
    "super_widget",
    "app_pairing_content",
}
# Says no more than how long it thought, or that something went wrong
SILENT_KINDS = {"reasoning_recap", "system_error", ""}


@dataclass(slots=True)
class Content:
    """`kind` is ChatGPT's own name for what it is."""

    kind: str
    text: str = ""
    reasoning: str = ""


def read_content(value: Any, metadata: dict[str, Any], lost: Losses) -> Content:
    """Return what a message says, and note in `lost` what of it stays behind."""
    if isinstance(value, str):
        return Content("text", value)
    fields = map_of(value)
    kind = text_of(fields.get("content_type")) or ("text" if "parts" in fields or "text" in fields else "")
    content = Content(kind)
    if kind in ("text", "multimodal_text"):
        content.text = _parts(fields, lost)
        content.text = _with_sources(content.text or text_of(fields.get("text")), metadata)
    elif kind == "code":
        content.text = _fenced(text_of(fields.get("text")), text_of(fields.get("language")))
    elif kind == "thoughts":
        content.reasoning = _thoughts(fields)
    elif kind in ("user_editable_context", "model_editable_context"):
        names = ("user_profile", "user_instructions", "model_set_context")
        content.text = "\n\n".join(words for name in names if (words := text_of(fields.get(name)).strip()))
    elif kind not in TOOL_KINDS | SILENT_KINDS:
        content.text = _parts(fields, lost) or text_of(fields.get("text"))
        if not content.text:
            lost.add(losses.OTHER, kind)
    return content


def _parts(fields: dict[str, Any], lost: Losses) -> str:
    words: list[str] = []
    for part in list_of(fields.get("parts")):
        if isinstance(part, str):
            words.append(part)
            continue
        part = map_of(part)
        kind = text_of(part.get("content_type"))
        if text := text_of(part.get("text")):  # what was spoken, written down
            words.append(text)
        elif part:
            lost.add(KIND_OF_PART.get(kind, losses.OTHER), "" if kind in KIND_OF_PART else kind)
    return "\n\n".join(text for text in words if text)


def _thoughts(fields: dict[str, Any]) -> str:
    found = []
    for thought in map(map_of, list_of(fields.get("thoughts"))):
        summary, words = text_of(thought.get("summary")).strip(), text_of(thought.get("content")).strip()
        found.append(f"**{summary}**\n\n{words}".strip() if summary else words)
    return "\n\n".join(words for words in found if words)


def _fenced(code: str, language: str) -> str:
    if not code.strip():
        return ""
    longest = max((len(run) for run in re.findall(r"`{3,}", code)), default=2)
    name = language if re.fullmatch(r"[\w+#.-]{1,30}", language) and language != "unknown" else ""
    fence = "`" * (longest + 1)
    return f"{fence}{name}\n{code}\n{fence}"


def _with_sources(text: str, metadata: dict[str, Any]) -> str:
    """Return a text with links where its sources were marked; those of one that is to be cut are left out."""
    if len(text) <= LONGEST_TEXT:
        text = _with_old_sources(_with_new_sources(text, metadata), metadata)
    if "\ue200" in text:
        text = _MARK.sub("", text)
    if "【" in text:
        text = _OLD_MARK.sub("", text)
    return _PRIVATE.sub("", text)


def _with_new_sources(text: str, metadata: dict[str, Any]) -> str:
    """Return a text with links in place of the marks that `content_references` name."""
    for reference in map(map_of, list_of(metadata.get("content_references"))[: citations.MOST_PLACED]):
        mark, words = text_of(reference.get("matched_text")), citations.inline(_links(reference))
        # What somebody has edited may have two letters for a mark, that stand everywhere
        if len(mark.strip()) > 1 and len(text) + text.count(mark) * len(words) <= LONGEST_TEXT:
            text = text.replace(mark, words)
    return text


def _with_old_sources(text: str, metadata: dict[str, Any]) -> str:
    """Return a text with links in place of the marks that `citations` have by their places."""
    old = [map_of(found) for found in list_of(metadata.get("citations"))[: citations.MOST_PLACED]]
    placed = [found for found in old if _is_placed(found, text)]
    for found in sorted(placed, key=lambda found: -int(found["start_ix"])):
        words = citations.inline([_link(map_of(found.get("metadata")))])
        text = text[: found["start_ix"]] + words + text[found["end_ix"] :]
    return text


def _is_placed(found: dict[str, Any], text: str) -> bool:
    """Return whether it says where a mark of the older kind stands; the text may have changed since."""
    start, end = found.get("start_ix"), found.get("end_ix")
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(text):
        return False
    return text[start] == "【" and text[end - 1] == "】"


def _links(reference: dict[str, Any]) -> list[str]:
    items = [reference, *map(map_of, list_of(reference.get("items")))]
    for item in list(items[1:]):
        items += map(map_of, list_of(item.get("supporting_websites")))
    links = [_link(item) for item in items]
    if not any(links):
        links = [citations.link("", text_of(url)) for url in list_of(reference.get("safe_urls"))]
    return links


def _link(fields: dict[str, Any]) -> str:
    return citations.link(text_of(fields.get("title")), text_of(fields.get("url")))
