"""Who may see and do what: profit and loss."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.models import (
    Account,
    AccountCode,
    AllocationRule,
    Posting,
)
from tradewind.engines.access.registry import SUBJECTS, codes, default_role, subject
from tradewind.engines.access.scope import cover, holdings, scopes_of
from tradewind.nouns.org.models import Person
from tradewind.nouns.trade.models import UnitCost

PROFIT, COSTS, PAY = "finance.view_profit", "finance.view_costs", "finance.view_pay"
EVERYTHING, NOTHING = Q(pk__isnull=False), Q(pk__in=[])
codes(
    "finance",
    view_account=_("See management accounts"),
    view_profit=_("See the profit and loss"),
    view_costs=_("See cost prices, landed cost and margins of products"),
    view_pay=_("See what people are paid, as lines of the ledger"),
    view_budget=_("See budgets"),
    view_bank=_("See bank accounts and payouts"),
    view_claims=_("See other people's claims"),
    view_prices=_("See prices and what they rest on"),
)


def place(person: Person | None, code: str, kind: str = "finance.posting") -> Q:
    """The condition for postings, or another kind of record, that lie where a person holds a code; nothing where it is not held."""
    held = [one for one in holdings(person) if one.allows(code)]
    return (cover(held, SUBJECTS[kind]) or EVERYTHING) if held else NOTHING


def reads_posting(person: Person | None) -> Q:
    """A posting is read where one sees the profit and loss; cost of goods and pay where one sees these too."""
    costs = ~Q(account__line="cogs") | place(person, COSTS)
    pay = ~Q(account__line="pay") | place(person, PAY)
    return place(person, PROFIT) & costs & pay


def reads_cost(person: Person | None) -> Q:
    """The cost of a market is read where one holds the right; a general one by whoever holds it for any market."""
    scopes = scopes_of(person, COSTS)
    if any(scope.market is None for scope in scopes):
        return EVERYTHING
    return Q(market__isnull=True) | Q(market__in=[scope.market for scope in scopes]) if scopes else NOTHING


subject(
    "finance.account",
    model=Account,
    read="finance.view_account",
    label=_("Account"),
    url="finance:account-detail",
    search=lambda account: " ".join([account.code, *dict(account.name).values()]),
)
subject("finance.account_code", model=AccountCode, read="finance.view_account", label=_("Outside code"))
subject(
    "finance.allocation", model=AllocationRule, read=PROFIT, label=_("Allocation rule"), url="finance:allocation-list"
)
subject(
    "finance.posting",
    model=Posting,
    read=PROFIT,
    reads=reads_posting,
    label=_("Posting"),
    axes={"entity": "entity_id", "market": "market_id", "team": "team_id"},
    url="finance:posting-detail",
    title=lambda row: f"{row.day} {row.account}",
)
subject(
    "finance.unit_cost",
    model=UnitCost,
    read=COSTS,
    reads=reads_cost,
    label=_("Unit cost"),
    axes={"market": "market_id"},
)

for role in ("general_manager", "country_manager", "team_lead", "member", "finance", "people", "buyer", "marketer",
             "agent", "compliance", "auditor"):  # fmt: skip
    default_role(role, ["finance.view_account"])
for role in ("general_manager", "finance", "auditor"):
    default_role(
        role,
        [PROFIT, COSTS, PAY, "finance.view_budget", "finance.view_bank", "finance.view_claims", "finance.view_prices"],
    )
default_role("country_manager", [PROFIT, COSTS, "finance.view_budget", "finance.view_prices"])
default_role("buyer", [COSTS, "finance.set_costs", "finance.remove_cost"])
default_role("marketer", ["finance.view_prices"])
default_role(
    "finance",
    ["finance.save_account", "finance.map_code", "finance.add_posting", "finance.add_postings", "finance.reverse_posting", "finance.set_allocation",
     "finance.set_costs", "finance.remove_cost"],
)  # fmt: skip
