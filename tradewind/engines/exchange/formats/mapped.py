"""Any table through a mapping: what payments and orders have in common."""

from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from tradewind.base.errors import Refused
from tradewind.engines.exchange.formats.keys import Occurrences
from tradewind.engines.exchange.formats.source import Context, Source
from tradewind.engines.exchange.mapping.fields import FIELDS, REQUIRED
from tradewind.engines.exchange.mapping.spec import CONTENT, REFUSE, SKIP, MappingSpec
from tradewind.engines.exchange.readers.cells import Countries, Currencies, Ids, clean
from tradewind.engines.exchange.readers.conditions import FirstMatch
from tradewind.engines.exchange.readers.dates import AUTO as DATE_AUTO
from tradewind.engines.exchange.readers.dates import Moments, detect_date_order
from tradewind.engines.exchange.readers.numbers import AUTO, Amounts, Quantities, detect_number_format
from tradewind.engines.exchange.readers.table import OneOf, Table
from tradewind.engines.exchange.records import KEYED, SAME_FILE, CustomerFacts, Unreadable

PROBE_VALUES = 2_000


class MappedSource(Source):
    """A table read through a `MappingSpec`."""

    format: ClassVar[str] = "mapping"
    id_field: ClassVar[str] = "order_id"

    def __init__(self, table: Table, context: Context, spec: MappingSpec) -> None:
        super().__init__(table, context)
        self.spec = spec
        self.countries = Countries({**spec.countries, **(context.option("countries") or {})})
        self.keyless = spec.key == CONTENT or not (self.id_field in spec.columns or self.id_field in spec.composed)
        self.promises = SAME_FILE if self.keyless else KEYED
        self.zone = spec.zone or context.zone
        self.date_order = self._date_order()
        self.number = self._number_format()
        columns = self.columns
        self._skip_tests = [(rule.column, columns.place(rule.column), rule.make()) for rule in spec.skip]
        self._state_rules = FirstMatch(spec.state_rules, columns)
        self._composed = {name: columns.places(parts) for name, parts in spec.composed.items()}
        self._readers = {name: self._reader(name) for name in FIELDS}
        self._when = itemgetter(*(self.place(name) for name in ("date", "time", "time_zone")))
        self._has_time = bool(spec.columns.get("time") or spec.columns.get("time_zone"))

    def place(self, name: str) -> int:
        """Where a field's column stands; the blank cell when it is not mapped or the file lacks it."""
        return self.columns.place(*self.spec.columns.get(name, ()))

    def column(self, name: str) -> str:
        """The column a field is read from, as named in the file."""
        place = self.place(name)
        return self.header[place] if place < len(self.header) else name

    def row_key(self, cells: Sequence[str]) -> str:
        """The id a refused row carries; blank when rows have none or it cannot be read."""
        if self.keyless:
            return ""
        try:
            return self.id_of(self.id_field, [*cells, *[""] * (len(self.header) + 1 - len(cells))])
        except Unreadable:
            return ""

    def _reader(self, name: str) -> Any:
        kind, column = FIELDS[name].kind, self.column(name)
        if kind == "money":
            return Amounts(column, self.number)
        if kind == "count":
            return Quantities(column, self.number)
        if kind == "moment":
            return Moments(column, self.date_order, *self._zones())
        if kind == "id":
            return Ids(column, whole=name in ("order_id", "customer_id", "order_ref", "number"))
        if kind == "currency":
            constant = self.spec.constants.get(name) or (self.context.currency if name == "currency" else "")
            return Currencies(column, constant, self.spec.currencies)
        return None

    def _zones(self) -> tuple[Any, Any]:
        reader = self.moments("ymd", "", source_zone=self.zone)[0]
        return reader.zone, reader.day_zone

    def _values(self, names: Sequence[str]) -> Iterator[str]:
        places = [self.place(name) for name in names if name in self.spec.columns]
        for _line, row in self.table.rows():
            if isinstance(row, list):
                yield from (row[place] for place in places if row[place].strip())

    def _date_order(self) -> str:
        order = self.context.option("date") or self.spec.date_order
        if order != DATE_AUTO:
            return str(order)
        try:
            found = detect_date_order(self._values(("date",)))
        except Unreadable as bad:
            bad.column = self.column("date")
            raise Refused(bad.refusal(0).reason, code="not_date", fields={bad.column: bad.value}) from bad
        if found is None:
            message = _("The dates can be day/month or month/day; declare the date format.")
            raise Refused(message, code="ambiguous_date", fields={self.column("date"): message})
        return found

    def _number_format(self) -> str:
        stated = str(self.context.option("number") or self.spec.number)
        if stated != AUTO:
            return stated
        names = [name for name in self.spec.columns if FIELDS[name].kind == "money"]
        values: list[str] = []
        for value in self._values(names):
            values.append(value)
            if len(values) >= PROBE_VALUES:
                break
        return detect_number_format(values) or AUTO

    def begin(self) -> None:
        """Forget what the last pass counted."""
        self._occurrences = Occurrences()

    def id_of(self, name: str, row: Sequence[str]) -> str:
        """An id from its column, or joined from several; blank when not mapped."""
        parts = self._composed.get(name)
        reader = self._readers[name]
        if parts is None:
            return str(reader[row[self.place(name)]])
        return "-".join(reader[row[place]] for place in parts)

    def moment(self, row: Sequence[str]) -> Any:
        """Moment and day of the row's date, with its time and zone columns if mapped; raises when blank."""
        text, time, zone_name = self._when(row)
        if self._has_time:
            abbreviation = zone_name.strip() if zone_name.strip().isalpha() and len(zone_name.strip()) <= 4 else ""
            text = " ".join(part.strip() for part in (text, time, abbreviation) if part.strip())
        reading = self._readers["date"][text]
        if reading[1] is None:
            raise Unreadable("blank", "", self.column("date"))
        return reading

    def state_of(self, cell: str, row: Sequence[str]) -> str:
        """Our state for the row: rules first, then the platform's word, then the default for a blank."""
        spec = self.spec
        word = cell.strip().casefold()
        state = (
            self._state_rules(row)
            or (spec.states.get(word) if word else None)
            or ("" if word and spec.states else spec.state_default)
        )
        if state:
            return state
        if spec.state_unknown == REFUSE:
            raise Unreadable("unknown_state", cell, self.column("state"))
        return spec.state_unknown

    def skips(self, row: Sequence[str], state: str = "") -> bool:
        """Whether the mapping leaves this row out; counted for the review."""
        if state == SKIP:
            self.skipped[row[self.place("state")].strip() or SKIP] += 1
            return True
        if self.spec.skip and (reason := self._skip_reason(row)):
            self.skipped[reason] += 1
            return True
        return False

    def _skip_reason(self, row: Sequence[str]) -> str:
        for column, place, test in self._skip_tests:
            cell = row[place].strip()
            if test(cell):
                return f"{column}: {cell}"
        return ""

    def customer_of(self, row: Sequence[str]) -> CustomerFacts | None:
        """Who bought, if the row says."""
        name, email, phone = (row[self.place(one)] for one in ("customer_name", "email", "phone"))
        known = self.id_of("customer_id", row)
        if not (known or name.strip() or email.strip() or phone.strip()):
            return None
        return CustomerFacts(known, name.strip(), email.strip(), clean(phone))

    def country_of(self, row: Sequence[str]) -> tuple[str, str]:
        """ISO code and raw name of the row's country."""
        raw = row[self.place("country")].strip()
        if not raw:
            return self.spec.constants.get("country", ""), ""
        return self.countries.code(raw), raw


def required_columns(spec: MappingSpec) -> list[OneOf]:
    """Columns a file must have for this mapping: the layout's own, the ids and state, and those its rules look at."""
    groups: list[OneOf] = []
    for group in REQUIRED[spec.layout]:
        names = tuple(name for field in group for name in spec.columns.get(field, ()))
        groups.append(names)
    groups += [
        spec.columns[name]
        for name in ("order_id", "payment_id", "state", "currency", "quantity")
        if name in spec.columns
    ]
    rules = (*spec.state_rules, *spec.order_kinds, *spec.line_kinds, *spec.negate, *spec.no_line, *spec.skip)
    groups += [rule.column for rule in rules]
    groups += [part for parts in spec.composed.values() for part in parts]
    joined = tuple(f"{join.name}." for join in spec.joins)
    return [one for one in dict.fromkeys(groups) if not _is_joined(one, joined)] + [
        join.on for join in spec.joins if not _is_joined(join.on, joined)
    ]


def _is_joined(names: OneOf, joined: tuple[str, ...]) -> bool:
    first = names if isinstance(names, str) else names[0]
    return bool(joined) and first.startswith(joined)
