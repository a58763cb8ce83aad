"""Django's backend for SQLite, which works out each statement's placeholders once.

The driver has `?` where Django writes `%s`, and Django looks for those in every statement anew: 5 us each, a
fifth of what the twenty statements of a message that is sent take.
"""

from functools import lru_cache

from django.db.backends.sqlite3 import base

# Statements that are remembered: a few hundred are in use, but for lists of values, of any length
MOST = 512


class Cursor(base.SQLiteCursorWrapper):
    """A cursor that remembers what it has converted."""

    def convert_query(self, query: str, *, param_names: list[str] | None = None) -> str:
        if param_names is not None:
            named: str = super().convert_query(query, param_names=param_names)
            return named
        return _converted(query)


@lru_cache(MOST)
def _converted(query: str) -> str:
    converted: str = base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%")
    return converted


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection with such cursors."""

    def create_cursor(self, name: str | None = None) -> Cursor:
        cursor: Cursor = self.connection.cursor(factory=Cursor)
        return cursor
