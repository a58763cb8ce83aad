r"""Numbers and units: ``\qty{5}{\km\per\hour}`` of siunitx, ``\pu{5 km/h}`` of mhchem."""

from __future__ import annotations

import re
from functools import partial

from chat.markdown.latex import physics
from chat.markdown.latex.tokens import Reader, Unknown, tokens
from chat.markdown.latex.writer import Command, Writer

_PREFIXES = (
    "quecto:q ronto:r yocto:y zepto:z atto:a femto:f pico:p nano:n micro:µ milli:m centi:c deci:d deca:da"
    " deka:da hecto:h kilo:k mega:M giga:G tera:T peta:P exa:E zetta:Z yotta:Y ronna:R quetta:Q kibi:Ki"
    " mebi:Mi gibi:Gi tebi:Ti"
)
_UNITS = (
    "meter:m metre:m gram:g second:s ampere:A kelvin:K mole:mol candela:cd becquerel:Bq celsius:°C"
    " degreeCelsius:°C coulomb:C farad:F gray:Gy hertz:Hz henry:H joule:J lumen:lm katal:kat lux:lx newton:N"
    " ohm:Ω pascal:Pa radian:rad siemens:S sievert:Sv steradian:sr tesla:T volt:V watt:W weber:Wb day:d"
    " degree:° hectare:ha hour:h liter:L litre:L minute:min percent:% tonne:t arcminute:′ arcsecond:″"
    " astronomicalunit:au atomicmassunit:u bel:B bohr:a₀ dalton:Da decibel:dB electronvolt:eV hartree:Ha"
    " neper:Np parsec:pc lightyear:ly angstrom:Å bar:bar barn:b knot:kn mmHg:mmHg nauticalmile:M byte:B"
    " bit:bit molar:M kilogram:kg atmosphere:atm calorie:cal inch:in foot:ft mile:mi pound:lb"
    " ppm:ppm rpm:rpm year:yr week:wk dioptre:D gauss:G torr:Torr erg:erg dyne:dyn euro:€ dollar:$"
    " pixel:px arcmin:′ arcsec:″"
)
_PREFIX = dict(entry.split(":") for entry in _PREFIXES.split())
_UNIT = dict(entry.split(":") for entry in _UNITS.split())
_SHORT = re.compile(
    r"(?:[yzafpnumcdhkMGTPEZY]|da)?(?:m|g|s|A|K|mol|cd|Bq|C|F|Gy|Hz|H|J|lm|lx|N|Pa|rad|S|Sv|T|V|W|Wb|L|l|eV|t|B)"
    r"|min|h|d|bar|dB|degC|atm|cal|kcal|Wh|kWh|ohm|kohm|rpm"
)
_RAISED = {"\\squared": "2", "\\cubed": "3"}
_RAISING = {"\\square": "2", "\\cubic": "3"}
_NUMBER = re.compile(
    r"\s*([-+]|\\pm|\\approx|\\sim|[<>~])?\s*(\d[\d\s,]*\.?\d*|\.\d+)?(\(\d+\))?(?:[eEdD]\s*([-+]?\d+))?\s*"
)
_LITERAL = re.compile(
    r"([A-Za-zµμΩÅ°%′″€‰]+)|\^\{?([-+−]?\d+)\}?|([-+−]?\d+)|(//?)|([.*·~\s]+|\\,|\\cdot)|([()])"
)
_PHYSICAL = re.compile(
    r"\s*([-+]?\d[\d.,]*(?:\s*(?:[eE]|x10\^|\\times\s*10\^)\s*\{?[-+]?\d+\}?)?)?\s*(.*)", re.DOTALL
)


def number(text: str) -> str:
    r"""Return a number such as ``1.5e3``, ``1.5 +- 0.1``, ``1.5(2)``, ``2 x 3``."""
    text = text.replace("+-", "\\pm ").replace("−", "-").replace("\\,", "")
    parts = re.split(r"(\\pm|\\times|x)", text)
    found = [
        {"x": "\\times ", "\\times": "\\times ", "\\pm": "\\pm "}.get(part) or _simple(part)
        for part in parts
        if part.strip()
    ]
    return "".join(found)


def _simple(text: str) -> str:
    found = _NUMBER.fullmatch(text)
    if not found:
        raise Unknown(f"number {text}")
    sign, digits, uncertain, power = found.groups()
    digits = (digits or "").replace(" ", "")
    shown = (sign or "").replace("~", "\\sim ") + _grouped(digits) + (uncertain or "")
    if power:
        shown += ("\\times " if digits else "") + f"10^{{{int(power)}}}"
    return shown


def _grouped(digits: str) -> str:
    whole, point, rest = digits.replace(",", "{,}").partition(".")
    if whole.isdigit() and len(whole) > 4:
        whole = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", r"\\,", whole)
    return whole + point + rest


def unit(source: list[str]) -> str:
    r"""Return a unit of words such as ``\kilo\meter\per\second``, or of letters such as ``km/s^2``."""
    if any(
        token.startswith("\\") and token not in ("\\,", "\\cdot", "\\%", "\\mu", "\\Omega")
        for token in source
    ):
        return _of_words(Reader(token for token in source if token not in (" ", ".", "~")))
    return _literal("".join(source).replace("\\%", "%").replace("\\mu", "µ").replace("\\Omega", "Ω"))


