"""What one can see of surveys: those one looks after, those one is asked, who has understood a check."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Count, Q, QuerySet

from tradewind.base import clock
from tradewind.engines.access.scope import can, visible
from tradewind.engines.surveys.access import READ
from tradewind.engines.surveys.models import Invitation, Question, Response, Survey, Wave
from tradewind.nouns.org.models import Membership, Person, Team
from tradewind.nouns.org.queries import holding

CUTS = ("team", "country", "function", "market", "entity")


def surveys(person: Person | None) -> QuerySet[Survey]:
    """The surveys one may see."""
    rows = visible(person, READ, Survey.objects.all())
    return rows.select_related("entity", "market", "team", "owner")


def questions(person: Person | None) -> QuerySet[Question]:
    """The questions of surveys one may see, without those that were removed."""
    return visible(person, READ, Question.objects.filter(removed_at=None)).select_related("survey")


def waves(person: Person | None) -> QuerySet[Wave]:
    """The waves one may see: of surveys one looks after, and those one is asked in; with how many were asked and answered."""
    rows = visible(person, READ, Wave.objects.all()).select_related("survey", "entity", "market", "team")
    return rows.annotate(
        invited=Count("invitations"), answered=Count("invitations", filter=Q(invitations__answered=True))
    )


def invitations(person: Person | None) -> QuerySet[Invitation]:
    """One's own invitations."""
    return visible(person, READ, Invitation.objects.all()).select_related("wave__survey", "person")


def to_answer(person: Person | None) -> QuerySet[Invitation]:
    """What a person is asked and can answer now: not answered, or a check that was not passed yet."""
    again = Response.objects.filter(person=person, passed=False).values("wave")
    rows = invitations(person).filter(wave__state=Wave.OPEN, wave__closes__gt=clock.now())
    return rows.filter(Q(answered=False) | Q(wave__in=again)).order_by("wave__closes", "pk")


def may_see_results(person: Person | None, wave: Wave) -> bool:
    """Whether somebody may see the results: who looks after the survey, and, where it is shared, who was asked."""
    if person is None:
        return False
    if wave.survey.owner_id == person.pk or can(person, "surveys.view_result", wave):
        return True
    shared = wave.survey.shared and wave.state == Wave.CLOSED
    return shared and wave.invitations.filter(person=person).exists()


def audience(wave: Wave) -> list[Person]:
    """Whom a wave asks: the active people of its entity, market and team with the teams under it."""
    rows = Person.objects.filter(active=True)
    if wave.entity_id:
        rows = rows.filter(entity=wave.entity_id)
    if wave.market_id:
        rows = rows.filter(market=wave.market_id)
    if wave.team is not None:
        rows = rows.filter(pk__in=members(wave.team))
    return list(rows.order_by("pk"))


def members(team: Team) -> QuerySet[Membership, int]:
    """The ids of the people in a team and the teams under it."""
    links = dict(Team.objects.values_list("pk", "parent_id"))
    found = {team.pk}
    while more := {pk for pk, parent in links.items() if parent in found} - found:
        found |= more
    return Membership.objects.filter(holding(), team__in=found).values_list("person", flat=True)


def groups_of(people: Sequence[Person]) -> dict[int, dict[str, str]]:
    """Where each person stands now, by cut: the team with most of their time, country, function, market, entity."""
    rows = Membership.objects.filter(holding(), person__in=[one.pk for one in people], team__active=True)
    team_of: dict[int, Team] = {}
    for row in rows.select_related("team").order_by("allocation", "-team_id"):
        team_of[row.person_id] = row.team
    jobs = dict(Person.objects.filter(pk__in=[one.pk for one in people]).values_list("pk", "job__function"))
    found = {}
    for one in people:
        team = team_of.get(one.pk)
        function = (team.function_id if team else None) or jobs.get(one.pk)
        values = {"team": team and team.pk, "country": one.country, "function": function, "market": one.market_id,
                  "entity": one.entity_id}  # fmt: skip
        found[one.pk] = {cut: str(value) for cut, value in values.items() if value}
    return found


# --- short checks --------------------------------------------------------------------------------------------------


def understood(wave: Wave) -> dict[int, bool | None]:
    """For each person asked in a named check, by id: passed, not passed, or None when not answered."""
    asked: dict[int, bool | None] = dict.fromkeys(wave.invitations.values_list("person", flat=True))
    return asked | dict(Response.objects.filter(wave=wave, person__in=asked).values_list("person", "passed"))


def open_check(survey: Survey) -> Wave | None:
    """The wave of a check that can be answered now."""
    return survey.waves.filter(state=Wave.OPEN).order_by("-number").first()


def answered_ids(wave: Wave, people: Iterable[int]) -> set[int]:
    """Of some people the ids of those who have answered a named wave; empty for an anonymous one."""
    if wave.anonymous:
        return set()
    return set(wave.invitations.filter(answered=True, person__in=list(people)).values_list("person", flat=True))
