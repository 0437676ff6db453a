"""Pages of finance, a module a subject; each lists its own in `PAGES`, in the order of the menu."""

from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.views import forecasts, ledger, profit, profit_rows, profit_settled, rates, reviews, variance
from tradewind.ui.pages import arrange

PAGES = (*profit.PAGES, *profit_rows.PAGES, *profit_settled.PAGES, *ledger.PAGES, *variance.PAGES, *reviews.PAGES, *forecasts.PAGES, *rates.PAGES)

arrange(
    "finance",
    (_("Profit and loss"), ("finance:profit", "finance:profit-settled", "finance:posting-list", "finance:account-list", "finance:code-list", "finance:unmapped", "finance:allocation-list",
                            "finance:unit_cost-list")),
    (_("Budget and actual"), ("finance:variance", "finance:review-list", "finance:variance_note-list", "finance:variance_limit-list")),
    (_("Outlook"), ("finance:forecast-list", "finance:overlay-list")),
)  # fmt: skip

__all__ = ["PAGES"]
