"""The papers agree with the code."""

import re

import pytest

from chat.serving.http import MAX_UPLOAD
from tests.support.server import ROOT
from tools import install

EXAMPLE = (ROOT / ".env.example").read_text()
CODE = (ROOT / "gptsite" / "settings.py").read_text()
# Each way in which settings.py reads a variable
READS = re.compile(r'(?<![.\w])[a-z_]+\(\s*"([A-Z][A-Z_]+)"')

# A file or a folder, and perhaps what is defined in it
NAMED = re.compile(
    r"(?P<path>(?:[\w.<>-]+/)+|(?:[\w.<>-]+/)*[\w.<>-]+\.(?:py|js|css|html|svg|sql|json|txt|md))(?:: (?P<name>#?\w+))?"
)
PLACES = (ROOT, ROOT / "chat", ROOT / "chat/static/chat/js")
# Files that every capability has, by which a paper means all of them
KINDS = {"actions.py", "background.py", "errors.py", "forms.py", "views.py", "urls.py"}
# What is made by a run, stands for many, or is the worked example
NOT_THERE = re.compile(r"^(?:build|var)/|<\w+>|\bNAME\b|\bstars?(?:/|\.|$)")


def variables() -> set[str]:
    return set(READS.findall(CODE))


def test_the_example_lists_exactly_the_variables_that_are_read():
    assert set(re.findall(r"^#([A-Z_]+)=", EXAMPLE, re.MULTILINE)) == variables()
    assert {"SITE_URL", "DATABASE_URL", "OPENAI_API_KEY"} <= variables()


def test_nothing_is_set_by_the_example_as_it_stands():
    assert [line for line in EXAMPLE.splitlines() if line and not line.startswith("#")] == []


def test_the_readme_names_every_variable():
    readme = (ROOT / "README.md").read_text()
    assert {name for name in variables() if not re.search(rf"\b{name}\b", readme)} == set()


def test_the_readme_names_every_command():
    makefile, readme = (ROOT / "Makefile").read_text(), (ROOT / "README.md").read_text()
    commands = re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE)
    assert {"run", "test", "check", "bench", "admin"} <= set(commands)
    assert [name for name in commands if name != "help" and f"make {name}" not in readme] == []


def named(text: str) -> set[tuple[str, str]]:
    """Return the files and folders that a paper names between backticks, each with the name in it, or ""."""
    found = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    matches = [NAMED.fullmatch(words) for words in found]
    paths = {(match["path"], match["name"] or "") for match in matches if match}
    return {(path, name) for path, name in paths if not NOT_THERE.search(path) and path not in KINDS}


def is_there(path: str, name: str) -> bool:
    """Return whether there is such a file or folder in one of PLACES, with that name defined in it."""
    there = [place / path for place in PLACES if (place / path).exists()]
    if not there or not name:
        return bool(there)
    name = re.escape(name)
    defined = rf"\b(?:def|class|function|const) {name}\b|^{name}\b.* = |^ +(?:async )?{name}\(.*\{{$"
    return re.search(defined, there[0].read_text(), re.MULTILINE) is not None


@pytest.mark.parametrize("paper", ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "docs/decisions.md"])
def test_everything_that_is_named_is_there(paper):
    papers = named((ROOT / paper).read_text())
    assert len(papers) >= (1 if paper == "README.md" else 40)
    assert sorted(one for one in papers if not is_there(*one)) == []


@pytest.mark.parametrize(
    "words",
    [
        "`chat/nobody.py`",
        "`nothing/`",
        "`growing.py`",
        "`thread/nothing.js`",
        "`chat/replies/actions.py: sand`",
    ],
)
def test_what_is_not_there_is_found(words):
    [one] = named(f"It is in {words}, as a rule.")
    assert not is_there(*one)


def test_every_requirement_is_pinned_to_one_version():
    assert re.fullmatch(r"uv==[\d.]+ pip==[\d.]+", f"{install.UV} {install.PIP}")
    for name in ("requirements.txt", "requirements-dev.txt", "tools/speech/requirements.txt"):
        lines = [line.split("#")[0].strip() for line in (ROOT / name).read_text().splitlines()]
        loose = [line for line in lines if line and not line.startswith("-r ") and "==" not in line]
        assert loose == []


def test_the_sample_for_nginx_passes_on_what_the_site_needs():
    [sample] = re.findall(r"```nginx\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    said = dict(re.findall(r"^\s*((?:proxy_set_header )?[\w-]+) +([^;]+);", sample, re.MULTILINE))
    headers = {name.split()[1]: value for name, value in said.items() if " " in name}
    assert headers == {
        "Host": "$http_host",
        "Upgrade": "$http_upgrade",
        "Connection": '"upgrade"',
        "X-Forwarded-For": "$proxy_add_x_forwarded_for",
        "X-Forwarded-Proto": "$scheme",
    }
    assert (said["proxy_http_version"], said["proxy_buffering"]) == ("1.1", "off")
    assert int(said["client_max_body_size"].removesuffix("m")) * 1024 * 1024 > MAX_UPLOAD
