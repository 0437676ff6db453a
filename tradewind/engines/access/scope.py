"""The decision itself: grants add up, a blank axis means everywhere, a team covers those under it. Closed by default."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from tradewind.base.errors import NotAllowed
from tradewind.engines.access.models import Grant
from tradewind.engines.access.registry import CODES, Subject, subject_of
from tradewind.nouns.org.models import Person, Team
from tradewind.nouns.org.queries import holding

M = TypeVar("M", bound=Model)
AXES = ("entity", "market", "team")


@dataclass(frozen=True)
class Scope:
    """A corner of the company by ids; None on an axis means all of it."""

    entity: int | None = None
    market: int | None = None
    team: int | None = None

    def covers(self, other: Scope) -> bool:
        """Whether everything in `other` lies inside this scope (teams compared as given, without their tree)."""
        return all(getattr(self, axis) in (None, getattr(other, axis)) for axis in AXES)

    def within(self, other: Scope) -> Scope | None:
        """What lies in both scopes (teams compared as given); None where nothing does."""
        both = [(getattr(self, axis), getattr(other, axis)) for axis in AXES]
        if any(mine is not None and theirs is not None and mine != theirs for mine, theirs in both):
            return None
        return Scope(*(theirs if mine is None else mine for mine, theirs in both))


def company_wide(*_args: Any, **_kwargs: Any) -> Scope:
    """Where an action asks for its right that changes what the whole company goes by: everywhere."""
    return Scope()


@dataclass(frozen=True)
class Holding:
    """A role's codes held within a scope; `teams` is the granted team with all under it."""

    scope: Scope
    codes: frozenset[str]
    teams: frozenset[int]
    role: str
    grant: int

    def allows(self, code: str) -> bool:
        """Whether the code is among this role's."""
        room = code.split(".", 1)[0]
        return code in self.codes or "*" in self.codes or f"{room}.*" in self.codes

    def covers(self, at: Scope) -> bool:
        """Whether a place lies inside what was granted."""
        held = self.scope
        return (
            held.entity in (None, at.entity)
            and held.market in (None, at.market)
            and (held.team is None or at.team in self.teams)
        )


def team_tree(root: int, parents: dict[int, int | None] | None = None) -> frozenset[int]:
    """A team's id with the ids of all teams under it."""
    links = parents if parents is not None else dict(Team.objects.values_list("id", "parent_id"))
    found = {root}
    grew = True
    while grew:
        more = {team for team, parent in links.items() if parent in found} - found
        found |= more
        grew = bool(more)
    return frozenset(found)


def holdings(person: Person | None) -> list[Holding]:
    """What a person was granted; read once a request (kept on the person object), nothing when the person is not active."""
    if person is None or not person.active:
        return []
    kept: list[Holding] | None = person.__dict__.get("_holdings")
    if kept is None:
        grants = list(Grant.objects.filter(person=person).select_related("role"))
        links: dict[int, int | None] = {}
        if any(g.team_id for g in grants):
            links.update(Team.objects.values_list("id", "parent_id"))
        kept = person.__dict__["_holdings"] = [
            Holding(
                Scope(g.entity_id, g.market_id, g.team_id),
                frozenset(g.role.codes),
                team_tree(g.team_id, links) if g.team_id else frozenset(),
                g.role.code,
                g.pk,
            )
            for g in grants
        ]
    limit = person.__dict__.get("_token_codes")
    if limit is None:
        return kept
    return [Holding(h.scope, frozenset(c for c in limit if h.allows(c)), h.teams, h.role, h.grant) for h in kept]


def forget(person: Person) -> None:
    """Read the grants anew at the next question."""
    person.__dict__.pop("_holdings", None)


def scopes_of(person: Person | None, code: str) -> list[Scope]:
    """The scopes at which a person holds a code; empty when nowhere."""
    return [held.scope for held in holdings(person) if held.allows(code)]


def common(ones: Iterable[Scope], others: Iterable[Scope]) -> tuple[Scope, ...]:
    """The corners that lie in one scope of either list, each once; one of the others that is covered whole stands alone."""
    wanted = list(others)
    found = {both: None for one in ones for other in wanted if (both := one.within(other)) is not None}
    return next(((other,) for other in wanted if other in found and len(wanted) == 1), tuple(found))


def place_of(obj: Model) -> Scope:
    """Where a record lies, read along its subject's axes; blank where it has no such axis."""
    known = subject_of(obj)
    found = {axis: read_path(obj, path) for axis, path in (known.axes if known else {}).items() if axis in AXES}
    return Scope(**found)


def read_path(obj: Any, path: str) -> Any:
    """Follow a lookup path on a record; None where a step is empty or many-valued."""
    for step in path.split("__"):
        obj = getattr(obj, step, None)
        if obj is None or hasattr(obj, "all"):
            return None
    return obj.pk if isinstance(obj, Model) else obj


def is_own(person: Person, obj: Model) -> bool:
    """Whether the record belongs to the person by its subject's `self` axis."""
    known = subject_of(obj)
    path = known.axes.get("self") if known else None
    found = read_path(obj, path) if path else None
    return found is not None and bool(found == person.pk)


