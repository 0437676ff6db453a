"""Who may see and do what: claims, bills, cash, outside ledgers."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.access.profit import COSTS, EVERYTHING, NOTHING, PAY, place
from tradewind.areas.finance.models import (
    Bill,
    CashLine,
    Claim,
    ExpenseLimit,
    JournalExport,
    Ledger,
    PayoutCalendar,
    Trip,
)
from tradewind.engines.access.registry import codes, default_role, subject
from tradewind.engines.access.scope import scopes_of
from tradewind.engines.inbox.queries import subjects_asked
from tradewind.nouns.org.models import Person

CLAIMS, BILLS, BANK, JOURNALS = (
    "finance.view_claims",
    "finance.view_bills",
    "finance.view_bank",
    "finance.view_journals",
)
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
    asked = Q(pk__in=subjects_asked(person, "finance.claim")) | Q(trip__in=subjects_asked(person, "finance.trip"))
    return own | asked | place(person, CLAIMS, "finance.claim")


def reads_trip(person: Person | None) -> Q:
    """A trip is read by its person, by whoever is asked to approve it, and where one sees others' claims."""
    own = Q(person=person) if person is not None else NOTHING
    return own | Q(pk__in=subjects_asked(person, "finance.trip")) | place(person, CLAIMS, "finance.trip")


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
subject("finance.trip", model=Trip, read=CLAIMS, reads=reads_trip, label=_("Trip"),
        axes={"entity": "entity_id", "team": "team_id", "self": "person_id"}, url="finance:trip-detail", title=lambda row: row.what)  # fmt: skip
subject(
    "finance.bill", model=Bill, read=BILLS, reads=reads_bill, label=_("Bill"), axes=SPENT, url="finance:bill-detail"
)
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
    ["finance.check_spending", JOURNALS, "finance.pay_claim", "finance.pay_trip", "finance.take_back_claim", "finance.save_limit", "finance.remove_limit", "finance.pay_bill",
     "finance.take_back_bill", "finance.save_cash_line", "finance.remove_cash_line", "finance.save_calendar",
     "finance.remove_calendar", "finance.learn_calendars", "finance.save_ledger", "finance.export_month"],
)  # fmt: skip
