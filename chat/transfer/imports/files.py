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
from django.core.files import File

from chat.serving.uploads import FOLDER

FORGOTTEN_AFTER = 2 * 3600
"""Seconds after which a file without an import is what a killed process has left."""


class Content(Protocol):
    """An upload, wherever it is."""

    def move_to(self, path: Path) -> None:
        """Put it there, for the eyes of the user who runs the site alone."""


class Arrived:
    """A file that our server has written (chat/serving/uploads.py): it is moved, not copied."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def move_to(self, path: Path) -> None:
        self._path.replace(path)


class Uploaded:
    """A file as Django has it under another server, such as `runserver`."""

    def __init__(self, file: File[bytes]) -> None:
        self._file = file

    def move_to(self, path: Path) -> None:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            for chunk in self._file.chunks():
                file.write(chunk)


def folder() -> Path:
    """Return the folder, made if it is not there: for the eyes of the user who runs the site alone."""
    path = Path(settings.DATA_DIR) / FOLDER
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def path_of(import_uuid: uuid.UUID) -> Path:
    """Return where the file of an import is."""
    return folder() / str(import_uuid)


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
