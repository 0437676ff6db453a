"""How goals are scored, where they should be today, where they will end, and what is wrong with the tree they stand in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import sqrt

ZERO, ONE = Decimal(0), Decimal(1)
NEAR, FAR = Decimal("0.1"), Decimal("0.25")
ENOUGH = Decimal("0.95")
HEAVY = Decimal("0.6")
CROWD = 5
SURE, UNSURE = 70, 40
STATUSES = ("on_track", "at_risk", "off_track", "no_data", "done")
FAULTS = ("circular", "unowned", "unmeasured", "orphan", "outside", "unsupported", "heavy", "crowded")
BUCKETS = ((0, 20), (20, 40), (40, 60), (60, 80), (80, 100))
# The 0.90 quantile of Student's t for 1 to 30 degrees of freedom: an interval that holds 8 of 10 outcomes.
STUDENT = (3.078, 1.886, 1.638, 1.533, 1.476, 1.440, 1.415, 1.397, 1.383, 1.372, 1.363, 1.356, 1.350, 1.345, 1.341, 1.337, 1.333,
           1.330, 1.328, 1.325, 1.323, 1.321, 1.319, 1.318, 1.316, 1.315, 1.314, 1.313, 1.311, 1.310)  # fmt: skip
NORMAL = 1.282


def score(
    kind: str,
    start: Decimal,
    target: Decimal | None,
    low: Decimal | None,
    high: Decimal | None,
    value: Decimal | None,
) -> Decimal | None:
    """How much of a key result is reached, from 0 to 1; None without a value or without anything to reach.

    clamp((value - start) / (target - start), 0, 1), whichever way the target lies. A yes is 1. A range is 1 inside it and falls to 0
    one width of the range outside it; a range with one bound is 1 or 0. A target that equals the start is kept or not kept.
    """
    if value is None:
        return None
    if kind == "yesno":
        return ONE if value >= ONE else ZERO
    if kind == "range":
        return _kept(low, high, value)
    if target is None:
        return None
    if target == start:
        return ONE if value >= target else ZERO
    return clamp((value - start) / (target - start))


def _kept(low: Decimal | None, high: Decimal | None, value: Decimal) -> Decimal | None:
    if low is None and high is None:
        return None
    beside = max(ZERO, (low - value) if low is not None else ZERO, (value - high) if high is not None else ZERO)
    if not beside:
        return ONE
    width = high - low if low is not None and high is not None else ZERO
    return clamp(ONE - beside / width) if width > 0 else ZERO


def clamp(share: Decimal) -> Decimal:
    """The share, held between 0 and 1."""
    return min(max(share, ZERO), ONE)


def weighted(pairs: Iterable[tuple[Decimal | None, int]]) -> Decimal | None:
    """The weighted mean of (share, weight); a child without a value does not count, and without any the mean is None."""
    known = [(share, weight) for share, weight in pairs if share is not None and weight > 0]
    total = sum(weight for _, weight in known)
    return sum((share * weight for share, weight in known), ZERO) / total if total else None


def expected(start: date, end: date, today: date, kind: str = "number") -> Decimal:
    """Where a score should be at the close of `today` on a straight line over the days, both included, from 0 to 1.

    A range should be kept all the time; a yes is due on the last day.
    """
    if kind == "range":
        return ONE
    if today >= end:
        return ONE
    if today < start or kind == "yesno":
        return ZERO
    return Decimal((today - start).days + 1) / Decimal((end - start).days + 1)


def on_line(start: Decimal, target: Decimal | None, share: Decimal) -> Decimal | None:
    """The value a key result should have when `share` of the way is due; None without a target."""
    return None if target is None else start + (target - start) * share


@dataclass(frozen=True, slots=True)
class Forecast:
    """Where a value will be on a day: the middle of the trend, and the bounds that hold eight outcomes of ten."""

    day: date
    low: Decimal
    middle: Decimal
    high: Decimal
    points: int


@dataclass(frozen=True, slots=True)
class Trend:
    """A straight line by least squares through the values of at least three days."""

    origin: date
    count: int
    mean_day: float
    mean: float
    slope: float
    spread: float
    error: float

    def at(self, day: date) -> Forecast:
        """The forecast for a day, with the interval of a single new value."""
        x = float((day - self.origin).days) - self.mean_day
        middle = self.mean + self.slope * x
        freedom = self.count - 2
        quantile = STUDENT[freedom - 1] if freedom <= len(STUDENT) else NORMAL
        half = quantile * self.error * sqrt(1 + 1 / self.count + x * x / self.spread)
        return Forecast(day, _plain(middle - half), _plain(middle), _plain(middle + half), self.count)


def trend(points: Iterable[tuple[date, Decimal]]) -> Trend | None:
    """The trend of (day, value), the last value of a day counting; None for fewer than three days: that is no trend."""
    last = dict(sorted(points, key=lambda point: point[0]))
    if len(last) < 3:
        return None
    origin = min(last)
    xs = [float((day - origin).days) for day in last]
    ys = [float(value) for value in last.values()]
    count = len(xs)
    mean_x, mean_y = sum(xs) / count, sum(ys) / count
    spread = sum((x - mean_x) ** 2 for x in xs)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / spread
    missed = sum((y - mean_y - slope * (x - mean_x)) ** 2 for x, y in zip(xs, ys, strict=True))
    return Trend(origin, count, mean_x, mean_y, slope, spread, sqrt(missed / (count - 2)))


def forecast(points: Iterable[tuple[date, Decimal]], end: date) -> Forecast | None:
    """Where the values of some days lead by `end`; None for fewer than three days."""
    line = trend(points)
    return line.at(end) if line else None


def _plain(value: float) -> Decimal:
    return Decimal(repr(round(value, 4)))


def status(
    share: Decimal | None,
    due: Decimal,
    ahead: tuple[Decimal, Decimal] | None = None,
    *,
    kind: str = "number",
    confidence: int | None = None,
    over: bool = False,
) -> str:
    """How a goal or key result stands: `done`, `on_track`, `at_risk`, `off_track`, or `no_data` without a score.

    `share` is the score, `due` the line of today, `ahead` the scores forecast for the end (middle, best end of the interval). Against the line: up to
    0.1 behind is fine, up to 0.25 a risk. By forecast: fine when the middle arrives (0.95), a risk when only the best end does.
    The two are averaged, the worse half-step winning. A yes-or-no that is still open follows its owner's confidence. A range is never done before
    its days are `over`.
    """
    if share is None:
        return "no_data"
    if share >= ONE and (kind != "range" or over):
        return "done"
    if kind == "yesno" and not over:
        return _by_confidence(confidence)
    behind = due - share
    marks = [0 if behind <= NEAR else 1 if behind <= FAR else 2]
    if ahead is not None and not over:
        marks.append(0 if ahead[0] >= ENOUGH else 1 if ahead[1] >= ENOUGH else 2)
    return STATUSES[(sum(marks) + len(marks) - 1) // len(marks)]


def _by_confidence(confidence: int | None) -> str:
    if confidence is None or confidence >= SURE:
        return "on_track"
    return "at_risk" if confidence >= UNSURE else "off_track"


@dataclass(frozen=True, slots=True)
class Goal:
    """What the check of the tree looks at: one open objective. `results` are (weight, can be measured)."""

    id: int
    level: str
    start: date
    end: date
    period: str
    owner: int | None
    parents: tuple[int, ...] = ()
    results: tuple[tuple[int, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with an objective; `other` is the parent, or the owner, it is wrong with, `size` how far."""

    code: str
    goal: int
    other: int | None = None
    size: int = 0


