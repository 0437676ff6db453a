"""Standard VAT and GST rates by country and day, as dated data: shown to reckon with, never advised."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import yaml

from tradewind.areas.finance.rules.pricing import rate_on

STANDARD = "standard"
FILE = Path(__file__).parents[1] / "data" / "tax_rates.yaml"


class TaxRate(NamedTuple):
    """A rate as a share, the day it holds from, and the day the data was checked."""

    rate: Decimal
    since: date
    checked: date


@lru_cache(maxsize=1)
def known() -> tuple[dict[str, list[tuple[date, Decimal]]], date]:
    """All dated rates by country, and when they were checked."""
    data = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    rates = {
        country: sorted((day, Decimal(str(percent)) / 100) for day, percent in found.items())
        for country, found in data["rates"].items()
    }
    return rates, data["checked"]


def tax_rate(country: str, day: date) -> TaxRate | None:
    """The standard rate of a country on a day; None where the data does not reach."""
    rates, checked = known()
    found = rate_on(rates.get(country, []), day)
    return TaxRate(found[1], found[0], checked) if found else None


def rate_of(country: str, day: date, kind: str) -> Decimal | None:
    """A country's rate of a kind (`standard`) on a day, as a share; None where the data does not know it."""
    found = tax_rate(country, day) if kind == STANDARD else None
    return found.rate if found is not None and found.rate else None
