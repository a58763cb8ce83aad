"""Colours as LaTeX writes them, to the ``#rrggbb`` of MathML."""

from __future__ import annotations

import re

from chat.markdown.latex.tokens import Unknown

_NAMES = (
    "black:000000 white:ffffff red:ff0000 green:008000 blue:0000ff cyan:00ffff magenta:ff00ff yellow:ffff00"
    " gray:808080 grey:808080 darkgray:404040 lightgray:c0c0c0 brown:bf8040 lime:bfff00 olive:808000"
    " orange:ff8000 pink:ffc0cb purple:bf0040 teal:008080 violet:800080 aqua:00ffff fuchsia:ff00ff"
    " navy:000080 maroon:800000 silver:c0c0c0 gold:ffd700 indigo:4b0082 coral:ff7f50"
    " salmon:fa8072 crimson:dc143c"
    " tomato:ff6347 turquoise:40e0d0 chocolate:d2691e firebrick:b22222 forestgreen:228b22 royalblue:4169e1"
    " steelblue:4682b4 skyblue:87ceeb lightblue:add8e6 darkblue:00008b darkgreen:006400 darkred:8b0000"
    " darkorange:ff8c00 lightgreen:90ee90 dodgerblue:1e90ff seagreen:2e8b57 slategray:708090 hotpink:ff69b4"
    " deeppink:ff1493 orchid:da70d6 plum:dda0dd khaki:f0e68c tan:d2b48c beige:f5f5dc lavender:e6e6fa"
    " cornflowerblue:6495ed midnightblue:191970 limegreen:32cd32 springgreen:00ff7f mediumseagreen:3cb371"
    " orangered:ff4500 sienna:a0522d peru:cd853f rebeccapurple:663399 cyanblue:00afef bittersweet:c04f17"
    " emerald:00a99d junglegreen:00a99a mahogany:a9341f melon:f89e7b mulberry:a93c93 periwinkle:7977b8"
    " processblue:00b0f0 rawsienna:974006 redorange:f26035 redviolet:a1246b rubinered:ed017d sepia:671800"
    " thistle:d883b7 violetred:ef58a0 wildstrawberry:ee2967 yellowgreen:98cc70 yelloworange:faa21a"
)
_BY_NAME = dict(entry.split(":") for entry in _NAMES.split())
_HEX = re.compile(r"#?([0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})")
_NUMBERS = re.compile(r"\s*(?:\d*\.?\d+)(?:\s*,\s*\d*\.?\d+)*\s*")

Rgb = tuple[float, float, float]


def colour(text: str, model: str | None = None) -> str:
    """Return a colour such as ``red``, ``#f00``, ``red!20!blue``, or numbers of a model.

    The models are rgb, RGB, HTML, gray, cmyk.
    """
    return _hex(_of_model(text, model) if model and model != "named" else _mixed(text))


def ink_on(background: str) -> str:
    """Return black or white, whichever can be read on it."""
    red, green, blue = (int(background[n : n + 2], 16) for n in (1, 3, 5))
    return "#000000" if 0.299 * red + 0.587 * green + 0.114 * blue > 130 else "#ffffff"


def _mixed(text: str) -> Rgb:
    name, *mix = text.split("!")
    rgb = _named(name)
    for share, other in zip(mix[::2], [*mix[1::2], "white"], strict=False):
        part = _number(share) / 100
        rgb = _of(part * one + (1 - part) * two for one, two in zip(rgb, _named(other), strict=True))
    return rgb


def _named(name: str) -> Rgb:
    name = name.strip().lstrip("-")
    if found := _HEX.fullmatch(_BY_NAME.get(name.lower(), name if name.startswith("#") else "")):
        digits = found[1] if len(found[1]) == 6 else "".join(digit * 2 for digit in found[1])
        return _of(int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4))
    raise Unknown(f"colour {name}")


def _of_model(text: str, model: str) -> Rgb:
    if model == "HTML":
        return _named(f"#{text.removeprefix('#')}")
    if not _NUMBERS.fullmatch(text):
        raise Unknown(f"colour {text}")
    values = [float(value) for value in text.split(",")]
    if model == "RGB":
        values = [value / 255 for value in values]
    if model in ("gray", "grey"):
        values *= 3
    if model == "cmyk" and len(values) == 4:
        values = [(1 - value) * (1 - values[3]) for value in values[:3]]
    return _of(values)


def _of(values: object) -> Rgb:
    found = tuple(values)  # type: ignore[arg-type, var-annotated]
    if len(found) != 3:
        raise Unknown("a colour without three parts")
    return found


def _number(text: str) -> float:
    if not _NUMBERS.fullmatch(text) or "," in text:
        raise Unknown(f"number {text}")
    return float(text)


def _hex(rgb: Rgb) -> str:
    return "#" + "".join(f"{min(255, max(0, round(value * 255))):02x}" for value in rgb)
