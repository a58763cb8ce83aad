"""The parameters that a model does not take, learnt from its provider's refusals.

The rule. A request that is refused (400, 422) in words that name a parameter that was sent is sent again
without it, or with the name that the provider asks for instead; each one goes once. When the provider takes
that, and its words said that it does not know the parameter or takes nothing but its default, the model is
remembered for it, and the next requests go out right at once. When its words were about the value (a
temperature of 2 where 1 is the highest) nothing is remembered: another value may be fine. Nor is anything
when words decide it that a message of the request has too: the provider may only have repeated them, and one
person's words are not to settle what is sent for everybody. The counting of tokens is one more parameter, and
so is the role of instructions: where a model's template has none they go into the first question. So is the
stream: what a model does not stream is asked for whole. And so is the key of a provider's cache, which goes
first where a refusal names nothing: a strict one may not say which field it does not know.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from chat.provider.echoes import Echoes
from chat.provider.errors import BadRequest, ContextTooLong, ProviderError
from chat.provider.parameters import PARAMETERS

SYSTEM = "system"
"""The role of instructions, in the capabilities of a model whose template has none."""

NO_SYSTEM = re.compile(
    r"(?i)system (?:role|message|prompt|instruction)s? (?:is |are )?(?:not|un)"
    r"|n(?:ot|'t|’t) (?:yet )?(?:support|accept|allow) (?:the )?(?:use of )?(?:role )?['\"`]?system"
    r"|developer instruction|roles? must alternate|only ['\"]?user['\"]?(?:,| and) ['\"]?assistant"
    r"|(?:unsupported|unexpected|unknown|invalid) role:? ['\"`]?system"
    r"|['\"`]system['\"`]? (?:role )?is not (?:one of|supported|allowed)|should be 'user'(?:,| or) 'assist"
)
"""How providers say that a model takes no instructions. Templates that let person and model alternate say
only that they must."""

STREAM = "stream"
"""What asks for the answer in pieces, and in the capabilities a model that is not streamed to this site."""

NO_STREAM = re.compile(
    r"(?i)(?:\bstream(?:ing)?\b['\"`]?[^.:]{0,30}?|\bstreamed )(?:not|n't|n’t|un) ?"
    r"(?:yet |be |currently )*(?:support|allow|available|enabled|implemented|permitted)"
    r"|(?:not|n't|n’t) (?:yet )?(?:support|allow) ['\"`]?stream(?:ing)?\b"
    r"|unsupported for streaming|verified to stream"
)
"""How providers say so: GPT4All of all its models, Bedrock of some, OpenAI to those it has not verified."""

CACHE_KEY = "prompt_cache_key"
"""What tells a provider with many machines which of them has read the beginning of a prompt."""

COUNTING = "stream_options"
"""What asks for the tokens of a stream to be counted."""

NEWER = {"max_tokens": "max_completion_tokens"}
"""Parameters that have another name at some models."""

ALSO = {
    "max_tokens": r"max_completion_tokens|max_output_tokens",
    "reasoning_effort": r"reasoning[ .]effort|thinking",
    "top_p": r"topP",
    COUNTING: r"include_usage",
}
"""What providers also call them, as expressions."""

DEFAULT_ONLY = re.compile(r"(?i)only (?:the default|\w+ ?= ?1\b)")
ABOUT_VALUE = re.compile(
    r"(?i)unsupported[ _]value|invalid[ _]value|supported values|must be|between|range|\btoo \w+"
    r"|(?:less|greater|more) than|at (?:most|least)|\bboth\b"
)
UNKNOWN = re.compile(
    r"(?i)unsupported ?param|unsupported_parameter|(?:not|n't|n’t) (?:be )?support|unrecogni[sz]ed|unknown"
    r"|unexpected|extra[ _](?:inputs|forbidden)|not (?:permitted|allowed)|deprecated"
)

LIMIT = re.compile(
    r"(?i)\bmax_(?:completion_|output_|new_)?tokens\b"
    r"|(?:in|for) (?:the|your) (?:completion|output)|requested (?:\d+ )?output tokens"
)
"""What a full context is about when the answer that was asked for fills it: without that limit it may fit."""

NEAR = 250
"""Characters before and after a parameter's name that are taken to be about it."""

Prompt = list[dict[str, str]]
Learnt = Callable[[dict[str, str]], None]


class ModelCapabilities:
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
    """Return what is stored of a model's capabilities, without all that makes no sense there."""
    if not isinstance(stored, dict):
        return {}
    known = {*PARAMETERS, SYSTEM, STREAM, CACHE_KEY}
    return {name: newer for name, newer in stored.items() if name in known and newer in _names(name)}


def _names(name: str) -> tuple[str, ...]:
    """Return what may be sent in place of a parameter; "" is nothing."""
    return ("", NEWER[name]) if name in NEWER else ("",)


