"""Who may see and do what: budgets."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tradewind.areas.finance.access.profit import COSTS, EVERYTHING, NOTHING, PAY, place
from tradewind.areas.finance.models import (
    ApprovalLimit,
    Budget,
    BudgetRow,
    Driver,
    Investment,
    Transfer,
)
from tradewind.engines.access.registry import SUBJECTS, default_role, subject
from tradewind.engines.access.scope import cover, holdings
from tradewind.nouns.org.models import Person

BUDGET = "finance.view_budget"
PLACE = {"entity": "entity_id", "market": "market_id", "team": "team_id"}


def reads_row(person: Person | None) -> Q:
    """A row of a budget is read where one sees budgets; cost of goods and pay where one sees these too."""
    costs = ~Q(account__line="cogs") | place(person, COSTS)
    pay = ~Q(account__line="pay") | place(person, PAY)
    return place(person, BUDGET) & costs & pay


def reads_budget(person: Person | None) -> Q:
    """A budget is read by whoever sees budgets at its place, or any of its rows."""
    held = [one for one in holdings(person) if one.allows(BUDGET)]
    own = (cover(held, SUBJECTS["finance.budget"]) or EVERYTHING) if held else NOTHING
    return own | Q(pk__in=BudgetRow.objects.filter(reads_row(person)).values("budget"))


def reads_driver(person: Person | None) -> Q:
    """A driver of a market or team is read by whoever sees budgets there; a general one by whoever sees the budget."""
    held = [one for one in holdings(person) if one.allows(BUDGET)]
    if not held:
        return NOTHING
    if any(one.scope.market is None and one.scope.team is None for one in held):
        return Q(budget__in=Budget.objects.filter(reads_budget(person)))
    markets = [one.scope.market for one in held if one.scope.market]
    teams = {team for one in held for team in one.teams}
    near = (Q(market=None) | Q(market__in=markets)) & (Q(team=None) | Q(team__in=teams))
    return near & Q(budget__in=Budget.objects.filter(reads_budget(person)))


def reads_transfer(person: Person | None) -> Q:
    """A transfer is read by whoever sees both its rows."""
    seen = BudgetRow.objects.filter(reads_row(person))
    return Q(source__in=seen) & Q(target__in=seen)


subject(
    "finance.budget",
    model=Budget,
    read=BUDGET,
    reads=reads_budget,
    label=_("Budget"),
    axes={"entity": "entity_id", "market": "market_id"},
    url="finance:budget-detail",
    search=lambda budget: f"{budget.code} {budget.name}",
)
subject(
    "finance.budget_row", model=BudgetRow, read=BUDGET, reads=reads_row, label=_("Budget row"), axes=PLACE, url="finance:budget_row-detail",
)  # fmt: skip
subject("finance.driver", model=Driver, read=BUDGET, reads=reads_driver, label=_("Driver"))
subject(
    "finance.transfer",
    model=Transfer,
    read=BUDGET,
    reads=reads_transfer,
    label=pgettext_lazy("budget", "Transfer"),
    axes={"entity": "source__entity_id", "market": "source__market_id", "team": "source__team_id"},
    url="finance:transfer-detail",
    title=lambda row: f"{row.source.account} → {row.target.account}",
)
subject(
    "finance.investment", model=Investment, read=BUDGET, label=_("Investment"), axes={"entity": "entity_id", "market": "market_id"},
    url="finance:investment-detail", search=lambda row: " ".join(dict(row.title).values()),
)  # fmt: skip
subject("finance.approval_limit", model=ApprovalLimit, read="finance.set_approval_limit", label=_("Approval limit"))

OWN_ROWS = ["finance.add_row", "finance.update_row", "finance.remove_row", "finance.set_cells", "finance.spread_row",
            "finance.set_driver", "finance.ask_transfer", "finance.save_investment", "finance.move_investment", "finance.ask_investment"]  # fmt: skip
VERSIONS = ["finance.create_budget", "finance.update_budget", "finance.copy_budget", "finance.submit_budget", "finance.return_budget",
            "finance.import_budget", "finance.reforecast_budget", "finance.make_scenario", "finance.set_shocks"]  # fmt: skip
DECIDES = ["finance.approve_budget", "finance.lock_budget", "finance.approve_transfer", "finance.refuse_transfer",
           "finance.approve_investment", "finance.return_budget"]  # fmt: skip
default_role("finance", [*OWN_ROWS, *VERSIONS, *DECIDES, "finance.set_approval_limit", "finance.remove_approval_limit"])
default_role(
    "general_manager", [*OWN_ROWS, *VERSIONS, *DECIDES, "finance.set_approval_limit", "finance.remove_approval_limit"]
)
default_role("country_manager", [*OWN_ROWS, "finance.copy_budget", "finance.submit_budget", "finance.import_budget"])
