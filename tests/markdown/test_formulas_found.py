"""What is a formula in an answer and what is not, as models write it."""

import re

import pytest

from chat import markdown
from chat.markdown import LiveHtml
from tests.support.markup import undirected


def render(text):
    return undirected(markdown.render(text))


X = "<mi>x</mi>"


def _text(html):
    """The HTML without formulas and tags."""
    return re.sub(r"<[^>]+>", "", re.sub(r"<math.*?</math>", "¤", html, flags=re.DOTALL))


@pytest.mark.parametrize(
    "text, shown",
    [
        ("$$x$$", "¤"),
        ("So $$x$$ holds.", "So ¤ holds."),
        ("So $$\nx\n$$ holds.", "So ¤ holds."),
        ("**Answer:** $$\nx = 5\n$$", "Answer: ¤"),
        ("$$\nx\n$$.", "¤."),
        ("$$ x\n+ x $$", "¤"),
        ("$$\n\nx\n\n$$", "¤"),
        ("$$\nx = 1\n\n- y = 2\n$$", "¤"),
        (
            "$$\\begin{aligned}\na &= b \\\\\n- d &= e\n\\end{aligned}\n$$\n\nWe get it all.",
            "¤We get it all.",
        ),
        ("\\[ f(x) = 1\n+ x\n- y \\]", "¤"),
        ("\\[\nx\n\\]\nwhere \\(x\\) is", "¤\nwhere ¤ is"),
        ("Hence \\(x\n= 1\\), done", "Hence ¤, done"),
        ("# Title $$x$$", "Title ¤"),
        ("### Step 1: $$\nx\n$$\n\ntext", "Step 1: ¤text"),
        ("**$x$** and *$y$*", "¤ and ¤"),
        ("**结果：**$x$是，其中$y_1$是", "结果：¤是，其中¤是"),
        ("the $n$th and $x$-axis, ($y$), $z$.", "the ¤th and ¤-axis, (¤), ¤."),
        ("$a_1 * b_1$ and $c * d$", "¤ and ¤"),
        ("$ E = mc^2 $ holds", "¤ holds"),
        ("$\\$5 + \\$6$", "¤"),
        ("$|x|$ [a]($x$) $y$", "¤ a ¤"),
        ("The answer is \\boxed{\\frac{1}{2}}.", "The answer is ¤."),
        ("\\\\(x^2\\\\) and \\\\[ y_1 \\\\]", "¤ and ¤"),
        ("a \\\\(see below\\\\) b", "a \\(see below\\) b"),
        ("1. $ \\frac{1}{a} $ and $ b $, $ 0 < a < 1 $", "¤ and ¤, ¤"),
        ("\\(x_1\\)xx例如\\(y\\)和$z$。", "¤xx例如¤和¤。"),
        ("$x\n+ y\n- z$ ok", "¤ ok"),
        ("Let $x_1,\\ldots,x_n$ be $n$ numbers, costing $5 each.", "Let ¤ be ¤ numbers, costing $5 each."),
        ("$$\n\\boxed{5}\n$$\n$$\nx\n$$", "¤\n¤"),
        ("If $p<0.05$, then $1{,}000$ and $2$.", "If ¤, then ¤ and ¤."),
        ("```math\nx\n```", "¤"),
    ],
)
def test_a_formula_is_found_wherever_it_opens_and_closes(text, shown):
    assert _text(render(text)).strip() == shown


@pytest.mark.parametrize(
    "text",
    [
        "- $$\n  x\n  - x\n  $$\n- b",
        "- a $$x$$\n- b",
        "- a\n\n  \\[\n  x\n  \\]\n\n- b",
        "1. a\n   - b\n\n     $$\n     x\n     + x\n     $$\n2. c",
        "1. a\n\n        $$\n        x\n        $$",
        "> $$\n> x\n> - x\n> $$\n> b",
        "> - a \\[\n>   x\n>   \\]\n> - b",
        "- a\n$$\nx\n$$\n- b",
        "1. $$x$$\n2. \\[x\\]",
        "- \\begin{align}\n  x &= 1 \\\\\n  - y &= 2\n  \\end{align}\n- b",
    ],
)
def test_a_formula_stays_in_its_list_and_quote(text):
    html = render(text)
    assert X in html
    assert not set("$\\[]") & set(_text(html))
    assert html.count("<li>") == len(re.findall(r"^[> ]*(?:-|\d\.) (?!x|y)", text, re.MULTILINE))


@pytest.mark.parametrize(
    "name",
    [
        "equation",
        "equation*",
        "align",
        "align*",
        "aligned",
        "gather",
        "cases",
        "pmatrix",
        "split",
        "multline",
    ],
)
def test_an_environment_needs_no_marks(name):
    html = render(f"We have\n\\begin{{{name}}}\nx\n- y\n\\end{{{name}}}\nand **so on**.")
    assert X in html
    assert "<strong>so on</strong>" in html
    assert "<li>" not in html and "begin" not in re.sub(r'="[^"]*"', "", html)


