"""Plans: versions of a budget, their lines and drivers, transfers, investments, scenarios, and what was said about variances."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tradewind.areas.finance.models.accounts import Account
from tradewind.base import clock
from tradewind.base.fields import CurrencyField, LocalTextField, UnitsField
from tradewind.nouns.goals.models import Objective
from tradewind.nouns.org.models import Entity, Market, Person, Team, Versioned
from tradewind.nouns.trade.models import Product


class Budget(Versioned):
    """A version of a plan for a fiscal year from month `start` to month `end` (first days). A locked one never changes.

    `base` is what it was made from; a reforecast takes actuals up to month `actual_to` and its revenue from then on from `outlook`: the
    plan, the forecasts of `forecast`, or those with what people expect in their place; a scenario carries its shocks.
    """

    ORIGINAL, REFORECAST, SCENARIO = "original", "reforecast", "scenario"
    KINDS: ClassVar = [(ORIGINAL, _("Budget")), (REFORECAST, _("Reforecast")), (SCENARIO, _("Scenario"))]
    PLAN, FORECAST, EXPECTED = "plan", "forecast", "expected"
    OUTLOOKS: ClassVar = [
        (PLAN, _("The plan")), (FORECAST, _("The forecast")), (EXPECTED, _("The forecast, and what people expect")),
    ]  # fmt: skip
    DRAFT, SUBMITTED, APPROVED, LOCKED = "draft", "submitted", "approved", "locked"
    STATES: ClassVar = [
        (DRAFT, _("Draft")), (SUBMITTED, _("In approval")), (APPROVED, _("Approved")), (LOCKED, _("Locked")),
    ]  # fmt: skip

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=10, choices=KINDS, default=ORIGINAL)
    state = models.CharField(max_length=9, choices=STATES, default=DRAFT)
    start = models.DateField()
    end = models.DateField()
    entity = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.PROTECT, related_name="budgets")
    market = models.ForeignKey(Market, null=True, blank=True, on_delete=models.PROTECT, related_name="budgets")
    currency = CurrencyField()
    rate = models.CharField(max_length=40, blank=True)
    base = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="made_from")
    actual_to = models.DateField(null=True, blank=True)
    outlook = models.CharField(max_length=8, choices=OUTLOOKS, default=PLAN)
    forecast = models.ForeignKey(
        "finance.ForecastRun", null=True, blank=True, on_delete=models.SET_NULL, related_name="budgets"
    )
    shocks = models.JSONField(default=dict, blank=True)
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    submitted_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    approved_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    locked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-start", "-id"]
        constraints: ClassVar = [models.CheckConstraint(condition=Q(end__gt=models.F("start")), name="budget_days")]

    def __str__(self) -> str:
        return self.name


class BudgetRow(Versioned):
    """A row of the grid: an account of an entity, market, department and product, in one currency; its months are cells.

    `formula` on drivers (`units * price - returns`) fills every month that has no amount of its own.
    """

    budget = models.ForeignKey(Budget, on_delete=models.CASCADE, related_name="rows")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    entity = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    market = models.ForeignKey(Market, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    objective = models.ForeignKey(Objective, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    currency = CurrencyField()
    formula = models.CharField(max_length=300, blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["account__position", "account__code", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                "budget", "account", Coalesce("entity", 0), Coalesce("market", 0), Coalesce("team", 0), Coalesce("product", 0),
                "currency", name="budget_row_once",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.account)


class BudgetCell(models.Model):
    """A month (first day) of a row: an income is positive, a cost negative. `typed` amounts win over the row's formula.

    `edition` grows with every change, so that two people at one cell notice each other.
    """

    row = models.ForeignKey(BudgetRow, on_delete=models.CASCADE, related_name="cells")
    month = models.DateField()
    amount = UnitsField()
    typed = models.BooleanField(default=True)
    edition = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["row", "month"], name="budget_cell_once")]

    def __str__(self) -> str:
        return f"{self.row_id} {self.month}"


class Driver(models.Model):
    """A number formulas lean on (units, price, headcount, salary, share of revenue …), by month; values in 1/10,000."""

    budget = models.ForeignKey(Budget, on_delete=models.CASCADE, related_name="drivers")
    code = models.SlugField(max_length=40)
    market = models.ForeignKey(Market, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    value = UnitsField()
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["code", "month"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                "budget",
                "code",
                Coalesce("market", 0),
                Coalesce("product", 0),
                Coalesce("team", 0),
                "month",
                name="driver_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.month}"


class Transfer(Versioned):
    """Money moved from one row of a budget to another in a month, within what its asker may approve or by approval."""

    ASKED, DONE, REFUSED = "asked", "done", "refused"
    STATES: ClassVar = [(ASKED, pgettext_lazy("transfer", "Asked")), (DONE, _("Done")), (REFUSED, _("Refused"))]

    budget = models.ForeignKey(Budget, on_delete=models.CASCADE, related_name="transfers")
    source = models.ForeignKey(BudgetRow, on_delete=models.CASCADE, related_name="+")
    target = models.ForeignKey(BudgetRow, on_delete=models.CASCADE, related_name="+")
    month = models.DateField()
    amount = UnitsField()
    currency = CurrencyField()
    reason = models.CharField(max_length=300)
    state = models.CharField(max_length=7, choices=STATES, default=ASKED)
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return self.reason


class ApprovalLimit(Versioned):
    """The most a person may approve of a budget's costs or a transfer at once; whoever has none may approve any amount."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="+")
    amount = UnitsField()
    currency = CurrencyField()

    class Meta:
        ordering: ClassVar = ["person__name"]
        constraints: ClassVar = [models.CheckConstraint(condition=Q(amount__gte=0), name="approval_limit_not_negative")]

    def __str__(self) -> str:
        return str(self.person)


