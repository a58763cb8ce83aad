"""What was found of each product, and the table of it in docs/peers.md."""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from tests.support.server import ROOT

DOCUMENT = ROOT / "docs" / "peers.md"
RESULTS = ROOT / "build" / "peers.json"
BEGIN, END = "<!-- peers: begin -->", "<!-- peers: end -->"
TITLES = {
    "relay": "bare relay",
    "site": "this site",
    "chainlit": "Chainlit",
    "gradio": "Gradio",
    "open-webui": "Open WebUI",
}


class Load(msgspec.Struct):
    """Times in ms; processor time in seconds per 1,000 tokens; `of_relay` is that by the relay's of the same run."""

    streams: int
    finished: int
    cpu: float
    of_relay: float
    latency_p50: float
    latency_p95: float
    first_p50: float
    first_p95: float
    memory: float
    bytes_per_character: float


class Row(msgspec.Struct):
    """`idle` is in MB, `start` in seconds; `kept` are the shares of an ended and of a
    running reply that are there after a kill."""

    name: str
    version: str
    date: str
    start: float = 0.0
    idle: float = 0.0
    kept: tuple[float, float] | None = None
    loads: dict[str, Load] = {}


def known() -> dict[str, Row]:
    """What earlier runs found, by the products' names."""
    return msgspec.json.decode(RESULTS.read_bytes(), type=dict[str, Row]) if RESULTS.exists() else {}


def keep(rows: dict[str, Row]) -> None:
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_bytes(msgspec.json.format(msgspec.json.encode(rows)) + b"\n")


def table(rows: Iterable[Row], streams: Iterable[int]) -> str:
    """One column for each product, and lines for each number of streams."""
    columns = sorted(rows, key=lambda row: list(TITLES).index(row.name))
    lines = [["", *(f"{TITLES[row.name]} {row.version}".strip() for row in columns)]]
    lines.append(["---"] * len(lines[0]))
    for count in streams:
        loads = [row.loads.get(str(count)) for row in columns]
        for name, told in LINES.items():
            lines.append([f"{count} streams: {name}", *(told(load) if load else "–" for load in loads)])
    lines.append(["memory at rest, MB", *(f"{row.idle:.0f}" for row in columns)])
    lines.append(["start to first answer, s", *(f"{row.start:.1f}" for row in columns)])
    for number, what in enumerate(("an ended reply", "a running reply")):
        kept = (f"{100 * row.kept[number]:.0f} %" if row.kept else "–" for row in columns)
        lines.append([f"of {what}, there after a kill", *kept])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


LINES = {
    "finished": lambda load: str(load.finished),
    "processor time per 1,000 tokens, s": lambda load: f"{load.cpu:.3f}",
    "the same, times the relay’s": lambda load: f"{load.of_relay:.1f}",
    "token latency p50 / p95, ms": lambda load: f"{load.latency_p50:.0f} / {load.latency_p95:.0f}",
    "send to first token p50 / p95, ms": lambda load: f"{load.first_p50:.0f} / {load.first_p95:.0f}",
    "bytes both ways per character": lambda load: f"{load.bytes_per_character:.1f}",
    "memory, most, MB": lambda load: f"{load.memory:.0f}",
}


def write_into_document(text: str, document: Path = DOCUMENT) -> None:
    before, _, rest = document.read_text().partition(BEGIN)
    document.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.partition(END)[2]}")
