"""Processes of the site, forked from one that has the libraries in memory: a third of the cost of a start.

What runs in them is the same program, with an environment, a standard output and signals of its own.
"""

import io
import multiprocessing
import os
import runpy
import signal
import sys
import tempfile
from multiprocessing.connection import Connection
from pathlib import Path
from subprocess import CalledProcessError, TimeoutExpired

ROOT = Path(__file__).resolve().parents[2]
_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["tests.support.preloaded"])


def _run(arguments: list[str], environment: dict[str, str], output: Connection, said: str) -> None:
    """In the new process: `python` with these arguments, of which the first names a script or `-m`."""
    os.chdir(ROOT)
    os.dup2(output.fileno(), 1)
    os.dup2(output.fileno(), 2)
    output.close()
    sys.stdin = io.StringIO(said)
    os.environ.clear()
    os.environ.update(environment)
    if arguments[0] == "-m":
        sys.argv = arguments[1:]
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = arguments
        runpy.run_path(arguments[0], run_name="__main__")


class Fork:
    """What the tests use of subprocess.Popen. `output` is a file descriptor, which stays the caller's."""

    def __init__(
        self, arguments: list[str], environment: dict[str, str], output: int, said: str = ""
    ) -> None:
        """`said` is what it finds on its standard input."""
        self.args = arguments
        with Connection(os.dup(output), readable=False) as end:
            self._process = _forks.Process(target=_run, args=(arguments, environment, end, said))
            self._process.start()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise TimeoutExpired(self.args, timeout or 0)
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def run(arguments: list[str], said: str = "", **variables: str) -> tuple[int, str]:
    """Run `python` with these arguments to its end, with `variables` on top of this environment.

    Gives the exit code and what was printed, errors too.
    """
    with tempfile.TemporaryFile() as output:
        process = Fork(arguments, dict(os.environ) | variables, output.fileno(), said)
        code = process.wait()
        output.seek(0)
        return code, output.read().decode()


def run_module(module: str, said: str = "", **variables: str) -> str:
    """Run a module to its end; what it printed. Raises CalledProcessError."""
    code, printed = run(["-m", module], said, **variables)
    if code:
        raise CalledProcessError(code, module, printed)
    return printed
