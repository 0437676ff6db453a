"""A mapping: how any table becomes orders or payments, made once by a person and kept as JSON.

Nothing in it is code. `MappingSpec.parse` accepts the JSON form and refuses anything unclear, naming the place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from tradewind.base.clock import zone
from tradewind.base.errors import Refused
from tradewind.base.money import CURRENCIES
from tradewind.base.places import COUNTRIES
from tradewind.engines.exchange.mapping.fields import FIELDS, LAYOUTS, ORDER, PAYMENT, REQUIRED
from tradewind.engines.exchange.readers.cells import UNKNOWN
from tradewind.engines.exchange.readers.conditions import Condition
from tradewind.engines.exchange.readers.dates import AUTO as DATE_AUTO
from tradewind.engines.exchange.readers.dates import DATE_FORMATS
from tradewind.engines.exchange.readers.numbers import AUTO, DOT, NUMBER_FORMATS
from tradewind.engines.exchange.readers.table import TableOptions
from tradewind.engines.exchange.records import LINE_KINDS, ORDER_KINDS, PAID, PAYMENT_STATES, STATES

VERSION: Final = 1
SKIP: Final = "skip"
"""A state or rule result: the row is not taken, only counted."""

REFUSE: Final = "refuse"
IDS, CONTENT = "ids", "content"

_KEYS = frozenset(
    {"version", "name", "title", "layout", "file", "columns", "constants", "date", "number", "key", "state", "order_kind",
     "line_kind", "negate", "no_line", "skip", "countries", "currencies", "tax_included", "joins", "note"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class JoinSpec:
    """A second file whose columns are added to each row as `name.column`: found beside the main file as `file`."""

    name: str
    file: str
    on: str
    key: str
    columns: tuple[str, ...]
    optional: bool = False


@dataclass(frozen=True, slots=True)
class MappingSpec:
    """A checked mapping. Column values are lists of names (first found wins); ids may join several columns."""

    name: str
    layout: str
    columns: Mapping[str, tuple[str, ...]]
    title: Mapping[str, str] = field(default_factory=dict)
    composed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    file: TableOptions = field(default_factory=TableOptions)
    constants: Mapping[str, str] = field(default_factory=dict)
    date_order: str = DATE_AUTO
    zone: str = ""
    number: str = DOT
    key: str = IDS
    states: Mapping[str, str] = field(default_factory=dict)
    state_default: str = PAID
    state_unknown: str = REFUSE
    state_rules: tuple[Condition, ...] = ()
    order_kinds: tuple[Condition, ...] = ()
    line_kinds: tuple[Condition, ...] = ()
    line_kind: str = "product"
    negate: tuple[Condition, ...] = ()
    no_line: tuple[Condition, ...] = ()
    skip: tuple[Condition, ...] = ()
    countries: Mapping[str, str] = field(default_factory=dict)
    currencies: Mapping[str, str] = field(default_factory=dict)
    tax_included: bool | None = None
    joins: tuple[JoinSpec, ...] = ()
    stated: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def parse(cls, stated: Mapping[str, Any]) -> "MappingSpec":
        """Check the JSON form; Refused with one entry in `fields` for each place that is wrong."""
        return _Parser(stated).spec()

    def to_json(self) -> dict[str, Any]:
        """The JSON form it was parsed from."""
        return dict(self.stated)

    def used_columns(self) -> list[str]:
        """Every column name the mapping may read, the first of each alternative."""
        names = [names[0] for names in self.columns.values()]
        names += [name for parts in self.composed.values() for name in parts]
        rules = (*self.state_rules, *self.order_kinds, *self.line_kinds, *self.negate, *self.no_line, *self.skip)
        return list(dict.fromkeys([*names, *(rule.column for rule in rules)]))


class _Parser:
    def __init__(self, stated: Mapping[str, Any]) -> None:
        self.stated = stated
        self.wrong: dict[str, Any] = {}

    def spec(self) -> MappingSpec:
        stated = self.stated
        for key in sorted(set(stated) - _KEYS):
            self.wrong[key] = _("There is no such setting.")
        if stated.get("version") != VERSION:
            self.wrong["version"] = _("Only version %(version)s is known.") % {"version": VERSION}
        layout = self._choice("layout", stated.get("layout"), LAYOUTS)
        columns, composed = self._columns(layout)
        date, state = self._part("date", "order", "zone"), self._part("state", "map", "default", "unknown", "rules")
        order_kind, line_kind = self._part("order_kind", "rules"), self._part("line_kind", "default", "rules")
        states = (*(PAYMENT_STATES if layout == PAYMENT else STATES), SKIP)
        spec = MappingSpec(
            name=self._text("name", stated.get("name")),
            title={str(lang): str(text) for lang, text in self._part("title", *self._part_keys("title")).items()},
            layout=layout,
            columns=columns,
            composed=composed,
            file=self._file(),
            constants=self._constants(),
            date_order=self._choice("date.order", date.get("order", DATE_AUTO), (*DATE_FORMATS, DATE_AUTO)),
            zone=self._zone(date.get("zone") or ""),
            number=self._choice("number", stated.get("number", DOT), (*NUMBER_FORMATS, AUTO)),
            key=self._choice("key", stated.get("key", IDS), (IDS, CONTENT)),
            states={
                str(word).strip().casefold(): self._choice(f"state.map.{word}", ours, states)
                for word, ours in self._mapping("state.map", state.get("map", {})).items()
            },
            state_default=self._choice("state.default", state.get("default", PAID), states),
            state_unknown=self._choice("state.unknown", state.get("unknown", REFUSE), (*states, REFUSE)),
            state_rules=self._rules("state.rules", state.get("rules", []), states),
            order_kinds=self._rules("order_kind.rules", order_kind.get("rules", []), ORDER_KINDS),
            line_kinds=self._rules("line_kind.rules", line_kind.get("rules", []), LINE_KINDS),
            line_kind=self._choice(
                "line_kind.default",
                line_kind.get("default", "unspecified" if layout == ORDER else "product"),
                LINE_KINDS,
            ),
            negate=self._rules("negate", stated.get("negate", [])),
            no_line=self._rules("no_line", stated.get("no_line", [])),
            skip=self._rules("skip", stated.get("skip", [])),
            countries=self._codes("countries", {*COUNTRIES, UNKNOWN}),
            currencies=self._codes("currencies", set(CURRENCIES)),
            tax_included=self._typed("tax_included", stated.get("tax_included"), (bool, type(None))),
            joins=self._joins(),
            stated=dict(stated),
        )
        if self.wrong:
            raise Refused(_("The mapping cannot be used."), code="bad_mapping", fields=self.wrong)
        return spec

    def _columns(self, layout: str) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
        plain: dict[str, tuple[str, ...]] = {}
        composed: dict[str, tuple[str, ...]] = {}
        for name, column in self._mapping("columns", self.stated.get("columns", {})).items():
            place = f"columns.{name}"
            known = FIELDS.get(name)
            if known is None or layout not in (*known.layouts, ""):
                self.wrong[place] = _("This field does not exist in this layout.")
            elif isinstance(column, str) and column.strip():
                plain[name] = (column,)
            elif isinstance(column, list) and column and all(isinstance(one, str) and one for one in column):
                plain[name] = tuple(column)
            elif known.kind == "id" and isinstance(column, Mapping) and isinstance(column.get("join"), list):
                composed[name] = tuple(str(one) for one in column["join"])
            else:
                self.wrong[place] = _("Name a column.")
        for group in REQUIRED.get(layout, ()):
            if not any(name in plain for name in group):
                self.wrong[f"columns.{group[0]}"] = _("This field is needed.")
        return plain, composed

    def _file(self) -> TableOptions:
        names = ("encoding", "delimiter", "preamble", "sheet", "table", "skip_rows", "pad_short_rows")
        part = self._part("file", *names)
        text, number = (str, type(None)), (int, type(None))
        return TableOptions(
            encoding=self._typed("file.encoding", part.get("encoding"), text),
            delimiter=self._typed("file.delimiter", part.get("delimiter"), text),
            preamble=self._typed("file.preamble", part.get("preamble"), number),
            sheet=self._typed("file.sheet", part.get("sheet"), text),
            table=self._typed("file.table", part.get("table"), text),
            skip_rows=self._typed("file.skip_rows", part.get("skip_rows"), number) or 0,
            pad_short_rows=bool(self._typed("file.pad_short_rows", part.get("pad_short_rows"), (bool, type(None)))),
        )

    def _constants(self) -> dict[str, str]:
        part = self._part("constants", "currency", "country", "settled_currency", "method")
        for name in ("currency", "settled_currency"):
            if part.get(name, "EUR") not in CURRENCIES:
                self.wrong[f"constants.{name}"] = _("This is not a currency code.")
        if part.get("country", "DE") not in COUNTRIES:
            self.wrong["constants.country"] = _("This is not a country code.")
        return {name: str(value) for name, value in part.items()}

    def _joins(self) -> tuple[JoinSpec, ...]:
        joins = []
        for number, part in enumerate(self._typed("joins", self.stated.get("joins", []), (list,)) or []):
            try:
                columns = tuple(str(name) for name in part["columns"])
                joins.append(
                    JoinSpec(
                        part["name"], part["file"], part["on"], part["key"], columns, bool(part.get("optional", False))
                    )
                )
            except (KeyError, TypeError) as bad:
                self.wrong[f"joins.{number}"] = _("A join needs name, file, on, key and columns (%(what)s).") % {
                    "what": str(bad)
                }
        return tuple(joins)

    def _rules(self, place: str, stated: Any, results: Sequence[str] = ()) -> tuple[Condition, ...]:
        rules = []
        for number, one in enumerate(self._typed(place, stated, (list,)) or []):
            try:
                rule = Condition.parse(one)
            except (ValueError, TypeError, AttributeError) as bad:
                self.wrong[f"{place}.{number}"] = _("This rule cannot be read: %(what)s.") % {"what": str(bad)}
                continue
            if results:
                self._choice(f"{place}.{number}.is", rule.result, results)
            rules.append(rule)
        return tuple(rules)

    def _codes(self, place: str, allowed: set[str]) -> dict[str, str]:
        stated = self._mapping(place, self.stated.get(place, {}))
        return {str(name): self._choice(f"{place}.{name}", code, allowed) for name, code in stated.items()}

    def _zone(self, name: str) -> str:
        if name:
            try:
                zone(name)
            except Refused as bad:
                self.wrong["date.zone"] = bad.message
        return name

    def _part_keys(self, key: str) -> list[str]:
        return [str(name) for name in self._mapping(key, self.stated.get(key, {}))]

    def _part(self, key: str, *names: str) -> dict[str, Any]:
        part = dict(self._mapping(key, self.stated.get(key, {})))
        for name in sorted(set(part) - set(names)):
            self.wrong[f"{key}.{name}"] = _("There is no such setting.")
        return {name: value for name, value in part.items() if name in names}

    def _mapping(self, place: str, value: Any) -> Mapping[str, Any]:
        return self._typed(place, value, (Mapping,)) or {}

    def _typed(self, place: str, value: Any, types: tuple[type, ...]) -> Any:
        if isinstance(value, types):
            return value
        self.wrong[place] = _("The value has the wrong form.")
        return None

    def _text(self, place: str, value: Any) -> str:
        if isinstance(value, str) and value.strip():
            return value.strip()
        self.wrong[place] = _("A name is needed.")
        return ""

    def _choice(self, place: str, value: Any, allowed: Any) -> str:
        if isinstance(value, str) and value in allowed:
            return value
        self.wrong[place] = _("“%(value)s” is not one of: %(allowed)s.") % {
            "value": value,
            "allowed": ", ".join(sorted(allowed)[:12]),
        }
        return ""
