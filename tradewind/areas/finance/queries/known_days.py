"""How many weekend days, holidays, closed days and sale days each month of a series has: known for months to come, too."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from tradewind.areas.finance.rules.known_days import mixed, sale_days, weekend_days
from tradewind.engines.agenda.queries import holidays, weekend_of
from tradewind.nouns.org.models import MarketCountry
from tradewind.nouns.trade.models import Channel

WEEKEND, HOLIDAY, CLOSED, SALE = "weekend", "holiday", "closed", "sale"
Counts = dict[date, float]


@dataclass(frozen=True)
class Seller:
    """A channel: where its buyers live, where it is run, its market, and what it sold lately."""

    channel: int
    market: int | None
    countries: tuple[str, ...]
    home: str
    sold: float


@dataclass
class KnownDays:
    """Days by kind and month of every series; countries are read once."""

    months: list[date]
    sellers: list[Seller]
    weekends: dict[str, Counts] = field(default_factory=dict)
    free: dict[str, Counts] = field(default_factory=dict)

    def of(self, market: int | None, channel: int | None) -> dict[str, list[float]]:
        """The days of the months of a series (neither: the whole company); empty where nobody sells."""
        sellers = [
            one for one in self.sellers if (channel is None or one.channel == channel) and (market is None or one.market == market)
        ]  # fmt: skip
        if not sellers:
            return {}
        buyers = [(one.sold / len(one.countries), country) for one in sellers for country in one.countries]
        kinds = {
            WEEKEND: mixed([(sold, self.weekends_in(country)) for sold, country in buyers], self.months),
            HOLIDAY: mixed([(sold, self.free_in(country)) for sold, country in buyers], self.months),
            CLOSED: mixed([(one.sold, self.free_in(one.home)) for one in sellers], self.months),
            SALE: [float(sale_days(month)) for month in self.months],
        }
        return {kind: counts for kind, counts in kinds.items() if any(counts)}

    def weekends_in(self, country: str) -> Counts:
        """Weekend days by month."""
        if country not in self.weekends:
            weekend = weekend_of(country)
            self.weekends[country] = {month: float(weekend_days(month, weekend)) for month in self.months}
        return self.weekends[country]

    def free_in(self, country: str) -> Counts:
        """Holidays that are no weekend days by month, as published and as we know better."""
        if country not in self.free:
            counts: Counts = defaultdict(float)
            weekend = weekend_of(country)
            for year in sorted({month.year for month in self.months}) if country else ():
                for line in holidays(country, year=year):
                    if line.rule.off is not None and line.day.weekday() not in weekend:
                        counts[line.day.replace(day=1)] += line.rule.off.percent / 100
            self.free[country] = counts
        return self.free[country]


def known_days(months: Sequence[date], sold: Mapping[int, float]) -> KnownDays:
    """The known days of some months for all series; `sold` weighs channels in their market and in the company."""
    countries: dict[int, list[str]] = defaultdict(list)
    for market, country in MarketCountry.objects.order_by("country").values_list("market", "country"):
        countries[market].append(country)
    sellers = []
    for row in Channel.objects.select_related("entity").order_by("pk"):
        lives = tuple(countries.get(row.market_id or 0, ())) or ((row.country,) if row.country else ())
        home = row.entity.country if row.entity else row.country
        sellers.append(Seller(row.pk, row.market_id, lives, home, max(sold.get(row.pk, 0.0), 0.0)))
    return KnownDays(list(months), sellers)
