"""Which backups are kept: all of the last seven days, then one a week for four weeks, then one a month for a year."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

DAILY, WEEKLY, MONTHLY = 7, 4, 12


def taken(path: Path) -> datetime | None:
    """When a backup was taken, by its name; None for other files."""
    try:
        return datetime.strptime(path.name, "tradewind-%Y%m%d-%H%M%S.twb")  # noqa: DTZ007  names are in UTC, only compared
    except ValueError:
        return None


def to_keep(paths: Iterable[Path]) -> set[Path]:
    """The backups that stay; files with other names always do."""
    dated = sorted(((at, path) for path in paths if (at := taken(path))), reverse=True)
    if not dated:
        return set()
    newest = dated[0][0]
    kept = {path for at, path in dated if at > newest - timedelta(days=DAILY)}
    for most, period in ((WEEKLY, week_of), (MONTHLY, month_of)):
        groups: dict[tuple[int, int], Path] = {}
        for at, path in dated:
            groups.setdefault(period(at), path)
        kept |= {groups[key] for key in sorted(groups, reverse=True)[:most]}
    return kept


def week_of(at: datetime) -> tuple[int, int]:
    """ISO year and week."""
    year, week, _day = at.isocalendar()
    return year, week


def month_of(at: datetime) -> tuple[int, int]:
    """Year and month."""
    return at.year, at.month
