"""One parsed block to the HTML that is shown: an open one plain, a closed one in full."""

from __future__ import annotations

import re
from html import escape, unescape

from chat.markdown.code import coloured
from chat.markdown.columns import with_columns
from chat.markdown.diagrams import Diagrams, Figures
from chat.markdown.endings import ending
from chat.markdown.formula_stand_ins import Formula, alone, drawn, has_hidden, revealed
from chat.markdown.growing import GrowingBlock
from chat.markdown.languages import language
from chat.markdown.maths import mathml
from chat.markdown.parse import Block
from chat.markdown.sanitise import MAX_DEPTH, flatten, sanitise

LONG_CODE = 40
"""Lines of code that are shown at once; of more a page shows the first, and the rest when asked."""

_CODE = re.compile(r"<pre[^>]*><code([^>]*)>([^<]*)</code></pre>")
_INFO = re.compile(r'class="language-([^"]*)"')
_META = re.compile(r'data-meta="([^"]*)"')
_MARKS = re.compile(r"\$\$?|\\\\?[(\[]")
_IMAGE_OR_LINK = re.compile(r"<a\b[^>]*>|</a>|<img\b[^>]*>")
_ATTRIBUTE = re.compile(r'\b(src|alt)="([^"]*)"')
_WEB_ADDRESS = re.compile(r"https?://([^/?#@:]+)(?::\d+)?(?:[/?#]|$)", re.IGNORECASE)
_EMPTY_HEADER = re.compile(r"<th\b([^>]*)></th>")
_TASK = re.compile(
    r"(<input\b[^>]*>)\s*(<p\b[^>]*>)?(.*?)"
    r"(?=</p>|</li>|\n<(?:blockquote|div|h\d|hr|ol|p|pre|table|ul)\b)",
    re.DOTALL,
)
_FOOTNOTE_BACK = re.compile(
    r" ?<a [^>]*data-footnote-backref [^>]*>[^<]*(?:<sup[^>]*>[^<]*</sup>)?</a>",
)
_NOTE = re.compile(r"<pre.*?</pre>|<code.*?</code>|<[^>]*>|\[\^(\d{1,3})\]", re.DOTALL)
_FOOTNOTE = re.compile(r"<a [^>]*data-footnote-ref>([^<]*)</a>")


def block_html(block: Block, growing: GrowingBlock | None = None, diagrams: Diagrams | None = None) -> str:
    """Return safe HTML with one root element; what is still ``growing`` gets its colours line by line.

    Diagrams are drawn where there is what draws them.
    """
    if not block.html.startswith("<"):
        return sanitise(f'<p class="raw">{revealed(block.html)}</p>')
    html = flatten(block.html) if block.depth > MAX_DEPTH else block.html
    if "<table" in html:
        html = with_columns(html)
    if growing and block.is_a("table"):
        return growing.rows.shown(html, _safe)
    around = growing or (Figures(diagrams) if diagrams and "<pre" in html else None)
    return around.put(_safe(around.begin(html), around)) if around else _safe(html)


def _safe(html: str, around: GrowingBlock | Figures | None = None) -> str:
    if "<pre" in html:
        html = _CODE.sub(lambda found: _code(found[1], found[2], around), html)
    if has_hidden(html):
        html = drawn(html, _formula)
    if "<img" in html:
        html = _without_images(html)
    if "<table" in html:
        html = _scrolling_tables(html)
    if "<input" in html:
        html = _TASK.sub(r"\2<label>\1 \3</label>", html)
    if "data-footnote" in html:
        html = _FOOTNOTE.sub(r"\1", _FOOTNOTE_BACK.sub("", html))
    if "[^" in html:
        html = _NOTE.sub(lambda found: found[0] if not found[1] else _note(found[1]), html)
    return sanitise(html).strip("\n")


def _note(number: str) -> str:
    """Return the mark of a footnote that is nowhere, or not yet, defined."""
    return f'<sup class="footnote-ref">{number}</sup>'


