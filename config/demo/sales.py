"""Two years of the demo company's orders: seasons, weekdays, growth, returning customers, refunds, cancellations."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import accumulate
from random import Random

from config.demo.catalog import Good
from tradewind.base import clock

DAYS = 730
CHANGED = 6  # so many of the most wanted goods had other prices before
LEVELS = ((540, 100), (330, 107), (84, 93), (-1, 110))  # until so many days ago: per cent of the first price
# country: (currency, units of it for one US dollar in hundredths, tax per cent, cities)
COUNTRIES: dict[str, tuple[str, int, int, tuple[str, ...]]] = {
    "DE": ("EUR", 92, 19, ("Berlin", "Hamburg", "München", "Köln")), "AT": ("EUR", 92, 20, ("Wien", "Graz")),
    "CH": ("EUR", 94, 0, ("Zürich", "Genève")), "FR": ("EUR", 92, 20, ("Paris", "Lyon", "Lille")),
    "BE": ("EUR", 92, 21, ("Bruxelles", "Gent")), "NL": ("EUR", 92, 21, ("Amsterdam", "Utrecht")),
    "LU": ("EUR", 92, 17, ("Luxembourg",)), "GB": ("GBP", 80, 20, ("London", "Leeds", "Glasgow")),
    "IE": ("EUR", 92, 23, ("Dublin",)), "ES": ("EUR", 92, 21, ("Madrid", "Málaga")), "IT": ("EUR", 92, 22, ("Milano", "Roma")),
    "PT": ("EUR", 92, 23, ("Lisboa",)), "US": ("USD", 100, 7, ("New York", "Austin", "Seattle", "Chicago")),
    "CA": ("CAD", 136, 12, ("Toronto", "Vancouver")), "JP": ("JPY", 15000, 10, ("東京", "大阪", "福岡")),
    "AU": ("USD", 100, 10, ("Sydney", "Perth")), "NZ": ("USD", 100, 15, ("Auckland",)),
}  # fmt: skip
FIRST = ("Emma", "Liam", "Noah", "Olivia", "Mia", "Lucas", "Léa", "Hugo", "Sofía", "Mateo", "Giulia", "Leonardo", "Hanna", "Jonas",
         "Amelia", "Oscar", "Ava", "Ethan", "Chloe", "Jack", "陽菜", "蓮", "結衣", "湊", "Freya", "Nils", "Clara", "Paul")  # fmt: skip
LAST = ("Müller", "Schmidt", "Martin", "Bernard", "Smith", "Jones", "García", "López", "Rossi", "Bianchi", "Johnson", "Brown",
        "Davis", "佐藤", "鈴木", "高橋", "de Vries", "Jansen", "Taylor", "Wilson", "Novak", "Silva", "Nguyen", "Lee")  # fmt: skip


@dataclass(frozen=True)
class Shop:
    """How one channel sells: orders in two years, countries by weight, lines an order, and which season it feels."""

    code: str
    orders: int
    countries: dict[str, int]
    lines: tuple[int, ...]
    returning: float = 0.3
    refunds: float = 0.05


SHOPS = [
    Shop("shop-eu", 12500, {"DE": 34, "AT": 6, "CH": 4, "FR": 18, "BE": 4, "NL": 7, "LU": 1, "GB": 12, "IE": 2, "ES": 6, "IT": 5, "PT": 1},
         (1, 1, 2, 2, 2, 3, 3, 4, 5)),
    Shop("shop-us", 11500, {"US": 84, "CA": 11, "AU": 4, "NZ": 1}, (1, 1, 2, 2, 2, 3, 3, 4, 5)),
    Shop("amazon-eu", 12000, {"DE": 48, "FR": 18, "ES": 12, "IT": 16, "NL": 6}, (1, 1, 1, 2), 0.12, 0.07),
    Shop("amazon-us", 12000, {"US": 100}, (1, 1, 1, 2), 0.12, 0.07),
    Shop("amazon-jp", 6000, {"JP": 100}, (1, 1, 1, 2), 0.12, 0.04),
    Shop("etsy", 8000, {"US": 60, "GB": 12, "CA": 10, "DE": 8, "AU": 7, "FR": 3}, (1, 1, 2), 0.15, 0.03),
]  # fmt: skip


@dataclass
class Item:
    """One line of an order: units and price in minor units of the order's currency."""

    good: Good
    quantity: int
    price: int


@dataclass
class Buyer:
    """Who bought."""

    number: int
    name: str
    country: str


@dataclass
class Sale:
    """One order; amounts in minor units (yen: whole yen)."""

    number: int
    at: datetime
    country: str
    currency: str
    buyer: Buyer
    items: list[Item]
    tax_percent: int
    discount: int = 0
    shipping: int = 0
    state: str = "paid"
    refunded: int = 0
    refund_day: date | None = None
    city: str = ""
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def goods(self) -> int:
        """Goods before discount."""
        return sum(item.quantity * item.price for item in self.items)


def black_friday(year: int) -> date:
    """The day after the fourth Thursday of November."""
    first = date(year, 11, 1)
    return first + timedelta(days=(3 - first.weekday()) % 7 + 22)


def demand(day: date, start: date, shop: str) -> float:
    """How much is bought on a day, 1 being an ordinary one: growth, weekday, and the seasons of the trade."""
    level = (1 + 0.9 * (day - start).days / DAYS) * (0.92, 0.95, 1.0, 1.0, 1.05, 1.12, 1.1)[day.weekday()]
    offset = (day - black_friday(day.year)).days
    if -3 <= offset <= 3:
        level *= (1.5, 1.7, 2.2, 3.4, 2.4, 2.2, 3.0)[offset + 3]
    elif (day.month, day.day) in ((11, 10), (11, 11), (11, 12)):
        level *= 2.6 if shop == "amazon-jp" else 1.7
    elif day.month == 12 and day.day <= 18:
        level *= 1.7
    elif day.month == 1:
        level *= 0.78
    elif day.month == 7 and 12 <= day.day <= 15 and shop.startswith("amazon"):
        level *= 2.1
    if (day.month == 4 and day.day >= 29) or (day.month == 5 and day.day <= 5):
        level *= 1.35 if shop == "amazon-jp" else 1.0
    if day.month == 10 and day.day <= 7:  # the factories rest in Golden Week: less is in stock
        level *= 0.8
    return level


