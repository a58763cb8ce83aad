"""What is not read but named, in the reader's language: code, tables, formulas, pictures without words."""

from __future__ import annotations

import re
from html import unescape

from django.utils.translation import gettext, ngettext, override

from chat.markdown.speech.words import said_code

_NAME = re.compile(r'data-name="([^"]*)"')
_CODE_NAME = re.compile(r'data-language="([^"]*)"')
_TAG = re.compile(r"<[^>]*>")
_ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
_PLAIN = frozenset({"Text", "Output"})


def code_block(html: str, language: str) -> str:
    """Return "Python code, 12 lines" for a block of code, given its HTML from ``div.code`` on."""
    name, code_name = _attribute(_NAME, html), _attribute(_CODE_NAME, html)
    text = unescape(_TAG.sub("", html)).strip("\n")
    count = text.count("\n") + 1 if text else 0
    with override(language):
        if code_name == "mermaid":
            return gettext("Diagram")
        lines = ngettext("%(count)d line", "%(count)d lines", count) % {"count": count}
        name = said_code(name)
        if not name or name in _PLAIN:
            return gettext("Code, %(lines)s") % {"lines": lines}
        return gettext("%(language)s code, %(lines)s") % {"language": name, "lines": lines}


def table(html: str, language: str) -> str:
    """Return "Table, 3 columns, 5 rows", the row of headings not counted."""
    head = _ROW.search(html)
    columns = max(1, head[1].count("<th") + head[1].count("<td")) if head else 1
    rows = max(0, html.count("<tr>") - 1)
    with override(language):
        return gettext("Table, %(columns)s, %(rows)s") % {
            "columns": ngettext("%(count)d column", "%(count)d columns", columns) % {"count": columns},
            "rows": ngettext("%(count)d row", "%(count)d rows", rows) % {"count": rows},
        }


def formula(language: str) -> str:
    """Return the name of a formula on a line of its own."""
    with override(language):
        return gettext("Formula")


def inline_formula(language: str) -> str:
    """Return the name of a formula within words."""
    with override(language):
        return gettext("formula")


def inline_code(language: str) -> str:
    """Return the name of code within words."""
    with override(language):
        return gettext("code")


def picture(language: str) -> str:
    """Return the name of a picture that has no words."""
    with override(language):
        return gettext("picture")


def link(host: str, language: str) -> str:
    """Return what is said in place of an address."""
    with override(language):
        return gettext("link to %(host)s") % {"host": host}


def _attribute(pattern: re.Pattern[str], html: str) -> str:
    found = pattern.search(html, 0, html.find(">"))
    return unescape(found[1]) if found else ""
