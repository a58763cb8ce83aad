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


def test_what_architecture_says_is_in_the_code():
    named = re.findall(r"`(chat/[\w/]+\.(?:py|js)): (\w+)`", (ROOT / "ARCHITECTURE.md").read_text())
    assert len(named) > 20
    definition = r"(?:def|class) {name}\b"
    missing = [
        (path, name)
        for path, name in named
        if not re.search(definition.format(name=name), (ROOT / path).read_text())
    ]
    assert missing == []


@pytest.mark.parametrize("name", ["ARCHITECTURE.md", "docs/decisions.md"])
def test_every_file_that_is_named_is_there(name):
    named = set(re.findall(r"`((?:\w+/)+\w+\.(?:py|js|css|html))\b", (ROOT / name).read_text()))
    assert len(named) > 20
    places = (ROOT, ROOT / "chat", ROOT / "chat/static/chat/js")
    assert [path for path in sorted(named) if not any((place / path).is_file() for place in places)] == []


def test_every_requirement_is_pinned_to_one_version():
    assert re.fullmatch(r"uv==[\d.]+ pip==[\d.]+", f"{install.UV} {install.PIP}")
    for name in ("requirements.txt", "requirements-dev.txt"):
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
