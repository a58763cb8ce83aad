"""The site's icons, for phones and desktops that have it as an app."""

from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageOps

from chat.core.errors import RequestError
from chat.pictures import making

SIDES = {"192": 192, "512": 512, "maskable": 512, "touch": 180}
"""Pixels of a side, by name."""

# These fill their square, which the system cuts to a shape of its own: what must be seen stays in this part
# (https://www.w3.org/TR/appmanifest/#icon-masks)
_FILLED, _SAFE = {"maskable", "touch"}, 0.7
_ACCENT, _WHITE, _CLEAR = "#11695a", "#ffffff", "#ffffff00"
# Drawn so many times as large, since Pillow's edges are hard
_FINER = 4
# Of the sign (chat/static/chat/icons.svg), on its field: corner, bubble, the bubble's tip, points
_FIELD, _CORNER = 32, 9
_BUBBLE, _ROUND = (6.5, 9.5, 25.5, 21.5), 2.5
_TIP = (11, 21, 11, 25.3, 16, 21)
_POINTS, _ACROSS, _POINT = (11.5, 16, 20.5), 15.5, 1.3
_MOST_KEPT = 8


@lru_cache(_MOST_KEPT)
def icon(name: str, accent: str, logo: bytes) -> bytes:
    """Return the PNG of an icon of SIDES: of a picture `logo`, or without one the site's sign.

    The sign is in the accent (#rrggbb, "" for the site's own), and stands in for a logo that cannot be read.
    """
    side, filled = SIDES[name], name in _FILLED
    try:
        drawn = _of_logo(logo, side, filled) if logo else _sign(side, accent or _ACCENT, filled)
    except RequestError:
        drawn = _sign(side, accent or _ACCENT, filled)
    target = BytesIO()
    drawn.save(target, "PNG", optimize=True)
    return target.getvalue()


def _of_logo(data: bytes, side: int, filled: bool) -> Image.Image:
    inner = round(side * _SAFE) if filled else side
    with Image.open(BytesIO(making.small(data)), formats=("WEBP",)) as logo:
        fitted = ImageOps.contain(logo.convert("RGBA"), (inner, inner), Image.Resampling.LANCZOS)
    whole = Image.new("RGBA", (side, side), _WHITE if filled else _CLEAR)
    whole.alpha_composite(fitted, ((side - fitted.width) // 2, (side - fitted.height) // 2))
    return whole


def _sign(side: int, accent: str, filled: bool) -> Image.Image:
    large = side * _FINER
    whole = Image.new("RGBA", (large, large), accent if filled else _CLEAR)
    pen, unit = ImageDraw.Draw(whole), large / _FIELD
    if not filled:
        pen.rounded_rectangle((0, 0, large - 1, large - 1), _CORNER * unit, fill=accent)
    pen.rounded_rectangle([unit * number for number in _BUBBLE], _ROUND * unit, fill=_WHITE)
    pen.polygon([unit * number for number in _TIP], fill=_WHITE)
    for across in _POINTS:
        pen.circle((across * unit, _ACROSS * unit), _POINT * unit, fill=accent)
    return whole.resize((side, side), Image.Resampling.LANCZOS)
