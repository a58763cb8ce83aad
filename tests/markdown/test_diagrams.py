"""Mermaid is drawn elsewhere, within a limit, and nothing of a drawing is believed."""

import os
import re
import signal
import subprocess
import sys
from html.parser import HTMLParser
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.markdown import IsolatedHtml, LiveHtml, apply, diagrams, render, worker
from chat.markdown.diagram_svg import LARGEST, NotDrawn, page_svg
from chat.markdown.diagrams import Diagrams
from chat.markdown.process import Process
from chat.markdown.render import render as render_here
from chat.markdown.speech import spoken_sentences
from chat.replies.writer import Writer

KINDS = {
    "flowchart": "flowchart LR\nA[用户] --> B{ok?}\nsubgraph one\nB\nend\nstyle A fill:#fff,stroke-width:4px",
    "sequence": "sequenceDiagram\nA->>B: hi\nNote over A: x\nloop l\nB-->>A: y\nend",
    "class": "classDiagram\nAnimal <|-- Duck\nclass Duck{\n+String beak\n+swim()\n}",
    "state": "stateDiagram-v2\n[*] --> Still\nStill --> [*]",
    "er": "erDiagram\nCUSTOMER ||--o{ ORDER : places",
    "gantt": "gantt\ntitle A plan\ndateFormat YYYY-MM-DD\nsection S\nA task :a1, 2014-01-01, 30d",
    "journey": "journey\ntitle My day\nsection Go\nMake tea: 5: Me",
    "git": "gitGraph\ncommit\nbranch develop\ncommit\ncheckout main\nmerge develop",
    "mindmap": "mindmap\n root((mind))\n  A\n  B",
    "timeline": "timeline\ntitle History\n2002 : LinkedIn",
    "quadrant": "quadrantChart\nx-axis Low --> High\ny-axis Low --> High\nA: [0.3, 0.6]",
    "pie": 'pie title Pets\n"a":1\n"b":2',
}
TAGS = {"svg", "g", "text", "tspan", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon"}
ATTRIBUTES = frozenset(
    re.findall(
        r"\S+",
        """class viewbox width height role aria-label x y x1 y1 x2 y2 dx dy cx cy r rx ry font-size stroke-width
        stroke-dashoffset opacity fill-opacity stroke-opacity points fill stroke stroke-dasharray transform d text-anchor
        dominant-baseline font-weight font-style text-decoration stroke-linecap stroke-linejoin fill-rule""",
    )
)
CLASS = re.compile(r"(?:(?:fill|stroke)-(?:page|ink|quiet|line|box|group|edge)|on-light|on-dark|wide)")


class Drawing(HTMLParser):
    """What a browser finds in a drawing, and what it should not."""

    def __init__(self, svg):
        super().__init__()
        self.faults, self.depth = [], 0
        self.feed(svg)

    def handle_starttag(self, tag, attributes):
        self.depth += 1
        self.faults += [tag] if tag not in TAGS else []
        for name, value in attributes:
            named = name == "class" and all(map(CLASS.fullmatch, value.split()))
            wrong = name not in ATTRIBUTES or (name == "class" and not named)
            if wrong or (name != "aria-label" and re.search(r"url|:|;|/|script|&|<", value)):
                self.faults.append(f"{tag} {name}={value}")

    def handle_endtag(self, tag):
        self.depth -= 1

    def handle_decl(self, declaration):
        self.faults.append(declaration)

    handle_pi = unknown_decl = handle_comment = handle_decl


def assert_safe(svg):
    drawing = Drawing(svg)
    assert drawing.faults == []
    assert drawing.depth == 0


def fenced(source):
    return f"```mermaid\n{source}\n```\n"


def drawing_in(html):
    found = re.search(r"<figure tabindex=\"0\">(<svg.*?</svg>)</figure>", html, re.DOTALL)
    return found[1] if found else None


@pytest.fixture
def hasty(monkeypatch):
    """No diagram has the time that it needs."""
    process = Process("chat.markdown.diagram_worker", 0.0001, environment={})
    monkeypatch.setattr(diagrams, "process", process)
    diagrams._drawn.cache_clear()
    yield process
    process.end()
    diagrams._drawn.cache_clear()


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_drawn_with_its_source_below_it(kind):
    html = render(fenced(KINDS[kind]))
    assert_safe(drawing_in(html))
    start = html.split("<figure")[0]
    assert start == '<div class="code" data-language="mermaid" data-name="Mermaid" data-ending="mmd">'
    assert '<details><summary dir="auto">Mermaid</summary><pre tabindex="0" dir="ltr">' in html


def test_a_diagram_is_called_by_its_title_or_by_the_words_in_it():
    label = re.search(r'aria-label="([^"]*)"', render(fenced(KINDS["flowchart"])))[1]
    assert label.startswith("Mermaid: ") and {"用户", "ok?", "one"} <= set(label[9:].split(", "))
    titled = render(fenced('flowchart TD\naccTitle: How "tea" is > made\nA-->B'))
    assert 'aria-label="Mermaid: How &quot;tea&quot; is &gt; made"' in titled


def test_words_on_a_colour_that_was_chosen_are_dark_or_light():
    svg = drawing_in(render(fenced("flowchart TD\nA-->B\nB-->C\nstyle A fill:#012\nstyle B fill:yellow")))
    assert re.search(r'<text class="on-dark"[^>]*>A<', svg)
    assert re.search(r'<text class="on-light"[^>]*>B<', svg)
    assert re.search(r"<text x[^>]*>C<", svg)


def test_a_reply_shows_the_source_until_the_block_has_ended_and_then_what_the_whole_gives():
    live, shown = IsolatedHtml(), []
    text = (
        f"Look:\n\n{fenced(KINDS['pie'])}\nThat is it.\n\n- a\n\n  ```mermaid\n  graph TD\n  A-->B\n  ```\n"
    )
    for start in range(0, len(text), 7):
        shown = apply(shown, live.feed(text[start : start + 7]))
        if len(shown) == 2:
            assert "<figure" not in shown[1]
    shown = apply(shown, live.close())
    assert shown == live.blocks
    assert "".join(shown) == render(text)
    assert "".join(shown).count("<svg") == 2


def test_what_is_not_understood_is_shown_as_it_was_written_and_says_so():
    html = render(fenced("flowchart WRONG\n a --- ???(") + "\nWords")
    assert 'data-drawing="none"><pre' in html and "<figure" not in html
    assert html.endswith('<p dir="auto">Words</p>')


def test_the_site_itself_draws_nothing_and_nobody_waits_for_it():
    assert "<figure" not in render_here(fenced(KINDS["pie"]))
    live = LiveHtml()
    live.feed(fenced(KINDS["pie"]) + "\nWords\n")
    assert "<figure" not in live.html
    writer = Writer()
    assert not writer._answer.is_long("```mer")
    writer._answer.render("```mer", False)
    assert writer._answer.is_long("MAID\n")
    assert "mermaid_render" not in sys.modules


def test_what_takes_too_long_is_shown_as_it_was_written_and_the_rest_is_whole(hasty):
    slow = "flowchart TD\n" + "\n".join(f"n{n}-->n{n * 7 % 100}" for n in range(200))
    html = render_here(f"{fenced(slow)}\n**Words**", Diagrams())
    assert 'data-drawing="none"' in html
    assert html.endswith('<p dir="auto"><strong>Words</strong></p>')


def test_a_graph_beyond_measure_is_not_drawn_and_one_text_has_a_limit_for_all():
    huge = "flowchart TD\n" + "\n".join(f"n{n}-->n{n * 7 % 900}" for n in range(900))
    shared = Diagrams()
    assert shared.drawn(huge) is None
    assert shared.drawn("x" * (diagrams.MAX_SOURCE + 1)) is None
    assert shared.drawn(KINDS["pie"]) is not None
    shared._seconds = diagrams.SECONDS_OF_A_TEXT + 1
    assert shared.drawn(KINDS["pie"]) is None
    full = Diagrams()
    full._size = diagrams.SIZE_OF_A_TEXT
    assert full.drawn(KINDS["pie"]) is None


def test_a_process_that_was_killed_is_begun_anew():
    diagrams._drawn.cache_clear()
    assert Diagrams().drawn(KINDS["pie"])
    os.kill(diagrams.process.id, signal.SIGKILL)
    diagrams._drawn.cache_clear()
    assert Diagrams().drawn(KINDS["pie"])


def test_the_process_that_draws_begins_while_the_diagram_is_still_written():
    diagrams.process.end()
    worker.begin(-1, "Words about a river\n", False)
    assert diagrams.process.id is None
    worker.feed(-1, "\n```mermaid\npie\n")
    assert diagrams.process.id is not None
    worker.feed(-1, '"a":1\n```\n')
    assert "</svg>" in "".join(patch.html for patch in worker.close(-1) or [])


def test_the_process_that_draws_knows_nothing_of_the_site(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    diagrams.process.end()
    diagrams._drawn.cache_clear()
    assert Diagrams().drawn(KINDS["pie"])
    environment = subprocess.run(
        ["cat", f"/proc/{diagrams.process.id}/environ"], capture_output=True, check=False
    ).stdout
    assert b"secret" not in environment


@pytest.mark.parametrize(
    "source",
    [
        'flowchart TD\nA["<script>alert(1)</script>"] --> B["<img src=x onerror=alert(1)>"]',
        'flowchart TD\nA --> B\nclick A "javascript:alert(1)"\nclick B href "https://evil.example" _blank',
        "%%{init: {'themeCSS': '.node{fill:url(http://evil.example)}'}}%%\nflowchart TD\nA-->B",
        "%%{init: {'securityLevel': 'loose', 'htmlLabels': true}}%%\nflowchart TD\nA-->B",
        'flowchart TD\nA@{ img: "https://evil.example/x.png", label: "x" } --> B@{ icon: "fa:user" }',
        "flowchart TD\nA-->B\nclassDef q fill:red,filter:url(#x),background:url(//evil.example)\nclass A q",
        "flowchart TD\nA-->B\nstyle A fill:url(https://evil.example),stroke:expression(alert(1))",
        'sequenceDiagram\nparticipant A as <foreignObject><body onload="x()">\nA->>B: </text><script>x</script>',
        'pie\n"</text></svg><script>alert(1)</script>" : 1\n"&lt;img src=x&gt;" : 2',
        'classDiagram\nclass A\nlink A "javascript:alert(1)"\ncallback A "x"',
        "flowchart TD\nA[\ufdd0\x01\x7f\u202e] --> B[𐀀]",
        "flowchart TD\n" + "subgraph a\n" * 400 + "A-->B\n" + "end\n" * 400,
        "flowchart TD\nA[" + "x" * 15_000 + "]",
        "flowchart TD\n" + "A-->" * 4_000 + "B",
    ],
)
def test_a_hostile_diagram_is_drawn_without_harm_or_not_at_all(source):
    svg = drawing_in(render(fenced(source)))
    if svg:
        assert_safe(svg)
        assert "evil" not in re.sub(r">[^<]*<|aria-label=\"[^\"]*\"", "", svg)


NAMESPACE = 'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" width="9" height="9"'
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))


