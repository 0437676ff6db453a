"""The demo company's ledger: pay, rent and other costs of two years, goods sold within the group, and how overhead is shared out."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from random import Random

from django.db.models import Sum

from config.demo.company import House
from tradewind.areas.finance.actions.accounts import install_accounts, map_code
from tradewind.areas.finance.actions.allocation import set_allocation
from tradewind.areas.finance.actions.ledger import Entry, add_postings
from tradewind.areas.finance.models import Account, Posting
from tradewind.areas.finance.queries.ledger import unmapped
from tradewind.base.money import to_units
from tradewind.base.period import Period
from tradewind.engines.metrics import rates
from tradewind.nouns.trade.models import Fee, Order

MONTHS = 24
# account, entity, team, share of an average month's net revenue in thousandths, text, supplier, grows a year by per cent
COSTS = [
    ("salaries", "sz", "management", 14, "工资 · Salaries", "", 4), ("salaries", "sz", "supply", 12, "工资 · Salaries", "", 4),
    ("salaries", "sz", "content", 9, "工资 · Salaries", "", 4), ("salaries", "sz", "tech", 11, "工资 · Salaries", "", 4),
    ("salaries", "de", "europe", 14, "Gehälter · Salaries", "", 3), ("salaries", "us", "americas", 16, "Salaries", "", 4),
    ("salaries", "sz", "service", 10, "Salaries, Manila", "", 5),
    ("social-security", "sz", "management", 9, "社会保险 · Social security", "", 4),
    ("social-security", "de", "europe", 3, "Sozialversicherung · Social security", "", 3),
    ("contractors", "us", "content", 3, "Translation and photography", "Lingua Works", 0),
    ("rent", "sz", "", 6, "深圳办公室 · Office Shenzhen", "前海物业", 3), ("rent", "de", "", 3, "Büro Berlin · Office Berlin", "Spree Immobilien", 2),
    ("rent", "us", "", 4, "Office Los Angeles", "Harbor Properties", 3), ("warehouse", "us", "logistics", 7, "Third-party warehouse", "WestCoast 3PL", 2),
    ("software", "sz", "tech", 4, "云服务 · Cloud", "阿里云", 0), ("software", "us", "tech", 3, "Shop apps", "Shopify apps", 6),
    ("professional", "de", "finance", 2, "Tax advice", "Kanzlei Brandt", 0), ("samples", "sz", "supply", 2, "打样 · Samples", "", 0),
    ("travel", "sz", "management", 1, "差旅 · Travel", "", 0), ("interest", "sz", "", 1, "贷款利息 · Interest", "招商银行", 0),
]  # fmt: skip


def write(house: House) -> None:
    """Name accounts for the fees that are known, post two years of costs, share overhead out by revenue."""
    install_accounts.system()
    name_fees()
    month = monthly_revenue()
    accounts = {account.code: account for account in Account.objects.all()}
    entries = [entry for number in range(MONTHS) for entry in costs_of(house, accounts, month, number)]
    add_postings.system(entries=[*entries, *within_group(house, accounts, month)])
    first = first_day(house.anchor, MONTHS)
    set_allocation.system(start=first, base="revenue", reason="按净收入分摊 · By net revenue")
    set_allocation.system(account=accounts["warehouse"], start=first, base="units", reason="按销量分摊 · By units")
    set_allocation.system(
        account=accounts["social-security"], start=first, base="headcount", reason="按人数分摊 · By people"
    )
    set_allocation.system(
        account=accounts["software"], start=first, base="shares", axis="channel", reason="按渠道固定份额 · Fixed shares of channels",
        shares={"shop-eu": "30", "shop-us": "30", "amazon-eu": "15", "amazon-us": "15", "amazon-jp": "6", "etsy": "4"},
    )  # fmt: skip


def name_fees() -> None:
    """Every kind of fee of the demo's settlements but one: the to-do shows what happens with a new kind."""
    account = Account.objects.get(code="fees-other")
    for one in unmapped(Fee.objects.all())[1:]:
        map_code.system(system="fee", outside=one.kind, account=account)


def monthly_revenue() -> Decimal:
    """Net revenue of an average month in US dollars, so that costs fit the company's size."""
    sums: dict[tuple[date, str], int] = defaultdict(int)
    rows = Order.objects.filter(state=Order.PAID, kind=Order.SALE).order_by().values_list("currency", "day__year")
    rule, found = rates.rule("month"), Decimal(0)
    for currency, year, net in rows.annotate(Sum("net")):
        sums[date(year, 6, 1), currency] += net
    for (day, currency), net in sums.items():
        factor = rule.factor(day, currency, "USD")
        found += Decimal(net) / 10_000 * factor.value if factor else Decimal(0)
    return found / MONTHS


def costs_of(house: House, accounts: dict[str, Account], month: Decimal, number: int) -> list[Entry]:
    """The postings of one month, the oldest first: fixed amounts with their yearly rise and a little noise."""
    day, dice = first_day(house.anchor, MONTHS - number), Random(f"{number}")  # noqa: S311  a story, not a secret
    found = []
    for place, (code, entity, team, share, text, supplier, rise) in enumerate(COSTS):
        home = house.entities[entity]
        steady = code in ("rent", "salaries", "social-security")
        grown = (Decimal(100 + rise) / 100) ** (number // 12) * (
            1 if steady else Decimal(dice.randrange(85, 116)) / 100
        )
        factor = rates.rule("month").factor(day, "USD", home.currency)
        amount = (month * share / 1000 * grown * (factor.value if factor else 1)).quantize(Decimal(1))
        found.append(
            Entry(
                f"demo:{day:%Y-%m}:{place}", accounts[code], day.replace(day=25), -to_units(amount), home.currency, Posting.LEDGER,
                entity_id=home.pk, team_id=house.teams[team].pk if team else None, text=text, supplier=supplier, source="demo ledger",
                source_line=number * len(COSTS) + place + 1,
            )
        )  # fmt: skip
    return found


def within_group(house: House, accounts: dict[str, Account], month: Decimal) -> list[Entry]:
    """Goods that Shenzhen sells to the company in Germany each quarter: seen in each company, not in the group."""
    found, (seller, buyer) = [], (house.entities["sz"], house.entities["de"])
    for number in range(0, MONTHS, 3):
        day, amount = first_day(house.anchor, MONTHS - number), to_units((month / 5).quantize(Decimal(1)))
        for code, home, partner, sign in (
            ("intercompany-sales", seller, buyer, 1),
            ("intercompany-purchases", buyer, seller, -1),
        ):
            found.append(
                Entry(
                    f"demo:{code}:{day:%Y-%m}", accounts[code], day, sign * amount, "EUR", Posting.INTERCOMPANY, home.pk, partner.pk,
                    text="集团内供货 · Goods within the group",
                )
            )  # fmt: skip
    return found


def first_day(anchor: date, back: int) -> date:
    """The first day of the month so many months before the anchor's."""
    month = Period.containing(anchor, "month")
    for _step in range(back):
        month = month.previous()
    return month.start
