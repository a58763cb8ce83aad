"""Files put one after the other into a ZIP, of which a piece at a time is in memory."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from datetime import datetime
from typing import BinaryIO

from django.utils import timezone

# A ZIP's dates are by no clock (the person's is taken), and of these years
_YEARS = range(1980, 2108)
_REGULAR_FILE = 0o100600 << 16


def opened(sink: BinaryIO) -> zipfile.ZipFile:
    """Return a new ZIP that is written into `sink`, which need not be seekable; `with` ends it."""
    return zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED)


def add(archive: zipfile.ZipFile, name: str, pieces: Iterable[bytes], date: datetime) -> None:
    """Put a file into a ZIP."""
    local = timezone.localtime(date)
    info = zipfile.ZipInfo(name, local.timetuple()[:6] if local.year in _YEARS else (1980, 1, 1, 0, 0, 0))
    info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, _REGULAR_FILE
    # How long it will be is not known, and more than 4 GB could not be said any more at its end
    with archive.open(info, "w", force_zip64=True) as file:
        for piece in pieces:
            file.write(piece)
