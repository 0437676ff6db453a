"""Makers for the tests of claims, bills and cash: people in a line, accounts, receipts."""

from __future__ import annotations

import itertools
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tradewind.areas.finance.actions import bills, claims
from tradewind.areas.finance.actions.accounts import install_accounts
from tradewind.areas.finance.models import Account, Bill, Claim
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.actions.rights import install_roles
from tradewind.engines.discuss.actions import attach
from tradewind.nouns.org.models import Entity, Person, ReportingLine

COUNTER = itertools.count(1)
DAY = date(2025, 3, 3)


def account(code: str) -> Account:
    """A management account a company starts with."""
    if not Account.objects.exists():
        install_accounts.system()
    return Account.objects.get(code=code)


def make_entity(code: str = "de", currency: str = "EUR", country: str = "DE") -> Entity:
    """A legal entity."""
    return Entity.objects.get_or_create(
        code=code, defaults={"name": {"en": code}, "country": country, "currency": currency, "zone": "UTC"}
    )[0]


def make_member(role: str = "member", *, manager: Person | None = None, **given: Any) -> Person:
    """A person with a shipped role (at `at`), who reports to a manager if one is given."""
    at = given.pop("at", {})
    number = next(COUNTER)
    person = Person.objects.create(name=f"Person {number}", email=f"spend{number}@example.com", zone="UTC", **given)
    if not Role.objects.filter(code=role).exists():
        install_roles.system()
    Grant.objects.create(person=person, role=Role.objects.get(code=role), **at)
    if manager is not None:
        ReportingLine.objects.create(person=person, manager=manager, kind=ReportingLine.SOLID)
    return person


def make_claim(person: Person, *, receipt: bool = True, **given: Any) -> Claim:
    """A claim as its person writes it down, with a receipt."""
    facts: dict[str, Any] = {
        "day": DAY, "country": "DE", "account": account("travel"), "what": "Train to the fair", "amount": Decimal("119.90"),
        "currency": "EUR", "pay_currency": "CNY", **given,
    }  # fmt: skip
    claim = claims.save_claim(person, None, **facts)
    if receipt:
        attach(
            person,
            "finance.claim",
            claim.pk,
            SimpleUploadedFile("receipt.jpg", b"\xff\xd8\xff\xe0 a picture", "image/jpeg"),
        )
    return claim


def make_bill(person: Person | None = None, **given: Any) -> Bill:
    """A bill as it is entered."""
    facts: dict[str, Any] = {
        "supplier": "Hafen Logistik", "number": f"R-{next(COUNTER)}", "day": DAY, "due": date(2025, 4, 2),
        "account": account("warehouse"), "amount": Decimal("2400.00"), "currency": "EUR", "distinct": True, **given,
    }  # fmt: skip
    if person is None:
        return bills.save_bill.system(None, **facts)
    return bills.save_bill(person, None, **facts)
