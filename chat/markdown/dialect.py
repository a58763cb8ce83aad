"""Where models and people mean something else than CommonMark reads, a line at a time.

Each rule here is told, with its reason, in docs/decisions.md. What is not Markdown to the writer gets
stand-ins, so that the parser sees a letter and the reader what was written, in code as well.
"""

from __future__ import annotations

import re

from chat.markdown.comments import hide_whole
from chat.markdown.stand_ins import END, LINE_OPENING, stand_in

MAX_TAGS = 2_000  # in a paragraph; more are text

PREFIX = re.compile(r"(?:[ \t>]|[-+*][ \t]|\d{1,9}[.)][ \t])*")

_INLINE = "br|sub|sup|kbd|mark|u|s|del|ins"
_OF_SUMMARIES = "|b|strong|i|em|code|h[1-6]"


def _tags(names: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\\)<(/?(?:{names})(?:[\s/][^<>]*)?)>", re.IGNORECASE)


_TAGS = _tags(_INLINE)
_TAGS_OF_CELLS = _tags(f"{_INLINE}|ul|ol|li|details|summary")
_TAGS_OF_LINES = _tags(f"{_INLINE}|details|summary{_OF_SUMMARIES}")
_HTML_LINE = re.compile(r"</?(?:details|summary)(?:\s[^<>]*)?>", re.IGNORECASE)
_LAST_CLOSING = re.compile(r"</details>(?=\s*$)", re.IGNORECASE)

_ONE_TILDE = re.compile(r"(?<!~)~(?!~)")
_TIMES = re.compile(r"(?<=\d)\*{1,2}(?=\d)|(?<=(?<![\w*])[A-Za-z0-9])\*(?=[A-Za-z0-9](?![A-Za-z0-9_]))")
# Names of Python, C, PHP and JavaScript's tools; other words between such marks are bold
_KNOWN = (
    "abs add all annotations author bool bases builtins bytes call class contains copy debug deepcopy"
    " default del delattr delete delitem dict dir doc enter eq exit file float floordiv format ge get"
    " getattr getattribute getitem gt hash iadd import index init int invert iter le len lt main matmul"
    " missing mocks mod module mro mul name ne neg new next or package path pos post_init pow proto"
    " pycache qualname radd repr reversed rmul round set setattr setitem sizeof slots snapshots spec str"
    " sub subclasses tests truediv typename version weakref xor aenter aexit aiter anext await and"
    " FILE LINE DIR CLASS FUNCTION METHOD NAMESPACE COUNTER DATE TIME attribute cdecl declspec cplusplus"
)
_NAMES = frozenset(_KNOWN.split())
_DUNDER = re.compile(r"(?<![A-Za-z0-9_])__([A-Za-z0-9]+(?:_[A-Za-z0-9]+)*)__(?![A-Za-z0-9_])")
_GOES_ON = re.compile(r"\.\w|[(\[/=]")

_CJK = (
    "\u1100-\u11ff\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3100-\u31ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
)
_CJK_ENDS = (
    "\u2013\u2014\u2018\u201c\u201d\u2026\u3000-\u3004\u3008-\u303f"
    "\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
)
_ADDRESS = re.compile(r"(?<![<A-Za-z0-9/\"'=])(?<!\]\()(?:https?://|www\.)[^\s<>]+", re.IGNORECASE)
_STOP = re.compile(f"[{_CJK_ENDS}]")
# Behind a Latin letter the writer went on without a space, unless a folder or a file's ending follows
_GONE_ON = re.compile(rf"(?<=[A-Za-z0-9])[{_CJK}](?![{_CJK}A-Za-z0-9%_-]*(?:[/=]|\.[A-Za-z0-9]))")
_WIKI = re.compile(r"/wiki/", re.IGNORECASE)

_CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")

_BAR = re.compile(r"(?<!\\)\|")

_NUMBER = re.compile(r" {0,3}(\d{1,9})([.)])(?=[ \t]|\s*$)")
_UNDERLINE = re.compile(r" {0,3}(?:(-+)|=+)[ \t]*$")
_ENDS_A_SENTENCE = tuple(".!?:;,\u3002\uff01\uff1f\uff1a\uff1b\uff0c\u2026|")
_STARTS_A_BLOCK = re.compile(r" {0,3}(?:[-+*>#|]|\d{1,9}[.)]\s|`{3}|~{3}|\s*$)")
_LONGEST_TITLE = 60
_HEADING = re.compile(rf" {{0,3}}#{{2,6}}(?=[{_CJK}]|\*\*)")
_FIRST_YEAR = 1000


