"""How finance knows that stock ties up little: its age, what is more than demand needs, and how both went; nothing is due before goods are kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise

from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.queries.inventory import Position, latest, positions
from tradewind.base.period import Period
from tradewind.engines.access.scope import Scope
from tradewind.engines.practices.practice import Evidence, Part, link, practice
from tradewind.nouns.org.queries import company_day
from tradewind.nouns.trade.models import StockLevel

STEPS = 3
SLACK = Decimal("0.01")  # a share moves by so much with every delivery


@practice("finance.inventory", after=("supply.record_move", "supply.import_stock_moves"))
def inventory(now: datetime) -> dict[Scope, Evidence]:
    """Units that are younger than 180 days, units that demand needs, and months in which neither got worse, by market."""
    today = company_day(now)
    months = [today.replace(day=1)]
    for _step in range(STEPS):
        months.insert(0, Period.containing(months[0], "month").previous().start)
    by_market: dict[int | None, list[Position]] = defaultdict(list)
    for one in positions(StockLevel.objects.filter(month__in=months)):
        by_market[one.market].append(one)
    found = {Scope(market=market): evidence(rows, months) for market, rows in by_market.items()}
    return {scope: one for scope, one in found.items() if one is not None}


def evidence(rows: list[Position], months: list[date]) -> Evidence | None:
    """The evidence of one market; None where nothing lies there today."""
    now = latest(rows)
    units, page = lying(now), link("finance:inventory")
    if not units:
        return None
    shares = [burden([one for one in rows if one.month == month]) for month in months]
    steps = [(before, after) for before, after in pairwise(shares) if before is not None and after is not None]
    kept = sum(after <= before + SLACK for before, after in steps)
    return Evidence(
        (
            Part("fresh", _("Units younger than 180 days"), units - sum(one.old for one in now), units, link=page,
                 good_from=Decimal("0.9"), bad_below=Decimal("0.7")),
            Part("lean", _("Units that demand needs until goods arrive"), units - sum(one.beyond for one in now), units, link=page,
                 good_from=Decimal("0.7"), bad_below=Decimal("0.4")),
            Part("trend", _("Months in which neither got worse"), kept, len(steps), link=page,
                 good_from=Decimal("0.6"), bad_below=Decimal("0.3")),
        )
    )  # fmt: skip


def lying(rows: Iterable[Position]) -> int:
    """Units that lie there."""
    return sum(max(one.units, 0) for one in rows)


def burden(rows: list[Position]) -> Decimal | None:
    """The share of units that are old or more than demand needs, each counted; None where nothing lay."""
    units = lying(rows)
    return Decimal(sum(one.old + one.beyond for one in rows)) / units if units else None