class Investment(Versioned):
    """A plan to put money in and get more out: cash flows by month from `start`, judged by payback, NPV and IRR."""

    IDEA, PLANNED, ASKED, APPROVED = "idea", "planned", "asked", "approved"
    RUNNING, DONE, DROPPED = "running", "done", "dropped"
    STAGES: ClassVar = [
        (IDEA, _("Idea")), (PLANNED, _("Planned")), (ASKED, _("In approval")), (APPROVED, _("Approved")), (RUNNING, pgettext_lazy("measure", "Running")), (DONE, _("Done")),
        (DROPPED, _("Dropped")),
    ]  # fmt: skip

    title = LocalTextField()
    budget = models.ForeignKey(Budget, null=True, blank=True, on_delete=models.SET_NULL, related_name="investments")
    entity = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    market = models.ForeignKey(Market, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    stage = models.CharField(max_length=8, choices=STAGES, default=IDEA)
    start = models.DateField()
    currency = CurrencyField()
    flows = models.JSONField(default=list)
    discount_rate = UnitsField(default=100_000)
    note = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["-start", "-id"]

    def __str__(self) -> str:
        return str(self.title)


class Review(Versioned):
    """The review of a month of an entity (none: of the company): a checklist, comments, decisions, when it was due and held."""

    month = models.DateField()
    entity = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    budget = models.ForeignKey(Budget, null=True, blank=True, on_delete=models.SET_NULL, related_name="reviews")
    due = models.DateField()
    checks = models.JSONField(default=dict, blank=True)
    decisions = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering: ClassVar = ["-month"]
        constraints: ClassVar = [models.UniqueConstraint("month", Coalesce("entity", 0), name="review_once")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class VarianceNote(Versioned):
    """A variance over the threshold, and what its owner says of it; amounts in the review's currency."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="notes")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    market = models.ForeignKey(Market, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    budget_amount = UnitsField()
    actual_amount = UnitsField()
    currency = CurrencyField()
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    comment = models.TextField(blank=True)
    commented_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["review", "account"]
        constraints: ClassVar = [
            models.UniqueConstraint("review", "account", Coalesce("market", 0), name="variance_note_once"),
        ]

    def __str__(self) -> str:
        return str(self.account)
