"""Joining the style sheets of a page into one."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import storages

from gptsite.storage import ENTRIES
from gptsite.styles import JoinedStyles

STATIC = Path(__file__).parents[2] / "chat/static"
# Sheets that a page names, and that import none
ALONE = {
    f"chat/css/{name}.css"
    for name in (
        *("account", "import", "jobs", "personas", "preferences"),
        *("projects", "search", "sharing", "snapshot", "voice"),
    )
}

SHEETS = {
    "css/page.css": '/* All of it */\n@import "./tokens.css";\n@import "./a/frame.css";\n\n.page { color: red; }\n',
    "css/a/frame.css": '/* @import "./not.css"; */\n@import "./grid.css";\n.frame {\n  margin: 0; /* Why */\n}\n',
    "css/a/grid.css": ".grid { display: grid; }",
    "css/tokens.css": ":root {\n\n  --ink: #000;\n}\n",
}


def joined(text: str) -> str:
    return JoinedStyles(
        "css/page.css", {"css/page.css": '@import "./a/b.css";\n', "css/a/b.css": text}.__getitem__
    ).text


def test_a_sheet_comes_where_it_is_named_before_the_rules_of_who_imports_it():
    styles = JoinedStyles("css/page.css", SHEETS.__getitem__)
    assert list(styles.parts) == ["css/tokens.css", "css/a/grid.css", "css/a/frame.css", "css/page.css"]
    assert styles.text == (
        ":root {\n--ink: #000;\n}\n.grid { display: grid; }.frame {\nmargin: 0;\n}\n.page { color: red; }\n"
    )


@pytest.mark.parametrize(
    "line",
    [
        "@import './b.css';",
        '@import "./b.css" print;',
        '@import url("./b.css");',
        '@import "elsewhere.css";',
        '@import "https://example.org/b.css";',
        '.late { margin: 0; }\n@import "./b.css";',
    ],
)
def test_an_import_that_it_does_not_know_or_that_browsers_pass_over_fails_the_build(line):
    with pytest.raises(ValueError, match=r"a\.css cannot be joined"):
        JoinedStyles("a.css", {"a.css": f"{line}\n", "b.css": ""}.__getitem__)


def test_sheets_that_import_each_other_are_refused():
    circle = {"a.css": '@import "./b.css";\n', "b.css": '@import "./a.css";\n'}
    with pytest.raises(ValueError, match=r"a\.css is imported twice, or by itself"):
        JoinedStyles("a.css", circle.__getitem__)


def test_a_sheet_that_two_import_is_refused():
    """It would come at the last place in browsers, and at the first here."""
    sheets = {
        "a.css": '@import "./b.css";\n@import "./c.css";\n',
        "b.css": '@import "./c.css";\n',
        "c.css": "",
    }
    with pytest.raises(ValueError, match=r"c\.css is imported twice"):
        JoinedStyles("a.css", sheets.__getitem__)


def test_the_address_of_a_picture_is_as_it_is_from_the_joined_sheet():
    assert joined('.a { background: url("../../icons.svg#pin") 0 / 1rem; }') == (
        '.a { background: url("../icons.svg#pin") 0 / 1rem; }'
    )
    assert joined(".a { background: url(dots.svg), url('./more/dots.svg'); }") == (
        ".a { background: url(a/dots.svg), url('a/more/dots.svg'); }"
    )


@pytest.mark.parametrize(
    "address", ["/static/dots.svg", "https://example.org/a.svg", "data:image/png;base64,AA==", "#filter"]
)
def test_an_address_that_is_the_same_from_everywhere_stays(address):
    rule = f'.a {{ background: url("{address}"); }}'
    assert joined(rule) == rule


def test_the_build_puts_the_joined_sheet_in_the_place_of_its_parts(tmp_path):
    storage = collected(tmp_path, SHEETS)
    list(storage.post_process(paths_of(storage, SHEETS)))
    assert list(storage.hashed_files) == ["chat/css/chat.css"]
    hashed = tmp_path / storage.stored_name("chat/css/chat.css")
    assert hashed.read_text() == JoinedStyles("css/page.css", SHEETS.__getitem__).text


def test_an_import_of_a_sheet_that_is_not_there_fails_the_build(tmp_path):
    sheets = {name: text for name, text in SHEETS.items() if name != "css/a/grid.css"}
    storage = collected(tmp_path, sheets)
    with pytest.raises(FileNotFoundError, match=r"css/a/grid\.css"):
        list(storage.post_process(paths_of(storage, sheets)))


def collected(folder: Path, sheets: dict[str, str]):
    """Return the storage of static files in `folder`, with these sheets in the place of the chat page's."""
    for name, text in sheets.items():
        path = folder / in_place(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return storages.create_storage(settings.STORAGES["staticfiles"] | {"OPTIONS": {"location": folder}})


def paths_of(storage, sheets: dict[str, str]) -> dict[str, tuple[object, str]]:
    return {in_place(name): (storage, in_place(name)) for name in sheets}


def in_place(name: str) -> str:
    return f"chat/{name}".replace("page.css", "chat.css")


def test_every_sheet_is_a_part_of_one_that_pages_name_or_stands_alone():
    parts = {
        part
        for entry, join in ENTRIES.items()
        if join is JoinedStyles
        for part in join(entry, lambda name: (STATIC / name).read_text()).parts
    }
    sheets = {path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*.css")}
    assert sheets == parts | ALONE
