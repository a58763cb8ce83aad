"""The file `.env`: taken apart by python-dotenv, judged here. What cannot be understood stops the start.

No sentence holds a value or the text of a line: what stands in the wrong place may well be a key.
"""

import difflib
import io
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from django.core.exceptions import ImproperlyConfigured
from dotenv.parser import Binding, parse_stream

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
TYPOGRAPHIC_QUOTES = "“”„‟«»‘’‚‛「」『』＂＇"
# Byte order marks, and the encoding each stands for. A file without one is UTF-8
MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
# What other products call a variable of ours, where the spelling alone does not tell
OTHER_NAMES = {
    "API_KEY": "OPENAI_API_KEY",
    "OPENAI_TOKEN": "OPENAI_API_KEY",
    "OPENAI_API_BASE": "OPENAI_BASE_URL",
    "OPENAI_API_BASE_URL": "OPENAI_BASE_URL",
    "OPENAI_API_URL": "OPENAI_BASE_URL",
    "OPENAI_API_HOST": "OPENAI_BASE_URL",
    "OPENAI_ENDPOINT": "OPENAI_BASE_URL",
    "OPENAI_HOST": "OPENAI_BASE_URL",
    "OPENAI_URL": "OPENAI_BASE_URL",
    "MODEL": "OPENAI_MODEL",
    "MODEL_NAME": "OPENAI_MODEL",
    "DEFAULT_MODEL": "OPENAI_MODEL",
    "OPENAI_DEFAULT_MODEL": "OPENAI_MODEL",
    "OLLAMA_HOST": "OLLAMA_BASE_URL",
    "OLLAMA_URL": "OLLAMA_BASE_URL",
    "BASE_URL": "SITE_URL",
    "PUBLIC_URL": "SITE_URL",
    "APP_URL": "SITE_URL",
    "CSRF_TRUSTED_ORIGINS": "SITE_URL",
    "DJANGO_ALLOWED_HOSTS": "ALLOWED_HOSTS",
    "DJANGO_SECRET_KEY": "SECRET_KEY",
    "DJANGO_DEBUG": "DEBUG",
    "DB_URL": "DATABASE_URL",
    "POSTGRES_URL": "DATABASE_URL",
    "REDIS_URI": "REDIS_URL",
    "ENABLE_SIGNUP": "SIGNUP",
    "SMTP_URL": "EMAIL_URL",
    "EMAIL_HOST": "EMAIL_URL",
    "SMTP_HOST": "EMAIL_URL",
    "EMAIL_FROM": "DEFAULT_FROM_EMAIL",
    "FROM_EMAIL": "DEFAULT_FROM_EMAIL",
}
# How alike two names must be, of 1, for one to be taken for a slip of the other
ALIKE = 0.82


class EnvFile(NamedTuple):
    """What a file sets, in which line each variable stands, and what its reader should be told."""

    values: dict[str, str]
    lines: dict[str, int]
    warnings: list[str]


def read_env_file(path: Path, known: Iterable[str]) -> EnvFile:
    """Return what `path` sets; nothing if there is no such file. `known` are the names of our variables.

    The last of several lines for one variable counts, and "$" is a character like any other. Raises
    ImproperlyConfigured with file, line and variable for a line that is no `NAME=value`.
    """
    found = EnvFile({}, {}, [])
    names = frozenset(known)
    for binding in parse_stream(io.StringIO(_text_of(path))):
        if binding.key is None and not binding.error:
            continue  # a comment, or the empty rest
        line = _line_of(binding)
        if trouble := _trouble_with(binding, names):
            raise ImproperlyConfigured(f"{path}, line {line}: {trouble}")
        assert binding.key is not None and binding.value is not None
        if binding.key in found.values and binding.value != found.values[binding.key]:
            found.warnings.append(
                f"{binding.key} stands in {path} twice, in lines {found.lines[binding.key]} and {line}: "
                "the last one counts."
            )
        found.values[binding.key], found.lines[binding.key] = binding.value, line
    found.warnings.extend(
        f"{name} in {path}, line {found.lines[name]}, holds {reference}, which is not filled in: "
        "write what it stands for."
        for name in found.values.keys() & names
        if (reference := _reference_in(found.values[name]))
    )
    return found


