"""Uploaded files, in a folder of their own below DATA_DIR: each is there until its import has ended."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from django.conf import settings

FOLDER = "imports"

ARRIVING = ".part"
"""What the name of a file ends with while it is being uploaded (chat/serving/uploads.py)."""

FORGOTTEN_AFTER = 2 * 3600
"""Seconds after which a file without an import is what a killed process has left."""


class Chunks(Protocol):
    """An upload, as Django has it."""

    def chunks(self) -> Iterable[bytes]: ...


def folder() -> Path:
    """Return the folder, made if it is not there: for the eyes of the user who runs the site alone."""
    path = Path(settings.DATA_DIR) / FOLDER
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def path_of(import_uuid: uuid.UUID) -> Path:
    """Return where the file of an import is."""
    return folder() / str(import_uuid)


def keep(import_uuid: uuid.UUID, upload: Chunks) -> int:
    """Write an upload to its place; return its size."""
    path = path_of(import_uuid)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        for chunk in upload.chunks():
            file.write(chunk)
        return file.tell()


def remove(import_uuid: uuid.UUID) -> None:
    """Remove the file of an import, if it is still there."""
    with suppress(OSError):
        path_of(import_uuid).unlink()


def sweep(wanted: Iterable[uuid.UUID]) -> None:
    """Remove the files that belong to none of these imports and have been there for a while."""
    names = {str(name) for name in wanted}
    for path in folder().iterdir():
        with suppress(OSError):
            if path.name not in names and path.stat().st_mtime < time.time() - FORGOTTEN_AFTER:
                path.unlink()