def can(person: Person | None, code: str, at: Scope | Model | None = None) -> bool:
    """Whether the person may do `code` at a scope or on a record; with None: anywhere at all.

    A record of a subject without axes is company reference data: the code held at any scope is enough.
    """
    if code not in CODES:
        raise KeyError(f"unknown permission code {code!r}")
    held = [h for h in holdings(person) if h.allows(code)]
    if isinstance(at, Model):
        known = subject_of(at)
        if known and known.reads and code == known.read:
            return bool(at.pk) and known.model._base_manager.filter(known.reads(person), pk=at.pk).exists()
        if known and not [axis for axis in known.axes if axis in AXES]:
            return bool(held) or (person is not None and code == known.read and is_own(person, at))
        if person is not None and known and code == known.read and is_own(person, at):
            return True
        return any_covers(held, at, known)
    if at is None:
        return bool(held)
    return any(h.covers(at) for h in held)


def any_covers(held: Iterable[Holding], obj: Model, known: Subject | None) -> bool:
    """Whether some holding covers a record; many-valued axes are asked in the database."""
    held = list(held)
    if not held:
        return False
    if known and any(many_valued(known.model, path) for path in known.axes.values()):
        return bool(obj.pk) and known.model._base_manager.filter(cover(held, known), pk=obj.pk).exists()
    place = place_of(obj)
    return any(h.covers(place) for h in held)


def require(person: Person | None, code: str, at: Scope | Model | None = None) -> None:
    """Raise NotAllowed unless the person may."""
    if not can(person, code, at):
        raise NotAllowed(_("You do not have the right “%(right)s” here.") % {"right": CODES[code]})


def many_valued(model: type[Model], path: str) -> bool:
    """Whether a lookup path crosses a to-many relation."""
    for step in path.split("__"):
        try:
            reached = model._meta.get_field(step)
        except FieldDoesNotExist:
            return False
        if reached.one_to_many or reached.many_to_many:
            return True
        if not reached.is_relation or reached.related_model is None:
            return False
        model = reached.related_model
    return False


def cover(held: Iterable[Holding], known: Subject) -> Q:
    """The condition that picks the records inside some holding; a granted axis the model lacks picks none."""
    wanted = Q(pk__in=[])
    for h in held:
        part = Q()
        for axis in AXES:
            value = getattr(h.scope, axis)
            if value is None:
                continue
            path = known.axes.get(axis)
            if path is None:
                part = Q(pk__in=[])
                break
            part &= inside(path, h.teams) if axis == "team" else Q(**{path: value})
        if not part:
            return Q()
        wanted |= part
    return wanted


def inside(path: str, teams: Iterable[int]) -> Q:
    """The condition that a lookup path leads to one of some teams; through memberships to those that hold today."""
    wanted = Q(**{f"{path}__in": teams})
    through, _dot, last = path.rpartition("__")
    return wanted & holding(path=through) if (last, through.rpartition("__")[2]) == ("team", "memberships") else wanted


def visible(person: Person | None, code: str, queryset: QuerySet[M]) -> QuerySet[M]:
    """The rows of a queryset a person may see by a read code; none where nothing is granted."""
    known = subject_of(queryset.model)
    if known is None:
        raise LookupError(f"{queryset.model.__name__} is not a declared subject")
    if known.reads and code == known.read:
        return queryset.filter(known.reads(person))
    held = [h for h in holdings(person) if h.allows(code)]
    own = known.axes.get("self")
    if not [axis for axis in known.axes if axis in AXES]:
        if held:
            return queryset
        return (
            queryset.filter(**{own: person.pk})
            if own and person is not None and code == known.read
            else queryset.none()
        )
    wanted = cover(held, known)
    if held and not wanted:
        return queryset
    if own and person is not None and code == known.read:
        wanted |= Q(**{own: person.pk})
    if any(many_valued(known.model, path) for path in known.axes.values()):
        return queryset.filter(pk__in=known.model._base_manager.filter(wanted).values("pk"))
    return queryset.filter(wanted)


def within(chosen: Scope, queryset: QuerySet[M]) -> QuerySet[M]:
    """The rows that lie in a chosen corner of the company; an axis the rows do not have narrows nothing.

    It only narrows what `visible` gave, and is no guard by itself.
    """
    known = subject_of(queryset.model)
    wanted = Q()
    for axis in AXES:
        value, path = getattr(chosen, axis), known.axes.get(axis) if known else None
        if value is not None and path is not None:
            wanted &= inside(path, team_tree(value)) if axis == "team" else Q(**{path: value})
    if known is None or not wanted:
        return queryset
    if any(many_valued(known.model, path) for path in known.axes.values()):
        return queryset.filter(pk__in=known.model._base_manager.filter(wanted).values("pk"))
    return queryset.filter(wanted)


@dataclass(frozen=True)
class Reason:
    """Why a person holds a code at a place: the role and where it was granted; `own` when the record is theirs."""

    role: str
    scope: Scope
    grant: int | None
    own: bool = False


def why(person: Person, code: str, at: Scope | Model | None = None) -> list[Reason]:
    """Every grant that answers 'why can this person see or do this?'; empty when they cannot."""
    found = []
    for h in holdings(person):
        if not h.allows(code):
            continue
        if at is None or (h.covers(at) if isinstance(at, Scope) else any_covers_or_reference([h], at)):
            found.append(Reason(h.role, h.scope, h.grant))
    if isinstance(at, Model) and is_own(person, at):
        known = subject_of(at)
        if known and known.read == code:
            found.append(Reason("", Scope(), None, own=True))
    return found


def any_covers_or_reference(held: list[Holding], obj: Model) -> bool:
    """As `can` decides for a record, for the given holdings."""
    known = subject_of(obj)
    if known and not [axis for axis in known.axes if axis in AXES]:
        return bool(held)
    return any_covers(held, obj, known)