def faults(goals: Iterable[Goal]) -> list[Fault]:
    """What is wrong with the alignment of open objectives, in the order of FAULTS, then of the goals.

    circular: serves itself by a round. unowned. unmeasured: no key result that can be measured. orphan: below company level and serves nothing.
    outside: its days leave its parent's. unsupported: a company or market goal that no other goal serves. heavy: one key result
    has more than 60 % of the weight. crowded: its owner has more than five goals in that period (told at the sixth and later).
    """
    known = {goal.id: goal for goal in goals}
    served = {parent for goal in known.values() for parent in goal.parents}
    found = [Fault("circular", goal) for goal in sorted(circles({g.id: g.parents for g in known.values()}))]
    for goal in known.values():
        found += _own_faults(goal)
        if goal.level in ("company", "market") and goal.id not in served:
            found.append(Fault("unsupported", goal.id))
        parents = [known[parent] for parent in goal.parents if parent in known]
        found += [Fault("outside", goal.id, p.id) for p in parents if goal.start < p.start or goal.end > p.end]
    found += _crowds(known.values())
    return sorted(found, key=lambda fault: FAULTS.index(fault.code))


def _own_faults(goal: Goal) -> list[Fault]:
    found = []
    if goal.owner is None:
        found.append(Fault("unowned", goal.id))
    if not any(measured for _, measured in goal.results):
        found.append(Fault("unmeasured", goal.id))
    if goal.level != "company" and not goal.parents:
        found.append(Fault("orphan", goal.id))
    total = sum(weight for weight, _ in goal.results)
    heaviest = max((weight for weight, _ in goal.results), default=0)
    if total and Decimal(heaviest) / total > HEAVY:
        found.append(Fault("heavy", goal.id, None, round(100 * heaviest / total)))
    return found


