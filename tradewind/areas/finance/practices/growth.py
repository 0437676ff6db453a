"""How finance knows that market analysis and new products raise sales: opportunities are tried every quarter, and judged."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.models import Opportunity
from tradewind.engines.practices.practice import Evidence, Part, Scope, link, practice
from tradewind.nouns.org.queries import company_day

QUARTER, JUDGE = timedelta(days=92), timedelta(days=120)
MOST, HALF = Decimal("0.9"), Decimal("0.5")


@practice(
    "finance.growth",
    after=(
        "finance.find_opportunities",
        "finance.try_opportunity",
        "finance.drop_opportunity",
        "finance.judge_opportunity",
    ),
)
def growth(now: datetime) -> dict[Scope, Evidence]:
    """In each market with opportunities, one was tried within a quarter, and what was tried is judged within four months."""
    today = company_day(now)
    groups: dict[int, list[Opportunity]] = defaultdict(list)
    for row in Opportunity.objects.filter(found_on__lte=today):
        groups[row.market_id].append(row)
    found = {}
    for market, rows in groups.items():
        tried = [row for row in rows if row.tried_on is not None and row.tried_on <= today]
        fresh = any(row.tried_on and today - row.tried_on <= QUARTER for row in tried)
        waits = fresh or any(row.state == Opportunity.OPEN and today - row.found_on > QUARTER for row in rows)
        old = [row for row in tried if row.tried_on and today - row.tried_on > JUDGE]
        judged = [row for row in old if row.state in (Opportunity.WORKED, Opportunity.FAILED)]
        found[Scope(market=market)] = Evidence(
            (
                Part("tried", _("Markets where an opportunity was tried within a quarter"), int(fresh), int(waits),
                     link=link("finance:opportunity-list"), good_from=MOST, bad_below=HALF),
                Part("judged", _("Tried opportunities judged within four months"), len(judged), len(old),
                     link=link("finance:opportunity-list"), good_from=MOST, bad_below=HALF),
            )
        )  # fmt: skip
    return found or {Scope(): Evidence()}
