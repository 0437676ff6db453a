"""Who may read the audit trail: whoever holds the right at the place where something was done."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tradewind.engines.access.registry import codes, default_role, subject
from tradewind.engines.actions.models import Event

codes("actions", view_event=_("See the audit trail"))
subject(
    "actions.event",
    model=Event,
    read="actions.view_event",
    label=_("Event"),
    axes={"entity": "entity_id", "market": "market_id", "team": "team_id"},
    url="actions:event-detail",
)
default_role("auditor", ["actions.view_event"])
