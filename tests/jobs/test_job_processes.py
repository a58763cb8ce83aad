"""Jobs in real processes that end, are killed and lose their database: each step is done once all the same."""

import json
import sqlite3
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from signal import SIGCONT, SIGKILL, SIGSTOP, SIGTERM
from typing import Any

import psycopg
import pytest

from tests.support.forks import Fork, run
from tests.support.server import SiteServer, site_server
from tests.support.stores import Postgres, postgres

# Seconds; only a limit, for machines under load
PATIENCE = 60
STEPS, PACE = 30, 0.03
FAULTS = {"DJANGO_SETTINGS_MODULE": "tests.support.fault_settings", "ALSO": "tests.support.job_kinds"}
SOON_STALE = {"CONSTANTS": json.dumps({"chat.jobs.queue.STALE_AFTER": 4, "chat.jobs.queue.BEAT": 0.2})}


class Table:
    """The rows of a site's database, read and written from outside."""

    def __init__(self, connect: Callable[[], Any], mark: str) -> None:
        self.connect, self.mark = connect, mark

    def ask(self, query: str, *values: Any) -> list[Any]:
        with closing(self.connect()) as database, database:
            return list(database.execute(query.replace("?", self.mark), values))

    def enqueue(self, **payload: Any) -> None:
        names = "uuid, kind, payload, state, status, done, total, attempts, worker, error, error_detail, created_at"
        values = (uuid.uuid4().hex, "test.steps", json.dumps(payload), "{}", "waiting", 0, 0, 0, "", "", "")
        query = (
            f"INSERT INTO chat_job ({names}) VALUES ({', '.join('?' * 11)}, CURRENT_TIMESTAMP) RETURNING id"
        )
        self.ask(query, *values)

    def job(self) -> tuple[str, int, int, str]:
        """Status, steps done, attempts and worker."""
        [row] = self.ask("SELECT status, done, attempts, worker FROM chat_job")
        return tuple(row)

    def wait(self, is_so: Callable[[str, int, int, str], bool]) -> tuple[str, int, int, str]:
        """The job when it is so."""
        deadline = time.monotonic() + PATIENCE
        while not is_so(*self.job()):
            assert time.monotonic() < deadline, self.job()
            time.sleep(0.02)
        return self.job()

    def wait_for_steps(self, count: int) -> tuple[str, int, int, str]:
        return self.wait(lambda status, done, attempts, worker: done >= count and status == "running")

    def check_each_step_was_done_once(self) -> None:
        self.wait(lambda status, *_: status not in ("waiting", "running"))
        assert self.job()[:2] == ("done", STEPS)
        counted = self.ask("SELECT key, count FROM chat_counter WHERE key LIKE ?", "step %")
        assert Counter(dict(counted)) == Counter({f"step {step}": 1 for step in range(STEPS)})


@contextmanager
def worker(**variables: str) -> Iterator[Fork]:
    """`manage.py worker`, ended at the end."""
    with tempfile.TemporaryFile() as output:
        process = Fork(["manage.py", "worker"], variables, output.fileno())
        try:
            yield process
        finally:
            process.kill()
            process.wait()


@pytest.fixture
def on_sqlite(tmp_path: Path) -> tuple[Table, dict[str, str]]:
    """A database that is up to date, and the variables of processes on it."""
    file, own = tmp_path / "db.sqlite3", {"DATA_DIR": str(tmp_path), "SECRET_KEY": "shared by all " * 4}
    if SiteServer.migrated:
        file.write_bytes(SiteServer.migrated.read_bytes())
    else:
        run(["manage.py", "migrate"], **FAULTS | own)
    return Table(lambda: sqlite3.connect(file, timeout=20), "?"), FAULTS | own


@pytest.fixture(scope="module")
def database() -> Iterator[Postgres]:
    with postgres() as database:
        yield database


