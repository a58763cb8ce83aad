"""Commands that the converter does not know, or not in the way in which people use them."""

from __future__ import annotations

import re
from functools import partial

from chat.markdown.latex.colours import colour, ink_on
from chat.markdown.latex.drawing import back, in_font
from chat.markdown.latex.text import words
from chat.markdown.latex.tokens import Unknown, length_in_em, tokens
from chat.markdown.latex.writer import Command, Writer

_SIZES = {
    "tiny": "50%",
    "sixptsize": "60%",
    "scriptsize": "70%",
    "footnotesize": "80%",
    "small": "90%",
    "normalsize": "100%",
    "large": "120%",
    "Large": "144%",
    "LARGE": "173%",
    "huge": "207%",
    "Huge": "249%",
}
_NOTATIONS = {
    "box": "boxed",
    "roundedbox": "boxed",
    "circle": "circled",
    "updiagonalstrike": "cancel",
    "downdiagonalstrike": "bcancel",
    "horizontalstrike": "sout",
    "top": "overline",
    "bottom": "underline",
    "actuarial": "angl",
    "phasorangle": "phase",
}
_STYLE_COLOUR = re.compile(r"(?:^|;)\s*color:\s*(#?\w+)")
_LENGTH = re.compile(r"[-+.\d]|[a-z]")
_CHARACTER = re.compile(r"U?\+?(?:\"|x|0x|u\+)?([0-9A-Fa-f]+)", re.IGNORECASE)


# Colours


def _colour_argument(writer: Writer) -> str:
    model = writer.reader.optional_text()
    return colour(writer.reader.text(), model)


def _color(writer: Writer) -> str:
    r"""Rewrite ``\color{red} x`` up to the group's end; ``\color{red}{x}`` is meant for its argument."""
    ink = _colour_argument(writer)
    if writer.reader.peek() == "{":
        return writer.marks.group(writer.argument(), mathcolor=ink)
    return writer.rest(mathcolor=ink)


def _textcolor(writer: Writer) -> str:
    ink = _colour_argument(writer)
    return writer.marks.group(writer.argument(), mathcolor=ink)


def _colorbox(writer: Writer) -> str:
    ground = _colour_argument(writer)
    return _on(writer, ground, _text_box(writer))


def _fcolorbox(writer: Writer) -> str:
    frame, ground = _colour_argument(writer), _colour_argument(writer)
    return writer.marks.group(_on(writer, ground, _text_box(writer)), class_="frame", mathcolor=frame)


def _on(writer: Writer, ground: str, content: str) -> str:
    return writer.marks.group(content, class_="ground", mathbackground=ground, mathcolor=ink_on(ground))


def _text_box(writer: Writer) -> str:
    r"""Rewrite the text of ``\colorbox`` and ``\fbox``; who writes a formula there means one."""
    source = writer.reader.argument()
    is_formula = any(token[0] in "^_" or token[0] == "\\" and len(token) > 2 for token in source)
    if is_formula and "$" not in source and "\\(" not in source:
        return writer.written(source)
    return words(writer, "\\text{", source)


# Boxes, strokes and places


def _boxed(writer: Writer) -> str:
    return writer.marks.group(writer.argument(), class_="boxed")


def _fbox(writer: Writer) -> str:
    return writer.marks.group(_text_box(writer), class_="boxed")


def _bbox(writer: Writer) -> str:
    options = writer.reader.optional_text() or ""
    content = writer.argument()
    if "border" in options:
        return writer.marks.group(content, class_="boxed")
    ground = re.sub(r"[\d.]+(?:pt|px|em|ex)|,|\s", "", options)
    return _on(writer, colour(ground), content) if ground else f"{{{content}}}"


def _classed(name: str, writer: Writer) -> str:
    return writer.marks.group(writer.argument(), class_=name)


def _textclassed(name: str, writer: Writer) -> str:
    return writer.marks.group(words(writer, "\\text{", writer.reader.argument()), class_=name)


def _enclose(writer: Writer) -> str:
    r"""Rewrite ``\enclose{circle}{x}`` of MathJax."""
    names = [_NOTATIONS.get(name) for name in writer.reader.text().replace(",", " ").split()]
    content = writer.argument()
    for name in names:
        if not name:
            raise Unknown("a notation")
        content = writer.marks.group(content, class_=name)
    return content


def _cancelto(writer: Writer) -> str:
    value = writer.argument()
    return f"{writer.marks.group(writer.argument(), class_='cancel')}^{{{value}}}"


def _intertext(writer: Writer) -> str:
    return words(writer, "\\text{", writer.reader.argument()) + "\\\\"


def _lap(name: str, is_text: bool, writer: Writer) -> str:
    """Return the argument without a width, to the right, to the left, or to both sides."""
    source = writer.reader.argument()
    content = words(writer, "\\text{", source) if is_text else writer.written(source)
    inner = writer.marks.group(content, class_=name)
    return writer.marks.group(inner, "mpadded", width="0")


