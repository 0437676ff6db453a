"""Who may see the Map, and who may say who looks after a practice."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tradewind.engines.access.registry import codes, default_role, subject
from tradewind.engines.practices.models import EvidenceRow, PracticeOwner

codes("practices", view_practice=_("See the Map and the evidence of practices"))
subject(
    "practices.evidence",
    model=EvidenceRow,
    read="practices.view_practice",
    label=_("Evidence"),
    axes={"entity": "entity_id", "market": "market_id", "team": "team_id"},
)
subject(
    "practices.owner",
    model=PracticeOwner,
    read="practices.view_practice",
    label=_("Owner of a practice"),
    axes={"market": "market_id"},
    url="practices:owner-record",
)
for role in ("general_manager", "country_manager", "team_lead", "member", "finance", "people", "buyer", "marketer",
             "agent", "compliance", "auditor"):  # fmt: skip
    default_role(role, ["practices.view_practice"])
for role in ("general_manager", "country_manager", "compliance"):
    default_role(role, ["practices.set_owner"])
