"""Mails go out after the answer: with the real server, and a mail server that keeps it waiting."""

import re
import signal
import socket
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.mail import EmailMessage

from chat.accounts import mailing
from tests.support.scripted_mail import ScriptedMail, scripted_mail
from tests.support.server import SiteServer, cookies_in, post, request, site_server
from tests.support.waiting import LIMIT

PASSWORD = "correct horse 7 battery"


@pytest.fixture
def mail_server() -> Iterator[ScriptedMail]:
    with scripted_mail() as server:
        yield server


def started(folder: Path, mail_server: ScriptedMail) -> Any:
    return site_server(folder, EMAIL_URL=mail_server.url)


def sign_up(server: SiteServer, email: str) -> bytes:
    return post(server, "/accounts/signup/", email=email, password1=PASSWORD)


def has_account(folder: Path) -> bool:
    with closing(sqlite3.connect(folder / "db.sqlite3")) as database:
        return bool(database.execute("SELECT 1 FROM chat_user").fetchall())


def until(what: Callable[[], object]) -> None:
    deadline = time.monotonic() + LIMIT
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def plain(answer: bytes) -> bytes:
    """Without what differs from answer to answer: the request's id, times, and the values of cookies."""
    answer = re.sub(rb"(?im)^(x-request-id|expires): .*\r\n", b"", answer)
    return re.sub(rb"(?im)^(set-cookie: \w+=).*", rb"\1", answer)


def test_answers_come_before_the_mail_server_says_a_word_and_are_the_same_for_all(tmp_path, mail_server):
    """Signing up with a new and a known address, and resets for a known and an unknown one."""
    with started(tmp_path, mail_server) as server:
        new = sign_up(server, "alice@example.org")
        with closing(sqlite3.connect(tmp_path / "db.sqlite3")) as database:
            database.execute("DELETE FROM chat_cacheentry")  # some minutes pass: allauth writes again
            database.commit()
        known = sign_up(server, "alice@example.org")
        resets = [
            post(server, "/accounts/password/reset/", email=email)
            for email in ("alice@example.org", "nobody@example.org")
        ]
        assert new.startswith(b"HTTP/1.1 302") and resets[0].startswith(b"HTTP/1.1 302")
        assert plain(new) == plain(known)
        assert plain(resets[0]) == plain(resets[1])
        assert mail_server.letters == []
        mail_server.go.set()
        until(lambda: len(mail_server.letters) == 3)
    subjects = {re.search(r"^Subject: (.*)$", letter, re.MULTILINE)[1] for letter in mail_server.letters}
    assert len(subjects) == 3
    assert all("To: alice@example.org" in letter for letter in mail_server.letters)


def test_who_hangs_up_before_the_answer_gets_the_mail_all_the_same(tmp_path, mail_server):
    mail_server.go.set()
    with started(tmp_path, mail_server) as server:
        token = cookies_in(server.raw(request(server, "GET", "/accounts/signup/")))["csrftoken"].value
        fields = {"email": "alice@example.org", "password1": PASSWORD, "csrfmiddlewaretoken": token}
        body = urlencode(fields).encode()
        lines = [f"Cookie: csrftoken={token}", f"Origin: {server.origin}", f"Content-Length: {len(body)}"]
        lines.append("Content-Type: application/x-www-form-urlencoded")
        database = sqlite3.connect(tmp_path / "db.sqlite3", isolation_level=None, timeout=20)
        with closing(database), socket.create_connection(("127.0.0.1", server.port)) as connection:
            database.execute("BEGIN IMMEDIATE")  # it cannot be answered before that ends
            connection.sendall(request(server, "POST", "/accounts/signup/", *lines) + body)
            time.sleep(0.5)  # it has arrived
        until(lambda: has_account(tmp_path))
        until(lambda: mail_server.letters)
    [letter] = mail_server.letters
    assert "To: alice@example.org" in letter


def test_mails_under_way_are_sent_before_the_server_ends(tmp_path, mail_server):
    with started(tmp_path, mail_server) as server:
        sign_up(server, "alice@example.org")
        until(lambda: mail_server.connections)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        mail_server.go.set()
        code, printed = server.end_by_itself()
    assert code == 0, printed
    assert len(mail_server.letters) == 1


def test_a_mail_server_that_refuses_costs_nobody_an_answer_and_is_told_in_the_log(tmp_path, mail_server):
    mail_server.refuses = True
    mail_server.go.set()
    with started(tmp_path, mail_server) as server:
        assert sign_up(server, "alice@example.org").startswith(b"HTTP/1.1 302")
        until(lambda: "a mail to example.org was not sent (trying again)" in server.printed)
        assert "alice@" not in server.printed
        mail_server.refuses = False
        until(lambda: mail_server.letters)


class Letter(EmailMessage):
    """One that is sent when it is let."""

    def __init__(self, send: Callable[[], None]) -> None:
        super().__init__(to=["alice@example.org"])
        self.send = lambda fail_silently=False: send() or 1  # type: ignore[func-returns-value,method-assign]


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> mailing.MailQueue:
    monkeypatch.setattr(mailing, "PAUSES", (0.01, 0.01))
    return mailing.MailQueue()


def test_no_more_wait_than_there_is_room_for(office, monkeypatch, caplog):
    monkeypatch.setattr(mailing, "MOST_WAITING", 3)
    sent: list[int] = []
    with scripted_mail() as gate:
        for number in range(5):
            office.enqueue(Letter(lambda number=number: (gate.go.wait(20), sent.append(number))))
    assert office.flush(20) == 0
    assert sorted(sent) == [0, 1, 2]
    assert caplog.text.count("a mail is lost") == 2


def test_one_is_tried_three_times(office, caplog):
    tried = []

    def fail() -> None:
        tried.append(1)
        raise ConnectionRefusedError

    office.enqueue(Letter(fail))
    until(lambda: len(tried) == 3)
    assert office.flush(20) == 0
    assert caplog.text.count("(trying again)") == 2
    assert "(given up)" in caplog.text


def test_the_end_does_not_wait_for_ever_and_says_what_is_left(office, caplog):
    with scripted_mail() as gate:
        office.enqueue(Letter(lambda: gate.go.wait(20)))
        assert office.flush(0.05) == 1
    assert "1 mails could not be sent before the end" in caplog.text
