"""Large files, written to disk while they arrive: no part of them is ever held, nor copied afterwards.

Only who has a ticket, which a page gives to a person who is logged in, may send one: to everybody else the
usual limit of a body applies. The form's envelope is taken off on the way, and a view finds the file by
headers that nobody but this server can set.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote, unquote

from django.conf import settings
from django.core import signing

ADDRESS = re.compile(rb"/import/upload/([\w:-]{10,200})/")
FOLDER = "imports"
"""Below DATA_DIR; transfer/imports/files.py keeps what came there."""

TICKET_AGE = 12 * 3600
"""Seconds for which a page that is open can still send a file."""

TIME_LIMIT = 2 * 3600
"""Seconds to send one: 1 GB at 1.2 Mbit/s."""

ENVELOPE = 64 * 1024
"""Bytes of a form beyond its file."""

LEFT_FREE = 512 * 1024 * 1024
"""Bytes of the disk that nobody's files take: the database needs them."""

LOOK_EVERY = 1024 * 1024
"""Bytes of a file after which the disk is looked at again: others fill it, and not all say how much comes."""

MOST_PARTS = 20
"""Parts of a form, of which a page's has two: each costs a copy of the bytes that came with it."""

_SALT = "chat.serving.uploads"
_FILE, _NAME = b"x-upload-file", b"x-upload-name"
HEADERS = (_FILE, _NAME)
"""Set by this server alone: whoever sends one finds it removed."""

_BOUNDARY = re.compile(rb'boundary="?([^\s";,]{1,200})')
_FILE_NAME = re.compile(rb'filename="((?:[^"\\]|\\.)*)"')
_LONGEST_HEAD = 8192
_PART_NAME = re.compile(r"(\d{1,19})-[0-9a-f]{32}\.part")


def most_bytes() -> int:
    """Return how large a file may be."""
    return settings.IMPORT_MAX_MB * 1024 * 1024


def has_room(size: int = 0) -> bool:
    """Return whether the disk has room for as many bytes more."""
    return shutil.disk_usage(settings.DATA_DIR).free >= size + LEFT_FREE


def ticket(user_id: int) -> str:
    """Return what lets a person send files for TICKET_AGE."""
    return signing.TimestampSigner(salt=_SALT).sign(str(user_id))


def holder(words: str) -> int | None:
    """Return whose ticket it is, None if it is none or too old."""
    try:
        return int(signing.TimestampSigner(salt=_SALT).unsign(words, max_age=TICKET_AGE))
    except (signing.BadSignature, ValueError):
        return None


def arrived(meta: dict[str, str], user_id: int) -> tuple[Path, str, int] | None:
    """Return the file that came with a person's request, its name and its size; None if there is none."""
    found = _PART_NAME.fullmatch(meta.get("HTTP_X_UPLOAD_FILE", ""))
    path = Path(settings.DATA_DIR) / FOLDER / found[0] if found else None
    if path is None or found is None or int(found[1]) != user_id or not path.exists():
        return None
    return path, unquote(meta.get("HTTP_X_UPLOAD_NAME", "")), path.stat().st_size


class Form:
    """A form as it arrives, of which the first file is written to `file`."""

    def __init__(self, boundary: bytes, file: BinaryIO) -> None:
        self._mark = b"\r\n--" + boundary
        self._buffer = b"\r\n"  # the first mark has no line before it
        self._file = file
        self._state = "skip"  # until a mark; then "head", and "file" or "skip" again; "end"
        self._parts = 0
        self.name: str | None = None

    def feed(self, data: bytes) -> None:
        """Take the next bytes."""
        self._buffer += data
        while self._state != "end" and (self._read_head() if self._state == "head" else self._read_part()):
            pass
        if self._state == "end":
            self._buffer = b""

    def _read_part(self) -> bool:
        """Read up to the next mark, and say whether it was found."""
        place = self._buffer.find(self._mark)
        end = place if place >= 0 else max(0, len(self._buffer) - len(self._mark) + 1)
        if self._state == "file":
            self._file.write(self._buffer[:end])
        if place < 0:
            self._buffer = self._buffer[end:]
            return False
        self._buffer = self._buffer[place + len(self._mark) :]
        self._parts += 1
        self._state = "head" if self._parts <= MOST_PARTS else "end"
        return True

    def _read_head(self) -> bool:
        """Read the head of a part, and say whether it is there."""
        place = self._buffer.find(b"\r\n\r\n")
        if self._buffer.startswith(b"--") or (place < 0 and len(self._buffer) > _LONGEST_HEAD):
            self._state = "end"
            return True
        if place < 0:
            return False
        found = _FILE_NAME.search(self._buffer[:place])
        self._buffer = self._buffer[place + 4 :]
        self._state = "skip"
        if found and found[1] and self.name is None:
            self.name = found[1].decode("utf-8", "replace")
            self._state = "file"
        return True


class Upload:
    """One file that is arriving, of the person with this id."""

    def __init__(self, user_id: int, boundary: bytes) -> None:
        self.user_id = user_id
        folder = Path(settings.DATA_DIR) / FOLDER
        folder.mkdir(mode=0o700, exist_ok=True)
        self.path = folder / f"{user_id}-{secrets.token_hex(16)}.part"
        self._file = os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        self._form = Form(boundary, self._file)
        self.received = 0

    def feed(self, data: bytes) -> bool:
        """Take the next bytes of the body, and say whether the disk has room for them."""
        looks = self.received // LOOK_EVERY
        self.received += len(data)
        try:
            if self.received // LOOK_EVERY > looks and not has_room():
                return False
            self._form.feed(data)
        except OSError:
            return False
        return True

    def headers(self) -> dict[bytes, bytes]:
        """Return what tells the view of the file, which is whole; nothing if the disk did not take it."""
        try:
            self._file.close()
        except OSError:
            return {}
        name = self._form.name
        if name is None:
            return {}
        return {_FILE: self.path.name.encode(), _NAME: quote(name[:500]).encode()}

    def close(self) -> None:
        """Let go of the file, and remove it if no view has taken it."""
        with suppress(OSError):  # of what is not on a full disk yet
            self._file.close()
        with suppress(OSError):
            self.path.unlink()


class Uploads:
    """Those that arrive at this server: one of a person at a time."""

    def __init__(self) -> None:
        self._open: set[int] = set()

    def begin(self, method: bytes, path: bytes, content_type: bytes, length: int = 0) -> Upload | None:
        """Return a new upload of some `length`; None for a request that is none, or may send none."""
        found, boundary = ADDRESS.fullmatch(path), _BOUNDARY.search(content_type)
        user_id = holder(found[1].decode()) if found and method == b"POST" and boundary else None
        if user_id is None or boundary is None or user_id in self._open:
            return None
        try:
            if not has_room(length):
                return None
            made = Upload(user_id, boundary[1])
        except OSError:  # the disk: then the usual limit applies
            return None
        self._open.add(user_id)
        return made

    def end(self, upload: Upload) -> None:
        """Forget an upload; again makes no difference."""
        self._open.discard(upload.user_id)
        upload.close()
