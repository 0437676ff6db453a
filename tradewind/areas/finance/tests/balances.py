"""Makers for the tests of balances: accounts with lines, shops, postings within the group, payments, a closed month."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from tradewind.areas.finance.actions import balances as actions
from tradewind.areas.finance.actions import ledger
from tradewind.areas.finance.models import (
    Bill,
    PayState,
    Posting,
    Remittance,
)
from tradewind.areas.finance.queries.balance_facts import facts
from tradewind.areas.finance.reactions.balances import keep_closing
from tradewind.areas.finance.tests.spending import account, make_bill, make_entity
from tradewind.base.money import to_units
from tradewind.engines.actions.models import Event
from tradewind.engines.metrics import actions as months
from tradewind.engines.metrics.tests.trade import make_channel
from tradewind.nouns.org.models import Entity
from tradewind.nouns.trade.models import BankAccount, BankLine, Channel

JAN, FEB, MAR = date(2025, 1, 31), date(2025, 2, 28), date(2025, 3, 10)


def bank(entity: Entity, currency: str, *moves: tuple[date, int, int | None]) -> BankAccount:
    """An account with lines: day, amount, the balance that the statement told after it."""
    row = BankAccount.objects.create(
        code=f"{entity.code}-{currency}".lower(), name="Bank", entity=entity, currency=currency
    )
    for place, (day, amount, balance) in enumerate(moves):
        told = None if balance is None else to_units(balance)
        BankLine.objects.create(
            account=row,
            key=str(place),
            day=day,
            amount=to_units(amount),
            currency=currency,
            balance=told,
            entity=entity,
        )
    return row


def shop(entity: Entity, code: str = "shop", currency: str = "EUR") -> Channel:
    row = make_channel(code, currency=currency)
    row.entity = entity
    row.save()
    return row


def post(entity: Entity, partner: Entity, amount: int, day: date, currency: str = "EUR") -> None:
    code = "intercompany-sales" if amount > 0 else "intercompany-purchases"
    key = f"{entity.code}{partner.code}{amount}{day}"
    ledger.add_postings.system(
        entries=[
            ledger.Entry(
                key, account(code), day, to_units(amount), currency, Posting.INTERCOMPANY, entity.pk, partner.pk
            )
        ]
    )


def told(day: date, line: str) -> dict[tuple[Any, str], int]:
    """A line's balances by entity code and currency."""
    found: dict[tuple[Any, str], int] = {}
    names = dict(Entity.objects.values_list("pk", "code"))
    for fact in facts(day, (line,)):
        key = (names.get(fact.entity or 0), fact.currency)
        found[key] = found.get(key, 0) + fact.amount
    return found


def pay(entity: Entity, **given: Any) -> Remittance:
    facts_of: dict[str, Any] = {"kind": Remittance.TAX, "currency": "EUR", **given}
    return actions.save_remittance.system(None, entity=entity, **facts_of)


def company() -> tuple[Entity, Entity]:
    """Two companies: China with dollars and euros, Germany with a bill in pounds."""
    sz, de = make_entity("sz", "CNY", "CN"), make_entity()
    bank(sz, "USD", (date(2025, 1, 5), 1000, None), (date(2025, 2, 12), 500, None))
    bank(sz, "CNY", (date(2025, 1, 5), 70_000, None))
    bank(de, "EUR", (date(2025, 1, 5), 333, None))
    make_bill(entity=de, amount=Decimal("77.77"), currency="GBP", day=date(2025, 1, 7))
    Bill.objects.update(state=PayState.APPROVED)
    post(sz, de, 1000, date(2025, 1, 15))
    post(de, sz, -1000, date(2025, 1, 15))
    return sz, de


def close(month: date) -> None:
    months.close_month.system(month=month)
    keep_closing(Event.objects.filter(name="metrics.close_month").latest("pk"))
