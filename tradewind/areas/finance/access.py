"""Rights of finance and who starts with them."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.models import (
    Account,
    AccountCode,
    AllocationRule,
    ApprovalLimit,
    Budget,
    BudgetRow,
    Distinct,
    Driver,
    ForecastSeries,
    Investment,
    Opportunity,
    Overlay,
    Posting,
    PriceReview,
    PriceRule,
    Review,
    Saving,
    Transfer,
    VarianceLimit,
    VarianceNote,
)
from tradewind.areas.finance.queries.forecasts import reads_series
from tradewind.engines.access.registry import SUBJECTS, codes, default_role, subject
from tradewind.engines.access.scope import cover, holdings, scopes_of
from tradewind.nouns.org.models import Person
from tradewind.nouns.trade.models import Price, RateSet, UnitCost

codes("finance", view_revenue=_("See revenue"), view_fees=_("See fees"), view_rates=_("See exchange rates"))

subject(
    "finance.rate_set", model=RateSet, read="finance.view_rates", label=_("Rate set"), url="finance:rate_set-detail"
)

for role in ("general_manager", "country_manager", "finance", "marketer", "auditor"):
    default_role(role, ["finance.view_revenue", "finance.view_rates"])
for role in ("general_manager", "country_manager", "finance", "auditor"):
    default_role(role, ["finance.view_fees"])
default_role(
    "finance",
    ["finance.create_rate_set", "finance.update_rate_set", "finance.set_rate", "finance.load_rates", "finance.remove_rate",
     "finance.load_ecb_rates"],
)  # fmt: skip

# --- profit and loss -----------------------------------------------------------------------------------------------

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


def place(person: Person | None, code: str) -> Q:
    """The condition for postings that lie where a person holds a code; nothing where the code is not held."""
    held = [one for one in holdings(person) if one.allows(code)]
    return (cover(held, SUBJECTS["finance.posting"]) or EVERYTHING) if held else NOTHING


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
    ["finance.save_account", "finance.map_code", "finance.add_posting", "finance.reverse_posting", "finance.set_allocation",
     "finance.set_costs", "finance.remove_cost"],
)  # fmt: skip

# --- budgets -------------------------------------------------------------------------------------------------------

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
    "finance.budget_row",
    model=BudgetRow,
    read=BUDGET,
    reads=reads_row,
    label=_("Budget row"),
    axes=PLACE,
    url="finance:budget_row-detail",
    title=lambda row: str(row.account),
)
subject("finance.driver", model=Driver, read=BUDGET, reads=reads_driver, label=_("Driver"))
subject(
    "finance.transfer",
    model=Transfer,
    read=BUDGET,
    reads=reads_transfer,
    label=_("Transfer"),
    axes={"entity": "source__entity_id", "market": "source__market_id", "team": "source__team_id"},
    url="finance:transfer-detail",
    title=lambda row: f"{row.source.account} → {row.target.account}",
)
subject(
    "finance.investment",
    model=Investment,
    read=BUDGET,
    label=_("Investment"),
    axes={"entity": "entity_id", "market": "market_id"},
    url="finance:investment-detail",
    search=lambda row: " ".join(dict(row.title).values()),
)
subject("finance.approval_limit", model=ApprovalLimit, read="finance.set_approval_limit", label=_("Approval limit"))

OWN_ROWS = ["finance.add_row", "finance.update_row", "finance.remove_row", "finance.set_cells", "finance.spread_row",
            "finance.set_driver", "finance.ask_transfer", "finance.save_investment", "finance.move_investment"]  # fmt: skip
VERSIONS = ["finance.create_budget", "finance.update_budget", "finance.copy_budget", "finance.submit_budget", "finance.return_budget",
            "finance.import_budget", "finance.reforecast_budget", "finance.make_scenario", "finance.set_shocks"]  # fmt: skip
DECIDES = ["finance.approve_budget", "finance.lock_budget", "finance.approve_transfer", "finance.refuse_transfer",
           "finance.approve_investment", "finance.return_budget"]  # fmt: skip
default_role("finance", [*OWN_ROWS, *VERSIONS, *DECIDES, "finance.set_approval_limit", "finance.remove_approval_limit"])
default_role(
    "general_manager", [*OWN_ROWS, *VERSIONS, *DECIDES, "finance.set_approval_limit", "finance.remove_approval_limit"]
)
default_role("country_manager", [*OWN_ROWS, "finance.copy_budget", "finance.submit_budget", "finance.import_budget"])

# --- variance, reviews and growth ------------------------------------------------------------------------------------


def reads_note(person: Person | None) -> Q:
    """A variance is read where one sees profit and budget (cost of goods and pay where one sees these too), and by its owner."""
    held = [one for one in holdings(person) if one.allows(PROFIT)]
    planned = [one for one in holdings(person) if one.allows(BUDGET)]
    known = SUBJECTS["finance.variance_note"]
    if not held or not planned:
        return NOTHING
    seen = (cover(held, known) or EVERYTHING) & (cover(planned, known) or EVERYTHING)
    for code, line in ((COSTS, "cogs"), (PAY, "pay")):
        more = [one for one in holdings(person) if one.allows(code)]
        seen &= ~Q(account__line=line) | ((cover(more, known) or EVERYTHING) if more else NOTHING)
    return seen


def reads_own_note(person: Person | None) -> Q:
    """What `reads_note` shows, and what one owns."""
    own = Q(owner=person.pk) if person is not None and person.active else NOTHING
    return reads_note(person) | own


subject(
    "finance.review",
    model=Review,
    read=BUDGET,
    label=_("Monthly review"),
    axes={"entity": "entity_id"},
    url="finance:review-detail",
    title=lambda row: f"{row.month:%Y-%m} {row.entity or ''}".strip(),
)
subject(
    "finance.variance_note",
    model=VarianceNote,
    read=BUDGET,
    reads=reads_own_note,
    label=_("Variance to explain"),
    axes={"entity": "review__entity_id", "market": "market_id"},
    url="finance:variance_note-detail",
    title=lambda row: f"{row.review.month:%Y-%m} {row.account}",
)
subject(
    "finance.variance_limit",
    model=VarianceLimit,
    read=BUDGET,
    label=_("Limit for comments"),
    axes={"entity": "entity_id"},
)
subject(
    "finance.opportunity",
    model=Opportunity,
    read=PROFIT,
    label=_("Opportunity"),
    axes={"market": "market_id"},
    url="finance:opportunity-detail",
    title=lambda row: f"{row.product} · {row.market}",
)

REVIEWS = ["finance.tick_check", "finance.decide_review", "finance.finish_review", "finance.recount_review", "finance.hand_variance",
           "finance.set_variance_limit", "finance.remove_variance_limit", "finance.find_opportunities"]  # fmt: skip
TRIES = ["finance.try_opportunity", "finance.drop_opportunity", "finance.judge_opportunity"]
default_role("finance", [*REVIEWS, *TRIES])
default_role("general_manager", [*REVIEWS, *TRIES])
default_role("country_manager", TRIES)

# --- prices and savings --------------------------------------------------------------------------------------------

PRICES = "finance.view_prices"


def reads_rule(person: Person | None) -> Q:
    """The price rule of a market is read where one holds the right; one for all by whoever holds it for any market."""
    scopes = scopes_of(person, PRICES)
    if any(scope.market is None for scope in scopes):
        return EVERYTHING
    held = [scope.market for scope in scopes]
    return Q(market=None, channel=None) | Q(market__in=held) | Q(channel__market__in=held) if scopes else NOTHING


def reads_saving(person: Person | None) -> Q:
    """A saving is read where one sees the profit and loss; of goods and pay where one sees these too."""

    def at(code: str) -> Q:
        held = [one for one in holdings(person) if one.allows(code)]
        return (cover(held, SUBJECTS["finance.saving"]) or EVERYTHING) if held else NOTHING

    return at(PROFIT) & at(COSTS) & (~Q(account__line="pay") | at(PAY))


PRICE_AXES = {"market": "market_id", "entity": "channel__entity_id"}
subject("finance.price", model=Price, read=PRICES, label=_("Price"), axes=PRICE_AXES, url="finance:price-detail",
        title=lambda row: f"{row.product} · {row.channel}")  # fmt: skip
subject("finance.price_review", model=PriceReview, read=PRICES, label=_("Price review"), axes=PRICE_AXES,
        url="finance:price_review-detail", title=lambda row: f"{row.day} {row.product}")  # fmt: skip
subject("finance.price_rule", model=PriceRule, read=PRICES, reads=reads_rule, label=_("Price rule"), axes={"market": "market_id"},
        url="finance:price_rule-detail")  # fmt: skip
subject("finance.saving", model=Saving, read=PROFIT, reads=reads_saving, label=_("Saving"),
        axes={"entity": "entity_id", "market": "market_id"}, url="finance:saving-detail", title=lambda row: str(row.title))  # fmt: skip
subject("finance.distinct", model=Distinct, read=COSTS, label=_("No duplicate"),
        axes={"entity": "first__entity_id", "market": "first__market_id"})  # fmt: skip

PRICING = ["finance.set_price", "finance.set_prices", "finance.review_price", "finance.keep_price", "finance.measure_effect",
           "finance.save_price_rule"]  # fmt: skip
SAVING = ["finance.save_saving", "finance.accept_saving", "finance.start_saving", "finance.close_saving", "finance.drop_saving"]
for role in ("general_manager", "finance"):
    default_role(role, [*PRICING, *SAVING, "finance.clear_duplicate"])
default_role("country_manager", [*PRICING, *SAVING])
default_role("marketer", ["finance.review_price", "finance.keep_price", "finance.measure_effect"])

# --- forecasts -----------------------------------------------------------------------------------------------------

FORECAST_AXES = {"market": "market_id", "entity": "channel__entity_id"}
subject(
    "finance.forecast",
    model=ForecastSeries,
    read="finance.view_revenue",
    reads=reads_series,
    label=_("Forecast of revenue"),
    axes=FORECAST_AXES,
    url="finance:forecast-detail",
    title=lambda row: str(row.channel or row.market or "") or _("Whole company"),
)
subject(
    "finance.overlay",
    model=Overlay,
    read="finance.view_revenue",
    reads=reads_series,
    label=_("What people expect"),
    axes=FORECAST_AXES,
    url="finance:overlay-detail",
    title=lambda row: f"{row.month:%Y-%m} {row.channel or row.market or ''}".strip(),
)
for role in ("general_manager", "finance"):
    default_role(role, ["finance.ask_forecasts", "finance.save_overlay", "finance.remove_overlay"])
default_role("country_manager", ["finance.save_overlay", "finance.remove_overlay"])
