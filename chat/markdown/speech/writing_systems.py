"""The language of a sentence, by the letters it is written in."""

from __future__ import annotations

import re

# A script: its letters, the language that is meant if the reader's is not written in it, and those that are.
_SCRIPTS = (
    ("\u0400-\u052f", "ru", "ru uk be bg sr mk kk ky mn tg"),
    ("\u0370-\u03ff\u1f00-\u1fff", "el", "el"),
    ("\u0590-\u05ff", "he", "he yi"),
    ("\u0600-\u06ff\u0750-\u077f", "ar", "ar fa ur ps ckb ug sd"),
    ("\u0900-\u097f", "hi", "hi mr ne sa"),
    ("\u0980-\u09ff", "bn", "bn as"),
    ("\u0a00-\u0a7f", "pa", "pa"),
    ("\u0a80-\u0aff", "gu", "gu"),
    ("\u0b80-\u0bff", "ta", "ta"),
    ("\u0c00-\u0c7f", "te", "te"),
    ("\u0c80-\u0cff", "kn", "kn"),
    ("\u0d00-\u0d7f", "ml", "ml"),
    ("\u0e00-\u0e7f", "th", "th"),
    ("\u0530-\u058f", "hy", "hy"),
    ("\u10a0-\u10ff", "ka", "ka"),
    ("\u1780-\u17ff", "km", "km"),
)
_HAN, _KANA, _HANGUL = (
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff",
    "\u3040-\u30ff\uff66-\uff9f",
    "\uac00-\ud7af",
)
_LATIN = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff"
_LETTERS = {
    "latin": re.compile(f"[{_LATIN}][{_LATIN}'\u2019-]*"),
    "han": re.compile(f"[{_HAN}]"),
    "kana": re.compile(f"[{_KANA}]"),
    "hangul": re.compile(f"[{_HANGUL}]"),
}
_OTHERS = [(re.compile(f"[{letters}]+"), usual, known.split()) for letters, usual, known in _SCRIPTS]
_NOT_LATIN = {"zh", "ja", "ko"} | {name for _, _, known in _OTHERS for name in known}


def base_language(tag: str) -> str:
    """Return the part of a language's tag that is the language: "zh" of "zh-hans"."""
    return tag.lower().partition("-")[0].partition("_")[0]


def language_of(text: str, language: str) -> str:
    """Return ``language`` if the text may be written in it, else the usual one of its letters."""
    base = base_language(language)
    if text.isascii():
        has_words = _LETTERS["latin"].search(text)
        return "en" if base in _NOT_LATIN and has_words else language
    counts = {name: len(letters.findall(text)) for name, letters in _LETTERS.items()}
    words = counts["latin"]
    if counts["kana"] and counts["kana"] + counts["han"] >= words:
        return _named("ja", base, language)
    if counts["hangul"] and counts["hangul"] >= words:
        return _named("ko", base, language)
    if counts["han"] and counts["han"] >= words:
        return language if base == "ja" else _named("zh", base, language)
    for letters, usual, known in _OTHERS:
        if (found := len(letters.findall(text))) and found >= words:
            return language if base in known else usual
    return "en" if words and base in _NOT_LATIN else language


def _named(usual: str, base: str, language: str) -> str:
    return language if base == usual else usual
