"""How the page moves under its reader on a machine of a quarter of this one's speed."""

from collections.abc import Iterator
from typing import Any

from tests.bench.figures import Figure, percentile
from tests.bench.measures import Bench
from tests.bench.processes import helper
from tests.support.scripted_essay import essay_of

SLOWNESS = 4
"""How many times slower than this machine's the browser's processor is."""

KEYS = 40
# Seconds that all of it may take in a browser; only a limit
LIMIT = 900
# Pieces of a reply that come in a second, of six characters each
RATE = 100


def scrolling(bench: Bench) -> Iterator[Figure]:
    """A long conversation from its end to its beginning and back."""
    messages = 400 if bench.quick else 2000
    with bench.site(1) as (site, _, cookies):
        path = helper("bench.long_talk", messages, **site.variables)
        spec = {"origin": site.origin, "cookie": cookies[0], "slowness": SLOWNESS, "path": path}
        seen = helper("bench.face_page", spec, limit=LIMIT)
    name = f"{messages} messages scrolled through, CPU 1/{SLOWNESS}"
    yield Figure(f"{name}: not seen", messages - seen["found"], "", 0)
    yield Figure(f"{name}: nodes, most", seen["nodes"], "", 6000)
    yield Figure(f"{name}: frames p95", percentile(seen["frames"], 0.95), "ms", 34)
    yield Figure(f"{name}: longest task", max(seen["tasks"], default=0), "ms")


def writing(bench: Bench) -> Iterator[Figure]:
    """A reply with code, tables and formulas while it is written, wide and narrow."""
    words = 1000 if bench.quick else 3000
    widths = [1280, 390]
    with bench.site(1) as (site, _, cookies):
        spec = {
            "origin": site.origin,
            "cookie": cookies[0],
            "slowness": SLOWNESS,
            "widths": widths,
            "keys": KEYS,
        }
        text = f"Please. [[scenario:essay words={words} rate={RATE}]]"
        headings = essay_of(words).count("## ") * 2 // 3
        results = helper("bench.face_page", spec | {"text": text, "headings": headings}, limit=LIMIT)
    for width, seen in zip(widths, results, strict=True):
        yield from smoothness(f"reply of {words} words, {width} px, CPU 1/{SLOWNESS}", seen)


def smoothness(name: str, seen: dict[str, Any]) -> Iterator[Figure]:
    yield Figure(f"{name}: frames p95", percentile(seen["frames"], 0.95), "ms", 34)
    yield Figure(f"{name}: longest task", max(seen["tasks"], default=0), "ms", 100)
    yield Figure(f"{name}: layout shift", seen["shifts"], "", 0.01)
    yield Figure(f"{name}: key presses p95", percentile(seen["presses"], 0.95), "ms", 50)
    times = [at for at, _ in seen["growth"]]
    gaps = [after - before for before, after in zip(times, times[1:], strict=False)]
    yield Figure(f"{name}: no more text for, p95", percentile(gaps, 0.95), "ms")
    yield Figure(f"{name}: no more text for, longest", max(gaps), "ms")
    bursts = [more for _, more in seen["growth"]][1:]
    yield Figure(f"{name}: text at once, p95", percentile(bursts, 0.95), "characters")
    yield Figure(f"{name}: text at once, most", max(bursts), "characters")
