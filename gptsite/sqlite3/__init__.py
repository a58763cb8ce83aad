"""Django's backend for SQLite, which works out each statement's placeholders once."""
