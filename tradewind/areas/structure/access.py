"""Who may see and change people, teams and goals."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tradewind.areas.structure.models import Broadcast, Charter, RaciLine, Receipt, Reorganisation
from tradewind.engines.access.registry import SUBJECTS, codes, default_role, subject
from tradewind.engines.access.scope import Scope, can, cover, holdings, scopes_of, team_tree
from tradewind.engines.metrics.corners import unguarded
from tradewind.nouns.goals.models import CheckIn, KeyResult, Level, Objective, ObjectiveLink
from tradewind.nouns.org.models import Function, Job, Person, Position, ReportingLine, Team
from tradewind.nouns.org.queries import holding

codes(
    "structure",
    view_person=_("See people"),
    view_private=_("See people's identity, bank and contact data"),
    view_team=_("See teams"),
    view_function=_("See functions and jobs"),
    view_position=_("See positions"),
    view_position_cost=_("See what positions cost"),
    view_reorganisation=_("See planned reorganisations"),
)


def reads_charter(person: Person | None) -> Q:
    """Charters are read by whoever may see teams, and written where the team lies."""
    return Q() if can(person, "structure.view_team") else Q(pk__in=[])


def reads_reorganisation(person: Person | None) -> Q:
    """Plans touch people of the whole company: read by who may see them everywhere, else by their owner."""
    if person is None or not person.active:
        return Q(pk__in=[])
    held = scopes_of(person, "structure.view_reorganisation")
    return Q(pk__isnull=False) if Scope() in held else Q(owner=person.pk) if held else Q(pk__in=[])


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
    "structure.duty",
    model=RaciLine,
    read="structure.view_team",
    reads=reads_charter,
    label=_("Duty"),
    axes={"entity": "charter__team__entity_id", "market": "charter__team__market_id", "team": "charter__team_id"},
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

# --- goals ---------------------------------------------------------------------------------------------------------

GOAL_READ, GOAL_WRITE = "structure.view_goal", "structure.write_goal"
EVERYTHING, NOTHING = Q(pk__isnull=False), Q(pk__in=[])
codes("structure", view_goal=_("See goals"), write_goal=_("Set, change and close goals"))


def place(person: Person, code: str) -> Q:
    """The condition for goals that lie where a person holds a code; nothing where the code is not held."""
    held = [one for one in holdings(person) if one.allows(code)]
    return (cover(held, SUBJECTS["structure.objective"]) or EVERYTHING) if held else NOTHING


def led_teams(person: Person) -> frozenset[int]:
    """The teams a person leads, with all under them."""
    own = list(Team.objects.filter(lead=person).values_list("pk", flat=True))
    links: dict[int, int | None] = {}
    if own:
        links.update(Team.objects.values_list("pk", "parent_id"))
    return frozenset().union(*(team_tree(team, links) for team in own))


def reports(person: Person) -> frozenset[int]:
    """Everybody below a person by solid lines of today, at any depth."""
    found: set[int] = set()
    level, today = {person.pk}, holding()
    while level:
        lines = ReportingLine.objects.filter(today, manager__in=level, kind=ReportingLine.SOLID)
        level = set(lines.values_list("person_id", flat=True)) - found - {person.pk}
        found |= level
    return frozenset(found)


def readable_goals(person: Person | None) -> Q:
    """The goals a person may read.

    Published ones where they may see goals, of the company anywhere; drafts by the owner, the lead of the team, leads and
    managers above, and whoever writes goals there. Who holds a key result, or is asked for work, reads that goal.
    """
    if person is None or not person.active:
        return NOTHING
    written = place(person, GOAL_WRITE)
    if written == EVERYTHING:
        return EVERYTHING
    shown = Q(published_at__isnull=False)
    wanted = written | Q(owner=person.pk) | (shown & place(person, GOAL_READ))
    if any(one.allows(GOAL_READ) for one in holdings(person)):
        wanted |= shown & Q(level=Level.COMPANY)
    wanted |= Q(pk__in=KeyResult.objects.filter(owner=person).values("objective"))
    if led := led_teams(person):
        asked = ObjectiveLink.objects.filter(kind=ObjectiveLink.NEEDS, team__in=led)
        wanted |= Q(team__in=led) | Q(pk__in=asked.values("objective"))
    if below := reports(person):
        wanted |= Q(level=Level.PERSON, owner__in=below)
    return wanted


def readable_results(person: Person | None) -> Q:
    """The key results of goals a person may read, but for those bound to a number that needs rights they do not hold there."""
    return readable_parts(person) & unguarded(person)


def readable_parts(person: Person | None) -> Q:
    """What hangs on the goals a person may read."""
    rule = readable_goals(person)
    return rule if rule in (EVERYTHING, NOTHING) else Q(objective__in=Objective._base_manager.filter(rule).values("pk"))


def readable_check_ins(person: Person | None) -> Q:
    """The check-ins of goals a person may read."""
    rule, guard = readable_goals(person), unguarded(person, "result__")
    goals = Objective._base_manager.filter(rule).values("pk")
    return (rule if rule in (EVERYTHING, NOTHING) else Q(result__objective__in=goals)) & guard


def may_steer(person: Person | None, objective: Objective) -> bool:
    """Whether a person may set, change and close a goal that lies (or will lie) where this one says.

    By the right to write goals there; the lead of its team and leads above it; for a person's goal also that person and
    the managers above.
    """
    if person is None or not person.active:
        return False
    if can(person, GOAL_WRITE, objective):
        return True
    own = objective.level == Level.PERSON and objective.owner_id is not None
    if own and (objective.owner_id == person.pk or objective.owner_id in reports(person)):
        return True
    return objective.level in (Level.TEAM, Level.PERSON) and objective.team_id in led_teams(person)


def may_answer(person: Person | None, team: Team) -> bool:
    """Whether a person may say what a team will do for others: its lead, leads above, and who writes goals there."""
    if person is None or not person.active:
        return False
    lies = Objective(level=Level.TEAM, team=team, market_id=team.market_id, entity_id=team.entity_id)
    return may_steer(person, lies)


def goal_axes(prefix: str) -> dict[str, str]:
    """Where a goal lies."""
    return {axis: f"{prefix}{axis}_id" for axis in ("entity", "market", "team")}


subject(
    "structure.objective",
    model=Objective,
    read=GOAL_READ,
    label=_("Goal"),
    axes={**goal_axes(""), "self": "owner_id"},
    url="structure:goal-detail",
    search=lambda goal: " ".join([*dict(goal.title).values(), goal.period]),
    reads=readable_goals,
)
subject("structure.key_result", model=KeyResult, read=GOAL_READ, label=_("Key result"), axes=goal_axes("objective__"),
        url="structure:goal-result-detail", reads=readable_results)  # fmt: skip
subject("structure.goal_link", model=ObjectiveLink, read=GOAL_READ, label=_("Link of goals"), axes=goal_axes("objective__"),
        reads=readable_parts)  # fmt: skip
subject("structure.check_in", model=CheckIn, read=GOAL_READ, label=_("Check-in"), axes=goal_axes("result__objective__"),
        reads=readable_check_ins)  # fmt: skip

for role in ("general_manager", "country_manager", "team_lead", "member", "finance", "people", "buyer", "marketer",
             "agent", "compliance", "auditor"):  # fmt: skip
    default_role(role, [GOAL_READ])
for role in ("general_manager", "country_manager", "team_lead"):
    default_role(role, [GOAL_WRITE])

# Lines and reorganisations.
subject(
    "structure.reorganisation",
    model=Reorganisation,
    read="structure.view_reorganisation",
    reads=reads_reorganisation,
    label=_("Reorganisation"),
    url="structure:reorganisation-detail",
)
REORGANISERS = ["structure.view_reorganisation", "structure.save_reorganisation", "structure.plan_move", "structure.remove_move",
                "structure.drop_reorganisation", "structure.apply_reorganisation", "structure.set_dotted", "structure.end_line"]  # fmt: skip
for role in ("people", "general_manager"):
    default_role(role, REORGANISERS)

# Vision campaigns.
codes("structure", view_broadcast=_("See vision campaigns and whom they reached"))


def readable_broadcasts(person: Person | None) -> Q:
    """Campaigns where a person may see them, one's own, and those that were sent to one."""
    if person is None or not person.active:
        return NOTHING
    held = [one for one in holdings(person) if one.allows("structure.view_broadcast")]
    wanted = (cover(held, SUBJECTS["structure.broadcast"]) or EVERYTHING) if held else NOTHING
    sent = Receipt.objects.filter(person=person, sent_at__isnull=False).values("message__broadcast")
    return wanted | Q(owner=person.pk) | Q(pk__in=sent)


subject(
    "structure.broadcast",
    model=Broadcast,
    read="structure.view_broadcast",
    label=_("Vision campaign"),
    axes={"entity": "entity_id", "market": "market_id", "team": "team_id", "self": "owner_id"},
    url="structure:broadcast-read",
    search=lambda broadcast: " ".join(dict(broadcast.title).values()),
    reads=readable_broadcasts,
)
for role in ("general_manager", "country_manager", "people"):
    default_role(role, ["structure.view_broadcast", "structure.save_broadcast", "structure.word_reminder",
                        "structure.start_broadcast", "structure.stop_broadcast", "structure.add_session"])  # fmt: skip
for role in ("team_lead", "auditor"):
    default_role(role, ["structure.view_broadcast"])
default_role("general_manager", ["structure.import_goals"])
