"""Names and colours of code, by what stands behind the marks that begin it."""

import re
from html import unescape

import pytest

from chat.markdown import LiveHtml, endings, growing, languages, render

PYTHON = "def f(x):\n    return x  # one\n"
SCRIPT = "const a = 'b'; // c\n"
SHELL = "# c\nls -l | grep 'x'\necho $HOME\n"
PAGE = '<p class="a">b</p><!-- c -->\n'
SQL = "SELECT a FROM b WHERE c = 'd'; -- e\n"
C = "int main() { return 0; } // c\n"
# The 72 that answers use most, each with what it may hold
SAMPLES = {
    **dict.fromkeys(["python", "py", "python3"], PYTHON),
    **dict.fromkeys(["javascript", "js", "jsx", "typescript", "ts", "tsx"], SCRIPT),
    **dict.fromkeys(["bash", "sh", "shell", "zsh", "env"], SHELL),
    **dict.fromkeys(["html", "xml", "svg", "vue", "svelte"], PAGE),
    **dict.fromkeys(["sql", "mysql", "postgresql"], SQL),
    **dict.fromkeys(["c", "cpp", "c++", "csharp", "cs", "c#", "java", "kotlin", "swift", "dart"], C),
    **dict.fromkeys(["css", "scss"], "a { color: red; } /* c */\n"),
    **dict.fromkeys(["json", "jsonc", "json5", "jsonl"], '{"a": 1, "b": null}\n'),
    **dict.fromkeys(["yaml", "yml"], "a: 1 # c\nb: [x]\n"),
    **dict.fromkeys(["toml", "ini"], "[a]\nb = 1\n"),
    **dict.fromkeys(["powershell", "ps1"], "Get-Item $a # c\n"),
    **dict.fromkeys(["bat", "cmd"], "@echo off\nset A=1\n"),
    **dict.fromkeys(["go"], 'func main() { x := "a" }\n'),
    **dict.fromkeys(["rust", "rs"], 'fn main() { let x = "a"; }\n'),
    **dict.fromkeys(["ruby", "rb"], "def a\n  'b'\nend\n"),
    **dict.fromkeys(["dockerfile", "docker"], "FROM a:1\nRUN x\n"),
    **dict.fromkeys(["diff", "patch"], "--- a\n+++ b\n-x\n+y\n"),
    **dict.fromkeys(["markdown", "md"], "# a\n\n**b**\n"),
    **dict.fromkeys(["tex", "latex"], "\\begin{a} $x$ % c\n"),
    "console": "$ ls -l\na\n",
    "php": "echo strlen($a); // c\n",
    "lua": "local a = 'b' -- c\n",
    "r": "a <- c(1, 2) # c\n",
    "matlab": "a = 'b'; % c\n",
    "graphql": "query { a(b: 1) { c } }\n",
    "nginx": "server { listen 80; }\n",
    "makefile": "a: b\n\techo c\n",
    "http": "GET /a HTTP/1.1\nHost: b\n",
    "mermaid": "graph TD\n  A[a] --> B{b}\n",
    "csv": 'a,b\n1,"c"\n',
    "text": "a\n",
    "plaintext": "a\n",
}
LEAST = 70
NAMES = {
    "python": "Python",
    "js": "JavaScript",
    "c++": "C++",
    "cs": "C#",
    "sh": "Shell",
    "jsonc": "JSON with comments",
    "vue": "Vue",
    "php": "PHP",
    "text": "Text",
    "postgresql": "PostgreSQL",
}


def test_of_what_answers_use_most_nearly_all_is_coloured_and_all_named():
    html = {info: render(f"```{info}\n{code}```") for info, code in SAMPLES.items()}
    plain = [info for info in html if "<span class=" not in html[info]]
    print(f"\n{len(html) - len(plain)} of {len(html)} coloured; without colours: {plain}")
    assert len(html) == 72
    assert len(html) - len(plain) >= LEAST
    assert all('data-name="' in block for block in html.values())
    for info in html:
        assert unescape(re.sub("<[^>]*>", "", html[info][html[info].index("<pre") :])) == SAMPLES[info]


@pytest.mark.parametrize(("info", "name"), NAMES.items())
def test_a_language_has_its_proper_name(info, name):
    assert f'data-name="{name}"' in render(f"```{info}\na\n```")


