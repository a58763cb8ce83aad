"""Every fault that a site meets, with the sentence of what must happen, has a test that carries its number."""

import ast
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]

FAULTS = {
    1: "A process is killed before it acknowledged a send: sent again under its id, it is there once.",
    2: "A process is killed before the first token: the reply is shown as interrupted, and Retry works.",
    3: "A process is killed in the middle: all of the text but the last second is kept.",
    4: "A process is killed between the last token and the commit: whole or interrupted, never missing.",
    5: "A process is killed and does not come back: another one ends its replies.",
    6: "A rolling restart: sockets are closed with 4012, and the next process shows what was kept.",
    7: "A process sleeps and wakes up: it sees that it lost the lease, and writes no more.",
    8: "Redis stops: streams go on, the end is found in the database, and all is well when it returns.",
    9: "Redis drops its clients, forgets everything, or is full: the same.",
    10: "Redis is slow: replies come all the same, to nobody else.",
    11: "The channel layer drops messages at random: the final text is the provider's.",
    12: "The channel layer doubles and reorders messages: the final text is the provider's.",
    13: "PostgreSQL restarts: tokens wait in memory and are written later; sends and pages say so.",
    14: "PostgreSQL ends all connections: the next command works.",
    15: "PostgreSQL has no connection left: pages answer 503 with Retry-After, and it recovers.",
    16: "Somebody holds a row's lock: a send is refused with a sentence instead of waiting for ever.",
    17: "Somebody holds SQLite's lock: a send waits for it; too long, it is refused and nothing is saved.",
    18: "SQLite is full: a send is refused with a sentence, pages can be read, the file is sound.",
    19: "The disk is full for logs: people chat on.",
    20: "The data folder cannot be written to: the start-up check says so.",
    21: "The provider refuses connections or has no address: an error soon.",
    22: "The provider accepts and never answers: an error at the deadline; Stop works at once.",
    23: "The provider resets the connection, at each phase: an error with what had come, or a whole reply.",
    24: "The provider stalls in the middle: interrupted at the deadline, the text kept.",
    25: "The provider drips bytes or comments: the total deadline ends it.",
    26: "The provider refuses by status: a sentence that fits, never the key.",
    27: "The provider sends odd or broken forms: no crash, the right state.",
    28: "The provider sends far too much: it is cut off, and memory does not grow with it.",
    29: "A reader does not read: it is sent little, hung up on, and others are not disturbed.",
    30: "A client's connection flaps and is slow: the final text is whole, nothing is sent twice.",
    31: "The same send five times at once: one message, one reply, the same answer.",
    32: "Two tabs send at once: one runs, the other is told so, and both see the same tree.",
    33: "Stop, at any time, from any tab, twice: stopped, and the provider's connection closed.",
    34: "Deleted, logged out or suspended in the middle: the stream ends, nothing more is written.",
    35: "The clock jumps: no reply and no session is lost.",
    36: "The loop is blocked, or file descriptors run out: it is logged, and refused before it hurts.",
}


@cache
def marked() -> frozenset[int]:
    """The numbers at the tests of all files."""
    trees = [ast.parse(path.read_text()) for path in TESTS.rglob("test_*.py")]
    tests = [node for tree in trees for node in tree.body if is_test(node)]
    return frozenset(number_of(mark) for test in tests for mark in test.decorator_list if is_mark(mark))


def is_test(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")


def is_mark(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.fault"


def number_of(decorator: ast.expr) -> int:
    assert isinstance(decorator, ast.Call)
    return int(ast.literal_eval(decorator.args[0]))


@pytest.mark.parametrize("number", FAULTS, ids=lambda number: f"{number}: {FAULTS[number]}")
def test_each_fault_has_a_test(number):
    assert number in marked()


def test_each_number_at_a_test_is_a_fault():
    assert marked() <= set(FAULTS)
