"""After a recount the statement as most people open it is worked out at once, so that nobody waits for the first look."""

from __future__ import annotations

from collections.abc import Iterator

from tradewind.areas.finance.queries.profit import VIEW, kept_lines, reach
from tradewind.areas.finance.queries.profit_asked import CUT_NAMES, edges, read_ask
from tradewind.areas.finance.queries.profit_shown import shown
from tradewind.engines.access.models import Grant
from tradewind.engines.access.scope import Scope
from tradewind.nouns.org.models import Person

READERS = 3  # kinds of readers: who may see costs, who may see pay as well


def warm() -> int:
    """Work out every usual cut for each kind of reader of the whole company; how many statements."""
    span, made = edges(), 0
    for person in readers() if span else ():
        for cut in CUT_NAMES:
            assert span is not None  # noqa: S101
            ask = read_ask({"by": cut}, Scope(), span)
            shown(person, ask.wish, ask.currency, ask.rate, other=ask.other(), trend=True)
            made += 1
    return made


def readers() -> Iterator[Person]:
    """One person of each kind that sees the profit and loss of the whole company: those alike are shown the same."""
    seen: set[tuple[str, ...]] = set()
    roles: set[int] = set()
    grants = Grant.objects.filter(entity=None, market=None, team=None).select_related("role", "person").order_by("pk")
    for grant in grants:
        if grant.role_id in roles or len(seen) == READERS:
            continue
        roles.add(grant.role_id)
        kept = kept_lines(grant.person)
        if kept not in seen and reach(grant.person, VIEW) == (Scope(),):
            seen.add(kept)
            yield grant.person
