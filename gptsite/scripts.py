"""Joining ES modules into one file, so that a page that is made of many asks for one.

Browsers take the modules as they are too, and do where the site is developed (`manage.py runserver`). What is
joined keeps to few forms, and anything else is an error of the build: names in braces or `* as name` are
imported from a relative address, and a function, a class or a constant is exported where it is declared.
"""

import posixpath
import re
from collections.abc import Callable

IMPORT = re.compile(r'^import (?:\{([^}]*)\}|\* as (\w+)) from "(\.[^"]+)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?function (\w+)|class (\w+)|const (\w+))", re.MULTILINE)
# A whole line of comment is no news to a browser
COMMENT = re.compile(r"^[ \t]*//.*\n", re.MULTILINE)
OTHER = re.compile(r"^(?:import|export)\b.*|\bimport\s*[(.].*", re.MULTILINE)


class JoinedScripts:
    """One module with all that it imports: its `text`, and the `parts` of it, each after what it needs."""

    def __init__(self, entry: str, read: Callable[[str], str]) -> None:
        """Take `read(name)`, which returns the text of a module; names are paths relative to one root."""
        self._read = read
        self._under_way: list[str] = []
        self.parts: dict[str, str] = {}
        self._add(entry)
        self.text = "".join(self.parts.values())

    def _add(self, name: str) -> None:
        if name in self._under_way:
            raise ValueError(f"scripts import each other in a circle: {' > '.join([*self._under_way, name])}")
        if name in self.parts:
            return
        text = COMMENT.sub("", self._read(name))
        self._under_way.append(name)
        for _, _, address in IMPORT.findall(text):
            self._add(resolved(name, address))
        self._under_way.pop()
        self.parts[name] = _as_function(name, text)


def _as_function(name: str, text: str) -> str:
    """Return the module as the body of a function, which keeps its names its own and returns its exports."""
    exported = [next(filter(None, names)) for names in EXPORT.findall(text)]
    body = EXPORT.sub("", IMPORT.sub(lambda found: _import(name, found), text))
    if other := OTHER.search(body):
        raise ValueError(f"{name} cannot be joined: {other[0]}")

    ending = f"return {{ {', '.join(exported)} }};\n" if exported else ""
    return f"const {_constant(name)} = (() => {{\n{body}{ending}}})();\n"


def _import(name: str, found: re.Match[str]) -> str:
    names, whole, address = found.groups()
    wanted = whole or f"{{ {' '.join(names.replace(' as ', ': ').split())} }}"
    return f"const {wanted} = {_constant(resolved(name, address))};\n"


def resolved(name: str, address: str) -> str:
    """Return the name of the file that another one, `name`, calls by a relative address."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), address))


def _constant(name: str) -> str:
    return "$" + re.sub(r"\W", "_", name.removesuffix(".js"))