@pytest.mark.parametrize(
    ("info", "name", "file"),
    [
        ("python:src/app.py", "Python", "src/app.py"),
        ("js {1,3}", "JavaScript", ""),
        ("js{1,3}", "JavaScript", ""),
        ("{.python .numberLines}", "Python", ""),
        ('python title="my app.py"', "Python", "my app.py"),
        ("ts filename=a.ts", "TypeScript", "a.ts"),
        ("src/app.py", "Python", "src/app.py"),
        ("12:15:app/foo.ts", "TypeScript", "app/foo.ts"),
        ("{r, echo=FALSE}", "R", ""),
        ("language-go", "Go", ""),
        ("Python", "Python", ""),
        ("python=12", "Python", ""),
        ("Dockerfile", "Dockerfile", ""),
        ("shell script", "Shell", ""),
        ("nosuch", "nosuch", ""),
    ],
)
def test_what_else_stands_behind_the_marks_is_understood(info, name, file):
    html = render(f"```{info}\na\n```")
    assert f'data-name="{name}"' in html
    assert (f'data-file="{file}"' in html) if file else ("data-file" not in html)


def test_php_needs_no_tag_to_begin_it():
    assert '<span class="k">echo</span>' in render("```php\necho 1;\n```")
    assert '<span class="k">echo</span>' in render("```php\n<?php echo 1;\n```")


@pytest.mark.parametrize("info", ['"><script>', "a<b", "x' onx=1", "a&quot;b", 'python" data-x="1'])
def test_what_stands_there_cannot_leave_its_place(info):
    html = render(f"```{info}\na\n```")
    assert "<script" not in html
    assert "data-x=" not in html.replace('data-file="', "")


def test_the_language_is_named_once_its_line_has_ended():
    live, seen = LiveHtml(), set()
    for char in "```python\nx":
        live.feed(char)
        seen |= set(re.findall('data-name="([^"]*)"', live.html))
    assert seen == {"Python"}


GROWING = {
    "python": 'def f():\n    """One\n    two"""\n    return 1\n',
    "js": "/* one\n   two */\nconst a = `b\n${c}`;\n",
    "php": "$a = 1;\necho $a;\n",
    "html": '<p class="a">\n<!-- b\nc -->\n</p>\n',
    "json": '{"a": 1,\n "b": [true]}\n',
    "nosuch": "a <b>\n",
}


@pytest.mark.parametrize("info", GROWING)
def test_code_is_coloured_line_by_line_and_at_last_as_a_whole(info):
    live, code = LiveHtml(), GROWING[info]
    live.feed(f"Text\n\n```{info}\n")
    for n, line in enumerate(code.splitlines(keepends=True)):
        live.feed(line[:3])
        live.feed(line[3:])
        assert unescape(re.sub("<[^>]*>", "", live.blocks[1])) == "".join(
            code.splitlines(keepends=True)[: n + 1]
        )
        assert ("<span class=" in live.blocks[1]) == (info != "nosuch")
    live.feed("```\n\nmore\n")
    assert live.blocks[1] == render(f"```{info}\n{code}```")


def test_a_line_of_open_code_is_lexed_once(monkeypatch):
    lexed = []

    def spans(tokens):
        lexed.append("".join(text for _, text in tokens))
        return real(tokens)

    real = growing.spans
    monkeypatch.setattr(growing, "spans", spans)
    live = LiveHtml()
    for char in "1. a\n   ```python\n   x = 1\n\n   y = 2\n   z":
        live.feed(char)
    assert lexed == ["x = 1\n", "\n", "y = 2\n"]


def test_code_that_grows_cannot_leave_its_place():
    live = LiveHtml()
    for (
        char
    ) in "&#x10FE82; ![&#x10FE82;](http://a.example)\n- ```html\n  </code></pre><script>\n  \U0010fe82<b>\n":
        live.feed(char)
        assert "<script" not in live.html
        assert "<b>" not in live.html
    assert "\ufffd" in live.html


@pytest.mark.parametrize("info, ending", [("python", "py"), ("c++", "cpp"), ("mermaid", "mmd")])
def test_code_says_how_a_file_of_its_language_ends(info, ending):
    assert f'data-ending="{ending}"' in render(f"```{info}\na\n```")
    assert "data-ending" not in render("```klingon\na\n```")


def test_every_way_that_files_end_belongs_to_a_language_that_is_known():
    names = {name for _, name in languages.KNOWN.values()}
    assert endings._ENDINGS.keys() <= names
    assert names - endings._ENDINGS.keys() == {"Console", "Git", "Regular expression", "Text"}


def test_code_of_more_than_forty_lines_says_how_many_once_it_has_ended():
    short = "```python\n" + "a = 1\n" * 40
    long = "```python\n" + "a = 1\n" * 41
    assert "data-lines" not in render(f"{short}```")
    assert 'data-lines="41"' in render(f"{long}```")
    live = LiveHtml()
    live.feed(f"{long}```")
    assert "data-lines" not in live.html
    live.feed("\n\nWords\n")
    assert 'data-lines="41"' in live.html
