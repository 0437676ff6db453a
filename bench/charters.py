"""A charter for each team with forty lines, for measuring the coverage matrix."""

from __future__ import annotations

from tradewind.areas.structure.models import Charter, RaciLine
from tradewind.nouns.org.models import Function, Market, Team

DUTIES = 10


def make(teams: int = 60) -> int:
    """Charters for so many teams, each with lines in every fourth function and in all markets in turn; how many lines there are."""
    functions, markets = list(Function.objects.filter(in_matrix=True)), list(Market.objects.all())
    known = list(Team.objects.order_by("pk")[:teams])
    known += [Team.objects.create(code=f"bench-{n}", name={"en": f"Bench {n}"}) for n in range(len(known), teams)]
    charters = Charter.objects.bulk_create(Charter(team=team, purpose={"en": "Bench"}) for team in known)
    lines = [
        RaciLine(
            charter=charter, function=functions[(n + step) % len(functions)], market=place, duty=duty, letter=letter
        )
        for n, charter in enumerate(charters)
        for step in range(2)
        for place in (None, markets[n % len(markets)])
        for duty in ("", *(f"Duty {n} {part}" for part in range(DUTIES // 2 - 1)))
        for letter in "RA"
    ]
    return len(RaciLine.objects.bulk_create(lines))
