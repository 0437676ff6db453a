"""Who sees imports and the mappings they are read by."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tradewind.engines.access.registry import codes, default_role, subject
from tradewind.engines.access.scope import scopes_of
from tradewind.engines.exchange.models import Batch, Mapping, SheetBatch, SheetLayout, WatchRule
from tradewind.engines.exchange.sheets.kinds import SHEETS
from tradewind.nouns.org.models import Person

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


def reads_sheets(person: Person | None) -> Q:
    """A table's batch is read by who brought it in, and where one holds the right its sheet names: it may tell costs or accounts."""
    found = Q(by=person) if person is not None else Q(pk__in=[])
    for sheet in SHEETS.values():
        for scope in scopes_of(person, sheet.read):
            at = Q(sheet=sheet.code)
            at &= Q(entity=scope.entity) if scope.entity else Q()
            at &= Q(market=scope.market) if scope.market else Q()
            found |= at if scope.team is None else Q(pk__in=[])
    return found


def reads_layouts(person: Person | None) -> Q:
    """How a kind of table is read is known to whoever may bring it in."""
    return Q(sheet__in=[code for code, sheet in SHEETS.items() if scopes_of(person, sheet.take.code)])


subject(
    "exchange.sheet_batch",
    model=SheetBatch,
    read="exchange.view_imports",
    reads=reads_sheets,
    label=_("Table brought in"),
    axes={"entity": "entity_id", "market": "market_id"},
    url="exchange:sheet-detail",
    title=str,
)
subject(
    "exchange.sheet_layout",
    model=SheetLayout,
    read="exchange.view_imports",
    reads=reads_layouts,
    label=_("Columns of a table"),
)

IMPORTS = ["exchange.view_imports", "exchange.save_mapping", "exchange.remove_mapping"]
for role in ("general_manager", "country_manager", "finance", "marketer"):
    default_role(role, [*IMPORTS, "exchange.download_file"])
default_role("auditor", ["exchange.view_imports"])
default_role("general_manager", ["exchange.save_watch_rule", "exchange.remove_watch_rule"])