def _smash(writer: Writer) -> str:
    part = writer.reader.optional_text() or "tb"
    sizes = {name: "0" for letter, name in (("t", "height"), ("b", "depth")) if letter in part}
    return writer.marks.group(writer.argument(), "mpadded", **sizes)


def _raise(sign: int, writer: Writer) -> str:
    by = length_in_em(_length(writer)) * sign
    return writer.marks.group(writer.argument(), "mpadded", voffset=f"{by:.3g}em")


def _raisebox(writer: Writer) -> str:
    by = length_in_em(writer.reader.text())
    return writer.marks.group(_text_box(writer), "mpadded", voffset=f"{by:.3g}em")


def _rule(writer: Writer) -> str:
    up = length_in_em(writer.reader.optional_text() or "0em")
    width, height = length_in_em(writer.reader.text()), length_in_em(writer.reader.text())
    rule = writer.marks.atom("mspace", class_="rule", width=f"{width:.3g}em", height=f"{height:.3g}em")
    return writer.marks.group(rule, "mpadded", voffset=f"{up:.3g}em") if up else rule


def _space(writer: Writer) -> str:
    ems = length_in_em(_length(writer))
    if ems < 0:
        return writer.marks.atom("mspace", class_=back(-ems))
    return f"\\hspace{{{ems:.3g}em}}"


def _length(writer: Writer) -> str:
    r"""Return a length, in braces or bare as after ``\kern``; ``plus`` and ``minus`` are for print."""
    reader = writer.reader
    reader.skip_spaces()
    if reader.peek() == "{":
        return reader.text().split(" plus")[0]
    text = ""
    while (
        reader and (_LENGTH.match(reader.peek()) or reader.peek() == " ") and not re.search("[a-z]{2}$", text)
    ):
        text += reader.next()
    return text


def _negative_space(eighteenths: int, writer: Writer) -> str:
    return writer.marks.atom("mspace", class_=back(eighteenths / 18))


def _sized(size: str, writer: Writer) -> str:
    return writer.rest(mathsize=size)


# Fractions, operators and signs


def _above(writer: Writer) -> str:
    return writer.fraction_here(writer.length(_length(writer)))


def _mathop(writer: Writer) -> str:
    return _with_limits(writer, writer.argument())


def _with_limits(writer: Writer, operator: str) -> str:
    """Return an operator with what stands below and above it, in the line beside it."""
    asked = writer.reader.takes("\\limits")
    beside = writer.reader.takes("\\nolimits") or not (asked or writer.display)
    writer.reader.takes("\\displaylimits")
    below, above = writer.scripts()
    if beside:
        scripts = (f"_{{{below}}}" if below else "") + (f"^{{{above}}}" if above else "")
        return f"\\mathop{{{operator}}}{scripts}"
    if below:
        operator = f"\\underset{{{below}}}{{{operator}}}"
    if above:
        operator = f"\\overset{{{above}}}{{{operator}}}"
    return f"\\mathop{{{operator}}}"


def _limit(form: str, writer: Writer) -> str:
    return _with_limits(writer, form)


def _font(name: str, writer: Writer) -> str:
    return in_font(name, writer.argument())


def _operatorname(writer: Writer) -> str:
    name = writer.argument()
    star = "*" if writer.reader.takes("\\limits") else ""
    return f"\\operatorname{star}{{{name}}}"


def _substack(writer: Writer) -> str:
    return f"\\begin{{subarray}}{{c}} {writer.argument()}\\end{{subarray}}"


def _char(writer: Writer) -> str:
    r"""Rewrite ``\char"263a`` or ``\unicode{x263a}``."""
    reader = writer.reader
    reader.skip_spaces()
    text = "".join(reader.argument()) if reader.peek() == "{" else reader.next()
    while reader and text[:1] in "\"'`" and re.fullmatch("[0-9A-Fa-f]+", reader.peek()):
        text += reader.next()
    if text.isdecimal():
        return _shown(int(text))
    if found := _CHARACTER.fullmatch(text.strip()):
        return _shown(int(found[1], 16))
    raise Unknown(f"character {text}")


def _shown(code: int) -> str:
    if code < 0x20 or code > 0xEFFFF or 0xD800 <= code <= 0xF8FF or not chr(code).isprintable():
        raise Unknown(f"character {code}")
    character = chr(code)
    return character if character.isalnum() and character.isascii() else f"\\text{{{character}}}"


def _colon(writer: Writer) -> str:
    return "\\mathrel{:=}" if writer.reader.takes("=") else ":"


# What only concerns the page


def _dropped(count: int, writer: Writer) -> str:
    writer.reader.optional()
    for _ in range(count):
        writer.reader.argument()
    return ""


