"""How far forecasts are off on the series of published competitions, beside simple methods and the best published one.

    python -m bench.accuracy FOLDER [--sample N] [--only SET] [--science]

FOLDER holds `m3_monthly.csv.gz`, `m3_monthly_scores.csv`, `m4_weekly_train.csv.gz`, `m4_weekly_test.csv.gz`,
`m4_published_scores.csv` and `carparts_monthly_1998-01_2002-03.csv.gz`. Errors are counted a series at a time and averaged, as
the competitions do. Nothing is chosen by the part that is kept back: the models are weighted by earlier origins of the known part.
Where the months are known, the number of weekend days of each is offered as a cause, too, as the product does. `--science` adds the forecast with the models of the science extra, if that is installed (`tw.py setup --science`).
"""

from __future__ import annotations

import argparse
import csv
import gzip
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from tradewind.science import extra
from tradewind.science.calendar import best_with_days
from tradewind.science.forecast import Forecast, best, naive, seasonal_naive
from tradewind.science.scores import mase, rmsse, smape
from tradewind.science.seasons import is_seasonal, season_of
from tradewind.science.theta import theta

SEED = 1
NAIVE_WEEKLY, WEEKLY_SERIES, TOLERANCE = (9.1613, 2.7773), 359, 0.00006
FRIDAY, NEWEST = 4, 150  # of a longer series the newest values are what is forecast from
WITH_DAYS = "Tradewind, weekends known"
OURS, WITH_EXTRA, THETA, LAST, CYCLE = "Tradewind", "Tradewind, science extra", "Theta, own", "naive", "seasonal naive"
Method = Callable[[Sequence[float], int, int], list[float]]


@dataclass(frozen=True)
class Case:
    """A series: what is known, what is kept back, and the first month where it is known."""

    known: list[float]
    kept: list[float]
    start: date | None = None


@dataclass
class Tally:
    """The errors of a method over the series of a set; `scaled` and `squared` leave out series whose history is flat."""

    relative: list[float] = field(default_factory=list)
    scaled: list[float] = field(default_factory=list)
    squared: list[float] = field(default_factory=list)

    def add(self, case: Case, said: Sequence[float], lag: int) -> None:
        """Count a forecast of one series."""
        self.relative.append(smape(case.kept, said))
        error = mase(case.known, case.kept, said, lag)
        if error is not None:
            self.scaled.append(error)
        error = rmsse(case.known, case.kept, said)
        if error is not None:
            self.squared.append(error)

    @property
    def means(self) -> tuple[float, ...]:
        """sMAPE, MASE and RMSSE on average."""
        return tuple(sum(errors) / len(errors) for errors in (self.relative, self.scaled, self.squared))


@dataclass
class Held:
    """How many values kept back lay below, within and above the bounds of 80 in 100."""

    below: int = 0
    within: int = 0
    above: int = 0

    def add(self, case: Case, found: Forecast) -> None:
        """Count the bounds of one series."""
        for value, low, high in zip(case.kept, found.low, found.high, strict=True):
            self.below += value < low
            self.above += value > high
            self.within += low <= value <= high

    def words(self) -> str:
        """The shares."""
        count = self.below + self.within + self.above
        return f"{self.within / count:.1%} (below {self.below / count:.1%}, above {self.above / count:.1%})"


