"""A reply shown while it is being written: the patches lead to the full render."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chat.markdown import LiveHtml, Patch, apply, render, render_blocks
from chat.markdown import live as live_html
from tests.support.markup import undirected

FRAGMENTS = st.sampled_from(
    [
        *("a", "b c", "text ", "注意：", "😀", "é", "\\", "&amp;", "&", "\x00", "\ufeff", "\x0c", "\u2028"),
        *("\n", "\n\n", "\r\n", "\r", "  \n", "  ", "    ", "\t"),
        *(
            "# ",
            "## ",
            "===\n",
            "---\n",
            "***\n",
            "> ",
            "- ",
            "+ ",
            "* ",
            "1. ",
            "2. ",
            "10) ",
            "- [ ] ",
            "- [x] ",
        ),
        *("*", "**", "_", "~~", "`", "``", "[", "]", "(http://y)", "www.a.b ", "![i](http://z/p.png)"),
        *("```", "```\n", "```python\n", "~~~\n", "````\n", "def f(): return 1\n", "a[0]: b\n"),
        *("\\begin{align}", "\\end{align}", "\\boxed{", "}", "x^2", "so that we get "),
        *("$", "$$", "$$\n", "\n$$\n", "\\[\n", "\\]\n", "\\[", "\\(", "\\)", "$x$", "= 1\n", "\\bad{"),
        *("| a | b |\n", "|---|--:|\n", "a | b\n", "|-|\n", "| x"),
        *(
            "[a]",
            "[a]: http://x\n",
            "[a]:",
            "[a][b]",
            "[b]: http://y 't'\n",
            "[^1]",
            "[^1]: note",
            "[^1]:",
            "]: ",
        ),
        *("<div>\n", "</div>", "<!-- ", "-->", "<b>", "<script>", "<pre>\n", "<!--\n"),
        *("<details>", "<details>\n", "</details>", "</details>\n", "<summary>", "</summary>\n", "<br>"),
        *("<sub>", "</sub>", "<u>", "</u>", "<s>", "</s>", "<ul>", "<li>", "</li>"),
        *(
            "```markdown\n",
            "```md",
            ":\n```\n",
            "~",
            "__init__",
            "`a|b`",
            "2*3",
            "2024. ",
            "7.",
            "-\n",
            "=\n",
        ),
        *("--\n", "a.\n---\n", "https://a.example/b，", "https://a.example查 "),
    ]
)
MARKDOWN = st.lists(FRAGMENTS, max_size=25).map("".join)


@st.composite
def pieces(draw):
    text = draw(MARKDOWN)
    cuts = draw(
        st.one_of(st.just(range(len(text))), st.lists(st.integers(0, len(text)), max_size=8).map(sorted))
    )
    places = [0, *cuts, len(text)]
    return [text[start:end] for start, end in zip(places, places[1:], strict=False)]


@settings(max_examples=600, deadline=None)
@given(pieces())
@example(["1. a\n\n2", ". b"])
@example(["a | b\n", "|-", "|-|\n", "| c"])
@example(["text\n2. a | b\n|-", "|-|\n"])
@example(["    a\n\n", "    b"])
@example(["[a]\n\n# b\n\n[a]:", " http://x"])
@example(["a[^1]\n\n- b\n\n[^1]", ": c\n\nd"])
@example(["a\n$$\nb\n", "\nc"])
@example(["a\r", "\nb"])
@example(["**😀", "**😀"])
def test_the_patches_give_the_full_render_wherever_the_text_is_cut(texts):
    live, shown = LiveHtml(), []
    for text in texts:
        shown = apply(shown, live.feed(text))
        assert shown == live.blocks
    shown = apply(shown, live.flush())
    assert shown == live.blocks == render_blocks("".join(texts))
    assert live.html == render("".join(texts))


@settings(max_examples=150, deadline=None)
@given(pieces())
def test_it_can_go_on_after_a_flush(texts):
    live, shown = LiveHtml(), []
    for text in texts:
        shown = apply(shown, live.feed(text))
        shown = apply(shown, live.flush())
        assert shown == live.blocks
    assert shown == render_blocks("".join(texts))


P = '<p dir="auto">'


def patches(*texts):
    live = LiveHtml()
    return [live.feed(text) for text in texts]


def test_a_patch_names_the_block_what_stays_of_it_and_what_follows():
    assert patches("Hello", " you", "\n\nAnd", "") == [
        [Patch(0, 0, f"{P}Hello</p>")],
        [Patch(0, len(P) + 5, " you</p>")],
        [Patch(1, 0, f"{P}And</p>")],
        [],
    ]


def test_what_stays_is_counted_as_javascript_does():
    assert patches("😀é", "b") == [[Patch(0, 0, f"{P}😀é</p>")], [Patch(0, len(P) + 3, "b</p>")]]
    assert patches("😀", "😁")[1] == [Patch(0, len(P) + 2, "😁</p>")]


def test_blocks_that_turn_out_to_be_one_are_removed():
    assert patches("<details>\n<summary>a</summary>\n\nb\n", "\n" * 501, "c\n\n", "d")[-2][-1].keep == 0
    assert patches("a | b\n\nc\n\n[x]: <http", "://a.example>\n")[1] == [Patch(2, -1, "")]


def test_code_waits_for_the_end_of_its_block_and_a_formula_for_its_mark():
    live = LiveHtml()
    live.feed("$x$ \\(y\\)\n```python\nreturn")
    assert [undirected(block) for block in live.blocks] == [
        '<p><math data-latex="x"><mi>x</mi></math> <math data-latex="y"><mi>y</mi></math></p>',
        '<div class="code" data-language="python" data-name="Python" data-ending="py"><pre tabindex="0">'
        '<code class="language-python">return</code></pre></div>',
    ]


def test_a_closed_block_is_not_touched_again():
    live = LiveHtml()
    live.feed("# One\n\n```python\nreturn\n```\n\n$x$\n\n")
    assert {patch.block for patch in live.feed("last") + live.feed(" words\n") + live.flush()} == {3}


@pytest.mark.parametrize("mark, end", [("$", "$"), ("\\(", "\\)"), ("$$", "$$"), ("\\[", "\\]")])
def test_a_formula_is_drawn_as_soon_as_its_mark_has_come_and_is_quiet_until_then(mark, end):
    live = LiveHtml()
    live.feed(f"So *it* is {mark}\\frac{{a_1 * b_1")
    assert '<code class="math">\\frac{a_1 * b_1</code>' in undirected(live.html)
    assert "<em>it</em>" in live.html and live.html.count("<em>") == 1
    live.feed(f"}}{{2}}{end}")
    assert "<mfrac>" in live.html and "<code" not in undirected(live.html)
    drawn = live.html
    live.feed(" and *on")
    assert live.html.startswith(drawn.removesuffix("</p>"))
    live.flush()
    assert live.html == render(f"So *it* is {mark}\\frac{{a_1 * b_1}}{{2}}{end} and *on")


def test_a_half_open_formula_does_not_swallow_the_words_after_it():
    live = LiveHtml()
    live.feed("$$\nx = 1\n\nTherefore **we** get it.\n\n- one\n- two\n")
    assert "<strong>we</strong>" in live.html and live.html.count('<li dir="auto">') == 2
    live.feed("\n$$\ny = 2\n$$\n")
    assert live.html.count("<math") == 1


@pytest.mark.parametrize("text", ["It costs $5 and", "Set $HOME", "$$ is the", "a $x and **b**"])
def test_a_dollar_that_may_be_none_of_a_formula_is_shown_as_it_is(text):
    live = LiveHtml()
    live.feed(text)
    assert "math" not in undirected(live.html)
    assert "$" in undirected(live.html)


def test_a_reference_defined_later_reaches_blocks_that_were_closed():
    live = LiveHtml()
    live.feed("see [a]\n\n```python\nreturn\n```\n\nand on\n\n")
    before = list(live.blocks)
    changed = live.feed("[a]: http://x.example\n")
    assert [patch.block for patch in changed] == [0]
    assert 'href="http://x.example"' in live.blocks[0]
    assert live.blocks[1:] == before[1:]


def test_footnotes_stay_at_the_end():
    live = LiveHtml()
    for text in ("one[^a]\n\n", "[^a]: note\n\n", "two", " and[^a] more\n\nthree"):
        live.feed(text)
    assert [block.split(">")[0] for block in live.blocks] == [
        '<p dir="auto"',
        '<p dir="auto"',
        '<p dir="auto"',
        '<section class="footnotes"',
    ]


@pytest.mark.parametrize(
    "line", ["a word or two\n\n", "- item\n\ntext\n\n", "```\na[0]: b\n```\n", "$$\nx\n$$\n\n"]
)
def test_a_feed_costs_as_much_as_the_open_block(monkeypatch, line):
    lengths = []

    def parse(text, **options):
        lengths.append(len(text))
        return real(text, **options)

    real = live_html.parse
    monkeypatch.setattr(live_html, "parse", parse)
    live = LiveHtml()
    for _ in range(200):
        live.feed(line)
    assert max(lengths) <= 4 * len(line)
    live.flush()
    assert live.html == render(line * 200)


def test_the_open_size_tells_what_the_next_feed_costs():
    live = LiveHtml()
    assert live.open_size == 0
    live.feed("a" * 1_000)
    assert live.open_size == 1_000 + len(P) + 4
    live.feed("\n\n# b\n")
    assert live.open_size == len('<h1 dir="auto">b</h1>')


def test_applying_patches_leaves_the_given_blocks_alone():
    blocks = ["<p>😀a</p>", "<p>b</p>"]
    assert apply(blocks, [Patch(0, 5, "c</p>"), Patch(1, -1, "")]) == ["<p>😀c</p>"]
    assert blocks == ["<p>😀a</p>", "<p>b</p>"]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Some **bold te", "<p>Some <strong>bold te</strong></p>"),
        ("Some **bold ", "<p>Some <strong>bold</strong></p>"),
        ("Some **bold*", "<p>Some <strong>bold</strong></p>"),
        ("Some **", "<p>Some</p>"),
        ("Some *it", "<p>Some <em>it</em></p>"),
        ("**bold *both", "<p><strong>bold <em>both</em></strong></p>"),
        ("Call `open(**a", "<p>Call <code>open(**a</code></p>"),
        ("See [a link](http://exam", "<p>See a link</p>"),
        ("See [a li", "<p>See a li</p>"),
        ("- **Item", "<ul>\n<li><strong>Item</strong></li>\n</ul>"),
    ],
)
def test_what_is_still_open_is_shown_as_it_will_probably_look(text, html):
    live = LiveHtml()
    live.feed(text)
    assert undirected(live.html) == html
    live.flush()
    assert live.html == render(text)


@pytest.mark.parametrize("text", ["2*3 is", "2 ** 3", "* item", "[1, 2", "$a*b"])
def test_what_may_be_no_mark_is_shown_as_it_is(text):
    live = LiveHtml()
    live.feed(text)
    assert live.html == "".join(render_blocks(text))


def test_the_words_of_code_are_no_marks():
    live = LiveHtml()
    live.feed("```\na **b\nc[de")
    assert "a **b\nc[de</code>" in undirected(live.html)
