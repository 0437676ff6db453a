"""The demo company's stock: warehouses, which sales leave them, a year of receipts for the best sellers, and how they are costed."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from random import Random

from django.db.models import Sum

from config.demo.catalog import GOODS
from config.demo.company import House
from config.demo.money import bring
from tradewind.areas.finance.actions import costing
from tradewind.areas.finance.actions.costing import set_costing
from tradewind.areas.supply.actions.locations import save_location, serve_from
from tradewind.base.money import from_units
from tradewind.nouns.trade.models import Order, OrderLine, Product, UnitCost

# code, name, kind, entity, market, country, zone, channels it serves
PLACES = [
    ("sz-hub", "深圳中转仓 · Shenzhen hub", "own", "sz", "", "CN", "Asia/Shanghai", ()),
    ("berlin-3pl", "Spree Fulfilment Berlin", "third_party", "de", "dach", "DE", "Europe/Berlin", ("shop-eu",)),
    ("fba-eu", "Amazon FBA Europe", "marketplace", "de", "dach", "DE", "Europe/Berlin", ("amazon-eu",)),
    ("la-3pl", "WestCoast 3PL", "third_party", "us", "us", "US", "America/Los_Angeles", ("shop-us", "etsy")),
    ("fba-us", "Amazon FBA US", "marketplace", "us", "us", "US", "America/Los_Angeles", ("amazon-us",)),
    ("fba-jp", "Amazon FBA Japan", "marketplace", "sz", "jp", "JP", "Asia/Tokyo", ("amazon-jp",)),
]  # fmt: skip
KEPT, YEAR, EVERY = 12, 364, 91
# How much comes of what will be sold, in per cent, by the place of a product among the best sellers: most fit, some lie, one runs out.
PACE = (105, 104, 110, 98, 190, 103, 107, 101, 240, 104, 92, 106)
HEAD = "Movement id,SKU,Date,Type,Quantity,Warehouse,To,Currency,Goods,Freight,Duty,Document,Supplier"


def write(house: House) -> None:
    """Places, what they serve, their ledger, and the methods of costing."""
    first = house.anchor - timedelta(days=YEAR)
    for code, name, kind, entity, market, country, zone, channels in PLACES:
        place = save_location.system(
            code=code, name=name, kind=kind, entity=house.entities[entity], market=house.markets.get(market), country=country, zone=zone
        )  # fmt: skip
        for channel in channels:
            serve_from.system(place, channel=house.channels[channel], start=first)
    products = best(first)
    if not products:
        return
    bring("supply.products", "products.csv", catalogue(products))
    begun = (house.anchor.replace(day=1) - timedelta(days=160)).replace(day=1)
    set_costing.system(start=begun, method="moving_average", reason="按移动加权平均计价 · By moving average")
    if category := Product.objects.get(pk=products[0].pk).category:
        set_costing.system(category=category, start=begun, method="fifo", reason="先进先出 · First in, first out")
    bring("supply.stock_moves", "stock-movements.csv", ledger(house, products, first))
    costing.count_marked()


def catalogue(products: list[Product]) -> str:
    """The category of products, as their SKU tells it."""
    names = {name[:2].upper(): name for name in GOODS}
    rows = [f"{one.sku},{names[one.sku[3:5]]}" for one in products if one.sku[3:5] in names]
    return "\n".join(["SKU,Category", *rows]) + "\n"


def best(first: date) -> list[Product]:
    """The products that sold most in the year."""
    rows = OrderLine.objects.filter(order__day__gte=first, order__state=Order.PAID, product__sku__gt="").order_by()
    top = rows.values_list("product").annotate(units=Sum("quantity")).order_by("-units", "product")[:KEPT]
    products = Product.objects.in_bulk([product for product, _units in top])
    return [products[product] for product, _units in top]


def ledger(house: House, products: list[Product], first: date) -> str:
    """Openings, a receipt a quarter, goods sent on from the hub, a count and a write-off, as a warehouse's table tells them."""
    dice, rows = Random("stock"), [HEAD]  # noqa: S311  a story, not a secret
    sold = sales(products, first)
    costs = {
        row.product_id: row.amount
        for row in UnitCost.objects.filter(product__in=products, part="purchase").order_by("valid_from")
    }
    for place, product in enumerate(products):
        yuan = costs.get(product.pk, 300_000)
        for code, _name, _kind, entity, *_more, channels in PLACES:
            quarters = [
                sum(sold[product.pk, house.channels[one].pk, number] for one in channels) for number in range(4)
            ]
            if not any(quarters):
                continue
            rows += received(product.sku, code, entity == "us", quarters, PACE[place % len(PACE)], yuan, first, dice)
    rows += passed(products[:4], costs, first)
    lost = house.anchor - timedelta(days=40)
    rows.append(f"W-1,{products[0].sku},{lost},write-off,2,la-3pl,,,,,,LA-DMG-7,")
    return "\n".join(rows) + "\n"


def sales(products: list[Product], first: date) -> dict[tuple[int, int, int], int]:
    """Units sold by product, channel and quarter since a day."""
    found: dict[tuple[int, int, int], int] = defaultdict(int)
    rows = OrderLine.objects.filter(
        product__in=products, order__day__gte=first, order__state=Order.PAID, order__kind=Order.SALE
    )
    names = ("product", "order__channel", "order__day")
    for product, channel, day, units in rows.order_by().values_list(*names).annotate(Sum("quantity")):
        found[product, channel, min((day - first).days // EVERY, 3)] += units
    return found


def received(
    sku: str, code: str, duty: bool, quarters: list[int], pace: int, yuan: int, first: date, dice: Random
) -> list[str]:
    """What lay there at the beginning, and a receipt before each quarter, a little dearer each time."""
    rows = []
    for number, units in enumerate(quarters):
        many = max(units * (pace + dice.randrange(-4, 5)) // 100 + 3, 4)
        day = first + timedelta(days=number * EVERY)
        goods = many * yuan * (96 + 3 * number) // 100
        kind, supplier = ("opening", "") if number == 0 else ("receipt", "宁波远航家居")
        taxes = amount(goods * 9 // 100) if duty else ""
        rows.append(
            f"{code}-{sku}-{number},{sku},{day},{kind},{many},{code},,CNY,{amount(goods)},{amount(goods * 22 // 100)},{taxes},"
            f"{'' if number == 0 else f'PO-{number}{dice.randrange(1000, 9999)}'},{supplier}"
        )
    return rows


def passed(products: list[Product], costs: dict[int, int], first: date) -> list[str]:
    """Goods that the hub received and sent on to Berlin."""
    rows = []
    for number, product in enumerate(products):
        day = first + timedelta(days=200)
        goods = 40 * costs.get(product.pk, 300_000)
        rows.append(
            f"hub-{number},{product.sku},{day},receipt,40,sz-hub,,CNY,{amount(goods)},{amount(goods // 10)},,PO-H{number},广州织造"
        )
        rows.append(
            f"sent-{number},{product.sku},{day + timedelta(days=12)},transfer,25,sz-hub,berlin-3pl,,,,,SEA-{number},"
        )
    return rows


def amount(units: int) -> str:
    """An amount as a sheet writes it."""
    return f"{from_units(units // 100 * 100):.2f}"
