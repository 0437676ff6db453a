"""What a batch adds up to: counts, amounts by currency, the days it touched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from tradewind.base.money import CURRENCIES, from_units
from tradewind.engines.exchange.intake.document import Document

Ranges = list[list[str]]


def totals_of(documents: Iterable[Document]) -> tuple[Counter[str], Counter[str]]:
    """Units by currency: what orders, payouts and paid charges state; and what charges settled to."""
    charged: Counter[str] = Counter()
    settled: Counter[str] = Counter()
    for document in documents:
        order = document.order
        if order is not None:
            stated = order.facts.total
            charged[order.facts.currency] += sum(i.amount for i in order.items) if stated is None else stated
        elif document.transfer is not None:
            charged[document.transfer.currency] += document.transfer.amount
        for charge in document.charges:
            if charge.kind in ("", "charge") and charge.state == "paid":
                if order is None:
                    charged[charge.currency] += charge.amount
                if charge.settled is not None:
                    settled[charge.settled_currency or charge.currency] += charge.settled
    return charged, settled


def added(known: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    """Two sets of counts as one."""
    found = dict(known)
    for name, value in more.items():
        found[name] = found.get(name, 0) + value
    return found


def exact(totals: Mapping[str, int]) -> dict[str, str]:
    """Units by currency as exact texts with at least the currency's own places."""
    return {currency: exact_text(units, currency) for currency, units in sorted(totals.items())}


def exact_text(units: int, currency: str) -> str:
    """An amount as text: every place it has, and no fewer than the currency is paid in."""
    places = CURRENCIES[currency].digits if currency in CURRENCIES else 2
    whole, _dot, part = f"{from_units(units):f}".partition(".")
    part = part.rstrip("0").ljust(places, "0")
    return f"{whole}.{part}" if part else whole


def joined(ranges: Ranges, days: Iterable[str]) -> Ranges:
    """Day ranges `[from, to]`, inclusive, ascending, that hold what they held and the days as well."""
    spans = sorted([*(tuple(span) for span in ranges), *((day, day) for day in days if day)])
    found: Ranges = []
    for start, end in spans:
        if found and start <= next_day(found[-1][1]):
            found[-1][1] = max(found[-1][1], end)
        else:
            found.append([start, end])
    return found


def next_day(day: str) -> str:
    """The day after."""
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()