@pytest.mark.parametrize(
    "row, cells",
    [
        ("| $P(A|B)$ | b |", ["¤", "b"]),
        ("| $\\ln|x| + C$ | $|y|$ |", ["¤", "¤"]),
        ("| $P(A\\|B)$ | \\(|x|\\) |", ["¤", "¤"]),
        ("| $\\|v\\|$ | $$|x|$$ |", ["¤", "¤"]),
        ("| $5 | $10 |", ["$5", "$10"]),
        ("|$A|$B|", ["$A", "$B"]),
    ],
)
def test_a_bar_in_a_formula_ends_no_cell(row, cells):
    html = render(f"| a | b |\n|---|---|\n{row}")
    assert [_text(cell) for cell in re.findall(r"<td>(.*?)</td>", html)] == cells


def test_an_escaped_bar_in_a_table_is_a_bar_and_two_are_a_norm():
    html = render("| a | b |\n|---|---|\n| $P(A\\|B)$ | $\\|v\\|$ |")
    assert html.count(">|</mo>") == 1
    assert html.count(">‖</mo>") == 2


@pytest.mark.parametrize(
    "text",
    [
        "Costs 5$, later 10$. Or 100$/月和200$/月。",
        "Set $HOME or `$PATH`, then $PATH:$HOME/bin.",
        "The market pays **$1.50** for kale. Phase 1 is $10K flat, Phase 2 at $8K.",
        "between $5 and $10, or $5-$10, or ($5/$10), US$20,000 and A$3",
        "It was $5 (or 10$), then 5$ and 6$!",
        "价格从$100元到200$，再到$300元。",
        "`$x$` and ``a $y$ b``",
        "kill $$ or the parent of $$ too",
        "Buy $AAPL/$TSLA, $AAPL and $TSLA.",
        "$/PR is down but $/session is up",
        "价格 $5，成本 $6，一个 $100 万$",
        "Solar is $61 per MWh, *cheaper* than gas at $76/MWh: $200/mo, $1M-$5M, ~$3k = $4k",
        "in PHP $foo and $bar->baz($qux), in awk {print $1, $2}, in jQuery $('#a') and $(this)",
        "| $ 10 | Between $10 and $100 |",
        "https://a.example/?$filter=x&$top=1 and [x](http://a.example/$b$/c)",
        "a\\$b\\$c",
        "$$\n\nTherefore we get the result\n\n$$",
        "$$\nnot a formula\n\nthe end of it\n$$",
        "\\[see the notes below\\]",
        "${a} and ${b}",
        "```\n$$\nx\n$$\n\\[ x \\]\n```",
        "    $x$ is indented code",
    ],
)
def test_dollars_of_prices_shells_and_code_are_text(text):
    html = render(text)
    assert "<math" not in html and 'class="math"' not in html
    assert text.count("$") == _unescaped(html).count("$") or "http" in text


def _unescaped(html):
    return re.sub(r"<[^>]*>", "", html)


@pytest.mark.parametrize("mark", ["$$", "\\[", "\\begin{align}"])
def test_after_a_mark_without_its_end_the_next_formulas_are_whole(mark):
    text = f"{mark}\nx = 1\n\nSo **we** have the second one:\n\n$$\ny = 2\n$$\n\nand $z$."
    html = render(text)
    assert "<mi>y</mi>" in html and "<mi>z</mi>" in html and "<strong>we</strong>" in html


def test_what_looks_like_a_formula_in_hiding_is_none():
    text = "a \u2e28\U0010ff80\U0010ff3c\U0010ff62\U0010ff3e\U0010ff84\u2e29 b"
    assert render(text) == "<p>a \u2e28\ufffd\ufffd\ufffd\ufffd\ufffd\u2e29 b</p>"


@pytest.mark.parametrize(
    "unit",
    [
        "\\[",
        "\\(",
        "$",
        "$$",
        "$a ",
        "`",
        "\\begin{align}",
        "$\\text{",
        "\\boxed{",
        "$$ a\n",
        "\\[ a\n",
        "中$",
    ],
)
def test_marks_without_ends_are_linear(unit, monkeypatch):
    """By the characters that are looked through, since a busy machine knows no time."""
    seen = []
    monkeypatch.setattr("chat.markdown.formulas.find_end", _counting(seen))
    for size in (10_000, 20_000):
        seen.append(0)
        live = LiveHtml()
        live.feed(unit * (size // len(unit)))
        live.flush()
    assert seen[1] <= 2.5 * seen[0] + 1_000


def _counting(seen):
    from chat.markdown.marks import find_end

    def counted(text, opened):
        start = opened.searched
        end = find_end(text, opened)
        seen[-1] += (end.position if end else len(text)) - start
        return end

    return counted
