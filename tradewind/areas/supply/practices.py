"""How supply knows that its practices are kept."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from tradewind.areas.supply.queries.connections import connections
from tradewind.engines.access.scope import Scope
from tradewind.engines.practices.practice import Evidence, Part, link, practice

IMPORTS = ("customers.import_orders", "finance.import_settlement", "finance.import_payments", "market.save_channel")


@practice("supply.software", after=IMPORTS)
def software(now: datetime) -> dict[Scope, Evidence]:
    """Every active channel brought something in within its own expected days, and its latest import went through."""
    return {
        scope: Evidence(
            (
                Part("fresh", _("Channels with an import as recent as expected"), one.fresh, one.expected,
                     link=link("market:channel-list")),
                Part("healthy", _("Channels whose latest import of the last 30 days went through"), one.went_through,
                     one.ran, link=link("exchange:import-list")),
            ),
            seen=one.seen,
        )
        for scope, one in connections(now).items()
    }  # fmt: skip
