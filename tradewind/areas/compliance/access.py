"""Who may see and change the company, its entities and its sites."""

from django.utils.translation import gettext_lazy as _

from tradewind.areas.compliance.models import BackupRun
from tradewind.engines.access.registry import codes, default_role, subject
from tradewind.nouns.org.models import Company, Entity, Site

codes(
    "compliance",
    view_company=_("See the company, its entities and sites"),
    view_backup=_("See backups and what their restores proved"),
)
subject("compliance.company", model=Company, read="compliance.view_company", label=_("Company"))
subject(
    "compliance.entity", model=Entity, read="compliance.view_company", label=_("Entity"), url="compliance:entity-detail"
)
subject("compliance.site", model=Site, read="compliance.view_company", label=_("Site"), url="compliance:site-detail")
subject(
    "compliance.backup",
    model=BackupRun,
    read="compliance.view_backup",
    label=_("Backup"),
    url="compliance:backup-detail",
)

for role in ("general_manager", "country_manager", "team_lead", "member", "finance", "people", "buyer", "marketer",
             "agent", "compliance", "auditor"):  # fmt: skip
    default_role(role, ["compliance.view_company"])
for role in ("general_manager", "compliance"):
    default_role(role, ["compliance.save_company", "compliance.save_entity", "compliance.save_site"])
for role in ("general_manager", "compliance", "auditor"):
    default_role(role, ["compliance.view_backup"])
default_role("compliance", ["compliance.request_backup", "compliance.request_proof"])
