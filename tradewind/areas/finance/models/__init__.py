"""What finance remembers: accounts and postings, plans, spending, outlooks."""

from tradewind.areas.finance.models.accounts import (
    Account,
    AccountCode,
    AllocationRule,
    Line,
    Posting,
    ProfitReading,
    StaleMonth,
)
from tradewind.areas.finance.models.balances import Closing, ClosingBalance, FunctionalCurrency, Remittance
from tradewind.areas.finance.models.bank import Gap, GapPosting, LinePart
from tradewind.areas.finance.models.budgets import (
    ApprovalLimit,
    Budget,
    BudgetCell,
    BudgetRow,
    Driver,
    Investment,
    Review,
    Transfer,
    VarianceNote,
)
from tradewind.areas.finance.models.costing import CostedSale, CostedSpan, CostingRule, StaleCosting, StockValue
from tradewind.areas.finance.models.costs import Distinct
from tradewind.areas.finance.models.journals import JournalExport, JournalLine, Layout, Ledger
from tradewind.areas.finance.models.outlook import (
    CashLine,
    ForecastPoint,
    ForecastRun,
    ForecastSeries,
    Opportunity,
    Overlay,
    PayoutCalendar,
    PriceReview,
    PriceRule,
)
from tradewind.areas.finance.models.people import MonthPeople
from tradewind.areas.finance.models.reviews import Reopening, VarianceLimit
from tradewind.areas.finance.models.spending import Bill, Claim, ExpenseLimit, PayState, PostingTax, Saving, Trip

__all__ = [
    "Account",
    "AccountCode",
    "AllocationRule",
    "ApprovalLimit",
    "Bill",
    "Budget",
    "BudgetCell",
    "BudgetRow",
    "CashLine",
    "Claim",
    "Closing",
    "ClosingBalance",
    "CostedSale",
    "CostedSpan",
    "CostingRule",
    "Distinct",
    "Driver",
    "ExpenseLimit",
    "ForecastPoint",
    "ForecastRun",
    "ForecastSeries",
    "FunctionalCurrency",
    "Gap",
    "GapPosting",
    "Investment",
    "JournalExport",
    "JournalLine",
    "Layout",
    "Ledger",
    "Line",
    "LinePart",
    "MonthPeople",
    "Opportunity",
    "Overlay",
    "PayState",
    "PayoutCalendar",
    "Posting",
    "PostingTax",
    "PriceReview",
    "PriceRule",
    "ProfitReading",
    "Remittance",
    "Reopening",
    "Review",
    "Saving",
    "StaleCosting",
    "StaleMonth",
    "StockValue",
    "Transfer",
    "Trip",
    "VarianceLimit",
    "VarianceNote",
]
