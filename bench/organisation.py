"""Lines, teams and memberships for the people of a bench, for measuring the org chart."""

from __future__ import annotations

from tradewind.nouns.org.models import Membership, Person, ReportingLine, Team

WIDE, TEAMS = 7, 150
PLACES = [("DE", "Europe/Berlin"), ("CN", "Asia/Shanghai"), ("US", "America/New_York"), ("PH", "Asia/Manila")]


def make() -> int:
    """Everybody but the first under somebody earlier, in a tree of teams, in four countries; how many lines there are."""
    people = list(Person.objects.order_by("pk"))
    for place, person in enumerate(people):
        person.country, person.zone = PLACES[place % len(PLACES)]
    Person.objects.bulk_update(people, ["country", "zone"], batch_size=200)
    lines = [
        ReportingLine(person=one, manager=people[(place - 1) // WIDE]) for place, one in enumerate(people) if place
    ]
    ReportingLine.objects.bulk_create(lines)
    teams = Team.objects.bulk_create(
        Team(code=f"org-{n}", name={"en": f"Group {n}"}, lead=people[n]) for n in range(TEAMS)
    )
    for place, team in enumerate(teams):
        team.parent = teams[(place - 1) // WIDE] if place else None
    Team.objects.bulk_update(teams, ["parent"])
    Membership.objects.bulk_create(
        Membership(team=teams[place % TEAMS], person=person) for place, person in enumerate(people)
    )
    return len(lines)
