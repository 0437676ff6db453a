"""Rights of finance and who starts with them."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.models import (
    Account,
    AccountCode,
    AllocationRule,
    ApprovalLimit,
    Bill,
    Budget,
    BudgetRow,
    CashLine,
    Claim,
    Distinct,
    Driver,
    ExpenseLimit,
    ForecastSeries,
    Investment,
    JournalExport,
    Ledger,
    Opportunity,
    Overlay,
    PayoutCalendar,
    Posting,
    PriceReview,
    PriceRule,
    Review,
    Saving,
    Transfer,
    VarianceLimit,
    VarianceNote,
)
from tradewind.engines.access.registry import SUBJECTS, codes, default_role, subject
from tradewind.engines.access.scope import cover, holdings, scopes_of
from tradewind.engines.inbox.queries import subjects_asked
from tradewind.nouns.org.models import Person
from tradewind.nouns.trade.models import BankAccount, BankLine, Payout, Price, RateSet, UnitCost

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
    "finance.budget_row", model=BudgetRow, read=BUDGET, reads=reads_row, label=_("Budget row"), axes=PLACE, url="finance:budget_row-detail",
)  # fmt: skip
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
    "finance.investment", model=Investment, read=BUDGET, label=_("Investment"), axes={"entity": "entity_id", "market": "market_id"},
    url="finance:investment-detail", search=lambda row: " ".join(dict(row.title).values()),
)  # fmt: skip
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

# --- forecasts -----------------------------------------------------------------------------------------------------


def reads_series(person: Person | None) -> Q:
    """The company's series is read by whoever sees all revenue, a market's by whoever sees that market's, a channel's by its entity.

    A channel sells to several markets, so a right for one of them does not show its forecast; nor does a right for a market of one
    entity show the forecast of the whole market.
    """
    wanted = NOTHING
    for scope in scopes_of(person, "finance.view_revenue"):
        if scope.team is not None:
            continue
        if scope.entity is None and scope.market is None:
            return EVERYTHING
        if scope.market is None:
            wanted |= Q(channel__entity=scope.entity)
        elif scope.entity is None:
            wanted |= Q(market=scope.market)
    return wanted


FORECAST_AXES = {"market": "market_id", "entity": "channel__entity_id"}
subject(
    "finance.forecast",
    model=ForecastSeries,
    read="finance.view_revenue",
    reads=reads_series,
    label=_("Forecast of revenue"),
    axes=FORECAST_AXES,
    url="finance:forecast-detail",
    title=lambda row: str(row.channel or row.market or _("Whole company")),
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

# --- bank, wallets and payouts -----------------------------------------------------------------------------------------

subject(
    "finance.bank_account",
    model=BankAccount,
    read="finance.view_bank",
    label=_("Bank account"),
    axes={"entity": "entity_id"},
    url="finance:bank_account-detail",
)
subject(
    "finance.bank_line",
    model=BankLine,
    read="finance.view_bank",
    label=_("Bank line"),
    axes={"entity": "entity_id"},
    url="finance:bank_line-detail",
    title=lambda row: f"{row.day} {row.counterparty or row.text}"[:80],
)
subject(
    "finance.payout",
    model=Payout,
    read="finance.view_bank",
    label=_("Payout"),
    axes={"entity": "channel__entity_id", "market": "channel__market_id"},
    url="finance:payout-detail",
)
default_role(
    "finance",
    ["finance.save_bank_account", "finance.import_bank_lines", "finance.match_payout", "finance.import_ad_spend",
     "finance.import_fees", "finance.import_payouts", "finance.import_ledger"],
)  # fmt: skip
default_role("marketer", ["finance.import_ad_spend"])

# --- claims, bills, cash, outside ledgers --------------------------------------------------------------------------

CLAIMS, BILLS, BANK, JOURNALS = "finance.view_claims", "finance.view_bills", "finance.view_bank", "finance.view_journals"
SPENT = {"entity": "entity_id", "market": "market_id", "team": "team_id"}
codes(
    "finance",
    view_bills=_("See bills of suppliers"),
    view_limits=_("See limits of expenses"),
    view_journals=_("See what was handed to outside ledgers"),
    check_spending=_("Approve claims and bills above the limit"),
)


def reads_claim(person: Person | None) -> Q:
    """A claim is read by its person, by whoever is asked to approve it, and where one sees others' claims."""
    own = Q(person=person) if person is not None else NOTHING
    return own | Q(pk__in=subjects_asked(person, "finance.claim")) | place(person, CLAIMS, "finance.claim")


