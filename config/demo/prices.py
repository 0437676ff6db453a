"""The demo company's prices as they were paid, a rule for each kind of shop, reviews of the best sellers, and savings."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Sum

from config.demo.company import House
from config.demo.sales import LEVELS
from tradewind.areas.finance.actions.costs import accept_saving, save_saving, start_saving
from tradewind.areas.finance.actions.prices import Priced, measure_effect, review_price, save_price_rule, set_prices
from tradewind.areas.finance.models import Account, PriceReview
from tradewind.areas.finance.queries.prices import SOLD, largest, selling
from tradewind.base.money import CURRENCIES
from tradewind.nouns.trade.models import Channel, OrderLine, Price, Product

REVIEWED = 25  # prices looked at a channel
RULES = [
    ("amazon", "15", "0", "Amazon 定价规则"),
    ("shop", "0", "2.9", "独立站定价规则"),
    ("etsy", "9.5", "0", "Etsy 定价规则"),
]
CHANGE = next(since for since, percent in LEVELS if percent == 93)


def write(house: House) -> None:
    """Everything about prices and savings, from what was sold."""
    pairs = sorted({(product, channel) for product, channel, _market in selling(house.anchor)})
    if not pairs:
        return
    set_prices.system(prices=paid(house))
    rules(house)
    review(house, pairs)
    savings(house)


def paid(house: House) -> list[Priced]:
    """The prices that orders show: on each day a product was first sold at another price in its channel's currency."""
    channels = {channel.pk: channel for channel in house.channels.values() if channel.currency}
    rows = OrderLine.objects.filter(SOLD, product__isnull=False, order__channel__in=channels).order_by("order__day")
    last: dict[tuple[int, int], int] = {}
    found: dict[tuple[int, int, date], Priced] = {}
    names = ("product", "order__channel", "order__day", "order__currency", "unit_price")
    for product, channel, day, currency, price in rows.values_list(*names):
        known = channels[channel]
        if currency != known.currency or price <= 0 or last.get((product, channel)) == price:
            continue
        if price % 10 ** (4 - CURRENCIES[currency].digits):
            continue
        last[product, channel] = price
        found[product, channel, day] = Priced(product, channel, day, price, reason="按订单价格 · As paid in orders")
    return list(found.values())


def rules(house: House) -> None:
    """What prices keep to, by kind of shop."""
    for channel in house.channels.values():
        for kind, fee, payment, name in RULES:
            if channel.code.startswith(kind) and channel.currency:
                save_price_rule.system(
                    name=f"{name} · {channel.name}", channel=channel, market=channel.market, target_margin=Decimal("0.18"),
                    fee_rate=Decimal(fee) / 100, payment_rate=Decimal(payment) / 100, currency=channel.currency,
                    rate_band=Decimal("0.05"), largest_step=Decimal("0.10"),
                )  # fmt: skip


def review(house: House, pairs: list[tuple[int, int]]) -> None:
    """The best sellers of each channel were looked at; the last change of price was measured."""
    by_channel: dict[int, list[int]] = defaultdict(list)
    for key, channel in largest(pairs, house.anchor):
        by_channel[channel].append(key)
    channels = {channel.pk: channel for channel in house.channels.values() if channel.currency}
    for key, products in by_channel.items():
        if key in channels:
            priced = Price.objects.filter(channel=key).values("product")
            for product in Product.objects.filter(pk__in=products[:REVIEWED]).filter(pk__in=priced).order_by("key"):
                review_price.system(product=product, channel=channels[key], reason="季度复核 · Quarterly review")
    changed(house, channels)


def changed(house: House, channels: dict[int, Channel]) -> None:
    """The reviews from which the last change of the most wanted goods came, and what it did."""
    day = house.anchor - timedelta(days=CHANGE)
    rows = OrderLine.objects.filter(
        SOLD,
        order__day__gte=day,
        order__channel__in=channels,
        product__prices__valid_from__range=(day, day + timedelta(days=10)),
    )
    best = (
        rows.order_by()
        .values_list("product", "order__channel")
        .annotate(units=Sum("quantity"))
        .order_by("-units", "product")[:4]
    )
    for product_id, channel_id, _units in best:
        product, channel = Product.objects.get(pk=product_id), channels[channel_id]
        price = (
            product.prices.filter(channel=channel, valid_from__range=(day, day + timedelta(days=10)))
            .order_by("valid_from")
            .first()
        )
        before = product.prices.filter(channel=channel, valid_from__lt=day).order_by("-valid_from").first()
        if price is None or before is None:
            continue
        row = review_price.system(product=product, channel=channel, reason="提价 · Dearer, with the margin in view")
        PriceReview.objects.filter(pk=row.pk).update(
            day=price.valid_from, old=before.amount, decided=price.amount, price=price
        )
        measure_effect.system(PriceReview.objects.get(pk=row.pk))


def savings(house: House) -> None:
    """One saving that runs and shows in the ledger, one accepted, one an idea."""
    accounts = {account.code: account for account in Account.objects.all()}
    first = house.anchor.replace(day=1)
    months = [shifted(first, -back) for back in range(13)]
    base = {"base_start": months[12], "base_end": months[6] - timedelta(days=1)}
    running = save_saving.system(
        None, title={"en": "Denser shelves in the third-party warehouse", "zh-hans": "第三方仓库位优化，摊薄单件仓储"}, account=accounts["warehouse"],
        promised=Decimal(300), currency="USD", owner=house.people["黄志强"], per_unit=True, **base,
    )  # fmt: skip
    accept_saving.system(running)
    start_saving.system(running, start=months[3])
    tools = save_saving.system(
        None, title={"en": "One contract for shop apps", "zh-hans": "独立站插件合并签约"}, account=accounts["software"], supplier="Shopify apps",
        promised=Decimal(400), currency="USD", owner=house.people["陈静"], per_unit=False, base_start=months[12], base_end=months[0] - timedelta(days=1),
    )  # fmt: skip
    accept_saving.system(tools)
    save_saving.system(
        None, title={"en": "Search words that never sell left out of ads", "zh-hans": "站内广告否定不出单的搜索词"}, account=accounts["ads-marketplace"],
        promised=Decimal(250), currency="EUR", per_unit=True, base_start=months[12], base_end=months[0] - timedelta(days=1),
    )  # fmt: skip


def shifted(first: date, months: int) -> date:
    """The first day of a month so many months away."""
    place = first.year * 12 + first.month - 1 + months
    return date(place // 12, place % 12 + 1, 1)
