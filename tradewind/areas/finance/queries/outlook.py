"""What revenue is expected of the months ahead: by market or by channel, as the forecast says or with people's expectations in its place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from tradewind.areas.finance.models import ForecastPoint, ForecastRun, Overlay
from tradewind.areas.finance.queries.forecasts import METRIC, RATE, Key, past
from tradewind.areas.finance.rules.forecasts import add_months
from tradewind.areas.finance.rules.outlook import EXACT, NOTHING, Cell, Place, closest, expected, raked, scaled
from tradewind.base.money import from_units
from tradewind.base.period import Period
from tradewind.engines.metrics import figures
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
    """Expected net revenue by month in the currency of its forecast.

    `entities` are those of the channels; `seed` is what each channel sold in each market over the year before.
    """

    run: ForecastRun
    months: dict[date, Month]
    entities: dict[int, int | None]
    seed: dict[Cell, Decimal]

    def of(self, places: Sequence[Place], month: date) -> dict[Place, Decimal]:
        """What is expected of each place in a month, nothing counted twice; places of which nothing is known are left out.

        Markets count as they are where no place names an entity: then a place without a market has what the other places leave. Else
        each channel is spread over its markets, so that both add up, and each part counts for the place that fits it best.
        """
        known = self.months.get(month)
        if known is None:
            return {}
        if all(entity is None for entity, _market in places):
            return self.by_market(places, known)
        found: dict[Place, Decimal] = defaultdict(Decimal)
        for (channel, market), amount in self.cells(known).items():
            place = closest(places, self.entities[channel], market)
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
        """Markets with what people expect in their place: of the market, else of channels, as far as they sell there."""
        spoken = dict(known.said_markets)
        plain = raked(known.channels, known.markets, self.seed)
        for (channel, market), amount in plain.items():
            said, own = known.said_channels.get(channel), known.channels[channel]
            if said is not None and own and market in known.markets and market not in known.said_markets:
                more = EXACT.multiply(amount, EXACT.divide(said, own) - 1)
                spoken[market] = max(spoken.get(market, known.markets[market]) + more, NOTHING)
        return expected(known.markets, spoken, known.said)

    def cells(self, known: Month) -> dict[Cell, Decimal]:
        """Channels in markets with what people expect in their place: of the channel, else of the market, else of the company."""
        found = raked(known.channels, known.markets, self.seed)
        spoken = {
            cell: value
            for cell, value in scaled(found, known.said_channels, 0).items()
            if cell[0] in known.said_channels
        }
        for market, amount in known.said_markets.items():
            inside = {cell: value for cell, value in found.items() if cell[1] == market}
            told = expected(inside, {cell: value for cell, value in spoken.items() if cell in inside}, amount)
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
    entities = {row.pk: row.entity_id for row in Channel.objects.all()}
    return Outlook(run, dict(months), entities, sold(run))


def sold(run: ForecastRun) -> dict[Cell, Decimal]:
    """What each channel sold in each market in the year before a forecast; its own market where it has sold nothing yet."""
    span = Period(add_months(run.origin, -12), run.origin - timedelta(days=1))
    sheet = figures.sheet(
        (METRIC,), figures.question_of(span, by=("channel", "market")), currency=run.currency, rate=RATE
    )
    found = {
        (part.key[0], part.key[1]): part.figures[METRIC].value or NOTHING for part in sheet.slices if None not in part.key
    }  # fmt: skip
    for channel, market in Channel.objects.exclude(market=None).values_list("pk", "market"):
        if not any(cell[0] == channel for cell, amount in found.items() if amount > 0) and market is not None:
            found[channel, market] = Decimal(1)
    return found
