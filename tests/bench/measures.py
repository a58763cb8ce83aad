"""The measurements, each a function from a Bench to its figures."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.figures import Figure, percentile
from tests.bench.proc import resident_of
from tests.bench.processes import Process, Site, helper, provider_at, relay, running
from tests.support.server import free_port
from tests.support.stores import postgres

# Seconds within which all streams of a load begin
SPREAD = 2.0
# Seconds of quiet after the first page, until what it left is collected
REST = 3
# Models to choose from, and as many personas; and people who talk to what they chose
CHOICES = 500
TALKERS = 20
# Sends of one person whose queries are counted
COUNTED = 5


class Bench:
    """Where a run keeps its files, the provider's port, and whether only a look is wanted."""

    def __init__(self, folder: Path, provider_port: int, quick: bool) -> None:
        self.provider_port = provider_port
        self.quick = quick
        self.tokens = 100 if quick else 300
        self._folder = folder
        self._folders = 0

    def new_folder(self) -> Path:
        self._folders += 1
        folder = self._folder / str(self._folders)
        folder.mkdir()
        return folder

    @contextmanager
    def site(self, people: int, **more: str) -> Iterator[tuple[Site, Process, list[str]]]:
        """A fresh server with `people` in its database; their Cookie headers. `more` are settings."""
        site = Site(self.new_folder(), self.provider_port, **more)
        cookies = site.people(people)
        with running(site.serve()) as server:
            server.wait_for(site.port, "/healthz")
            yield site, server, cookies

    def said(self, scenario: str) -> str:
        """A message that makes the provider play `scenario` at 50 tokens a second."""
        return f"Please. [[scenario:{scenario} tokens={self.tokens} rate=50]]"

    def load(self, people: int, scenario: str, rounds: int = 1) -> list[dict[str, Any]]:
        """That many people asking within SPREAD seconds, on a fresh server; what came of each round."""
        with self.site(people) as (site, server, cookies):
            spec = {"port": site.port, "pid": server.pid, "cookies": cookies, "spread": SPREAD}
            return [helper("bench.load", spec | {"text": self.said(scenario)}) for _ in range(rounds)]


def many_streams(bench: Bench) -> Iterator[Figure]:
    """All complete, in time, and for how much of the processor."""
    loads = ((50, 150, 3),) if bench.quick else ((200, 150, 1.7), (400, 150, 1.5))
    for streams, latest, times in loads:
        [result] = bench.load(streams, "stamped")
        floor = relay_load(bench, streams)
        lost = streams * bench.tokens - len(result["latencies"])
        thousands = streams * bench.tokens / 1000
        name = f"{streams} streams of {bench.tokens} tokens"
        yield Figure(f"{name}: not complete", streams - result["statuses"].count("complete"), "", 0)
        yield Figure(f"{name}: tokens not seen", lost, "", 0)
        yield Figure(f"{name}: token latency p50", percentile(result["latencies"], 0.5), "ms", 80)
        yield Figure(f"{name}: token latency p95", percentile(result["latencies"], 0.95), "ms", latest)
        yield Figure(f"{name}: bare relay, token latency p95", percentile(floor["latencies"], 0.95), "ms")
        cpu = f"CPU per 1,000 tokens, {streams} streams"
        yield Figure(cpu, result["cpu"] / thousands, "s")
        yield Figure(f"{cpu}, bare relay", floor["cpu"] / thousands, "s")
        yield Figure(f"{cpu}, over the bare relay's", result["cpu"] / floor["cpu"], "times", times)


def few_streams(bench: Bench) -> Iterator[Figure]:
    """Tokens are shown as they come, and few characters do not cost many bytes."""
    for streams in (1, 5):
        [result] = bench.load(streams, "stamped")
        [words] = bench.load(streams, "plain")
        name = f"{streams} streams of {bench.tokens} tokens"
        yield Figure(f"{name}: token latency p50", percentile(result["latencies"], 0.5), "ms", 12)
        yield Figure(f"{name}: token latency p95", percentile(result["latencies"], 0.95), "ms")
        yield wire_bytes(streams, words, 6)


