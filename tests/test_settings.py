"""What follows from the environment."""

import json
import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from chat.checks import check_site
from gptsite.environment import networks, site_at, site_secret, whole_number
from tests.server import ROOT

NAMES = [
    "SITE_URL",
    "SITE_PORT",
    "SITE_ORIGINS",
    "ALLOWED_HOSTS",
    "CSRF_TRUSTED_ORIGINS",
    "SECURE_SSL_REDIRECT",
    "SECURE_HSTS_SECONDS",
    "SECURE_HSTS_INCLUDE_SUBDOMAINS",
    "SECURE_HSTS_PRELOAD",
    "DEBUG",
    "SESSION_COOKIE_SECURE",
    "CSRF_COOKIE_SECURE",
    "ACCOUNT_DEFAULT_HTTP_PROTOCOL",
    "DEFAULT_FROM_EMAIL",
    "PORT",
]
PRINT = (
    f"import json; from gptsite import settings; print(json.dumps([getattr(settings, n) for n in {NAMES}]))"
)


def settings_with(tmp_path: Path, **variables: str) -> dict[str, Any]:
    """The settings of a process of its own with these variables."""
    environment = os.environ | {"DATA_DIR": str(tmp_path)} | variables
    output = subprocess.check_output([sys.executable, "-c", PRINT], cwd=ROOT, env=environment, text=True)
    return dict(zip(NAMES, json.loads(output), strict=True))


def test_without_any_variable_the_site_is_this_machine_s(tmp_path):
    found = settings_with(tmp_path)
    assert found["SITE_ORIGINS"] == ["http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"]
    assert found["ALLOWED_HOSTS"] == ["127.0.0.1", "localhost", "[::1]"]
    assert found["SITE_PORT"] == ":8000"
    assert not found["DEBUG"]
    assert not found["SESSION_COOKIE_SECURE"]
    assert not found["SECURE_SSL_REDIRECT"]


def test_everything_about_the_address_follows_from_site_url(tmp_path):
    found = settings_with(tmp_path, SITE_URL="https://Chat.Example.org/")
    assert (found["SITE_URL"], found["SITE_PORT"]) == ("https://chat.example.org", "")
    assert found["SITE_ORIGINS"] == found["CSRF_TRUSTED_ORIGINS"] == ["https://chat.example.org"]
    assert found["ALLOWED_HOSTS"] == ["chat.example.org"]
    assert found["SESSION_COOKIE_SECURE"] and found["CSRF_COOKIE_SECURE"]
    assert found["SECURE_SSL_REDIRECT"] and found["SECURE_HSTS_SECONDS"]
    assert not (found["SECURE_HSTS_INCLUDE_SUBDOMAINS"] or found["SECURE_HSTS_PRELOAD"])
    assert found["ACCOUNT_DEFAULT_HTTP_PROTOCOL"] == "https"
    assert found["DEFAULT_FROM_EMAIL"] == "no-reply@chat.example.org"


def test_another_host_and_port_are_part_of_the_origin(tmp_path):
    found = settings_with(tmp_path, HOST="192.0.2.7", PORT="9000")
    assert found["SITE_ORIGINS"][0] == "http://192.0.2.7:9000"
    assert found["ALLOWED_HOSTS"][0] == "192.0.2.7"


@pytest.mark.parametrize(
    ("url", "origin", "host"),
    [
        ("https://chat.example.org", "https://chat.example.org", "chat.example.org"),
        ("https://chat.example.org:443", "https://chat.example.org", "chat.example.org"),
        ("http://chat.example.org:80/", "http://chat.example.org", "chat.example.org"),
        ("https://chat.example.org:8443", "https://chat.example.org:8443", "chat.example.org"),
        ("http://[::1]:8000", "http://[::1]:8000", "[::1]"),
        ("https://bücher.example", "https://xn--bcher-kva.example", "xn--bcher-kva.example"),
    ],
)
def test_an_address_is_written_as_browsers_write_it(url, origin, host):
    assert site_at(url)[:2] == (origin, host)


