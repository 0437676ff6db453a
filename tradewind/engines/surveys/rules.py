"""Pure parts of surveys: which groups may be told of, what answers mean, when a person is told again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

MOST_TEXT = 5_000
WITH_OPTIONS = ("choice", "multi", "yesno")
NUMBERS = ("scale", "nps", "number")
LARGEST = Decimal(10) ** 12


def safe_groups(people: Sequence[Mapping[str, str]], cuts: Sequence[str], minimum: int) -> dict[str, list[str]]:
    """The groups of each cut that may be told of, so that nothing told is about fewer than `minimum` people.

    `people` is, for each one who answered, the group in each cut ('' belongs to none). The people are divided step by
    step: a group is told of only if it cuts every part so far into nothing or parts of at least `minimum`. Whatever is
    added and subtracted of what is told is then a sum over such parts, so that no difference of groups, of one cut or
    of several, reveals fewer. Earlier cuts and larger groups go first. Empty for fewer than `minimum` people.
    """
    found: dict[str, list[str]] = {cut: [] for cut in cuts}
    if len(people) < minimum:
        return found
    parts = [set(range(len(people)))]
    for cut in cuts:
        groups: dict[str, set[int]] = defaultdict(set)
        for at, person in enumerate(people):
            if person.get(cut):
                groups[person[cut]].add(at)
        for key, members in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
            cut_up = [piece for part in parts for piece in (part & members, part - members) if piece]
            if all(len(piece) >= minimum for piece in cut_up):
                parts = cut_up
                found[cut].append(key)
    return found


@dataclass(frozen=True)
class Given:
    """One answer as it is kept: an option's code, or a number, or a text."""

    option: str = ""
    number: Decimal | None = None
    text: str = ""


class BadAnswer(ValueError):
    """An answer that does not fit its question; `reason` is `missing`, `option`, `number`, `range` or `long`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read_answer(asked: Mapping[str, Any], value: Any) -> list[Given]:
    """What a person gave to a question of a wave; nothing for an empty answer. Raises BadAnswer."""
    kind = asked["kind"]
    if value in (None, "", []) or (isinstance(value, str) and not value.strip()):
        if asked["required"]:
            raise BadAnswer("missing")
        return []
    if kind in WITH_OPTIONS:
        return read_options(asked, value)
    if kind in NUMBERS:
        return [Given(number=read_number(asked, value))]
    if not isinstance(value, str):
        raise BadAnswer("text")
    if len(value) > MOST_TEXT:
        raise BadAnswer("long")
    return [Given(text=value.strip())]


def read_options(asked: Mapping[str, Any], value: Any) -> list[Given]:
    """The chosen options; one alone unless several may be chosen."""
    chosen = list(value) if isinstance(value, list | tuple | set) else [value]
    known = [option["code"] for option in asked["options"]]
    if any(not isinstance(one, str) or one not in known for one in chosen):
        raise BadAnswer("option")
    if len(chosen) != 1 and asked["kind"] != "multi":
        raise BadAnswer("option")
    return [Given(option=code) for code in known if code in chosen]


def read_number(asked: Mapping[str, Any], value: Any) -> Decimal:
    """A number; a whole one between the ends for a scale."""
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        raise BadAnswer("number") from None
    if not number.is_finite() or abs(number) > LARGEST or number != number.quantize(Decimal("0.0001")):
        raise BadAnswer("number")
    if asked["kind"] != "number" and (number != int(number) or not asked["low"] <= number <= asked["high"]):
        raise BadAnswer("range")
    return number


def is_right(asked: Mapping[str, Any], given: Sequence[Given]) -> bool:
    """Whether exactly the right options were chosen."""
    return bool(asked["right"]) and {one.option for one in given} == set(asked["right"])


def is_passed(right: int, checked: int, pass_mark: int) -> bool | None:
    """Whether enough was right; None where nothing has a right answer."""
    return right * 100 >= pass_mark * checked if checked else None


@dataclass
class Tally:
    """The answers of a group to one question: how many people gave one, and how they are spread.

    `spread` counts options, or the steps of a scale; `mean` is of numbers; `score` is promoters less detractors as a ratio.
    """

    count: int = 0
    spread: dict[str, int] = field(default_factory=dict)
    mean: Decimal | None = None
    score: Decimal | None = None


def tally(asked: Mapping[str, Any], answers: Sequence[Sequence[Given]]) -> Tally:
    """Count the answers that people gave to a question, one sequence for each person."""
    kind, found = asked["kind"], Tally(len(answers))
    if kind in WITH_OPTIONS:
        found.spread = {option["code"]: 0 for option in asked["options"]}
    elif kind != "number" and kind in NUMBERS:
        found.spread = {str(step): 0 for step in range(asked["low"], asked["high"] + 1)}
    numbers = [one.number for given in answers for one in given if one.number is not None]
    for given in answers:
        for one in given:
            key = one.option or (str(int(one.number)) if one.number is not None and kind != "number" else "")
            if key in found.spread:
                found.spread[key] += 1
    if numbers:
        found.mean = sum(numbers, Decimal(0)) / len(numbers)
    if kind == "nps" and numbers:
        pro, contra = sum(one >= 9 for one in numbers), sum(one <= 6 for one in numbers)
        found.score = Decimal(pro - contra) / len(numbers)
    return found


def next_reminder(last: datetime, closes: datetime, every_days: int) -> datetime | None:
    """From when a person may be told again: some days after the last time, never after the end; None for no more."""
    following = last + timedelta(days=every_days)
    return following if every_days and following < closes else None