def relay_load(bench: Bench, streams: int) -> dict[str, Any]:
    with relay(bench.new_folder(), bench.provider_port) as (process, port):
        spec = {"port": port, "pid": process.pid, "streams": streams, "spread": SPREAD}
        result: dict[str, Any] = helper("bench.relay_load", spec | {"text": bench.said("stamped")})
    if result["complete"] < streams:
        raise RuntimeError(f"the relay finished {result['complete']} of {streams} streams")
    return result


def first_token(bench: Bench) -> Iterator[Figure]:
    """From sending to the first token seen. The provider's own delay is none: it answers at once."""
    for streams, target, rounds in ((10, 25, 3), (100, 60, 1)):
        results = bench.load(streams, "plain", rounds)
        waits = [wait for result in results for wait in result["first"]]
        yield Figure(f"send to first token, {streams} streams, p50", median(waits), "ms", target)
        yield Figure(f"send to first token, {streams} streams, p95", percentile(waits, 0.95), "ms")
        if streams == 100:
            yield wire_bytes(streams, results[0], 4)


def wire_bytes(streams: int, result: dict[str, Any], target: float) -> Figure:
    """Both ways, with frame headers: the message, its ack, the patches, our acks, the title."""
    both = (result["received"] + result["sent"]) / result["characters"]
    return Figure(f"bytes both ways per character, {streams} streams", both, "bytes", target)


def hostile(bench: Bench) -> Iterator[Figure]:
    """What ten readers notice while others are sent texts that are hard to render."""
    readers, kinds = 10, 4 if bench.quick else 12
    with bench.site(readers + kinds) as (site, server, cookies):
        spec = {"port": site.port, "pid": server.pid, "cookies": cookies, "spread": SPREAD}
        texts = [bench.said("stamped")] * readers
        texts += [f"Please. [[scenario:hostile kind={number}]]" for number in range(kinds)]
        result = helper("bench.load", spec | {"texts": texts})
    name = f"{readers} streams beside {kinds} hostile texts of 256 KiB"
    yield Figure(f"{name}: not ended", result["statuses"].count("no end"), "", 0)
    yield Figure(f"{name}: token latency p95", percentile(result["latencies"], 0.95), "ms")
    yield Figure(f"{name}: token latency, worst", max(result["latencies"]), "ms")


def idle(bench: Bench) -> Iterator[Figure]:
    """Start, first page, memory at rest, and what sockets add that say nothing."""
    sockets = 200 if bench.quick else 1000
    site = Site(bench.new_folder(), bench.provider_port)
    cookies = site.people(200)
    with running(site.serve()) as server:
        first_page = server.wait_for(site.port, "/", Cookie=cookies[0])
        time.sleep(REST)
        yield Figure("process start to first page", first_page, "s", 2)
        yield Figure("idle server, resident", resident_of(server.pid), "MB", 120)
        spec = {"port": site.port, "pid": server.pid, "cookies": cookies, "sockets": sockets}
        result = helper("bench.idle_load", spec)
    yield Figure(f"{sockets} idle sockets: not open", sockets - result["open"], "", 0)
    yield Figure(f"{sockets} idle sockets: more resident", result["more"], "MB", 60 * sockets / 1000)


def pages(bench: Bench) -> Iterator[Figure]:
    """A page costs the same however much there is."""
    spec = {"messages": 2000, "conversations": 10_000, "few": 20, "rounds": 10 if bench.quick else 40}
    site = Site(bench.new_folder(), bench.provider_port)
    cost = helper("bench.page_cost", spec, **site.variables)
    for big, small, name in (
        ("long", "short", "conversation of 2,000 messages to one of 20"),
        ("regular", "newcomer", "person with 10,000 conversations to one with 20"),
        ("archivist", "newcomer", "list below 10,000 archived and 10,000 in a project to one of 20"),
    ):
        yield Figure(f"{name}: time", cost[big]["ms"] / cost[small]["ms"], "times", 1.5)
        yield Figure(f"{name}: more queries", cost[big]["queries"] - cost[small]["queries"], "", 0)
        yield Figure(f"{name}: queries", cost[big]["queries"], "", 14)
        yield Figure(f"{name}: page time", cost[big]["ms"], "ms")
    yield Figure("30 more of 10,000 conversations, from the middle: time", cost["more"]["ms"], "ms", 50)
    yield Figure("30 more of 10,000 conversations, from the middle: queries", cost["more"]["queries"], "", 5)


