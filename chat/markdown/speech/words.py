"""Visible words as they are said: without what is left of marks, without emoji."""

from __future__ import annotations

import re

from chat.markdown.speech.signs import SIGNS, kept

_EMOJI = (
    "\u200d\u203c\u2049\u20e3\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25a0-\u27bf\u2934\u2935\u2b00-\u2bff"
    "\u3030\u303d\u3297\u3299\ufe00-\ufe0f\U0001f000-\U0001faff\U000e0000-\U000e007f"
)
_SILENT = re.compile(rf"[{_EMOJI}\u00ad\u200b\u2060\ufeff]")
# Points of lists that a model wrote as text, and names of emoji
_NO_WORDS = re.compile(r"(?:^|(?<=\s))[\u2022\u2023\u25e6](?=\s)|(?<![\w:]):[a-z][a-z0-9_]{2,30}:(?![\w:])")
_DASHES = re.compile(r"-{2,}")
_MARKS = re.compile(
    r"[*`|\\^{}\[\]<>_~]+"
    r"|\$(?!\d)"
    r"|(?<!\w)#+(?!\d)|(?<=\w)#{2,}"
    r"|={2,}|(?<!\S)=+(?!\S)"
    r"|&(?=#?\w{1,31};)"
)
_SPACE = re.compile(r"\s+")
_NO_SPACE_BEFORE = re.compile(r" ([,.!?;:)\u2026\u3001\u3002\uff01\uff0c\uff1a\uff1b\uff1f]+)(?= |$)")
_WORD = re.compile(r"\w")
_CODE_SIGNS = re.compile(
    rf"[^\w\s.+:,#/{SIGNS}-]|(?<!\w)/|/(?!\w)|_|[.:,](?!\w)|(?<!\w)#|(?<=#)#|(?<![\w ])-|-{{2,}}|:{{2,}}"
)

LONGEST_CODE, MOST_CODE_WORDS = 40, 6


def said(text: str) -> str:
    """Return words as they are said, "" if there is nothing to say."""
    text = _SILENT.sub("", kept(_NO_WORDS.sub(" ", text)))
    text = _MARKS.sub(" ", _DASHES.sub(" \u2013 ", text))
    text = _NO_SPACE_BEFORE.sub(r"\1", _SPACE.sub(" ", text)).strip()
    return text if _WORD.search(text) else ""


def said_code(code: str) -> str:
    """Return the words of a short piece of code, "" if it is too long to be said or has none."""
    if len(code) > LONGEST_CODE:
        return ""
    words = _SPACE.sub(" ", _CODE_SIGNS.sub(" ", kept(code))).strip()
    return words if len(words.split()) <= MOST_CODE_WORDS and _WORD.search(words) else ""
