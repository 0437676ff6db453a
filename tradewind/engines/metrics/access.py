"""Who may see which months are closed and what came late, and who may close and open them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tradewind.engines.access.registry import codes, default_role, subject
from tradewind.engines.metrics.models import Close

codes("metrics", view_close=_("See which months are closed"))
subject("metrics.close", model=Close, read="metrics.view_close", label=_("Closed month"), url="metrics:close-detail")
for role in ("general_manager", "country_manager", "finance", "auditor"):
    default_role(role, ["metrics.view_close"])
for role in ("general_manager", "finance"):
    default_role(role, ["metrics.close_month", "metrics.ask_reopening", "metrics.reopen_month", "metrics.keep_closed"])
