"""Run the measurements one after the other, print a table, write build/bench.json.

    python -m tests.bench [--quick] [--only NAME ...]

Everything runs on this machine: the real server on a data folder of its own, a scripted provider, and
clients in a process of theirs. A busy machine makes times longer; ratios hold.
"""

import argparse
import os
import platform
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench.bursts import MEASURES as OF_SENDS
from tests.bench.face import scrolling, writing
from tests.bench.figures import Figure, line, write
from tests.bench.measures import MEASURES as OTHERS
from tests.bench.measures import Bench
from tests.bench.prefix import MEASURES as OF_LONG_TALKS
from tests.bench.processes import scripted_provider
from tests.bench.voice import voice
from tests.support.server import ROOT

MEASURES = OTHERS | OF_SENDS | OF_LONG_TALKS | {"scrolling": scrolling, "writing": writing, "voice": voice}
RESULTS = ROOT / "build" / "bench.json"


def measure(names: list[str], quick: bool) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="chat-bench-") as name:
        folder = Path(name)
        with scripted_provider(folder) as port:
            bench = Bench(folder, port, quick)
            for chosen in names:
                yield from MEASURES[chosen](bench)


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer streams, shorter: a look, no proof")
    parser.add_argument("--only", nargs="+", choices=MEASURES, metavar="NAME", default=list(MEASURES))
    arguments = parser.parse_args()
    about = {
        "quick": arguments.quick,
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, load before {os.getloadavg()[0]:.1f}",
    }
    print(f"Python {about['python']}, {about['machine']}{' (quick)' if arguments.quick else ''}", flush=True)
    figures = []
    for figure in measure(arguments.only, arguments.quick):
        figures.append(figure)
        print(line(figure), flush=True)
    write(figures, about, RESULTS)
    over = sum(figure.verdict == "over" for figure in figures)
    print(f"{over} of {len(figures)} over their targets; all of it in {RESULTS.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
