"""What a send costs, and how long people wait for the first token when many send at once."""

from collections.abc import Callable, Iterator
from typing import Any

from tests.bench.figures import Figure, percentile
from tests.bench.measures import Bench
from tests.bench.processes import helper, relay

# People, seconds within which all of them send, and the most that the 95th of 100 may wait beyond the relay, in ms
BURSTS = ((200, 1.0, 400), (400, 2.0, 600))
# Sends whose processor time is taken, in so many seconds, and tokens of their replies
SENDS, CALM, FEW, MANY = 200, 4.0, 5, 55


def cost(bench: Bench) -> Iterator[Figure]:
    """The processor time of a send without that of its tokens, which a longer reply of the same tells."""
    with bench.site(SENDS) as (site, server, cookies):
        spec = {"port": site.port, "pid": server.pid, "cookies": cookies, "spread": CALM}
        # The first round loads what a first send needs
        used = [
            helper("bench.load", spec | {"text": said(tokens, "plain")})["cpu"] / SENDS * 1000
            for tokens in (FEW, FEW, MANY)
        ]
    tokens = FEW * (used[2] - used[1]) / (MANY - FEW)
    name = "processor time of a send, its reply's end and its title"
    yield Figure(name, used[1] - tokens, "ms", 4)


def bursts(bench: Bench) -> Iterator[Figure]:
    """The wait for the first token, beside that through the bare relay in the same run."""
    for people, spread, most in BURSTS[: 1 if bench.quick else None]:
        text = said(bench.tokens, "stamped")
        with bench.site(people) as (site, server, cookies):
            spec = {"port": site.port, "pid": server.pid, "cookies": cookies, "spread": spread}
            first = helper("bench.load", spec | {"text": text})["first"]
        floor = floor_of(bench, people, spread, text)["first"]
        name = f"{people} people send within {spread:g} s, first token, p95"
        yield Figure(f"{name}: not seen", people - len(first), "", 0)
        yield Figure(name, percentile(first, 0.95), "ms")
        yield Figure(f"{name}, bare relay", percentile(floor, 0.95), "ms")
        yield Figure(f"{name}: more", percentile(first, 0.95) - percentile(floor, 0.95), "ms", most)


def floor_of(bench: Bench, streams: int, spread: float, text: str) -> dict[str, Any]:
    with relay(bench.new_folder(), bench.provider_port) as (process, port):
        spec = {"port": port, "pid": process.pid, "streams": streams, "spread": spread, "text": text}
        result: dict[str, Any] = helper("bench.relay_load", spec)
    return result


def said(tokens: int, scenario: str) -> str:
    return f"Please. [[scenario:{scenario} tokens={tokens} rate=50]]"


MEASURES: dict[str, Callable[[Bench], Iterator[Figure]]] = {"sends": cost, "bursts": bursts}
