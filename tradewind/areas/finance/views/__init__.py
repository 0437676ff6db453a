"""Pages of finance, a module a subject; each lists its own in `PAGES`, in the order of the menu."""

from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.views import (
    balances,
    bank,
    bills,
    budget_grid,
    budgets,
    cash,
    claims,
    costing,
    costs,
    forecasts,
    growth,
    inventory,
    investments,
    journals,
    ledger,
    payouts,
    prices,
    profit,
    profit_rows,
    profit_settled,
    rates,
    remittances,
    reviews,
    simulator,
    trips,
    variance,
)
from tradewind.ui.pages import arrange

PAGES = (
    *profit.PAGES,
    *profit_rows.PAGES,
    *profit_settled.PAGES,
    *ledger.PAGES,
    *bank.PAGES,
    *payouts.PAGES,
    *claims.PAGES,
    *trips.PAGES,
    *bills.PAGES,
    *cash.PAGES,
    *balances.PAGES,
    *remittances.PAGES,
    *journals.PAGES,
    *budgets.PAGES,
    *budget_grid.PAGES,
    *investments.PAGES,
    *variance.PAGES,
    *reviews.PAGES,
    *growth.PAGES,
    *forecasts.PAGES,
    *rates.PAGES,
    *prices.PAGES,
    *simulator.PAGES,
    *costs.PAGES,
    *inventory.PAGES,
    *costing.PAGES,
)

arrange(
    "finance",
    (_("Profit and loss"), ("finance:profit", "finance:profit-settled", "finance:posting-list", "finance:account-list", "finance:code-list", "finance:unmapped", "finance:allocation-list",
                            "finance:unit_cost-list")),
    (_("Budget and actual"), ("finance:budget-list", "finance:transfer-list", "finance:investment-list", "finance:approval_limit-list", "finance:variance", "finance:review-list", "finance:variance_note-list", "finance:variance_limit-list", "finance:growth", "finance:opportunity-list")),
    (_("Claims and bills"), ("finance:claim-list", "finance:trip-list", "finance:bill-list", "finance:expense_limit-list")),
    (_("Money"), ("finance:cash", "finance:balances", "finance:payout_calendar-list", "finance:cash_line-list", "finance:remittance-list", "finance:functional_currency-list", "finance:ledger-list", "finance:journal-list", "finance:payout-list", "finance:bank_line-list", "finance:bank_account-list", "exchange:sheet-list")),
    (_("Prices and costs"), ("finance:price-list", "finance:price-simulator", "finance:price_review-list", "finance:price_rule-list", "finance:cost-structure", "finance:odd-charges", "finance:saving-list", "finance:inventory", "finance:reorder", "finance:costing-list", "finance:costed_sale-list")),
    (_("Outlook"), ("finance:forecast-list", "finance:overlay-list")),
)  # fmt: skip

__all__ = ["PAGES"]
