"""What the demo company's entities paid to tax offices and to each other, and one invoice within the group that the other side missed."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Sum

from config.demo.company import House
from tradewind.areas.finance.actions import ledger
from tradewind.areas.finance.actions.balances import save_remittance
from tradewind.areas.finance.models import Account, Posting, Remittance
from tradewind.base.money import from_units
from tradewind.base.period import Period
from tradewind.engines.metrics.models import SaleReading
from tradewind.engines.metrics.refresh import ensure
from tradewind.nouns.org.models import Entity

RECHARGED = 12_400_000  # units: freight that Shenzhen charged on and Germany has not posted


def write(house: House) -> None:
    """Tax paid until the month before last, goods within the group paid but for the last quarter."""
    ensure()
    last = Period.containing(house.anchor, "month").previous()
    for entity in house.entities.values():
        taxed(entity, last.previous(), last.start.replace(day=10))
    seller, buyer = house.entities["sz"], house.entities["de"]
    sold = Posting.objects.filter(account__code="intercompany-sales", entity=seller, partner=buyer).order_by("day")
    for row in list(sold)[:-1]:
        save_remittance.system(
            None, kind=Remittance.GROUP, entity=buyer, partner=seller, day=min(row.day + timedelta(days=40), house.anchor),
            amount=from_units(row.amount), currency=row.currency, note="集团内货款 · Goods within the group",
        )  # fmt: skip
    account = Account.objects.get(code="intercompany-sales")
    ledger.add_postings.system(
        entries=[
            ledger.Entry(
                "demo:recharged", account, last.start, RECHARGED, "EUR", Posting.INTERCOMPANY, seller.pk, buyer.pk,
                text="代付海运费 · Freight charged on",
            )
        ]
    )  # fmt: skip


def taxed(entity: Entity, month: Period, day: date) -> None:
    """What the entity charged as sales tax in a month, paid until its end in the currency it charged most in."""
    rows = SaleReading.objects.filter(grain=SaleReading.MONTH, day=month.start, entity=entity).order_by()
    found = rows.values_list("currency").annotate(charged=Sum("tax")).order_by("-charged").first()
    if found and found[1] > 0:
        save_remittance.system(
            None, kind=Remittance.TAX, entity=entity, day=day, until=month.end, amount=from_units(found[1]), currency=found[0],
            note=month.code,
        )  # fmt: skip
