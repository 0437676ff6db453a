"""Who may see and do what: exchange rates and revenue."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tradewind.engines.access.registry import codes, default_role, subject
from tradewind.nouns.trade.models import RateSet

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
