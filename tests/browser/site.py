"""A site of the browser's tests, and how long they wait for it."""

import json
import shutil
import signal
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.support.forks import run_module
from tests.support.server import UNLIMITED, SiteServer

# In the data folder of `people`: who is logged in, by which session
SESSIONS = "sessions.json"

# Milliseconds; only a limit, for machines under load
PATIENCE = 15_000


def let_in(data_dir: Path) -> None:
    """Make the data folder of a site in which everybody of tests/browser/people.py is logged in."""
    if SiteServer.migrated:
        shutil.copyfile(SiteServer.migrated, data_dir / "db.sqlite3")
    made = run_module("tests.browser.people", DATA_DIR=str(data_dir))
    (data_dir / SESSIONS).write_text(made.splitlines()[-1])


class Site:
    """A running server, and people who are logged in there: each test takes a new one."""

    def __init__(self, data_dir: Path, people: Path | None = None, **variables: str) -> None:
        """`people` is a folder of `let_in`; without it nobody is there yet."""
        self._data_dir = data_dir
        self._sessions: dict[str, str] = {}
        if people:
            shutil.copytree(people, data_dir, dirs_exist_ok=True)
            self._sessions = json.loads((data_dir / SESSIONS).read_text())
        self._variables = {
            "OLLAMA_BASE_URL": "http://127.0.0.1:9/v1",
            "MESSAGES_PER_MINUTE": "1000",
            **UNLIMITED,
        } | variables
        self.server = SiteServer(data_dir, **self._variables)
        self.server.wait_until_up()
        self.origin = self.server.origin

    def ask(self, query: str, *values: object) -> list[Any]:
        """The rows that the site's database answers, read and written from outside."""
        with closing(sqlite3.connect(self._data_dir / "db.sqlite3", timeout=20)) as database, database:
            return list(database.execute(query, values))

    def someone(self, kind: str = "person") -> str:
        """The session of a person, of those of a kind, whom no other test knows."""
        return next(self._sessions.pop(name) for name in list(self._sessions) if name.startswith(kind))

    def named(self, name: str) -> str:
        return self._sessions[name]

    def stop(self) -> None:
        self.server.end()

    def kill(self) -> None:
        """Without a warning, as a machine that loses its power."""
        self.server.end(signal.SIGKILL)

    def start(self) -> None:
        """Again, at the same address and with the same data."""
        port = str(self.server.port)
        self.server = SiteServer(self._data_dir, **self._variables | {"PORT": port})
        self.server.wait_until_up()
