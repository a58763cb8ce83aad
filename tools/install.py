"""Install a file of requirements into this Python's environment: `python tools/install.py requirements.txt`.

uv does it several times faster than pip and comes from the same index, so pip fetches it first. pip stays
the way when uv cannot be had or cannot do it. uv does not read pip's configuration; what leads to an index
there is handed on. Only the standard library is at hand here.
"""

import ast
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress

UV = "uv==0.13.8"
# For whoever wants to add something by hand
PIP = "pip==26.3"
# What uv calls an option of pip's, and what stands between two of its values
NAMES = {
    "index-url": ("UV_DEFAULT_INDEX", " "),
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "trusted-host": ("UV_INSECURE_HOST", " "),
    "constraint": ("UV_CONSTRAINT", " "),
    "no-index": ("UV_NO_INDEX", " "),
    "cert": ("SSL_CERT_FILE", " "),
    "proxy": ("ALL_PROXY", " "),
}
# Like pip: an index is given up soon, and the best of all indexes counts. pip is asked next anyway
HABITS = {
    "UV_HTTP_RETRIES": "1",
    "UV_INDEX_STRATEGY": "unsafe-best-match",
    "UV_PYTHON_DOWNLOADS": "never",
}
# Packages between two lines about how far pip is
STRIDE = 10


def main(requirements: str) -> int:
    """Install; the exit code is that of the last one that tried."""
    began = time.monotonic()
    pip, listed = find_pip()
    count = sum(1 for _ in pinned(requirements))
    say(f"Installing {count} packages of {requirements} into {os.path.basename(sys.prefix)}")
    if not (_fetch_uv(pip) and _with_uv(requirements, listed)):
        say("  uv could not do it; pip does, which takes a minute or two")
        if code := _with_pip(pip, requirements, count):
            say("They could not be installed. See that this machine reaches a package index; then try again.")
            return code
    say(f"  done in {time.monotonic() - began:.0f} s")
    return 0


def say(words: str) -> None:
    """Tell it at once, before what comes next takes its time."""
    print(words, flush=True)


def pinned(requirements: str) -> Iterable[str]:
    """Yield the requirements of a file, and of those that it includes."""
    with open(requirements, encoding="utf-8") as file:
        lines = [line.split("#")[0].strip() for line in file]
    for line in lines:
        if line.startswith("-r "):
            yield from pinned(os.path.join(os.path.dirname(requirements), line[3:].strip()))
        elif line:
            yield line


def environment_for_uv(listed: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment in which uv finds what pip finds, from what `pip config list` has printed.

    As with pip, PIP_ variables win over its files; what is set for uv itself wins over both.
    """
    found: dict[str, str] = {}
    for section in ("global", "install", ":env:"):
        for option, value in re.findall(rf"^{section}\.([a-z-]+)=(.+)$", listed, re.MULTILINE):
            if option in NAMES:
                name, between = NAMES[option]
                found[name] = between.join(_text(value).split())
    return HABITS | found | dict(environment)


def _text(printed: str) -> str:
    """Return a value as it was before pip printed it with repr()."""
    try:
        return str(ast.literal_eval(printed))
    except (ValueError, SyntaxError):
        return printed


def find_pip() -> tuple[list[str], str]:
    """Return the command of a pip that installs into this environment, and what its `config list` prints.

    That is its own; or that of the Python it was made with, since giving it one of its own takes longer than
    all of uv's work; or else it is given one.
    """
    own = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    base = [str(getattr(sys, "_base_executable", "")), *own[1:], "--python", sys.executable]
    for pip in (own, base):
        with suppress(OSError):
            asked = subprocess.run([*pip, "config", "list"], capture_output=True, text=True)
            if asked.returncode == 0:
                return pip, asked.stdout
    subprocess.run([sys.executable, "-m", "ensurepip", "--default-pip"], stdout=subprocess.DEVNULL)
    return own, subprocess.run([*own, "config", "list"], capture_output=True, text=True).stdout


def _fetch_uv(pip: list[str]) -> bool:
    """Let pip install uv, if it is not there yet; never from source, since pip's own work takes less."""
    there = subprocess.run([sys.executable, "-m", "uv", "--version"], capture_output=True, text=True)
    if there.stdout.split()[1:2] == [UV.partition("==")[2]]:
        return True
    command = [*pip, "install", "--quiet", "--only-binary", ":all:", UV]
    return subprocess.run(command, capture_output=True).returncode == 0


def _with_uv(requirements: str, listed: str) -> bool:
    uv = [sys.executable, "-m", "uv", "pip", "install", "--python", sys.executable]
    command = [*uv, "-r", requirements, PIP]
    environment = environment_for_uv(listed, os.environ)
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if re.match(r"(?:Resolved|Prepared|Installed|Downloading|error:)", line.strip()):
                say(f"  {line.strip()}")
    return process.returncode == 0


def _with_pip(pip: list[str], requirements: str, count: int) -> int:
    command = [*pip, "install", "--progress-bar", "off", "-r", requirements]
    collected = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("Collecting "):
                collected += 1
                if collected % STRIDE == 0:
                    say(f"  {collected} of {count} fetched")
            elif line.startswith("Installing "):
                say("  installing what was fetched")
    return process.returncode


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1]))
    except KeyboardInterrupt:
        sys.exit(130)
