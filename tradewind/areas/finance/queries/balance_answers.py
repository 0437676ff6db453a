"""Balances as a file and the API tell them: exact amounts beside their currencies, with the rates they were converted at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from tradewind.areas.finance.queries.balance_asked import Ask
from tradewind.areas.finance.queries.balances import Balance
from tradewind.areas.finance.queries.balances_shown import LINE_NAMES, Shown
from tradewind.areas.finance.queries.rates import ClosingRate
from tradewind.areas.finance.rules.balances import GROUP, LINES
from tradewind.base.money import from_units
from tradewind.engines.metrics.board import names_of

STEP_PARTS = ("opening", "moved", "held", "during", "closing")


def units(amount: int | None) -> Any:
    """An exact amount for a file; blank where there is none."""
    return "" if amount is None else from_units(amount)


def table(ask: Ask, found: Shown) -> Iterator[list[Any]]:
    """The balances as rows of a file, the heading first."""
    names = names_of("entity", {key for row in found.rows for key in (row.entity, row.partner)})
    yield [
        _("Day"), _("Entity"), _("Kind of balance"), _("Other company of the group"), _("Currency"), _("Amount"), _("Functional currency"),
        _("Rate"), _("Rule"), _("Rate of"), _("In the functional currency"), _("Opening"), _("Moved"),
        _("Exchange difference on the opening"), _("Exchange difference on what moved"), _("Group currency"), _("Rate"), _("Rate of"),
        _("In the group currency"),
    ]  # fmt: skip
    for row in found.rows:
        if ask.chosen and row.entity != ask.entity:
            continue
        own, whole, step = row.rate, row.group_rate, row.step
        yield [
            ask.day, names[row.entity], str(LINE_NAMES[row.line]), names[row.partner] if row.partner else "", row.currency,
            from_units(row.amount), row.functional, *((own.value, own.rule, own.published) if own else ("", "", "")), units(row.value),
            *(from_units(getattr(step, part)) if step else "" for part in STEP_PARTS[:4]), found.made.currency,
            *((whole.value, whole.published) if whole else ("", "")), units(row.group_value),
        ]  # fmt: skip


def exact(amount: int | None) -> str | None:
    """An amount as an exact text."""
    return None if amount is None else format(from_units(amount), "f")


def rate_out(rate: ClosingRate | None) -> dict[str, Any] | None:
    """A closing rate: what one unit is worth, by which rule, of which day, how many days old."""
    if rate is None:
        return None
    return {"value": f"{rate.value:f}", "rule": rate.rule, "published": rate.published, "age": rate.age}


def row_out(row: Balance) -> dict[str, Any]:
    """A balance with its rates and the way from the closing before."""
    step = {part: exact(getattr(row.step, part)) for part in STEP_PARTS} if row.step else None
    return {
        "entity": row.entity, "line": row.line, "partner": row.partner, "currency": row.currency, "amount": exact(row.amount),
        "functional": row.functional, "rate": rate_out(row.rate), "value": exact(row.value),
        "group_rate": rate_out(row.group_rate), "group_value": exact(row.group_value), "step": step,
    }  # fmt: skip


def answer(ask: Ask, found: Shown) -> dict[str, Any]:
    """All that the page tells: null where a sum would tell what one may not see."""
    rows = [row for row in found.rows if not ask.chosen or row.entity == ask.entity]
    entities = [key for key in found.entities if not ask.chosen or key == ask.entity]
    return {
        "day": ask.day, "currency": found.made.currency, "kept_at": found.made.kept_at, "before": found.before,
        "balances": [row_out(row) for row in rows],
        "entities": [
            {"entity": key, "functional": found.functional.get(key, ""), "total": exact(found.total(key)),
             "lines": {line: exact(found.cell(key, line)) for line in LINES}} for key in entities
        ],
        "group": None if ask.chosen else {
            "lines": {line: exact(found.whole(line)) for line in LINES}, "within": exact(found.within(GROUP)), "total": exact(found.everything()),
        },
        "pairs": [
            {"first": pair.first, "second": pair.second, "currency": pair.currency, "first_says": exact(pair.first_says),
             "second_says": exact(pair.second_says), "difference": exact(pair.difference)}
            for pair in found.pairs if not ask.chosen or ask.entity in (pair.first, pair.second)
        ],
        "left_out": found.seen.hidden, "changed": list(found.changed), "without_rate": found.without_rate,
        "unknown": [{"entity": gap.entity, "line": gap.line, "what": gap.words} for gap in found.made.gaps],
    }  # fmt: skip
