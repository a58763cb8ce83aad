"""Long conversations: what a turn in one costs here, and how much of it the model server has read before."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.bench.figures import Figure
from tests.bench.measures import Bench
from tests.bench.processes import Site, helper, provider_at, running
from tests.compat.place import CannotInstall, Place
from tests.compat.running import Running
from tests.compat.servers import MODEL, SERVERS
from tests.support.server import free_port

FEW, MANY, TURNS = 10, 10_000, 30


def long_turns(bench: Bench) -> Iterator[Figure]:
    """A turn costs the same however long the conversation is, whether its context slides or moves on in steps."""
    for chosen, name in (("off", ""), ("on", ", in steps")):
        site = Site(bench.new_folder(), bench.provider_port, OPENAI_PROMPT_CACHING=chosen)
        spec = {"origin": site.origin, "cookie": site.people(1)[0]}
        spec |= {"few": FEW, "many": MANY, "rounds": 10 if bench.quick else 40}
        cost = helper("bench.turn_cost", spec, **site.variables)
        turn = f"turn in a conversation of {MANY:,} messages to one of {FEW}{name}"
        yield Figure(f"{turn}: processor time", cost["many"]["ms"] / cost["few"]["ms"], "times", 1.1)
        yield Figure(f"{turn}: more queries", cost["many"]["queries"] - cost["few"]["queries"], "", 0)
        yield Figure(f"{turn}: processor time", cost["many"]["ms"], "ms")


def prefix(bench: Bench) -> Iterator[Figure]:
    """Input tokens that the model server took from its cache, as the site has read it."""
    for chosen, least in (("off", None), ("on", 80.0)):
        with caching_server(bench) as (port, product, marker, variables):
            site = Site(bench.new_folder(), port, OPENAI_PROMPT_CACHING=chosen, **variables)
            spec = {"origin": site.origin, "cookie": site.people(1)[0], "turns": TURNS, "marker": marker}
            seen = helper("bench.cached_turns", spec, **site.variables)
        name = f"input tokens from the cache of {product} over {TURNS} turns, prompt caching {chosen}"
        yield Figure(name, 100 * seen["cached"] / seen["input"], "%", least, at_least=True)
        yield Figure(f"{name}: input tokens", seen["input"], "")


@contextmanager
def caching_server(bench: Bench) -> Iterator[tuple[int, str, str, dict[str, str]]]:
    """A llama.cpp with the model of `make compat`; where it cannot be had, a scripted server whose tokens are
    characters. Its port, what it is, what each question is to end with, and settings."""
    server = SERVERS["llama.cpp"]
    place = Place(server.name)
    try:
        if not place.has(server.pinned):
            server.install(place)
            place.remember(server.pinned)
        place.model("gguf")
    except CannotInstall as reason:
        print(f"no {server.product} here ({reason}): a scripted one", flush=True)
        port = free_port()
        with running(provider_at(port, bench.new_folder())):
            yield port, "a scripted server", f" [[scenario:caching text={'word_' * 35}]]", {}
        return
    started = Running(server, place)
    try:
        asyncio.run(started.wait_until_up())
        yield started.port, "llama.cpp", "", {"OPENAI_API_KEY": server.key, "OPENAI_MODEL": MODEL}
    finally:
        started.kill()


MEASURES: dict[str, Any] = {"turns": long_turns, "prefix": prefix}
