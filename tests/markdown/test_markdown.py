"""What each construct of Markdown becomes."""

import re
from html import unescape

import pytest

from chat import markdown
from chat.markdown import plain
from tests.support.markup import undirected

LINK = 'target="_blank" rel="noopener noreferrer nofollow"'


def render(text):
    return undirected(markdown.render(text))


def render_blocks(text):
    return [undirected(block) for block in markdown.render_blocks(text)]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# One", "<h1>One</h1>"),
        ("### Three *x*", "<h3>Three <em>x</em></h3>"),
        ("Two\n---", "<h2>Two</h2>"),
        ("a **b** _c_ ~~d~~ `e`", "<p>a <strong>b</strong> <em>c</em> <del>d</del> <code>e</code></p>"),
        ("**注意：**请看", "<p><strong>注意：</strong>请看</p>"),
        ("a  \nb", "<p>a<br>\nb</p>"),
        ("---", "<hr>"),
        ("> a\n> b", "<blockquote>\n<p>a\nb</p>\n</blockquote>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>'),
        ("Vec<T> & <b>x</b>", "<p>Vec&lt;T&gt; &amp; &lt;b&gt;x&lt;/b&gt;</p>"),
        ("<div>\n*a*\n</div>", '<p class="raw">&lt;div&gt;\n*a*\n&lt;/div&gt;</p>'),
        ("a\r\nb\rc", "<p>a\nb\nc</p>"),
        ("\ufeff# a\ud800", "<h1>a\ufffd</h1>"),
        ("", ""),
    ],
)
def test_plain_constructs(text, html):
    assert render(text) == html


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("[a](https://x.example/p?q=1)", "https://x.example/p?q=1"),
        ("[a][r]\n\n[r]: http://x.example", "http://x.example"),
        ("https://x.example/p", "https://x.example/p"),
        ("www.x.example", "http://www.x.example"),
        ("<me@x.example>", "mailto:me@x.example"),
    ],
)
def test_a_link_opens_a_new_page_that_learns_nothing(text, address):
    assert f'<a href="{address}" {LINK}>' in render(text)


def test_a_link_keeps_its_title():
    assert 'title="&lt;t&gt;"' in render('[a](http://x.example "<t>")')


def test_nested_lists():
    assert render("- a\n  1. b\n     - c") == (
        "<ul>\n<li>a\n<ol>\n<li>b\n<ul>\n<li>c</li>\n</ul>\n</li>\n</ol>\n</li>\n</ul>"
    )


def test_a_task_has_its_words_as_label():
    html = render("- [x] done **now**\n- [ ] open\n  - more")
    assert (
        '<label><input type="checkbox" checked="" disabled=""> done <strong>now</strong></label></li>' in html
    )
    assert '<label><input type="checkbox" disabled=""> open</label>\n<ul>\n<li>more</li>' in html


def test_a_task_of_a_loose_list_has_its_words_as_label():
    html = render("- [ ] one\n\n  more\n- [ ] two")
    assert '<p><label><input type="checkbox" disabled=""> one</label></p>\n<p>more</p>' in html
    assert '<p><label><input type="checkbox" disabled=""> two</label></p>' in html


def test_a_table_scrolls_and_aligns_without_styles():
    html = render("| a | b | c |\n|:--|:-:|--:|\n| 1 | 2 | 3 |")
    assert html.startswith('<div class="table" tabindex="0"><table><colgroup><col width=')
    assert html.endswith("</tbody>\n</table></div>")
    assert '<th align="left">a</th>\n<th align="center">b</th>\n<th align="right">c</th>' in html
    assert '<td align="left">1</td>\n<td align="center">2</td>\n<td align="right">3</td>' in html


def test_an_empty_header_cell_is_no_header():
    assert "<td></td>\n<th>a</th>" in render("| | a |\n|---|---|\n| b | 1 |")