def _of_words(reader: Reader) -> str:
    units: list[str] = []
    prefix, power, below = "", "", False
    while reader:
        token = reader.next()
        name = token.removeprefix("\\")
        if name in _PREFIX:
            prefix = _PREFIX[name]
        elif token in _RAISING:
            power = _RAISING[token]
        elif token == "\\per" or token == "/":
            below = True
        elif token in ("\\tothe", "\\raiseto"):
            power = "".join(reader.argument())
            if token == "\\tothe" and units:
                units[-1], power = _raised(units[-1], power, below=False), ""
        elif token in _RAISED and units:
            units[-1] = _raised(units[-1], _RAISED[token], below=False)
        elif token == "^" and units:
            units[-1] = _raised(units[-1], "".join(reader.argument()), below=False)
        else:
            units.append(_raised(_symbol(prefix, token), power, below=below))
            prefix, power, below = "", "", False
    return "\\,".join(units)


def _symbol(prefix: str, token: str) -> str:
    name = token.removeprefix("\\")
    if name in _UNIT:
        symbol = _UNIT[name]
    elif not token.startswith("\\") and token.isalpha():
        symbol = token
    elif _SHORT.fullmatch(name):
        symbol = name.replace("degC", "°C").replace("ohm", "Ω")
        symbol = re.sub(r"^u(?=.)", "µ", symbol)
    else:
        raise Unknown(f"unit {token}")
    return _upright(prefix + symbol)


def _raised(symbol: str, power: str, *, below: bool) -> str:
    base, _, before = symbol.partition("^")
    if before.startswith("{-"):  # a power of what "\per" has put below
        power = f"-{power}" if power else "-1"
    elif below:
        power = f"-{power or 1}"
    return f"{base}^{{{power}}}" if power else symbol


def _upright(symbol: str) -> str:
    escaped = symbol.replace("%", "\\%").replace("$", "\\$")
    return f"\\text{{{escaped}}}"


def _literal(text: str) -> str:
    shown: list[str] = []
    end = 0
    for found in _LITERAL.finditer(text.strip()):
        if found.start() != end:
            raise Unknown(f"unit {text}")
        end = found.end()
        letters, power, bare, slash, between, bracket = found.groups()
        if letters:
            shown.append(_upright(letters))
        elif power or bare and shown and shown[-1].startswith("\\text"):
            shown.append(f"^{{{power or bare}}}")
        else:
            shown.append(bare or slash and "/" or between and "\\," or bracket)
    if end != len(text.strip()):
        raise Unknown(f"unit {text}")
    return "".join(shown)


def _quantity(value: str, of: str) -> str:
    space = "" if of in ("\\text{°}", "\\text{′}", "\\text{″}") else "\\,"
    return f"{value}{space}{of}" if value else of


def _raw(writer: Writer) -> str:
    return "".join(writer.reader.argument())


def _num(writer: Writer) -> str:
    writer.reader.optional()
    return number(_raw(writer))


def _si(writer: Writer) -> str:
    writer.reader.optional()
    return unit(writer.reader.argument())


def _si_quantity(writer: Writer) -> str:
    writer.reader.optional()
    value = number(_raw(writer))
    writer.reader.optional()
    return _quantity(value, unit(writer.reader.argument()))


def _range(has_unit: bool, writer: Writer) -> str:
    writer.reader.optional()
    low, high = number(_raw(writer)), number(_raw(writer))
    of = unit(writer.reader.argument()) if has_unit else ""
    return f"{_quantity(low, of) if of else low}\\text{{–}}{_quantity(high, of) if of else high}"


def _angle(writer: Writer) -> str:
    writer.reader.optional()
    parts = _raw(writer).split(";")
    return "".join(
        number(part) + sign for part, sign in zip(parts, ("^\\circ ", "'", "''"), strict=False) if part
    )


def _qty(writer: Writer) -> str:
    r"""Rewrite ``\qty{5}{kg}`` of siunitx; ``\qty{x}`` and ``\qty( )`` are of the package physics."""
    reader = writer.reader
    options = reader.optional() if reader.peek() == "[" else None
    if reader.peek() != "{":
        if options is not None:
            reader.put_back(["[", *options, "]"])
        return physics.COMMANDS["\\qty"](writer)
    first = reader.argument()
    if reader.peek() != "{":
        reader.put_back(["{", *first, "}"])
        return physics.COMMANDS["\\qty"](writer)
    return _quantity(number("".join(first)), unit(reader.argument()))


def _physical_unit(writer: Writer) -> str:
    found = _PHYSICAL.fullmatch(_raw(writer))
    if not found:
        raise Unknown("a quantity")
    value = re.sub(r"\s*(?:x10\^|\\times\s*10\^)\s*\{?([-+]?\d+)\}?", r"e\1", found[1] or "")
    above, fraction, below = found[2].partition("//")
    if fraction:
        of = f"\\frac{{{unit(tokens(above))}}}{{{unit(tokens(below))}}}"
    else:
        of = unit(tokens(above)) if above.strip() else ""
    shown = number(value) if value else ""
    return _quantity(shown, of) if of else shown


COMMANDS: dict[str, Command] = {
    "\\num": _num,
    "\\si": _si,
    "\\unit": _si,
    "\\SI": _si_quantity,
    "\\qty": _qty,
    "\\ang": _angle,
    "\\numrange": partial(_range, False),
    "\\SIrange": partial(_range, True),
    "\\qtyrange": partial(_range, True),
    "\\pu": _physical_unit,
}
