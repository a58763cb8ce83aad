"""A measured number beside its target, and how a list of them is printed and kept."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figure:
    """`target` is the most it may be, or with `at_least` the least; None is for what is only to be known."""

    name: str
    value: float
    unit: str
    target: float | None = None
    at_least: bool = False

    @property
    def verdict(self) -> str:
        if self.target is None:
            return ""
        if self.at_least:
            return "ok" if self.value >= self.target else "under"
        return "ok" if self.value <= self.target else "over"


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of the values lie; infinite when there are none."""
    if not values:
        return float("inf")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def line(figure: Figure) -> str:
    bound = "at least" if figure.at_least else "at most"
    target = "" if figure.target is None else f"{bound} {figure.target:g}"
    return f"{figure.name:<58} {figure.value:>10.4g} {figure.unit:<8} {target:<14} {figure.verdict}".rstrip()


def write(figures: Iterable[Figure], about: dict[str, object], path: Path) -> None:
    """Keep everything as JSON: `{"about": {...}, "figures": [{name, value, unit, target, verdict}]}`."""
    rows = [asdict(figure) | {"verdict": figure.verdict} for figure in figures]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"about": about, "figures": rows}, indent=1) + "\n")