def test_footnotes_have_numbers_and_no_ids():
    html = render("a[^n] b[^m]\n\n[^n]: first\n\n[^m]: second")
    assert '<p>a<sup class="footnote-ref">1</sup> b<sup class="footnote-ref">2</sup></p>' in html
    assert '<section class="footnotes">\n<ol>\n<li>\n<p>first</p>\n</li>\n<li>\n<p>second</p>' in html
    assert "id=" not in html
    assert "<a" not in html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (
            "![a *b*](https://x.example/p.png)",
            f'<a class="image" href="https://x.example/p.png" {LINK}>a b (x.example)</a>',
        ),
        (
            "![](https://x.example/p.png)",
            f'<a class="image" href="https://x.example/p.png" {LINK}>x.example</a>',
        ),
        ("![a](data:image/png;base64,AA)", '<span class="image">a</span>'),
        ("![a](p.png)", '<span class="image">a</span>'),
        ("![](p.png)", '<span class="image">p.png</span>'),
        ("![a](https://ok@evil.example/)", '<span class="image">a</span>'),
        (
            "![<b>](http://x.example)",
            f'<a class="image" href="http://x.example" {LINK}>&lt;b&gt; (x.example)</a>',
        ),
        (
            "[![a](https://x.example/p.png)](https://y.example)",
            f'<a href="https://y.example" {LINK}><span class="image">a (x.example)</span></a>',
        ),
    ],
)
def test_an_image_becomes_words_and_a_host(text, html):
    assert render(text) == f"<p>{html}</p>"


def test_code_has_colours_and_the_name_of_its_language():
    assert render("```python\ndef f(): return 1\n```") == (
        '<div class="code" data-language="python" data-name="Python" data-ending="py"><pre tabindex="0"><code class="language-python">'
        '<span class="k">def</span> <span class="nf">f</span>(): '
        '<span class="k">return</span> <span class="mi">1</span>\n</code></pre></div>'
    )


@pytest.mark.parametrize("text", ["```\n\n a <b> &amp; 'c'\n\n```", "    \n     a <b> &amp; 'c'"])
def test_code_without_a_language_is_plain(text):
    html = render(text)
    assert html.startswith('<div class="code"><pre tabindex="0"><code>')
    assert " a &lt;b&gt; &amp;amp; 'c'\n" in html


@pytest.mark.parametrize("language", ["python", "js", "html", "yaml", "bash", "c++", "json", "markdown"])
def test_colours_lose_no_character(language):
    code = "\n\n  a\tb <x y='1'>&amp; \"é😀\" # {}[]\n\n\nz = `q` $(1) // 2 \n"
    html = render(f"~~~{language}\n{code}~~~")
    assert f'data-language="{language}"' in html
    assert _text(html) == code


def test_code_keeps_its_language_inside_a_list():
    html = render("1. a\n\n   ```js\n   let b\n   ```\n2. c")
    assert '<div class="code" data-language="js" data-name="JavaScript" data-ending="js">' in html
    assert "<li>\n<p>c</p>\n</li>" in html


def _without_source(html):
    return re.sub(r' data-latex="[^"]*"', "", html)


@pytest.mark.parametrize("text", ["$x+1$", r"\(x+1\)"])
def test_formulas_in_the_text(text):
    assert _without_source(render(f"a {text} b")) == "<p>a <math><mi>x</mi><mo>+</mo><mn>1</mn></math> b</p>"


@pytest.mark.parametrize("text", ["$$x+1$$", r"\[x+1\]", r"\[ x+1 \]"])
def test_formulas_on_a_line(text):
    math = '<math display="block"><mi>x</mi><mo>+</mo><mn>1</mn></math>'
    assert _without_source(render(text)) == f'<p><span class="math" tabindex="0">{math}</span></p>'


