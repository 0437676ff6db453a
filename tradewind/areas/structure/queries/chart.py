"""The org chart: who stands under whom or in which team on a day, for one reader, in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from tradewind.areas.structure.models import Reorganisation
from tradewind.areas.structure.queries.people import named, people, teams
from tradewind.areas.structure.queries.plans import moves_of, state_on, steps_of, there
from tradewind.areas.structure.rules.chart import State, above, below, moved, walked
from tradewind.engines.agenda.queries import places_of, working_at
from tradewind.nouns.org.models import Person, ReportingLine, Team
from tradewind.nouns.org.queries import company_today, holding
from tradewind.nouns.skills.models import PersonLanguage

LINE, TEAM = "line", "team"


@dataclass(frozen=True)
class Wish:
    """What a reader asks for: by `line` or `team`, the day, a plan, filters, and a node to begin at (`p12`, `t5`)."""

    by: str = LINE
    day: date | None = None
    plan: Reorganisation | None = None
    text: str = ""
    country: str = ""
    market: int | None = None
    function: int | None = None
    language: str = ""
    skill: int | None = None
    root: str = ""

    @property
    def filtered(self) -> bool:
        """Whether some people are asked for and not all."""
        return any((self.text, self.country, self.market, self.function, self.language, self.skill))


@dataclass(slots=True)
class Node:
    """One person or team of the picture; `mark` is `moved` or `dim`, `under` how many people stand below it."""

    key: str
    pk: int
    name: str
    title: str = ""
    country: str = ""
    zone: str = ""
    working: bool | None = None
    teams: tuple[int, ...] = ()
    share: int = 100
    lead: bool = False
    mark: str = ""
    parent: str | None = None
    depth: int = 0
    under: int = 0


@dataclass
class Picture:
    """Nodes in the order they are read, dotted lines between their keys, and what was asked."""

    wish: Wish
    day: date
    nodes: list[Node]
    dotted: list[tuple[str, str]] = field(default_factory=list)
    team_names: dict[int, str] = field(default_factory=dict)
    people: int = 0
    found: int = 0
    chain: list[Node] = field(default_factory=list)


# --- reading ----------------------------------------------------------------------------------------------------------


def picture(reader: Person, wish: Wish) -> Picture:
    """The org chart as one may see it."""
    today = company_today()
    day = wish.day or (max(wish.plan.day, today) if wish.plan else today)
    state = state_on(day)
    marks: dict[int, str] = {}
    if wish.plan is not None:
        moves = list(moves_of(wish.plan))
        state = moved(state, steps_of(moves))
        marks = {move.person_id: "moved" for move in moves}
    faces = faces_of(people(reader).filter(there(day)), live=day == today)
    names = {team.pk: str(team) for team in teams(reader).filter(active=True).only("pk", "name")}
    made = by_line(faces, state) if wish.by == LINE else by_team(reader, faces, state)
    shown = Picture(wish, day, made, team_names=names, people=len(faces), found=len(faces))
    dress(shown, state, marks)
    if wish.filtered:
        keep(shown, matching(reader, wish, state))
    if wish.root:
        begin_at(shown, wish.root)
    shown.dotted = dotted(shown, day) if wish.by == LINE else []
    return shown


def faces_of(rows: QuerySet[Person], *, live: bool) -> dict[int, Node]:
    """The people as nodes by id, by name; with `live` also who works now."""
    values = rows.values_list("pk", "preferred_name", "name", "job_title", "country", "zone").order_by("name", "pk")
    found = {
        pk: Node(f"p{pk}", pk, preferred or name, title, country, zone)
        for pk, preferred, name, title, country, zone in values
    }
    if live:
        for pk, works in working_at(places_of(rows)).items():
            if pk in found:
                found[pk].working = works
    return found


def by_line(faces: dict[int, Node], state: State) -> list[Node]:
    """People under their managers; who has none that is seen here is a root. Roots with most people below come first."""
    roots, children = below(state.lines, faces)
    count: dict[int, int] = {}
    for pk, _depth in reversed(list(walked(roots, children))):
        count[pk] = sum(count[one] + 1 for one in children.get(pk, ()))
    roots.sort(key=lambda pk: -count[pk])
    made = []
    for pk, depth in walked(roots, children):
        node = faces[pk]
        boss = state.lines.get(pk) if depth else None
        node.parent, node.depth, node.under = f"p{boss}" if boss else None, depth, count[pk]
        made.append(node)
    return made


def by_team(reader: Person, faces: dict[int, Node], state: State) -> list[Node]:
    """Teams under their teams, each with its people, the lead first; who is in no team stands under one heading."""
    rows = {team.pk: team for team in teams(reader).filter(active=True)}
    roots, children = below({pk: team.parent_id for pk, team in rows.items()}, rows)
    inside: dict[int, list[int]] = defaultdict(list)
    placed: set[int] = set()
    for team, person in state.members:
        if team in rows and person in faces:
            inside[team].append(person)
            placed.add(person)
    for team, lead in state.leads.items():
        if team in rows and lead in faces and (team, lead) not in state.members:
            inside[team].append(lead)
            placed.add(lead)
    rank = {pk: place for place, pk in enumerate(faces)}
    made: list[Node] = []
    for team, depth in walked(roots, children):
        parent = rows[team].parent_id if depth else None
        face = faces.get(state.leads.get(team, 0))
        head = Node(f"t{team}", team, str(rows[team]), face.name if face else "", depth=depth)
        head.parent = f"t{parent}" if parent else None
        made.append(head)
        made.extend(members_of(head, inside[team], state, faces, rank))
    loose = [pk for pk in faces if pk not in placed]
    if loose:
        head = Node("t0", 0, _("In no team"))
        made.append(head)
        made.extend(members_of(head, loose, state, faces, rank))
    return counted(in_order(made))


def members_of(
    head: Node, inside: Iterable[int], state: State, faces: Mapping[int, Node], rank: Mapping[int, int]
) -> list[Node]:
    """The people of a team as nodes under it, its lead first."""
    lead = state.leads.get(head.pk)
    found = []
    for pk in sorted(inside, key=lambda pk: (pk != lead, rank[pk])):
        face = faces[pk]
        found.append(
            Node(f"{head.key}p{pk}", pk, face.name, face.title, face.country, face.zone, face.working,
                 share=state.members.get((head.pk, pk), 100), lead=pk == lead,
                 parent=head.key, depth=head.depth + 1)
        )  # fmt: skip
    return found


def in_order(nodes: list[Node]) -> list[Node]:
    """Nodes with each one's children right after it."""
    by_key = {node.key: node for node in nodes}
    roots, children = below({node.key: node.parent for node in nodes}, by_key)
    return [by_key[key] for key, _depth in walked(roots, children)]


