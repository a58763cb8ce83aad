"""What the model sees."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from chat.conversations.context import Prompt, context_start, prompt_context
from chat.models.content import Part, TextPart


@dataclass
class Row:
    role: str
    text: str
    status: str = "complete"
    is_hidden: bool = False
    pinned_at: datetime | None = None
    heard: Any = None
    pk: int = 0
    uuid: UUID = field(default_factory=uuid4)

    @property
    def content(self) -> tuple[Part, ...]:
        return (TextPart(self.text),)


def prompt(*given: Any) -> Prompt:
    return prompt_context(*given).messages()


def branch(exchanges: int) -> list[Row]:
    rows = [Row(role, f"{role} {n}") for n in range(1, exchanges + 1) for role in ("user", "assistant")]
    return [*rows, Row("user", "now")]


def said(messages: list[dict[str, str]]) -> list[str]:
    return [message["content"] for message in messages]


@pytest.mark.parametrize(("there", "seen"), [(0, 0), (9, 9), (10, 10), (11, 10), (1000, 10)])
def test_the_model_sees_the_latest_ten_exchanges(there: int, seen: int) -> None:
    messages = prompt("system", branch(there), 10)
    first = there - seen + 1
    expected = [f"{role} {n}" for n in range(first, there + 1) for role in ("user", "assistant")]
    assert said(messages) == ["system", *expected, "now"]
    assert [m["role"] for m in messages] == ["system"] + ["user", "assistant"] * seen + ["user"]


def test_no_exchanges_leaves_the_question_alone() -> None:
    assert said(prompt("system", branch(5), 0)) == ["system", "now"]


def test_without_a_system_prompt_none_is_sent() -> None:
    assert said(prompt("", branch(1), 10)) == ["user 1", "assistant 1", "now"]


def test_a_failed_answer_takes_its_exchange_out_and_an_older_one_comes_in() -> None:
    rows = branch(11)
    rows[-2].text, rows[-2].status = "", "failed"
    expected = [f"{role} {n}" for n in range(1, 11) for role in ("user", "assistant")]
    assert said(prompt("", rows, 10)) == [*expected, "now"]


@pytest.mark.parametrize("status", ["stopped", "interrupted"])
def test_a_partial_answer_counts_with_the_text_it_has(status: str) -> None:
    rows = branch(2)
    rows[1].text, rows[1].status = "half an ans", status
    assert said(prompt("", rows, 10)) == ["user 1", "half an ans", "user 2", "assistant 2", "now"]


@pytest.mark.parametrize("half", [0, 1])
def test_a_hidden_half_takes_the_exchange_out(half: int) -> None:
    rows = branch(2)
    rows[half].is_hidden = True
    assert said(prompt("", rows, 10)) == ["user 2", "assistant 2", "now"]


@pytest.mark.parametrize(("there", "first"), [(0, None), (9, None), (10, None), (11, 2), (40, 31)])
def test_the_view_begins_at_the_tenth_exchange_from_the_end_if_there_is_more_above(there, first) -> None:
    rows = branch(there)[:-1]
    begins = context_start(rows, 10, whole=True)
    assert (begins and begins.text) == (first and f"user {first}")


def test_above_what_is_loaded_there_is_more() -> None:
    begins = context_start(branch(10)[:-1], 10, whole=False)
    assert begins is not None
    assert begins.text == "user 1"


def test_a_failed_answer_moves_the_beginning_up() -> None:
    rows = branch(12)[:-1]
    rows[-1].text, rows[-1].status = "", "failed"
    begins = context_start(rows, 10, whole=True)
    assert begins is not None
    assert begins.text == "user 2"


def test_an_answer_that_was_interrupted_says_so_with_the_next_message():
    rows = branch(2)
    rows[3].heard = {"words": "the first words", "block": 0, "offset": 15}
    *before, last = said(prompt("", rows, 10))
    assert before == ["user 1", "assistant 1", "user 2", "assistant 2"]
    assert "“the first words”" in last
    assert last.endswith("\n\nnow")
    assert rows[-1].text == "now"


def test_one_that_was_interrupted_before_its_first_word_says_that():
    rows = branch(1)
    rows[1].heard = {"words": ""}
    assert "before the first word" in said(prompt("", rows, 10))[-1]


def test_how_far_an_answer_was_heard_goes_with_its_exchange():
    rows = branch(3)
    rows[1].heard = {"words": "the first words"}
    assert "the first words" in said(prompt("", rows, 3))[2]
    assert "the first words" not in str(said(prompt("", rows, 2)))
