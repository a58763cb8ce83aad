"""How packages get into .venv: by uv where it works, by pip elsewhere, in the words of what is being done."""

import subprocess
import sys

import pytest

from tests.support.server import ROOT
from tools import install

LISTED = """
:env:.cert='/etc/certs.pem'
:env:.timeout='180'
global.cert='/etc/other.pem'
global.extra-index-url='file:///a/simple file:///b/simple'
global.find-links='/wheels\\n/more'
global.index-url='https://user:pa%40ss@index.example/simple'
global.trusted-host='index.example'
install.no-binary=':none:'
"""


def test_uv_is_led_to_the_index_that_pip_knows():
    found = install.environment_for_uv(LISTED, {"PATH": "/bin"})
    assert {name: value for name, value in found.items() if name not in install.HABITS} == {
        "PATH": "/bin",
        "SSL_CERT_FILE": "/etc/certs.pem",
        "UV_INDEX": "file:///a/simple file:///b/simple",
        "UV_FIND_LINKS": "/wheels,/more",
        "UV_DEFAULT_INDEX": "https://user:pa%40ss@index.example/simple",
        "UV_INSECURE_HOST": "index.example",
    }


def test_what_is_set_for_uv_itself_wins():
    own = {"UV_DEFAULT_INDEX": "https://own.example/simple", "UV_HTTP_RETRIES": "9"}
    found = install.environment_for_uv(LISTED, own)
    assert own.items() <= found.items()


def test_the_packages_of_all_files_are_counted():
    runtime, both = (
        list(install.pinned(str(ROOT / name))) for name in ("requirements.txt", "requirements-dev.txt")
    )
    assert "Django==5.2.19" in runtime
    assert set(runtime) < set(both)
    assert all("==" in line for line in both)


FAILING: set[str] = set()


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is tried, by which name; what is in it ends with a failure."""
    done: list[str] = []
    monkeypatch.setattr(install, "find_pip", lambda: (["pip"], ""))
    monkeypatch.setattr(install, "_fetch_uv", lambda pip: done.append("fetch") or "fetch" not in FAILING)
    monkeypatch.setattr(install, "_with_uv", lambda *_: done.append("uv") or "uv" not in FAILING)
    monkeypatch.setattr(install, "_with_pip", lambda *_: done.append("pip") or int("pip" in FAILING))
    return done


@pytest.mark.parametrize(
    ("failing", "tries", "code"),
    [
        (set(), ["fetch", "uv"], 0),
        ({"fetch"}, ["fetch", "pip"], 0),
        ({"uv"}, ["fetch", "uv", "pip"], 0),
        ({"uv", "pip"}, ["fetch", "uv", "pip"], 1),
    ],
)
def test_pip_does_what_uv_cannot(tried, monkeypatch, capsys, failing, tries, code):
    monkeypatch.setattr(sys.modules[__name__], "FAILING", failing)
    assert install.main(str(ROOT / "requirements.txt")) == code
    assert tried == tries
    said = capsys.readouterr().out
    assert said.startswith("Installing ")
    assert ("uv could not do it" in said) is (tries[-1] == "pip")
    assert ("could not be installed" in said) is bool(code)


def test_a_python_that_is_none_or_too_old_is_told(tmp_path):
    (tmp_path / "old").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "old").chmod(0o755)
    for name in ("Makefile", "requirements.txt"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "tools").symlink_to(ROOT / "tools")
    for python in (tmp_path / "old", tmp_path / "none"):
        command = ["make", f"PYTHON={python}", ".venv/.runtime"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode
        assert "This site needs Python 3.11 or newer" in done.stdout
        assert not (tmp_path / ".venv").exists()
