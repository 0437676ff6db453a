"""The demo company's facts of money: cost prices, ad spend, bank statements and a wallet, through the same imports as anybody's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from random import Random

from django.db.models import Sum

from config.demo.catalog import Good, catalog
from config.demo.company import House
from tradewind.areas.finance.actions.bank import save_bank_account
from tradewind.areas.finance.actions.gaps import post_gap
from tradewind.areas.finance.actions.matching import match_payout
from tradewind.areas.finance.jobs.bank import match_now
from tradewind.areas.finance.models import Account, Gap
from tradewind.areas.finance.queries.payouts import found_matches
from tradewind.base.money import CURRENCIES, from_units
from tradewind.engines.exchange.models import SheetBatch
from tradewind.engines.exchange.sheets import flow
from tradewind.engines.exchange.sheets.kinds import sheet_of
from tradewind.nouns.trade.models import BankAccount, BankLine, Channel, Order, OrderLine, Payout, Product

YUAN_A_DOLLAR = 7
# entity, currency: code, name, number
ACCOUNTS = {
    ("de", "EUR"): ("bank-de-eur", "Berliner Kontor EUR", "DE89370400440532013000"),
    ("us", "USD"): ("bank-us-usd", "Pacific Trust USD", "US-0044120087"),
    ("sz", "JPY"): ("bank-sz-jpy", "前海银行 JPY", "6225880123456789"),
}
# entity: days ago, units, number, words of a bill that was paid
PAID_BILLS = {
    "de": [(8, 64_800_000, "HH-20441", "Hafenspedition Hansen HH-20441"), (16, 52_000_000, "SI-2026-11", "Spree Immobilien SI-2026-11")],
}  # fmt: skip
CAMPAIGNS = {"amazon": ("Top sellers", 62), "shopify": ("Search brand and category", 55), "etsy": ("Offsite ads", 38)}
PLATFORMS = {"amazon": "amazon", "shopify": "google", "etsy": "etsy"}


def write(house: House, seed: int) -> None:
    """Costs of every product sold, two years of ad spend, and statements in which most payouts of the settlements arrived."""
    rng = Random(seed + 7)  # noqa: S311  a story, not a secret
    goods = catalog(Random(seed + 1))  # noqa: S311  the goods that were sold
    bring("finance.unit_costs", "unit-costs.csv", costs(house, goods, rng))
    for channel in house.channels.values():
        text = ads(channel, rng)
        if text:
            bring("finance.ad_spend", f"ads-{channel.code}.csv", text, channel=channel.code)
        back = returns(house, channel, rng) if channel.platform == "amazon" else ""
        if back:
            bring("finance.returns", f"returns-{channel.code}.csv", back, channel=channel.code)
    for place, (code, name, number) in ACCOUNTS.items():
        save_bank_account.system(
            code=code, name=name, number=number, entity=house.entities[place[0]], currency=place[1], active=True
        )
        statement(house, code, place, number, rng)
    wallet(house)
    match_now()
    charge()


def charge() -> None:
    """The line that lacks what a bank kept is joined with its payout, and the charge posted."""
    for pk, lines in found_matches().asked.items():
        payout, line = Payout.objects.get(pk=pk), BankLine.objects.get(pk=lines[0])
        if len(lines) == 1 and line.amount != payout.amount:
            match_payout.system(payout, lines=[line])
            post_gap.system(payout, gap=Gap.CHARGE, account=Account.objects.get(code="payment-fees"))


def bring(kind: str, name: str, text: str, **options: str) -> None:
    """One table through its import, as the product itself."""
    batch = flow.open_sheet(None, sheet_of(kind), name=name, content=[text.encode()], options=options)
    flow.try_out(batch, None)
    if batch.state == SheetBatch.READY:
        flow.take_sheet.system(batch)


def costs(house: House, goods: Iterable[Good], rng: Random) -> str:
    """Cost prices in yuan: two years ago, and dearer since half a year; duty in the United States."""
    sold = set(Product.objects.exclude(sku="").values_list("sku", flat=True))
    first, later = house.anchor - timedelta(days=760), house.anchor - timedelta(days=180)
    rows = ["SKU,Valid from,Currency,Market,Purchase,Freight,Packaging,Duty"]
    for good in goods:
        if good.sku not in sold:
            continue
        fen = good.cents * YUAN_A_DOLLAR * rng.randint(19, 27) // 100
        for day, share in ((first, 100), (later, 104)):
            bought = fen * share // 100
            rows.append(f"{good.sku},{day},CNY,,{yuan(bought)},{yuan(bought * 22 // 100)},{yuan(110)},")
        rows.append(f"{good.sku},{first},CNY,us,,,,{yuan(fen * 9 // 100)}")
    return "\n".join(rows) + "\n"


def yuan(fen: int) -> str:
    """An amount as a sheet writes it."""
    return f"{fen // 100}.{fen % 100:02}"


def ads(channel: Channel, rng: Random) -> str:
    """A day's campaign costs about a twelfth of its sales."""
    sales = Order.objects.filter(channel=channel, state=Order.PAID, kind=Order.SALE).order_by("day").values_list("day")
    name, clicks_a_unit = CAMPAIGNS.get(channel.platform, ("Campaign", 50))
    rows = ["Date,Campaign,Currency,Impressions,Clicks,Spend,Platform"]
    for day, net in sales.annotate(Sum("net")):
        spend = from_units(net) * rng.randint(50, 110) / 1000
        clicks = int(spend * clicks_a_unit / 100) + 1
        rows.append(
            f"{day},{name},{channel.currency},{clicks * rng.randint(60, 140)},{clicks},{told(spend, channel.currency)},"
            f"{PLATFORMS.get(channel.platform, 'other')}"
        )
    return "\n".join(rows) + "\n" if len(rows) > 1 else ""


