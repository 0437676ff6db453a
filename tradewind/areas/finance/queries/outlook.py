"""What revenue is expected of the months ahead: by market or by channel, as the forecast says or with people's expectations in its place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from tradewind.areas.finance.models import ForecastPoint, ForecastRun, Overlay
from tradewind.areas.finance.queries.forecasts import Key, past
from tradewind.areas.finance.rules.outlook import NOTHING, Place, closest, expected
from tradewind.base.money import from_units
from tradewind.nouns.trade.models import Channel

Amounts = dict[int, Decimal]


@dataclass
class Month:
    """What is expected of a month: of the company, of markets and of channels; and what people said of them."""

    company: Decimal | None = None
    markets: Amounts = field(default_factory=dict)
    channels: Amounts = field(default_factory=dict)
    said: Decimal | None = None
    said_markets: Amounts = field(default_factory=dict)
    said_channels: Amounts = field(default_factory=dict)

    def keep(self, key: Key, amount: Decimal, spoken: bool = False) -> None:
        """Note an amount of a series."""
        market, channel = key
        if market is not None:
            (self.said_markets if spoken else self.markets)[market] = amount
        elif channel is not None:
            (self.said_channels if spoken else self.channels)[channel] = amount
        elif spoken:
            self.said = amount
        else:
            self.company = amount


@dataclass
class Outlook:
    """Expected net revenue by month in the currency of its forecast; `homes` are entity and market of each channel."""

    run: ForecastRun
    months: dict[date, Month]
    homes: dict[int, Place]

    def of(self, places: Sequence[Place], month: date) -> dict[Place, Decimal]:
        """What is expected of each place in a month, every channel counted once; places of which nothing is known are left out.

        Markets count as they are where no place names an entity: then a place without a market has what the other places leave. Else
        each channel counts for the place that fits it best.
        """
        known = self.months.get(month)
        if known is None:
            return {}
        if all(entity is None for entity, _market in places):
            return self.by_market(places, known)
        found: dict[Place, Decimal] = defaultdict(Decimal)
        for channel, amount in self.channels(known).items():
            place = closest(places, *self.homes[channel])
            if place is not None:
                found[place] += amount
        return dict(found)

    def by_market(self, places: Sequence[Place], known: Month) -> dict[Place, Decimal]:
        """Markets and the whole."""
        markets = self.markets(known)
        found: dict[Place, Decimal] = {
            place: markets[place[1]] for place in places if place[1] is not None and place[1] in markets
        }
        whole = known.said if known.said is not None else known.company
        if (None, None) in places and whole is not None:
            spoken = sum(markets.values(), NOTHING) - sum((known.markets[key] for key in markets), NOTHING)
            left = whole + (spoken if known.said is None else NOTHING)
            found[None, None] = max(left - sum(found.values(), NOTHING), NOTHING)
        return found

    def markets(self, known: Month) -> Amounts:
        """Markets with what people expect in their place: of the market, else of its channels."""
        spoken = dict(known.said_markets)
        for channel, amount in known.said_channels.items():
            market = self.homes.get(channel, (None, None))[1]
            if market in known.markets and market not in known.said_markets and channel in known.channels:
                spoken[market] = max(
                    spoken.get(market, known.markets[market]) + amount - known.channels[channel], NOTHING
                )
        return expected(known.markets, spoken, known.said)

    def channels(self, known: Month) -> Amounts:
        """Channels with what people expect in their place: of the channel, else of its market, else of the company."""
        found, spoken = (
            dict(known.channels),
            {key: value for key, value in known.said_channels.items() if key in known.channels},
        )
        for market, amount in known.said_markets.items():
            inside = {key: value for key, value in found.items() if self.homes[key][1] == market}
            told = expected(inside, {key: value for key, value in spoken.items() if key in inside}, amount)
            found |= told
            spoken |= told
        return expected(found, spoken, known.said)


def outlook(run: ForecastRun, days: Iterable[date], people: bool) -> Outlook:
    """What is expected of some months: what came where a month is whole already, else the forecast, with `people` theirs in its place."""
    wanted = sorted(days)
    months: dict[date, Month] = defaultdict(Month)
    known = past()
    for key, amounts in known.series.items() if known and known.currency == run.currency else ():
        for day in (day for day in wanted if day < known.origin):  # type: ignore[union-attr]
            months[day].keep(key, amounts.get(day, NOTHING))
    points = ForecastPoint.objects.filter(series__run=run, month__in=[day for day in wanted if day not in months])
    for market, channel, day, amount in points.values_list("series__market", "series__channel", "month", "amount"):
        months[day].keep((market, channel), from_units(amount))
    spoken = (
        Overlay.objects.filter(month__in=wanted, month__gte=run.origin, currency=run.currency)
        if people
        else Overlay.objects.none()
    )
    for row in spoken:
        if row.month in months:
            months[row.month].keep((row.market_id, row.channel_id), from_units(row.amount), spoken=True)
    homes = {row.pk: (row.entity_id, row.market_id) for row in Channel.objects.all()}
    return Outlook(run, dict(months), homes)
