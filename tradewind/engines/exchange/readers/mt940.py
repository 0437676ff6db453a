"""Bank statements of the SWIFT standard MT940 (and MT942): statements with their balances, and every movement signed.

A reversal of a credit (RC) takes money out, a reversal of a debit (RD) brings it back. Amounts are units of 1/10,000.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from tradewind.base.errors import Refused
from tradewind.base.money import SCALE
from tradewind.engines.exchange.readers.text import detect_encoding, open_text, unreadable

_TAG = re.compile(r":(\d{2}[A-Z]?|NS):(.*)", re.DOTALL)
_ENVELOPE = re.compile(r"\{[1235]:[^{}]*(?:\{[^{}]*\}[^{}]*)*\}|\{4:|-\}")
_BALANCE = re.compile(r"([CD])(\d{6})([A-Z]{3})(\d{1,15}),(\d{0,4})\s*", re.ASCII)
_MOVEMENT = re.compile(
    r"(?P<day>\d{6})(?P<entry>\d{4})?(?P<sign>[RE]?[CD])(?P<funds>[A-Z])?(?P<whole>\d{1,15}),(?P<part>\d{0,4})"
    r"(?P<type>[A-Z][A-Z0-9 ]{3})(?P<reference>.*?)(?://(?P<bank>.*))?",
    re.ASCII | re.DOTALL,
)
_FIELD = re.compile(r"\?(\d{2})")
_SEPA = re.compile(r"(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE)\+")
LONGEST_REFERENCE = 16
_NO_REFERENCE = ("", "NONREF", "NOTPROVIDED")


@dataclass(frozen=True)
class Balance:
    """What lay on the account on a day."""

    units: int
    currency: str
    day: date


@dataclass
class Movement:
    """One movement: money in is positive. `day` is when it was booked, `value_day` when it counts for interest."""

    line: int
    day: date
    value_day: date
    units: int
    currency: str
    reference: str = ""
    bank_reference: str = ""
    text: str = ""
    counterparty: str = ""
    pending: bool = False
    reversal: bool = False


@dataclass
class Statement:
    """What a bank says of one account for one span."""

    line: int
    account: str = ""
    number: str = ""
    currency: str = ""
    opening: Balance | None = None
    closing: Balance | None = None
    movements: list[Movement] = field(default_factory=list)

    def gap(self) -> int | None:
        """What is missing between the opening balance with all movements and the closing one; None where one is not told."""
        if self.opening is None or self.closing is None:
            return None
        booked = sum(one.units for one in self.movements if not one.pending)
        return self.closing.units - self.opening.units - booked


class Broken(ValueError):
    """A statement breaks the standard at a line."""

    def __init__(self, line: int, tag: str, reason: object) -> None:
        super().__init__(f"{line} {tag}")
        self.line, self.tag, self.reason = line, tag, reason


def fits(path: Path) -> bool:
    """Whether the file begins like a statement: a tag of the standard or the envelope around one."""
    with path.open("rb") as stream:
        head = stream.read(4096).decode("latin-1").lstrip("\x01\ufeffï»¿ \r\n")
    return bool(re.match(r":(20|21|25|28C?|34F|60[FM]|61|62[FM]|64|65|86):|\{1:F01", head))


def read(path: Path, *, lenient: bool = False) -> list[Statement]:
    """All statements of a file.

    Raises Broken where a line breaks the standard: references of more than 16 characters among them, which `lenient` takes.
    """
    statements: list[Statement] = []
    now: Statement | None = None
    for line, tag, text in fields(path):
        if tag == "20" or now is None:
            now = Statement(line)
            statements.append(now)
        take(now, line, tag, text, lenient=lenient)
    for one in statements:
        for movement in one.movements:
            movement.currency = movement.currency or one.currency
    return statements


def fields(path: Path) -> Iterator[tuple[int, str, str]]:
    """Line, tag and text of each field; a field goes on until the next tag or the end of its statement."""
    encoding = detect_encoding(path)
    held: tuple[int, str, list[str]] | None = None
    for line, raw in lines(path, encoding):
        text = _ENVELOPE.sub("", raw).strip("\x01\x03").rstrip()
        found = _TAG.match(text)
        if found is not None:
            if held is not None:
                yield held[0], held[1], "\n".join(held[2])
            held = (line, found[1], [found[2]])
        elif held is not None and text != "-":
            if text:
                held[2].append(text)
        elif held is not None:
            yield held[0], held[1], "\n".join(held[2])
            held = None
    if held is not None:
        yield held[0], held[1], "\n".join(held[2])


def lines(path: Path, encoding: str) -> Iterator[tuple[int, str]]:
    """Physical lines; bytes that are no text of the encoding are Refused."""
    with open_text(path, encoding) as text:
        number = 0
        try:
            for number, raw in enumerate(text, start=1):
                yield number, raw.rstrip("\r\n")
        except UnicodeError as bad:
            raise unreadable(encoding, number + 1) from bad


def take(statement: Statement, line: int, tag: str, text: str, *, lenient: bool) -> None:
    """One field of a statement."""
    if tag == "25":
        statement.account = statement.account or text.strip()
    elif tag in ("28", "28C"):
        statement.number = statement.number or text.strip()
    elif tag in ("60F", "60M"):
        statement.opening = statement.opening or balance(line, tag, text)
        statement.currency = statement.opening.currency
    elif tag in ("62F", "62M"):
        statement.closing = balance(line, tag, text)
        statement.currency = statement.currency or statement.closing.currency
    elif tag == "34F":
        statement.currency = statement.currency or text.strip()[:3]
    elif tag == "61":
        statement.movements.append(movement(line, text, statement.currency, lenient=lenient))
    elif tag in ("86", "NS") and statement.movements:
        describe(statement.movements[-1], tag, text)


def balance(line: int, tag: str, text: str) -> Balance:
    """A balance: C is ours, D is owed."""
    found = _BALANCE.fullmatch(text.strip())
    if found is None:
        raise Broken(
            line, tag, _("The balance “%(value)s” is not written as the standard asks.") % {"value": text[:60]}
        )
    units = int(found[4]) * SCALE + int(found[5].ljust(4, "0"))
    return Balance(-units if found[1] == "D" else units, found[3], day_of(line, tag, found[2]))


def day_of(line: int, tag: str, text: str) -> date:
    """A day written as yymmdd; years from 80 on are of the last century."""
    year = int(text[:2])
    try:
        return date(year + (1900 if year >= 80 else 2000), int(text[2:4]), int(text[4:6]))
    except ValueError as bad:
        raise Broken(line, tag, _("“%(value)s” is not a date of the form %(format)s.") % {"value": text, "format": "yymmdd"}) from bad  # fmt: skip


def movement(line: int, text: str, currency: str, *, lenient: bool) -> Movement:
    """One movement of a statement line."""
    first, _break, more = text.partition("\n")
    found = _MOVEMENT.fullmatch(first.strip())
    if found is None:
        raise Broken(
            line, "61", _("The movement “%(value)s” is not written as the standard asks.") % {"value": first[:60]}
        )
    reference = found["reference"].strip()
    if len(reference) > LONGEST_REFERENCE and not lenient:
        told = {"value": reference, "count": len(reference), "most": LONGEST_REFERENCE}
        raise Broken(line, "61", _("The reference “%(value)s” has %(count)s characters, the standard allows %(most)s.") % told)  # fmt: skip
    units = int(found["whole"]) * SCALE + int(found["part"].ljust(4, "0"))
    value = day_of(line, "61", found["day"])
    return Movement(
        line, booked(line, value, found["entry"]), value, -units if found["sign"] in ("D", "ED", "RC") else units, currency,
        "" if reference in _NO_REFERENCE else reference, (found["bank"] or "").strip(), more.replace("\n", " ").strip(),
        reversal=found["sign"].startswith("R"),
    )  # fmt: skip


def booked(line: int, value: date, text: str | None) -> date:
    """The day of booking, which tells no year: the one nearest to the value day."""
    if not text:
        return value
    month, day = int(text[:2]), int(text[2:])
    choices = []
    for year in (value.year - 1, value.year, value.year + 1):
        try:
            choices.append(date(year, month, day))
        except ValueError:
            continue
    if not choices:
        raise Broken(
            line, "61", _("“%(value)s” is not a date of the form %(format)s.") % {"value": text, "format": "mmdd"}
        )
    return min(choices, key=lambda one: abs((one - value).days))


def describe(one: Movement, tag: str, text: str) -> None:
    """What the bank says about a movement: free text, or numbered fields with purpose and name."""
    if tag == "NS":
        parts = {line[:2]: line[2:].strip() for line in text.split("\n") if line[:2].isdecimal()}
        one.counterparty = one.counterparty or " ".join(parts[key] for key in ("15", "16") if key in parts)
        one.text = " ".join(parts.get(key, "") for key in ("09", "17")).strip() or one.text
        return
    joined = text.replace("\n", "")
    pieces = _FIELD.split(joined)
    if len(pieces) < 3:
        one.text = " ".join(" ".join(text.split("\n")).split()) or one.text
        return
    named: dict[str, str] = {}
    for code, value in zip(pieces[1::2], pieces[2::2], strict=False):
        named[code] = named.get(code, "") + value
    purpose = "".join(named.get(f"{code:02}", "") for code in (*range(20, 30), *range(60, 64)))
    one.counterparty = f"{named.get('32', '')} {named.get('33', '')}".strip()
    one.text = " ".join((purpose or named.get("00", "")).split())
    tags = _SEPA.split(purpose)
    marked = dict(zip(tags[1::2], tags[2::2], strict=False))
    end = marked.get("EREF", "").strip()
    if not one.reference and end not in _NO_REFERENCE:
        one.reference = end[:120]


def refused(bad: Broken) -> Refused:
    """A broken statement as the refusal of its file."""
    told = {"line": bad.line, "tag": bad.tag, "reason": str(bad.reason)}
    return Refused(_("Line %(line)s, field %(tag)s: %(reason)s") % told, code="broken_statement")
