"""Signs that mean a word between others: voices leave them out, or say something else for them.

"5–10 minutes" is heard as "five ten", "20~30" as one number
(https://github.com/debpalash/VoiceStudio/pull/1821), and "x < 5" without its sign says the contrary. Before
the language of a sentence is known they are kept as one character each, none of which is a mark of Markdown;
then they become its words.
"""

from __future__ import annotations

import re

from chat.markdown.speech.writing_systems import base_language

RANGE, ARROW = "\u2013", "\u2192"
LESS, MORE, EQUAL = "\uff1c", "\uff1e", "\uff1d"  # the wide forms

_UNIT = "\\d%\u2030\u00b0\u2103年月日天时時点點分秒元人个個歲歳回週度円원명개년월일분초시"
_MONEY = "[$\u20ac\u00a3\u00a5\uffe5\u20a9\u20b9]?"
_TILDES = "~\uff5e\u301c\u223c"
_KEPT = (
    (re.compile(rf"(?<=[{_UNIT}])\s?[{_TILDES}]\s?(?={_MONEY}\d)"), RANGE),
    (re.compile(rf"(?<![\w{_TILDES}])[{_TILDES}](?={_MONEY}\d)"), "\u2248"),
    (re.compile(r"(?<=\s)[-=]{1,2}>(?=\s)|[\u2794\u279c\u27a1\u27f6\u27f9\u21a6\u21d2]\ufe0f?"), ARROW),
    (re.compile(r"(?<=[\w)\s])>=(?=[\w(\s])"), "\u2265"),
    (re.compile(r"(?<=[\w)\s])<=(?=[\w(\s])"), "\u2264"),
    (re.compile(r"(?<=[\w)\s])!==?(?=[\w(\s])"), "\u2260"),
    (re.compile(r"(?<=\S\s)<(?=\s\S)"), LESS),
    (re.compile(r"(?<=\S\s)>(?=\s\S)"), MORE),
    # Beside brackets, too: while a reply comes, they may be those of a link that is not known yet
    (re.compile(r"(?<=[\w)\]]\s)={1,3}(?=\s[\w(\[-])"), EQUAL),
    (re.compile(r"(?<=\d)\*(?=\d)|(?<=\d\s)\*(?=\s\d)"), "\u00d7"),
)

SIGNS = RANGE + LESS + MORE + EQUAL + "\u2264\u2265\u2260\u2248\u00b1"
_WORDS = {
    "en": "to|less than|greater than|equals|at most|at least|is not|about|plus or minus",
    "de": "bis|kleiner als|größer als|gleich|höchstens|mindestens|ungleich|etwa|plus minus",
    "fr": "à|inférieur à|supérieur à|égale|au plus|au moins|différent de|environ|plus ou moins",
    "es": "a|menor que|mayor que|es igual a|como máximo|como mínimo|distinto de|aproximadamente|más o menos",
    "pt": "a|menor que|maior que|é igual a|no máximo|no mínimo|diferente de|cerca de|mais ou menos",
    "ru": "до|меньше|больше|равно|не больше|не меньше|не равно|примерно|плюс-минус",
    "ar": "إلى|أصغر من|أكبر من|يساوي|لا يتجاوز|لا يقل عن|لا يساوي|نحو|زائد أو ناقص",
    "hi": "से|लेस दैन|ग्रेटर दैन|बराबर|ज़्यादा से ज़्यादा|कम से कम|बराबर नहीं|करीब|प्लस माइनस",
    "zh": "到|小于|大于|等于|小于等于|大于等于|不等于|约|正负",
    "zh-hant": "到|小於|大於|等於|小於等於|大於等於|不等於|約|正負",
    "ja": "から|小なり|大なり|イコール|小なりイコール|大なりイコール|ノットイコール|約|プラスマイナス",
    "ko": "에서 | 작다 | 크다 | 이퀄 | 작거나 같다 | 크거나 같다 | 같지 않다 | 약 | 플러스마이너스 ",
}
_GAPS = re.compile(rf"\s*[{LESS}{MORE}{EQUAL}]\s*")
_UNSPACED = frozenset(["zh", "ja", "ko"])
_PAUSES = {"zh": "\uff0c", "ja": "\u3001", "ar": "\u060c "}
_FROM_THE_RIGHT = frozenset(["ar", "fa", "he", "ur"])
"""Where what comes next is at the left, and "←" points to it."""

_SIGN = re.compile(rf"\s*((?<=[{_UNIT}]){RANGE}(?={_MONEY}\d)|[{SIGNS[1:]}])\s*")
_POINTED = re.compile(rf"\s*{ARROW}\s*")


def kept(text: str) -> str:
    """Return a text whose signs outlive the removal of marks."""
    for pattern, sign in _KEPT:
        text = pattern.sub(sign, text)
    return text


def in_words(text: str, language: str) -> str:
    """Return a sentence with words for its signs; in a language that is not known here they are gaps."""
    if text.isascii():
        return text
    base = base_language(language)
    if base in _FROM_THE_RIGHT:
        text = text.replace("\u2190", ARROW)
    if ARROW in text:
        text = _POINTED.sub(_PAUSES.get(base, ", "), text).strip(",\uff0c\u3001\u060c ")
    if base not in _WORDS:
        return _GAPS.sub(" ", text).strip()
    words = dict(zip(SIGNS, _WORDS.get(language.lower(), _WORDS[base]).split("|"), strict=True))
    gap = "" if base in _UNSPACED else " "
    return _SIGN.sub(lambda found: f"{gap}{words[found[1]]}{gap}", text).strip()
