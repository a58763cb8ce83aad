"""`make compat` and the document that carries its table say the same, and its conversation finds what is wrong."""

import re
import sys
from array import array
from contextlib import nullcontext
from pathlib import Path

import pytest

from chat.provider.base_urls import parse_base_url_or_keep
from chat.provider.speech import Audio
from tests.compat import __main__ as runner
from tests.compat import speech
from tests.compat.conversation import STEPS, Missed
from tests.compat.place import Place
from tests.compat.servers import SERVERS, Server
from tests.compat.table import (
    BEGIN,
    COLUMNS,
    DOCUMENT,
    END,
    NO,
    NONE,
    NOT_RUN,
    OK,
    SPEECH_BEGIN,
    SPEECH_END,
    Row,
    table,
)
from tests.support.scripted_speech import tone

pytestmark = pytest.mark.django_db  # so that servers begin with its database

TEXT = DOCUMENT.read_text()
MARKS = {
    "llama.cpp": "llama.cpp",
    "vllm": "vLLM",
    "transformers": "transformers",
    "mlx": "MLX",
    "litellm": "LiteLLM",
    "aimock": "aimock",
    "guidellm": "guidellm",
}
"""How the tables of products call each server."""

WITH_ONE_SITE = ["models", "stream", "title", "parameters", "stop", "killed"]
"""The steps that start nothing more."""


def rows_of(part: str) -> list[list[str]]:
    """The cells of all rows of the tables in it, heads included."""
    lines = [line for line in part.splitlines() if line.startswith("|") and not line.startswith("| ---")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def run_table() -> list[list[str]]:
    return rows_of(TEXT.partition(BEGIN)[2].partition(END)[0])


def test_the_document_has_a_row_for_every_server_and_step_of_the_runner():
    head, *rows = run_table()
    assert head == COLUMNS
    assert [row[:2] for row in rows] == [
        [server.product, f"{server.package} {server.version}"] for server in SERVERS.values()
    ]
    assert {cell for row in rows for cell in row[3:]} <= {OK, NO, NONE, NOT_RUN}


def test_a_product_is_marked_as_run_exactly_if_the_runner_has_run_it():
    assert set(MARKS) == set(SERVERS)
    products = [row for row in rows_of(TEXT.partition(END)[2].partition("\n## Speech\n")[0]) if row[-1]]
    ran = {row[0]: row for row in run_table()[1:] if NOT_RUN not in row}
    names = [MARKS[name] for name, server in SERVERS.items() if server.product in ran]
    for row in products:
        assert row[-1] in ("run", "not run"), row
        assert (row[-1] == "run") == any(name in row[0] for name in names), row


def test_the_document_has_a_line_for_every_step_with_speech():
    head, *rows = rows_of(TEXT.partition(SPEECH_BEGIN)[2].partition(SPEECH_END)[0])
    assert head[0].startswith(f"{speech.SPEECH.product}, {speech.SPEECH.package} {speech.SPEECH.version}, ")
    assert [row[:2] for row in rows] == [[step, OK] for step in speech.STEPS]


@pytest.mark.parametrize(
    ("heard", "is_right"),
    [
        (speech.SENTENCE, True),
        (speech.SENTENCE.lower().replace(",", ""), True),
        ("", False),
        ("Please remind me to call the doctor.", False),
        ("The quick brown fox jumps over the lazy dog, and over all of the other sleeping animals.", False),
    ],
)
def test_words_are_right_only_if_nearly_all_of_them_were_heard(heard, is_right):
    with nullcontext() if is_right else pytest.raises(Missed):
        speech.check(speech.SENTENCE, heard)


def test_sound_at_another_rate_is_as_long_and_as_loud():
    sound = Audio(tone(1.0, 22_050).tobytes(), 22_050)
    for rate in (16_000, 48_000):
        samples = array("h", speech.resampled(sound, rate))
        assert len(samples) == pytest.approx(rate, abs=5)
        assert max(samples) == pytest.approx(6000, rel=0.02)


def test_every_base_url_of_the_document_is_taken_as_it_is_written():
    written = [
        url for row in rows_of(TEXT.partition(END)[2]) for url in re.findall("`(https?://.+?)`", row[1])
    ]
    assert len(written) > 40
    assert [url for url in written if parse_base_url_or_keep(url).bases[0] != url] == []


def test_a_row_tells_what_is_not_simply_well():
    row = Row(
        "Acme", "acme 1", "2026-01-01", {"models": OK, "stream": NO}, {"stream": "it came in one piece"}
    )
    line, remark = table([row]).splitlines()[2], table([row]).splitlines()[-1]
    assert line.count(NOT_RUN) == len(STEPS) - 2
    assert "| ok | **no** |" in line
    assert remark == "- **Acme**: stream: it came in one piece"


class Scripted(Place):
    """Nothing to install: the server is our own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "log.txt"


def scripted(*scenario: str) -> Server:
    """A scripted provider that plays this for every question."""

    def start(_: Place, port: int) -> list[str]:
        return [
            sys.executable,
            "-m",
            "tests.support.scripted_provider",
            "--port",
            str(port),
            "--default",
            *scenario,
        ]

    return Server("scripted", "Scripted", "none", "0", lambda _: None, start)


@pytest.mark.parametrize(
    ("scenario", "steps", "wrong"),
    [
        ("plain tokens=120 rate=100", WITH_ONE_SITE, set()),
        # Nobody can be killed in mid-answer who breaks off by himself: what comes of that is chance
        ("fin at=middle", WITH_ONE_SITE[:-1], {"stream", "parameters", "stop"}),
    ],
)
async def test_the_conversation_is_well_with_a_good_server_and_tells_what_another_lacks(
    tmp_path, scenario, steps, wrong
):
    row = Row("Scripted", "0", "today")
    (tmp_path / "site").mkdir()
    await runner.talk(scripted(scenario), Scripted(tmp_path), tmp_path / "site", row, steps)
    assert {step for step, outcome in row.outcomes.items() if outcome == NO} == wrong, row.notes
    assert list(row.outcomes) == steps


async def test_one_step_that_goes_wrong_stops_no_other(monkeypatch):
    async def breaks(_: object) -> str:
        raise Missed("other words")

    monkeypatch.setitem(STEPS, "models", breaks)
    row = Row("Scripted", "0", "today")
    await runner.one_step("models", None, row)
    assert (row.outcomes, row.notes) == ({"models": NO}, {"models": "other words"})
