"""By which method goods are costed: versions of a rule, each from a month on; and the count of what follows from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tradewind.areas.finance.actions import profit
from tradewind.areas.finance.actions.accounts import install_accounts
from tradewind.areas.finance.models import Account, CostedSale, CostedSpan, CostingRule, StaleCosting, StockValue
from tradewind.areas.finance.queries.costing import LOSS, PARTS, Ground, Purpose, Stock, categories, ground
from tradewind.areas.finance.rules.costing import STANDARD, Course, MonthEnd
from tradewind.base.errors import Refused
from tradewind.base.period import Period
from tradewind.engines.access.scope import company_wide
from tradewind.engines.actions.action import action
from tradewind.engines.metrics import refresh
from tradewind.engines.metrics.closing import is_closed
from tradewind.nouns.org.models import Person
from tradewind.nouns.org.queries import company_today
from tradewind.nouns.trade.models import Product, UnitCost
from tradewind.nouns.trade.queries import flows, hold, kept_products

PART = 25
LOSSES = "stock-losses"
VALUE = ("entity_id", "month", "method", "units", "owed", "amount", "currency")
Progress = Callable[[int, int], None]


@action(scope=company_wide)
def set_costing(by: Person | None, *, category: str = "", start: date, method: str, reason: str = "") -> CostingRule:
    """Say how products of a category are costed from a month on; earlier versions stay as they are."""
    start, category = start.replace(day=1), category.strip()
    faults: dict[str, Any] = {}
    earlier = CostingRule.objects.filter(category=category).order_by("-number").first()
    if method not in dict(CostingRule.METHODS):
        faults["method"] = _("Choose one of the methods.")
    if category and category not in categories():
        faults["category"] = _("No product is in this category.")
    if is_closed(start):
        faults["start"] = _("This month is closed: a rule begins in an open one.")
    if earlier is not None and start < earlier.start:
        faults["start"] = _("A rule begins no earlier than the one before it.")
    if earlier is not None and earlier.method == method:
        faults["method"] = _("This method is in force already.")
    if faults:
        raise Refused(_("Some fields are missing or not right."), fields=faults)
    number = earlier.number + 1 if earlier else 1
    return CostingRule.objects.create(
        category=category, number=number, start=start, method=method, reason=reason.strip()[:300], by=by
    )


# --- the count -----------------------------------------------------------------------------------------------------------


def mark(products: Iterable[int] = (), span: Period | None = None) -> None:
    """Note that the costing of products, of those sold in a span of days, or (without either) of all must be counted anew."""
    rows = [StaleCosting(product_id=product) for product in sorted(set(products))]
    rows = rows or [StaleCosting(start=span.start, end=span.end) if span else StaleCosting()]
    StaleCosting.objects.bulk_create(rows, batch_size=500)


def count_marked(progress: Progress | None = None) -> int:
    """Count what is marked; how many products."""
    marks = list(StaleCosting.objects.all())
    wanted: set[int] = set()
    if any(row.product_id is None and row.start is None for row in marks):
        wanted = set(kept_products())
    else:
        spans = [(row.start, row.end) for row in marks if row.start and row.end]
        if spans:
            wanted |= set(kept_products(min(start for start, _end in spans), max(end for _start, end in spans)))
        wanted |= {row.product_id for row in marks if row.product_id}
    done = count(wanted, progress)
    StaleCosting.objects.filter(pk__in=[row.pk for row in marks]).delete()
    return done


def count(products: Iterable[int], progress: Progress | None = None) -> int:
    """Count the costing of products anew up to today; months whose costs changed are counted anew in the profit and loss."""
    wanted, today = sorted(set(products)), company_today()
    if wanted and not Account.objects.filter(code=LOSSES).exists():
        install_accounts.system()
    for place in range(0, len(wanted), PART):
        part = wanted[place : place + PART]
        with transaction.atomic():
            hold(part)
            found, costs, standing = flows(part), costs_of(part), ground()
            spans = [span for product in Product.objects.filter(pk__in=part)
                     for span in keep(Stock(product, found[product.pk], standing, costs[product.pk]), standing, today)]  # fmt: skip
            if spans:
                profit.mark(spans, "costing")
        if progress:
            progress(min(place + PART, len(wanted)), len(wanted))
    return len(wanted)


def costs_of(products: list[int]) -> dict[int, list[UnitCost]]:
    """The unit costs of products."""
    found: dict[int, list[UnitCost]] = defaultdict(list)
    for row in UnitCost.objects.filter(product__in=products):
        found[row.product_id].append(row)
    return found


def keep(stock: Stock, standing: Ground, today: date) -> list[Period]:
    """Keep what follows for one product; the days whose costs changed."""
    course = Course(stock.versions.on, standing.between, len(PARTS))
    course.run(stock.steps(), today)
    changed = [*keep_spans(stock, today), *keep_sales(stock, standing, course)]
    keep_values(stock, standing, course.ends)
    return changed


def keep_spans(stock: Stock, today: date) -> list[Period]:
    """Keep where receipts decide; the days of the spans that changed."""
    rows = CostedSpan.objects.filter(product=stock.product)
    names = ("channel_id", "entity_id", "market_id", "start", "until")
    before, after = set(rows.values_list(*names)), set(stock.spans(today))
    if before == after:
        return []
    rows.delete()
    CostedSpan.objects.bulk_create(
        CostedSpan(product=stock.product, **dict(zip(names, span, strict=True))) for span in sorted(after, key=str)
    )
    facts = refresh.facts_span()
    last = max(facts.end, today) if facts else today
    return [Period(start, min(until or last, last)) for *_corner, start, until in before ^ after if start <= last]


def keep_sales(stock: Stock, standing: Ground, course: Course) -> list[Period]:
    """Keep what units cost by day and corner; the days that changed."""
    sums: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0])
    for owner, gone in course.gone:
        purpose = gone.tag
        if not isinstance(purpose, Purpose) or not purpose.counts:
            continue
        place = (gone.day, purpose.entity, purpose.market, purpose.channel)
        currency = standing.currencies[owner]  # type: ignore[index]
        parts = ((LOSS, sum(gone.costs)),) if purpose.lost else tuple(zip(PARTS, gone.costs, strict=True))
        for number, (part, amount) in enumerate(parts):
            if amount or not number:
                both = sums[(*place, part, currency)]
                both[0], both[1] = both[0] + gone.units, both[1] + amount
    after = {(*key, units, amount) for key, (units, amount) in sums.items() if units or amount}
    names = ("day", "entity_id", "market_id", "channel_id", "part", "currency", "units", "amount")
    rows = CostedSale.objects.filter(product=stock.product)
    before = set(rows.values_list(*names))
    if before == after:
        return []
    rows.delete()
    made = (CostedSale(product=stock.product, **dict(zip(names, row, strict=True))) for row in sorted(after, key=str))
    CostedSale.objects.bulk_create(made, batch_size=500)
    return [Period(row[0], row[0]) for row in before ^ after]


def worth_telling(ends: Iterable[MonthEnd]) -> Iterator[MonthEnd]:
    """The month ends with something left or owed, and the first of each owner with nothing any more: so later months know that it is gone."""
    held: set[Hashable] = set()
    for end in ends:
        holds = bool(end.units or end.owed)
        if holds or end.owner in held:
            yield end
        held = held | {end.owner} if holds else held - {end.owner}


def keep_values(stock: Stock, standing: Ground, ends: Iterable[MonthEnd]) -> None:
    """Keep what the units left were worth at each month's end: by receipts, or by unit costs where these are in force."""
    made = []
    for end in worth_telling(ends):
        last = Period.containing(end.month, "month").end
        method, amount, owner = stock.versions.on(last), end.value, end.owner
        assert owner is None or isinstance(owner, int)  # noqa: S101
        if method == STANDARD:
            amount = sum(stock.standard(None, owner, last, end.units)) or end.value
        made.append(
            StockValue(product=stock.product, entity_id=owner, month=end.month, method=method, units=end.units, owed=end.owed,
                       amount=amount, currency=standing.currencies[owner])
        )  # fmt: skip
    rows = StockValue.objects.filter(product=stock.product)
    if set(rows.values_list(*VALUE)) != {tuple(getattr(row, name) for name in VALUE) for row in made}:
        rows.delete()
        StockValue.objects.bulk_create(made, batch_size=500)
