"""Icons that are drawn in the page itself.

Elsewhere an icon is a reference (`<use>`) to a drawing of `static/chat/icons.svg`. Chromium makes a copy of
the drawing for each, some six nodes, and looks it up as a resource (0.09 ms of a slow phone). Without
them thirty messages and their page are 550 nodes fewer, of 5,000.
"""

import re
from functools import cache
from pathlib import Path

from django.utils.safestring import SafeString, mark_safe

DRAWINGS = Path(__file__).parent.parent / "static" / "chat" / "icons.svg"
_SYMBOL = re.compile(r'<symbol id="([^"]+)" viewBox="([^"]+)">(.*?)</symbol>', re.DOTALL)
_ICON = '<svg class="icon" viewBox="{}" aria-hidden="true">{}</svg>'


def inline_icon(name: str) -> SafeString:
    """Return the `<svg>` of an icon. Raises `KeyError` if there is no drawing of that name."""
    return mark_safe(_icons()[name])


@cache
def _icons() -> dict[str, str]:
    symbols = _SYMBOL.findall(DRAWINGS.read_text(encoding="utf-8"))
    return {name: _ICON.format(box, drawing) for name, box, drawing in symbols}
