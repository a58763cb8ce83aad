"""What cannot come along, or not whole: the kinds, and the sentence that the report says of each."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

# Of a message
PICTURE, FILE, AUDIO, VIDEO, TOOL, CANVAS, OTHER = (
    "picture",
    "file",
    "audio",
    "video",
    "tool",
    "canvas",
    "other",
)
LONG_TEXT, DATE, ORPHAN, CYCLE, DUPLICATE = "long_text", "date", "orphan", "cycle", "duplicate"
# Of a conversation
EMPTY, UNREADABLE, TOO_LARGE, UNKNOWN, DELETED = "empty", "unreadable", "too_large", "unknown", "deleted"
# Of a file
CUT_OFF, NESTED, ENCRYPTED, BOMB, DAMAGED = "cut_off", "nested", "encrypted", "bomb", "damaged"
WITHOUT, NEWER = "without", "newer"

KINDS = {
    PICTURE: _("Pictures"),
    FILE: _("Attached files"),
    AUDIO: _("Audio"),
    VIDEO: _("Videos"),
    TOOL: _("Tool calls and their results"),
    CANVAS: _("Canvases and artifacts"),
    OTHER: _("Content of a kind that this site doesn’t know"),
    LONG_TEXT: _("Messages that were too long; their beginning was imported"),
    DATE: _("Dates that can’t be right; the nearest known date was used"),
    ORPHAN: _("Messages whose previous message is missing; they begin a version of their own"),
    CYCLE: _("Messages that follow each other in a circle; the circle was opened"),
    DUPLICATE: _("Messages that are in the file twice; the first was imported"),
    EMPTY: _("Conversations without any text"),
    UNREADABLE: _("Conversations that can’t be read, because the JSON is broken"),
    TOO_LARGE: _("Conversations that are too large"),
    UNKNOWN: _("Entries that are not a conversation of a known product"),
    DELETED: _("Conversations that you deleted here"),
    CUT_OFF: _("The file ends in the middle; what comes after is missing"),
    NESTED: _("A ZIP inside the ZIP was not opened; import it on its own"),
    ENCRYPTED: _("A file with a password was not opened"),
    BOMB: _("A file was not read to its end, because it unpacks to too much"),
    DAMAGED: _("A file in the ZIP is damaged; what could be read was imported"),
    WITHOUT: _("A file without conversations"),
    NEWER: _("A file that a newer version of this site has written"),
}
"""In the words that stand in the report and in the preview."""

OF_CONVERSATIONS = frozenset({EMPTY, UNREADABLE, TOO_LARGE, UNKNOWN, DELETED})
"""Kinds that mean that a whole conversation was left out."""
