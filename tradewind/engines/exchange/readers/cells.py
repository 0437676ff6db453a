"""Texts of cells: ids without spreadsheet damage, currencies, countries, and columns found by name."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from tradewind.base.money import CURRENCIES
from tradewind.base.places import find_country
from tradewind.engines.exchange.readers.numbers import CACHE_LIMIT
from tradewind.engines.exchange.readers.table import name_key
from tradewind.engines.exchange.records import Unreadable

UNKNOWN = "unknown"
"""A decision on a country name: it stands for no country."""
_DAMAGED = re.compile(r"\d(?:[.,]\d+)?[eE]\+\d+", re.ASCII)
_TEXT_FORMULA = re.compile(r'="(.*)"')
_POINT_ZERO = re.compile(r"(\d+)\.0", re.ASCII)
_NO_ID = frozenset({"-", "--", "/", "n/a", "N/A"})
_TRUE = frozenset({"true", "yes", "y", "1", "t", "是", "accepted"})


def clean(text: str) -> str:
    """A cell without the blanks, tabs and marks (leading apostrophe, ="…") that keep it text in a spreadsheet."""
    stripped = text.strip()
    stripped = stripped.removeprefix("'")
    formula = _TEXT_FORMULA.fullmatch(stripped)
    return formula[1].strip() if formula else stripped


def is_true(text: str) -> bool:
    """Whether a yes/no cell says yes."""
    return text.strip().casefold() in _TRUE


class Ids(dict[str, str]):
    """Ids of one column, cleaned; raises `Unreadable` on one that a spreadsheet shortened (3.65E+11).

    `whole` also takes the `.0` off a number that some tool made of an id (17850.0).
    """

    def __init__(self, column: str, *, whole: bool = False) -> None:
        super().__init__()
        self.column = column
        self.whole = whole

    def __missing__(self, text: str) -> str:
        if len(self) > CACHE_LIMIT:
            self.clear()
        value = clean(text)
        if _DAMAGED.fullmatch(value):
            raise Unreadable("damaged_id", value, self.column)
        if self.whole:
            whole = _POINT_ZERO.fullmatch(value)
            value = whole[1] if whole else value
        value = "" if value in _NO_ID else value
        self[text] = value
        return value


class Currencies(dict[str, str]):
    """Currency codes of one column in capitals; blank gives the fallback; raises `Unreadable` when neither is a code."""

    def __init__(self, column: str, fallback: str = "", names: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self.column = column
        self.fallback = fallback
        self.names = {name.casefold(): code for name, code in (names or {}).items()}

    def __missing__(self, text: str) -> str:
        code = clean(text).upper() or self.fallback
        code = self.names.get(code.casefold(), code)
        if not code:
            raise Unreadable("no_currency", "", self.column)
        if code not in CURRENCIES:
            raise Unreadable("unknown_currency", text, self.column)
        self[text] = code
        return code


class Countries:
    """Country names to ISO codes; what is neither known nor decided is counted for the review."""

    def __init__(self, decisions: Mapping[str, str] | None = None) -> None:
        self._decisions = {name_key(name): code for name, code in (decisions or {}).items()}
        self._codes: dict[str, str] = {"": ""}
        self.open: Counter[str] = Counter()

    def code(self, raw: str) -> str:
        """ISO code of a name, or blank; each call with an undecided name counts one."""
        found = self._codes.get(raw)
        if found is None:
            found = self._codes[raw] = self._find(raw)
        if found == "?":
            self.open[raw.strip()] += 1
            return ""
        return found

    def _find(self, raw: str) -> str:
        decided = self._decisions.get(name_key(raw))
        if decided is not None:
            return "" if decided == UNKNOWN else decided
        name = raw.strip()
        return (find_country(name) or "?") if name else ""


class Columns:
    """Where each column stands; a column the file lacks points to the blank cell after the last."""

    def __init__(self, header: Sequence[str]) -> None:
        self.header = list(header)
        self._places: dict[str, int] = {}
        for place, name in enumerate(self.header):
            self._places.setdefault(name_key(name), place)

    def __contains__(self, name: str) -> bool:
        return name_key(name) in self._places

    def place(self, *names: str) -> int:
        """Place of the first of these names that the file has."""
        for name in names:
            found = self._places.get(name_key(name))
            if found is not None:
                return found
        return len(self.header)

    def places(self, names: Iterable[str]) -> list[int]:
        """Places of several columns, in order."""
        return [self.place(name) for name in names]
