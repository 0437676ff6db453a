"""VAT and GST rates by country and day, standard and reduced, as dated data with its sources: shown to reckon with, never advised."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import yaml
from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.rules.pricing import rate_on

STANDARD = "standard"
# What reduced rates apply to; which goods these are exactly is for each country's law to say.
REDUCED = {
    "food": _("Reduced: food"), "staples": _("Reduced: bread, milk, fruit and the like"), "books": _("Reduced: books"),
    "periodicals": _("Reduced: newspapers and magazines"), "medicine": _("Reduced: medicine"), "children": _("Reduced: goods for children"),
}  # fmt: skip
FILE = Path(__file__).parents[1] / "data" / "tax_rates.yaml"
Dated = list[tuple[date, Decimal]]


class TaxRate(NamedTuple):
    """A rate as a share, the day it holds from, the day the data was checked, its kind and where it was read."""

    rate: Decimal
    since: date
    checked: date
    kind: str = STANDARD
    source: str = ""


class Known(NamedTuple):
    """All dated rates by country and kind with their sources, and when they were checked."""

    rates: dict[tuple[str, str], tuple[Dated, str]]
    checked: date


@lru_cache(maxsize=1)
def known() -> Known:
    """The data file, read once."""
    data = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    found: dict[tuple[str, str], tuple[Dated, str]] = {}
    for part in ("rates", "reduced"):
        for country, row in data[part].items():
            source = data["sources"][row["source"]]["name"]
            for kind, dated in row.items():
                if kind != "source":
                    found[country, kind] = (
                        sorted((day, Decimal(str(rate)) / 100) for day, rate in dated.items()),
                        source,
                    )
    return Known(found, data["checked"])


def tax_rate(country: str, day: date, kind: str = STANDARD) -> TaxRate | None:
    """A country's rate of a kind on a day; None where the data does not reach."""
    data = known()
    dated, source = data.rates.get((country, kind), ([], ""))
    found = rate_on(dated, day)
    return TaxRate(found[1], found[0], data.checked, kind, source) if found else None


def rate_of(country: str, day: date, kind: str) -> Decimal | None:
    """A country's rate of a kind on a day, as a share; None where the data does not know it."""
    found = tax_rate(country, day, kind)
    return found.rate if found is not None else None


def rate_for_goods(country: str, day: date, kind: str) -> TaxRate | None:
    """The rate of a kind of goods in a country, else its standard one: dearer, so that no price is reckoned too low."""
    return (tax_rate(country, day, kind) if kind else None) or tax_rate(country, day)


def kinds_of(country: str) -> list[str]:
    """The kinds of reduced rates that are known of a country, in the order of the list."""
    return [kind for kind in REDUCED if (country, kind) in known().rates]
