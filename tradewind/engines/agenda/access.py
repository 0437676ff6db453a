"""Who may see and set working time, holidays and absence."""

from django.utils.translation import gettext_lazy as _

from tradewind.engines.access.registry import codes, default_role, subject
from tradewind.engines.agenda.models import Absence, Holiday, PatternOf, SpecialDay, WorkPattern

codes(
    "agenda",
    view_holiday=_("See holidays"),
    view_pattern=_("See working patterns"),
    view_special_day=_("See dated exceptions of working time"),
    view_absence=_("See who is away"),
    view_absence_reason=_("See why somebody is away"),
)
subject(
    "agenda.pattern",
    model=WorkPattern,
    read="agenda.view_pattern",
    label=_("Working pattern"),
    url="agenda:pattern-detail",
)
subject("agenda.pattern_line", model=PatternOf, read="agenda.view_pattern", label=_("Working pattern in force"))
subject("agenda.holiday", model=Holiday, read="agenda.view_holiday", label=_("Holiday"))
subject(
    "agenda.special_day", model=SpecialDay, read="agenda.view_special_day", label=_("Dated exception"),
    axes={"entity": "person__entity_id", "market": "person__market_id", "self": "person_id"},
)  # fmt: skip
subject(
    "agenda.absence",
    model=Absence,
    read="agenda.view_absence",
    label=_("Absence"),
    axes={
        "entity": "person__entity_id",
        "market": "person__market_id",
        "team": "person__memberships__team",
        "self": "person_id",
    },
    title=lambda row: f"{row.person} {row}",
)

EVERYBODY = ["agenda.view_holiday", "agenda.view_pattern"]
for role in (
    "general_manager",
    "country_manager",
    "team_lead",
    "member",
    "finance",
    "people",
    "buyer",
    "marketer",
    "agent",
    "compliance",
    "auditor",
):
    default_role(role, EVERYBODY)
for role in ("general_manager", "country_manager", "team_lead", "people"):
    default_role(role, ["agenda.view_absence", "agenda.view_special_day"])
default_role("people", [
    "agenda.view_absence_reason", "agenda.create_pattern", "agenda.update_pattern", "agenda.assign_pattern",
    "agenda.update_assignment", "agenda.create_holiday", "agenda.update_holiday", "agenda.remove_holiday",
    "agenda.set_special_day", "agenda.remove_special_day", "agenda.record_absence", "agenda.cancel_absence",
])  # fmt: skip
default_role(
    "country_manager",
    ["agenda.record_absence", "agenda.cancel_absence", "agenda.set_special_day", "agenda.remove_special_day"],
)
