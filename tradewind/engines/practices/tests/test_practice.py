"""What may be declared as a practice."""

from __future__ import annotations

from datetime import datetime

import pytest

from tradewind.base.outline import PRACTICES
from tradewind.engines.practices.practice import BUILT, Evidence, practice


def nothing(now: datetime) -> Evidence:
    return Evidence()


def test_leaf_off_the_map_is_refused() -> None:
    with pytest.raises(ValueError, match="not on the map"):
        practice("supply.magic")(nothing)
    assert "supply.magic" not in BUILT


def test_second_count_of_a_leaf_is_refused() -> None:
    with pytest.raises(ValueError, match="counted twice"):
        practice("supply.software")(nothing)
    assert BUILT["supply.software"].collect is not nothing


def test_unknown_cadence_is_refused() -> None:
    with pytest.raises(ValueError, match="cadence"):
        practice("risk.drills", every="fortnight")(nothing)
    assert "risk.drills" not in BUILT


def test_leaf_counted_outside_its_area_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nothing, "__module__", "tradewind.areas.market.practices")
    with pytest.raises(ValueError, match="not in its area"):
        practice("risk.drills")(nothing)


def test_built_practices_are_on_the_map_and_say_where_they_are_counted() -> None:
    assert set(BUILT) <= set(PRACTICES)
    strangers = [key for key, spec in BUILT.items() if f".areas.{spec.leaf.area}." not in spec.collect.__module__]
    assert strangers == []
    assert {"supply.software", "compliance.recovery", "compliance.encryption"} <= set(BUILT)
