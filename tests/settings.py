"""The settings under test: the site's own, with nothing of this machine's environment or `.env` in them."""

import os
import tempfile
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parent.parent / ".env.example"
VARIABLES = [line[1:].partition("=")[0] for line in EXAMPLE.read_text().splitlines() if line.startswith("#")]
# Blank counts as unset, and what is in the environment wins over .env
os.environ.update({name: "" for name in VARIABLES if name.isupper()})
_home = tempfile.TemporaryDirectory(prefix="chat-tests-")  # removed when the process ends
os.environ["DATA_DIR"] = _home.name

from gptsite.settings import *  # noqa: E402, F403
from gptsite.settings import DATA_DIR, DATABASES  # noqa: E402

# On disk, as in life: in memory SQLite has no WAL and answers "table is locked" at once
DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
