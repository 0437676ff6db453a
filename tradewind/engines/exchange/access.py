"""Who sees imports and the mappings they are read by."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tradewind.engines.access.registry import codes, default_role, subject
from tradewind.engines.exchange.models import Batch, Mapping, WatchRule

codes("exchange", view_imports=_("See imports"), download_file=_("Download imported files"))
subject(
    "exchange.batch",
    model=Batch,
    read="exchange.view_imports",
    label=_("Import"),
    axes={"entity": "entity_id", "market": "market_id"},
    url="exchange:import-detail",
    title=str,
)
subject(
    "exchange.mapping", model=Mapping, read="exchange.view_imports", label=_("Mapping"), url="exchange:mapping-detail"
)
subject(
    "exchange.watch_rule",
    model=WatchRule,
    read="exchange.view_imports",
    label=_("Watched files"),
    axes={"entity": "channel__entity_id", "market": "channel__market_id"},
)

IMPORTS = ["exchange.view_imports", "exchange.save_mapping", "exchange.remove_mapping"]
for role in ("general_manager", "country_manager", "finance", "marketer"):
    default_role(role, [*IMPORTS, "exchange.download_file"])
default_role("auditor", ["exchange.view_imports"])
default_role("general_manager", ["exchange.save_watch_rule", "exchange.remove_watch_rule"])