def _crowds(goals: Iterable[Goal]) -> list[Fault]:
    held: dict[tuple[int, str], list[Goal]] = defaultdict(list)
    for goal in goals:
        if goal.owner is not None:
            held[goal.owner, goal.period].append(goal)
    return [Fault("crowded", goal.id, owner, len(many)) for (owner, _), many in held.items() for goal in many[CROWD:]]


def circles(parents: Mapping[int, Sequence[int]]) -> set[int]:
    """Those that come back to themselves by going up from parent to parent."""
    left = {child: [up for up in ups if up in parents] for child, ups in parents.items()}
    # Whoever has no way up, or no way down, is on no round: strip such ends until nothing changes, then walk what is left.
    while True:
        pointed = {up for ups in left.values() for up in ups}
        ends = {child for child, ups in left.items() if not ups or child not in pointed}
        if not ends:
            break
        left = {child: [up for up in ups if up not in ends] for child, ups in left.items() if child not in ends}
    return {child for child in left if _returns(left, child)}


def _returns(parents: Mapping[int, Sequence[int]], child: int) -> bool:
    seen: set[int] = set()
    waiting = list(parents[child])
    while waiting:
        up = waiting.pop()
        if up == child:
            return True
        if up not in seen:
            seen.add(up)
            waiting.extend(parents[up])
    return False


@dataclass(frozen=True, slots=True)
class Bucket:
    """Check-ins with a confidence from `low` to `high` per cent: what was `said` on average and what `came` true, from 0 to 1."""

    low: int
    high: int
    count: int
    said: Decimal | None
    came: Decimal | None


@dataclass(frozen=True, slots=True)
class Calibration:
    """How right confidence was: buckets, the Brier score (0 is perfect, 0.25 is a coin) and the bias (above 0: too sure)."""

    count: int
    brier: Decimal | None
    bias: Decimal | None
    buckets: tuple[Bucket, ...]


def calibration(pairs: Iterable[tuple[int, bool]]) -> Calibration:
    """How right the confidence (0 to 100) of check-ins was, once it is known whether the target was reached."""
    known = [(Decimal(sure) / 100, Decimal(int(reached))) for sure, reached in pairs]
    buckets = []
    for low, high in BUCKETS:
        inside = [(s, r) for s, r in known if low <= s * 100 < high or (high == 100 and s == ONE)]
        buckets.append(Bucket(low, high, len(inside), _mean([s for s, _ in inside]), _mean([r for _, r in inside])))
    brier = _mean([(s - r) ** 2 for s, r in known])
    return Calibration(len(known), brier, _mean([s - r for s, r in known]), tuple(buckets))


def _mean(values: Sequence[Decimal]) -> Decimal | None:
    return sum(values, ZERO) / len(values) if values else None


def uncovered(start: date, end: date, covered: Iterable[tuple[date, date]]) -> list[tuple[date, date]]:
    """The stretches of a long-term goal's days that no goal under it covers, first to last, both days included."""
    gaps: list[tuple[date, date]] = []
    free = start.toordinal()
    for first, last in sorted(covered):
        if first.toordinal() > free and free <= end.toordinal():
            gaps.append((date.fromordinal(free), date.fromordinal(min(first.toordinal() - 1, end.toordinal()))))
        free = max(free, last.toordinal() + 1)
    if free <= end.toordinal():
        gaps.append((date.fromordinal(free), end))
    return gaps
