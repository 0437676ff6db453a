"""Net revenue by month to forecast from, the forecasts one may see, what people believe, and how far off both were."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from tradewind.areas.finance.models import ForecastPoint, ForecastRun, ForecastSeries, Overlay
from tradewind.areas.finance.rules.forecasts import Told, Verdict, first_whole, months_between, origin_of, verdict
from tradewind.base.money import from_units
from tradewind.base.period import Period
from tradewind.engines.access.scope import visible
from tradewind.engines.metrics import figures, refresh
from tradewind.nouns.org.models import Company, Person
from tradewind.nouns.org.queries import company_today

READ = "finance.view_revenue"
METRIC, RATE = "finance.net_revenue", "month"
CUTS = ("market", "channel")
NOTHING = Q(pk__in=[])
Key = tuple[int | None, int | None]  # of market and of channel; neither: the whole company
Amounts = dict[date, Decimal]


def home_currency() -> str:
    """The company's currency, in which revenue is forecast."""
    return Company.objects.values_list("currency", flat=True).first() or "EUR"


@dataclass(frozen=True)
class Past:
    """Net revenue by month of every series, from the first whole month with facts to the one before `origin`."""

    start: date
    origin: date
    currency: str
    series: dict[Key, Amounts]
    missing: dict[str, Decimal] = field(default_factory=dict)


def past(origin: date | None = None) -> Past | None:
    """What forecasts are made from: the months before `origin` (default: all that are whole); None without a whole month."""
    facts = refresh.facts_span()
    if facts is None:
        return None
    newest = origin_of(facts.end, company_today())
    start, end = first_whole(facts.start), min(origin or newest, newest)
    if end <= start:
        return None
    currency = home_currency()
    missing: dict[str, Decimal] = {}
    found: dict[Key, Amounts] = {}
    for cut in ("", *CUTS):
        amounts, lacking = revenue(cut, start, end, currency)
        missing |= lacking
        found |= amounts
    return Past(start, end, currency, found, missing)


def revenue(cut: str, start: date, end: date, currency: str) -> tuple[dict[Key, Amounts], dict[str, Decimal]]:
    """Net revenue by month before `end`, cut by market, by channel or not at all; and amounts that no rate converts."""
    question = figures.question_of(Period(start, end - timedelta(days=1)), by=("month", cut) if cut else ("month",))
    sheet = figures.sheet((METRIC,), question, currency=currency, rate=RATE)
    found: dict[Key, Amounts] = defaultdict(dict)
    for part in sheet.slices:
        place = part.key[1] if cut else None
        if cut and place is None:
            continue
        key = (place, None) if cut == "market" else (None, place)
        found[key][Period.parse(part.key[0]).start] = part.figures[METRIC].value or Decimal(0)
    return dict(found), dict(sheet.notes.missing)


def key_of(row: ForecastSeries | Overlay) -> Key:
    """Which series a record is about."""
    return row.market_id, row.channel_id


def newest_run() -> ForecastRun | None:
    """The forecasts that hold now: the newest origin's newest making."""
    return ForecastRun.objects.filter(done_at__isnull=False).order_by("-origin", "-id").first()


def all_series(person: Person | None) -> QuerySet[ForecastSeries]:
    """Every series of every making that a person may see, with the sum of the year ahead and of its first month."""
    first = ForecastPoint.objects.filter(series=OuterRef("pk")).order_by("month").values("amount")[:1]
    rows = ForecastSeries.objects.select_related("run", "market", "channel").annotate(
        ahead=Coalesce(Sum("points__amount"), 0), next_amount=Subquery(first)
    )
    return visible(person, READ, rows)


def series_now(person: Person | None) -> QuerySet[ForecastSeries]:
    """The series of the newest making that a person may see."""
    return all_series(person).filter(run=newest_run())


def overlays(person: Person | None) -> QuerySet[Overlay]:
    """What people believe about months of the series a person may see."""
    return visible(person, READ, Overlay.objects.select_related("market", "channel", "by"))


def ahead(key: Key) -> list[ForecastPoint]:
    """The months ahead of a series by the forecast that holds now; empty where it was refused."""
    points = ForecastPoint.objects.filter(series__run=newest_run(), series__market=key[0], series__channel=key[1])
    return list(points.order_by("month"))


def told(keys: Iterable[Key] | None = None, *, months: int = 24, by: date | None = None) -> dict[Key, list[Told]]:
    """What was forecast of the finished months and what came, oldest first, by series (all, or those named).

    Of a month counts the forecast of the newest origin up to it, which knows nothing of the month itself, in the company's currency.
    """
    found: dict[Key, list[Told]] = defaultdict(list)
    named = None if keys is None else set(keys)
    known = past(by)
    if known is None:
        return found
    wanted = months_between(known.start, known.origin)[-months:]
    people = {
        (row.market_id, row.channel_id, row.month): from_units(row.amount)
        for row in Overlay.objects.filter(month__in=wanted, currency=known.currency)
    }
    for (market, channel, month), (middle, naive) in said(wanted, known.currency, named).items():
        actual = known.series.get((market, channel), {}).get(month, Decimal(0))
        found[market, channel].append(Told(month, actual, middle, naive, people.get((market, channel, month))))
    return found


def said(
    months: list[date], currency: str, keys: set[Key] | None = None
) -> dict[tuple[int | None, int | None, date], tuple[Decimal, Decimal]]:
    """The last word of the model and of the naive forecast on each month, by series (all, or those named) and month in order."""
    points = ForecastPoint.objects.filter(
        month__in=months,
        naive__isnull=False,
        series__run__currency=currency,
        series__run__done_at__isnull=False,
        series__run__origin__lte=F("month"),
    ).order_by("month", "series__run__origin", "series__run_id")
    if keys is not None:
        wanted = NOTHING
        for market, channel in keys:
            wanted |= at(market, channel, "series__")
        points = points.filter(wanted)
    rows = points.values_list("series__market", "series__channel", "month", "amount", "naive")
    return {(m, c, month): (from_units(middle), from_units(naive or 0)) for m, c, month, middle, naive in rows}


def at(market: int | None, channel: int | None, path: str = "") -> Q:
    """The condition for records about one series."""
    return Q(**{f"{path}market": market}, **{f"{path}channel": channel})


def verdicts(months: int, by: date | None = None) -> dict[Key, Verdict]:
    """How far off each series was over the last finished months."""
    found = {key: verdict(rows) for key, rows in told(months=months, by=by).items()}
    return {key: one for key, one in found.items() if one is not None}
