"""What the demo company spends and expects: claims in the currencies of nine countries, bills, limits, payments ahead, payout calendars."""

from __future__ import annotations

import struct
import zlib
from datetime import date, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Sum

from config.demo.company import House, both
from tradewind.areas.finance.actions import bills, cash, claims, journals, trips
from tradewind.areas.finance.actions.accounts import map_code
from tradewind.areas.finance.models import Account, Bill, Claim, PayState
from tradewind.areas.finance.queries.payments import free_lines, likely_line
from tradewind.areas.finance.queries.spending import waits_for
from tradewind.engines.discuss.actions import attach
from tradewind.nouns.org.models import Person
from tradewind.nouns.trade.models import Order

DRAFT, ASKED, APPROVED, PAID, REFUSED = "draft", "asked", "approved", "paid", "refused"
# country, account, most, currency
LIMITS = [("", None, 200, "USD"), ("CN", None, 1000, "CNY"), ("DE", None, 250, "EUR"), ("DE", "travel", 600, "EUR"),
          ("GB", None, 200, "GBP"), ("JP", None, 30000, "JPY"), ("PH", None, 8000, "PHP")]  # fmt: skip
# person, days ago, account, amount, currency, country, paid in, what, how far it came
CLAIMS = [
    ("Lukas Weber", 4, "travel", "189.40", "EUR", "DE", "EUR", "Bahn Berlin–Köln, Lieferantenbesuch", ASKED),
    ("Amelia Taylor", 6, "promotion", "64.00", "GBP", "GB", "GBP", "Props for the autumn photo shoot", ASKED),
    ("郭涛", 3, "travel", "2380.00", "CNY", "CN", "CNY", "宁波港两日差旅", ASKED),
    ("杨帆", 12, "samples", "412.50", "USD", "US", "CNY", "Samples bought at the Las Vegas fair", APPROVED),
    ("鈴木美咲", 15, "travel", "21840", "JPY", "JP", "JPY", "大阪の展示会、新幹線往復", APPROVED),
    ("Maria Santos", 9, "software", "1250.00", "PHP", "PH", "PHP", "Headset for calls", APPROVED),
    ("Katarzyna Nowak", 22, "last-mile", "143.20", "PLN", "PL", "PLN", "Returned parcels sent on to Berlin", PAID),
    ("Sarah Miller", 31, "promotion", "230.00", "USD", "US", "USD", "Gift boxes for two creators", PAID),
    ("谢婷", 40, "professional", "3600.00", "HKD", "HK", "CNY", "香港公司年审资料公证", PAID),
    ("Pedro Lima", 27, "travel", "318.90", "BRL", "BR", "BRL", "Visit to the Curitiba warehouse", PAID),
    ("Jonas Becker", 18, "training", "499.00", "EUR", "DE", "EUR", "Course on short videos", REFUSED),
    ("Grace Reyes", 2, "overhead-other", "3400.00", "PHP", "PH", "PHP", "Team dinner after the peak week", DRAFT),
]  # fmt: skip
# supplier, number, days ago, days to pay, account, amount, currency, entity, team, what, how far it came
BILLS = [
    ("Hafenspedition Hansen", "HH-20441", 38, 30, "cost-freight", "6480.00", "EUR", "de", "logistics", "Container Ningbo–Hamburg", PAID),
    ("WestCoast 3PL", "WC-8812", 24, 30, "warehouse", "7315.40", "USD", "us", "logistics", "Storage and pick, last month", APPROVED),
    ("Kanzlei Brandt", "2211/26", 20, 14, "professional", "1190.00", "EUR", "de", "finance", "VAT returns", APPROVED),
    ("前海物业", "QH-1107", 12, 20, "rent", "48000.00", "CNY", "sz", "management", "办公室租金", APPROVED),
    ("宁波优品家居", "NB-0391", 9, 45, "cost-purchase", "186400.00", "CNY", "sz", "supply", "补货：厨房与收纳", ASKED),
    ("Lingua Works", "LW-553", 5, 30, "contractors", "2240.00", "USD", "us", "content", "Listings in four languages", ASKED),
    ("Lumen Studios", "LS-77", 3, 30, "promotion", "1850.00", "GBP", "de", "marketing", "Film for the spring launch", DRAFT),
    ("Spree Immobilien", "SI-2026-11", 26, 10, "rent", "5200.00", "EUR", "de", "europe", "Büro Berlin", PAID),
    ("Global Print", "GP-100", 33, 30, "promotion", "960.00", "EUR", "de", "marketing", "Cards in the parcels", REFUSED),
]  # fmt: skip
# entity, currency, name, kind, per mille of a month's sales, rhythm, day of the first month
LINES = [
    ("de", "EUR", both("Pay, Berlin and Europe", "欧洲员工工资"), "pay", 120, "monthly", 28),
    ("us", "USD", both("Pay, Los Angeles and Americas", "美洲员工工资"), "pay", 130, "monthly", 28),
    ("sz", "CNY", both("Pay, Shenzhen and Asia", "深圳与亚洲员工工资"), "pay", 260, "monthly", 10),
    ("de", "EUR", both("Value added tax", "增值税"), "tax", 150, "monthly", 10),
    ("us", "USD", both("Sales tax", "销售税"), "tax", 60, "quarterly", 20),
    ("sz", "CNY", both("Social security", "社会保险"), "tax", 70, "monthly", 15),
    ("sz", "CNY", both("Bank loan, instalment", "银行贷款还款"), "loan", 40, "monthly", 21),
    ("us", "USD", both("Office Los Angeles", "洛杉矶办公室租金"), "rent", 30, "monthly", 1),
]  # fmt: skip
# channel, length of a period, wait after it, arrives per cent, held back per cent, for days
CALENDARS = [("shop-eu", 1, 3, 97, 0, 0), ("shop-us", 1, 2, 97, 0, 0), ("amazon-us", 14, 3, 72, 5, 14), ("amazon-eu", 14, 3, 74, 5, 14),
             ("amazon-jp", 14, 4, 78, 0, 0), ("etsy", 7, 3, 88, 10, 45)]  # fmt: skip