def choices(bench: Bench) -> Iterator[Figure]:
    """What hundreds of models and personas cost who reads, and who has chosen and sends."""
    spec = {"choices": CHOICES, "few": 20, "rounds": 10 if bench.quick else 20}
    site = Site(bench.new_folder(), bench.provider_port)
    for name, cost in helper("bench.page_cost", spec, **site.variables).items():
        page = f"{CHOICES} models and personas: {name}"
        yield Figure(f"{page}, page time", cost["ms"], "ms", 100)
        yield Figure(f"{page}, queries", cost["queries"], "", 12)
    yield from chosen_sends(bench, 1 if bench.quick else 4)


def chosen_sends(bench: Bench, rounds: int) -> Iterator[Figure]:
    """Two sites in turn, so that a busy moment hits both: with one model, and with all chosen of many."""
    waits: tuple[list[float], list[float]] = [], []
    with ExitStack() as end:
        sites = [end.enter_context(choosing_site(bench, count, rounds + COUNTED)) for count in (0, CHOICES)]
        for number in range(rounds):
            for (site, server, cookies, conversations), seen in zip(sites, waits, strict=True):
                spec = {"port": site.port, "pid": server.pid, "cookies": cookies, "spread": 1.0}
                spec |= {"text": "Please. [[scenario:plain tokens=5 rate=50]]"}
                seen.extend(helper("bench.load", spec | {"conversations": conversations[number]})["first"])
        queries = []
        for site, _, cookies, conversations in sites:
            spec = {"origin": site.origin, "cookie": cookies[0]}
            spec |= {"conversations": [turn[0] for turn in conversations[rounds:]]}
            queries.append(helper("bench.send_cost", spec, **site.variables))
    plain, chosen = map(median, waits)
    yield Figure("send to first token, one model, p50", plain, "ms")
    yield Figure(f"send to first token, all chosen of {CHOICES}, p50", chosen, "ms")
    yield Figure(f"send to first token, all chosen of {CHOICES}: more", chosen - plain, "ms", 5)
    yield Figure("queries of a send, one model", queries[0], "")
    yield Figure(f"queries of a send, all chosen of {CHOICES}: more", queries[1] - queries[0], "", 0)


@contextmanager
def choosing_site(
    bench: Bench, count: int, rounds: int
) -> Iterator[tuple[Site, Process, list[str], list[list[str]]]]:
    """A server with that many models and personas (with 0 one model); Cookie headers of people, and for
    each round a conversation of each of them, with a persona, a model and parameters if there are many.
    """
    folder, port = bench.new_folder(), free_port()
    models = [f"model-{number}" for number in range(count or 1)]
    with running(provider_at(port, folder, models)):
        site = Site(folder, port, OPENAI_MODEL=models[0])
        cookies = site.people(TALKERS)
        spec = {"choices": count, "rounds": rounds}
        conversations = helper("bench.choices", spec, **site.variables)
        with running(site.serve()) as server:
            server.wait_for(site.port, "/healthz")
            yield site, server, cookies, conversations


def first_visit(bench: Bench) -> Iterator[Figure]:
    """The empty chat in Chromium with a cold cache."""
    with bench.site(1) as (site, _, cookies):
        spec = {"origin": site.origin, "cookie": cookies[0], "visits": 3 if bench.quick else 7}
        seen = helper("bench.browser", spec)
    yield Figure("first visit: transferred", seen["bytes"] / 1000, "kB", 80)
    yield Figure("first visit: requests", seen["requests"], "", 10)
    yield Figure("first visit: requests outside the origin", seen["outside"], "", 0)
    yield Figure("first visit: text box usable after", seen["usable_ms"], "ms", 300)


