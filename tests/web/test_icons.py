"""Icons that are drawn in the page itself are those of the file that the others refer to."""

import re
from xml.etree import ElementTree

import pytest

from chat.web.icons import DRAWINGS, inline_icon
from tests.support.server import ROOT

SVG = "{http://www.w3.org/2000/svg}"
USED = re.compile(r'{% inline_icon "([^"]+)" %}')


def test_every_icon_that_a_template_draws_is_the_drawing_of_that_name():
    drawings = {symbol.get("id"): symbol for symbol in ElementTree.parse(DRAWINGS).iter(f"{SVG}symbol")}
    used = {name for path in (ROOT / "templates").rglob("*.html") for name in USED.findall(path.read_text())}
    assert used >= {"copy", "check", "retry", "more", "pencil", "pin", "continue"}
    for name in used:
        icon = ElementTree.fromstring(inline_icon(name))
        assert (icon.get("viewBox"), icon.get("aria-hidden")) == (drawings[name].get("viewBox"), "true")
        assert [(part.tag, part.attrib) for part in icon.iter() if part is not icon] == [
            (part.tag.removeprefix(SVG), part.attrib)
            for part in drawings[name].iter()
            if part is not drawings[name]
        ]


def test_a_name_without_a_drawing_is_an_error_of_ours():
    with pytest.raises(KeyError):
        inline_icon("nothing of the kind")
