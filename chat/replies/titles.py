"""A conversation's title, made by the model from its first message."""

import json
import re
import unicodedata

from chat.conversations.actions import TITLE_LENGTH
from chat.core import text
from chat.provider import ProviderClient

PROMPT = (
    f"{text.TITLE_MARKER} for the conversation that begins with the message below: three to six words, "
    "in its language, without quotation marks and without a full stop. Answer with the title only."
)
# Characters of the message that the model is shown, and tokens it may answer with
EXCERPT = 1000
MAX_TOKENS = 30

# More of either is no title, but a sentence about one, or thinking aloud
MOST_WORDS, MOST_CHARACTERS = 14, 90

_LABEL = re.compile(
    r"(?i)^(?:(?:chat|conversation|suggested|the) )?(?:title|subject|topic|titel|titre|título|titolo|tytuł"
    r"|название|заголовок|标题|標題|题目|題目|主题|タイトル|제목)(?: is)? ?[:：]\s*"
)
_LEAD = re.compile(
    r"(?i)^(?:(?:sure|certainly|of course|okay|ok)\b[^:：]{0,60}|here(?:['’]s| is)[^:：]{0,60})[:：]\s*"
)
_NO_TITLE = re.compile(
    r"(?i)^(?:(?:okay|ok|alright|hmm+|well|so)\b[,.]|let me\b|let(?:['’]s| us) (?:see|think)\b|first,"
    r"|the user\b|(?:i|we) (?:need|have|should|must|want) to\b"
    r"|i (?:cannot|can['’]t|am (?:sorry|unable|not)|apologi[sz]e)\b"
    r"|i['’](?:m (?:sorry|unable|not)|ll)\b|(?:i am |i['’]m )?sorry\b|as an ai\b|unfortunately,"
    r"|嗯|好的[,，]|首先|用户|我需要|我们需要|抱歉|对不起|很抱歉|我无法|我不能)"
)
_SENTENCES = re.compile(r"(?:\S+\s+){2,}\S*[.!?]\s+\S|[。！？]\s*\S")
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]{0,40}>|\*\*+|`+|^[#>\s]+|^(?:[-+•*]|\d{1,2}[.)])\s+")
_FENCE = re.compile(r"^\s*(?:```|~~~)")
_EDGES = " *_\"'“”„‘’‚«»‹›「」『』《》〈〉【】.。,，;；:："
_JOINERS = "\t\u200c\u200d"
_STEERING = {"Cc", "Cf", "Cs", "Co"}


async def request_title(
    provider: ProviderClient, question: str, model: str = "", *, thinks: bool = False
) -> str | None:
    """Return the model's title: "" when it gave none, None when it had no room for one. Raise ProviderError.

    Of a model that `thinks` some thinking is waited for.
    """
    prompt = [{"role": "system", "content": PROMPT}, {"role": "user", "content": question[:EXCERPT]}]
    answer = await provider.complete(prompt, max_tokens=MAX_TOKENS, model=model, thinks=thinks)
    title = clean_title(answer.text, is_cut=answer.is_cut)
    return None if answer.is_cut and not title else title


def clean_title(answer: str, *, is_cut: bool = False) -> str:
    """Return a title without what a model puts around it, on one line; "" when there is none.

    Of what was cut the last line is not whole.
    """
    lines = [_without_controls(line) for line in _named(text.clean(answer)).splitlines()]
    lines = [line for line in lines[: -1 if is_cut else None] if not text.is_blank(line)]
    for line in lines:
        words = _LEAD.sub("", line.strip())
        if words and not (_FENCE.match(line) or words.endswith((":", "："))):
            return _title(words)
    return ""


def _title(line: str) -> str:
    """Return the title that a line holds, if it holds one."""
    plain = _MARKUP.sub("", _MARKUP.sub("", line)).strip(_EDGES)
    plain = _LABEL.sub("", plain).strip(_EDGES)
    is_long = len(plain) > MOST_CHARACTERS or len(plain.split()) > MOST_WORDS
    if is_long or text.is_blank(plain) or _NO_TITLE.match(plain) or _SENTENCES.search(plain):
        return ""
    return text.first_words(plain, TITLE_LENGTH)


def _named(answer: str) -> str:
    """Return the title of an object, for models that answer in JSON."""
    found = re.search(r"\{.{0,4000}\}", answer, re.DOTALL)
    try:
        value = json.loads(found[0]) if found else None
    except (ValueError, RecursionError):
        return answer
    title = value.get("title") or value.get("name") if isinstance(value, dict) else None
    return title if isinstance(title, str) else answer


def _without_controls(line: str) -> str:
    """Return a line without characters that only steer others.

    Joiners stay, which letters and emoji need.
    """
    return "".join(char for char in line if char in _JOINERS or unicodedata.category(char) not in _STEERING)
