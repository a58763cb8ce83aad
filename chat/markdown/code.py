"""Colours for code: Pygments' short class names, without the span where no theme has a colour."""

from __future__ import annotations

from html import escape
from itertools import groupby

from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES, _TokenType

# Lexers hold the interpreter while they run (60 lines take 10 ms), and rare ones have slow patterns.
MAX_CODE = 20_000
MAX_LINE = 2_000
_NAMES = (
    "asm awk bash bat batch c c# c++ clj clojure cmake console cpp cs csharp css csv cuda dart diff docker"
    " dockerfile elixir erl erlang ex f# fortran fsharp gawk go golang gql graphql groovy haskell hcl hs"
    " html http ini java javascript jinja jl js json jsonc jsx julia kotlin kt latex less lisp lua make"
    " makefile markdown matlab md mysql nginx nix objective-c objc ocaml octave perl php pl postgresql"
    " powershell prolog properties proto protobuf ps1 psql pwsh py py3 python python3 r rb rs ruby rust"
    " sass scala scheme scss sh shell shell-session solidity sql sqlite3 svelte svg swift terraform tex"
    " tf toml ts tsx typescript vb vb.net vim vue wasm xml yaml yml zig zsh"
)
LANGUAGES = frozenset(_NAMES.split())
_PLAIN = frozenset({"", "err", "esc", "g", "n", "p", "w", "x"})


def coloured(code: str, language: str) -> str | None:
    """Escaped code with spans, or None if the language is unknown or the code too large for it."""
    if language.lower() not in LANGUAGES or len(code) > MAX_CODE or _longest_line(code) > MAX_LINE:
        return None
    try:
        tokens = list(get_lexer_by_name(language, stripnl=False, ensurenl=False).get_tokens(code))
    except Exception:  # a lexer may raise anything, and code without colours is still an answer
        return None
    runs = groupby(tokens, lambda token: _css_class(token[0]))
    return "".join(_span(name, "".join(text for _, text in run)) for name, run in runs)


def _longest_line(code: str) -> int:
    return max(map(len, code.split("\n")))


def _css_class(kind: _TokenType) -> str:
    while kind not in STANDARD_TYPES:
        kind = kind.parent
    name: str = STANDARD_TYPES[kind]
    return name


def _span(name: str, text: str) -> str:
    return escape(text) if name in _PLAIN else f'<span class="{name}">{escape(text)}</span>'
