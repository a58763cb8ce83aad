"""What a run saw: everything that is compared with the database, or with a target, afterwards."""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.chaos.page import Article
from tests.chaos.questions import CANARY, KEY

# What no person may ever be shown: the inside of a program, of a database, or a key
INSIDES = re.compile(
    rb"Traceback|File \\?\"/|psycopg|sqlite3|OperationalError|IntegrityError|chat_message|SELECT .{0,80} FROM|"
    + KEY.encode()
)


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A send or a retry that the browser was told is saved."""

    person: int
    client_id: str
    reply: str
    conversation: str
    text: str  # "" for a retry


@dataclass
class Ledger:
    """Of one set-up. `shown` and `ends` are by reply: words its readers saw, and how its page left it."""

    acknowledged: list[Acknowledged] = field(default_factory=list)
    shown: Counter[str] = field(default_factory=Counter)
    ends: dict[str, Article] = field(default_factory=dict)
    lost_words: list[tuple[str, int, str]] = field(default_factory=list)
    longest_moment: int = 0
    foreign: list[str] = field(default_factory=list)
    insides: list[str] = field(default_factory=list)
    garbled: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)
    logged_out: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    pages: Counter[int] = field(default_factory=Counter)
    frames: int = 0
    resumed: list[float] = field(default_factory=list)
    deaths: list[str] = field(default_factory=list)
    bad_ends: list[str] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)

    def scan(self, canary: str, data: bytes) -> None:
        """Look through what one person was sent, for others' words and for our insides."""
        for found in set(CANARY.findall(data)):
            if found.decode() != canary:
                self.foreign.append(f"{found.decode()} came to {canary}")
        if leak := INSIDES.search(data):
            self.insides.append(data[max(0, leak.start() - 100) : leak.end() + 100].decode(errors="replace"))

    def look(self, article: Article, settled: bool = True) -> None:
        """A reader looks at a whole reply: are all its words there, and those seen before?

        As a page brings it while it is being written it is not settled: the process that writes it is heard next.
        """
        if article.role != "assistant":
            return
        words = article.words
        if words < 0:
            self.garbled.append(article.id)
        else:
            self.see(article.id, words, settled or article.status != "running")

    def see(self, reply: str, words: int, settled: bool = True) -> None:
        """A reader sees so many words of a reply; fewer than before are a loss, or for a moment only."""
        before = self.shown[reply]
        if words >= before:
            self.shown[reply] = words
        elif settled:
            self.lost_words.append((reply, before - words, f"{datetime.now(UTC):%H:%M:%S.%f}"))
        else:
            self.longest_moment = max(self.longest_moment, before - words)