def sales_of(shop: Shop, zone: str, goods: list[Good], anchor: date, rng: Random, scale: float) -> list[Sale]:
    """The channel's orders up to the day before the anchor, oldest first."""
    start = anchor - timedelta(days=DAYS)
    levels = [demand(start + timedelta(days=n), start, shop.code) for n in range(DAYS)]
    total = sum(levels)
    wanted = shop.orders * scale
    weights = list(accumulate(1 / (n + 4) ** 0.75 for n in range(len(goods))))
    found: list[Sale] = []
    buyers: list[Buyer] = []
    carry = 0.0
    for n, level in enumerate(levels):
        carry += wanted * level / total
        count, carry = int(carry), carry - int(carry)
        moments = sorted(moment(start + timedelta(days=n), zone, rng) for _order in range(count))
        first = len(found) + 1
        age = DAYS - n
        found += [one_sale(shop, first + at, when, buyers, goods, weights, rng, age) for at, when in enumerate(moments)]
    last_days(found, anchor, rng)
    return found


def moment(day: date, zone: str, rng: Random) -> datetime:
    """A time of day when people buy."""
    hour = min(23, max(0, int(rng.gauss(15, 4.5))))
    return datetime(day.year, day.month, day.day, hour, rng.randrange(60), rng.randrange(60), tzinfo=clock.zone(zone))


def one_sale(
    shop: Shop, number: int, at: datetime, buyers: list[Buyer], goods: list[Good], weights: list[float], rng: Random, age: int
) -> Sale:  # fmt: skip
    """One order, so many days before the anchor."""
    buyer = pick_buyer(shop, buyers, rng)
    currency, rate, tax, cities = COUNTRIES[buyer.country]
    if shop.code == "etsy" or (shop.code == "shop-us" and buyer.country != "CA"):
        currency, rate = "USD", 100
    if shop.code == "amazon-eu":
        currency, rate = "EUR", 92
    items = []
    for _line in range(rng.choice(shop.lines)):
        place = bisect(weights, rng.random() * weights[-1])
        good, percent = goods[place], price_level(place, age)
        price = good.cents * rate // 100 if percent == 100 else good.cents * rate * percent // 100_000 * 10 + 9
        units = bought(rng.choice((1, 1, 1, 1, 2, 2, 3)), percent)
        items.append(Item(good, units, price // 100 if currency == "JPY" else price))
    sale = Sale(number, at, buyer.country, currency, buyer, items, tax, city=rng.choice(cities))
    if rng.random() < 0.18:
        sale.discount = sale.goods // 10
    if sale.goods < (4000 if currency != "JPY" else 6000):
        sale.shipping = 490 if currency != "JPY" else 550
    fate(sale, shop, rng)
    return sale


def price_level(place: int, age: int) -> int:
    """The price of a good in per cent of its first one: those of the most wanted were changed three times in two years."""
    if place >= CHANGED:
        return 100
    return next(percent for since, percent in LEVELS if age > since)


def bought(units: int, percent: int) -> int:
    """How many somebody takes at a price: fewer when it is dear, more when it is cheap."""
    if percent > 100:
        return min(units, 2) if percent < 108 else 1 if units == 2 else min(units, 2)
    return units + 1 if percent < 100 and units > 1 else units


def pick_buyer(shop: Shop, buyers: list[Buyer], rng: Random) -> Buyer:
    """A known buyer, more likely a recent one, or a new one."""
    if buyers and rng.random() < shop.returning:
        return buyers[-1 - int(len(buyers) * rng.random() ** 2)]
    country = rng.choices(list(shop.countries), list(shop.countries.values()))[0]
    buyer = Buyer(len(buyers) + 1, f"{rng.choice(FIRST)} {rng.choice(LAST)}", country)
    buyers.append(buyer)
    return buyer


def fate(sale: Sale, shop: Shop, rng: Random) -> None:
    """Whether the order was cancelled or refunded."""
    draw = rng.random()
    if draw < 0.02:
        sale.state = "cancelled"
    elif draw < 0.02 + shop.refunds:
        net = sale.goods - sale.discount
        sale.refunded = net if rng.random() < 0.7 else net // 2
        sale.refund_day = sale.at.date() + timedelta(days=rng.randint(3, 25))


def last_days(found: list[Sale], anchor: date, rng: Random) -> None:
    """The newest orders may still wait for payment, and cannot have been refunded yet."""
    for sale in reversed(found):
        age = (anchor - sale.at.date()).days
        if age > 30:
            return
        if age <= 2 and sale.state == "paid" and rng.random() < 0.15:
            sale.state = "pending"
        if sale.refund_day and sale.refund_day >= anchor:
            sale.refunded, sale.refund_day = 0, None


def spans(anchor: date) -> Iterator[tuple[date, date]]:
    """The spans of days that were exported into one file each: month by month, the last four weeks week by week."""
    start, recent = anchor - timedelta(days=DAYS), anchor - timedelta(days=28)
    while start < recent:
        end = min(start + timedelta(days=30), recent)
        yield start, end
        start = end
    while recent < anchor:
        yield recent, recent + timedelta(days=7)
        recent += timedelta(days=7)
