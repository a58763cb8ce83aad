"""Compares what a run saw with what the database and the pages hold: figures, and the cases behind them."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.bench.figures import Figure
from tests.chaos.ledger import Ledger
from tests.chaos.page import Article
from tests.chaos.questions import CANARY, RATE, WORD, whole_text

LOSS, RETURN, REPLIES = 1, 15, 2000
# What a job fails with whose process was killed at each of its attempts (chat/jobs/errors.py)
GIVEN_UP = "job_interrupted"
# Of a file that is imported (imports.py)
TALKS, TURNS = 300, 5
# The scenario that says "stop" after each so many characters (tests/support/scripted_ends.py)
IN_PARTS, PART = "[[scenario:in_parts", 8
Row = Mapping[str, Any]


@dataclass
class Evidence:
    """What is compared: `messages` and `imports` as truth.py gives them, `pages` the messages each person's pages
    show.
    """

    ledger: Ledger
    messages: list[Row]
    sound: bool = True
    logs: bytes = b""
    pages: dict[str, Article] = field(default_factory=dict)
    imports: list[Row] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.by_id = {row["uuid"]: row for row in self.messages}
        self.replies = [row for row in self.messages if row["role"] == "assistant"]
        self.questions = [row for row in self.messages if row["role"] == "user"]


def person_of(row: Row) -> int:
    """Whose conversation it is in: people are made as bench0@, bench1@, ..."""
    return int(row["conversation__owner__email"].partition("@")[0].removeprefix("bench"))


def words_in(text: str) -> int:
    return len(WORD.findall(text))


# Each gives the cases against it


def lost(evidence: Evidence) -> Iterable[str]:
    """Acknowledged, and not in the database as it was said."""
    saved = {(row["client_id"], person_of(row)): row for row in evidence.messages}
    for told in evidence.ledger.acknowledged:
        row = saved.get((told.client_id, told.person))
        if row is None or told.reply not in evidence.by_id:
            yield f"{told.client_id} is not there"
        elif told.text and row["text"] != told.text:
            yield f"{told.client_id} says something else"


def doubled(evidence: Evidence) -> Iterable[str]:
    """Messages saved twice, and messages with two first replies or none."""
    texts = Counter(row["text"] for row in evidence.questions)
    yield from (f"{text} is there {count} times" for text, count in texts.items() if count > 1)
    first = Counter(row["parent__uuid"] for row in evidence.replies if row["client_id"] is None)
    for row in evidence.questions:
        if first[row["uuid"]] != 1:
            yield f"{row['uuid']} has {first[row['uuid']]} replies"
    clients = Counter(row["client_id"] for row in evidence.messages if row["client_id"])
    yield from (
        f"client_id {client} is there {count} times" for client, count in clients.items() if count > 1
    )


def not_final(evidence: Evidence) -> Iterable[str]:
    yield from evidence.ledger.late
    yield from (f"{row['uuid']} runs still" for row in evidence.replies if row["status"] == "running")


def other_text(evidence: Evidence) -> Iterable[str]:
    """Complete replies that are not what the provider sent; others that are not a beginning of it."""
    for row in evidence.replies:
        whole = whole_text(row["parent__text"])
        complete = row["status"] == "complete"
        declared = evidence.ledger.faults["provider_gone"] and is_said_to_be_whole(row, whole)
        if (complete and row["text"] != whole and not declared) or not whole.startswith(row["text"]):
            yield f"{row['uuid']} ({row['status']}, {len(row['text'])} of {len(whole)}) {row['parent__text']}"


def is_said_to_be_whole(row: Row, whole: str) -> bool:
    """Whether its provider said "stop" after this much, and may have been killed then.

    It is the provider's last word. Of one that is known to say more after it the site takes it for cut.
    """
    said = IN_PARTS in row["parent__text"]
    return said and len(row["text"]) % PART == 0 and whole.startswith(row["text"])


def other_end(evidence: Evidence) -> Iterable[str]:
    """Replies whose end a reader saw otherwise than it is stored.

    One that was taken for dead may have more than its reader saw at that moment: a process that was
    frozen hands in what it has shown.
    """
    for reply, article in evidence.ledger.ends.items():
        row, status, words = evidence.by_id.get(reply), article.status, article.words
        if row is None:
            continue
        stored = words_in(row["text"])
        less = words < stored and status in ("interrupted", "stopped")
        if status != row["status"] or (words != stored and not less):
            yield f"{reply}: seen {status} with {words}, stored {row['status']} with {stored}"


def other_page(evidence: Evidence) -> Iterable[str]:
    """Messages of the branch in view that a page shows otherwise than they are stored."""
    for message, article in evidence.pages.items():
        row = evidence.by_id.get(message)
        if row is None or row["role"] != article.role:
            yield f"{message} is on a page and not in the database"
        elif article.role == "assistant" and (article.status, article.words) != (
            row["status"],
            words_in(row["text"]),
        ):
            yield f"{message}: {article.status}, {article.words} words; stored {row['status']}"
    tips = {row["uuid"] for row in evidence.messages} - {row["parent__uuid"] for row in evidence.messages}
    shown = defaultdict(set)
    for message in evidence.pages:
        if row := evidence.by_id.get(message):
            shown[row["conversation__uuid"]].add(message)
    for conversation in {row["conversation__uuid"] for row in evidence.messages}:
        if not shown[conversation] & tips:
            yield f"the page of {conversation} does not show its last message"


def losses(evidence: Evidence) -> list[tuple[float, str]]:
    """Seconds of words that somebody had seen and that were gone in a later view, or are not kept; where."""
    gone = [(words / RATE, f"{reply} at {when}") for reply, words, when in evidence.ledger.lost_words]
    for reply, seen in evidence.ledger.shown.items():
        if row := evidence.by_id.get(reply):
            words = words_in(row["text"])
            gone.append(((seen - words) / RATE, f"{reply}, {row['status']}, kept {words} of {seen} words"))
    return sorted(gone, reverse=True)


def logged(evidence: Evidence) -> Iterable[str]:
    """What people say is theirs: none of it belongs into a log."""
    return (f"{found} is in a log" for found in CANARY.findall(evidence.logs))


def imported(evidence: Evidence) -> Iterable[str]:
    """Files that did not come whole and once. One whose process died each time may have come in part."""
    for number, row in enumerate(evidence.imports):
        whole, messages = (TALKS, 2 * TURNS * TALKS), row["messages"]
        is_whole = (row["conversations"], messages) == whole and row["status"] == "done"
        if not is_whole and row["error"] != GIVEN_UP:
            yield f"of import {number} came {messages} messages, and it is {row['status']}"
        elif row["texts"] != messages or row["entries"] != messages:
            yield f"import {number}: {row['texts']} texts, {row['entries']} in the index, {messages} messages"


def unsound(evidence: Evidence) -> Iterable[str]:
    return [] if evidence.sound else ["PRAGMA integrity_check is not ok"]


CASES: dict[str, Callable[[Evidence], Iterable[str]]] = {
    "acknowledged messages that are lost": lost,
    "messages or replies doubled": doubled,
    "sends neither acknowledged nor refused": lambda evidence: evidence.ledger.unanswered,
    "replies not final 15 s after their deadline": not_final,
    "replies whose text is not the provider's": other_text,
    "views with words missing, doubled or in disorder": lambda evidence: evidence.ledger.garbled,
    "ends a reader saw otherwise than stored": other_end,
    "readers never told that a reply had ended": lambda evidence: evidence.ledger.untold,
    "pages that differ from the database": other_page,
    "foreign canaries": lambda evidence: evidence.ledger.foreign,
    "tracebacks, keys or SQL in frames and pages": lambda evidence: evidence.ledger.insides,
    "people logged out": lambda evidence: ["a socket was closed"] * evidence.ledger.logged_out,
    "process deaths that nobody caused": lambda evidence: evidence.ledger.deaths,
    "ends after SIGTERM that were not in order": lambda evidence: evidence.ledger.bad_ends,
    "words of people in the logs": logged,
    "imports not whole, or doubled": imported,
    "databases not sound": unsound,
}
"""What may not happen at all."""


@dataclass
class Verdict:
    """Of one set-up: figures by name, and up to 20 cases of each kind that may not happen."""

    figures: dict[str, Figure]
    cases: dict[str, list[str]]


def judge(evidence: Evidence) -> Verdict:
    ledger = evidence.ledger
    figures = [
        Figure("replies", len(evidence.replies), ""),
        Figure("of them complete", sum(row["status"] == "complete" for row in evidence.replies), ""),
        Figure("messages acknowledged", len(ledger.acknowledged), ""),
        Figure("faults", sum(ledger.faults.values()), ""),
        Figure("imports", len(evidence.imports), ""),
        Figure("of them killed and gone on with", sum(row["attempts"] > 1 for row in evidence.imports), ""),
    ]
    cases = {name: list(find(evidence)) for name, find in CASES.items()}
    figures += [Figure(name, len(found), "", 0) for name, found in cases.items()]
    gone = losses(evidence)
    figures.append(Figure("text seen and gone, worst", gone[0][0] if gone else 0, "s", LOSS))
    figures.append(Figure("out of view until its process is heard, worst", ledger.longest_moment / RATE, "s"))
    cases["text seen and gone"] = [f"{seconds:.2f} s: {where}" for seconds, where in gone if seconds > LOSS]
    figures.append(Figure("restart to all browsers back, worst", max(ledger.resumed, default=0), "s", RETURN))
    return Verdict(
        {figure.name: figure for figure in figures},
        {name: found[:20] for name, found in cases.items() if found},
    )


def total(verdicts: list[Verdict], replies: int = REPLIES) -> list[Figure]:
    """Counts added up, worst times; with the number of replies a full run must have."""
    figures = []
    for name, first in verdicts[0].figures.items():
        values = [verdict.figures[name].value for verdict in verdicts]
        value = max(values) if first.unit else sum(values)
        if name == "replies":
            figures.append(Figure(name, value, "", replies, at_least=True))
        else:
            figures.append(Figure(name, value, first.unit, first.target))
    return figures
