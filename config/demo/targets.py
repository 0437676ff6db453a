"""What the demo company wishes of its numbers this quarter, what it watches, one promise that is measured, and last year closed."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from config.demo.company import House
from tradewind.base.period import Period
from tradewind.engines.access.scope import Scope
from tradewind.engines.metrics import actions, figures, refresh

NET, ORDERS, REFUNDS, MARGIN = "finance.net_revenue", "customers.orders", "customers.refund_rate", "finance.cm2"
GROWTH = {
    "dach": "1.12", "fr": "1.10", "uk": "1.08", "south": "1.15", "us": "1.20", "ca": "1.15", "jp": "1.10", "oceania": "1.05",
}  # fmt: skip
LINE = Decimal("0.9")
MARGIN_WISH = Decimal("0.9")  # of the year before, whose fees are told in part
KEEPERS = {"dach": "Anna Schmidt", "us": "Michael Chen", "jp": "佐藤健", "uk": "Oliver Jones"}


def write(house: House) -> None:
    """Targets for the company and its markets, three watches, one promise; last year's months closed, oldest first."""
    refresh.ensure()
    wishes(house)
    watched(house)
    promised(house)
    for month in Period.parse(str(house.anchor.year - 1)).split("month"):
        actions.close_month.system(month=month.start)


def wishes(house: House) -> None:
    """Net revenue a quarter by market and the company's margin, above the same quarter of the year before; a refund rate not exceeded."""
    quarter = Period.containing(house.anchor, "quarter")
    boss, keeper = house.people["林海"], house.people["陈静"]
    whole = Decimal(0)
    for code, growth in GROWTH.items():
        goal = rounded(last_year(Scope(market=house.markets[code].pk), quarter) * Decimal(growth))
        whole += goal
        if goal > 0:
            actions.set_target.system(
                None, metric=NET, period=quarter.code, goal=goal, line=rounded(goal * LINE), currency="EUR",
                market=house.markets[code], owner=house.people[KEEPERS.get(code, "林海")],
            )  # fmt: skip
    if whole > 0:
        actions.set_target.system(
            None, metric=NET, period=quarter.code, goal=whole, line=rounded(whole * LINE), currency="EUR", owner=boss
        )
    month = Period.containing(house.anchor, "month")
    actions.set_target.system(None, metric=REFUNDS, period=month.code, goal=Decimal(5), line=Decimal(7), owner=keeper)
    margin = rounded(last_year(Scope(), quarter, MARGIN, "month") * MARGIN_WISH)
    if margin > 0:
        actions.set_target.system(
            None,
            metric=MARGIN,
            period=quarter.code,
            goal=margin,
            line=rounded(margin * LINE),
            currency="EUR",
            owner=keeper,
        )


def last_year(place: Scope, period: Period, metric: str = NET, rate: str = "day") -> Decimal:
    """A metric's amount of the period a year before, in euros."""
    return figures.value(metric, place, period.year_before(), currency="EUR", rate=rate).value or Decimal(0)


def rounded(amount: Decimal) -> Decimal:
    """A sum as people wish for it: whole hundreds."""
    return (amount / 100).to_integral_value() * 100


def watched(house: House) -> None:
    """The German country manager hears of falling orders, finance of a channel whose data stays away and of dear advertising."""
    actions.save_watch.system(
        None, name="Orders of Germany, Austria and Switzerland", metric=ORDERS, rule="falls", limit=Decimal(25), days=7,
        market=house.markets["dach"], owner=house.people["Anna Schmidt"],
    )  # fmt: skip
    actions.save_watch.system(
        None, name="Etsy exports", metric=ORDERS, rule="silent", days=7, cuts={"channel": [house.channels["etsy"].pk]},
        owner=house.people["陈静"],
    )  # fmt: skip
    actions.save_watch.system(
        None, name="Advertising of net revenue", metric="finance.ad_share", rule="above", limit=Decimal(15), days=30, currency="EUR",
        owner=house.people["陈静"],
    )  # fmt: skip


def promised(house: House) -> None:
    """Free returns in Germany, held against the United Kingdom."""
    start = house.anchor - timedelta(days=42)
    days: dict[str, date] = {
        "base_start": start - timedelta(days=56), "base_end": start - timedelta(days=1), "start": start,
        "end": start + timedelta(days=55),
    }  # fmt: skip
    actions.promise_effect.system(
        None, title="Free returns within 60 days", metric=ORDERS, promised=Decimal(40), market=house.markets["dach"],
        control=house.markets["uk"], owner=house.people["Anna Schmidt"], **days,
    )  # fmt: skip