@pytest.mark.parametrize(
    "svg",
    [
        f'<!DOCTYPE svg [<!ENTITY l0 "ha">{LAUGHS}]><svg {NAMESPACE}><text>&l11;</text></svg>',
        f'<!DOCTYPE svg SYSTEM "file:///etc/passwd"><svg {NAMESPACE}><g/></svg>',
        f"<svg {NAMESPACE}><text>{'x' * LARGEST}</text></svg>",
        f"<svg {NAMESPACE}>{'<g/>' * 6_000}</svg>",
        f"<svg {NAMESPACE}><g>",
        f"<svg {NAMESPACE}><script>alert(1)</script></svg>",
        '<svg xmlns="http://www.w3.org/2000/svg"><g/></svg>',
        '<html xmlns="http://www.w3.org/1999/xhtml"><body/></html>',
        "",
        "\ud800",
    ],
)
def test_what_is_no_drawing_is_refused(svg):
    with pytest.raises(NotDrawn):
        page_svg(svg)


def test_a_drawing_is_nested_only_so_deep():
    svg = page_svg(f"<svg {NAMESPACE}>{'<g>' * 900}<text>deep</text>{'</g>' * 900}</svg>")
    assert "deep</text>" not in svg
    assert_safe(svg)


NAMES = st.sampled_from(
    [
        *sorted(TAGS),
        *(
            "script",
            "style",
            "a",
            "use",
            "image",
            "foreignObject",
            "iframe",
            "animate",
            "title",
            "defs",
            "math",
        ),
    ]
)
ATTRIBUTE_NAMES = st.sampled_from(
    [
        *sorted(ATTRIBUTES - {"viewbox", "role"}),
        *("href", "style", "onload", "onclick", "id", "src", "filter", "mask", "clip-path"),
    ]
)
VALUES = st.sampled_from(
    [
        *(
            "1",
            "-1.5px",
            "red",
            "#fff",
            "#FFFFFF",
            "#172D4A",
            "url(#a)",
            "url(https://evil.example)",
            "bold",
            "none",
        ),
        *(
            "javascript:alert(1)",
            "fill:red;stroke:url(x)",
            "fill:#000;color:#fff",
            "M0,0L1,1",
            "0,0 1,1",
            "x' onload='y",
        ),
        *(
            "translate(1,2)",
            "translate(1);x",
            "rgb(1,2,3)",
            "rgb(1,2,3);x:y",
            '"><script>',
            "middle",
            "&#106;avascript:",
        ),
    ]
)
WORDS = st.sampled_from(
    ["", "words", "<script>x</script>", "</text></svg>", "&lt;", "&amp;lt;b>", "]]>", "用户"]
)


