"""Charts as data: one description that the browser draws and that is always a table too."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tradewind.base.money import Money
from tradewind.ui import formats

# Of the palette in assets/css/tokens.css: --series-0 … --series-11.
COLOURS = 12
MOST_SERIES = 7
KINDS = ("line", "bar", "stacked", "hbar", "pie", "scatter", "heat", "tree")
Value = Decimal | int | None


@dataclass(frozen=True)
class Series:
    """One named row of values; the key (market:3) decides its colour on every chart."""

    key: str
    label: str | Promise
    values: Sequence[Value]
    urls: Sequence[str] = ()

    @property
    def weight(self) -> Decimal:
        """How much the series matters when only a few can be shown."""
        return sum((abs(Decimal(value)) for value in self.values if value is not None), Decimal(0))


@dataclass(frozen=True)
class Chart:
    """A chart's subject, unit and numbers.

    ``unit`` is 'money' (with ``currency``), 'number', 'percent' (values are ratios) or a word. ``additive`` says that
    series may be summed into 'other'. ``band`` names the keys of the lower and the upper bound: they are drawn as one area.
    """

    title: str | Promise
    categories: Sequence[Any]
    series: Sequence[Series]
    kind: str = "line"
    unit: str = "number"
    currency: str = ""
    period: str | Promise = ""
    note: str | Promise = ""
    target: Sequence[Value] = ()
    target_label: str | Promise = ""
    band: tuple[str, str] | None = None
    band_label: str | Promise = ""
    additive: bool = True
    category_label: str | Promise = ""
    places: int | None = None
    labels: Sequence[str] = field(default=())

    @property
    def subtitle(self) -> str:
        """Unit, currency and period in one line."""
        unit = {"money": self.currency, "number": "", "percent": "%"}.get(self.unit, self.unit)
        return " · ".join(str(part) for part in (unit, self.period, self.note) if part)

    @property
    def shown(self) -> list[Series]:
        """The series that are drawn: at most seven and, for sums, the rest as 'other'."""
        if len(self.series) <= MOST_SERIES:
            return list(self.series)
        heavy = sorted(self.series, key=lambda item: (-item.weight, item.key))
        keep = {item.key for item in heavy[:MOST_SERIES]}
        kept = [item for item in self.series if item.key in keep]
        return [*kept, self._other(heavy[MOST_SERIES:])] if self.additive else kept

    @property
    def dropped(self) -> int:
        """How many series are in the table only."""
        return 0 if self.additive else max(0, len(self.series) - MOST_SERIES)

    def _other(self, rest: Sequence[Series]) -> Series:
        columns = zip(*(item.values for item in rest), strict=True)
        sums = [sum((value for value in column if value is not None), start=Decimal(0)) for column in columns]
        return Series("other", _("Other (%(count)s)") % {"count": len(rest)}, sums)

    def text(self, value: Value) -> str:
        """One value as the reader sees it."""
        if value is None:
            return "–"
        if self.unit == "money":
            return formats.format_money(Money(Decimal(value), self.currency))
        if self.unit == "percent":
            return formats.format_percent(value)
        return formats.format_number(value, self.places)

    @property
    def names(self) -> list[str]:
        """The categories as words."""
        return list(self.labels) or [formats.plain(item) for item in self.categories]

    def table(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Every category with each series' value in words and its link: all series, not only the drawn ones."""
        return [
            (name, [(self.text(item.values[place]), _at(item.urls, place)) for item in self.series])
            for place, name in enumerate(self.names)
        ]

    def data(self) -> dict[str, Any]:
        """What the browser draws; exact texts travel beside the plotted numbers."""
        colours = colour_of([item.key for item in self.shown])
        series = [self._series(item, colours[item.key]) for item in self.shown]
        target = None
        if self.target:
            label = str(self.target_label or _("Target"))
            target = {
                "label": label,
                "values": [plot(v) for v in self.target],
                "texts": [self.text(v) for v in self.target],
            }
        return {
            "title": str(self.title),
            "kind": self.kind,
            "unit": self.unit,
            "categories": self.names,
            "series": series,
            "target": target,
            "band": self._band(),
            "total": len(self.series),
        }

    def _band(self) -> dict[str, Any] | None:
        keys = [item.key for item in self.shown]
        if self.band is None or not set(self.band) <= set(keys):
            return None
        low, high = self.band
        return {"label": str(self.band_label), "low": keys.index(low), "high": keys.index(high)}

    def _series(self, item: Series, colour: int) -> dict[str, Any]:
        return {
            "label": str(item.label),
            "colour": colour,
            "values": [plot(value) for value in item.values],
            "texts": [self.text(value) for value in item.values],
            "urls": list(item.urls),
        }


def _at(items: Sequence[str], place: int) -> str:
    return items[place] if place < len(items) else ""


def plot(value: Value) -> float | None:
    """A value as a length on the screen: the only place where a number becomes a float, after all arithmetic."""
    return None if value is None else float(value)


def colour_of(keys: Sequence[str]) -> dict[str, int]:
    """The palette place of each key, -1 for 'other': the same key gets the same colour on every chart.

    Keys of the form ``kind:7`` are spread by their number, so up to twelve markets never share a colour; a clash on one
    chart moves the later key to the next free place.
    """
    found: dict[str, int] = {}
    for key in sorted(keys):
        if key == "other":
            found[key] = -1
            continue
        number = key.rsplit(":", 1)[-1]
        place = int(number) % COLOURS if number.isdecimal() else zlib.crc32(key.encode()) % COLOURS
        taken = set(found.values())
        while place in taken and len(taken) < COLOURS:
            place = (place + 1) % COLOURS
        found[key] = place
    return found


def spark(values: Sequence[Value]) -> SafeString:
    """A line without axes, as wide as a word; its numbers are in the tile beside it."""
    known = [float(value) for value in values if value is not None]
    if len(known) < 2:
        return SafeString("")
    low, span = min(known), (max(known) - min(known)) or 1.0
    step = 100 / (len(known) - 1)
    points = " ".join(f"{place * step:.1f},{22 - (value - low) / span * 20:.1f}" for place, value in enumerate(known))
    return format_html(
        '<svg class="spark" viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true">'
        '<polyline points="{}" vector-effect="non-scaling-stroke"></polyline></svg>',
        points,
    )


def limited(chart: Chart, kind: str) -> Chart:
    """The same chart drawn another way."""
    return replace(chart, kind=kind)
