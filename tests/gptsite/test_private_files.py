"""The data folder: any name it has, and nobody's but its owner's."""

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from gptsite.private_files import site_secret
from tests.support.forks import run
from tests.support.site_settings import settings_with

NAMES = [
    "a#b",
    "what?",
    "100%",
    "%23",
    "two words",
    " blanks around ",
    "数据",
    "it's",
    'say "x"',
    "a~b",
    "a&b;c",
    "$HOME",
    "back\\slash",
    "file:x",
    "line\nfeed",
    "*",
]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("name", NAMES)
def test_a_folder_is_used_by_the_name_it_has(tmp_path, name):
    found = settings_with(tmp_path / name)
    assert found["DATA_DIR"] == tmp_path / name
    assert found["DATABASES"]["default"]["NAME"] == tmp_path / name / "db.sqlite3"
    assert sorted(item.name for item in (tmp_path / name).iterdir()) == ["db.sqlite3", "secret.key"]
    assert [item.name for item in tmp_path.iterdir()] == [name]


def test_the_real_site_keeps_everything_in_a_folder_with_odd_characters(tmp_path):
    folder = tmp_path / "a#b?c=1 100%25 'x' 数据"
    own = {"DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "gptsite.settings"}
    assert run(["manage.py", "migrate", "--verbosity", "0"], **own)[0] == 0
    with closing(sqlite3.connect(folder / "db.sqlite3")) as database:
        assert ("chat_message",) in database.execute("SELECT name FROM sqlite_master").fetchall()
    assert [item.name for item in tmp_path.iterdir()] == [folder.name]


def test_a_relative_folder_lies_beside_env_and_a_tilde_is_the_home_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = settings_with("build/check")
    assert found["DATA_DIR"] == found["BASE_DIR"] / "build" / "check"
    assert settings_with("~/data", HOME=str(tmp_path))["DATA_DIR"] == tmp_path / "data"
    assert list(tmp_path.iterdir()) == [tmp_path / "data"]


def test_a_link_is_followed(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    settings_with(tmp_path / "link")
    assert (tmp_path / "real" / "db.sqlite3").exists()


def test_what_is_made_is_its_owner_s_alone(tmp_path):
    folder = tmp_path / "new" / "data"
    settings_with(folder)
    assert [mode(path) for path in (folder, folder / "db.sqlite3", folder / "secret.key")] == [
        0o700,
        0o600,
        0o600,
    ]
    with closing(sqlite3.connect(folder / "db.sqlite3")) as database:
        database.executescript("PRAGMA journal_mode = WAL; CREATE TABLE kept (id)")
        assert mode(folder / "db.sqlite3-wal") == mode(folder / "db.sqlite3-shm") == 0o600


def test_what_others_could_read_is_closed_and_keeps_what_it_holds(tmp_path):
    path = tmp_path / "db.sqlite3"
    settings_with(tmp_path)
    with closing(sqlite3.connect(path)) as database:
        database.executescript("PRAGMA journal_mode = WAL; CREATE TABLE kept (id)")
        kept = [path, *(tmp_path / f"db.sqlite3-{end}" for end in ("wal", "shm")), tmp_path / "secret.key"]
        for file in kept:
            file.chmod(0o644)
        tmp_path.chmod(0o755)
        settings_with(tmp_path)
        assert {file.name: oct(mode(file)) for file in kept} == {file.name: "0o600" for file in kept}
        assert mode(tmp_path) == 0o700
        assert database.execute("SELECT name FROM sqlite_master").fetchall() == [("kept",)]


def test_a_folder_that_holds_other_things_too_keeps_its_mode(tmp_path):
    (tmp_path / "of somebody else").touch()
    tmp_path.chmod(0o755)
    settings_with(tmp_path)
    assert mode(tmp_path) == 0o755


def test_a_file_of_sqlite_that_is_named_is_its_owner_s_alone_too(tmp_path):
    (tmp_path / "other #1").mkdir()
    path = tmp_path / "other #1" / "chat.db"
    found = settings_with(tmp_path / "data", DATABASE_URL=f"sqlite:///{path}")
    assert found["DATABASES"]["default"]["NAME"] == path
    assert found["DATABASES"]["default"]["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert mode(path) == 0o600
    assert not (tmp_path / "data" / "db.sqlite3").exists()


def test_with_another_database_no_file_is_made(tmp_path):
    settings_with(tmp_path, DATABASE_URL="postgres://user:password@127.0.0.1/chat")
    assert not (tmp_path / "db.sqlite3").exists()


def test_the_secret_key_is_made_once(tmp_path):
    first = site_secret(tmp_path)
    assert len(first) >= 64
    assert site_secret(tmp_path) == first
    assert [item.name for item in tmp_path.iterdir()] == ["secret.key"]


@pytest.mark.parametrize("held", [b"", b"short", b"\xff" * 64])
def test_a_file_that_holds_no_key_is_told_and_left_as_it_is(tmp_path, held):
    (tmp_path / "secret.key").write_bytes(held)
    with pytest.raises(ImproperlyConfigured, match="secret.key") as caught:
        site_secret(tmp_path)
    assert "short" not in str(caught.value)
    assert (tmp_path / "secret.key").read_bytes() == held


@pytest.mark.fault(20)
def test_a_data_folder_that_cannot_be_is_named_in_the_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ImproperlyConfigured, match="DATA_DIR must be a folder"):
        settings_with(tmp_path / "file" / "data")