TAXED = ("professional", "promotion")  # bills of Germany that tell their tax
# person, what; days ago, account, amount, currency, country, what
TRIP = (
    "谢婷", "香港仓库盘点与客户拜访",
    [(8, "travel", "436.00", "HKD", "HK", "高铁往返"), (8, "travel", "1280.00", "HKD", "HK", "酒店一晚"), (7, "travel", "86.50", "CNY", "CN", "深圳打车")],
)  # fmt: skip
SIDES = {"receivable": "1122", "payable": "2202", "staff": "2241", "stock": "1405", "pay": "2211", "tax": "222101",
         "other": "1221"}  # fmt: skip
# The Chinese chart of accounts: the account above ours, by line of the statement.
CHART = {"gross": "6001", "discount": "6001", "refund": "6001", "shipping": "6051", "other_income": "6301", "cogs": "6401", "fulfilment": "6601",
         "fees": "6601", "advertising": "6601", "pay": "6602", "overhead": "6602", "below": "6603"}  # fmt: skip
YUAN = {"EUR": Decimal("7.8"), "USD": Decimal("7.2")}


def write(house: House) -> None:
    """Limits, then claims and bills each as far along its way as the story says, then what is expected."""
    keeper = house.people["陈静"]
    for country, account, most, currency in LIMITS:
        kind = Account.objects.get(code=account) if account else None
        claims.save_limit.system(None, country=country, account=kind, amount=Decimal(most), currency=currency)
    for row in CLAIMS:
        claim(house, keeper, *row)
    trip(house)
    for line in BILLS:
        bill(house, keeper, *line)
    ahead(house)
    books(house)


def claim(
    house: House, keeper: Person, name: str, ago: int, account: str, amount: str, currency: str, country: str, paid_in: str, what: str, far: str
) -> None:  # fmt: skip
    """One claim with its receipt, brought as far as it came."""
    person, day = house.people[name], house.anchor - timedelta(days=ago)
    row = claims.save_claim(
        person, None, day=day, country=country, account=Account.objects.get(code=account), what=what, amount=Decimal(amount),
        currency=currency, pay_currency=paid_in, market=person.market,
    )  # fmt: skip
    attach(person, "finance.claim", row.pk, SimpleUploadedFile(f"receipt-{row.pk}.png", receipt(row.pk), "image/png"))
    if far == DRAFT:
        return
    claims.submit_claim(person, row)
    if far == REFUSED:
        claims.refuse_claim(asked(house, row), row, reason="Please book courses through the training budget")
    elif far in (APPROVED, PAID):
        while row.state == PayState.SUBMITTED:
            claims.approve_claim(asked(house, row), row)
    if far == PAID:
        claims.pay_claim(keeper, row, day=min(day + timedelta(days=12), house.anchor))


def trip(house: House) -> None:
    """The receipts of one journey, submitted together."""
    name, what, receipts = TRIP
    person = house.people[name]
    row = trips.save_trip(person, None, what=what)
    for ago, account, amount, currency, country, words in receipts:
        one = claims.save_claim(
            person, None, day=house.anchor - timedelta(days=ago), country=country, account=Account.objects.get(code=account), what=words,
            amount=Decimal(amount), currency=currency, pay_currency="CNY", market=person.market, trip=row,
        )  # fmt: skip
        attach(
            person, "finance.claim", one.pk, SimpleUploadedFile(f"receipt-{one.pk}.png", receipt(one.pk), "image/png")
        )
    trips.submit_trip(person, row)


