"""How the scripts of the page hang together: what they import, and that somebody hears each name that is told."""

import re
from pathlib import Path
from typing import get_args

from django.conf import settings

from chat.core.errors import ChatError, for_code
from chat.pages.shortcuts import SHORTCUTS, keys_by_name
from chat.realtime import protocol, voice_protocol
from chat.replies.subscribers import WINDOW_BYTES, WINDOW_FRAMES

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "chat/static/chat/js"
# What the scripts of a folder may import from
BELOW = {
    "core": {"core"},
    "composer": {"core", "composer"},
    "sidebar": {"core", "sidebar"},
    "thread": {"core", "composer", "thread"},
    "voice": {"core", "voice"},
    "preferences": {"core", "preferences"},
    "search": {"core", "search"},
    "projects": {"core", "projects"},
    "jobs": {"core", "jobs"},
    "notifications": {"core", "notifications"},
    "sharing": {"core", "sharing"},
    "transfer": {"core", "transfer"},
    "admin": set(),
    "worker": {"core", "composer", "worker"},
}
MAX_MAIN = 80


def texts(pattern: str = "**/*.js") -> dict[str, str]:
    return {
        path.relative_to(SCRIPTS).as_posix(): path.read_text(encoding="utf-8")
        for path in SCRIPTS.glob(pattern)
    }


def found(pattern: str, where: dict[str, str]) -> set[str]:
    """Return what the groups of the pattern find in these texts."""
    groups = (match.groups() for text in where.values() for match in re.finditer(pattern, text, re.MULTILINE))
    return {name for names in groups for name in names if name}


def templates() -> dict[str, str]:
    return {str(path): path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*.html")}


def test_scripts_import_from_their_own_folder_or_one_below():
    assert {path.parent.name for path in SCRIPTS.glob("*/*.js")} == BELOW.keys()
    wrong = [
        f"{name} imports {address}"
        for name, text in texts("*/*.js").items()
        for address in re.findall(r'from "(\.[^"]+)"', text)
        if (SCRIPTS / name).parent.joinpath(address).resolve().parent.name not in BELOW[name.split("/")[0]]
    ]
    assert wrong == []


def test_the_page_s_first_script_only_makes_and_registers_the_others():
    main = texts("*.js")["main.js"]
    assert main.count("\n") <= MAX_MAIN
    assert not re.search(r'\.on\(|\.tell\(|addEventListener|"page:|data-action', main)


def test_every_event_of_the_server_is_heard_and_no_other():
    sent = {struct.__struct_config__.tag for struct in get_args(protocol.Event)}
    heard = found(r'\bevents\.on\("([^":]+)"', texts())
    # The socket itself hears the first; a patch is an array
    assert heard == sent - {"hello"} | {"patch"}


def test_what_parts_of_the_page_tell_each_other_is_both_told_and_heard():
    heard = found(r'\.on\(\s*"(page:[^"]+)"', texts())
    told = found(r'\.tell\(\s*"(page:[^"]+)"', texts())
    assert heard == told
    assert heard


def test_every_button_with_an_action_has_somebody_who_acts_and_no_other():
    there = found(r'data-action="([^"{]+)"', templates())
    acts = found(r'\bclicks\.on\("([^"]+)"', texts())
    assert there == acts | {"close"}
    assert '"[data-action=close]"' in texts()["core/dialog.js"]


def test_every_keyboard_shortcut_of_the_sheet_has_somebody_who_acts_and_no_other():
    assert found(r'\bshortcuts\.on\("([^"]+)"', texts()) == keys_by_name().keys()
    assert len({shortcut.keys for shortcut in SHORTCUTS}) == len(SHORTCUTS)


def test_every_command_and_error_code_of_the_scripts_is_known_to_the_server():
    assert found(r'\{ type: "(\w+)"', texts("[!v]*/*.js")) == protocol.COMMANDS
    # What the voice socket itself makes of a connection that is refused is no command
    assert found(r'\{ type: "(\w+)"', texts("voice/*.js")) - {"error"} == voice_protocol.COMMANDS
    codes = found(r'\bcode [!=]== "(\w+)"|refused\(this\.#inFlight, "(\w+)"', texts())
    assert codes
    assert {code for code in codes if for_code(code) is ChatError} == set()


# What is written down on both sides, since it holds where neither can ask the other


def number(name: str, constant: str) -> int:
    """Return a constant of a script."""
    (value,) = found(rf"^const {constant} = (\d+);$", {name: texts()[name]})
    return int(value)


def test_the_codes_that_sockets_are_closed_with_are_those_of_the_server():
    (line,) = found(r"^const CODE = \{(.*)\};$", texts("core/socket.js"))
    # What autobahn itself says of a frame that is too large
    heard = {int(code) for code in re.findall(r"\d+", line)} - {1009}
    assert heard <= {value for name, value in vars(protocol).items() if name.startswith("CLOSE_")}
    assert protocol.CLOSE_RESTART not in heard  # it comes back as after any other


def test_a_page_acknowledges_well_before_its_server_stops_sending():
    assert 2 * number("thread/live.js", "ACK_EVERY") <= WINDOW_FRAMES
    assert 2 * number("thread/live.js", "ACK_SIZE") <= WINDOW_BYTES


def test_a_page_waits_longer_for_an_answer_than_a_server_for_its_database():
    assert settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
    assert (
        number("composer/outbox.js", "PATIENCE") > 1000 * settings.DATABASES["default"]["OPTIONS"]["timeout"]
    )
