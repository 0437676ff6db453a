"""Balances by entity over REST."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from tradewind.areas.finance.queries import balance_answers, balance_asked, balances_shown
from tradewind.engines.access.rest import PROBLEMS, person_of
from tradewind.engines.access.scope import Scope, require
from tradewind.nouns.org.queries import company_today

router = Router(tags=["finance"])


class ClosingRateOut(Schema):
    """What one unit of a currency is worth at a closing, as an exact text; `rule` is `day` or a rate set, `age` in days."""

    value: str
    rule: str
    published: date
    age: int


class BalanceStepOut(Schema):
    """From the closing before, in the functional currency; the exchange difference is `held` (on the opening) and `during` (on what moved)."""

    opening: str
    moved: str
    held: str
    during: str
    closing: str


class BalanceOut(Schema):
    """A balance in its own, the functional and the group's currency; what is owed is below zero; `partner` within the group."""

    entity: int | None
    line: str
    partner: int | None
    currency: str
    amount: str
    functional: str
    rate: ClosingRateOut | None
    value: str | None
    group_rate: ClosingRateOut | None
    group_value: str | None
    step: BalanceStepOut | None


class EntityBalancesOut(Schema):
    """The lines of an entity in the group's currency; null where you may not see them."""

    entity: int | None
    functional: str
    total: str | None
    lines: dict[str, str | None]


class GroupBalancesOut(Schema):
    """The lines of the group: the entities added up less `within`, what they owe each other."""

    lines: dict[str, str | None]
    within: str | None
    total: str | None


class BalancePairOut(Schema):
    """What two entities say they owe each other in one currency, and where they do not agree."""

    first: int
    second: int
    currency: str
    first_says: str
    second_says: str
    difference: str


class UnknownBalanceOut(Schema):
    """What is not known on that day and so not counted."""

    entity: int | None
    line: str
    what: str


class BalancesOut(Schema):
    """Balances of a day; `kept_at` tells when they were kept with their closed month, null for a count of what is known now.

    `changed` names the lines of a closed month whose facts changed since.
    """

    day: date
    currency: str
    kept_at: datetime | None
    before: date
    balances: list[BalanceOut]
    entities: list[EntityBalancesOut]
    group: GroupBalancesOut | None
    pairs: list[BalancePairOut]
    left_out: list[str]
    changed: list[str]
    without_rate: list[str]
    unknown: list[UnknownBalanceOut]


@router.get("/balances", response={200: BalancesOut, **PROBLEMS}, summary="Balances by entity at closing rates")
def get_balances(request: HttpRequest, month: str = "", entity: str = "", currency: str = "") -> dict[str, Any]:
    """At the end of a month such as 2026-10 that is over, by default today; an entity's key, `none`, or all; the group's currency."""
    person = person_of(request)
    require(person, balances_shown.VIEW)
    ask = balance_asked.read_ask({"month": month, "entity": entity, "currency": currency}, Scope(), company_today())
    return balance_answers.answer(ask, balances_shown.shown(person, ask.day, ask.currency))
