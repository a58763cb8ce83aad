"""gptsite/settings.py run anew with another environment: what follows from it, without a process for each."""

import os
import runpy
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from gptsite import environment
from tests.settings import VARIABLES
from tests.support.server import ROOT


def settings_with(data_dir: Path | str = "", **variables: str) -> dict[str, Any]:
    """The settings with these variables alone. Raises ImproperlyConfigured."""
    blank = {name: "" for name in VARIABLES if name.isupper()}
    return run_settings(blank | {"DATA_DIR": str(data_dir)} | variables)


def run_settings(variables: Mapping[str, str]) -> dict[str, Any]:
    """The settings of a process that has nothing else in its environment. Raises ImproperlyConfigured."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "environ", {"HOME": "/nonexistent", **variables})
        patch.setattr(environment, "_places", {})
        return runpy.run_path(str(ROOT / "gptsite" / "settings.py"))


def clone(folder: Path, env_file: str | bytes) -> Path:
    """A tree of the site with a `.env` of its own; all but the settings is only linked."""
    folder.mkdir()
    shutil.copytree(ROOT / "gptsite", folder / "gptsite")
    shutil.copy(ROOT / "manage.py", folder)
    for name in ("chat", "templates", "build", ".env.example", "Makefile", "requirements.txt", ".venv"):
        (folder / name).symlink_to(ROOT / name)
    text = env_file if isinstance(env_file, bytes) else env_file.encode()
    (folder / ".env").write_bytes(text)
    return folder
