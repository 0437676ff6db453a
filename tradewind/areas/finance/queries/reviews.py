"""Monthly reviews as one may see them: which variances are over their limits, whose they are, and when they are due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from tradewind.areas.finance.access.reviews import reads_note
from tradewind.areas.finance.models import (
    Account,
    Budget,
    BudgetRow,
    Line,
    ProfitReading,
    Review,
    VarianceLimit,
    VarianceNote,
)
from tradewind.areas.finance.queries.variance import Comparison, compare, in_force
from tradewind.areas.finance.queries.variance_sides import Asked
from tradewind.areas.finance.rules.variance import over
from tradewind.base import clock
from tradewind.base.money import Money, from_units
from tradewind.base.period import Period
from tradewind.engines.access.models import Grant
from tradewind.engines.access.scope import Scope, can, visible
from tradewind.engines.agenda.queries import Place, calendar, load
from tradewind.engines.metrics import rates
from tradewind.nouns.org.models import Company, Entity, Person
from tradewind.nouns.org.queries import company_today
from tradewind.ui.formats import format_month, plain

# Where no limit was set: a tenth of the plan and the worth of 1,000 US dollars, in the month's mean rate.
USUAL_AMOUNT, USUAL_CURRENCY, USUAL_PERCENT = Decimal(1000), "USD", Decimal("0.1")
GUARDS = {Line.COGS: "finance.view_costs", Line.PAY: "finance.view_pay"}
FINISH = "finance.finish_review"
INCOMES = (Line.GROSS, Line.DISCOUNT, Line.REFUND, Line.SHIPPING, Line.OTHER_INCOME)


def reviews(person: Person | None) -> QuerySet[Review]:
    """The reviews one may see, with how many variances each has and how many are explained."""
    rows = visible(person, "finance.view_budget", Review.objects.all()).select_related("entity", "budget", "done_by")
    told = Count("notes", filter=~Q(notes__comment=""), distinct=True)
    home = Subquery(Company.objects.values("zone")[:1])
    return rows.annotate(note_count=Count("notes", distinct=True), told_count=told, home=home)


def notes(person: Person | None) -> QuerySet[VarianceNote]:
    """The variances one may see: those of one's place, and one's own."""
    rows = visible(person, "finance.view_budget", VarianceNote.objects.all())
    return rows.select_related("review__entity", "account", "market", "owner")


def seen_notes(person: Person | None, review: Review) -> QuerySet[VarianceNote]:
    """The variances of a review that a person may see in it; those of its entities where it is the company's own."""
    return notes_of(review).filter(reads_note(person) | Q(owner=person))


def notes_of(review: Review) -> QuerySet[VarianceNote]:
    """The variances that a review asks about: its own; the company's also asks about those of all entities."""
    rows = VarianceNote.objects.filter(review__month=review.month) if review.entity_id is None else review.notes.all()
    return rows.select_related("review__entity", "account", "market", "owner")


def limits(person: Person | None) -> QuerySet[VarianceLimit]:
    """The limits one may see."""
    return visible(person, "finance.view_budget", VarianceLimit.objects.all()).select_related("entity", "account")


def note_words(note: VarianceNote) -> str:
    """A variance in words: its account, market and entity."""
    return " · ".join(str(part) for part in (note.account, note.market, note.review.entity) if part is not None)


def entities_in(period: Period) -> list[Entity]:
    """The active entities with numbers or a plan in a month."""
    numbers = ProfitReading.objects.told().filter(day=period.start).values("entity")
    plans = Budget.objects.filter(start__lte=period.start, end__gte=period.end).values("entity")
    return list(Entity.objects.filter(Q(pk__in=numbers) | Q(pk__in=plans), active=True))


# --- days ----------------------------------------------------------------------------------------------------------


def working_day(entity: Entity | None, month: Period, number: int) -> date:
    """The working day of that number after a month, by the entity's calendar (headquarters' for the company)."""
    return working_day_from(entity, month.end + timedelta(days=1), number)


def running(review: Review) -> bool:
    """Whether the month of a review is not over yet at headquarters."""
    return Period.containing(review.month, "month").end >= company_today()


def working_day_from(entity: Entity | None, first: date, number: int) -> date:
    """The working day of that number from a day on."""
    last = first + timedelta(days=45)
    place = place_of(entity)
    plan = calendar(place, load([place], first, last)).plan
    day, left = first, number
    while day < last:
        left -= 1 if plan(day) else 0
        if left == 0:
            return day
        day += timedelta(days=1)
    return last


def place_of(entity: Entity | None) -> Place:
    """Where an entity's working days are looked up."""
    if entity is not None:
        return Place(entity.zone, entity.country, entity=entity.pk)
    company = Company.objects.first()
    return Place(company.zone, company.country) if company else Place("UTC")


# --- variances over a limit ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Over:
    """A variance that must be explained."""

    account: Account
    market: int | None
    plan: Money
    actual: Money


def asked_of(review: Review, *, currency: str = "") -> Asked:
    """What a review compares: its month in its entity's currency, against the budget it names or the one in force."""
    period = Period.containing(review.month, "month")
    home = Company.objects.values_list("currency", flat=True).first() or "USD"
    kept = (review.budget,) if review.budget is not None else in_force(period.start, period.end, review.entity_id)
    usual = review.entity.currency if review.entity else home
    return Asked(period.start, period.end, currency or usual, kept, scope=Scope(entity=review.entity_id))


