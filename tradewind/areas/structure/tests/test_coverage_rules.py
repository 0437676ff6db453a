"""Coverage: what a cell is called, and what follows for shares."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewind.areas.structure.rules.coverage import (
    COVERED,
    DOUBLE,
    GAP,
    UNANSWERED,
    UNDONE,
    Line,
    matrix,
)  # fmt: skip

CASES = [
    ("nothing said", [], GAP),
    ("told and asked alone", [(1, "", "C"), (2, "", "I")], GAP),
    ("done, nobody answers", [(1, "", "R")], UNANSWERED),
    ("answered for, nobody does it", [(1, "", "A")], UNDONE),
    ("one team does and answers", [(1, "", "A"), (1, "", "R")], COVERED),
    ("several do, one answers", [(1, "", "A"), (2, "", "R"), (3, "", "R")], COVERED),
    ("two answer", [(1, "", "A"), (2, "", "A"), (2, "", "R")], DOUBLE),
    ("two answer for different duties", [(1, "ads", "A"), (1, "ads", "R"), (2, "seo", "A"), (2, "seo", "R")], COVERED),
    ("a duty takes what it lacks from the whole", [(1, "", "A"), (1, "", "R"), (2, "seo", "R")], COVERED),
    ("a duty of its own without who answers", [(1, "ads", "R")], UNANSWERED),
    ("two answer for one duty", [(1, "", "A"), (1, "", "R"), (2, "seo", "A"), (3, "seo", "A")], DOUBLE),
]


@pytest.mark.parametrize(("words", "parts", "state"), CASES, ids=[case[0] for case in CASES])
def test_cell_is_called_by_its_worst_duty(words: str, parts: list[tuple[int, str, str]], state: str) -> None:
    lines = [Line(team, 10, 20, duty, letter) for team, duty, letter in parts]
    assert matrix([10], [20], lines).cells[10, 20].state == state


def test_line_without_market_holds_in_every_market() -> None:
    found = matrix(
        [10, 11], [20, 21], [Line(1, 10, None, "", "A"), Line(1, 10, None, "", "R"), Line(2, 10, 21, "", "A")]
    )
    assert found.cells[10, 20].state == COVERED
    assert (found.cells[10, 21].state, found.cells[10, 21].accountable) == (DOUBLE, (1, 2))
    assert found.cells[11, 20].state == GAP
    assert (found.share(), found.share(function=10), found.share(market=21)) == (
        Decimal("0.25"),
        Decimal("0.5"),
        Decimal(0),
    )


def test_nothing_to_cover_has_no_share() -> None:
    assert matrix([], [20], []).share() is None


LINES = st.lists(
    st.builds(
        Line,
        st.integers(1, 4),
        st.integers(10, 12),
        st.none() | st.integers(20, 22),
        st.sampled_from(["", "ads"]),
        st.sampled_from("RACI"),
    ),
    max_size=25,
)


@given(LINES)
def test_covered_cells_have_who_answers_and_who_does_it(lines: list[Line]) -> None:
    found = matrix([10, 11, 12], [20, 21, 22], lines)
    for cell in found.cells.values():
        assert (cell.state == COVERED) == (not cell.faults)
        if cell.state == COVERED:
            assert cell.accountable
            assert cell.responsible
    assert sum(found.covered(market=market) for market in found.markets) == found.covered()


@given(LINES)
def test_spelling_a_line_out_for_each_market_changes_nothing(lines: list[Line]) -> None:
    markets = [20, 21, 22]
    spelled = [Line(one.team, one.function, market, one.duty, one.letter)
               for one in lines for market in (markets if one.market is None else [one.market])]  # fmt: skip
    assert matrix([10, 11, 12], markets, lines) == matrix([10, 11, 12], markets, spelled)