@st.composite
def elements(draw, depth=0):
    name = draw(NAMES)
    attributes = draw(st.dictionaries(ATTRIBUTE_NAMES, VALUES, max_size=4))
    inner = "".join(draw(st.lists(elements(depth + 1), max_size=3))) if depth < 4 else ""
    words = draw(WORDS).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    shown = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    return f"<{name}{shown}>{words}{inner}</{name}>"


@given(st.lists(elements(), min_size=1, max_size=4))
def test_whatever_the_drawing_program_returns_nothing_but_shapes_and_words_is_left(parts):
    try:
        svg = page_svg(f"<svg {NAMESPACE}>{''.join(parts)}</svg>")
    except NotDrawn:
        return
    assert_safe(svg)


def test_a_diagram_is_said_to_be_one_and_what_follows_is_read():
    said = [
        sentence.text for sentence in spoken_sentences(f"Look.\n\n{fenced(KINDS['pie'])}\nThat is it.", "en")
    ]
    assert said == ["Look.", "Diagram", "That is it."]


def test_a_place_that_the_writer_made_holds_no_drawing():
    place = diagrams.PLACE
    html = render(
        f"{fenced(KINDS['pie'])}\n- {place} &#{ord(place)};\n\n  {'  '.join(fenced(KINDS['git']).splitlines(True))}"
    )
    assert html.count("<svg") == html.count("<figure") == 2
    assert html.count('<figure tabindex="0"><svg') == 2
