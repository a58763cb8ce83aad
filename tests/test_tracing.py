"""One record, one line."""

import logging

import pytest

from chat.tracing import LineFormatter, RequestIdFilter, new_request_id


@pytest.mark.parametrize(
    "text", ["a\n[ERROR] forged", "a\r\nb", "\x1b[31mred", "nul\0", "a\u2028b\u2029c\x85d"]
)
def test_what_a_client_typed_neither_breaks_a_line_nor_colours_a_terminal(text):
    name = new_request_id()
    record = logging.LogRecord("chat", logging.INFO, "", 0, "said %s", (text,), None)
    RequestIdFilter().filter(record)
    line = LineFormatter("[%(request_id)s] %(message)s").format(record)
    assert line.startswith(f"[{name}] said ")
    assert line.isprintable()
    assert len(line.splitlines()) == 1


def failure(logger: str) -> logging.LogRecord:
    try:
        raise ValueError("oops")
    except ValueError as problem:
        info = (ValueError, problem, problem.__traceback__)
    return logging.LogRecord(logger, logging.ERROR, "", 0, "failed", (), info)


def test_a_traceback_keeps_its_lines():
    assert "Traceback" in LineFormatter("%(message)s").format(failure("chat")).splitlines()[1]


def test_what_is_refused_for_safety_is_one_line_here_and_whole_elsewhere():
    record = failure("django.security.DisallowedHost")
    assert LineFormatter("%(message)s").format(record) == "failed"
    assert "Traceback" in logging.Formatter("%(message)s").format(record)
