"""Let many people chat while everything breaks; print figures and verdicts, write build/chaos.json.

    python -m tests.chaos [--quick] [--seed N] [--only NAME] [--keep FOLDER]

Real server processes, a scripted provider that misbehaves, two set-ups: SQLite with one process, and
PostgreSQL with Redis and two. Ends with 1 if a target is missed.
"""

import argparse
import random
import sys
import time
from pathlib import Path

from tests.bench.figures import Figure, line, write
from tests.chaos.faults import OF, QUICK
from tests.chaos.judge import Verdict, total
from tests.chaos.run import run_once
from tests.chaos.setup import FULL, SHORT
from tests.support.server import ROOT

RESULTS = ROOT / "build" / "chaos.json"


def missed(figures: list[Figure]) -> list[Figure]:
    return [figure for figure in figures if figure.verdict not in ("", "ok")]


def report(name: str, verdict: Verdict) -> None:
    print(f"\n{name}")
    for figure in verdict.figures.values():
        print(line(figure))
    for kind, found in verdict.cases.items():
        print(f"\n{kind}:", *found[:5], sep="\n  ")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer replies and faults: a look, no proof")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--only", choices=OF, action="append", metavar="NAME", help=", ".join(OF))
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="leave data and logs in it")
    arguments = parser.parse_args()
    random.seed(arguments.seed)
    size, faults = (SHORT, QUICK) if arguments.quick else (FULL, OF)
    print(f"Seed {arguments.seed}{' (quick)' if arguments.quick else ''}", flush=True)
    verdicts, seconds = {}, {}
    for name in arguments.only or OF:
        began = time.monotonic()
        verdicts[name] = run_once(name, size, arguments.seed, faults[name], arguments.keep)
        seconds[name] = round(time.monotonic() - began)
        report(name, verdicts[name])
    figures = total(list(verdicts.values()), len(verdicts) * (size.replies - size.people))
    print("\nIn all")
    for figure in figures:
        print(line(figure))
    about = {"seed": arguments.seed, "quick": arguments.quick, "seconds": seconds}
    cases = {name: verdict.cases for name, verdict in verdicts.items()}
    write(figures, about | {"cases": cases}, RESULTS)
    print(f"{len(missed(figures))} of {len(figures)} missed; all of it in {RESULTS.relative_to(ROOT)}")
    sys.exit(bool(missed(figures)))


if __name__ == "__main__":
    main()
