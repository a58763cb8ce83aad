"""A table that grows looks at every step as the whole of it would, and costs the rows that are new."""

import pytest

from chat.markdown import LiveHtml, render_blocks, rows
from chat.markdown import live as live_html
from chat.markdown.blocks import block_html

TABLES = {
    "plain": "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n| 5 | 6 |\n",
    "aligned, with a head without words": "|  | b |\n|:-:|--:|\n| 1 | 2 |\n| 3 | 4 |\n",
    "without bars around it": "a | b\n--|--\n1 | 2\n3 | 4\n",
    "bold, code, links": "| a |\n|---|\n| **b** `c|` |\n| [d](https://example.org/?a&b) & <e@example.org> |\n| f |\n",
    "links with a name before the host": "| a |\n|---|\n| [b](https://bank.example@evil.example) |\n| c |\n",
    "formulas": "| a | b |\n|---|---|\n| $x^2$ | $a \\| b$ |\n| \\(y\\) | 5 $ |\n| $z$ | c |\n",
    "pictures": "| a |\n|---|\n| ![b](https://example.org/c.png) |\n| ![d](https://example.org/e.png) |\n",
    "HTML": "| a | b |\n|---|---|\n| x<br>y | <b>c |\n| d</b> | <tr><td> |\n| </table> | <tbody> |\n| e | f |\n",
    "notes": "| a |\n|---|\n| b[^1] |\n| c[^2] |\n\n[^1]: d\n",
    "rows with too few and too many cells": "| a | b |\n|---|---|\n| 1 |\n| 2 | 3 | 4 |\n| 5 | 6 |\n",
    "right to left": "| שם | ערך |\n|---|---|\n| אבג | 1 |\n| דהו | 2 |\n",
    "two": "| a |\n|---|\n| b |\n| c |\n\nWords\n\n| d |\n|---|\n| e |\n| f |\n",
    "quoted": "> | a |\n> |---|\n> | b |\n> | c |\n",
    "after which comes more": "| a |\n|---|\n| b |\n| c |\nno row\n\nWords\n",
}


@pytest.mark.parametrize("text", TABLES.values(), ids=TABLES)
@pytest.mark.parametrize("size", [1, 3, 7, 20])
def test_a_growing_table_looks_as_the_whole_of_it_at_every_step(text, size, monkeypatch):
    def compared(block, growing=None, **options):
        html = block_html(block, growing, **options)
        if block.is_a("table"):
            assert html == block_html(block)
        return html

    monkeypatch.setattr(live_html, "block_html", compared)
    live = LiveHtml()
    for start in range(0, len(text), size):
        live.feed(text[start : start + size])
    live.close()
    assert live.blocks == render_blocks(text)


def test_another_table_in_the_place_of_the_first_takes_no_row_of_it():
    growing = rows.GrowingRows()
    head, end = "<table>\n<thead>\n<tr>\n<th>{}</th>\n</tr>\n</thead>\n<tbody>\n", "</tbody>\n</table>"
    row = "<tr>\n<td>{}</td>\n</tr>\n"
    for name, cells in (("a", "bc"), ("a", "bcd"), ("a", "xyz"), ("b", "xyz"), ("b", "x"), ("b", "")):
        table = head.format(name) + "".join(map(row.format, cells)) + end
        assert growing.shown(table, str) == table
    assert growing.shown("<table>\n</table>", str) == "<table>\n</table>"


def test_rows_that_are_made_are_not_made_again(monkeypatch):
    made = []

    class Noted(rows.GrowingRows):
        def shown(self, table, make):
            return super().shown(table, lambda html: made.append(len(html)) or make(html))

    monkeypatch.setattr("chat.markdown.growing.GrowingRows", Noted)
    live = LiveHtml()
    live.feed("| a | b |\n|---|---|\n")
    for number in range(200):
        live.feed(f"| {number} | some words |\n")
    assert len(made) >= 200
    assert max(made) < 500  # the head, and two rows at most
