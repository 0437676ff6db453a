"""What two scopes have in common: only what lies in both, whichever comes first."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tradewind.engines.access.scope import Scope, common

AXIS = st.one_of(st.none(), st.integers(1, 2))
SCOPES = st.builds(Scope, AXIS, AXIS, AXIS)
PLACES = [Scope(entity, market, team) for entity in (1, 2, 3) for market in (1, 2, 3) for team in (1, 2, 3)]


def inside(scope: Scope) -> set[Scope]:
    return {place for place in PLACES if scope.covers(place)}


@given(SCOPES, SCOPES)
def test_both_hold_exactly_what_lies_in_each(one: Scope, other: Scope) -> None:
    both = one.within(other)
    assert both == other.within(one)
    assert (inside(both) if both else set()) == inside(one) & inside(other)


@given(st.lists(SCOPES, max_size=4), st.lists(SCOPES, max_size=3))
def test_common_corners_are_where_both_lists_reach(ones: list[Scope], others: list[Scope]) -> None:
    found = common(ones, others)
    reached = [set().union(*map(inside, scopes)) for scopes in (ones, others, found)]
    assert reached[2] == reached[0] & reached[1]
    assert len(found) == len(set(found))


def test_a_wish_that_is_covered_whole_stands_alone() -> None:
    assert common([Scope(entity=1), Scope()], [Scope(market=3)]) == (Scope(market=3),)
    assert common([Scope(market=4)], [Scope(market=3)]) == ()