def reads_bill(person: Person | None) -> Q:
    """A bill is read where one sees bills, and by whoever is asked to approve it; goods and pay with their own rights."""
    costs = ~Q(account__line="cogs") | place(person, COSTS, "finance.bill")
    pay = ~Q(account__line="pay") | place(person, PAY, "finance.bill")
    return Q(pk__in=subjects_asked(person, "finance.bill")) | place(person, BILLS, "finance.bill") & costs & pay


def reads_cash_line(person: Person | None) -> Q:
    """Expected payments are read where one sees the bank; pay with its own right."""
    return place(person, BANK, "finance.cash_line") & (~Q(kind="pay") | place(person, PAY, "finance.cash_line"))


def reads_ledger(person: Person | None, path: str = "") -> Q:
    """What outside ledgers are told holds cost of goods and pay: it is read with these rights too."""
    found = EVERYTHING
    for code in (JOURNALS, COSTS, PAY):
        held = [scope for scope in scopes_of(person, code) if scope.market is None and scope.team is None]
        if not any(scope.entity is None for scope in held):
            found &= Q(**{f"{path}entity__in": [scope.entity for scope in held]}) if held else NOTHING
    return found


subject("finance.claim", model=Claim, read=CLAIMS, reads=reads_claim, label=_("Claim"), axes={**SPENT, "self": "person_id"},
        url="finance:claim-detail", title=lambda row: row.what)  # fmt: skip
subject("finance.bill", model=Bill, read=BILLS, reads=reads_bill, label=_("Bill"), axes=SPENT, url="finance:bill-detail")
subject("finance.expense_limit", model=ExpenseLimit, read="finance.view_limits", label=_("Limit of expenses"),
        url="finance:expense_limit-list")  # fmt: skip
subject("finance.cash_line", model=CashLine, read=BANK, reads=reads_cash_line, label=_("Expected payment"),
        axes={"entity": "entity_id"}, url="finance:cash_line-detail")  # fmt: skip
subject("finance.payout_calendar", model=PayoutCalendar, read=BANK, label=_("Payout calendar"), axes={"entity": "channel__entity_id"},
        url="finance:payout_calendar-detail")  # fmt: skip
subject("finance.ledger", model=Ledger, read=JOURNALS, reads=reads_ledger, label=_("Outside ledger"), axes={"entity": "entity_id"},
        url="finance:ledger-detail")  # fmt: skip
subject("finance.journal", model=JournalExport, read=JOURNALS, reads=lambda person: reads_ledger(person, "ledger__"),
        label=_("Export of journals"), axes={"entity": "ledger__entity_id"}, url="finance:journal-detail",
        title=lambda row: f"{row.ledger} {row.month:%Y-%m} · {row.number}")  # fmt: skip

for role in ("general_manager", "country_manager", "team_lead", "member", "finance", "people", "buyer", "marketer",
             "agent", "compliance", "auditor"):  # fmt: skip
    default_role(role, ["finance.view_limits"])
default_role("team_lead", [CLAIMS])
for role in ("general_manager", "country_manager", "finance", "buyer", "auditor"):
    default_role(role, [BILLS])
for role in ("finance", "buyer", "country_manager"):
    default_role(role, ["finance.save_bill", "finance.submit_bill", "finance.remove_bill"])
default_role("general_manager", ["finance.check_spending"])
default_role("auditor", [JOURNALS])
default_role(
    "finance",
    ["finance.check_spending", JOURNALS, "finance.pay_claim", "finance.take_back_claim", "finance.save_limit", "finance.remove_limit", "finance.pay_bill",
     "finance.take_back_bill", "finance.save_cash_line", "finance.remove_cash_line", "finance.save_calendar",
     "finance.remove_calendar", "finance.learn_calendars", "finance.save_ledger", "finance.export_month"],
)  # fmt: skip

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
