"""Prices, their history and rules as one may see them, and the sales they rest on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import DateField, Exists, F, OuterRef, Q, QuerySet, Sum, Value

from tradewind.areas.finance.models import PriceReview, PriceRule
from tradewind.areas.finance.rules.pricing import Span, in_force
from tradewind.base.money import from_units
from tradewind.base.period import Period
from tradewind.engines.access.scope import Scope, can, scopes_of, visible
from tradewind.nouns.org.models import Person
from tradewind.nouns.trade.models import Channel, OrderLine, Price, Product
from tradewind.science.pricing import Elasticity, Thin, Week, elasticity

VIEW, COSTS = "finance.view_prices", "finance.view_costs"
HISTORY_WEEKS = 104
SOLD = Q(order__state="paid", order__kind="sale", kind__in=OrderLine.GOODS, quantity__gt=0)


def prices(person: Person | None, day: date) -> QuerySet[Price]:
    """Prices one may see, each with the day `as_of` and whether a later one is in force then (`hidden`)."""
    later = Price.objects.filter(covering(day), product=OuterRef("product"), channel=OuterRef("channel"),
                                 valid_from__gt=OuterRef("valid_from"))  # fmt: skip
    rows = visible(person, VIEW, Price.objects.all()).select_related("product", "channel", "market")
    return rows.annotate(hidden=Exists(later), as_of=Value(day, output_field=DateField()))


def covering(day: date) -> Q:
    """Prices whose days hold a day."""
    return Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gte=day))


def now(day: date) -> Q:
    """Of `prices`: those in force on a day."""
    return covering(day) & Q(hidden=False)


def rules(person: Person | None) -> QuerySet[PriceRule]:
    """Price rules one may see: of one's markets, and those of all."""
    return visible(person, VIEW, PriceRule.objects.all()).select_related("market", "channel")


def reviews(person: Person | None) -> QuerySet[PriceReview]:
    """Reviews of prices one may see."""
    rows = visible(person, VIEW, PriceReview.objects.all())
    return rows.select_related("product", "channel", "market", "price", "by")


def channels(person: Person | None, code: str = VIEW) -> QuerySet[Channel]:
    """Channels in whose market a person holds a code."""
    inside = Q(pk__in=[])
    for scope in scopes_of(person, code):
        named = {"entity": scope.entity, "market": scope.market}
        if scope.team is None:
            inside |= Q(**{axis: value for axis, value in named.items() if value}) or Q(pk__isnull=False)
    return Channel.objects.filter(inside, payment_only=False).exclude(currency="").select_related("market", "entity")


def at(channel: Channel) -> Scope:
    """Where the prices of a channel lie."""
    return Scope(entity=channel.entity_id, market=channel.market_id)


def sees_costs(person: Person | None, channel: Channel) -> bool:
    """Whether a person may see what goods sold on a channel cost."""
    return can(person, COSTS, at(channel))


def spans(product: Product, channel: Channel) -> list[Span]:
    """The prices of a product on a channel with their days."""
    rows = Price.objects.filter(product=product, channel=channel).values_list("valid_from", "valid_to", "amount")
    return [(start, end, from_units(amount)) for start, end, amount in rows]


def price_on(product: Product, channel: Channel, day: date) -> Decimal | None:
    """The price in force on a day as the list says it, else the mean price paid in the last 90 days; None without either."""
    known = in_force(spans(product, channel), day)
    if known is not None:
        return known
    seen = sold(product, channel, day - timedelta(days=90), day).aggregate(paid=Sum(PAID), units=Sum("quantity"))
    if not seen["units"]:
        return None
    return (from_units(seen["paid"]) / int(seen["units"])).quantize(Decimal("0.0001"))


def tax_in_price(product: Product | int, channel: Channel | int, day: date) -> bool:
    """Whether the price in force on a day holds the tax; it does where the list says no price."""
    rows = Price.objects.filter(covering(day), product=product, channel=channel).order_by("-valid_from")
    return rows.values_list("tax_included", flat=True).first() is not False


PAID = F("amount") - F("discount")


def sold(product: Product, channel: Channel, start: date, end: date) -> QuerySet[OrderLine]:
    """Lines of paid orders for a product on a channel in days."""
    span = Q(order__day__gte=start, order__day__lte=end, order__channel=channel, order__currency=channel.currency)
    return OrderLine.objects.filter(SOLD, span, product=product).order_by()


def weeks(product: Product, channel: Channel, today: date) -> list[Week]:
    """Full weeks up to today, oldest first: mean price paid and units, from the first sale of the last two years on."""
    end = today - timedelta(days=today.weekday() + 1)
    start = end - timedelta(weeks=HISTORY_WEEKS) + timedelta(days=1)
    units: dict[date, int] = defaultdict(int)
    paid: dict[date, int] = defaultdict(int)
    rows = sold(product, channel, start, end).values_list("order__day").annotate(units=Sum("quantity"), paid=Sum(PAID))
    for day, many, amount in rows:
        monday = day - timedelta(days=day.weekday())
        units[monday] += many
        paid[monday] += amount
    found, price = list[Week](), 0.0
    for place in range(HISTORY_WEEKS):
        monday = start + timedelta(weeks=place)
        if units[monday] > 0 and paid[monday] > 0:
            price = paid[monday] / units[monday] / 10_000
        if found or units[monday]:
            middle = monday + timedelta(days=3)
            found.append(Week(middle.year * 12 + middle.month - 1, price, units[monday]))
    return found


def elasticity_of(product: Product, channel: Channel, today: date) -> Elasticity | Thin:
    """How units followed price, or why the history cannot tell."""
    try:
        return elasticity(weeks(product, channel, today))
    except Thin as thin:
        return thin


def rule_for(channel: Channel) -> PriceRule | None:
    """The rule of a channel: its own, else its market's, else one for all; the newest of its kind."""
    found = PriceRule.objects.filter(active=True).filter(
        Q(channel=channel) | Q(channel=None, market=channel.market_id) | Q(channel=None, market=None)
    )
    fitting = [rule for rule in found if not rule.fulfilment or rule.currency == channel.currency]
    return max(
        fitting, key=lambda rule: (rule.channel_id is not None, rule.market_id is not None, rule.pk), default=None
    )


def selling(today: date, days: int = 90) -> set[tuple[int, int, int | None]]:
    """What sold in the last days: product, channel and the channel's market."""
    since = today - timedelta(days=days)
    rows = OrderLine.objects.filter(
        SOLD, order__day__gte=since, order__day__lte=today, product__isnull=False
    ).order_by()
    return set(rows.values_list("product", "order__channel", "order__channel__market").distinct())


def months_before(today: date, many: int) -> Period:
    """As many whole months, up to the last full one."""
    end = today.replace(day=1) - timedelta(days=1)
    place = end.year * 12 + end.month - many
    return Period(date(place // 12, place % 12 + 1, 1), end)


def largest(pairs: Iterable[tuple[int, int]], today: date, days: int = 90) -> list[tuple[int, int]]:
    """Product and channel pairs, those with the highest revenue first (in the channel's currency)."""
    since = today - timedelta(days=days)
    rows = OrderLine.objects.filter(SOLD, order__day__gte=since, order__day__lte=today).order_by()
    worth = {
        (product, channel): net
        for product, channel, net in rows.values_list("product", "order__channel").annotate(Sum("net"))
    }
    return sorted(pairs, key=lambda pair: (-worth.get(pair, 0), pair))
