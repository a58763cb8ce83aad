"""What is one emoji, by the grammar of Unicode (https://unicode.org/reports/tr51/#def_emoji_sequence)."""

import re
import unicodedata

_AS_PICTURE, _JOINER = "\ufe0f", "\u200d"
_SKIN = "[\U0001f3fb-\U0001f3ff]"
# Letters of a country; a black flag with the letters of a region; a digit on a key
_FLAG = "[\U0001f1e6-\U0001f1ff]{2}|\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f"
_KEY = rf"[0-9#*]{_AS_PICTURE}?\u20e3"
_FIXED = re.compile(f"{_FLAG}|{_KEY}")
_PARTS = re.compile(rf"(.){_AS_PICTURE}?{_SKIN}?")

MOST_PARTS = 10
"""Pictures that joiners make one of: the longest of Unicode have eight characters."""


def is_emoji(text: str) -> bool:
    """Return whether a text is one emoji and nothing else."""
    if _FIXED.fullmatch(text):
        return True
    parts = text.split(_JOINER)
    return len(parts) <= MOST_PARTS and all(map(_is_picture, parts))


def _is_picture(part: str) -> bool:
    found = _PARTS.fullmatch(part)
    if found is None:
        return False
    base = found[1]
    # To an older Python the newest are unassigned. Signs such as ‼ are text until they are said to be none
    is_new = "\U0001f300" <= base <= "\U0001faff" and unicodedata.category(base) == "Cn"
    is_sign = part[1:2] == _AS_PICTURE and unicodedata.category(base) in {"Sm", "Po"}
    is_letter = "\U0001f1e6" <= base <= "\U0001f1ff"  # half of a flag
    return (unicodedata.category(base) == "So" and not is_letter) or is_new or is_sign
