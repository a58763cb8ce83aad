"""Collecting the static files beside a site that is running.

They are built in a folder of their own and then moved into place, the manifest last, so that nobody ever
finds half a file. What is superseded stays for a while: a site that has not been started again, and pages
that are open, still ask for it.
"""

import filecmp
import json
import os
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.contrib.staticfiles.management.commands.collectstatic import Command as CollectStatic
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.files.storage import storages
from django.core.management import call_command

MANIFEST = ManifestStaticFilesStorage.manifest_name
# Seconds that a file stays after a build that no longer has it
SUPERSEDED_FOR = 14 * 24 * 3600
COMPRESSED = (".gz", ".br", ".zstd")


def collect(root: Path) -> None:
    """Bring the files in `root` up to date."""
    root.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f"{root.name}-", dir=root.parent) as folder:
        made = Path(folder)
        command = CollectStatic()
        command.storage = storages.create_storage(
            settings.STORAGES["staticfiles"] | {"OPTIONS": {"location": made}}
        )
        call_command(command, interactive=False, verbosity=0)
        names = _files_in(made)
        _mark_superseded(root, names)
        _put_in_place(made, root, names)
    _prune(root, names)


def _mark_superseded(root: Path, names: set[str]) -> None:
    """Let the time of each file that goes out of use with this build be now: it is pruned by it."""
    for name in _last_built(root) - names:
        os.utime(root / name)


def _put_in_place(made: Path, root: Path, names: set[str]) -> None:
    """Move what is new over what is old. A file that is the same is not touched: it may be on its way out."""
    kept = {name for name in names - {MANIFEST} if _is_same(made, root, name)}
    for name in [*sorted(names - kept - {MANIFEST}), MANIFEST]:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).replace(root / name)


def _prune(root: Path, names: set[str]) -> None:
    """Remove what went out of use long ago, and folders that are empty then."""
    oldest = time.time() - SUPERSEDED_FOR
    for name in _files_in(root) - names:
        if (root / name).stat().st_mtime < oldest:
            (root / name).unlink()
    for folder, _, _ in os.walk(root, topdown=False):
        if not os.listdir(folder):
            os.rmdir(folder)


def _last_built(root: Path) -> set[str]:
    """Return what the build before has made; everything that is there when it cannot tell."""
    there = _files_in(root)
    try:
        paths = json.loads((root / MANIFEST).read_text())["paths"]
    except (OSError, ValueError, KeyError, TypeError):
        return there
    built = {*paths, *paths.values()}
    return {name for name in there if _plain(name) in built}


def _is_same(made: Path, root: Path, name: str) -> bool:
    """Return whether a file is there already.

    Of a compressed one its original tells: one text can be compressed in several ways, and a site that is
    running has the length of that which is there in memory.
    """
    plain = _plain(name)
    return all((root / one).is_file() for one in (name, plain)) and filecmp.cmp(
        made / plain, root / plain, shallow=False
    )


def _plain(name: str) -> str:
    """Return the name of the file that a compressed one was made of."""
    stem, end = os.path.splitext(name)
    return stem if end in COMPRESSED else name


def _files_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