def counted(nodes: list[Node]) -> list[Node]:
    """The same nodes, each told how many people stand below it; who is in several teams counts once."""
    under: dict[str, set[int]] = defaultdict(set)
    for node in reversed(nodes):
        node.under = len(under[node.key] - {node.pk} if not is_team(node) else under[node.key])
        if node.parent:
            under[node.parent] |= under.pop(node.key)
            if not is_team(node):
                under[node.parent].add(node.pk)
    return nodes


def is_team(node: Node) -> bool:
    """Whether a node is a team and not a person."""
    return node.key[0] == "t" and "p" not in node.key


def dress(shown: Picture, state: State, marks: Mapping[int, str]) -> None:
    """Write each person's teams and what changes on them."""
    teams_of: dict[int, list[int]] = defaultdict(list)
    for team, person in state.members:
        if team in shown.team_names:
            teams_of[person].append(team)
    for node in shown.nodes:
        if not is_team(node):
            node.teams = tuple(team for team in teams_of.get(node.pk, ()) if f"t{team}" != node.parent)
            node.mark = marks.get(node.pk, node.mark)


def sides(reader: Person, plan: Reorganisation, by: str) -> tuple[Picture, Picture]:
    """The part of the organisation that a plan touches, on the plan's day without it and with it."""
    moves = list(moves_of(plan))
    now = state_on(plan.day)
    faces = faces_of(people(reader).filter(there(plan.day)), live=False)
    names = {team.pk: str(team) for team in teams(reader).filter(active=True)}
    own_moves = [move for move in moves if (move.kind == LINE) == (by == LINE)]
    touched = {move.person_id for move in own_moves}
    around = {f"p{move.manager_id}" for move in own_moves} | {f"t{move.team_id}" for move in own_moves}
    around |= {f"p{now.lines[pk]}" for pk in touched if by == LINE and pk in now.lines}
    made = []
    for state in (now, moved(now, steps_of(moves))):
        own = {pk: replace(node) for pk, node in faces.items()}
        shown = Picture(Wish(by=by), plan.day, by_line(own, state) if by == LINE else by_team(reader, own, state))
        shown.team_names = names
        dress(shown, state, dict.fromkeys(touched, "moved"))
        keep_near(shown, touched, around)
        made.append(shown)
    return made[0], made[1]


