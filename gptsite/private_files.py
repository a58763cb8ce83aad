"""The data folder and what is kept in it: for the eyes of the user who runs the site alone."""

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from gptsite.environment import LEAST_SECRET, refusal

OTHERS = stat.S_IRWXG | stat.S_IRWXO
# What SQLite keeps beside a database's file
COMPANIONS = ("", "-wal", "-shm", "-journal")
DATABASE, SECRET = "db.sqlite3", "secret.key"
OURS = {SECRET, *(DATABASE + end for end in COMPANIONS)}


def data_folder(name: str, otherwise: Path, base: Path) -> Path:
    """Return the folder that the variable names, made if it was not there.

    Every character stands for itself, but `~/` in front is the home folder: nobody means a folder called
    "~". A relative path is below `base`. Raises ImproperlyConfigured when it cannot be had or written to.
    """
    text = os.environ.get(name, "")
    path = Path(os.path.expanduser(text)) if text == "~" or text.startswith("~/") else Path(text)
    folder = (base / path if text.strip() else otherwise).resolve()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        is_ours = os.access(folder, os.W_OK | os.X_OK)
        reason = "" if is_ours else "it may not be written to"
    except OSError as problem:
        reason = (problem.strerror or "it cannot be made").lower()
    if reason:
        raise refusal(name, f"must be a folder that can be written to ({reason})", "/srv/chat")
    _tighten_folder(folder)
    return folder


def private_file(path: Path) -> Path:
    """Return the path of SQLite's file, made if it was not there: its owner's alone, with its companions."""
    with suppress(OSError):  # the start says what is wrong with the database
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
    for end in COMPANIONS:
        tighten(path.with_name(path.name + end), 0o600)
    return path


def tighten(path: Path, mode: int) -> None:
    """Take away what others may do. The checks tell what cannot be changed."""
    with suppress(OSError):
        if path.stat().st_mode & OTHERS:
            path.chmod(mode)


def _tighten_folder(folder: Path) -> None:
    """Close a folder that holds nothing but ours; one that others use too is theirs to set."""
    with suppress(OSError):
        with os.scandir(folder) as items:
            is_ours = all(item.name in OURS for item in items)
        if is_ours:
            tighten(folder, 0o700)


def site_secret(folder: Path) -> str:
    """Return the secret key of this installation: made once, kept readable by its owner alone."""
    path = folder / SECRET
    try:
        if not path.exists():
            _write_once(path, secrets.token_urlsafe(64))
        tighten(path, 0o600)
        text = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeError) as problem:
        reason = getattr(problem, "strerror", None) or "it holds no key"
        raise ImproperlyConfigured(
            f"The secret key cannot be kept in {path} ({reason}). "
            "Name a folder that can be written to in DATA_DIR, such as DATA_DIR=/srv/chat."
        ) from None
    if len(text) < LEAST_SECRET:
        raise ImproperlyConfigured(
            f"{path} holds no key. Put back the one from your backup; or remove the file, and a new one is "
            "made: everybody has to log in again, and keys of model services must be typed again."
        )
    return text


def _write_once(path: Path, text: str) -> None:
    """Write a file that is whole as soon as it has its name, even when two processes start at once."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    try:
        os.link(draft, path)  # fails when another process was first, so both read the same key
    except FileExistsError:
        pass
    finally:
        draft.unlink()
