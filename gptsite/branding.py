"""How the site presents itself, by the environment: its name, its accent colour, its logo."""

from dataclasses import dataclass
from pathlib import Path

from chat.branding import colours, svg
from chat.branding.errors import NotALogo
from gptsite.environment import optional, refusal

LONGEST_NAME = 60
LARGEST_LOGO = 1024 * 1024
SVG_TYPE = "image/svg+xml"
# By how they begin; of WebP the length comes between
_TYPES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp"}


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture's bytes, and its type."""

    data: bytes
    type: str


def site_name(name: str) -> str:
    """Return the site's name, "" when it is unset."""
    text = optional(name)
    if len(text) > LONGEST_NAME:
        raise refusal(name, f"must be at most {LONGEST_NAME} characters", "Chat")
    return text


def accent(name: str) -> str:
    """Return the accent colour as #rrggbb, "" when it is unset. One that cannot be read is refused."""
    text = optional(name)
    if not text:
        return ""
    colour = colours.normalized(text)
    if not colour:
        raise refusal(name, "must be a colour of six hexadecimal digits", "#11695a")
    if not colours.is_legible(colour):
        ratio = colours.shown_ratio(colour)
        rule = f"has a contrast of {ratio}:1 with white; it must be {colours.LEAST_CONTRAST}:1 or more"
        raise refusal(name, rule, "#11695a")
    return colour


def logo(name: str) -> Logo | None:
    """Return the logo of a file, None when it is unset. Of an SVG only its shapes are kept."""
    text = optional(name)
    if not text:
        return None
    try:
        path = Path(text).expanduser()
        data = path.read_bytes() if path.stat().st_size <= LARGEST_LOGO else b""
    except OSError as problem:
        raise refusal(name, "must be a file that can be read", "/srv/chat/logo.svg") from problem
    kind = next((kind for start, kind in _TYPES.items() if data.startswith(start)), SVG_TYPE)
    try:
        return Logo(svg.made_anew(data) if kind == SVG_TYPE else data, kind)
    except NotALogo as problem:
        rule = "must be a PNG, JPEG or WebP of up to 1 MB, or an SVG of up to 100 kB made of plain shapes"
        raise refusal(name, rule, "/srv/chat/logo.svg") from problem