def returns(house: House, channel: Channel, rng: Random) -> str:
    """What came back of a year's refunded orders: most of it can be sold again."""
    rows = ["return-date,order-id,sku,quantity,detailed-disposition,reason,license-plate-number"]
    lines = OrderLine.objects.filter(
        order__channel=channel, order__refunds__isnull=False, position=0, quantity__gt=0, order__refunds__day__gte=house.anchor - timedelta(days=365)
    ).exclude(sku="")  # fmt: skip
    found = lines.order_by("pk").values_list("pk", "order__number", "sku", "order__refunds__day")
    for pk, number, sku, day in {row[0]: row for row in found}.values():
        word, reason = rng.choice(
            (("SELLABLE", "UNWANTED_ITEM"), ("SELLABLE", "ORDERED_WRONG_ITEM"), ("CUSTOMER_DAMAGED", "DEFECTIVE"))
        )
        rows.append(f"{day},{number},{sku},1,{word},{reason},LPN{pk}")
    return "\n".join(rows) + "\n" if len(rows) > 1 else ""


def told(amount: object, currency: str) -> str:
    """An amount with the digits of its currency."""
    return f"{amount:.{CURRENCIES[currency].digits}f}"


def statement(house: House, code: str, place: tuple[str, str], number: str, rng: Random) -> None:
    """The last months of an account as MT940: payouts, with a charge kept, one that is late and one told twice; and rent."""
    entity, currency = place
    moves: dict[date, list[tuple[int, str, str]]] = defaultdict(list)
    paid = Payout.objects.filter(channel__entity=house.entities[entity], currency=currency).order_by("day")
    for place_of_payout, payout in enumerate(paid):
        day = (payout.day or house.anchor) + timedelta(days=rng.randint(1, 3))
        kept = 120_000 if place_of_payout == 0 and entity == "us" else 0
        if day < house.anchor and not (entity == "sz" and place_of_payout == 1):
            moves[day].append((payout.amount - kept, "AMZN" + payout.external_id[-8:], "AMAZON PAYMENTS settlement"))
    for back in range(90, 0, -30):
        day = house.anchor - timedelta(days=back)
        moves[day].append((-rng.randint(800, 1400) * 10_000 * (100 if currency == "JPY" else 1), "RENT", "Office rent"))
    for back, units, number_of_bill, words in PAID_BILLS.get(entity, ()):
        moves[house.anchor - timedelta(days=back)].append((-units, number_of_bill, words))
    lines = [":20:DEMO", f":25:{number}", ":28C:1/1", f":60F:C{house.anchor - timedelta(days=95):%y%m%d}{currency}0,"]
    balance = 0
    for day in sorted(moves):
        for units, reference, words in moves[day]:
            balance += units
            lines += [
                f":61:{day:%y%m%d}{day:%m%d}{side(units)}{comma(units)}NTRF{reference}",
                f":86:{words} {reference}",
            ]
    lines.append(f":62F:{side(balance)}{house.anchor - timedelta(days=1):%y%m%d}{currency}{comma(balance)}")
    bring("finance.bank_lines", f"{code}.sta", "\n".join([*lines, "-", ""]), account=code)


def side(units: int) -> str:
    """Ours or owed."""
    return "C" if units >= 0 else "D"


def comma(units: int) -> str:
    """An amount as the standard writes it."""
    return f"{abs(units) // 10_000},{abs(units) % 10_000 // 100:02}"


def wallet(house: House) -> None:
    """A wallet for small purchases in China."""
    save_bank_account.system(
        code="alipay-sz", name="支付宝 深圳", kind=BankAccount.WALLET, entity=house.entities["sz"], currency="CNY"
    )
    bought = [
        (20, "打样", "126.00", "余额"),
        (12, "快递", "38.50", "余额"),
        (6, "摄影道具", "260.00", "招商银行信用卡(1188)"),
    ]
    rows = ["交易时间,交易分类,交易对方,商品说明,收/支,金额,收/付款方式,交易状态,交易订单号,商家订单号"]
    for number, (back, text, amount, means) in enumerate(bought):
        day = house.anchor - timedelta(days=back)
        rows.append(
            f"{day} 10:2{number}:00,日用百货,前海商行,{text},支出,{amount},{means},交易成功,20880{number}77{back},T{number}"
        )
    bring("finance.bank_lines", "支付宝交易明细.csv", "\n".join(rows) + "\n", account="alipay-sz")
