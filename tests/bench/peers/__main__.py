"""Put the same load on other products, the bare relay and this site; print a table, write build/peers.json.

    python -m tests.bench.peers --in FOLDER [--only NAME ...] [--streams N ...] [--no-kill] [--write]

Each product is installed into FOLDER, which is best outside the repository, and runs on 127.0.0.1 in front of the
scripted provider. The relay runs beside each of them, so that times of two machines, or of two hours, can be
compared. Results of several runs are joined.
"""

import argparse
import asyncio
import datetime
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tests.bench.figures import percentile
from tests.bench.measures import REST, SPREAD
from tests.bench.peers.kept import kept
from tests.bench.peers.load import PAGES
from tests.bench.peers.products import PRODUCTS
from tests.bench.peers.running import Other, OurSite, Relay, Running
from tests.bench.peers.table import TITLES, Load, Row, keep, known, table, write_into_document
from tests.bench.proc import resident_of_family
from tests.bench.processes import helper, scripted_provider, status_of
from tests.compat.place import CannotInstall

TOKENS = 300
STREAMS = (10, 100)
# Seconds for each reply, of which the provider takes six
LIMIT = 60


def burden(
    name: str, server: Running, people: list[Any] | None, streams: int, scenario: str = "stamped"
) -> dict[str, Any]:
    """All ask within SPREAD seconds; what came of it."""
    spec = {
        "product": name,
        "port": server.port,
        "pid": server.pid,
        "people": people,
        "streams": streams,
        "text": f"Please. [[scenario:{scenario} tokens={TOKENS} rate=50]]",
        "spread": SPREAD,
        "limit": LIMIT,
    }
    found: dict[str, Any] = helper("bench.peers.load", spec, limit=4 * LIMIT)
    return found


def loaded(found: dict[str, Any], words: dict[str, Any], floor: dict[str, Any], streams: int) -> Load:
    """Per token that was shown: of replies without an end only what came is counted. Bytes are those of `words`."""
    latencies, firsts = found["latencies"], found["first"]
    cpu, relays = (each["cpu"] / max(1, len(each["latencies"])) * 1000 for each in (found, floor))
    return Load(
        streams=streams,
        finished=found["statuses"].count("complete"),
        cpu=cpu,
        of_relay=cpu / relays if relays else 0.0,
        latency_p50=percentile(latencies, 0.5),
        latency_p95=percentile(latencies, 0.95),
        first_p50=percentile(firsts, 0.5),
        first_p95=percentile(firsts, 0.95),
        memory=found["memory"],
        bytes_per_character=(words["received"] + words["sent"]) / max(1, words["characters"]),
    )


def floors(folder: Path, provider_port: int, streams: list[int]) -> dict[int, dict[str, Any]]:
    """What the bare relay takes for each number of streams."""
    folder.mkdir(parents=True)
    relay = Relay(folder, provider_port)
    try:
        relay.start()
        return {count: burden("relay", relay, None, count) for count in streams}
    finally:
        relay.end()


def measured(
    name: str, server: Running, streams: list[int], floor: dict[int, dict[str, Any]], row: Row
) -> list[Any]:
    """Start it, let it rest, and burden it. Two of its people."""
    row.start = server.start()
    status_of(server.port, "/", {})
    time.sleep(REST)
    row.idle = resident_of_family(server.pid)
    people = server.people(max(*streams, 2))
    for count in streams:
        found = burden(name, server, people, count)
        words = burden(name, server, people, count, "plain")
        row.loads[str(count)] = loaded(found, words, floor[count], count)
        print(f"  {row.loads[str(count)]}", flush=True)
        ends = dict(Counter(status[:120] for status in found["statuses"]))
        print(f"  how they ended: {ends}; the clients took {found['clients']:.2f} of a processor", flush=True)
    return (people or [None] * 2)[:2]


def killed(name: str, server: Running, people: list[Any], row: Row) -> None:
    """Kill it in the middle of a reply, start it again, and see what is there."""

    async def again() -> None:
        server.kill()
        await asyncio.to_thread(server.start)

    row.kept = asyncio.run(kept(PAGES[name], server.port, people, again))


def server_of(name: str, among: Path, folder: Path, provider_port: int) -> Running:
    """Raises CannotInstall."""
    if name == "relay":
        return Relay(folder, provider_port)
    if name == "site":
        return OurSite(folder, provider_port)
    return Other(folder, provider_port, name, PRODUCTS[name].install(among))


def examined(name: str, among: Path, streams: list[int], kill: bool, row: Row) -> None:
    """Install it if it is to be, and measure it after the relay. Raises CannotInstall."""
    with tempfile.TemporaryDirectory(prefix="peers-") as temporary:
        folder = Path(temporary)
        with scripted_provider(folder) as port:
            server = server_of(name, among, folder, port)
            floor = floors(folder / "relay", port, streams)
            try:
                people = measured(name, server, streams, floor, row)
                if kill and name != "relay":
                    killed(name, server, people, row)
            finally:
                server.end()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.peers", description=__doc__)
    parser.add_argument("--in", dest="among", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--only", nargs="+", choices=TITLES, metavar="NAME", default=list(TITLES))
    parser.add_argument("--streams", nargs="+", type=int, metavar="N", default=list(STREAMS))
    parser.add_argument("--no-kill", action="store_true", help="do not see what is left after a kill")
    parser.add_argument("--write", action="store_true", help="put the table into docs/peers.md")
    arguments = parser.parse_args()
    rows = known()
    for name in arguments.only:
        print(TITLES[name], flush=True)
        version = PRODUCTS[name].version if name in PRODUCTS else ""
        row = rows.setdefault(name, Row(name, version, ""))
        row.version, row.date = version, datetime.date.today().isoformat()
        try:
            examined(name, arguments.among.resolve(), arguments.streams, not arguments.no_kill, row)
        except CannotInstall as problem:
            print(f"  cannot be installed: {problem}", flush=True)
            continue
        keep(rows)
    printed = table([row for row in rows.values() if row.loads], STREAMS)
    print(f"\n{printed}")
    if arguments.write:
        write_into_document(printed)


if __name__ == "__main__":
    main()