def over_limits(review: Review) -> list[Over]:
    """The variances of a review over their limits; none without an approved plan for its corner.

    Where entities plan for themselves, the company's review asks about theirs and has none of its own. While the month runs, a plan
    is not reached yet: only costs that are over the plan of the whole month already are told.
    """
    asked = asked_of(review)
    if review.entity_id is None and any(budget.entity_id for budget in asked.budgets):
        return []
    found = compare(asked, (asked.scope,))
    if not any(one.plan for one in found.found.values()):
        return []
    chosen = picked(review, found)
    return [one for one in chosen if spent(one)] if running(review) else chosen


def picked(review: Review, found: Comparison) -> list[Over]:
    """The splits of a comparison by account and market that are over their limits, the largest first."""
    asked, accounts = found.asked, {account.code: account for account in Account.objects.all()}
    limit = Limits(review.entity_id, asked.currency, asked.start)
    over_it = []
    for (code, market), one in found.by_account().items():
        account = accounts[code]
        amount, ratio = limit.of(account)
        if over(one.parts.total, one.plan, amount=amount, ratio=ratio):
            over_it.append(Over(account, market, Money(one.plan, asked.currency), Money(one.actual, asked.currency)))
    return sorted(
        over_it, key=lambda one: (-abs(one.actual.amount - one.plan.amount), one.account.code, one.market or 0)
    )


def spent(one: Over) -> bool:
    """Whether a variance is a cost above its plan."""
    return one.account.line not in INCOMES and one.actual.amount < one.plan.amount


class Limits:
    """The limits that hold for an entity in a month, in one currency."""

    def __init__(self, entity: int | None, currency: str, month: date) -> None:
        self.entity, self.currency, self.month = entity, currency, month
        rows = VarianceLimit.objects.filter(Q(entity=None) | Q(entity=entity))
        self.rows = {(row.entity_id, row.account_id): row for row in rows}
        self.rule = rates.rule("month")

    def of(self, account: Account) -> tuple[Decimal, Decimal]:
        """The amount and the ratio of the plan from which on an account's difference must be explained."""
        chain = ((self.entity, account.pk), (self.entity, None), (None, account.pk), (None, None))
        row = next((self.rows[key] for key in chain if key in self.rows), None)
        if row is None:
            return self.worth(USUAL_AMOUNT, USUAL_CURRENCY), USUAL_PERCENT
        return self.worth(from_units(row.amount), row.currency), from_units(row.percent) / 100

    def worth(self, amount: Decimal, currency: str) -> Decimal:
        """An amount in the asked currency; as it stands where there is no rate."""
        factor = self.rule.factor(self.month, currency, self.currency)
        return amount * factor.value if factor else amount


def owner_of(review: Review, one: Over) -> Person | None:
    """Who explains a variance: the plan row's owner, the budget's, else whoever finishes reviews there; only who may see the line."""
    asked = asked_of(review)
    rows = BudgetRow.objects.filter(
        budget__in=[budget.pk for budget in asked.budgets], account=one.account, owner__active=True
    )
    near = rows.filter(Q(market=one.market) | Q(market=None), Q(entity=review.entity_id) | Q(entity=None)).order_by(
        F("market").desc(nulls_last=True), "pk"
    )
    people = [row.owner for row in near.select_related("owner")]
    people += [budget.owner for budget in asked.budgets if budget.owner is not None and budget.owner.active]
    place = Scope(entity=review.entity_id, market=one.market)
    for person in people:
        if person is not None and may_see(person, one.account, place):
            return person
    return next((person for person in finishers(review) if may_see(person, one.account, place)), None)


def finishers(review: Review) -> list[Person]:
    """Who may finish a review, those with a grant for its entity first."""
    grants = Grant.objects.filter(person__active=True).select_related("person", "role").order_by("pk")
    ranked = sorted(
        grants, key=lambda grant: (grant.entity_id != review.entity_id, grant.role.code == "administrator", grant.pk)
    )
    people = dict.fromkeys(grant.person for grant in ranked)
    return [person for person in people if can(person, FINISH, Scope(entity=review.entity_id))]


def may_see(person: Person, account: Account, place: Scope) -> bool:
    """Whether a person may see a line of the profit and loss beside its plan; pay and cost of goods need their own rights."""
    guard = GUARDS.get(Line(account.line))
    return all(
        can(person, code, place)
        for code in ("finance.view_profit", "finance.view_budget", *((guard,) if guard else ()))
    )


def may_own(person: Person, note: VarianceNote) -> bool:
    """Whether a person may be asked about a variance: cost of goods and pay only who may see them; the rest anybody active."""
    guard = GUARDS.get(Line(note.account.line))
    place = Scope(entity=note.review.entity_id, market=note.market_id)
    return person.active and (guard is None or can(person, guard, place))


def late(review: Review, today: date | None = None) -> bool:
    """Whether a review is not finished and its day is over where the entity is."""
    zone = review.entity.zone if review.entity else getattr(review, "home", None) or place_of(None).zone
    here = today or clock.today(zone)
    return review.done_at is None and here > review.due


def facts_of(review: Review) -> dict[str, Any]:
    """Which review it is, as a notice keeps it for a reader of any language."""
    company = Company.objects.first()
    place = review.entity.name if review.entity else company.name if company else ""
    return {"month": Period.containing(review.month, "month").code, "place": place}


def month_name(review: Review) -> str:
    """The month of a review in words."""
    return format_month(review.month)


def review_name(review: Review) -> str:
    """A review in words."""
    return _("%(month)s · %(place)s") % {
        "month": month_name(review),
        "place": plain(review.entity) if review.entity else _("Company"),
    }
