"""A PostgreSQL beside the tests' SQLite."""

from collections.abc import Iterator

import pytest
from django.db import connections
from environ import Env

from tests.support.stores import postgres


@pytest.fixture(scope="module")
def stores() -> Iterator[None]:
    """A PostgreSQL beside the test's SQLite, known to Django by that name."""
    kept = connections.settings
    with postgres() as server:
        connections.settings = kept | {"postgresql": kept["default"] | Env.db_url_config(server.url)}
        yield
        connections["postgresql"].close()
        del connections["postgresql"]
    connections.settings = kept
