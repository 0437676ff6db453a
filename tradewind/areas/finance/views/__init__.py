"""Pages of finance, a module a subject; each lists its own in `PAGES`, in the order of the menu."""

from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.views import ledger, profit, profit_rows, rates
from tradewind.ui.pages import arrange

PAGES = (*profit.PAGES, *profit_rows.PAGES, *ledger.PAGES, *rates.PAGES)

arrange(
    "finance",
    (_("Profit and loss"), ("finance:profit", "finance:posting-list", "finance:account-list", "finance:code-list", "finance:unmapped", "finance:allocation-list",
                            "finance:unit_cost-list")),
)  # fmt: skip

__all__ = ["PAGES"]