class Dialect:
    """What of the lines before has to be known to read the next one."""

    def __init__(self) -> None:
        self._before = ""  # the last line
        self._alone = True  # whether there is nothing of its paragraph before it
        self._number = 0  # of the last item of a numbered list
        self._tags = 0  # in this paragraph, at most

    def read(self, line: str) -> str:
        """Return the line for the parser, and remember it."""
        first = line.lstrip(" \t")[:1]
        meant = self._seen(line, first)
        self._alone = not self._before.strip()
        self._before = line
        self._tags = self._tags + line.count("<") if line.strip() else 0
        if first.isdigit() and (number := _NUMBER.match(line)):
            self._number = int(number[1])
        return meant

    def forget(self) -> None:
        """Note that what follows belongs to no paragraph above."""
        self._before = ""

    def seen(self, line: str) -> str:
        """Return the line for the parser."""
        return self._seen(line, line.lstrip(" \t")[:1])

    def _seen(self, line: str, first: str) -> str:
        if first in "-=" and first:
            line = self._underlined(line)
        elif first.isdigit():
            line = self._numbered(line)
        elif first == "#" and (heading := _HEADING.match(line)):
            line = f"{heading[0]} {line[heading.end() :]}"
        if "|" in line and "`" in line:
            line = _CODE.sub(_without_bars, line)
        if "<" in line and self._tags + line.count("<") <= MAX_TAGS:
            line = _html(line)
        if "~" in line:
            line = _ONE_TILDE.sub(_stand_in, line)
        if "__" in line:
            line = _DUNDER.sub(_name, line)
        if "*" in line:
            line = _TIMES.sub(_stand_in, line)
        if not line.isascii() and ("://" in line or "www." in line):
            line = _ADDRESS.sub(_ended, line)
        return line

    def _underlined(self, line: str) -> str:
        """Return the line; dashes are a heading's only under what looks like one, else they are a rule."""
        underline = _UNDERLINE.match(line)
        if not underline or _STARTS_A_BLOCK.match(self._before):
            return line
        marks = underline[0].strip()
        if len(marks) < 3:
            return line.replace(marks, stand_in(marks))
        title = self._before.strip()
        looks_like_one = self._alone and len(title) <= _LONGEST_TITLE and not title.endswith(_ENDS_A_SENTENCE)
        return line if looks_like_one or not underline[1] else "***\n"

    def _numbered(self, line: str) -> str:
        """Return the line with a number hidden that begins no list.

        That is a year, or a number and nothing else, unless it goes on with a list.
        """
        number = _NUMBER.match(line)
        if not number or int(number[1]) == self._number + 1 != 1:
            return line
        if int(number[1]) < _FIRST_YEAR and line[number.end() :].strip():
            return line
        return line[: number.start(2)] + stand_in(number[2]) + line[number.end(2) :]


def _html(line: str) -> str:
    if "<!--" in line:
        line = hide_whole(line)
    start = PREFIX.match(line).end()  # type: ignore[union-attr]  # it matches the empty string
    if _HTML_LINE.match(line, start):
        return line[:start] + LINE_OPENING + _TAGS_OF_LINES.sub(_hidden, line[start:])
    line = (_TAGS_OF_CELLS if "|" in line else _TAGS).sub(_hidden, line)
    return _LAST_CLOSING.sub(lambda found: f"<{stand_in(found[0][1:-1])}>", line) if "</d" in line else line


def _hidden(tag: re.Match[str]) -> str:
    return f"<{stand_in(tag[1])}>"


def _stand_in(found: re.Match[str]) -> str:
    return stand_in(found[0])


def _name(found: re.Match[str]) -> str:
    before, after = found.string[: found.start()], found.string[found.end() :]
    if "_" in found[1] or found[1] in _NAMES or before[-1:] in ("/", ".") or _GOES_ON.match(after):
        return found[0].replace("_", stand_in("_"))
    return found[0]


def _ended(found: re.Match[str]) -> str:
    """Return an address, with a mark where the writer's own words begin."""
    address = found[0]
    stop = _STOP.search(address)
    end = stop.start() if stop else len(address)
    if not _WIKI.search(address, 0, end) and (words := _GONE_ON.search(address, 0, end)):
        end = words.start()
    return address if end == len(address) else f"{address[:end]}{END}{address[end:]}"


def _without_bars(found: re.Match[str]) -> str:
    """Return code with stand-ins for bars.

    They part no cells, unless the marks are those of two cells.
    """
    code = found[2]
    if "|" not in code or (code[0] == " " and code.lstrip().startswith("|") and code.rstrip().endswith("|")):
        return found[0]
    return f"{found[1]}{_BAR.sub(_stand_in, code)}{found[1]}"
