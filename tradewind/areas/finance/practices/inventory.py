"""How finance knows that stock ties up little: nothing is due until movements of stock are brought."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.queries.stock import positions
from tradewind.engines.access.scope import Scope
from tradewind.engines.practices.practice import Evidence, Part, link, practice
from tradewind.nouns.org.queries import company_day


@practice("finance.inventory")
def inventory(now: datetime) -> dict[Scope, Evidence]:
    """Units that are younger than 180 days, of all in stock, by market."""
    held: dict[Scope, tuple[int, int]] = {}
    for one in positions(company_day(now)) or ():
        fresh, units = held.get(Scope(market=one.market), (0, 0))
        held[Scope(market=one.market)] = (fresh + one.units - one.aged, units + one.units)
    return {
        scope: Evidence((Part("fresh", _("Units younger than 180 days"), fresh, units,
                              link=link("finance:inventory"), good_from=Decimal("0.9"), bad_below=Decimal("0.7")),))
        for scope, (fresh, units) in held.items()
    }  # fmt: skip
