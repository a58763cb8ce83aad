"""One record, one line."""

import logging

import pytest

from chat.core.tracing import LineFormatter, RequestIdFilter, new_request_id, printable

# Of each kind one: colour, direction, separators, an invisible letter, half a character, a hidden tag
NASTY = "\x1b[31m\x9b31m\u202e\u2066\u200f\u061c\u2028\u2029\x85\r\0\x08\x7f\u200b\ufeff\ud800\U000e0041"


@pytest.mark.parametrize(
    "text",
    ["a\n[ERROR] forged", "a\r\nb", "\x1b[31mred", "nul\0", "a\u2028b\u2029c\x85d", "\u202etxt.exe", *NASTY],
)
def test_what_a_client_typed_neither_breaks_a_line_nor_colours_a_terminal(text):
    name = new_request_id()
    record = logging.LogRecord("chat", logging.INFO, "", 0, "said %s", (text,), None)
    RequestIdFilter().filter(record)
    line = LineFormatter("[%(request_id)s] %(message)s").format(record)
    assert line.startswith(f"[{name}] said ")
    assert line.isprintable()
    assert len(line.splitlines()) == 1


def test_what_can_be_seen_stays_as_it_is():
    words = "naïve 中文 😀 עברית a\u0301"
    assert printable(words) == words
    assert printable("a\u202eb\x1b\ud800") == r"a\u202eb\x1b\ud800"


def failure(logger: str, said: str = "oops") -> logging.LogRecord:
    try:
        raise ValueError(said)
    except ValueError as problem:
        info = (ValueError, problem, problem.__traceback__)
    return logging.LogRecord(logger, logging.ERROR, "", 0, "failed", (), info)


def test_a_traceback_keeps_its_lines():
    assert "Traceback" in LineFormatter("%(message)s").format(failure("chat")).splitlines()[1]


def test_no_line_of_a_traceback_looks_like_a_record():
    text = LineFormatter("%(levelname)s %(message)s").format(failure("chat", f"a\nERROR forged\n{NASTY}"))
    first, *rest = text.split("\n")
    assert first == "ERROR failed"
    assert all(line.startswith("  | ") and line.isprintable() for line in rest)
    text.encode()  # a lone surrogate would cost the record


def test_a_traceback_that_another_formatter_made_is_made_anew():
    record = failure("chat", "\x1b[31m")
    logging.Formatter("%(message)s").format(record)
    assert "\x1b" not in LineFormatter("%(message)s").format(record)


def test_what_is_refused_for_safety_is_one_line_here_and_whole_elsewhere():
    record = failure("django.security.DisallowedHost")
    assert LineFormatter("%(message)s").format(record) == "failed"
    assert "Traceback" in logging.Formatter("%(message)s").format(record)