def _second(writer: Writer) -> str:
    """Return the formula behind an argument that says something of the page."""
    writer.reader.argument()
    return f"{{{writer.argument()}}}"


def _styled(writer: Writer) -> str:
    """Return the argument; of its style only the colour of the letters is kept."""
    style = _STYLE_COLOUR.search(writer.reader.text())
    if style:
        return writer.marks.group(writer.argument(), mathcolor=colour(style[1]))
    return f"{{{writer.argument()}}}"


def _url(writer: Writer) -> str:
    return words(writer, "\\texttt{", writer.reader.argument())


def _reference(form: str, writer: Writer) -> str:
    label = writer.reader.argument()
    return words(writer, "\\text{", tokens(form.replace("%", "".join(label).replace("\\", ""))))


def _hdotsfor(writer: Writer) -> str:
    writer.reader.optional()
    count = writer.reader.text()
    return " & ".join(["\\dots"] * min(20, int(count))) if count.isdecimal() else ""


def _multicolumn(writer: Writer) -> str:
    count = writer.reader.text()
    writer.reader.argument()
    if not count.isdecimal():
        raise Unknown("columns")
    return writer.argument() + " & " * (min(20, int(count)) - 1)


COMMANDS: dict[str, Command] = {
    "\\color": _color,
    "\\textcolor": _textcolor,
    "\\colorbox": _colorbox,
    "\\fcolorbox": _fcolorbox,
    "\\boxed": _boxed,
    "\\fbox": _fbox,
    "\\framebox": _fbox,
    "\\bbox": _bbox,
    "\\cancel": partial(_classed, "cancel"),
    "\\bcancel": partial(_classed, "bcancel"),
    "\\xcancel": partial(_classed, "xcancel"),
    "\\enclose": _enclose,
    "\\cancelto": _cancelto,
    "\\intertext": _intertext,
    "\\shortintertext": _intertext,
    "\\sout": partial(_textclassed, "sout"),
    "\\overline": partial(_classed, "overline"),
    "\\underline": partial(_classed, "underline"),
    "\\textcircled": partial(_textclassed, "circled"),
    "\\smash": _smash,
    "\\raise": partial(_raise, 1),
    "\\lower": partial(_raise, -1),
    "\\raisebox": _raisebox,
    "\\rule": _rule,
    "\\above": _above,
    "\\mathop": _mathop,
    "\\varlimsup": partial(_limit, "\\overline{\\lim}"),
    "\\varliminf": partial(_limit, "\\underline{\\lim}"),
    "\\varinjlim": partial(_limit, "\\underrightarrow{\\lim}"),
    "\\varprojlim": partial(_limit, "\\underleftarrow{\\lim}"),
    "\\operatorname": _operatorname,
    "\\substack": _substack,
    "\\char": _char,
    "\\unicode": _char,
    "\\setlength": partial(_dropped, 2),
    "\\htmlStyle": _styled,
    "\\style": _styled,
    "\\url": _url,
    "\\eqref": partial(_reference, "(%)"),
    "\\ref": partial(_reference, "%"),
    "\\cite": partial(_reference, "[%]"),
    "\\hdotsfor": _hdotsfor,
    "\\multicolumn": _multicolumn,
    "\\vcenter": lambda writer: f"{{{writer.argument()}}}",
    "\\ensuremath": lambda writer: f"{{{writer.argument()}}}",
    "\\!": partial(_negative_space, 3),
    "\\negthinspace": partial(_negative_space, 3),
    "\\negmedspace": partial(_negative_space, 4),
    "\\negthickspace": partial(_negative_space, 5),
}
COMMANDS |= {f"\\{name}": partial(_sized, size) for name, size in _SIZES.items()}
COMMANDS |= {
    f"\\{kind}{name}lap": partial(_lap, f"{name}lap", kind != "math")
    for kind in ("", "math")
    for name in "rlc"
}
COMMANDS |= {
    f"\\{name}": partial(_font, f"\\{name}")
    for name in [
        "mathrm",
        "mathbf",
        "mathit",
        "mathsf",
        "mathtt",
        "mathcal",
        "mathbb",
        "mathfrak",
        "mathscr",
        "boldsymbol",
        "bm",
        "bold",
    ]
}
COMMANDS |= dict.fromkeys(
    ("\\label", "\\require", "\\usepackage", "\\cline", "\\vspace", "\\vspace*"), partial(_dropped, 1)
)
COMMANDS |= dict.fromkeys(
    ("\\href", "\\htmlClass", "\\htmlId", "\\htmlData", "\\class", "\\cssId", "\\hyperlink"), _second
)
COMMANDS |= dict.fromkeys(("\\hspace", "\\hspace*", "\\kern", "\\hskip", "\\mkern", "\\mskip"), _space)
