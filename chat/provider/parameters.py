"""The parameters of a request that people may set: their ranges, their explanations, and what is refused.

A conversation keeps only those that were set, by the names of the model API: {"temperature": 0.7}. What is
not set is not sent, and is then the model's own default.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from chat.core import text
from chat.provider.errors import BadParameter

MOST_STOPS = 4
LONGEST_STOP = 100


EFFORTS = {
    "none": pgettext_lazy("of thinking", "None"),
    "minimal": pgettext_lazy("of thinking", "Minimal"),
    "low": pgettext_lazy("of thinking", "Low"),
    "medium": pgettext_lazy("of thinking", "Medium"),
    "high": pgettext_lazy("of thinking", "High"),
    "xhigh": pgettext_lazy("of thinking", "Very high"),
    "max": pgettext_lazy("of thinking", "Highest"),
}
"""What the API knows; hardly a model takes all of them."""


@dataclass(frozen=True, slots=True)
class Parameter(ABC):
    """One that may be set. `read` takes what a person wrote, `check` a value; both return the value to send.

    Both raise BadParameter, with a sentence that names the range, as `explanation` does.
    """

    name: str
    label: str | Promise
    explanation: str | Promise

    @abstractmethod
    def read(self, written: str) -> Any: ...

    @abstractmethod
    def check(self, value: object) -> Any: ...

    @property
    def range(self) -> dict[str, str]:
        """What sentences may name of what it can be."""
        return {}

    @property
    def hint(self) -> str:
        """The explanation with the range, in the active language."""
        return str(self.explanation) % self.range

    def written(self, value: Any) -> str:
        """Return a value as a person writes it."""
        return str(value)

    def refusal(self, sentence: str) -> BadParameter:
        return BadParameter(sentence % {"name": self.label, **self.range}, parameter=self.name)


@dataclass(frozen=True, slots=True)
class Number(Parameter):
    """A number from `least` to `most`. `True` is none, nor is NaN. A comma may stand for the point."""

    least: int
    most: int

    @property
    def range(self) -> dict[str, str]:
        """The ends, and how many digits the upper one has."""
        return {"least": f"{self.least:,}", "most": f"{self.most:,}", "digits": str(len(str(self.most)))}

    def read(self, written: str) -> float | int:
        try:
            return self.check(float(written.replace(",", ".")))
        except ValueError:
            raise self._refusal() from None

    def check(self, value: object) -> float | int:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if is_number and isfinite(value) and self.least <= value <= self.most:  # type: ignore[arg-type,operator]
            return value  # type: ignore[return-value]
        raise self._refusal()

    def _refusal(self) -> BadParameter:
        return self.refusal(_("%(name)s: enter a number from %(least)s to %(most)s."))


@dataclass(frozen=True, slots=True)
class Whole(Number):
    """A whole number."""

    def read(self, written: str) -> int:
        # Digits alone, and not many: `int` also takes 1_000, and the seconds that a million digits need;
        # but not all the spaces that strip() does
        digits = written.strip()
        if not re.fullmatch(r"[+-]?[0-9]{1,20}", digits):
            raise self._refusal()
        return self.check(int(digits))

    def check(self, value: object) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and self.least <= value <= self.most:
            return value
        raise self._refusal()

    def _refusal(self) -> BadParameter:
        return self.refusal(_("%(name)s: enter a whole number from %(least)s to %(most)s."))


@dataclass(frozen=True, slots=True)
class Stops(Parameter):
    r"""Some texts, each on a line of its own where they are written; `\n` in one stands for a line end."""

    @property
    def range(self) -> dict[str, str]:
        """How many, and how long each may be."""
        return {"most": str(MOST_STOPS), "longest": str(LONGEST_STOP)}

    def read(self, written: str) -> list[str]:
        lines = [line for line in written.splitlines() if line.strip()]
        return self.check([line.replace("\\n", "\n") for line in lines])

    def check(self, value: object) -> list[str]:
        if not isinstance(value, list) or not 1 <= len(value) <= MOST_STOPS:
            raise self.refusal(_("%(name)s: enter up to %(most)s, one per line."))
        for stop in value:
            if not isinstance(stop, str) or not 1 <= len(stop) <= LONGEST_STOP:
                raise self.refusal(_("%(name)s: each can be 1 to %(longest)s characters long."))
            if text.find_bad(stop):
                raise self.refusal(_("%(name)s: this contains characters that can’t be saved."))
        return list(value)

    def written(self, value: Any) -> str:
        return "\n".join(stop.replace("\n", "\\n") for stop in value)


@dataclass(frozen=True, slots=True)
class Effort(Parameter):
    """One of a few words."""

    def read(self, written: str) -> str:
        return self.check(written)

    def check(self, value: object) -> str:
        if isinstance(value, str) and value in EFFORTS:
            return value
        raise self.refusal(_("%(name)s: choose one from the list."))


_ALL: tuple[Parameter, ...] = (
    Number(
        "temperature",
        gettext_lazy("Temperature"),
        gettext_lazy("Lower is more predictable, higher is more creative. %(least)s to %(most)s."),
        0,
        2,
    ),
    Number(
        "top_p",
        gettext_lazy("Top P"),
        gettext_lazy("Lower sticks to the most likely words. %(least)s to %(most)s."),
        0,
        1,
    ),
    Whole(
        "max_tokens",
        gettext_lazy("Maximum reply length"),
        gettext_lazy("In tokens (about ¾ of a word each), including thinking. %(least)s to %(most)s."),
        1,
        1_000_000,
    ),
    Whole(
        "seed",
        gettext_lazy("Seed"),
        gettext_lazy(
            "Reuse a number to get more repeatable replies. Up to %(digits)s digits; may be negative."
        ),
        -(2**63),
        2**63 - 1,
    ),
    Effort(
        "reasoning_effort",
        gettext_lazy("Reasoning effort"),
        gettext_lazy(
            "How much a reasoning model thinks before it replies. Not every model supports every level."
        ),
    ),
    Stops(
        "stop",
        gettext_lazy("Stop sequences"),
        gettext_lazy(
            "The reply ends before any of these: up to %(most)s, one per line, 1 to %(longest)s characters "
            "each. Write \\n for a line break."
        ),
    ),
)
PARAMETERS: dict[str, Parameter] = {parameter.name: parameter for parameter in _ALL}


def check(values: Mapping[str, object]) -> dict[str, Any]:
    """Return values as they go into a request and a row. Raise BadParameter, also for an unknown name."""
    unknown = next((name for name in values if name not in PARAMETERS), None)
    if unknown is not None:
        raise BadParameter(_("Unknown parameter: %(name)s") % {"name": unknown[:40]})
    return {name: PARAMETERS[name].check(value) for name, value in values.items()}


def labelled_values(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what people call each parameter of a row, with its value as they write it."""
    return [(str(PARAMETERS[name].label), PARAMETERS[name].written(value)) for name, value in values.items()]


def labels(names: str) -> str:
    """Return what people call these parameters (names with spaces between), in the active language."""
    between = pgettext("between names", ", ")
    return between.join(str(PARAMETERS[name].label) for name in names.split() if name in PARAMETERS)