# --- narrowing --------------------------------------------------------------------------------------------------------


def matching(reader: Person, wish: Wish, state: State) -> set[int]:
    """The ids of the people the filters ask for."""
    rows = people(reader)
    if wish.country:
        rows = rows.filter(country=wish.country if wish.country != "-" else "")
    if wish.market:
        rows = rows.filter(market=wish.market)
    if wish.language:
        rows = rows.filter(pk__in=PersonLanguage.objects.filter(language=wish.language).values("person"))
    if wish.skill:
        rows = rows.filter(skills__skill=wish.skill)
    if wish.function:
        own = set(Team.objects.filter(function=wish.function).values_list("pk", flat=True))
        inside = {person for team, person in state.members if team in own}
        rows = rows.filter(Q(job__function=wish.function) | Q(pk__in=inside))
    if wish.text:
        rows = named(rows, wish.text)
    return set(rows.values_list("pk", flat=True))


def keep(shown: Picture, found: set[int]) -> None:
    """Keep the people of these ids and what leads to them; the latter stands back."""
    parents = {node.key: node.parent for node in shown.nodes}
    hits = {node.key for node in shown.nodes if not is_team(node) and node.pk in found}
    wanted = set(hits)
    for key in hits:
        wanted.update(above(key, parents))
    for node in shown.nodes:
        if node.key not in hits:
            node.mark = "dim"
    shown.nodes = [node for node in shown.nodes if node.key in wanted]
    shown.found = len({node.pk for node in shown.nodes if node.key in hits})
    counted(shown.nodes)


def keep_near(shown: Picture, found: set[int], around: set[str]) -> None:
    """Keep the people of these ids, what stands right above them, and some nodes more."""
    hits = {node.key for node in shown.nodes if not is_team(node) and node.pk in found}
    wanted = hits | around | {node.parent for node in shown.nodes if node.key in hits}
    shown.nodes = [node for node in shown.nodes if node.key in wanted]
    depths: dict[str | None, int] = {}
    for node in shown.nodes:
        node.mark = node.mark if node.key in hits else "dim"
        node.parent = node.parent if node.parent in depths else None
        depths[node.key] = node.depth = depths.get(node.parent, -1) + 1


def begin_at(shown: Picture, root: str) -> None:
    """Keep a node and what lies below it; what lies above becomes the way there."""
    by_key = {node.key: node for node in shown.nodes}
    if root not in by_key:
        return
    parents = {node.key: node.parent for node in shown.nodes}
    shown.chain = [by_key[key] for key in reversed(above(root, parents)) if key in by_key]
    depth = by_key[root].depth
    inside = {root}
    for node in shown.nodes:
        if node.key == root or node.parent in inside:
            inside.add(node.key)
            node.depth -= depth
    by_key[root].parent = None
    shown.nodes = [node for node in shown.nodes if node.key in inside]


def dotted(shown: Picture, day: date) -> list[tuple[str, str]]:
    """The dotted lines between people in the picture, as keys of person and manager."""
    there_now = {node.pk for node in shown.nodes}
    lines = ReportingLine.objects.filter(holding(day), kind=ReportingLine.DOTTED).values_list("person", "manager")
    return [(f"p{one}", f"p{boss}") for one, boss in lines if one in there_now and boss in there_now]
