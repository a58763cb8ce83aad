"""What a run found, as the table of docs/compatibility.md: a row for each server, a line for what is no plain "ok"."""

import re
from dataclasses import dataclass, field

from tests.compat.conversation import STEPS
from tests.support.server import ROOT

DOCUMENT = ROOT / "docs" / "compatibility.md"
BEGIN, END = "<!-- make compat: begin -->\n", "<!-- make compat: end -->\n"
SPEECH_BEGIN, SPEECH_END = "<!-- make compat, speech: begin -->\n", "<!-- make compat, speech: end -->\n"
COLUMNS = ["Server", "Version", "Date", *STEPS]
OK, NO, NONE, NOT_RUN = "ok", "**no**", "–", "not run"


@dataclass(slots=True)
class Row:
    """One server: the outcome of each step in the order of STEPS, and what is worth telling of some."""

    product: str
    version: str
    date: str
    outcomes: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)

    def line(self) -> str:
        cells = [self.outcomes.get(step, NOT_RUN) for step in STEPS]
        return "| " + " | ".join([self.product, self.version, self.date, *cells]) + " |"

    def remarks(self) -> str:
        told = "; ".join(f"{step}: {note}" for step, note in self.notes.items())
        return f"- **{self.product}**: {told}" if told else ""


def table(rows: list[Row]) -> str:
    """Markdown."""
    head = "| " + " | ".join(COLUMNS) + " |"
    lines = [head, "|" + " --- |" * len(COLUMNS), *(row.line() for row in rows), ""]
    remarks = [remark for row in rows if (remark := row.remarks())]
    return "\n".join([*lines, *remarks, ""] if remarks else lines)


def speech_table(row: Row) -> str:
    """Markdown: a line for each step with speech."""
    lines = [f"| {step} | {outcome} | {row.notes.get(step, '')} |" for step, outcome in row.outcomes.items()]
    other = [note for name, note in row.notes.items() if name not in row.outcomes]
    head = f"| {row.product}, {row.version}, {row.date} | | {'; '.join(other)} |"
    return "\n".join([head, "| --- | --- | --- |", *lines, ""])


def write_into_document(words: str, begin: str = BEGIN, end: str = END) -> None:
    """Put the table of a whole run in the place of the one before."""
    text = DOCUMENT.read_text()
    between = re.compile(f"{re.escape(begin)}.*{re.escape(end)}", re.DOTALL)
    DOCUMENT.write_text(between.sub(lambda _: f"{begin}\n{words}\n{end}", text))
