"""Files of large exports, on this machine's disk below DATA_DIR: for a day, and for their owner alone.

Their names are random, and known to the row of the job that made them and to nobody else.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from chat.serving.uploads import has_room
from chat.transfer.errors import ExportTooLarge

FOLDER = "exports"
KEPT_FOR = timedelta(days=1)
"""After that a file is removed."""


def folder() -> Path:
    """Where they are."""
    return Path(settings.DATA_DIR) / FOLDER


def check_room(size: int) -> None:
    """Raise ExportTooLarge when a file of `size` bytes would fill the disk."""
    if not has_room(size):
        raise ExportTooLarge(f"not enough room in {settings.DATA_DIR} for {size} bytes")


@contextmanager
def new_file() -> Iterator[tuple[str, BinaryIO]]:
    """Give a new file's name and the file, to be written; it is removed when that fails."""
    name = secrets.token_urlsafe(24)
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder() / name
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield name, file
    except BaseException:  # also when it was cancelled
        remove(name)
        raise


def open_file(name: str) -> BinaryIO | None:
    """Return a file that was made, None when it is gone or its day is over."""
    path = folder() / name
    try:
        file = path.open("rb")
    except OSError:
        return None
    if _is_over(os.fstat(file.fileno()).st_mtime):
        file.close()
        return None
    return file


def is_kept(name: str) -> bool:
    """Return whether a file that was made is there, and its day is not over."""
    try:
        return not _is_over((folder() / name).stat().st_mtime)
    except OSError:
        return False


def remove(name: str) -> None:
    """Remove a file, if it is there."""
    with suppress(OSError):
        (folder() / name).unlink()


def sweep() -> None:
    """Remove the files whose day is over, and what a process that was killed had begun and not ended."""
    with suppress(OSError):
        for entry in os.scandir(folder()):
            if _is_over(entry.stat().st_mtime):
                remove(entry.name)


def _is_over(changed: float) -> bool:
    return time.time() - changed > KEPT_FOR.total_seconds()
