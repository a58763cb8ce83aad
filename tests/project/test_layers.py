"""The house rules that a reader would not see broken: layers, sizes, single clients, raw HTML."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.support.server import ROOT

CHAT = ROOT / "chat"
# Packages by layer, the lowest first. An import points to a lower layer or stays in its package: neighbours in a
# row do not know each other
LAYERS = (
    "models markdown",
    "core",
    "realtime provider demo",
    "branding jobs search web serving",
    "accounts conversations preferences prompts",
    "catalog feedback moderation notifications pictures projects voice",
    "personas replies sharing transfer",
    "pages",
    "operations consumers",
    "admin management templatetags",
    "urls apps routing",
)
LAYER_OF = {package: number for number, row in enumerate(LAYERS) for package in row.split()}
# Folders without Python, and Django's own
NOT_LAYERED = {"locale", "migrations", "static"}
LOOSE_MODULES = {"__init__.py", "apps.py", "routing.py", "urls.py"}
MOST_OF_CORE, USERS_OF_CORE = 800, 3
CLIENTS = {
    "openai": "chat/provider",
    "httpx2": "chat/provider",
    "channels.layers": "chat/realtime/layer.py",
    "redis": "chat/realtime/socket_leases.py",
    "cryptography": "chat/core/sealing.py",
    "http_ece": "chat/notifications",
    "py_vapid": "chat/notifications",
    "PIL": "chat/pictures",
    "comrak": "chat/markdown",
    "nh3": "chat/markdown",
    "pygments": "chat/markdown",
    "math_core": "chat/markdown",
    "mermaid_render": "chat/markdown/diagram_worker.py",
    "espeakng_loader": "chat/voice/espeak_worker.py",
    "twisted": "chat/serving",
    "daphne": "chat/serving",
    "autobahn": "chat/serving",
}
LONGEST_FILE, LONGEST_FUNCTION = 400, 50
# Of a template: its formatter breaks tags, but neither text nor a tag's value
WIDEST_LINE = 120
# Every place where text becomes HTML without being escaped. A new one needs a reason, and a line here
RAW_HTML = re.compile(
    r"mark_safe|SafeString\(|\|\s*safe\b|autoescape off|innerHTML|outerHTML|insertAdjacentHTML|parseFromString"
)
ALLOWED_RAW_HTML = {
    # What chat/markdown rendered and sanitised
    ("chat/conversations/presenter.py", "return mark_safe(message.html if closed else render(message.text))"),
    (
        "chat/conversations/presenter.py",
        "return mark_safe(message.thinking_html if closed else render(message.reasoning))",
    ),
    # The site's own style sheet, in the middle of a file that somebody keeps
    (
        "chat/transfer/html_file.py",
        '"style": mark_safe(f"<style>{sheet()}</style>"),',
    ),
    # What templates made, put together
    ("chat/transfer/html_file.py", 'return mark_safe("".join(parts(document)))'),
    # Drawings of a file of ours
    ("chat/web/icons.py", "return mark_safe(_icons()[name])"),
    # The same, and whole fragments, as they come from our own origin
    ("chat/static/chat/js/core/dom.js", "template.innerHTML = html;"),
    (
        "chat/static/chat/js/core/requests.js",
        'return new DOMParser().parseFromString(await response.text(), "text/html");',
    ),
    # The same, kept while it is far from view; what it becomes when it is parsed again has no script and no handler
    (
        "chat/static/chat/js/thread/put_away.js",
        'this.#html.set(holder, run.map((article) => article.outerHTML).join(""));',
    ),
    # Earlier messages, as they come from our own origin, until they come near
    ("chat/static/chat/js/thread/distant_messages.js", "parts[parts.length - 1] += child.outerHTML;"),
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


def package_of(path: Path) -> str:
    return path.relative_to(CHAT).parts[0].removesuffix(".py")


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def test_every_package_has_a_layer_and_every_layer_its_packages():
    there = {path.stem for path in CHAT.iterdir() if path.is_dir() or path.name in LOOSE_MODULES}
    assert there - NOT_LAYERED - {"__init__", "__pycache__"} == LAYER_OF.keys()


def test_nothing_else_lies_loose_beside_the_packages():
    assert {path.name for path in CHAT.glob("*.py")} == LOOSE_MODULES


def test_imports_point_to_a_lower_layer():
    wrong = [
        f"{name_of(path)}:{line} ({package}) imports {name}"
        for path in python_files("chat")
        for package in [package_of(path)]
        for line, name in imports(tree_of(path))
        if name.startswith("gptsite.")
        or (name.startswith("chat.") and not is_below(name.split(".")[1], package))
    ]
    assert wrong == []


def is_below(used: str, package: str) -> bool:
    return used == package or LAYER_OF[used] < LAYER_OF[package]


def test_core_holds_only_what_several_packages_use():
    users: dict[str, set[str]] = {}
    for path in python_files("chat"):
        for _, name in imports(tree_of(path)):
            if name.startswith("chat.core.") and package_of(path) != "core":
                users.setdefault(name.split(".")[2], set()).add(package_of(path))
    modules = {path.stem for path in (CHAT / "core").glob("*.py")} - {"__init__"}
    assert {module for module in modules if len(users.get(module, ())) < USERS_OF_CORE} == set()


def test_core_stays_small():
    sizes = [len(path.read_text(encoding="utf-8").splitlines()) for path in (CHAT / "core").glob("*.py")]
    assert sum(sizes) < MOST_OF_CORE


@pytest.mark.parametrize("library", CLIENTS)
def test_each_outside_system_has_one_client(library):
    strangers = [
        f"{name_of(path)}:{line}"
        for path in python_files("chat", "gptsite")
        for line, name in imports(tree_of(path))
        if (name + ".").startswith(library + ".") and not name_of(path).startswith(CLIENTS[library])
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


def test_no_line_of_a_template_is_too_wide():
    wide = [
        f"{name_of(path)}:{number}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > WIDEST_LINE
    ]
    assert wide == []


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