@pytest.mark.parametrize(
    "url",
    [
        "chat.example.org",
        "//chat.example.org",
        "ftp://chat.example.org",
        "https://",
        "https://chat.example.org/chat",
        "https://chat.example.org?a=b",
        "https://chat.example.org#a",
        "https://user@chat.example.org",
        "https://chat.example.org:port",
        "https://chat.example.org:99999",
        "https://chat example.org",
        "https://chat.example.org,https://b.example",
        "https://*",
    ],
)
def test_what_is_not_a_bare_origin_stops_the_start(url):
    with pytest.raises(ImproperlyConfigured, match="SITE_URL"):
        site_at(url)


@pytest.mark.parametrize("text", ["eight", "-1", "0", "65536", "80 80", "1e3", "٨"])
def test_a_port_that_is_none_stops_the_start(monkeypatch, text):
    monkeypatch.setenv("PORT", text)
    with pytest.raises(ImproperlyConfigured, match="PORT"):
        whole_number("PORT", 8000, most=65535)


@pytest.mark.parametrize("text", ["", " "])
def test_a_blank_number_counts_as_unset(monkeypatch, text):
    monkeypatch.setenv("PORT", text)
    assert whole_number("PORT", 8000) == 8000


def test_proxies_are_addresses_and_networks(monkeypatch):
    monkeypatch.setenv("TRUSTED_PROXIES", " 127.0.0.1, 10.1.2.3/8,::1")
    assert [str(network) for network in networks("TRUSTED_PROXIES")] == [
        "127.0.0.1/32",
        "10.0.0.0/8",
        "::1/128",
    ]
    monkeypatch.setenv("TRUSTED_PROXIES", "proxy.example.org")
    with pytest.raises(ImproperlyConfigured, match="TRUSTED_PROXIES"):
        networks("TRUSTED_PROXIES")


def test_the_secret_key_is_made_once_and_its_owner_s_alone(tmp_path):
    first = site_secret(tmp_path / "new" / "data")
    assert len(first) >= 64
    assert site_secret(tmp_path / "new" / "data") == first
    [file] = (tmp_path / "new" / "data").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_new_database_is_its_owner_s_alone_and_an_old_one_stays(tmp_path):
    path = tmp_path / "db.sqlite3"
    settings_with(tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with closing(sqlite3.connect(path)) as database:
        database.executescript("PRAGMA journal_mode = WAL; CREATE TABLE kept (id)")
        assert stat.S_IMODE((tmp_path / "db.sqlite3-wal").stat().st_mode) == 0o600
    path.chmod(0o640)
    settings_with(tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT name FROM sqlite_master").fetchall() == [("kept",)]


def test_with_another_database_no_file_is_made(tmp_path):
    settings_with(tmp_path, DATABASE_URL="postgres://user:password@127.0.0.1/chat")
    assert not (tmp_path / "db.sqlite3").exists()


@pytest.mark.fault(20)
def test_a_data_folder_that_cannot_be_is_named_in_the_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ImproperlyConfigured, match="DATA_DIR"):
        site_secret(tmp_path / "file" / "data")


# System checks


def ids() -> list[str | None]:
    return [problem.id for problem in check_site()]


def test_a_plain_set_up_has_no_problems():
    assert ids() == []


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "[::]"])
def test_an_open_host_needs_a_site_url(settings, host):
    settings.HOST = host
    assert ids() == ["chat.E001"]
    settings.SITE_URL_GIVEN = "https://chat.example.org"
    assert ids() == []


@pytest.mark.fault(20)
def test_a_missing_data_folder_is_an_error(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "gone"
    assert ids() == ["chat.E002"]


def test_a_short_secret_is_a_warning(settings):
    settings.SECRET_KEY = "hunter2"
    assert ids() == ["chat.W001"]