@pytest.mark.parametrize("opener, end", [("$$", "$$"), ("\\[", "\\]")])
@pytest.mark.parametrize("indent", ["", "> ", "   "])
def test_a_formula_over_lines_is_no_list_and_no_heading(opener, end, indent):
    lines = [
        "1. text",
        f"{indent}{opener}",
        f"{indent}a",
        f"{indent}- b",
        f"{indent}= c",
        f"{indent}{end}",
        "after",
    ]
    html = render("\n".join(lines))
    math = "<mi>a</mi><mo>−</mo><mi>b</mi><mo>=</mo><mi>c</mi>"
    assert f'<span class="math" tabindex="0"><math display="block">{math}</math></span>' in _without_source(
        html
    )
    assert "<h1>" not in html
    assert "<ul>" not in html
    assert _text(html).strip().endswith("after")


def test_aligned_equations_get_classes_for_their_columns():
    html = render("$$\n\\begin{aligned}\na &= b \\\\\n&= c\n\\end{aligned}\n$$")
    assert '<mtd class="right flush-right"><mi>a</mi></mtd>' in html
    assert '<mtd class="left flush-left"><mo>=</mo><mi>b</mi></mtd>' in html
    assert "style" not in html.replace("displaystyle", "")


@pytest.mark.parametrize(
    "latex", [r"\begin{split}a&=b\end{split}", r"\begin{smallmatrix}a\end{smallmatrix}", r"\mbox{a}"]
)
def test_common_words_that_the_converter_lacks_are_translated(latex):
    assert "<math" in render(f"${latex}$")


def test_only_a_tag_numbers_an_equation():
    assert "<mtext>(1)</mtext>" not in render("$$\\begin{align}a&=b\\end{align}$$")
    assert "<mtext>(7)</mtext>" in render("$$a = b \\tag{7}$$")


@pytest.mark.parametrize(
    "text", ["$5-$10", "from $5 to $10", "US$20,000", r"a\$b\$c", "`$x$`", "```\n$$\nx\n$$\n```"]
)
def test_money_and_code_are_no_formulas(text):
    html = render(text)
    assert "math" not in html
    assert "$" in html


@pytest.mark.parametrize(
    "text",
    ["$$\nnot a formula\n\nthe end", "$$\na\n```\nb\n```", "> $$\n> a\nb", "$$\na\n\nb\n$$"],
)
def test_a_lone_mark_without_its_end_stays_text(text):
    html = render(text)
    assert "$$" in html
    assert "<mi>" not in html


def test_a_formula_may_end_within_its_last_line():
    assert "<mo>=</mo>" in render("$$\nx = 1 $$\n\ntext")


@pytest.mark.parametrize(
    "text", ["$$\n\nx\n\n$$", "- $$\n  x\n  $$", "a\n$$\nx\n$$\nb", "1. a\n   $$\nx\n$$"]
)
def test_a_formula_may_have_gaps_at_its_ends_and_stand_in_a_list(text):
    html = _without_source(render(text))
    assert '<span class="math" tabindex="0"><math display="block"><mi>x</mi></math></span>' in html


def test_every_block_has_one_root():
    assert [
        block.split(">")[0] for block in render_blocks("# a\n\nb\n- c\n\n<i>\n\n---\n```math\nx\n```\n```\nd")
    ] == [
        "<h1",
        "<p",
        "<ul",
        '<p class="raw"',
        "<hr",
        '<div class="math" tabindex="0"',
        '<div class="code"',
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# A *b*\n\nc `d`\n- e\n- f", "A b c d e f"),
        ("a<b> &amp; ![c](http://x.example)", "a<b> & c (x.example)"),
        ("| a | b |\n|--|--|\n| c | d |", "a b c d"),
        ("> q\n```py\nx = 1\n```", "q x = 1"),
        ("a\n\n\n  b  \nc", "a b c"),
        ("", ""),
    ],
)
def test_plain_text_of_markdown(text, words):
    assert plain(text) == words


def test_plain_text_of_a_long_text_is_an_excerpt():
    assert 3_900 <= len(plain("word " * 10_000)) <= 4_000


def _text(html):
    return unescape(re.sub("<[^>]*>", "", html))
