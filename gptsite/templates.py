"""Templates are indented for those who read them, and sent without.

A line's end and the indentation after it become one line's end, so that words and buttons stay apart. At the
inner edges of an element, an attribute's value or a condition, and after a tag that shows nothing, they go:
an element that holds nothing stays `:empty`, and a button's or a title's text has no space around it. Space
that is to be seen at such an edge is written within a line. Translated blocks (`trimmed` sees to theirs) and
text in which space counts are left alone.
"""

import re

from django.template import Origin
from django.template.loaders import filesystem

_INDENT = r"[ ]*\n[ \n]*"
_TO_ITS_END = r"(?:(?!%\}).)*"
_BEGINS = (
    rf"\{{%[ ](?:(?:if|elif|else|for|empty|with|block|load|extends)\b{_TO_ITS_END}"
    rf"|{_TO_ITS_END}[ ]as[ ]\w+[ ])%\}}"
)
_ENDS = r"\{%[ ](?:elif|else|endif|endwith|endblock)\b"
_CODE = r"\{[{%].*?[%}]\}"
# What is left of an element's tag: a `>` in template code or in quotes does not end it. Taken at once
# (`?>`), so that a tag that never ends costs one look
_REST = rf'(?>(?:{_CODE}|"(?:{_CODE}|[^"])*"|[^>"])*)>'
_PIECE = re.compile(
    rf"""
    (?P<kept>\{{%[ ]blocktrans.*?\{{%[ ]endblocktrans\w*[ ]%\}})
    | (?P<verbatim><(?P<name>pre|script|style|textarea)\b{_REST})(?P<text>.*?)(?=</(?P=name)>)
    | (?P<void><(?:br|col|hr|img|input|link|meta|wbr)\b{_REST})
    | (?P<opening><[a-z]{_REST})(?:{_INDENT})?
    | (?P<begins>{_BEGINS})(?:{_INDENT})?
    | {_INDENT}(?={_ENDS}|</|\Z)
    | (?P<between>{_INDENT})
    """,
    re.DOTALL | re.IGNORECASE | re.VERBOSE,
)


class Loader(filesystem.Loader):
    """Load the site's own templates, those of HTML without their indentation."""

    def get_contents(self, origin: Origin) -> str:
        """Return the template's text, or raise `TemplateDoesNotExist`."""
        text = super().get_contents(origin)
        return without_indentation(text) if origin.name.endswith(".html") else text


def without_indentation(text: str) -> str:
    """Return the text of a template that shows the same with less space in it."""
    return _PIECE.sub(_without_edges, text)


def _without_edges(piece: re.Match[str]) -> str:
    tag = piece["verbatim"] or piece["void"] or piece["opening"] or ""
    rest = piece["kept"] or piece["text"] or piece["begins"] or ""
    return _on_one_line(tag) + rest + ("\n" if piece["between"] else "")


def _on_one_line(tag: str) -> str:
    tag = re.sub(rf'((?:{_BEGINS})|="){_INDENT}', r"\1", tag)
    tag = re.sub(rf'{_INDENT}(?={_ENDS}|[">])', "", tag)
    return re.sub(_INDENT, " ", tag)