@pytest.fixture
def on_postgres(database: Postgres, tmp_path: Path) -> tuple[Table, dict[str, str]]:
    own = {"DATA_DIR": str(tmp_path), "SECRET_KEY": "shared by all " * 4, "DATABASE_URL": database.url}
    table = Table(lambda: psycopg.connect(database.url), "%s")
    if not table.ask("SELECT 1 FROM information_schema.tables WHERE table_name = 'chat_job'"):
        run(["manage.py", "migrate"], **FAULTS | own)
    table.ask("DELETE FROM chat_job WHERE id > 0 RETURNING id")
    table.ask("DELETE FROM chat_counter WHERE key <> '' RETURNING key")
    return table, FAULTS | own


@pytest.mark.parametrize("store", ["on_sqlite", "on_postgres"])
def test_what_a_killed_worker_was_at_another_ends_and_no_step_is_done_twice(store, request):
    table, variables = request.getfixturevalue(store)
    table.enqueue(steps=STEPS, pace=PACE)
    with worker(**variables, **SOON_STALE) as one, worker(**variables, **SOON_STALE) as two:
        *_, name = table.wait_for_steps(5)
        pids = {process.pid: process for process in (one, two)}
        pids[int(name.split(":")[1])].send_signal(SIGKILL)
        table.check_each_step_was_done_once()
    assert table.job()[2] >= 2  # more on a machine on which a heart stands still for seconds


@pytest.mark.parametrize("store", ["on_sqlite", "on_postgres"])
def test_a_worker_that_is_asked_to_end_does_so_at_once_and_the_next_goes_on(store, request):
    table, variables = request.getfixturevalue(store)
    table.enqueue(steps=STEPS, pace=PACE)
    with worker(**variables) as one:
        table.wait_for_steps(5)
        one.send_signal(SIGTERM)
        one.send_signal(SIGTERM)
        assert one.wait(PATIENCE) == 0
    status, done, attempts, name = table.job()
    assert (status, attempts, name) == ("waiting", 0, "")
    assert 5 <= done < STEPS
    with worker(**variables):
        table.check_each_step_was_done_once()
    assert table.job()[2] == 1


def test_a_worker_that_was_frozen_until_another_took_over_does_nothing_twice_when_it_wakes_up(on_postgres):
    table, variables = on_postgres
    table.enqueue(steps=STEPS, pace=PACE)
    with worker(**variables, **SOON_STALE) as one, worker(**variables, **SOON_STALE) as two:
        *_, first = table.wait_for_steps(5)
        frozen = {process.pid: process for process in (one, two)}[int(first.split(":")[1])]
        frozen.send_signal(SIGSTOP)
        table.wait(lambda status, done, attempts, name: status == "running" and name != first)
        frozen.send_signal(SIGCONT)
        table.check_each_step_was_done_once()
        assert frozen.poll() is None


def test_a_worker_outlives_a_restart_of_postgres_and_goes_on(on_postgres, database):
    table, variables = on_postgres
    table.enqueue(steps=STEPS, pace=PACE)
    with worker(**variables) as one:
        table.wait_for_steps(5)
        database.stop()
        database.start()
        table.check_each_step_was_done_once()
        assert one.poll() is None


def test_the_server_does_jobs_and_the_next_in_its_place_goes_on_at_once_with_what_it_left(
    on_sqlite, tmp_path
):
    table, variables = on_sqlite
    with site_server(tmp_path, **variables) as first:
        table.enqueue(steps=STEPS, pace=PACE)
        table.wait_for_steps(3)
        code, printed = first.end(SIGTERM)
        assert (code, "ERROR" in printed) == (0, False), printed
    assert table.job()[0] == "waiting"
    place = variables | {"PORT": str(first.port)}
    with site_server(tmp_path, **place) as second:
        table.wait_for_steps(8)
        second.process.send_signal(SIGKILL)
    assert table.job()[0] == "running"
    with site_server(tmp_path, **place):
        table.check_each_step_was_done_once()
    assert table.job()[2] == 2


def test_a_server_that_is_to_do_none_leaves_them_to_workers(on_sqlite, tmp_path):
    table, variables = on_sqlite
    table.enqueue(steps=2, pace=0)
    with site_server(tmp_path, **variables, JOBS_IN_SERVER="0"):
        time.sleep(0.5)
        assert table.job()[0] == "waiting"
        with worker(**variables):
            table.wait(lambda status, *_: status == "done")
