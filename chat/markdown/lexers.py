"""Lexers for what Pygments has none for."""

from __future__ import annotations

from typing import ClassVar

from pygments.lexer import Lexer, RegexLexer, bygroups
from pygments.token import Comment, Keyword, Name, Number, Operator, Punctuation, String, Text

_DIAGRAMS = (
    "graph|flowchart(?:-elk)?|sequenceDiagram|classDiagram|stateDiagram(?:-v2)?|erDiagram|gantt|pie|journey"
    "|gitGraph|mindmap|timeline|quadrantChart|requirementDiagram|xychart(?:-beta)?|sankey(?:-beta)?|block(?:-beta)?"
)
_WORDS = (
    "subgraph|end|participant|actor|activate|deactivate|loop|alt|else|opt|par|and|rect|note|over"
    "|right of|left of"
    "|class|state|direction|section|title|dateFormat|axisFormat|style|linkStyle|classDef|click|commit|branch"
    "|checkout|merge|autonumber|TD|TB|BT|LR|RL|as|showData"
)


class MermaidLexer(RegexLexer):
    """Diagrams."""

    name = "Mermaid"
    tokens: ClassVar = {
        "root": [
            (r"%%.*", Comment.Single),
            (rf"^(\s*)({_DIAGRAMS})\b", bygroups(Text, Keyword.Declaration)),
            (rf"(?i)(?<![\w-])(?:{_WORDS})(?![\w-])", Keyword),
            (r'"[^"\n]*"|\|[^|\n]*\|', String),
            (r"[<ox]?(?:-[-.]+|=[=]+|~~~)[->ox)]*|\.\.[|>]|[*o<|]+--|--[*o|>]+|::|:::", Operator),
            (r"\d+(?:\.\d+)?(?![\w-])", Number),
            (r"[A-Za-z_][\w-]*?(?=-{2,}|\b)", Name),
            (r"[\[\](){};:,&>]", Punctuation),
            (r"\s+|.", Text),
        ]
    }


class CsvLexer(RegexLexer):
    """Values parted by commas, semicolons or tabs; the first line names them."""

    name = "CSV"
    tokens: ClassVar = {
        "root": [(r'"(?:[^"]|"")*"|[^,;\t\n]+', Name.Tag), (r"\n", Text, "values"), (r"[,;\t]", Punctuation)],
        "values": [
            (r'"(?:[^"]|"")*"', String),
            (r"[+-]?\d+(?:[.:-]\d+)*%?(?=[,;\t\n]|$)", Number),
            (r"[,;\t]", Punctuation),
            (r"[^,;\t\n]+|\n", Text),
        ],
    }


class PatternLexer(RegexLexer):
    """Regular expressions."""

    name = "Regex"
    tokens: ClassVar = {
        "root": [
            (r"\\.", String.Escape),
            (r"\[\^?\]?(?:\\.|[^\]\\\n])*\]", String),
            (r"\(\?(?:P?<?[=!>]|P?<\w+>|[a-z]*:|#)?|[()]", Keyword),
            (r"[*+?][?+]?|\{\d*,?\d*\}\??", Number),
            (r"[|^$.]", Operator),
            (r"[^\\\[()*+?{|^$.\n]+|.|\n", Text),
        ]
    }


OWN: dict[str, type[Lexer]] = {"mermaid": MermaidLexer, "csv": CsvLexer, "regex": PatternLexer}
