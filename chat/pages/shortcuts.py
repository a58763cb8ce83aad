"""The keyboard shortcuts of the chat page: what each is called in the scripts, its keys, and what it does.

This is the one list of them. Scripts register for a name (`static/chat/js/core/shortcuts.js`), and the sheet
that explains them is made of the same rows.
"""

import json
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Shortcut(NamedTuple):
    """`keys` are joined by "+", as the page's script reads them; Ctrl is Command on a Mac."""

    name: str
    keys: str
    label: str | Promise

    @property
    def caps(self) -> list[str]:
        """The keys one by one, as they are printed on a keyboard."""
        return self.keys.split("+")


SHORTCUTS = (
    Shortcut("new-chat", "Ctrl+Shift+O", _("New chat")),
    Shortcut("temporary-chat", "Ctrl+Shift+.", _("Temporary chat")),
    Shortcut("search", "Ctrl+K", pgettext_lazy("of chats", "Search")),
    Shortcut("focus", "Shift+Esc", _("Go to the message box")),
    Shortcut("stop", "Esc", _("Stop the reply")),
    Shortcut("copy-reply", "Ctrl+Shift+C", _("Copy the last reply")),
    Shortcut("copy-code", "Ctrl+Shift+;", _("Copy the last code block")),
    Shortcut("quote", "Alt+Q", _("Quote the selected words")),
    Shortcut("dictate", "Ctrl+Shift+D", _("Dictate")),
    Shortcut("sidebar", "Ctrl+Shift+S", _("Show or hide the sidebar")),
    Shortcut("settings", "Ctrl+,", _("Settings")),
    Shortcut("shortcuts", "?", _("Keyboard shortcuts")),
)


def keys_by_name() -> dict[str, str]:
    """Return what the page's script is to listen for."""
    return {shortcut.name: shortcut.keys for shortcut in SHORTCUTS}


def keys_as_json() -> str:
    """Return the same as the page has it."""
    return json.dumps(keys_by_name())
