"""Where a server of others lives: a folder of its own, with what its registry has of it."""

import os
import subprocess
import sys
from pathlib import Path

from tests.support.server import ROOT

FOLDER = ROOT / "build" / "compat"
TINY = Path(__file__).with_name("tiny_model.py")
# Seconds for one call of pip or npm
INSTALL_LIMIT = 1200
# What runs beside people's work is to leave them their processor
GENTLY = ("nice", "-n", "10")


class CannotInstall(Exception):
    """A package that is not to be had here; the text is the installer's last line."""


class Place:
    """The folder of one server. Nothing is installed twice: `build/compat/` may be removed at any time."""

    def __init__(self, name: str, among: Path = FOLDER) -> None:
        self.folder = among / name
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log = self.folder / "log.txt"
        self._stamp = self.folder / "installed"

    def program(self, name: str) -> str:
        """One of a package's own programs, or `python`."""
        return str(self.folder / "venv" / "bin" / name)

    def has(self, pinned: str) -> bool:
        return self._stamp.exists() and self._stamp.read_text() == pinned

    def remember(self, pinned: str) -> None:
        self._stamp.write_text(pinned)

    def pip(self, *arguments: str) -> None:
        """Install Python packages. Raises CannotInstall."""
        if not Path(self.program("python")).exists():
            self.run(sys.executable, "-m", "venv", str(self.folder / "venv"))
        self.run(self.program("pip"), "install", "--quiet", "--disable-pip-version-check", *arguments)

    def npm(self, *packages: str) -> None:
        """Install packages of the npm registry. Raises CannotInstall."""
        self.run("npm", "install", "--no-audit", "--no-fund", "--prefix", str(self.folder), *packages)

    def python(self, code: str) -> str:
        """What a line of Python prints in this place."""
        return self.run(self.program("python"), "-c", code).strip()

    def model(self, kind: str) -> str:
        """The tiny model in that format, made if it is not there; its path."""
        path = self.folder / f"counting.{kind}"
        if not path.exists():
            self.run(self.program("python"), str(TINY), kind, str(path))
        return str(path)

    def run(self, *command: str) -> str:
        """Run to its end; what it printed. Raises CannotInstall."""
        try:
            done = subprocess.run(
                [*GENTLY, *command],
                cwd=self.folder,
                env=os.environ | {"PIP_NO_INPUT": "1"},
                capture_output=True,
                text=True,
                timeout=INSTALL_LIMIT,
            )
        except (OSError, subprocess.TimeoutExpired) as problem:
            raise CannotInstall(str(problem)) from problem
        if done.returncode:
            lines = (done.stderr or done.stdout).strip().splitlines() or ["no word"]
            raise CannotInstall(lines[-1][:300])
        return done.stdout
