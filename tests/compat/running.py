"""A server of others while it runs, in a group of processes of its own, behind a proxy that counts connections."""

import asyncio
import http.client
import json
import os
import re
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from tests.chaos.proxy import Proxy
from tests.compat.place import Place
from tests.compat.servers import Server
from tests.support.server import ROOT, free_port

COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class DoesNotStart(Exception):
    """It ended, or did not answer in time; the text is its last words."""


class Running:
    """The started server. `proxy` passes everything on to it: what the site connects to.

    `models` are those that it lists, once it does.
    """

    def __init__(self, server: Server, place: Place) -> None:
        self.server, self.port = server, free_port()
        self.models: list[str] = []
        self.proxy = Proxy(self.port)
        command = server.start(place, self.port)
        # Blank is the site's way of unset, not everybody's
        ours = {name: value for name, value in os.environ.items() if value}
        self._log = place.log
        with self._log.open("wb") as output:
            self._process = subprocess.Popen(
                ["nice", "-n", "5", *command],
                cwd=ROOT,
                env=ours | dict(server.environment),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.proxy.port}{self.server.base}"

    @property
    def connections(self) -> int:
        """How many the site has open to it."""
        return sum(end.is_client for end in self.proxy.ends)

    async def wait_until_up(self) -> None:
        """Return when it lists its models. Raises DoesNotStart."""
        async with asyncio.timeout(self.server.start_limit):
            while not await asyncio.to_thread(self._answers):
                if self._process.poll() is not None:
                    raise DoesNotStart(self._last_words())
                await asyncio.sleep(0.5)

    @property
    def processor_seconds(self) -> float:
        """What it has taken so far (Linux; else 0), its own children aside."""
        try:
            fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def kill(self) -> None:
        """All of its processes, at once and without a word."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            key = {"Authorization": f"Bearer {self.server.key}"} if self.server.key else {}
            connection.request("GET", f"{self.server.base}/models", headers=key)
            answer = connection.getresponse()
            body = answer.read()
            if answer.status == 200:
                self.models = [model["id"] for model in json.loads(body)["data"]]
            return answer.status == 200
        except (OSError, http.client.HTTPException, ValueError):
            return False
        finally:
            connection.close()

    def _last_words(self) -> str:
        said = COLOUR.sub("", self._log.read_text(errors="replace"))
        return (said.strip().splitlines() or ["no word"])[-1][:300]


@asynccontextmanager
async def running(server: Server, place: Place) -> AsyncIterator[Running]:
    """It answers inside, and is gone afterwards. Raises DoesNotStart."""
    started = Running(server, place)
    try:
        try:
            await started.wait_until_up()
        except TimeoutError as problem:
            raise DoesNotStart(f"no answer in {server.start_limit} s") from problem
        async with started.proxy:
            yield started
    finally:
        started.kill()
