"""Thinking that a model writes into its text, told from the answer by the marks of its chat template.

Every family of models has marks of its own (`<think>`, `[THINK]`, the channels of gpt-oss and of Gemma), and
some templates open the thinking themselves, so that only the closing mark comes: what was taken for an answer
until then is thinking. An answer that speaks of the marks keeps them: those in code, in the middle of a
sentence, in quotation marks (chat/provider/mark_context.py judges that).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from chat.provider.mark_context import MarkContext

TAGS = ("think", "thinking", "seed:think", "mm:think", "antml:thinking", "antthinking", "longcat_think")
"""Names of tags that are thinking wherever they open; their forms are `<x>` and `</x>`."""

WORDS = ("thought", "thoughts", "reason", "reasoning", "reflection", "scratchpad", "reasoning_scratchpad")
"""Names that other XML has too: they open thinking only at the very beginning of a reply."""

MARKS = {
    "[think]": "[/think]",  # Mistral
    "◁think▷": "◁/think▷",  # Kimi
    "<|begin_of_thought|>": "<|end_of_thought|>",  # OpenThoughts
    "<|start_thinking|>": "<|end_thinking|>",  # Cohere
    "<|inner_prefix|>": "<|inner_suffix|>",  # Apertus
    "<|channel>thought": "<channel|>",  # Gemma 4
    "<unused94>thought": "<unused95>",  # MedGemma
    "<|think|>": "<|/think|>",
}
"""Marks that are not spelled as tags, in lower case: what opens and what closes."""

AT_START = {
    "here is my thought process:": "here is my response:",  # Granite 3
    "analysis": "assistantfinal",  # gpt-oss behind a server that leaves the special tokens out
}

HEADERS, MESSAGE = ("<|channel|>", "<|start|>"), "<|message|>"
ENDS = ("<|end|>", "<|return|>", "<|call|>")
"""gpt-oss: <|channel|>analysis<|message|>...<|end|><|start|>assistant<|channel|>final<|message|>..."""

WRAPPERS = {
    "<answer>": "</answer>",
    "<response>": "</response>",
    "<|start_response|>": "<|end_response|>",
    "<|begin_of_solution|>": "<|end_of_solution|>",
}
"""What some models put around the answer that follows their thinking."""

MAX_HEADER = 200
"""Characters of what stands between <|channel|> and <|message|>."""

LOOK = 3
"""Characters after a mark that are needed to judge it."""

MAX_BLANK = 1000
"""Characters of white space at the beginning of a reply that are waited through for a mark."""

PIECE = 4096
"""Characters looked at in one go: what follows a mark is copied, and a megabyte may be nothing but marks."""

MOST_MARKS = 2000
"""Marks of a reply that are judged. More has only what is all data, or hostile: a megabyte of marks would
hold up everybody for more than a second. What follows is the answer, as it stands."""

OPENS = {f"<{name}>": f"</{name}>" for name in TAGS} | MARKS
STARTS = OPENS | {f"<{name}>": f"</{name}>" for name in WORDS} | AT_START
CLOSES = frozenset(STARTS.values()) - frozenset(AT_START.values())
_CLOSED_BY = {closing: opening for opening, closing in STARTS.items()}


def _either(marks: Iterable[str]) -> re.Pattern[str]:
    """Return what finds one of the marks, the longest that stands there.

    It is a tree, so that what only begins as a mark is passed at its first other character: trying one mark
    after the other cost a megabyte of "<" a second.
    """
    return re.compile(_branches(marks), re.IGNORECASE)


def _branches(ends: Iterable[str]) -> str:
    by_first: dict[str, list[str]] = {}
    for end in sorted(ends):
        by_first.setdefault(end[:1], []).append(end[1:])
    may_end = by_first.pop("", None)
    if not by_first:
        return ""
    either = "|".join(re.escape(first) + _branches(rest) for first, rest in by_first.items())
    return f"(?:{either})?" if may_end else f"(?:{either})"


def _beginnings(marks: Iterable[str]) -> frozenset[str]:
    return frozenset(mark[:size] for mark in marks for size in range(1, len(mark)))


_IN_ANSWER = {*OPENS, *STARTS, *CLOSES, *HEADERS, *ENDS, *WRAPPERS.values()} - {*AT_START}
_MARK = _either(_IN_ANSWER)
_BEGUN = _beginnings(_IN_ANSWER)
_FIRST = _either({*STARTS, *CLOSES, *HEADERS})
_FIRST_BEGUN = _beginnings({*STARTS, *CLOSES, *HEADERS}) | {"analysis", "[think]"}
_WRAPPER = _either(WRAPPERS)
_WRAPPER_BEGUN = _beginnings(WRAPPERS)
_CLOSING = {closing: _either([closing]) for closing in STARTS.values()} | {"": _either({*HEADERS, *ENDS})}
_CLOSING_BEGUN = {closing: _beginnings([closing]) for closing in STARTS.values()}
_CLOSING_BEGUN[""] = _beginnings({*HEADERS, *ENDS})


Split = tuple[str, str, int]


class ThinkingSplitter:
    """Tell the answer from the thinking, in text that is cut anywhere.

    `has_thoughts` may be set when thinking comes in a field of its own: then a closing mark that none opened
    is only left over.
    """

    def __init__(self) -> None:
        self.has_thoughts = False
        self._held = ""
        self._is_plain = False  # in the answer, with nothing held back
        self._step: Callable[[str, bool], str | None] = self._begin
        self._answer: list[str] = []
        self._thought: list[str] = []
        self._moved = 0
        self._given = 0  # characters of answer that were handed out since thinking ended last
        self._around = MarkContext()
        self._closing = ""  # the mark that ends the thinking, "" for the channels of gpt-oss
        self._last = ""  # character of the thinking
        self._wrapper = ""  # the one that ends a wrapped answer
        self._spoken: set[str] = set()  # opening marks that the answer speaks of
        self._marks = 0  # that were judged

    def feed(self, text: str, ended: bool = False) -> Split:
        """Take more text; `ended` says that none follows, so that nothing is held back.

        Returns what of it is answer, what is thinking, and how many characters of the answer given before are
        thinking too.
        """
        if self._is_plain and not (ended or "<" in text or "[" in text or "◁" in text):
            # As nearly all text: the way of a token is to be short
            self._around.add(text)
            self._given += len(text)
            return text, "", 0
        for start in range(0, len(text) or 1, PIECE):
            self._take(text[start : start + PIECE], ended and start + PIECE >= len(text))
        answer, thought, moved = "".join(self._answer), "".join(self._thought), self._moved
        self._answer.clear()
        self._thought.clear()
        self._moved = 0
        self._given += len(answer)
        self._is_plain = self._step == self._read and not self._held
        return answer, thought, moved

    def _take(self, text: str, ended: bool) -> None:
        rest: str | None = self._held + text
        self._held = ""
        while rest:
            if self._marks >= MOST_MARKS:
                self._step = self._pass_on
            rest = self._step(rest, ended)

    # The steps: each takes from the text what it can tell, and returns the rest; None when it needs more

    def _begin(self, text: str, ended: bool) -> str | None:
        """Judge the very beginning: more opens thinking there, and white space is not judged yet."""
        start = text.lstrip()
        is_short = len(text) - len(start) <= MAX_BLANK
        if is_short and not ended and (not start or start.lower() in _FIRST_BEGUN):
            return self._hold(text)
        mark = _FIRST.match(start)
        self._step = self._read
        if mark is None or not self._starts(mark[0].lower(), start[mark.end() :]):
            return text
        if mark[0].lower() in STARTS:
            self._closing = STARTS[mark[0].lower()]
            self._step = self._enter
            return start[mark.end() :]
        if mark[0].lower() in CLOSES:
            self._leave(mark[0].lower())
            return start[mark.end() :]
        self._step = self._header
        return start

    @staticmethod
    def _starts(mark: str, rest: str) -> bool:
        """Return whether a mark stands before thinking: some, a word or a link, begin other answers too."""
        if mark == "analysis":
            return rest[:1].isupper()
        return mark != "[think]" or rest[:1] not in ("(", "[", ":")

    def _read(self, text: str, ended: bool) -> str | None:
        """Take the answer up to the next mark."""
        mark = _MARK.search(text)
        if mark is None:
            place = max(text.rfind("<"), text.rfind("["), text.rfind("◁"))
            if not ended and place >= 0 and text[place:].lower() in _BEGUN:
                self._say(text[:place])
                return self._hold(text[place:])
            self._say(text)
            return None
        self._say(text[: mark.start()])
        rest = text[mark.end() :]
        if not ended and len(rest) < LOOK:
            return self._hold(text[mark.start() :])
        self._marks += 1
        if self._obey(mark[0].lower(), rest):
            return text[mark.start() :] if mark[0].lower() in HEADERS else rest
        self._say(mark[0])
        return rest

    def _obey(self, mark: str, rest: str) -> bool:
        """Do what a mark in the answer says; return False when it is only spoken of."""
        if mark == self._wrapper:
            self._wrapper = ""
            return True
        if mark in ENDS:
            return (self._closing == "" and self.has_thoughts) or rest.lower().startswith("<|s")
        if mark in HEADERS:
            return self._channel_opens(rest)
        if mark in OPENS and self._around.opens(rest):
            self._closing = OPENS[mark]
            self._step = self._enter
            return True
        if mark not in CLOSES:
            self._spoken.add(mark)
            return False
        if _CLOSED_BY[mark] in self._spoken or not self._around.closes(rest):
            return False
        self._leave(mark)
        return True

    def _channel_opens(self, rest: str) -> bool:
        if self._around.in_code or not (self.has_thoughts or self._around.closes(rest)):
            return False
        self._step = self._header
        return True

    def _enter(self, text: str, ended: bool) -> str | None:
        """Begin the thinking: the line ends after its mark belong to nothing."""
        self.has_thoughts = True
        text = text.lstrip()
        if text:
            self._step = self._think
        return text or None

    def _think(self, text: str, ended: bool) -> str | None:
        """Take the thinking up to what closes it."""
        mark = _CLOSING[self._closing].search(text)
        if mark is None:
            kept = 0 if ended else _begun(text, _CLOSING_BEGUN[self._closing])
            self._ponder(text[: len(text) - kept])
            return self._hold(text[len(text) - kept :])
        self._ponder(text[: mark.start()])
        rest = text[mark.end() :]
        if not (ended or rest):
            return self._hold(mark[0])
        self._marks += 1
        if self._last == "`" == rest[:1]:  # it is spoken of
            self._ponder(mark[0])
            return rest
        if mark[0].lower() in HEADERS:
            self._step = self._header
            return text[mark.start() :]
        self._step = self._between
        return rest

    def _header(self, text: str, ended: bool) -> str | None:
        """Read whose words follow, and in which channel: <|start|> or <|channel|> up to <|message|>."""
        header, found, rest = text.partition(MESSAGE)
        if not found and not ended and len(text) < MAX_HEADER:
            return self._hold(text)
        if not found:  # no header after all
            self._step = self._read
            self._say(text)
            return None
        self._closing = ""
        if "<|channel|>" in header and "final" not in header:
            self._step = self._enter
        elif not self.has_thoughts and (self._given or any(self._answer)):
            self._leave("")
        else:
            self.has_thoughts = True
            self._step = self._between
        return rest

    def _between(self, text: str, ended: bool) -> str | None:
        """Pass over what follows the thinking: white space, and a mark around the answer."""
        text = text.lstrip()
        may_begin = _WRAPPER_BEGUN | _CLOSING_BEGUN[""] if self._closing == "" else _WRAPPER_BEGUN
        if not text or (not ended and text.lower() in may_begin):
            return self._hold(text)
        wrapper = _WRAPPER.match(text)
        if wrapper:
            self._marks += 1
            self._wrapper = WRAPPERS[wrapper[0].lower()]
            return text[wrapper.end() :] or None
        if self._closing == "" and (mark := _CLOSING[""].match(text)):
            self._marks += 1
            self._step = self._header if mark[0].lower() in HEADERS else self._between
            return text if mark[0].lower() in HEADERS else text[mark.end() :]
        self._step = self._read
        if self._around.ends_a_word:
            self._say("\n\n")
        return text

    def _pass_on(self, text: str, ended: bool) -> None:
        """Take all of it as the answer, after more marks than are judged."""
        self._say(text)

    def _leave(self, mark: str) -> None:
        """End thinking that nothing opened: all of the answer until here was thinking.

        If it was told apart already, in whatever way, the mark is only left over.
        """
        if not self.has_thoughts:
            self._moved = self._given
            self._given = 0
            self._thought[:0] = self._answer
            self._answer.clear()
            self._around = MarkContext()
        self.has_thoughts = True
        self._closing = mark
        self._step = self._between

    def _say(self, text: str) -> None:
        if text:
            self._around.add(text)
            self._answer.append(text)

    def _ponder(self, text: str) -> None:
        if text:
            self._last = text[-1]
            self._thought.append(text)

    def _hold(self, text: str) -> str | None:
        self._held = text
        return None


def _begun(text: str, beginnings: frozenset[str]) -> int:
    """Return how many characters at the end of `text` are the beginning of a mark."""
    sizes = range(min(len(text), max(map(len, beginnings))), 0, -1)
    return next((size for size in sizes if text[-size:].lower() in beginnings), 0)