def _code(attributes: str, text: str, around: GrowingBlock | Figures | None) -> str:
    """Return a block of code. ``text`` is escaped already, as it is in the functions below."""
    if formula := alone(text):  # indented as far as code is
        return _block_formula(_source(formula))
    named = language(_info(attributes))
    if named.code == "math":
        return _block_formula(text)
    figure, drawing, lines = "", "", "" if isinstance(around, GrowingBlock) else _many_lines(text)
    if isinstance(around, Figures) and named.lexer == "mermaid":
        figure, lines = around.place(unescape(text)), ""
        drawing = "" if figure else "none"
    if isinstance(around, GrowingBlock):
        text = around.place(text, named.lexer)
    else:
        text = coloured(unescape(text), named.lexer) or text
    shown = {
        "language": named.code,
        "name": named.name,
        "file": named.file,
        "ending": ending(named),
        "lines": lines,
        "drawing": drawing,
    }
    data = "".join(f' data-{name}="{escape(value)}"' for name, value in shown.items() if value)
    code = f'<code class="language-{escape(named.code)}">' if named.code else "<code>"
    pre = f'<pre tabindex="0">{code}{text}</code></pre>'
    if figure:
        pre = f'<figure tabindex="0">{figure}</figure><details><summary>{named.name}</summary>{pre}</details>'
    return f'<div class="code"{data}>{pre}</div>'


def _many_lines(text: str) -> str:
    """Return how many lines it has, if they are too many to be shown at once; else ""."""
    count = text.count("\n") + (not text.endswith("\n"))
    return str(count) if count > LONG_CODE else ""


def _info(attributes: str) -> str:
    """Return what stands behind the marks that begin the code."""
    found = (_INFO.search(attributes), _META.search(attributes))
    return unescape(" ".join(part[1] for part in found if part))


def _formula(formula: Formula) -> str:
    source = _source(formula)
    math = mathml(unescape(source), display=formula.display) if formula.ended else None
    if formula.display:
        return f'<span class="math" tabindex="0">{math or _as_code(source)}</span>'
    return math or _as_code(source)


def _block_formula(source: str) -> str:
    return (
        f'<div class="math" tabindex="0">{mathml(unescape(source), display=True) or _as_code(source)}</div>'
    )


def _source(formula: Formula) -> str:
    """Return the formula without its marks."""
    mark = _MARKS.match(formula.source)
    if not mark:
        return formula.source
    return formula.source[mark.end() : -len(mark[0]) if formula.ended else None]


def _as_code(source: str) -> str:
    return f'<code class="math">{source.strip()}</code>'


def _without_images(html: str) -> str:
    """Return links in place of images: loading one tells its host what the reader reads."""
    linked = False

    def replace(tag: re.Match[str]) -> str:
        nonlocal linked
        if tag[0].startswith("<img"):
            return _image(tag[0], linked)
        linked = tag[0] != "</a>"
        return tag[0]

    return _IMAGE_OR_LINK.sub(replace, html)


def _image(tag: str, linked: bool) -> str:
    found = {name: unescape(value) for name, value in _ATTRIBUTE.findall(tag)}
    source, words = found.get("src", ""), found.get("alt", "")
    address = _WEB_ADDRESS.match(source)
    host = address[1] if address else ""
    text = escape(f"{words} ({host})" if words and host else words or host or source)
    if host and not linked:
        return f'<a class="image" href="{escape(source)}">{text}</a>'
    return f'<span class="image">{text}</span>'


def _scrolling_tables(html: str) -> str:
    """Return each table in a frame.

    An empty header cell is a plain one, since it is no header to a screen reader.
    """
    html = _EMPTY_HEADER.sub(r"<td\1></td>", html)
    html = html.replace("<table>", '<div class="table" tabindex="0"><table>')
    return html.replace("</table>", "</table></div>")
