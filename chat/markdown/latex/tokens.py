"""LaTeX as tokens, and a reader that takes arguments from them."""

from __future__ import annotations

import re
from collections.abc import Iterable

MAX_TOKENS = 15_000  # that one formula may come to, its own macros included

_TOKEN = re.compile(r"\\(?:[A-Za-z]+\*?|[\s\S]?)|%[^\n]*(?:\n[ \t]*|$)|\s+|\d+|[^\\%\s\d]")
_PERCENT = re.compile(r"(?<=[\d}])%")  # 50% is meant, though it begins a comment
_STARRED = frozenset(
    [
        "\\tag*",
        "\\operatorname*",
        "\\hspace*",
        "\\DeclareMathOperator*",
        "\\vspace*",
        "\\pdv*",
        "\\dv*",
        "\\qty*",
    ]
)
_STARRED |= frozenset(["\\abs*", "\\norm*", "\\mathrm*", "\\grad*", "\\newcommand*", "\\renewcommand*"])
_NAME = re.compile(r"\\[A-Za-z]+\Z")
_LENGTH = re.compile(r"\s*([-+]?\d*\.?\d*)\s*(em|ex|pt|px|mu|cm|mm|in|bp|pc|dd|cc|sp)\s*")
_IN_EM = {"em": 1, "ex": 0.43, "mu": 1 / 18, "pt": 0.1, "px": 0.0625, "bp": 0.1004, "pc": 1.2, "dd": 0.107}
_IN_EM |= {"cc": 1.284, "cm": 2.845, "mm": 0.2845, "in": 7.227, "sp": 0}


class Unknown(ValueError):
    """The formula has something that we cannot draw; its source is shown."""


def tokens(latex: str) -> list[str]:
    """Return commands, runs of digits, spaces as one, and single characters; comments are gone."""
    found = _TOKEN.findall(_PERCENT.sub(r"\\%", latex))
    return list(_cut(token for token in found if token[0] != "%"))


def _cut(found: Iterable[str]) -> Iterable[str]:
    for token in found:
        if token.isspace():
            yield " "
        elif len(token) > 2 and token[-1] == "*" and token not in _STARRED:
            yield token[:-1]
            yield "*"
        else:
            yield token


def joined(parts: Iterable[str]) -> str:
    """Return tokens and pieces as LaTeX: a space ends the name of a command before a letter."""
    text: list[str] = []
    last = ""
    for part in parts:
        if part[:1].isalpha() and _NAME.match(last, max(0, last.rfind("\\"))):
            text.append(" ")
        text.append(part)
        last = part or last
    return "".join(text)


def length_in_em(text: str) -> float:
    found = _LENGTH.fullmatch(text)
    if not found or found[1] in ("", "-", "+", "."):
        raise Unknown(f"length {text}")
    return float(found[1]) * _IN_EM[found[2]]


class Reader:
    """Tokens from front to back; what a macro stands for is put in front."""

    def __init__(self, source: Iterable[str]) -> None:
        self._tokens = list(source)[::-1]
        self._taken = 0

    def __bool__(self) -> bool:
        return bool(self._tokens)

    def peek(self) -> str:
        return self._tokens[-1] if self._tokens else ""

    def next(self) -> str:
        self._taken += 1
        if not self._tokens or self._taken > MAX_TOKENS:
            raise Unknown("it ends too early, or is too long")
        return self._tokens.pop()

    def put_back(self, source: list[str]) -> None:
        if len(self._tokens) + len(source) > MAX_TOKENS:
            raise Unknown("it is too long")
        self._tokens.extend(reversed(source))

    def skip_spaces(self) -> None:
        while self.peek() == " ":
            self.next()

    def takes(self, token: str) -> bool:
        """Take the token if it comes next, after spaces; return whether it does."""
        self.skip_spaces()
        if self.peek() != token:
            return False
        self.next()
        return True

    def argument(self) -> list[str]:
        """Return a group without its braces, or one token: of a run of digits the first."""
        self.skip_spaces()
        token = self.next()
        if token == "{":
            return self.until("}")
        if token == "}" or token == "&":
            raise Unknown("an argument is missing")
        if token.isdigit() and len(token) > 1:
            self.put_back([token[1:]])
            return [token[0]]
        return [token]

    def optional(self) -> list[str] | None:
        return self.until("]") if self.takes("[") else None

    def until(self, end: str) -> list[str]:
        """Return what comes before a token outside of groups; it is taken, too."""
        found: list[str] = []
        depth = 0
        while (token := self.next()) != end or depth:
            depth += {"{": 1, "}": -1}.get(token, 0)
            if depth < 0:
                raise Unknown("a brace closes nothing")
            found.append(token)
        return found

    def text(self) -> str:
        """Return an argument as it was written."""
        return "".join(self.argument()).strip()

    def optional_text(self) -> str | None:
        found = self.optional()
        return None if found is None else "".join(found).strip()

    def environment(self, name: str) -> list[str]:
        r"""Return what comes before the ``\end`` of the environment."""
        found: list[str] = []
        depth = 1
        while True:
            token = self.next()
            if token in ("\\begin", "\\end"):
                inner = self.text()
                depth += (token == "\\begin") - (token == "\\end")
                if not depth:
                    if inner != name:
                        raise Unknown(f"{name} ends as {inner}")
                    return found
                found += [token, "{", *inner, "}"]
            else:
                found.append(token)

    def rest(self) -> list[str]:
        found, self._tokens = self._tokens[::-1], []
        return found


def split_at(source: list[str], *ends: str) -> list[list[str]]:
    """Return the parts between tokens that stand outside of groups and environments."""
    parts: list[list[str]] = [[]]
    depth = 0
    for token in source:
        if token in ("{", "\\begin", "\\left"):
            depth += 1
        elif token in ("}", "\\end", "\\right"):
            depth -= 1
        if token in ends and not depth:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts
