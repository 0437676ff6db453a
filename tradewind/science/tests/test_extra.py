"""The science extra: nothing without it; with it models that forecast whatever they are given."""

from __future__ import annotations

from math import pi, sin

import pytest

from tradewind.science.extra import KINDS, available, extra_models, fitted
from tradewind.science.forecast import best
from tradewind.science.theta import theta

needed = pytest.mark.skipif(not available(), reason="the science extra is not installed (tw.py setup --science)")


@pytest.mark.skipif(available(), reason="the science extra is installed")
def test_without_the_extra_there_are_no_further_models() -> None:
    assert extra_models(12) == {}


@needed
@pytest.mark.parametrize("name", sorted(KINDS))
def test_models_of_the_extra_follow_a_season(name: str) -> None:
    values = [200 + 60 * sin(2 * pi * place / 12) for place in range(60)]
    assert extra_models(12)[name](values[:48], 12) == pytest.approx(values[48:], rel=0.1)


@needed
@pytest.mark.parametrize("values", [[5.0] * 20, [1.0, 2.0, 3.0, 2.0, 1.0, 2.0, 3.0, 4.0], [0.0] * 15 + [9.0]])
def test_models_of_the_extra_always_say_something(values: list[float]) -> None:
    for said in extra_models(12).values():
        found = said(values, 4)
        assert len(found) == 4
        assert all(abs(value) < 100 for value in found)


@needed
def test_theta_stands_in_where_the_package_finds_nothing() -> None:
    assert fitted("AutoETS", 1, [], 3) == []
    assert extra_models(12)["ETS"]([2.0], 2) == theta([2.0], 2).forecast


@needed
def test_models_of_the_extra_are_weighed_beside_ours() -> None:
    values = [200 + place + 60 * sin(2 * pi * place / 12) for place in range(48)]
    found = best(values, 12, 12, extra_models(12))
    assert set(KINDS) < set(found.weights)
    assert set(KINDS) < set(found.scores)
