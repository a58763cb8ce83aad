"""Colours for code that is still being written: each line once, when it has ended.

The lexer goes on from the state in which it left the line before, so that the cost is that of the
new lines. What it could not know by then (a comment whose end comes later, for some languages) is
right when the block is closed and lexed as a whole.
"""

from __future__ import annotations

from html import escape, unescape

from pygments.lexer import ExtendedRegexLexer, Lexer, LexerContext, RegexLexer
from pygments.token import _TokenType

from chat.markdown.code import MAX_CODE, MAX_LINE, lexer_for, spans
from chat.markdown.rows import GrowingRows
from chat.markdown.sanitise import sanitise
from chat.markdown.stand_ins import PLACE

_COMMENTS = {"/*": "*/", "<!--": "-->"}


class GrowingCode:
    """One code block; `coloured` is asked again and again with more of its text."""

    def __init__(self) -> None:
        self._name = ""
        self._seen = ""  # the lines that have colours, escaped
        self._html = ""
        self._lexer: Lexer | None = None
        self._context: LexerContext | None = None
        self._comment = ""  # what ends the one that is open

    def coloured(self, text: str, name: str) -> str:
        """Return escaped code as safe HTML: its complete lines in colours, the last one plain."""
        if name != self._name or not text.startswith(self._seen):
            self.__init__()  # type: ignore[misc]  # another block has come to this place
            self._name = name
        if not name or len(text) > MAX_CODE:
            return text
        end = text.rfind("\n") + 1
        if end > len(self._seen):
            self._html += sanitise(self._lines(unescape(text[len(self._seen) : end])))
            self._seen = text[:end]
        return self._html + text[end:]

    def _lines(self, code: str) -> str:
        return "".join(map(self._line, code.splitlines(keepends=True)))

    def _line(self, line: str) -> str:
        opening = line.lstrip()
        for mark, end in _COMMENTS.items():
            if opening.startswith(mark) and end not in line and not self._comment:
                self._comment = end
        if self._comment:
            self._comment = "" if self._comment in line else self._comment
            return f'<span class="cm">{escape(line)}</span>'
        if len(line) > MAX_LINE:
            return escape(line)
        try:
            return spans(self._tokens(line))
        except Exception:  # a lexer may raise anything, and a line without colours is still a line
            self._context = None
            return escape(line)

    def _tokens(self, line: str) -> list[tuple[_TokenType, str]]:
        lexer = self._lexer = self._lexer or lexer_for(self._name, line)
        if not isinstance(lexer, RegexLexer) or isinstance(lexer, ExtendedRegexLexer):
            return list(lexer.get_tokens(line))
        if self._context is None:
            starts_inline = self._name == "php" and "<?" not in line
            self._context = LexerContext(line, 0, ["root", "php"] if starts_inline else None)
        context = self._context
        context.text, context.pos, context.end = line, 0, len(line)
        found = ExtendedRegexLexer.get_tokens_unprocessed(lexer, context=context)
        tokens = [(kind, text) for _, kind, text in found]
        if "".join(text for _, text in tokens) != line:
            raise ValueError(line)
        return tokens


class GrowingBlock:
    """The code blocks of one top-level block, by their order, or its rows if it is a table."""

    def __init__(self) -> None:
        self.rows = GrowingRows()
        self._codes: list[GrowingCode] = []
        self._html: list[str] = []

    def begin(self, html: str) -> str:
        """Return the block without places that its writer made, by a character's number."""
        self._html = []
        return html if html.isascii() else html.replace(PLACE, "\ufffd")

    def place(self, text: str, name: str) -> str:
        """Return what stands for the code until the block around it is safe; `put` sends the code there."""
        number = len(self._html)
        if number == len(self._codes):
            self._codes.append(GrowingCode())
        self._html.append(self._codes[number].coloured(text, name))
        return PLACE

    def put(self, html: str) -> str:
        parts = html.split(PLACE)
        if len(parts) == 1:
            return html
        return parts[0] + "".join(code + part for code, part in zip(self._html, parts[1:], strict=False))
