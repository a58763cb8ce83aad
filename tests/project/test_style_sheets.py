"""The house rules of the style sheets: sizes that a reader can take in, and one place for colours."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.server import ROOT

CSS = ROOT / "chat/static/chat/css"
TOKENS = CSS / "tokens.css"
LONGEST_SHEET, LONGEST_LINE = 400, 120
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
# `name: value`, ended by a semicolon or the block; not `a:hover {`, where the block would begin
DECLARATION = re.compile(r"(?:(?<=[{;])|^)\s*(-?-?[a-z][\w-]*)\s*:\s*([^;{}]+)(?=[;}])", re.MULTILINE)
NO_COLOURS = re.compile(r'var\(--[\w-]+|"[^"]*"')
LITERAL_COLOUR = re.compile(
    r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|hwb|lab|lch|oklab|oklch|color|light-dark)a?\(|\b(?:black|white|gr[ae]y|silver|red"
    r"|maroon|orange|yellow|gold|olive|lime|green|teal|aqua|cyan|blue|navy|indigo|violet|purple|fuchsia|magenta|pink"
    r"|crimson|brown|beige|ivory|\w+(?:gr[ae]y|white|red|green|blue)|canvas(?:text)?|highlight)\b",
    re.IGNORECASE,
)

FORMULAS = "prose/formulas.css"
MEANT_FOR_ONE_SIDE = {("prose/tables.css", "text-align"), ("chat/screens.css", "padding")}
"""A column is where its writer put it, and the notch of a phone where it is."""

SIDE = re.compile(r"(?:^|-)(?:left|right)(?:-|$)")
ALIGNED = {"text-align", "float", "clear"}
FOUR_SIDES = {"margin", "padding", "inset", "border-width", "border-style", "border-color"}
PARTS = re.compile(r"(?:[^\s()]|\((?:[^()]|\([^()]*\))*\))+")


def sheets() -> list[Path]:
    return sorted(CSS.rglob("*.css"))


def name_of(path: Path) -> str:
    return path.relative_to(CSS).as_posix()


def declarations(path: Path) -> Iterator[tuple[str, str]]:
    return (
        found.groups() for found in DECLARATION.finditer(COMMENT.sub("", path.read_text(encoding="utf-8")))
    )


def literal_colours(value: str) -> list[str]:
    return LITERAL_COLOUR.findall(NO_COLOURS.sub(" ", value))


def test_no_sheet_is_too_long():
    sizes = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in sheets()}
    assert {name: size for name, size in sizes.items() if size > LONGEST_SHEET} == {}


def test_no_line_of_a_sheet_is_too_long():
    wide = [
        f"{name_of(path)}:{number}"
        for path in sheets()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > LONGEST_LINE
    ]
    assert wide == []


def test_only_the_tokens_have_colours_of_their_own():
    literal = [
        f"{name_of(path)}: {name}: {value}"
        for path in sheets()
        if path != TOKENS
        for name, value in declarations(path)
        if literal_colours(value)
    ]
    assert literal == []


@pytest.mark.parametrize(
    "value",
    [
        "#fff",
        "1px solid #e0e0d9",
        "rgb(0 0 0 / 40%)",
        "light-dark(var(--a), var(--b))",
        "White",
        "0 0 2px darkred",
    ],
)
def test_a_colour_is_seen_as_one(value):
    assert literal_colours(value)


@pytest.mark.parametrize(
    "value",
    [
        "var(--formula-red)",
        "1px solid currentcolor",
        "color-mix(in srgb, currentColor 30%, transparent)",
        "pre-wrap",
        '"#fff"',
        'url("../icons.svg#pin")',
    ],
)
def test_what_has_no_colour_of_its_own_is_not_seen_as_one(value):
    assert not literal_colours(value)


def test_every_token_is_used_and_everything_used_is_there():
    texts = {path: COMMENT.sub("", path.read_text(encoding="utf-8")) for path in sheets()}
    used = {name for text in texts.values() for name in re.findall(r"var\((--[\w-]+)", text)}
    set_somewhere = {name for path in sheets() for name, _ in declarations(path) if name.startswith("--")}
    tokens = {name for name, _ in declarations(TOKENS)}
    assert used - set_somewhere == set()
    assert tokens - used == set()


def test_tokens_are_set_once_but_for_paper():
    tokens = [name for name, _ in declarations(TOKENS)]
    assert sorted(tokens) == sorted(set(tokens))
    again = {
        (name_of(path), name)
        for path in sheets()
        if path != TOKENS
        for name, _ in declarations(path)
        if name in tokens
    }
    assert again == {("prose/paper.css", f"--{name}") for name in ("page", "bubble", "ink", "quiet")}


def is_of_one_side(name: str, value: str) -> bool:
    """Return whether a declaration names the left or the right, and would not be mirrored."""
    parts = PARTS.findall(value)
    if name in FOUR_SIDES:
        return len(parts) == 4 and parts[1] != parts[3]
    if name == "border-radius":
        return "/" in value or len(parts) > 1
    return bool(SIDE.search(name)) or (name in ALIGNED and parts[0] in {"left", "right"})


def test_text_from_the_right_mirrors_every_page():
    found = {
        (name_of(path), name, value)
        for path in sheets()
        for name, value in declarations(path)
        if name_of(path) != FORMULAS and is_of_one_side(name, value)
    }
    assert {one for one in found if one[:2] not in MEANT_FOR_ONE_SIDE} == set()
    assert {one[:2] for one in found} == MEANT_FOR_ONE_SIDE


@pytest.mark.parametrize(
    ("declaration", "is_one"),
    [
        ("margin-left: 1rem", True),
        ("border-top-right-radius: 0", True),
        ("left: 0", True),
        ("scroll-padding-right: 1px", True),
        ("text-align: right", True),
        ("padding: 0 max(1rem, env(a)) 0 0", True),
        ("border-radius: 1rem 1rem 0 1rem", True),
        ("margin-inline-start: 1rem", False),
        ("padding: 0 1rem max(0.5rem, env(a)) 1rem", False),
        ("text-align: start", False),
        ("border-radius: 1rem", False),
    ],
)
def test_a_side_is_seen_as_one(declaration, is_one):
    name, _, value = declaration.partition(": ")
    assert is_of_one_side(name, value) is is_one