def switching(bench: Bench) -> Iterator[Figure]:
    """From a click on a conversation in the list to its text; what the same costs as a whole page, for comparison."""
    with bench.site(1) as (site, _, cookies):
        texts = ["Please. [[scenario:plain tokens=150 rate=2000]]"] * 4
        rounds = 5 if bench.quick else 25
        spec = {"origin": site.origin, "cookie": cookies[0], "texts": texts, "rounds": rounds}
        seen = helper("bench.switching", spec)
    swapped, loaded = seen["swapped_ms"], seen["loaded_ms"]
    yield Figure("switch of conversation: click to text, p50", median(swapped), "ms", 120)
    yield Figure("switch of conversation: click to text, p95", percentile(swapped, 0.95), "ms")
    yield Figure("switch of conversation: as a page, p50", median(loaded), "ms")
    yield Figure("switch of conversation: of a page's time", median(swapped) / median(loaded), "times", 1)
    yield Figure("switch of conversation: HTML", seen["part_bytes"] / 1000, "kB")
    yield Figure("switch of conversation: HTML of the page", seen["page_bytes"] / 1000, "kB")


def migration(bench: Bench) -> Iterator[Figure]:
    """A database of the version before that made rows of the writing of answers, brought up to date."""
    count = 20_000 if bench.quick else 200_000
    for kind, url in databases(bench):
        variables = Site(bench.new_folder(), bench.provider_port).variables | {"DATABASE_URL": url}
        helper("bench.migration_cost", {"messages": count}, **variables)
        cost = helper("bench.migration_cost", {"migrate": True}, **variables)
        name = f"migration of {count} messages, {kind}"
        yield Figure(name, cost["seconds"], "s", 60)
        yield Figure(f"{name}: most memory", cost["peak_mb"], "MB", 300)


def search(bench: Bench) -> Iterator[Figure]:
    """Words found among many people's messages, by the one who has most of them."""
    scale = 20 if bench.quick else 1
    spec = {"messages": 1_000_000 // scale, "people": 2000 // scale, "of_one": 50_000 // scale}
    for kind, url in databases(bench):
        variables = Site(bench.new_folder(), bench.provider_port).variables | {"DATABASE_URL": url}
        cost = helper("bench.search_cost", spec, limit=3600, **variables)
        name = f"search of {spec['messages']} messages, {kind}"
        for searched, milliseconds in cost["searches"].items():
            yield Figure(f"{name}: {searched}, p95", milliseconds, "ms", 100)
        yield Figure(f"{name}: one message more, p95", cost["add_ms"], "ms", 2)
        yield Figure(f"{name}: index by text", cost["index_share"], "times", 1.2)
        yield Figure(f"{name}: index made", cost["fill_seconds"], "s")


def imports(bench: Bench) -> Iterator[Figure]:
    """A large export of ChatGPT's, taken in, and out again."""
    scale = 20 if bench.quick else 1
    spec = {"conversations": 20_000 // scale, "zip_mb": 500 // scale}
    for kind, url in databases(bench):
        variables = Site(bench.new_folder(), bench.provider_port).variables | {"DATABASE_URL": url}
        cost = helper("bench.import_cost", spec, limit=3600, **variables)
        name = f"import of {spec['conversations']} conversations, {kind}"
        yield Figure(f"{name}: messages", cost["messages"], "")
        yield Figure(f"{name}: JSON", cost["json_mb"], "MB")
        yield Figure(f"{name}: looked through", cost["preview_seconds"], "s")
        yield Figure(f"{name}: taken in", cost["run_seconds"], "s")
        waited = cost["preview_seconds"] + cost["run_seconds"]
        yield Figure(f"{name}: both, which is waited for", waited, "s", 300 / scale)
        yield Figure(f"{name}: the same file again", cost["again_seconds"], "s")
        yield Figure(f"{name}: most memory", cost["peak_mb"], "MB", 200)
        for format, out in cost["export"].items():
            yield Figure(f"export of the same, {kind}: {format}", out["seconds"], "s")
            yield Figure(f"export of the same, {kind}: {format}, its file", out["mb"], "MB")
        yield Figure(f"export of the same, {kind}: most memory", cost["export_peak_mb"], "MB", 200)


def databases(bench: Bench) -> Iterator[tuple[str, str]]:
    yield "SQLite", ""
    with postgres() as server:
        yield "PostgreSQL", server.url


MEASURES: dict[str, Callable[[Bench], Iterator[Figure]]] = {
    "streams": many_streams,
    "first": first_token,
    "few": few_streams,
    "hostile": hostile,
    "idle": idle,
    "pages": pages,
    "choices": choices,
    "visit": first_visit,
    "switching": switching,
    "migration": migration,
    "search": search,
    "import": imports,
}
