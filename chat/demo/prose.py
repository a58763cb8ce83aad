"""The demo's words in one language."""

from __future__ import annotations

from dataclasses import dataclass

MAX_GREETING = 24
"""Characters: a longer message is a question, however it begins."""


@dataclass(frozen=True)
class Prose:
    """`sections` show what the page can display, by name; `keywords` are what asks for each.

    `end` ends an answer that cannot be gone on with.
    """

    hellos: tuple[str, ...]
    greeting: str
    notice: str
    asked: str
    connect: str
    end: str
    everything: tuple[str, ...]
    keywords: dict[str, tuple[str, ...]]
    sections: dict[str, str]

    def is_greeting(self, question: str) -> bool:
        return len(question) <= MAX_GREETING and question.lower().startswith(self.hellos)
