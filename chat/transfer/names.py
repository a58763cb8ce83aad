"""Names of files, made of titles: safe on every system, in a ZIP and in a header."""

import re
import unicodedata
from urllib.parse import quote

LONGEST_NAME = 120
"""Bytes of a name in UTF-8, with its ending: encrypted homes on Linux take 143."""

# What Windows, paths and shells read as something else
_FORBIDDEN = re.compile(r'[\\/:*?"<>|]+')
_SPACE = re.compile(r"\s+")
# Of devices on Windows, with any ending
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)", re.IGNORECASE)
# Controls, marks that turn the direction of writing (with one "fdp.exe" shows as "exe.pdf"), and what has no
# character. Joiners of emoji and of Persian words are no harm
_UNSEEN = {"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"}
_JOINERS = "\u200c\u200d"


def file_name(title: str, ending: str, taken: set[str] | None = None) -> str:
    """Return a name for a file with this title and ending (".md"), which is then `taken`, without case.

    Letters of every language stay. It names no folder, has at most LONGEST_NAME bytes, and is unlike all in
    `taken`.
    """
    name = _tidied(title) or "conversation"
    for number in range(1, (len(taken) if taken else 0) + 2):
        tail = f" ({number}){ending}" if number > 1 else ending
        whole = _cut(name, LONGEST_NAME - len(tail.encode())) + tail
        key = unicodedata.normalize("NFKC", whole).casefold()
        if taken is None or key not in taken:
            break
    if taken is not None:
        taken.add(key)
    return whole


def _tidied(title: str) -> str:
    text = unicodedata.normalize("NFC", title)
    text = _SPACE.sub(" ", text)
    text = "".join(char for char in text if char in _JOINERS or unicodedata.category(char) not in _UNSEEN)
    text = _FORBIDDEN.sub("_", text).strip(" .~-_" + _JOINERS)
    return f"_{text}" if _DEVICE.match(text) else text


def _cut(name: str, most: int) -> str:
    """Return as much of a name as has `most` bytes, without half a character at its end."""
    if len(name.encode()) <= most:
        return name
    return name.encode()[:most].decode(errors="ignore").rstrip(" ." + _JOINERS)


def attachment(name: str) -> str:
    """Return the value of Content-Disposition for a file that is to be kept under this name (RFC 6266).

    Old clients read the first, of ASCII alone, all others the second, in UTF-8 (RFC 5987).
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    stem, dot, ending = plain.rpartition(".")
    plain = f"{stem.strip() or 'export'}{dot}{ending}".replace('"', "").replace("\\", "").replace("%", "")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
