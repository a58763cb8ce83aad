"""What is wrong with the setup is said by the checks, at the start and by the doctor, in the same words."""

import asyncio
import io
import re
import socket
from contextlib import closing
from pathlib import Path

import pytest
from django.core.checks.registry import registry
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from chat.operations import checks
from chat.operations.doctor import machine, stores
from chat.operations.findings import Level
from tests.support.forks import run
from tests.support.server import free_port, site_server


def ids(findings=None) -> set[str]:
    return {one.id for one in (checks.local_findings() if findings is None else findings)} - {""}


def test_a_plain_set_up_has_no_problems():
    assert ids() == set()
    assert all(finding.level == Level.OK for finding in checks.local_findings())


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "[::]"])
def test_an_open_host_needs_a_site_url(settings, host):
    settings.HOST = host
    assert ids() == {"chat.E001"}
    settings.SITE_URL_GIVEN = "https://chat.example.org"
    assert ids() == set()


@pytest.mark.fault(20)
def test_a_missing_data_folder_is_an_error(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "gone"
    assert ids() == {"chat.E002"}


@pytest.mark.parametrize(
    ("name", "mode", "found"),
    [
        (".", 0o700, set()),
        (".", 0o755, set()),
        (".", 0o777, {"chat.W002"}),
        ("db.sqlite3", 0o644, {"chat.W004"}),
        ("db.sqlite3-wal", 0o640, {"chat.W004"}),
        ("secret.key", 0o604, {"chat.W004"}),
    ],
)
def test_what_others_may_do_in_the_data_folder_is_told(settings, monkeypatch, tmp_path, name, mode, found):
    settings.DATA_DIR = tmp_path
    monkeypatch.setitem(settings.DATABASES["default"], "NAME", tmp_path / "db.sqlite3")
    for file in ("db.sqlite3", "db.sqlite3-wal", "secret.key"):
        (tmp_path / file).touch(0o600)
    (tmp_path / name).chmod(mode)
    assert ids() == found


def test_what_is_odd_about_the_variables_is_told(settings):
    settings.ENVIRONMENT_WARNINGS = [
        "OPENAI_KEY (in the environment) is not read. Did you mean OPENAI_API_KEY? Write it as OPENAI_API_KEY=value."
    ]
    [finding] = [one for one in checks.local_findings() if one.id == "chat.W003"]
    assert finding.message == settings.ENVIRONMENT_WARNINGS[0]


def away(settings) -> None:
    """Nothing that is named is there."""
    port = free_port()
    settings.REDIS_URL = f"redis://127.0.0.1:{port}/0"
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [settings.REDIS_URL]},
        }
    }
    settings.EMAIL_URL, settings.EMAIL_HOST, settings.EMAIL_PORT = "smtp://127.0.0.1", "127.0.0.1", port
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"


@pytest.mark.django_db(transaction=True)
def test_checks_and_doctor_say_the_same_of_what_is_away(settings):
    away(settings)
    with pytest.raises(SystemCheckError) as caught:
        call_command("check", stderr=io.StringIO())
    output = str(caught.value)
    found = [*asyncio.run(machine.examine()), *asyncio.run(stores.layer())]
    failed = [finding for finding in found if finding.level == Level.FAIL]
    assert ids(failed) == {"chat.E007", "chat.E009"}
    assert all(f"{one.part}: ({one.id}) {one.message}" in output and one.advice in output for one in failed)
    assert checks.check_reach not in registry.registered_checks


def variables(tmp_path: Path, **more: str) -> dict[str, str]:
    own = {"DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "gptsite.settings", "PORT": str(free_port())}
    return own | {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1"} | more


@pytest.mark.parametrize("command", ["serve", "doctor", "check", "createsuperuser"])
def test_a_database_that_is_away_is_told_in_a_sentence(tmp_path, command):
    # A port that is taken, so that no other test comes to listen there, and that refuses
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"postgres://ann:canary@127.0.0.1:{taken.getsockname()[1]}/chat"
        code, output = run(["manage.py", command], **variables(tmp_path, DATABASE_URL=url))
    assert code == 1
    assert "Connection refused" in output
    assert "Traceback" not in output and "canary" not in output and "Serving" not in output
    assert "broke off" not in output
    assert "error connecting in 'pool" not in output  # which would try for 10 s, and for each question
    if command != "createsuperuser":
        assert "DATABASE_URL is correct" in output


def test_a_file_that_is_no_database_is_told_in_a_sentence(tmp_path):
    (tmp_path / "db.sqlite3").write_bytes(b"this is a letter, and no database at all" * 99)
    code, output = run(["manage.py", "serve"], **variables(tmp_path))
    assert code == 1
    assert "file is not a database" in output and "Traceback" not in output
    assert (tmp_path / "db.sqlite3").read_bytes().startswith(b"this is a letter")


def test_the_start_tells_of_what_is_away_and_serves_without_it(tmp_path):
    port = free_port()
    stores_away = {"REDIS_URL": f"redis://127.0.0.1:{port}/0", "EMAIL_URL": f"smtp://127.0.0.1:{port}"}
    with site_server(tmp_path, **stores_away) as server:
        assert server.get("/accounts/login/").status == 200
        _code, output = server.end()
    assert re.search(r"fail  Channel layer: .*\n      Check that Redis is running at REDIS_URL", output)
    told = r"fail  Email: Can’t connect to mail server 127\.0\.0\.1\. \(ConnectionRefusedError.*\n      Check the address"
    assert re.search(told, output)
    assert "Traceback" not in output


def test_the_start_tells_of_slips_and_of_a_missing_mail_server(tmp_path):
    with site_server(tmp_path, OPENAI_API_KEY="", OPENAI_KEY="sk-canary") as server:
        _code, output = server.end()
    assert (
        "warn  Settings: OPENAI_KEY (in the environment) is not read. Did you mean OPENAI_API_KEY? Write it as OPENAI_API_KEY=value."
        in output
    )
    assert "warn  Email: No mail server: password reset by email won’t work." in output
    assert "canary" not in output


@pytest.mark.parametrize("command", ["serve", "doctor", "check", "migrate", "createsuperuser", "build"])
def test_a_value_that_is_not_understood_ends_every_command_with_its_sentence(tmp_path, command):
    code, output = run(["manage.py", command], **variables(tmp_path, SIGNUP="canary"))
    assert code == 1
    assert output == "SIGNUP must be open or closed, such as SIGNUP=open (set in the environment).\n"
