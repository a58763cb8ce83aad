"""An accent colour: whether it can be read, and what follows from it by day and by night.

Contrast is that of WCAG 2.2 (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio).
"""

import re

WHITE = "#ffffff"
LEAST_CONTRAST = 4.5
"""Of text (WCAG 1.4.3): the accent is that of links, and what stands on it is white."""

# The surfaces of chat/static/chat/css/tokens.css on which the accent is hardest to read, by day and by night
_DAY, _NIGHT = "#e8e8e2", "#2d2f2d"
_BLACK = "#101211"
# Of the night's accent: as far from its surfaces as that of the site's own colour, nearly
_BRIGHT = 6.0
_STEPS = 50
_COLOUR = re.compile(r"#?([0-9a-fA-F]{6})")


def normalized(text: str) -> str:
    """Return a colour as #rrggbb, "" for what is none: six hexadecimal digits, with or without the #."""
    found = _COLOUR.fullmatch(text.strip())
    return f"#{found[1].lower()}" if found else ""


def contrast(one: str, other: str) -> float:
    """Return the ratio of two colours' luminances, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def is_legible(colour: str) -> bool:
    """Return whether white words on it, and words of it on white, can be read."""
    return contrast(colour, WHITE) >= LEAST_CONTRAST


def shown_ratio(colour: str) -> str:
    """Return its contrast with white as sentences have it; rounded down, so that 4.49 is not called 4.5."""
    return f"{int(contrast(colour, WHITE) * 10) / 10:g}"


def style_sheet(accent: str) -> str:
    """Return the rules that put an accent in the place of the site's own (tokens.css).

    By day it is made darker, by night lighter, until it can be read on every surface.
    """
    day = _until_legible(accent, _BLACK, _DAY, LEAST_CONTRAST)
    night = _until_legible(accent, WHITE, _NIGHT, _BRIGHT)
    pairs = {
        "mark": (day, day),
        "accent": (day, night),
        "on-accent": (WHITE, _BLACK),
        "toast-accent": (night, day),
        "selection-bg": (_mixed(day, WHITE, 0.75), _mixed(day, _NIGHT, 0.35)),
        "spoken-bg": (_mixed(day, WHITE, 0.8), _mixed(day, _NIGHT, 0.5)),
        "diagram-box": (_mixed(day, WHITE, 0.88), _mixed(day, _NIGHT, 0.6)),
        "diagram-edge": (_mixed(day, WHITE, 0.25), _mixed(night, _NIGHT, 0.3)),
        "admin-primary": (_mixed(day, WHITE, 0.85), _mixed(day, _NIGHT, 0.8)),
        "admin-secondary": (day, _mixed(day, _BLACK, 0.3)),
        "admin-selected": (_mixed(day, WHITE, 0.9), _mixed(day, _NIGHT, 0.8)),
        "admin-button": (day, day),
        "admin-button-hover": (_mixed(day, _BLACK, 0.2), _mixed(day, _BLACK, 0.2)),
    }
    lines = (f"  --{name}: light-dark({by_day}, {by_night});\n" for name, (by_day, by_night) in pairs.items())
    return f":root, html[data-theme] {{\n{''.join(lines)}}}\n"


def _until_legible(colour: str, towards: str, surface: str, least: float) -> str:
    """Return the colour nearest to it, on the way to another, that has this contrast with a surface."""
    shades = (_mixed(colour, towards, step / _STEPS) for step in range(_STEPS + 1))
    return next((shade for shade in shades if contrast(shade, surface) >= least), towards)


def _mixed(colour: str, other: str, share: float) -> str:
    """Return a colour of which `share`, from 0 to 1, is the other one."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(one + (two - one) * share):02x}" for one, two in pairs)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour[1:]))
