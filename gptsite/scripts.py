"""Joining ES modules into one file, so that a page that is made of many asks for one.

Browsers take the modules as they are too, and do where the site is developed (`manage.py runserver`). What is
joined keeps to few forms, and anything else is an error of the build: names in braces or `* as name` are
imported from a relative address, a function, a class or a constant is exported where it is declared, and no
template literal goes over several lines.

What is loaded only when it is first used is an entry of its own, joined apart. It takes the modules that the
page's first script has already from there, so that what they remember (an open dialog, say) is there once.
The page imports it by an address that its template gives, as the server knows the hashed name.
"""

import posixpath
import re
from collections.abc import Callable

IMPORT = re.compile(r'^import (?:\{([^}]*)\}|\* as (\w+)) from "(\.[^"]+)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?function (\w+)|class (\w+)|const (\w+))", re.MULTILINE)
# A whole line of comment is no news to a browser
COMMENT = re.compile(r"^[ \t]*//.*\n", re.MULTILINE)
# Beginnings of lines, and empty ones: for readers of the source only
BLANK = re.compile(r"^\s+", re.MULTILINE)
BACKTICK = re.compile(r"(?<!\\)`")
# An address that is written down in a script would not be the hashed one; one that the page gives is
OTHER = re.compile(r"^(?:import|export)\b.*|\bimport\s*(?:\.|\(\s*[\"'`]).*", re.MULTILINE)


class JoinedScripts:
    """One module with all that it imports: the `parts` of it, each after what it needs.

    With `first`, which is loaded before it, it takes from there what is there: the names are in `taken`.
    """

    def __init__(self, entry: str, read: Callable[[str], str], first: "JoinedScripts | None" = None) -> None:
        """Take `read(name)`, which returns the text of a module; names are paths relative to one root."""
        self._read = read
        self._first = first
        self._under_way: list[str] = []
        self.entry = entry
        self.parts: dict[str, str] = {}
        self.taken: list[str] = []
        self._given: set[str] = set()
        self._own = _exported(read(entry))
        self._add(entry)

    @property
    def text(self) -> str:
        """Return the script, which exports what those that are loaded later take from it."""
        return self._imports() + "".join(self.parts.values()) + self._exports()

    def _imports(self) -> str:
        if not (self._first and self.taken):
            return ""
        address = posixpath.relpath(self._first.entry, posixpath.dirname(self.entry))
        return f'import {{ {_constants(self.taken)} }} from "{address}";\n'

    def _exports(self) -> str:
        if self._first:
            return f"export const {{ {', '.join(self._own)} }} = {_constant(self.entry)};\n"
        return f"export {{ {_constants(sorted(self._given))} }};\n" if self._given else ""

    def _take(self, name: str) -> bool:
        """Return whether the script that is loaded before has this module."""
        if not self._first or name not in self._first.parts:
            return False
        if name not in self.taken:
            self.taken.append(name)
            self._first._given.add(name)
        return True

    def _add(self, name: str) -> None:
        if name in self._under_way:
            raise ValueError(f"scripts import each other in a circle: {' > '.join([*self._under_way, name])}")
        if name in self.parts or self._take(name):
            return
        text = BLANK.sub("", COMMENT.sub("", self._read(name)))
        self._under_way.append(name)
        for _, _, address in IMPORT.findall(text):
            self._add(resolved(name, address))
        self._under_way.pop()
        self.parts[name] = _as_function(name, text)


def _as_function(name: str, text: str) -> str:
    """Return the module as the body of a function, which keeps its names its own and returns its exports."""
    exported = _exported(text)
    body = EXPORT.sub("", IMPORT.sub(lambda found: _import(name, found), text))
    if other := OTHER.search(body):
        raise ValueError(f"{name} cannot be joined: {other[0]}")
    if any(len(BACKTICK.findall(line)) % 2 for line in text.splitlines()):
        raise ValueError(f"{name} cannot be joined: a template goes over several lines")
    ending = f"return {{ {', '.join(exported)} }};\n" if exported else ""
    return f"const {_constant(name)} = (() => {{\n{body}{ending}}})();\n"


def _exported(text: str) -> list[str]:
    return [next(filter(None, names)) for names in EXPORT.findall(text)]


def _import(name: str, found: re.Match[str]) -> str:
    names, whole, address = found.groups()
    wanted = whole or f"{{ {' '.join(names.replace(' as ', ': ').split())} }}"
    return f"const {wanted} = {_constant(resolved(name, address))};\n"


def resolved(name: str, address: str) -> str:
    """Return the name of the file that another one, `name`, calls by a relative address."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), address))


def _constant(name: str) -> str:
    return "$" + re.sub(r"\W", "_", name.removesuffix(".js"))


def _constants(names: list[str]) -> str:
    return ", ".join(map(_constant, names))
