"""Translation catalogues made, compiled and checked in Python alone, without gettext's programs.

English is the source. Each other language has one catalogue, `chat/locale/<locale>/LC_MESSAGES/django.po`,
for Python and templates alike; the compiled one goes to `build/locale`, beside a small one for the
admin's JavaScript and one of English, for what libraries say (chat/management/borrowed.py).
"""

import io
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation import to_locale
from django.utils.translation.template import templatize

from chat.management import borrowed

SOURCES = settings.BASE_DIR / "chat" / "locale"
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
    "pgettext_lazy": ((1, "c"), 2),
}
NOTES = ["Translators:"]
# Written in place of Babel's header, which has a date and four fields to fill in
HEADER = """# The English texts are in the code; `make messages` brings this file up to date with them.
msgid ""
msgstr ""
"Language: {locale}\\n"
"Plural-Forms: {plural}\\n"
"Content-Type: text/plain; charset=utf-8\\n"

"""
# %(name)s, %s, %d and {name}; a doubled sign stands for itself
PLACEHOLDER = re.compile(r"%%|%(?:\(\w+\))?[-+ #0]*\d*(?:\.\d+)?[a-zA-Z]|\{\{|\}\}|\{\w*\}")


def locales() -> list[str]:
    """Return the languages to translate into, as folder names: `zh_Hans`."""
    return [to_locale(code) for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def source_of(locale: str) -> Path:
    """Return where people edit it."""
    return SOURCES / locale / "LC_MESSAGES" / "django.po"


def compiled_of(locale: str, domain: str = "django") -> Path:
    """Return where Django reads it; the domain "djangojs" is for scripts."""
    return Path(settings.LOCALE_PATHS[0]) / locale / "LC_MESSAGES" / f"{domain}.mo"


def extracted() -> Catalog:
    """Return every marked string of the site, with the places it is used in."""
    found = Catalog(charset="utf-8")
    for path in sorted(_files()):
        place = path.relative_to(settings.BASE_DIR).as_posix()
        for line, text, notes, context in extract(
            "python", io.BytesIO(_as_python(path).encode()), KEYWORDS, NOTES, {"encoding": "utf-8"}
        ):
            found.add(text, locations=[(place, line)], auto_comments=notes, context=context)
    return found


def _files() -> Iterator[Path]:
    for folder in ("chat", "gptsite"):
        yield from (settings.BASE_DIR / folder).rglob("*.py")
    for kind in ("*.html", "*.txt"):
        yield from (settings.BASE_DIR / "templates").rglob(kind)


def _as_python(path: Path) -> str:
    """Return a file as Babel's Python extractor can read it.

    Django turns a template into something like Python: calls among filler, where a `#` of the page
    would begin a comment and hide the calls after it, and where indentation means nothing, as
    between parentheses. Its own comments (`# Translators:`) stand alone on their line.
    """
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return text
    return f"({_without_hashes(templatize(text, origin=str(path)))}\n)"


def _without_hashes(text: str) -> str:
    return "\n".join(
        line if line.lstrip().startswith("# Translators:") else _blank_hashes(line)
        for line in text.split("\n")
    )


STRING = re.compile(r"""(u?'(?:\\.|[^'\\])*'|u?"(?:\\.|[^"\\])*")""")


def _blank_hashes(line: str) -> str:
    """Return the line without `#` outside of its strings."""
    return "".join(
        part if number % 2 else part.replace("#", " ") for number, part in enumerate(STRING.split(line))
    )


def read(locale: str) -> Catalog:
    """Return the catalogue as it is in the tree; an empty one for a new language."""
    path = source_of(locale)
    if not path.exists():
        return Catalog(locale=locale, charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=locale, charset="utf-8")


def update(locale: str, wanted: Catalog) -> Path:
    """Bring new strings in and take old ones out; translations stay. Nothing is guessed."""
    catalogue = read(locale)
    catalogue.update(wanted, no_fuzzy_matching=True, update_creation_date=False)
    return write(catalogue, locale)


def write(catalogue: Catalog, locale: str) -> Path:
    """Put a catalogue in the tree, in an order and shape that make small differences."""
    text = io.BytesIO()
    shape: dict[str, Any] = {"omit_header": True, "ignore_obsolete": True, "include_lineno": False}
    write_po(text, catalogue, width=110, sort_output=True, **shape)
    path = source_of(locale)
    path.parent.mkdir(parents=True, exist_ok=True)
    head = HEADER.format(locale=locale, plural=catalogue.plural_forms)
    path.write_text(head + text.getvalue().decode().strip() + "\n", encoding="utf-8")
    return path


def gaps_of(locale: str) -> Catalog:
    """Return what is said in place of sentences that Django's own catalogue of the language lacks."""
    path = source_of(locale).with_name("library.po")
    if not path.exists():
        return Catalog(locale=locale, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=locale, charset="utf-8")


def compile_catalogue(locale: str) -> Path:
    """Make the catalogues that Django reads; returns the one for Python and templates."""
    catalogue = read(locale)
    for message in gaps_of(locale):
        if message.id:
            catalogue.add(message.id, message.string)
    for_scripts = Catalog(locale=locale, charset="utf-8")
    for message in catalogue:
        if message.id in borrowed.SCRIPTS:
            for_scripts.add(message.id, message.string)
    _write_compiled(for_scripts, compiled_of(locale, "djangojs"))
    return _write_compiled(catalogue, compiled_of(locale))


def compile_english() -> Path:
    """Make the catalogue by which libraries speak our English."""
    catalogue = Catalog(locale=settings.LANGUAGE_CODE, charset="utf-8")
    for theirs, ours in borrowed.ENGLISH.items():
        catalogue.add(theirs, ours)
    return _write_compiled(catalogue, compiled_of(settings.LANGUAGE_CODE))


def _write_compiled(catalogue: Catalog, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}")
    with unfinished.open("wb") as file:
        write_mo(file, catalogue)
    unfinished.replace(path)  # a site that is running never reads half of it
    return path


def problems(locale: str, wanted: Catalog) -> list[str]:
    """Return what is missing or wrong in a catalogue, a line each, given what is marked in the code."""
    catalogue = read(locale)
    there, marked = _keys(catalogue), _keys(wanted)
    missing = [message for message in wanted if message.id and _key(message) not in there]
    left_over = [message for message in catalogue if message.id and _key(message) not in marked]
    return [
        *(f"{locale}: not in the catalogue: {message.id!r}" for message in missing),
        *(f"{locale}: no longer used: {message.id!r}" for message in left_over),
        *(f"{locale}: {fault}: {message.id!r}" for message in catalogue for fault in faults(message)),
    ]


def _key(message: Message) -> tuple[Any, str | None]:
    return (message.id if isinstance(message.id, str) else message.id[0]), message.context


def _keys(catalogue: Catalog) -> set[tuple[Any, str | None]]:
    return {_key(message) for message in catalogue if message.id}


def faults(message: Message) -> Iterator[str]:
    """Yield what is wrong with one translation: not there, not sure, or not with the same placeholders."""
    if not message.id:
        return
    originals = [message.id] if isinstance(message.id, str) else list(message.id)
    translations = [message.string] if isinstance(message.string, str) else list(message.string or [""])
    if not all(translations):
        yield "not translated"
        return
    if message.fuzzy:
        yield "fuzzy"
    allowed = [placeholders(text) for text in originals]
    if any(placeholders(text) not in allowed for text in translations):
        yield "other placeholders than the original's"


def placeholders(text: str) -> list[str]:
    """Return what is filled in, sorted: a translation may change the order, but drop, add, rename nothing."""
    return sorted(found for found in PLACEHOLDER.findall(text) if found not in {"%%", "{{", "}}"})