class ParameterNegotiation:
    """The parameters of one request, fitted to a model while its provider refuses some.

    `wanted` has them by our names; `sent` as they go out; `ignored` names those that do not. `counts` says
    whether the counting of tokens is asked for, `cannot_count` that the provider is known not to take that,
    `streams` whether the answer is asked for in pieces. `cache_key` is that of the provider's cache, "" for
    none.
    """

    def __init__(
        self, wanted: Mapping[str, Any], capabilities: ModelCapabilities, cache_key: str = ""
    ) -> None:
        self.wanted = dict(wanted)
        self.counts = True
        self.cannot_count = False
        self.folds = SYSTEM in capabilities.known
        self.streams = STREAM not in capabilities.known
        self.cache_key = "" if CACHE_KEY in capabilities.known else cache_key
        self._capabilities = capabilities
        self._names = {name: capabilities.known.get(name, name) for name in wanted}
        self._to_remember: dict[str, str] = {}

    @property
    def sent(self) -> dict[str, Any]:
        return {self._names[name]: value for name, value in self.wanted.items() if self._names[name]}

    @property
    def ignored(self) -> list[str]:
        return [name for name in self.wanted if not self._names[name]]

    def learn(self, error: ProviderError, echoes: Echoes) -> bool:
        """Drop or rename the parameter that a refusal is about; return False if it names none that was sent.

        `echoes` knows the words of the request's messages.
        """
        words = error.detail[:4000]
        if self._folds_for(error, words, echoes) or self._waits_for(error, words, echoes):
            return True
        # Whoever asks about an error in its own words leaves none of the provider's
        found = self._named_by(error, echoes.blank(words)) or self._named_by(error, words)
        if found is None:
            return self._drops_key_for(error)
        name, called, near = found
        is_theirs = not (called and echoes.holds(called))
        if name == COUNTING:
            self.counts = False
        elif name == CACHE_KEY:
            self.cache_key = ""
        else:
            is_theirs = self._refit(name, near, echoes) and is_theirs
        if is_theirs:
            self._to_remember[name] = self._names.get(name, "")
        return True

    def taken(self) -> None:
        """Remember what was learnt: the provider took what is sent now, so its refusal was right."""
        self.cannot_count = self._to_remember.pop(COUNTING, None) is not None
        self._capabilities.remember(self._to_remember)

    def messages(self, messages: Prompt) -> Prompt:
        """Return the messages of the request: without a role for instructions where the model has none."""
        if not self.folds or not messages or messages[0]["role"] != SYSTEM:
            return messages
        instructions, first, *rest = messages if len(messages) > 1 else [*messages, {"content": ""}]
        content = "\n\n".join(filter(None, (instructions["content"], first["content"])))
        return [{"role": "user", "content": content}, *rest]

    def _drops_key_for(self, error: ProviderError) -> bool:
        """Send no key after a refusal that names nothing; return whether that is another request.

        If it is taken, the key was all that was wrong with the one before.
        """
        if not self.cache_key or not isinstance(error, BadRequest):
            return False
        self.cache_key = ""
        self._to_remember[CACHE_KEY] = ""
        return True

    def _folds_for(self, error: ProviderError, words: str, echoes: Echoes) -> bool:
        """Return whether a refusal says that the model takes no instructions, and fold them then.

        They are tried in the first question.
        """
        if self.folds or not echoes.has_system or not isinstance(error, BadRequest):
            return False
        if not (NO_SYSTEM.search(echoes.blank(words)) or NO_SYSTEM.search(words)):
            return False
        self.folds = True
        if _really_says(NO_SYSTEM, words, echoes):
            self._to_remember[SYSTEM] = ""
        return True

    def _waits_for(self, error: ProviderError, words: str, echoes: Echoes) -> bool:
        """Return whether a refusal says that the model is not streamed, and ask for the whole answer then."""
        if not self.streams or not isinstance(error, BadRequest):
            return False
        is_named = error.parameter == STREAM
        if not (is_named or NO_STREAM.search(echoes.blank(words)) or NO_STREAM.search(words)):
            return False
        self.streams = False
        if is_named or _really_says(NO_STREAM, words, echoes):
            self._to_remember[STREAM] = ""
        return True

    def _refit(self, name: str, near: str, echoes: Echoes) -> bool:
        """Drop or rename a parameter; return whether the words near its name are a reason to keep that."""
        only_default = _really_says(DEFAULT_ONLY, near, echoes)
        about_value = ABOUT_VALUE.search(near) and not only_default
        newer = NEWER.get(name, "")
        may_rename = newer != "" and newer in near and self._names[name] == name and not about_value
        self._names[name] = newer if may_rename and not echoes.holds(newer) else ""
        return (
            bool(self._names[name])
            or only_default
            or (not about_value and _really_says(UNKNOWN, near, echoes))
        )

    def _named_by(self, error: ProviderError, words: str) -> tuple[str, str, str] | None:
        """Return the parameter that a refusal is about, what its words call it, and the words about it.

        It is called "" where not the words name it, but a field of its own.
        """
        sent = [name for name in self.wanted if self._names[name]]
        if isinstance(error, ContextTooLong):
            # What is too long may be the answer that was asked for
            limit = LIMIT.search(words)
            return ("max_tokens", limit[0], limit[0]) if limit and "max_tokens" in sent else None
        if not isinstance(error, BadRequest):
            return None
        sent += [COUNTING] if self.counts else []
        sent += [CACHE_KEY] if self.cache_key else []
        mentions = {name: found for name in sent if (found := _mention(name, words))}
        for name in sent:
            if error.parameter in (name, self._names.get(name)):
                return name, "", _words_around(mentions.get(name), words)
        if not mentions:
            return None
        name = min(mentions, key=lambda name: mentions[name].start())
        return name, mentions[name][0], _words_around(mentions[name], words)


def _mention(name: str, words: str) -> re.Match[str] | None:
    """Return where a parameter is named.

    That of `stop` must look like a name: it is a word of every day.
    """
    pattern = r"['\"`]stop['\"`]|stop[_ ](?:sequence|word|string)" if name == "stop" else rf"\b{name}\b"
    if also := ALSO.get(name):
        pattern += rf"|\b(?:{also})\b"
    return re.search(pattern, words)


def _words_around(mention: re.Match[str] | None, words: str) -> str:
    place = mention.start() if mention else 0
    return words[max(0, place - NEAR) : place + NEAR]


def _really_says(pattern: re.Pattern[str], words: str, echoes: Echoes) -> bool:
    """Return whether the provider says it, and does not only repeat it."""
    return any(not echoes.holds(found[0]) for found in pattern.finditer(words))
