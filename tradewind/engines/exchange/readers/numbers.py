"""Numbers as files write them -> whole units of 1/10,000; exact, never through floats."""

import re
from decimal import Decimal
from typing import Final

from tradewind.base.money import CURRENCIES, SCALE
from tradewind.engines.exchange.records import Unreadable

DOT, COMMA, SPACE, APOSTROPHE, AUTO = "1,234.56", "1.234,56", "1 234,56", "1'234.56", "auto"
NUMBER_FORMATS: Final = {
    DOT: (".", ","),
    COMMA: (",", "."),
    SPACE: (",", " "),
    APOSTROPHE: (".", "'"),
}
"""Number format -> (decimal sign, group sign); the name is an example of itself."""

CACHE_LIMIT = 50_000
LARGEST = 2**63 - 1
DECIMALS = 4
EXACT_DIGITS = 24
SPREADSHEET_DIGITS = 15
_EMPTY = frozenset({"", "-", "--", "—", "–", "/", "n/a", "N/A"})
_PLAIN = re.compile(r"(-?)(\d{1,14})(?:\.(\d{1,4})0*)?", re.ASCII)
_SCIENTIFIC = re.compile(r"[-+]?\d+(?:[.,]\d+)?[eE]\+?\d+", re.ASCII)
_SHAPE = re.compile(
    r"(?P<open>\()?(?P<lead>[-+]?)(?P<prefix>[^\d()+\-%]{0,8}?)(?P<inner>[-+]?)"
    r"(?P<body>(?:\d[\d.,' ]*|[.,]\d+))(?P<suffix>[^\d()+\-%]{0,8}?)(?P<trail>[-+]?)(?P<close>\))?",
    re.ASCII,
)
_SIGNS = frozenset(
    {
        "",
        "$",
        "R$",
        "US$",
        "A$",
        "AU$",
        "C$",
        "CA$",
        "NT$",
        "HK$",
        "S$",
        "MX$",
        "KR",
        "RP",
        "RM",
        "FT",
        "LEI",
        "RS",
        "TL",
        "FR",
    }
)
_WITH_SIGN = frozenset({"", "CN", "JP", "Z", "K", "RMB"})
"""Latin letters that may stand beside a sign of another script: CN¥, JP¥, zł, Kč."""
_MARKS = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def _folding() -> dict[int, str]:
    """Full-width, Arabic and Persian digits and the signs and blanks that mean the same as the ASCII ones."""
    table: dict[int, str] = {}
    for start in (0xFF10, 0x0660, 0x06F0, 0x0966):
        table.update({start + digit: str(digit) for digit in range(10)})
    same = {"−": "-", "–": "-", "－": "-", "＋": "+", "．": ".", "，": ",", "٫": ".", "٬": ",", "’": "'", "＇": "'"}
    same |= {"（": "(", "）": ")", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u3000": " ", "\t": " "}
    table.update({ord(sign): plain for sign, plain in same.items()})
    return table


_FOLDING = _folding()


class Exact(str):
    """A cell of a workbook that was a number or a date there: written with a decimal point or year first.

    It hashes unlike the same text typed in by hand, so that a reader's memory of one never answers for the other.
    """

    __slots__ = ()

    def __hash__(self) -> int:
        return super().__hash__() ^ 1


def parse_decimal(text: str, number_format: str = DOT) -> Decimal | None:
    """Read one localized number exactly; None for a blank or a dash; raises `Unreadable`."""
    cleaned = _MARKS.sub("", text.translate(_FOLDING)).strip()
    if cleaned in _EMPTY:
        return None
    if type(text) is Exact:
        return _exact(cleaned)
    shape = _SHAPE.fullmatch(cleaned)
    if _SCIENTIFIC.fullmatch(cleaned):
        raise Unreadable("scientific", text)
    if shape is None or bool(shape["open"]) != bool(shape["close"]):
        raise Unreadable("not_number", text, format=number_format)
    signs = [sign for sign in (shape["lead"], shape["inner"], shape["trail"]) if sign]
    if len(signs) + bool(shape["open"]) > 1 or not _is_currency(shape["prefix"], shape["suffix"]):
        raise Unreadable("not_number", text, format=number_format)
    value = Decimal(_body(shape["body"].strip(), text, number_format))
    return -value if shape["open"] or "-" in signs else value


def _exact(cleaned: str) -> Decimal:
    """A workbook's number at the precision a spreadsheet keeps (15 digits)."""
    value = Decimal(cleaned)
    if len(value.as_tuple().digits) > SPREADSHEET_DIGITS:
        value = Decimal(f"{value:.{SPREADSHEET_DIGITS}g}")
    return value


def _is_currency(prefix: str, suffix: str) -> bool:
    """Whether what stands around the digits is a currency: an ISO code, a usual sign, or a word in a non-Latin script."""
    if prefix.strip() and suffix.strip():
        return False
    around = (prefix + suffix).strip()
    if not around.isascii():
        latin = "".join(sign for sign in around if sign.isascii() and sign.isalpha())
        return latin.upper() in _WITH_SIGN and not any(sign.isdigit() for sign in around)
    return around.rstrip(".").upper() in _SIGNS or around.upper() in CURRENCIES


def _body(body: str, text: str, number_format: str) -> str:
    """The digits with a decimal point, after checking that groups stand where the declared format puts them."""
    decimal, group = NUMBER_FORMATS[number_format] if number_format != AUTO else _guess(body, text)
    whole, mark, fraction = body.rpartition(decimal) if decimal in body else (body, "", "")
    parts = whole.split(group) if whole else ["0"]
    grouped = len(parts) == 1 or (
        1 <= len(parts[0]) <= 3 and len(parts[-1]) == 3 and all(len(part) in (2, 3) for part in parts[1:-1])
    )
    if not grouped or not all(part.isdigit() for part in parts) or (mark and fraction and not fraction.isdigit()):
        raise Unreadable("not_number", text, format=number_format)
    return "".join(parts) + "." + (fraction or "0")


def _guess(body: str, text: str) -> tuple[str, str]:
    """Decimal and group sign of one value when it proves them; refuses what can be read in two ways."""
    for group in (" ", "'"):
        if group in body:
            return ("," if "," in body else "."), group
    dots, commas = body.count("."), body.count(",")
    if dots and commas:
        return (".", ",") if body.rfind(".") > body.rfind(",") else (",", ".")
    if not dots and not commas:
        return ".", ","
    sign = "." if dots else ","
    other = "," if dots else "."
    if dots + commas > 1:
        return other, sign
    before, _, after = body.partition(sign)
    if len(after) == 3 and 1 <= len(before) <= 3 and before != "0":
        raise Unreadable("ambiguous_number", text)
    return sign, other


def parse_units(text: str, number_format: str = DOT) -> int | None:
    """Read one amount into units of 1/10,000; None when blank; raises `Unreadable`."""
    value = parse_decimal(text, number_format)
    if value is None:
        return None
    if len(value.as_tuple().digits) > EXACT_DIGITS:
        raise Unreadable("too_precise", text)
    scaled = value * SCALE
    units = int(scaled)
    if units != scaled:
        raise Unreadable("too_precise", text)
    if abs(units) > LARGEST:
        raise Unreadable("too_large", text)
    return units


class Amounts(dict[str, int | None]):
    """Amounts of one column, read once per distinct text: `amounts[cell]` -> units or None; raises `Unreadable`."""

    def __init__(self, column: str, number_format: str = DOT) -> None:
        super().__init__()
        self.column = column
        self.number_format = number_format

    def __missing__(self, text: str) -> int | None:
        if len(self) > CACHE_LIMIT:
            self.clear()
        plain = _PLAIN.fullmatch(text) if self.number_format == DOT else None
        if plain is not None:
            sign, whole, fraction = plain.groups()
            units = int(whole) * SCALE + (int(fraction.ljust(DECIMALS, "0")) if fraction else 0)
            self[text] = -units if sign else units
            return self[text]
        try:
            value = parse_units(text, self.number_format)
        except Unreadable as bad:
            bad.column = self.column
            raise
        self[text] = value
        return value


class Quantities(dict[str, int | None]):
    """Whole counts of one column; `2`, `2.0` and `1,000` read, `1.5` refused."""

    def __init__(self, column: str, number_format: str = DOT) -> None:
        super().__init__()
        self.column = column
        self.number_format = number_format

    def __missing__(self, text: str) -> int | None:
        if len(self) > CACHE_LIMIT:
            self.clear()
        try:
            value = self._read(text)
        except Unreadable as bad:
            bad.column = self.column
            raise
        self[text] = value
        return value

    def _read(self, text: str) -> int | None:
        sign, group = NUMBER_FORMATS.get(self.number_format, (".", ","))
        number_format = self.number_format
        if number_format == AUTO and sign not in text and group in text:
            number_format = DOT  # a count has no decimals, so a lone comma groups
        value = parse_decimal(text, number_format)
        if value is None:
            return None
        if value != int(value):
            raise Unreadable("not_whole", text)
        if abs(value) > 10**12:
            raise Unreadable("too_large", text)
        return int(value)


def detect_number_format(values: list[str]) -> str | None:
    """The one format that reads all values of a sample, or None when the sample leaves two readings open.

    Plain numbers without any sign read the same in every format and count as the decimal point format.
    """
    possible = [name for name in NUMBER_FORMATS if all(_reads(value, name) for value in values)]
    if not possible:
        return None
    readings = {tuple(parse_decimal(value, name) for value in values) for name in possible}
    return possible[0] if len(readings) == 1 else None


def _reads(value: str, number_format: str) -> bool:
    try:
        parse_decimal(value, number_format)
    except Unreadable:
        return False
    return True
