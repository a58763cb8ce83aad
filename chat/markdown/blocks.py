"""One parsed block to the HTML that is shown: an open one plain, a closed one in full."""

from __future__ import annotations

import re
from html import escape, unescape

from chat.markdown.code import coloured
from chat.markdown.maths import mathml
from chat.markdown.parse import Block
from chat.markdown.sanitise import MAX_DEPTH, flatten, sanitise

_CODE = re.compile(r"<pre[^>]*><code([^>]*)>([^<]*)</code></pre>")
_LANGUAGE = re.compile(r'class="language-([A-Za-z0-9_.+#-]{1,30})"')
_FORMULA = re.compile(r'<span data-math-style="(inline|display)"[^>]*>([^<]*)</span>')
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
_FOOTNOTE = re.compile(r"<a [^>]*data-footnote-ref>([^<]*)</a>")


def block_html(block: Block, *, closed: bool) -> str:
    """Safe HTML with one root element; colours and formulas only when ``closed``."""
    if not block.html.startswith("<"):
        return sanitise(f'<p class="raw">{block.html}</p>')
    html = flatten(block.html) if block.depth > MAX_DEPTH else block.html
    if "<pre" in html:
        html = _CODE.sub(lambda found: _code(found[1], found[2], closed), html)
    if "<span data-math" in html:
        html = _FORMULA.sub(lambda found: _formula(found[1] == "display", found[2], closed), html)
    if "<img" in html:
        html = _without_images(html)
    if "<table" in html:
        html = _scrolling_tables(html)
    if "<input" in html:
        html = _TASK.sub(r"\2<label>\1 \3</label>", html)
    if "data-footnote" in html:
        html = _FOOTNOTE.sub(r"\1", _FOOTNOTE_BACK.sub("", html))
    return sanitise(html).strip("\n")


def _code(attributes: str, text: str, closed: bool) -> str:
    """``text`` is escaped already, as it is in the functions below."""
    if "data-math-style" in attributes:
        return f'<div class="math" tabindex="0">{_mathml(text, True, closed) or _source(text)}</div>'
    named = _LANGUAGE.search(attributes)
    if not named:
        return f'<div class="code"><pre tabindex="0"><code>{text}</code></pre></div>'
    language = named[1]
    if closed:
        text = coloured(unescape(text), language) or text
    return (
        f'<div class="code" data-language="{language}"><pre tabindex="0">'
        f'<code class="language-{language}">{text}</code></pre></div>'
    )


def _formula(display: bool, text: str, closed: bool) -> str:
    math = _mathml(text, display, closed)
    if display:
        return f'<span class="math" tabindex="0">{math or _source(text)}</span>'
    return math or f'<code class="math">{text}</code>'


def _mathml(text: str, display: bool, closed: bool) -> str | None:
    return mathml(unescape(text), display=display) if closed else None


def _source(text: str) -> str:
    return f"<code>{text.strip()}</code>"


def _without_images(html: str) -> str:
    """Links in place of images: loading one tells its host what the reader reads."""
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
    """Each in a frame; an empty header cell is a plain one, since it is no header to a screen reader."""
    html = _EMPTY_HEADER.sub(r"<td\1></td>", html)
    html = html.replace("<table>", '<div class="table" tabindex="0"><table>')
    return html.replace("</table>", "</table></div>")
