"""How finance knows that every entity has an approved budget with its three parts."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.models import Budget, BudgetCell, Investment, Line
from tradewind.engines.practices.practice import Answer, Evidence, Part, Scope, link, practice
from tradewind.nouns.org.models import Entity
from tradewind.nouns.org.queries import company_day

INCOME = (Line.GROSS, Line.SHIPPING, Line.OTHER_INCOME)
STANDS = (Budget.APPROVED, Budget.LOCKED)
PLANNED = (Investment.PLANNED, Investment.ASKED, Investment.APPROVED, Investment.RUNNING, Investment.DONE)
CHANGES = (
    "finance.approve_budget", "finance.lock_budget", "finance.save_investment", "finance.move_investment", "finance.approve_investment",
)  # fmt: skip


def standing(day: date) -> QuerySet[Budget]:
    """The budgets that stand for a day, without scenarios."""
    return Budget.objects.filter(state__in=STANDS, start__lte=day, end__gte=day).exclude(kind=Budget.SCENARIO)


@practice("finance.budgets", after=CHANGES)
def budgets(now: datetime) -> Answer:
    """Each active entity has an approved budget for now, with revenue, costs and an investment plan in it.

    A company-wide budget counts for an entity as far as it has rows of it. An investment counts once it is planned, in that budget or, for
    that entity, beginning within its months.
    """
    found = {}
    for entity in Entity.objects.filter(active=True):
        own = standing(company_day(now)).filter(Q(entity=entity) | Q(entity=None, rows__entity=entity)).distinct()
        kept = list(own)
        found[Scope(entity=entity.pk)] = Evidence(
            (
                part("approved", _("Entities with an approved budget for now"), bool(kept)),
                part("revenue", _("… with a revenue forecast in it"), planned(entity, kept, income=True)),
                part("costs", _("… with a cost budget in it"), planned(entity, kept, income=False)),
                part("investments", _("… with an investment plan"), invested(entity, kept), "finance:investment-list"),
            ),
            seen=max((one.approved_at for one in kept if one.approved_at), default=None),
        )
    return found or Evidence()


def part(code: str, label: object, done: bool, page: str = "finance:budget-list") -> Part:
    """One of one, or none."""
    return Part(code, label, int(done), 1, link=link(page))


def planned(entity: Entity, kept: list[Budget], *, income: bool) -> bool:
    """Whether some month of the entity has an amount of income, or of cost."""
    cells = BudgetCell.objects.filter(row__budget__in=kept, row__entity=entity).exclude(amount=0)
    return (
        cells.filter(row__account__line__in=INCOME) if income else cells.exclude(row__account__line__in=INCOME)
    ).exists()


def invested(entity: Entity, kept: list[Budget]) -> bool:
    """Whether an investment of the entity is planned in these budgets or their months."""
    inside = Q(budget__in=kept)
    for one in kept:
        inside |= Q(entity=entity, start__gte=one.start, start__lte=one.end)
    return (
        Investment.objects.filter(inside, Q(entity=entity) | Q(entity=None), stage__in=PLANNED).exists()
        if kept
        else False
    )