def likely_name(name: str, known: Iterable[str]) -> str:
    """Return the variable of ours that is probably meant by `name`, or "" if none is."""
    plain = name.upper().replace("-", "_")
    if plain in OTHER_NAMES:
        return OTHER_NAMES[plain]
    squeezed = {one.replace("_", ""): one for one in known}
    close = difflib.get_close_matches(plain.replace("_", ""), squeezed, n=1, cutoff=ALIKE)
    return squeezed[close[0]] if close else ""


def _text_of(path: Path) -> str:
    """Return the file's text with plain line ends, or "" if there is none. Raises ImproperlyConfigured."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return ""
    except OSError as problem:
        raise ImproperlyConfigured(f"{path} cannot be read: {problem.strerror}.") from problem
    encoding = next((name for mark, name in MARKS.items() if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeError as problem:
        line = data[: getattr(problem, "start", 0)].count(b"\n") + 1
        raise ImproperlyConfigured(
            f"{path}, line {line}: this is not text in UTF-8. Save the file as UTF-8."
        ) from None  # the cause holds the file's bytes
    if "\0" in text:
        raise ImproperlyConfigured(f"{path} is not text in UTF-8. Save the file as UTF-8.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _line_of(binding: Binding) -> int:
    """Return the line in which a binding begins: python-dotenv counts from the blank ones before it."""
    text = binding.original.string
    return binding.original.line + text[: len(text) - len(text.lstrip())].count("\n")


def _trouble_with(binding: Binding, known: frozenset[str]) -> str:
    """Return a sentence on what is wrong with a line, or ""."""
    text = binding.original.string.strip()
    if binding.error or binding.value is None or not NAME.fullmatch(binding.key or ""):
        return _trouble_with_form(text, _named_in(text, known))
    name, value = str(binding.key), binding.value
    if name not in known and (capitals := name.upper()) in known:
        return f"{name} is not read; write it in capitals: {capitals}."
    if name in known and any(mark in value for mark in "\n\r"):
        return f"{name} runs over several lines: its quote is not closed. Close it on the same line."
    if value[:1] in set(TYPOGRAPHIC_QUOTES) or value[-1:] in set(TYPOGRAPHIC_QUOTES):
        shown = name if name in known else "this value"
        return f'{shown} stands in typographic quotes; use plain ones, such as {name}="value", or none.'
    return ""


def _trouble_with_form(text: str, name: str) -> str:
    """Return a sentence on a line that is no `NAME=value`; `name` is what it seems to be about, or ""."""
    about = f"{name} cannot be understood" if name else "this cannot be understood"
    right = f"{name or 'NAME'}=value"
    if re.match(r"[\"'{,\s-]*[A-Za-z_][A-Za-z0-9_]*[\"']?\s*:", text):
        return f"{about}: write = in place of the colon, as in {right}."
    if re.match(r"(?:set|setx|env|\$env:)\b|\$env:", text, re.IGNORECASE):
        return f"{about}: write nothing before the name, as in {right}."
    if re.match(r"[^=]*=\s*[\"']", text):
        right = f'{name or "NAME"}="value"'
        return f"{about}: a quote is not closed, or something stands behind it. Write it as {right}."
    if "=" not in text:
        return f"{about}: there is no =. Write it as {right}."
    return f"{about}: a name may have only letters, digits and _. Write it as {right}."


def _named_in(text: str, known: frozenset[str]) -> str:
    """Return the variable of ours that a broken line names, or "": any other word in it may be a secret."""
    for word in re.findall(r"[A-Za-z_][A-Za-z0-9_-]*", text.split("=")[0].split(": ")[0]):
        plain = str(word).upper().replace("-", "_")
        if plain in known:
            return plain
    return ""


def _reference_in(value: str) -> str:
    """Return the first `${NAME}` in a value, which other readers of such files fill in, or ""."""
    found = re.search(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}", value)
    return str(found[0]) if found else ""
