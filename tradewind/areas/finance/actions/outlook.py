"""The months ahead of a reforecast as forecasts and people expect them, instead of as they were planned."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from tradewind.areas.finance.models import Budget, BudgetCell, BudgetRow, ForecastRun, Line
from tradewind.areas.finance.queries import plans
from tradewind.areas.finance.queries.forecasts import READ, newest_run
from tradewind.areas.finance.queries.outlook import Outlook, outlook
from tradewind.areas.finance.rules.outlook import Place, stretched
from tradewind.base.errors import NotAllowed, Refused
from tradewind.base.money import from_units, to_units
from tradewind.engines.access.scope import Scope, can
from tradewind.engines.metrics.rates import EXACT
from tradewind.nouns.org.models import Person

Groups = dict[Place, list[BudgetRow]]


def chosen_run(by: Person | None, budget: Budget, kind: str) -> ForecastRun | None:
    """The forecasts a reforecast takes its revenue from; None for the plan. NotAllowed without the right to see the revenue of its place."""
    if kind not in dict(Budget.OUTLOOKS):
        words = _("Choose where revenue comes from.")
        raise Refused(words, fields={"outlook": words})
    if kind == Budget.PLAN:
        return None
    if by is not None and not can(by, READ, Scope(budget.entity_id, budget.market_id)):
        raise NotAllowed(_("You may not see the revenue of this place."))
    run = newest_run()
    if run is None:
        words = _("There is no forecast of revenue yet.")
        raise Refused(words, code="no_forecast", fields={"outlook": words})
    return run


def fill_outlook(budget: Budget) -> dict[str, int]:
    """Put expected net revenue into the months behind the actual ones; how many months were filled and how many rows' months stay planned.

    The planned rows of a place (sales, discounts, refunds) keep their proportions; where none were planned its row of sales takes all.
    """
    run, last = budget.forecast, budget.actual_to
    if run is None or last is None:
        return {}
    sheet, days = plans.sheet_of(budget), [day for day in plans.months(budget) if day > last]
    groups = grouped(budget, sheet)
    expects = outlook(run, days, budget.outlook == Budget.EXPECTED)
    counts = {"expected": 0, "planned": 0}
    for day in days:
        filled = fill_month(sheet, groups, expects, day)
        counts["expected"] += bool(filled)
        counts["planned"] += len(groups) - filled
    return counts


def grouped(budget: Budget, sheet: plans.Sheet) -> Groups:
    """The rows of net revenue by the entity and market they are of; what a row does not name, the budget may."""
    found: Groups = defaultdict(list)
    for row in sheet.rows.values():
        if row.account.line in plans.NET:
            found[row.entity_id or budget.entity_id, row.market_id or budget.market_id].append(row)
    return dict(found)


def fill_month(sheet: plans.Sheet, groups: Groups, expects: Outlook, day: date) -> int:
    """Fill a month of all groups of rows; how many groups took what is expected of them."""
    filled, currency = 0, expects.run.currency
    for place, target in expects.of(list(groups), day).items():
        rows = groups[place]
        rates = {row.pk: plans.exchange(sheet, row.currency, currency, day) for row in rows}
        planned = {row.pk: EXACT.multiply(planned_of(sheet, row, day), rates[row.pk]) for row in rows}
        amounts = stretched(planned, target) or alone(rows, target)
        for pk, amount in amounts.items():
            own = EXACT.divide(amount, rates[pk]).quantize(plans.STEP, context=EXACT)
            BudgetCell.objects.update_or_create(row_id=pk, month=day, defaults={"amount": to_units(own), "typed": True})
        filled += bool(amounts)
    return filled


def planned_of(sheet: plans.Sheet, row: BudgetRow, day: date) -> Decimal:
    """What a row plans for a month."""
    cell = sheet.cells.get((row.pk, day))
    return from_units(cell.amount) if cell else Decimal(0)


def alone(rows: list[BudgetRow], target: Decimal) -> dict[int, Decimal]:
    """All of it on the first row of sales, the others nothing; empty without such a row."""
    first = next((row for row in rows if row.account.line == Line.GROSS), None)
    return {row.pk: target if row is first else Decimal(0) for row in rows} if first else {}