def rows(path: Path) -> Iterator[list[str]]:
    """The lines of a packed CSV file behind its heading."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        next(reader)
        yield from reader


def numbers(texts: Sequence[str]) -> list[float]:
    """The numbers of a row; blank places are no values."""
    return [float(text) for text in texts if text]


def m3_monthly(folder: Path) -> list[Case]:
    """M3, monthly: 18 months kept back."""
    found: dict[str, dict[str, list[float]]] = defaultdict(dict)
    starts: dict[str, date] = {}
    for series, _period, _type, _description, part, start, values in rows(folder / "m3_monthly.csv.gz"):
        found[series][part] = numbers(values.split())
        if part == "train":
            starts[series] = date(int(start[:4]), int(start[5:7]), 1)
    return [Case(parts["train"], parts["test"], starts[series]) for series, parts in found.items()]


def m4_weekly(folder: Path) -> list[Case]:
    """M4, weekly: 13 weeks kept back."""
    known, kept = rows(folder / "m4_weekly_train.csv.gz"), rows(folder / "m4_weekly_test.csv.gz")
    return [Case(numbers(train[1:]), numbers(test[1:])) for train, test in zip(known, kept, strict=True)]


def carparts(folder: Path) -> list[Case]:
    """Monthly demand of spare parts, the complete series: 12 months kept back."""
    lines = list(rows(folder / "carparts_monthly_1998-01_2002-03.csv.gz"))
    columns = [[line[place] for line in lines] for place in range(1, len(lines[0]))]
    whole = [numbers(column) for column in columns if all(column)]
    return [Case(values[:-12], values[-12:]) for values in whole]


def published(path: Path, method: str, relative: str, scaled: str, theta_name: str) -> dict[str, tuple[float, float]]:
    """What the competitions reached: Theta, and who had the least sMAPE and the least MASE."""
    with path.open(encoding="utf-8") as file:
        found = {
            row[method]: (float(row[relative]), float(row[scaled])) for row in csv.DictReader(file) if row[relative]
        }
    least = [min(found, key=lambda name: found[name][place]) for place in (0, 1)]
    return {f"published: {name}": found[name] for name in dict.fromkeys((theta_name, *least))}


def published_for(name: str, folder: Path) -> dict[str, tuple[float, float]]:
    """The published errors of a set; nothing for one without a competition."""
    if name == "M3 monthly":
        return published(folder / "m3_monthly_scores.csv", "method", "sMAPE", "MASE", "THETA")
    if name == "M4 weekly":
        return published(folder / "m4_published_scores.csv", "method_or_user", "sMAPE_Weekly", "MASE_Weekly", "Theta")
    return {}


def classical(series: Sequence[float], horizon: int, season: int) -> list[float]:
    """The Theta method with its seasonal test, as published in 2000."""
    cycle = season_of(series, season) if is_seasonal(series, season) else None
    if cycle is None:
        return theta(series, horizon).forecast
    return cycle.back(theta(cycle.out(series), horizon).forecast, len(series))


def croston(series: Sequence[float], horizon: int, _season: int, share: float = 0.1) -> list[float]:
    """Croston's method with the correction of Syntetos and Boylan (2005): the size of a demand over the wait for it."""
    size = wait = 0.0
    since = 1
    for value in series:
        if value:
            size, wait = (
                (size + share * (value - size), wait + share * (since - wait)) if wait else (value, float(since))
            )
            since = 0
        since += 1
    return [(1 - share / 2) * size / wait if wait else 0.0] * horizon


METHODS: dict[str, Method] = {
    THETA: classical, CYCLE: seasonal_naive, LAST: lambda series, horizon, _season: naive(series, horizon),
}  # fmt: skip
RARE: dict[str, Method] = {"Croston, corrected": croston, "zero": lambda _series, horizon, _season: [0.0] * horizon}
SETS: dict[str, tuple[Callable[[Path], list[Case]], int, int]] = {
    "M3 monthly": (m3_monthly, 12, 12), "M4 weekly": (m4_weekly, 52, 1), "car parts": (carparts, 12, 12),
}  # fmt: skip


