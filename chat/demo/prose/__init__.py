"""The demo's words, one module a language: its locale in small letters, with `PROSE`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module

from chat.markdown.speech.writing_systems import language_of

LOCALES = {
    "ar": ("ar",),
    "en": ("en", "de", "es", "fr", "pt_br"),
    "hi": ("hi",),
    "ja": ("ja",),
    "ko": ("ko",),
    "ru": ("ru",),
    "zh": ("zh_hans", "zh_hant"),
}
"""By the letters of a text: those that it may be in, the most likely first. "en" stands for Latin letters."""

MAX_GREETING = 24
"""Characters: a longer message is a question, however it begins."""

_WORD = re.compile(r"[\u3400-\u9fff]|[^\W\d_]+")


FORMULAS = r"""$$
\int_{-\infty}^{\infty} e^{-x^2} \, dx = \sqrt{\pi}
$$

\[
x = \frac{-b \pm \sqrt{b^2 - 4ac}}{2a}
\]"""
"""On lines of their own; the same in every language."""


def fibonacci(docstring: str) -> str:
    """Return a block of code whose docstring is in a language."""
    return f'''```python
def fibonacci(limit: int) -> list[int]:
    """{docstring}"""
    numbers, current, following = [], 0, 1
    while current < limit:
        numbers.append(current)
        current, following = following, current + following
    return numbers


print(fibonacci(100))
```'''


@dataclass(frozen=True)
class Prose:
    """`sections` show what the page can display, by name; `keywords` are what asks for each.

    `common` are words or Chinese characters, between spaces, that tell its texts from those of other
    languages in the same letters. `end` ends an answer that cannot be gone on with.
    """

    common: str
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
        """Return whether somebody only says hello."""
        said = question.lower()
        after = [said[len(hello) :] for hello in self.hellos if said.startswith(hello)]
        # "hi" opens "history", too; Chinese puts no space after its words
        return len(said) <= MAX_GREETING and any(not re.match("[a-z]", rest) for rest in after)

    @cached_property
    def words(self) -> frozenset[str]:
        """The words, or characters, that its own texts are told by."""
        keywords = (" ".join(words) for words in self.keywords.values())
        return frozenset(_words(" ".join([self.common, *self.hellos, *self.everything, *keywords])))


def prose_for(question: str) -> Prose:
    """Return the words in the question's language; in English where it cannot be told."""
    proses = [prose_of(locale) for locale in LOCALES.get(language_of(question, "en"), LOCALES["en"])]
    words = _words(question)
    return max(proses, key=lambda prose: len(words & prose.words))


def prose_of(locale: str) -> Prose:
    """Return the words of a language, as its module is called."""
    prose: Prose = import_module(f"{__name__}.{locale}").PROSE
    return prose


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.lower()))
