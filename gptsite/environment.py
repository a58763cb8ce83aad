"""Reading the environment strictly: a value that cannot be meant stops the start with a sentence.

A sentence names the variable, where it was set, what is wrong and an example that is right. It never
holds the value: what was typed into the wrong place may well be a key or a password.
"""

import os
import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from environ import Env

from gptsite.dotenv_file import OTHER_NAMES, TYPOGRAPHIC_QUOTES, likely_name, read_env_file

BASE_DIR = Path(__file__).resolve().parent.parent
CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
FALSE_STRINGS = ("false", "off", "no", "n", "0", "f")
# Of a key given by hand. Below this it can be guessed, and with it every session and reset link
LEAST_SECRET, LEAST_DIFFERENT = 32, 5
LONGEST_KEY, LONGEST_MODEL = 4096, 200
# Where the variables of `.env` stand: "in FILE, line 3"
_places: dict[str, str] = {}


@cache
def our_variables() -> frozenset[str]:
    """Return the names of all variables of the site, as `.env.example` lists them."""
    try:
        example = (BASE_DIR / ".env.example").read_text(encoding="utf-8")
    except OSError:
        return frozenset()
    return frozenset(re.findall(r"^#([A-Z_]+)=", example, re.MULTILINE))


def load_env_file(path: Path) -> list[str]:
    """Put what `path` sets into the environment, which wins; return what the operator should be told.

    Raises ImproperlyConfigured for a line that cannot be understood.
    """
    found = read_env_file(path, our_variables())
    for name, value in found.values.items():
        if name not in os.environ:
            os.environ[name] = value
            _places[name] = f"in {path}, line {found.lines[name]}"
    return [*found.warnings, *_slips(found.lines)]


def _slips(in_file: dict[str, int]) -> list[str]:
    """Return a sentence on each variable that nothing reads and that is probably a slip for one of ours."""
    slips = []
    for name in sorted(os.environ.keys() - our_variables()):
        likely = likely_name(name, our_variables())
        # Of what only the environment has, the most belongs to others; names of the model's key do not
        ours = name in in_file or name.startswith(("OPENAI_", "OPEN_AI_"))
        # Beside the right one, another product's name is that product's; a name of our file is a slip still
        is_slip = name in in_file and name.upper() not in OTHER_NAMES
        if likely and ours and (is_slip or not os.environ.get(likely, "").strip()):
            slips.append(
                f"{name} ({place_of(name)}) is not read. Did you mean {likely}? Write it as {likely}=value."
            )
    return slips


def place_of(name: str) -> str:
    """Return where a variable was set: file and line, or the environment."""
    return _places.get(name, "in the environment")


def refusal(name: str, rule: str, example: str) -> ImproperlyConfigured:
    """Return the error for a variable whose value is not usable: `rule` says what it must be."""
    return ImproperlyConfigured(f"{name} {rule}, such as {name}={example} (set {place_of(name)}).")


def optional(name: str) -> str:
    """Return the variable's text without surrounding space and quotes, or "" when it is unset.

    Quotes are left around it by whatever passes a file on as it is, such as `docker run --env-file`.
    Raises ImproperlyConfigured for what no setting can hold.
    """
    text = os.environ.get(name, "").strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        text = text[1:-1].strip()
    if CONTROL_CHARACTERS.search(text):
        raise refusal(name, "must be one line without control characters", "value")
    if text and (text[0] in TYPOGRAPHIC_QUOTES or text[-1] in TYPOGRAPHIC_QUOTES):
        raise refusal(name, "stands in typographic quotes; use plain ones or none", "value")
    return text


def _checked(name: str, is_right: Callable[[str], object], rule: str, example: str, default: str = "") -> str:
    """Return the variable's text; unset or blank gives the default. Raises when `is_right` says no."""
    text = optional(name)
    if text and not is_right(text):
        raise refusal(name, rule, example)
    return text or default


def whole_number(name: str, default: int, *, least: int = 1, most: int = 1_000_000) -> int:
    """Return the variable as a number within its bounds; unset or blank gives the default."""

    def is_right(text: str) -> bool:
        return text.isascii() and text.isdigit() and len(text) < 20 and least <= int(text) <= most

    rule = f"must be a whole number from {least} to {most}"
    return int(_checked(name, is_right, rule, str(default), str(default)))


def choice(name: str, choices: Sequence[str]) -> str:
    """Return the variable, one of `choices`; the first of them is the default."""
    return _checked(name, choices.__contains__, f"must be {' or '.join(choices)}", choices[0], choices[0])


def switch(name: str) -> bool:
    """Return whether the variable is on, off unless it is set. django-environ's words for both are known."""
    words = (*Env.BOOLEAN_TRUE_STRINGS, *FALSE_STRINGS)
    text = _checked(name, lambda text: text.lower() in words, "must be true or false", "true")
    return text.lower() in Env.BOOLEAN_TRUE_STRINGS


def secret(name: str) -> str:
    """Return a secret that things are signed or sealed with, or "" when it is unset."""

    def is_right(text: str) -> bool:
        return len(text) >= LEAST_SECRET and len(set(text)) >= LEAST_DIFFERENT

    rule = f"must have {LEAST_SECRET} characters or more, chosen at random"
    return _checked(name, is_right, rule, "what `openssl rand -hex 32` prints, or be left unset")


def api_key(name: str) -> str:
    """Return a key that goes into a header: visible ASCII characters, no space."""

    def is_right(text: str) -> bool:
        return len(text) <= LONGEST_KEY and re.fullmatch(r"[!-~]+", text)  # type: ignore[return-value]

    return _checked(name, is_right, "must be the key alone, without spaces", "sk-0123456789abcdef")


def model_name(name: str) -> str:
    """Return the name of a model, or "" when it is unset."""

    def is_right(text: str) -> bool:
        return len(text) <= LONGEST_MODEL and text.isprintable() and " " not in text

    rule = (
        f"must be one model's name, of at most {LONGEST_MODEL} characters, without spaces or invisible ones"
    )
    return _checked(name, is_right, rule, "gpt-5-mini")


def sender(name: str, default: str) -> str:
    """Return the sender of mails: an address, or a name and an address."""
    address = r"[^\s@<>,]+@[^\s@<>,]+"
    return _checked(
        name,
        lambda text: re.fullmatch(rf"{address}|[^<>@]+ <{address}>", text),
        "must be an email address",
        "no-reply@chat.example.org",
        default,
    )
