"""The short form of `make chaos` on SQLite and one process; a file for each, so that they run side by side."""

from pathlib import Path

from tests.chaos.faults import QUICK
from tests.chaos.run import run_once
from tests.chaos.setup import SHORT

NAME = "SQLite"


def test_nothing_is_lost_doubled_or_mixed_up_while_things_break(tmp_path: Path) -> None:
    verdict = run_once(NAME, SHORT, seed=1, faults=QUICK[NAME], keep=tmp_path)
    assert verdict.cases == {}
    assert verdict.figures["replies"].value >= SHORT.replies - SHORT.people
    assert verdict.figures["faults"].value > 0
