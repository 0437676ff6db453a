"""Who may see and change people and teams."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tradewind.areas.structure.models import Charter
from tradewind.engines.access.registry import codes, default_role, subject
from tradewind.engines.access.scope import can
from tradewind.nouns.org.models import Function, Job, Person, Position, Team

codes(
    "structure",
    view_person=_("See people"),
    view_private=_("See people's identity, bank and contact data"),
    view_team=_("See teams"),
    view_function=_("See functions and jobs"),
    view_position=_("See positions"),
    view_position_cost=_("See what positions cost"),
)


def reads_charter(person: Person | None) -> Q:
    """Charters are read by whoever may see teams, and written where the team lies."""
    return Q() if can(person, "structure.view_team") else Q(pk__in=[])


subject(
    "structure.person",
    model=Person,
    read="structure.view_person",
    label=_("Person"),
    axes={"entity": "entity_id", "market": "market_id", "team": "memberships__team", "self": "id"},
    url="structure:person-detail",
    search=lambda p: f"{p.name} {p.preferred_name} {p.email or ''} {p.job_title}",
)
subject(
    "structure.team",
    model=Team,
    read="structure.view_team",
    label=_("Team"),
    url="structure:team-detail",
    search=lambda t: " ".join([t.code, *dict(t.name).values()]),
)
subject(
    "structure.charter",
    model=Charter,
    read="structure.view_team",
    reads=reads_charter,
    label=_("Charter"),
    axes={"entity": "team__entity_id", "market": "team__market_id", "team": "team_id"},
    url="structure:charter-detail",
    search=lambda c: " ".join(dict(c.purpose).values()),
)
subject(
    "structure.position",
    model=Position,
    read="structure.view_position",
    label=_("Position"),
    axes={"entity": "entity_id", "market": "market_id", "team": "team_id"},
    url="structure:position-detail",
    search=lambda p: " ".join([p.code, *dict(p.title).values()]),
)
subject("structure.function", model=Function, read="structure.view_function", label=_("Function"))
subject("structure.job", model=Job, read="structure.view_function", label=_("Job"))

EVERYONE = ["structure.view_person", "structure.view_team", "structure.view_function"]
for role in ("general_manager", "country_manager", "team_lead", "member", "finance", "people", "buyer", "marketer",
             "agent", "compliance", "auditor"):  # fmt: skip
    default_role(role, EVERYONE)
default_role(
    "people",
    ["structure.view_private", "structure.save_private", "structure.save_person", "structure.deactivate_person", "structure.reactivate_person",
     "structure.import_people", "structure.invite_person", "structure.revoke_invitation", "structure.save_team", "structure.set_manager",
     "structure.join_team", "structure.leave_team", "structure.save_function", "structure.save_job"],
)  # fmt: skip
default_role("general_manager", ["structure.save_person", "structure.deactivate_person", "structure.invite_person", "structure.revoke_invitation",
                                 "structure.save_team", "structure.set_manager", "structure.join_team",
                                 "structure.leave_team", "structure.import_people", "structure.view_private"])  # fmt: skip
POSITIONS = ["structure.view_position", "structure.view_position_cost", "structure.save_position", "structure.set_position_cost",
             "structure.open_position", "structure.fill_position", "structure.drop_position", "structure.import_positions"]  # fmt: skip
for role in ("general_manager", "people"):
    default_role(role, [*POSITIONS, "structure.import_duties"])
for role in ("country_manager", "team_lead", "auditor"):
    default_role(role, ["structure.view_position"])
default_role("finance", ["structure.view_position", "structure.view_position_cost"])
