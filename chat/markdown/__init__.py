"""Markdown to safe HTML, the one renderer of history, live replies, admin and export.

Every top-level block becomes exactly one root element with no text around it, so block *i* is
child *i* of whatever holds the reply, and there is no wrapper. The HTML carries no id, no style,
no prose of ours and no remote resource; what the page adds (a Copy button) hangs on the classes:

=====================================  ==========================================================
``div.code[data-language] > pre``      code, with ``data-name`` and ``data-file`` to show, how a file of
                                       it ends in ``data-ending``, and in ``data-lines`` how many lines
                                       it has, if a page should not show all of them at once
``div.code > figure > svg``            a diagram; ``details`` beside it holds its ``pre``. Of one that
                                       could not be drawn ``data-drawing`` is "none"
``div.table > table``                  a table that may scroll sideways; ``align`` on its cells, and
                                       ``col[width]`` by what its first rows say
``div.math``, ``span.math``            a formula on a line of its own: one of the next row
``math``, ``code.math``                a formula, and the source of one that is not drawn, or not yet
``a.image``, ``span.image``            what stands for an image: its words and its host
``p.raw``                              raw HTML, shown as the text it is
``ul.contains-task-list``              its items hold ``label > input[type=checkbox][disabled]``
``sup.footnote-ref``                   the number of a footnote in ``section.footnotes``
=====================================  ==========================================================
"""

from chat.markdown.isolated import LONG, IsolatedHtml, render
from chat.markdown.live import LiveHtml, Patch, apply, utf16_length
from chat.markdown.render import RENDERER_VERSION, plain, render_blocks

__all__ = [
    "LONG",
    "RENDERER_VERSION",
    "IsolatedHtml",
    "LiveHtml",
    "Patch",
    "apply",
    "plain",
    "render",
    "render_blocks",
    "utf16_length",
]
