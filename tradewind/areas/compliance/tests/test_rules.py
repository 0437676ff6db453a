"""Which backups the keeping rule keeps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tradewind.areas.compliance.rules import taken, to_keep

START = datetime(2026, 1, 1, 3, tzinfo=UTC)


def names(hours: list[int]) -> list[Path]:
    """Backups taken so many hours after the start."""
    return [Path(f"{START + timedelta(hours=h):tradewind-%Y%m%d-%H%M%S.twb}") for h in hours]


def test_daily_backups_of_two_years_thin_out() -> None:
    kept = sorted(to_keep(names([24 * day for day in range(730)])))
    days = [at.date() for path in kept if (at := taken(path))]
    assert len([day for day in days if (days[-1] - day).days < 7]) == 7
    assert 7 + 3 + 10 <= len(kept) <= 7 + 4 + 12
    assert (days[-1] - days[0]).days > 330


@given(st.lists(st.integers(0, 20_000), unique=True, min_size=1, max_size=60))
def test_the_newest_always_stays_and_keeping_is_stable(hours: list[int]) -> None:
    files = names(hours)
    kept = to_keep(files)
    assert max(files) in kept
    assert to_keep(kept) == kept


def test_foreign_files_are_not_judged() -> None:
    assert to_keep([Path("notes.txt")]) == set()
    assert taken(Path("notes.txt")) is None
