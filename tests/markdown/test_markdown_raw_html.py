"""The harmless HTML that models write is meant; the rest of it is text."""

import pytest

from chat import markdown
from tests.support.markup import undirected


def render(text):
    return undirected(markdown.render(text))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("| a |\n|--|\n| b<br>c<br/>d<BR /> |", "<td>b<br>c<br>d<br></td>"),
        ("Results:<br>\n- Item<br>", "<p>Results:<br></p><ul>\n<li>Item<br></li>\n</ul>"),
        ("H<sub>2</sub>O, 10<sup>3</sup>", "<p>H<sub>2</sub>O, 10<sup>3</sup></p>"),
        ('<kbd class="x" onclick="y">Ctrl</kbd>', "<p><kbd>Ctrl</kbd></p>"),
        (
            "<mark>**a**</mark> <u>b</u> <s>c</s> <del>d</del>",
            "<mark><strong>a</strong></mark> <u>b</u> <s>c</s>",
        ),
        ("<ins>a</ins>", "<p><ins>a</ins></p>"),
        ("**bold:**<br>next", "<p><strong>bold:</strong><br>next</p>"),
        ("https://a.example<br>b", "</a><br>b</p>"),
        ("| <ul><li>a</li><li>b</li></ul> |\n|--|", "<th><ul><li>a</li><li>b</li></ul></th>"),
        ("| x |\n|--|\n| <li>a</li><li>b |", "<td><ul><li>a</li><li>b</li></ul></td>"),
        ("a <!-- gone --> b", "<p>a  b</p>"),
        ("a\n\n<!-- gone\n\nstill -->\n\nb", "<p>a</p><p>b</p>"),
    ],
)
def test_what_is_meant_is_shown(text, html):
    assert html in render(text)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Vec<T> & <b>x</b>", "<p>Vec&lt;T&gt; &amp; &lt;b&gt;x&lt;/b&gt;</p>"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("a <div> b", "<p>a &lt;div&gt; b</p>"),
        ("`<br>` and ``<sub>``", "<code>&lt;br&gt;</code> and <code>&lt;sub&gt;</code>"),
        ("\\<br> &lt;br&gt;", "<p>&lt;br&gt; &lt;br&gt;</p>"),
        ("    <br> <details>", "<code>&lt;br&gt; &lt;details&gt;\n</code>"),
        ("```\n<br>\n<!-- x -->\n```", "<code>&lt;br&gt;\n&lt;!-- x --&gt;\n</code>"),
        ("Use the <details> tag or <li>", "<p>Use the &lt;details&gt; tag or &lt;li&gt;</p>"),
        ("begins with <s> and", "<p>begins with &lt;s&gt; and</p>"),
        ("<!-- never ends\n\nb", "<p>&lt;!-- never ends</p><p>b</p>"),
        ("> <!-- never ends\n> **b**", "<p>&lt;!-- never ends\n<strong>b</strong></p>"),
        ("<brx> <subject>", "<p>&lt;brx&gt; &lt;subject&gt;</p>"),
    ],
)
def test_all_else_stays_text(text, html):
    assert html in render(text)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<u>a\n\nb", "<p><u>a</u></p><p>b</p>"),
        ("a</u> </sub>b", "<p>a b</p>"),
        ("<sub>a **b</sub> c**", "<p><sub>a <strong>b</strong></sub><strong> c</strong></p>"),
        ("- <u>a\n- b", "<li><u>a</u></li>\n<li>b</li>"),
        ("| <u>a | b |\n|--|--|", "<th><u>a</u></th>\n<th>b</th>"),
        ("<u><sub>a</u></sub>", "<p><u><sub>a</sub></u></p>"),
    ],
)
def test_it_is_balanced_where_it_stands(text, html):
    assert html in render(text)


DETAILS = "<details>\n<summary>Show **it** <b>now</b></summary>\n\nText\n\n- a\n- b\n</details>\n\nafter"


def test_a_part_that_folds_holds_blocks_and_is_one_block():
    first, after = map(undirected, markdown.render_blocks(DETAILS))
    assert first == (
        "<details>\n<summary>Show <strong>it</strong> <strong>now</strong></summary>\n<p>Text</p>\n"
        "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n</details>"
    )
    assert after == "<p>after</p>"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (
            "<details><summary>A</summary>b</details> c",
            "<details><summary>A</summary><p>b</p></details><p> c</p>",
        ),
        (
            "1. a\n   <details><summary>b</summary>\n\n   c\n   </details>\n2. d",
            "<p>c</p>\n</details>\n</li>",
        ),
        ("> <details>\n> <summary>a</summary>\n> b\n> </details>\n\nc", "</details>\n</blockquote><p>c</p>"),
        ("<details>\n<summary>A</summary>\ntext</details>\nc", "<p>text</p></details><p>\nc</p>"),
        ("<details>\n<summary>A</summary>\n\nb\n\n# C", "<p>A</p><p>b</p><h1>C</h1>"),  # it never ends
        ("</details>\n\na", "<p>a</p>"),
        (
            "<details><summary>A</summary>\n\n<details><summary>B</summary>\n\nb\n\n</details>\n\n</details>\nc",
            "<p>b</p>\n</details>\n</details><p>c</p>",
        ),
    ],
)
def test_a_part_that_folds_ends_where_it_should_and_swallows_nothing(text, html):
    assert html in render(text)
