"""The file `.env` as people write it, and what is said of what cannot be understood."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from gptsite import environment
from gptsite.addresses import without_scheme
from gptsite.dotenv_file import likely_name, read_env_file
from tests.settings import EXAMPLE
from tests.support.server import ROOT
from tests.support.site_settings import clone, settings_with

OURS = frozenset(re.findall(r"^#([A-Z_]+)=", EXAMPLE.read_text(), re.MULTILINE))
KEY = "sk-canary-1234567890"
URL = "http://127.0.0.1:9311/v1"


def read(tmp_path: Path, text: str | bytes):
    path = tmp_path / ".env"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_env_file(path, OURS)


def refused(tmp_path: Path, text: str | bytes) -> str:
    with pytest.raises(ImproperlyConfigured) as caught:
        read(tmp_path, text)
    assert "canary" not in str(caught.value)
    return str(caught.value)


PLAIN = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": URL}


@pytest.mark.parametrize(
    "text",
    [
        f"OPENAI_API_KEY={KEY}\nOPENAI_BASE_URL={URL}",
        f"OPENAI_API_KEY={KEY}    # OpenAI\nOPENAI_BASE_URL={URL}\t# or vLLM, with or without a key\n",
        f'OPENAI_API_KEY = {KEY}\nOPENAI_BASE_URL = "{URL}"\n',
        f"export OPENAI_API_KEY={KEY}\n  export   OPENAI_BASE_URL='{URL}' # here\n",
        f"\ufeffOPENAI_API_KEY={KEY}\r\n\r\n# a comment\r\nOPENAI_BASE_URL={URL}\r\n",
        f"OPENAI_API_KEY={KEY}\rOPENAI_BASE_URL={URL}\r",
        f"# first\n\n\tOPENAI_API_KEY\t=\t'{KEY}'\n#OPENAI_BASE_URL=x\nOPENAI_BASE_URL={URL}   ",
        f"OPENAI_API_KEY={KEY}\nOPENAI_API_KEY={KEY}\nOPENAI_BASE_URL={URL}",
        f"OPENAI_API_KEY={KEY}\nOPENAI_BASE_URL={URL}\n".encode("utf-16"),
    ],
)
def test_what_people_write_is_understood(tmp_path, text):
    found = read(tmp_path, text)
    assert (found.values, found.warnings) == (PLAIN, [])


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("$ecret-1234567890", "$ecret-1234567890"),
        ("pa$$word", "pa$$word"),
        ("'$HOME'", "$HOME"),
        ('"a$b"', "a$b"),
        ("a#b", "a#b"),
        ("#ab", "#ab"),
        ("a #b", "a"),
        ('"a #b" # c', "a #b"),
        ("'a\"b'", 'a"b'),
        (r'"a\"b\\c"', r'a"b\c'),
        (r"'a\nb'", r"a\nb"),
        ("", ""),
        ("   # nothing yet", ""),
        ('""', ""),
        ("a=b=c", "a=b=c"),
        ("ünïcode 数据", "ünïcode 数据"),
    ],
)
def test_a_value_is_what_is_written(tmp_path, written, meant):
    assert read(tmp_path, f"HOST=x\nSECRET_KEY={written}\nPORT=1").values["SECRET_KEY"] == meant


def test_there_need_be_no_file(tmp_path):
    assert read_env_file(tmp_path / ".env", OURS) == ({}, {}, [])


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (f"OPENAI_API_KEY: {KEY}", 1, "OPENAI_API_KEY cannot be understood: write = in place of the colon"),
        (
            f"\n\nOPENAI_API_KEY:{KEY}",
            3,
            "OPENAI_API_KEY cannot be understood: write = in place of the colon",
        ),
        (f'{{"OPENAI_API_KEY": "{KEY}"}}', 1, "write = in place of the colon"),
        (f"PORT=1\nOPENAI_API_KEY {KEY}", 2, "OPENAI_API_KEY cannot be understood: there is no ="),
        ("PORT=1\r\nOPENAI_API_KEY\r\n", 2, "OPENAI_API_KEY cannot be understood: there is no ="),
        (f"PORT=1\n\n{KEY}\n", 3, "this cannot be understood: there is no ="),
        ("canary0123456789abcdef", 1, "this cannot be understood: there is no ="),
        (f'OPENAI_API_KEY="{KEY}\nPORT=1', 1, "OPENAI_API_KEY cannot be understood: a quote is not closed"),
        (f'OPENAI_API_KEY="{KEY}\nHOST="x"', 1, "OPENAI_API_KEY cannot be understood: a quote is not closed"),
        (f'OPENAI_API_KEY="{KEY}\nHOST=x"', 1, "OPENAI_API_KEY runs over several lines"),
        (f"OPENAI_API_KEY='{KEY}' canary", 1, "something stands behind it"),
        (f"OPENAI_API_KEY=“{KEY}”", 1, "OPENAI_API_KEY stands in typographic quotes"),
        (f"OPENAI_API_KEY=‘{KEY}’", 1, "OPENAI_API_KEY stands in typographic quotes"),
        (f"OPENAI-API-KEY={KEY}", 1, "OPENAI_API_KEY cannot be understood: a name may have only"),
        (f"openai_api_key={KEY}", 1, "write it in capitals: OPENAI_API_KEY"),
        ("Signup=closed", 1, "write it in capitals: SIGNUP"),
        (
            f"set OPENAI_API_KEY={KEY}",
            1,
            "OPENAI_API_KEY cannot be understood: write nothing before the name",
        ),
        (f'$env:OPENAI_API_KEY="{KEY}"', 1, "write nothing before the name"),
        (f"- OPENAI_API_KEY={KEY}", 1, "OPENAI_API_KEY cannot be understood"),
        (f"\u200bOPENAI_API_KEY={KEY}", 1, "OPENAI_API_KEY cannot be understood: a name may have only"),
        (f"PORT=1\nOPENAI_API_KEY={KEY}ü".encode("latin-1"), 2, "Save the file as UTF-8"),
    ],
)
def test_what_cannot_be_understood_is_told_by_file_line_and_variable(tmp_path, text, line, words):
    said = refused(tmp_path, text)
    assert said.startswith(f"{tmp_path / '.env'}, line {line}: ")
    assert words in said


def test_a_file_that_is_none_is_told(tmp_path):
    assert "Save the file as UTF-8" in refused(tmp_path, "PORT=1".encode("utf-16-le"))
    (tmp_path / ".env").unlink()
    (tmp_path / ".env").mkdir()
    with pytest.raises(ImproperlyConfigured, match="cannot be read"):
        read_env_file(tmp_path / ".env", OURS)


def test_the_last_of_two_lines_counts_and_that_is_told(tmp_path):
    found = read(tmp_path, f"PORT=1\n\nOPENAI_API_KEY={KEY}\nPORT=2")
    assert found.values["PORT"] == "2"
    [warning] = found.warnings
    assert "PORT" in warning and "lines 1 and 4" in warning


def test_what_other_readers_would_fill_in_is_told(tmp_path):
    [warning] = read(tmp_path, "\nDATA_DIR=${HOME}/chat").warnings
    assert "DATA_DIR" in warning and "line 2" in warning and "${HOME}" in warning


@pytest.mark.parametrize(
    ("name", "likely"),
    [
        ("OPENAI_KEY", "OPENAI_API_KEY"),
        ("OPEN_AI_KEY", "OPENAI_API_KEY"),
        ("OPENAI_APIKEY", "OPENAI_API_KEY"),
        ("OPENAI_API_BASE", "OPENAI_BASE_URL"),
        ("OLLAMA_HOST", "OLLAMA_BASE_URL"),
        ("ALLOWED_HOST", "ALLOWED_HOSTS"),
        ("DATABASE_URI", "DATABASE_URL"),
        ("SITEURL", "SITE_URL"),
        ("HTTP_PROXY", ""),
        ("PGPASSWORD", ""),
        ("OPENAI_ORG_ID", ""),
        ("HOSTNAME", ""),
        ("TZ", ""),
    ],
)
def test_a_slip_is_told_from_what_belongs_to_others(name, likely):
    assert likely_name(name, OURS) == likely


# The settings that follow


def test_a_slip_is_told_with_the_name_that_is_probably_meant(tmp_path):
    [warning] = settings_with(tmp_path, OPENAI_KEY=KEY)["ENVIRONMENT_WARNINGS"]
    assert (
        warning
        == "OPENAI_KEY (in the environment) is not read. Did you mean OPENAI_API_KEY? Write it as OPENAI_API_KEY=value."
    )
    assert settings_with(tmp_path, OPENAI_KEY=KEY, OPENAI_API_KEY=KEY)["ENVIRONMENT_WARNINGS"] == []
    assert settings_with(tmp_path, MODEL="of a car", HOSTS="x")["ENVIRONMENT_WARNINGS"] == []


def command(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """`manage.py` in a tree with its own `.env`, and nothing of ours in its environment."""
    environment = {"PATH": "/usr/bin:/bin", "DJANGO_SETTINGS_MODULE": "gptsite.settings", **variables}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=folder, env=environment, capture_output=True, text=True
    )


ODD = {
    "OPENAI_BASE_URL=api.example.com/v1": "OPENAI_BASE_URL (in {env}, line 1) has no scheme: https:// is taken, "
    "or http:// for this machine and its network. Write it whole, such as "
    "OPENAI_BASE_URL=https://api.example.com/v1.",
    "OLLAMA_BASE_URL=127.0.0.1:11434": "Write it whole, such as OLLAMA_BASE_URL=http://127.0.0.1:11434/v1.",
    f"OPENAI_APIKEY={KEY}": "OPENAI_APIKEY (in {env}, line 1) is not read. Did you mean OPENAI_API_KEY? "
    "Write it as OPENAI_API_KEY=value.",
    f"OPENAI_APIKEY={KEY}\nOPENAI_API_KEY=sk-old": "Did you mean OPENAI_API_KEY?",
    "CONTEXT_EXCHANGE=5": "Did you mean CONTEXT_EXCHANGES?",
    "SIGN_UP=closed": "Did you mean SIGNUP?",
    "OPENAI_MODLE=gpt": "Did you mean OPENAI_MODEL?",
}
PLAIN_FILES = [
    "OPENAI_BASE_URL=http://127.0.0.1:8080/v1",
    "OPENAI_BASE_URL=https//127.0.0.1/v1",
    "EMAIL_HOST=mail.example.org\nEMAIL_URL=smtp://mail.example.org",  # another product's, beside ours
    "COMPOSE_PROJECT_NAME=chat\nFOOBAR=1",
]


def warnings_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> list[str]:
    """What the settings would tell of a `.env`."""
    monkeypatch.setattr(os, "environ", {})
    monkeypatch.setattr(environment, "_places", {})
    (tmp_path / ".env").write_text(text)
    warnings = environment.load_env_file(tmp_path / ".env")
    addresses = {
        "OPENAI_BASE_URL": "https://api.example.com/v1",
        "OLLAMA_BASE_URL": "http://127.0.0.1:11434/v1",
    }
    return [*warnings, *without_scheme(**addresses)]


@pytest.mark.parametrize("text", ODD)
def test_what_is_odd_is_told_with_how_it_is_written(tmp_path, monkeypatch, text):
    [warning] = warnings_of(tmp_path, monkeypatch, text)
    assert ODD[text].format(env=tmp_path / ".env") in warning
    assert "canary" not in warning


@pytest.mark.parametrize("text", PLAIN_FILES)
def test_nothing_is_told_of_what_is_plain(tmp_path, monkeypatch, text):
    assert warnings_of(tmp_path, monkeypatch, text) == []


def test_the_check_of_the_set_up_tells_what_is_odd(tmp_path):
    folder = clone(tmp_path / "site", "\n".join(["OPENAI_BASE_URL=127.0.0.1:9/v1", f"OPENAI_APIKEY={KEY}"]))
    done = command(folder, "check")
    assert "OPENAI_APIKEY (in" in done.stderr and "Did you mean OPENAI_API_KEY?" in done.stderr
    assert "OPENAI_BASE_URL (in" in done.stderr and "Write it whole" in done.stderr
    assert "canary" not in done.stdout + done.stderr


def samples() -> list[str]:
    """The `.env` that README shows: its lines of variables in blocks of code, but for those of a command."""
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    return [block for block in blocks if re.match(r"[A-Z_]+=\S*\s", block) and "make" not in block]


def test_the_sample_of_the_readme_runs(tmp_path):
    [sample] = samples()
    folder = clone(tmp_path / "site", sample)
    show = "from django.conf import settings as s; print([s.OPENAI_API_KEY, s.OPENAI_BASE_URL, s.ENVIRONMENT_WARNINGS])"
    done = command(folder, "shell", "--no-imports", "--command", show)
    assert done.stdout.strip() == "['sk-...', 'http://127.0.0.1:8080/v1', []]", done.stderr


def test_the_environment_wins_over_the_file(tmp_path):
    folder = clone(tmp_path / "site", "PORT=8001\nSIGNUP=closed\n")
    show = "from django.conf import settings as s; print([s.PORT, s.SIGNUP])"
    done = command(folder, "shell", "--no-imports", "--command", show, PORT="9001")
    assert done.stdout.strip() == "[9001, 'closed']", done.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "SIGNUP=closed\nPORT=80800 # canary",
            "PORT must be a whole number from 1 to 65535, such as PORT=8000 (set in {env}, line 2).",
        ),
        (
            "\nSIGNUP: closed",
            "{env}, line 2: SIGNUP cannot be understood: write = in place of the colon, as in SIGNUP=value.",
        ),
    ],
)
def test_nothing_is_served_with_a_file_that_is_not_understood(tmp_path, text, said):
    folder = clone(tmp_path / "site", text)
    done = command(folder, "serve")
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == said.format(env=folder / ".env") + "\n"
