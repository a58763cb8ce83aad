"""How much of LaTeX is drawn, and that it is drawn rightly."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from chat import markdown
from chat.markdown import plain
from chat.markdown.maths import mathml
from tests.support.markup import undirected


def render(text):
    return undirected(markdown.render(text))


DATA = Path(__file__).parent / "data"
FUNCTIONS = [line.split("\t") for line in (DATA / "functions_of_katex.txt").read_text().splitlines()]
ANSWERS = (DATA / "formulas_of_answers.txt").read_text().splitlines()


def faults(latex):
    """What is wrong with the picture of a formula, as far as its elements tell."""
    html = render(f"$$\n{latex}\n$$")
    found = re.search(r"<math.*</math>", html, re.DOTALL)
    if not found or "<code" in html:
        return ["not drawn"]
    root = ElementTree.fromstring(found[0].replace("&nbsp;", "\xa0"))
    words = "".join(root.itertext())
    made = [rf"left: {word}" for word in re.findall(r"\\[A-Za-z]+|[{}$&#]?\ue000", words)]
    made += [f"element {node.tag}" for node in root.iter() if node.tag in ("merror", "menclose", "mstyle")]
    made += ["private characters"] * any(
        0xE000 <= ord(letter) <= 0xF8FF or ord(letter) > 0xF0000 for letter in words
    )
    made += ["a style"] * (" style=" in found[0])
    made += [] if _has_arguments(root) else ["arguments missing"]
    return made


def _has_arguments(root):
    """Whether each element has as many children as it needs: one too few is an error in the page."""
    needed = {
        "mfrac": 2,
        "mroot": 2,
        "msub": 2,
        "msup": 2,
        "munder": 2,
        "mover": 2,
        "msubsup": 3,
        "munderover": 3,
    }
    return all(len(node) == needed.get(node.tag, len(node)) for node in root.iter())


def _share(formulas, name):
    """How many of a hundred are drawn rightly; which are not stands in what pytest captures."""
    wrong = {latex: found for latex in formulas if (found := faults(latex))}
    share = 100 * (1 - len(wrong) / len(formulas))
    print(f"{name}: {share:.1f} % of {len(formulas)} drawn; not: {', '.join(wrong) or 'none'}")
    return share


def test_almost_all_functions_of_katex_are_drawn():
    """Those that KaTeX itself does not know are left out of the list; 96 % are asked for."""
    assert _share([line[-1] for line in FUNCTIONS], "Functions of KaTeX") >= 99.5


def test_almost_all_formulas_of_answers_are_drawn():
    """98 % are asked for."""
    assert len(ANSWERS) >= 200
    assert _share(ANSWERS, "Formulas of answers") >= 99.5


def shown(latex, display=True):
    """The elements with their classes and words, without spaces and attributes of no concern here."""
    math = mathml(latex, display=display)
    assert math, latex
    math = re.sub(r"</?math[^>]*>|<mspace[^>]*></mspace>", "", math)
    return re.sub(r' (?!class|mathcolor|mathbackground|mathsize|width|voffset)[a-z]+="[^"]*"', "", math)


@pytest.mark.parametrize(
    "latex, html",
    [
        (r"\boxed{42}", '<mrow class="boxed"><mn>42</mn></mrow>'),
        (r"\cancel{x}", '<mrow class="cancel"><mi>x</mi></mrow>'),
        (r"\xcancel{x}", '<mrow class="xcancel"><mi>x</mi></mrow>'),
        (r"\textcolor{red}{x}", '<mrow mathcolor="#ff0000"><mi>x</mi></mrow>'),
        (r"\color{red}{x}y", '<mrow mathcolor="#ff0000"><mi>x</mi></mrow><mi>y</mi>'),
        (r"{\color{red} x}y", '<mrow mathcolor="#ff0000"><mi>x</mi></mrow><mi>y</mi>'),
        (r"\color[RGB]{255,0,16} x", '<mrow mathcolor="#ff0010"><mi>x</mi></mrow>'),
        (r"\textcolor{red!50!blue}{x}", '<mrow mathcolor="#800080"><mi>x</mi></mrow>'),
        (r"\mathbf{\textcolor{red}{x}}", '<mrow mathcolor="#ff0000"><mi>𝐱</mi></mrow>'),
        (
            r"\colorbox{black}{$x$}",
            '<mrow class="ground" mathbackground="#000000" mathcolor="#ffffff"><mi>x</mi></mrow>',
        ),
        (r"\overline{z}", '<mrow class="overline"><mi>z</mi></mrow>'),
        (r"{\large x}y", '<mrow mathsize="120%"><mi>x</mi></mrow><mi>y</mi>'),
        (r"\text{if $n$ is}", "<mrow><mtext>if\xa0</mtext><mi>n</mi><mtext>\xa0is</mtext></mrow>"),
        (r"\text{a_b}", "<mtext>a_b</mtext>"),
        (r"x \\[2em] y", "<mtable><mtr><mtd><mi>x</mi></mtd></mtr><mtr><mtd><mi>y</mi></mtd></mtr></mtable>"),
        (r"50%", "<mn>50</mn><mi>%</mi>"),
        (r"5 % a remark", "<mn>5</mn>"),
        (r"\newcommand{\two}[2][x]{#1#2} \two{y}\two[z]{y}", "<mi>x</mi><mi>y</mi><mi>z</mi><mi>y</mi>"),
        (r"\DeclareMathOperator{\sgn}{sgn} \sgn", "<mrow><mi>sgn</mi></mrow>"),
        (
            r"\pdv{f}{x}",
            "<mfrac><mrow><mi>∂</mi><mi>f</mi></mrow><mrow><mi>∂</mi><mi>x</mi></mrow></mfrac>",
        ),
        (r"\qty{5}{\kg}", "<mn>5</mn><mtext>kg</mtext>"),
        (r"\ce{H2O}", "<mrow><msub><mrow><mi>H</mi></mrow><mn>2</mn></msub><mrow><mi>O</mi></mrow></mrow>"),
        (r"\vec{v}", '<mover><mi>v</mi><mo class="vec">→</mo></mover>'),
    ],
)
def test_what_the_converter_lacks_is_drawn_by_classes_and_attributes(latex, html):
    assert shown(latex) == html


def test_a_line_at_the_end_of_a_table_reaches_over_all_columns():
    html = shown(r"\begin{array}{c|c} a & b \\ \hline c & d \\ \hline \end{array}")
    assert html.count("line-bottom") == 2
    assert html.count("<mtr>") == 2


@pytest.mark.parametrize(
    "latex",
    [
        r"\includegraphics{https://a.example/a.png}",
        r"\unknown{x}",
        r"\frac{a",
        r"a}",
        r"\begin{align} x",
        r"\begin{itemize} \item x \end{itemize}",
        r"\color{nosuch} x",
        r"\qty{5}{\nosuch}",
        r"\char`\x",
        r"\char{²}",
        r"\multicolumn{²}{c}{x}",
        r"\newcommand{\a}[²]{x} \a",
        r"\newcommand{\a}[1]{#²} \a{x}",
    ],
)
def test_what_cannot_be_drawn_is_shown_as_its_source(latex):
    html = render(f"$${latex}$$")
    assert "<math" not in html
    assert '<code class="math">' in html


def test_the_characters_that_mark_what_is_drawn_are_taken_from_nobody():
    assert mathml("\U0010f000 x", display=True) is None


def test_a_formula_carries_its_source_and_plain_text_does_not():
    html = render(r'$a<b$ and $$\text{"x"}$$')
    assert '<math data-latex="a&lt;b">' in html
    assert 'data-latex="\\text{&quot;x&quot;}"' in html
    assert plain("$x^2$ y") == "x^2 y"


@pytest.mark.parametrize(
    "latex",
    [
        r"\text{<script>alert(1)</script>}",
        r"\href{javascript:alert(1)}{x}",
        r"\htmlStyle{position: fixed; color: red}{x}",
        r"\htmlId{a}{x}\htmlClass{toast}{y}\htmlData{x=y}{z}",
        r"\textcolor{#f00;position:fixed}{x}",
        r"\label{\"><script>} x \eqref{<script>}",
        r"\url{javascript:alert(1)}",
        r"\ce{<script>}",
        r"\pu{1 <b>}",
        r'\verb|"><img src=x>|',
    ],
)
def test_nothing_in_a_formula_reaches_the_page_as_html(latex):
    html = render(f"$${latex}$$")
    assert not re.search(r"<(?:script|img|a|b)\b", html)
    tags = "".join(re.findall(r"<[^>]*>", re.sub(r' data-latex="[^"]*"', "", html)))
    assert not re.search(r"style=|id=|href|toast|fixed|javascript", tags)


DOUBLING = "".join(rf"\def\a{chr(98 + n)}{{\a{chr(97 + n)}\a{chr(97 + n)}}}" for n in range(24))


@pytest.mark.parametrize(
    "latex",
    [
        r"\def\aa{x}" + DOUBLING + r"\ay",
        r"\def\a{\a\a}\a",
        r"\def\a#1{#1#1#1#1}" + r"\a{" * 30 + "x" + "}" * 30,
        r"\def\a{" + "#1" * 3000 + "}" + r"\a{x}",
        r"\def\a#1{" + "#1" * 1000 + "}" + r"\a{" + "x" * 5000 + "}",
        "{" * 10_000,
        "{" * 4_999 + "}" * 4_999,
        r"\boxed{" * 1_000 + "}" * 1_000,
        r"\text{$" * 1_000 + "$}" * 1_000,
        r"\frac" * 2_400,
        r"\left(" * 1_600,
        r"\begin{matrix}" * 600,
        r"\begin{matrix}" * 300 + r"\end{matrix}" * 300,
        r"\ce{" * 2_000 + "}" * 2_000,
        r"\ce{" + "[" * 9_000 + "}",
        r"\ce{" + "{" * 4_500 + "}" * 4_500 + "}",
        r"\pu{" + "1" * 9_000 + "}",
        r"\num{" + "1," * 4_500 + "}",
        r"\color{red}" * 900,
        r"\qty(" * 2_000,
        "&" * 9_999,
        r"\\" * 4_999,
        r"\begin{CD}" + "@>>>" * 2_000 + r"\end{CD}",
        r"\multicolumn{20}{c}{x}" * 400,
        r"\hdotsfor{20}" * 700,
        "x_" * 4_999 + "x",
        r"\let\a\b" * 1_000,
    ],
)
def test_hostile_formulas_are_bounded(latex):
    """What comes out is small, and what is done for it is counted in tokens, not in doublings."""
    math = mathml(latex[:10_000], display=True)
    assert math is None or len(math) <= 250_000


@pytest.mark.parametrize("source", [".ex", "..em", "1.2.3ex", "a.rem"])
def test_words_that_end_like_a_length_are_no_length(source):
    assert f'data-latex="{source}"' in render(f"${source}$")
