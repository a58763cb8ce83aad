"""The house rules that a reader would not see broken: floors, sizes, single doors, raw HTML."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.server import ROOT

CHAT = ROOT / "chat"
# An import may only point down, or stay in its room
FLOORS = {
    0: "finding errors address_errors limit_errors persona_errors reply_errors events context markdown text tracing sse sealing parameters",
    1: "models",
    2: "provider demo broadcast mailing pictures places",
    3: "audit conversations asking prompts personas personas_builtin moderation pins sent usage titles voice accounts groups sessions offers limits logins sweep",
    4: "replies",
    5: "forms persona_forms parameter_fields fragments consumers viewing pace views admin templatetags context_processors middleware health checks doctor serving turns management",
    6: "urls routing apps",
}
FLOOR_OF = {room: floor for floor, rooms in FLOORS.items() for room in rooms.split()}
DOORS = {
    "openai": "chat/provider",
    "httpx2": "chat/provider",
    "channels.layers": "chat/broadcast.py",
    "redis": "chat/places.py",
    "cryptography": "chat/sealing.py",
    "PIL": "chat/pictures.py",
    "comrak": "chat/markdown",
    "nh3": "chat/markdown",
    "pygments": "chat/markdown",
    "math_core": "chat/markdown",
    "twisted": "chat/serving",
    "daphne": "chat/serving",
    "autobahn": "chat/serving",
}
LONGEST_FILE, LONGEST_FUNCTION = 400, 50
# Every place where text becomes HTML without being escaped. A new one needs a reason, and a line here
RAW_HTML = re.compile(
    r"mark_safe|SafeString\(|\|\s*safe\b|autoescape off|innerHTML|outerHTML|insertAdjacentHTML|parseFromString"
)
ALLOWED_RAW_HTML = {
    # What chat/markdown rendered and sanitised
    ("chat/fragments.py", "return mark_safe(message.html if closed else render(message.text))"),
    (
        "chat/fragments.py",
        "return mark_safe(message.thinking_html if closed else render(message.reasoning))",
    ),
    # The same, and whole fragments, as they come from our own origin
    ("chat/static/chat/js/dom.js", "template.innerHTML = html;"),
    (
        "chat/static/chat/js/dom.js",
        'return new DOMParser().parseFromString(await response.text(), "text/html");',
    ),
}


def python_files(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return sorted(path for path in found if "migrations" not in path.parts)


def scripts() -> list[Path]:
    return sorted((CHAT / "static").rglob("*.js"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imports(tree: ast.AST) -> list[tuple[int, str]]:
    """Line and dotted name of everything imported; `from a import b` gives `a.b`."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found += [(node.lineno, f"{node.module}.{alias.name}") for alias in node.names]
    return found


def room_of(path: Path) -> str:
    return path.relative_to(CHAT).parts[0].removesuffix(".py")


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def test_every_room_has_a_floor():
    rooms = {room_of(path) for path in python_files("chat")} - {"__init__"}
    assert rooms - FLOOR_OF.keys() == set()


def test_imports_point_down():
    upward = []
    for path in python_files("chat"):
        room = room_of(path)
        for line, name in imports(tree_of(path)):
            parts = name.split(".")
            if parts[0] == "gptsite":
                upward.append(f"{name_of(path)}:{line} imports {name}")
            elif parts[0] == "chat" and parts[1] != room and not points_down(room, parts[1]):
                upward.append(
                    f"{name_of(path)}:{line} ({FLOOR_OF[room]}) imports {name} ({FLOOR_OF[parts[1]]})"
                )
    assert upward == []


def points_down(room: str, other: str) -> bool:
    """Vocabulary, edges and wiring may use their neighbours; the floors between may not."""
    here, there = FLOOR_OF[room], FLOOR_OF[other]
    return there < here or (there == here and here in {0, 3, 5, 6})


def test_no_room_imports_itself_in_a_circle_through_neighbours():
    below: dict[str, set[str]] = {}
    for path in python_files("chat"):
        used = {name.split(".")[1] for _, name in imports(tree_of(path)) if name.startswith("chat.")}
        below.setdefault(room_of(path), set()).update(used & FLOOR_OF.keys() - {room_of(path)})
    while leaves := {room for room, used in below.items() if not used & below.keys()}:
        for room in leaves:
            del below[room]
    assert below == {}


@pytest.mark.parametrize("library", DOORS)
def test_each_outside_system_has_one_door(library):
    strangers = [
        f"{name_of(path)}:{line}"
        for path in python_files("chat", "gptsite")
        for line, name in imports(tree_of(path))
        if (name + ".").startswith(library + ".") and not name_of(path).startswith(DOORS[library])
    ]
    assert strangers == []


def test_nothing_is_imported_inside_a_function():
    inner = {
        f"{name_of(path)}:{line}"
        for path in python_files("chat", "gptsite")
        for function in functions(tree_of(path))
        for line, _ in imports(function)
    }
    assert inner == set()


def test_no_file_is_too_long():
    files = [*python_files("chat", "gptsite", "tests"), *scripts()]
    sizes = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    assert {name: size for name, size in sizes.items() if size > LONGEST_FILE} == {}


def test_no_function_is_too_long():
    sizes = {
        f"{name_of(path)}:{function.name}": (function.end_lineno or 0) - function.lineno + 1
        for path in python_files("chat", "gptsite", "tests")
        for function in functions(tree_of(path))
    }
    sizes |= {f"{name_of(path)}:{line}": size for path in scripts() for line, size in script_functions(path)}
    assert {name: size for name, size in sizes.items() if size > LONGEST_FUNCTION} == {}


def script_functions(path: Path) -> Iterator[tuple[int, int]]:
    """First line and length of each function or method: from its opening line to the `}` in the same column."""
    lines = path.read_text(encoding="utf-8").splitlines()
    opening = re.compile(r"^(\s*)(?:export |default |async |static |get |set |function\b|#?\w+\s*\().*\{$")
    keywords = re.compile(r"^\s*(?:if|for|while|switch|else|try|catch|class)\b")
    for start, line in enumerate(lines):
        match = opening.match(line)
        if match and not keywords.match(line) and " class " not in f" {line}":
            end = next(
                n for n in range(start, len(lines)) if n > start and lines[n].startswith(match[1] + "}")
            )
            yield start + 1, end - start + 1


def test_raw_html_is_only_where_it_is_allowed():
    files = [*python_files("chat", "gptsite"), *scripts(), *sorted((ROOT / "templates").rglob("*.html"))]
    found = {
        (name_of(path), line.strip())
        for path in files
        for line in path.read_text(encoding="utf-8").splitlines()
        if RAW_HTML.search(line) and not line.lstrip().startswith(("import ", "from ", "#", "//", "*"))
    }
    assert found == ALLOWED_RAW_HTML


def test_there_is_no_drawer():
    assert [
        name_of(path) for path in python_files("chat", "gptsite") if path.stem in {"utils", "helpers", "misc"}
    ] == []