def measure(name: str, folder: Path, sample: int, science: bool = False) -> bool:
    """Print the table of a set; whether the product is no worse than the seasonal naive forecast, by MASE."""
    load, season, lag = SETS[name]
    cases = load(folder)
    if sample and sample < len(cases):
        cases = random.Random(SEED).sample(cases, sample)
    print(f"\n{name}: {len(cases):,} series, {len(cases[0].kept)} steps ahead")
    found: dict[str, tuple[float, ...]] = dict(published_for(name, folder))
    found[OURS] = product(OURS, cases, season, lag, lambda case: best(case.known, season, len(case.kept)))
    if all(case.start for case in cases):
        found[WITH_DAYS] = product(WITH_DAYS, cases, season, lag, lambda case: with_days(case, season))
    if science:
        more = extra.extra_models(season)
        found[WITH_EXTRA] = product(
            WITH_EXTRA, cases, season, lag, lambda case: best(case.known, season, len(case.kept), more)
        )
    for method, forecast in {**METHODS, **(RARE if name == "car parts" else {})}.items():
        tally = Tally()
        for case in cases:
            tally.add(case, forecast(case.known, len(case.kept), season), lag)
        found[method] = tally.means
    for method, (relative, scaled, *squared) in sorted(found.items(), key=lambda one: one[1][1]):
        last = f"   RMSSE {squared[0]:6.3f}" if squared else ""  # the competitions of these series did not count it
        print(f"  {method:32} sMAPE {relative:8.3f}   MASE {scaled:6.3f}{last}")
    if name == "M4 weekly" and len(cases) == WEEKLY_SERIES:
        check(found[LAST])
    return all(found[method][1] <= found[CYCLE][1] for method in (OURS, WITH_EXTRA) if method in found)


def product(
    method: str, cases: Sequence[Case], season: int, lag: int, forecast: Callable[[Case], Forecast]
) -> tuple[float, ...]:
    """The errors of the product's forecast; prints its time and how its bounds held."""
    tally, held, start = Tally(), Held(), time.process_time()
    for case in cases:
        said = forecast(case)
        tally.add(case, said.middle, lag)
        held.add(case, said)
    each = 1000 * (time.process_time() - start) / len(cases)
    print(f"  {method}: {each:.1f} ms of processor a series; within the bounds of 80 in 100: {held.words()}")
    return tally.means


def with_days(case: Case, season: int) -> Forecast:
    """The forecast with the weekend days of each month offered as a cause."""
    known = case.known[-NEWEST:]
    first = case.start or date.min
    months = [
        month_after(first, place) for place in range(len(case.known) - len(known), len(case.known) + len(case.kept))
    ]
    found, _choice = best_with_days(known, {"weekend": [weekends(month) for month in months]}, season, len(case.kept))
    return found


def month_after(start: date, count: int) -> date:
    """The first day of the month so many months later."""
    place = start.year * 12 + start.month - 1 + count
    return date(place // 12, place % 12 + 1, 1)


def weekends(month: date) -> float:
    """How many Saturdays and Sundays a month has."""
    days = ((month_after(month, 1) - month).days) - 28  # four weeks have eight
    return 8.0 + sum((month + timedelta(days=place)).weekday() > FRIDAY for place in range(days))


def check(last: tuple[float, ...]) -> None:
    """The naive forecast of the weekly series has known errors: unless these come out, nothing here can be compared."""
    if any(abs(one - known) > TOLERANCE for one, known in zip(last[:2], NAIVE_WEEKLY, strict=True)):
        raise SystemExit(
            f"the naive forecast of M4 weekly should be {NAIVE_WEEKLY}, not {last}: errors are counted otherwise"
        )


def main() -> int:
    """Read the command line."""
    words = argparse.ArgumentParser(prog="bench.accuracy")
    words.add_argument("folder", type=Path)
    words.add_argument("--sample", type=int, default=0, help="so many series of each set, for a quick look")
    words.add_argument("--only", choices=list(SETS), default="")
    words.add_argument("--science", action="store_true", help="with the models of the science extra beside ours, too")
    args = words.parse_args()
    return run(args.folder, args.sample, args.only, args.science)


def run(folder: Path, sample: int = 0, only: str = "", science: bool | None = None) -> int:
    """Print the table of every set, or of one; 1 when the product is worse than the seasonal naive forecast on one.

    `science` adds the models of the extra; by default where it is installed.
    """
    there = extra.available()
    if science and not there:
        print("The science extra is not installed: python3 tw.py setup --science")
        return 2
    fair = [measure(name, folder, sample, there if science is None else science) for name in ([only] if only else SETS)]
    return 0 if all(fair) else 1


if __name__ == "__main__":
    sys.exit(main())