def bill(
    house: House, keeper: Person, supplier: str, number: str, ago: int, terms: int, account: str, amount: str, currency: str, entity: str,
    team: str, what: str, far: str,
) -> None:  # fmt: skip
    """One bill, brought as far as it came."""
    day = house.anchor - timedelta(days=ago)
    row = bills.save_bill(
        keeper, None, supplier=supplier, number=number, day=day, due=day + timedelta(days=terms), what=what, amount=Decimal(amount),
        account=Account.objects.get(code=account), currency=currency, entity=house.entities[entity], team=house.teams[team],
        tax_by="standard" if account in TAXED and entity == "de" else "none",
    )  # fmt: skip
    if far == DRAFT:
        return
    bills.submit_bill(keeper, row)
    if far == REFUSED:
        bills.refuse_bill(asked(house, row), row, reason="Half of the cards came damaged: ask for a new bill")
    elif far in (APPROVED, PAID):
        while row.state == PayState.SUBMITTED:
            bills.approve_bill(asked(house, row), row)
    if far == PAID:
        line = likely_line(row, free_lines(row, keeper))
        bills.pay_bill(keeper, row, line=line, day=None if line else min(row.due, house.anchor))


def asked(house: House, row: Claim | Bill) -> Person:
    """Who a claim or bill waits for."""
    return next(person for person in house.people.values() if waits_for(person, row))


def ahead(house: House) -> None:
    """Pay, taxes, rent and loans in proportion to sales, a balance without statements, and when channels pay."""
    first = house.anchor.replace(day=1)
    for entity, currency, name, kind, share, rhythm, day in LINES:
        amount = (month_of_sales(house, currency) * share / 1000).quantize(Decimal(100))
        cash.save_cash_line.system(
            None, name=name, kind=kind, amount=-max(amount, Decimal(100)), currency=currency, first_day=first.replace(day=day),
            rhythm=rhythm, entity=house.entities[entity],
        )  # fmt: skip
    held = (month_of_sales(house, "CNY") * Decimal("0.9")).quantize(Decimal(1000))
    cash.save_cash_line.system(
        None, name=both("Bank of Shenzhen, current account", "深圳银行结算户"), kind="balance", amount=held, currency="CNY",
        first_day=house.anchor - timedelta(days=1), rhythm="once", entity=house.entities["sz"],
    )  # fmt: skip
    monday = date(house.anchor.year, 1, 5)
    for code, every, delay, pays, reserve, days in CALENDARS:
        cash.save_calendar.system(
            None, channel=house.channels[code], first_day=monday, every_days=every, delay_days=delay, pays=Decimal(pays) / 100,
            reserve=Decimal(reserve) / 100, reserve_days=days,
        )  # fmt: skip


def books(house: House) -> None:
    """The outside ledger of Shenzhen, with its account for each of ours."""
    ledger = journals.save_ledger.system(
        None,
        code="kingdee-sz",
        name="金蝶 KIS 深圳",
        layout="kingdee",
        currency="CNY",
        entity=house.entities["sz"],
        contra=SIDES,
    )
    for place, account in enumerate(Account.objects.order_by("position", "code"), 1):
        map_code.system(system=ledger.code, outside=f"{CHART[account.line]}{place:02}", account=account)


def month_of_sales(house: House, currency: str) -> Decimal:
    """What a month of the last quarter brought in a currency; in yuan a third of what dollars and euros brought."""
    if currency == "CNY":
        return sum((month_of_sales(house, code) * rate for code, rate in YUAN.items()), Decimal(0)) / 3
    span = (house.anchor - timedelta(days=90), house.anchor)
    units = Order.objects.filter(currency=currency, day__range=span).aggregate(total=Sum("net"))["total"] or 0
    return Decimal(units) / 10_000 / 3


def receipt(number: int) -> bytes:
    """A small picture of a receipt: grey lines on white paper, other ones for every number."""
    wide, high = 120, 180
    rows = bytearray()
    for y in range(high):
        end = 20 + (number * 37 + y // 12 * 53) % 80
        line = y % 12 < 3 and 12 < y < high - 12
        rows += b"\x00" + bytes(110 if line and 10 <= x < end else 250 for x in range(wide))
    head = struct.pack(">IIBBBBB", wide, high, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(rows))), (b"IEND", b""))
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + body
