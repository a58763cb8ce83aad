"""The parameters that a model does not take, learnt from its service's refusals.

The rule. A request that is refused (400, 422) in words that name a parameter that was sent is sent again
without it, or with the name that the service asks for instead; each one goes once. When the service takes
that, and its words said that it does not know the parameter or takes nothing but its default, the model is
remembered for it, and the next requests go out right at once. When its words were about the value (a
temperature of 2 where 1 is the highest) nothing is remembered: another value may be fine.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from chat.errors import BadRequest, ContextTooLong, ProviderError
from chat.parameters import PARAMETERS

NEWER = {"max_tokens": "max_completion_tokens"}
"""Parameters that have another name at some models."""

ALSO = {
    "max_tokens": r"max_completion_tokens|max_output_tokens",
    "reasoning_effort": r"reasoning[ .]effort|thinking",
    "top_p": r"topP",
}
"""What services also call them, as expressions."""

DEFAULT_ONLY = re.compile(r"(?i)only (?:the default|\w+ ?= ?1\b)")
ABOUT_VALUE = re.compile(
    r"(?i)unsupported[ _]value|invalid[ _]value|supported values|must be|between|range|\btoo \w+"
    r"|(?:less|greater|more) than|at (?:most|least)|\bboth\b"
)
UNKNOWN = re.compile(
    r"(?i)unsupported ?param|unsupported_parameter|(?:not|n't|n’t) (?:be )?support|unrecogni[sz]ed|unknown"
    r"|unexpected|extra[ _](?:inputs|forbidden)|not (?:permitted|allowed)|deprecated"
)

Learnt = Callable[[dict[str, str]], None]


class Quirks:
    """What is known of one model: {"max_tokens": "max_completion_tokens"}, {"temperature": ""} for none.

    `learnt` is told what is new of it, whenever something is.
    """

    def __init__(self, known: Mapping[str, str], learnt: Learnt | None = None) -> None:
        self.known = dict(known)
        self._learnt = learnt

    def remember(self, more: Mapping[str, str]) -> None:
        """Add what was learnt."""
        news = dict(more.items() - self.known.items())
        if not news:
            return
        self.known |= news
        if self._learnt:
            self._learnt(news)


def readable(stored: object) -> dict[str, str]:
    """What is stored of a model's quirks, without all that makes no sense there."""
    if not isinstance(stored, dict):
        return {}
    return {name: newer for name, newer in stored.items() if name in PARAMETERS and newer in _names(name)}


def _names(name: str) -> tuple[str, ...]:
    """What may be sent in place of a parameter; "" is nothing."""
    return ("", NEWER[name]) if name in NEWER else ("",)


class Fitting:
    """The parameters of one request, fitted to a model while its service refuses some.

    `wanted` has them by our names; `sent` as they go out; `untaken` names those that do not.
    """

    def __init__(self, wanted: Mapping[str, Any], quirks: Quirks) -> None:
        self.wanted = dict(wanted)
        self._quirks = quirks
        self._names = {name: quirks.known.get(name, name) for name in wanted}
        self._to_remember: dict[str, str] = {}

    @property
    def sent(self) -> dict[str, Any]:
        return {self._names[name]: value for name, value in self.wanted.items() if self._names[name]}

    @property
    def untaken(self) -> list[str]:
        return [name for name in self.wanted if not self._names[name]]

    def learn(self, error: ProviderError) -> bool:
        """Drop or rename the parameter that a refusal is about. False when it is about none that was sent."""
        words = error.detail[:4000]
        name = self._named_by(error, words)
        if name is None:
            return False
        about_value = ABOUT_VALUE.search(words) and not DEFAULT_ONLY.search(words)
        newer = NEWER.get(name)
        renamed = not about_value and newer is not None and self._names[name] == name and newer in words
        self._names[name] = newer if renamed and newer else ""
        if renamed or DEFAULT_ONLY.search(words) or (UNKNOWN.search(words) and not about_value):
            self._to_remember[name] = self._names[name]
        return True

    def taken(self) -> None:
        """The service took what is sent now: so it was right about what it refused."""
        self._quirks.remember(self._to_remember)

    def _named_by(self, error: ProviderError, words: str) -> str | None:
        if not isinstance(error, BadRequest | ContextTooLong):
            return None
        sent = [name for name in self.wanted if self._names[name]]
        if isinstance(error, ContextTooLong):
            # What is too long may be the answer that was asked for
            limit = re.search(r"(?i)max_(?:completion_)?tokens\W+is too (?:large|big)", words)
            return "max_tokens" if limit and "max_tokens" in sent else None
        for name in sent:
            if error.parameter in (name, self._names[name]):
                return name
        places = {name: place for name in sent if (place := _place(name, words)) is not None}
        return min(places, key=lambda name: places[name], default=None)


def _place(name: str, words: str) -> int | None:
    """Where a parameter is named. That of `stop` must look like a name: it is a word of every day."""
    pattern = r"['\"`]stop['\"`]|stop[_ ](?:sequence|word|string)" if name == "stop" else rf"\b{name}\b"
    if also := ALSO.get(name):
        pattern += rf"|\b(?:{also})\b"
    found = re.search(pattern, words)
    return found.start() if found else None
