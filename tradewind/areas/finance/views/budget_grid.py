"""The grid of a budget: a spreadsheet for the desk, a list of rows with a form each for the phone; and the pages of a row."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.utils.translation.trans_real import parse_accept_lang_header

from tradewind.areas.finance.actions import budget_cells as actions
from tradewind.areas.finance.forms.budgets import MonthsFields, RowEdit, RowFields, SpreadFields
from tradewind.areas.finance.models import Budget, BudgetRow
from tradewind.areas.finance.queries import plan_shown, plans
from tradewind.base.errors import NotAllowed, Refused
from tradewind.base.money import CURRENCIES
from tradewind.engines.access.scope import visible
from tradewind.ui import formats
from tradewind.ui.formats import format_month
from tradewind.ui.pages import ActionPage, Col, DetailPage, FormPage, ListPage, Page, Ref, Section
from tradewind.ui.pages.edits import initial_of

BYTES = 4_000_000


def budget_of(request: HttpRequest, pk: int) -> Budget:
    """A budget one may see; Http404 for any other."""
    found = plans.budgets(request.person).filter(pk=pk).first()  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    return found


def signs_of(request: HttpRequest) -> dict[str, str]:
    """The decimal sign and that of thousands as the reader writes numbers: by the language of the browser, else that of the page."""
    asked = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    tag = next((tag for tag, _weight in asked if tag != "*"), None)
    shown = format_decimal(Decimal("1234567.5"), format="#,##0.0", locale=formats.locale(tag))
    return {"decimal": shown[-2], "group": shown[1]}


class BudgetGrid(Page):
    """All rows and months in one sheet."""

    area, name, path = "finance", "budget-grid", "budgets/<int:pk>/grid/"
    title, icon, read, guide = _("Edit in the grid"), "table", plans.VIEW, "budget"
    template, in_menu, danger = "finance/budget_grid.html", False, False

    @classmethod
    def row_names(cls) -> list[str]:
        """The budget's page leads here."""
        return ["finance:budget-grid"]

    @classmethod
    def row_codes(cls) -> list[str]:
        """Whoever sees the budget."""
        return [plans.VIEW]

    @classmethod
    def row_label(cls) -> Any:
        """The button's words."""
        return _("Open the grid")

    @classmethod
    def offered(cls, _row: Any) -> bool:
        """Every version can be looked at."""
        return True

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        budget = budget_of(request, kwargs["pk"])
        person = request.person  # type: ignore[attr-defined]
        rows, days = plan_shown.grid_rows(person, budget), plans.months(budget)
        data = {
            "budget": budget.pk, "months": [day.isoformat() for day in days],
            "titles": [format_month(day) for day in days], "rows": rows, "editable": any(row["may"] for row in rows),
            "signs": signs_of(request), "digits": {row["currency"]: CURRENCIES[row["currency"]].digits for row in rows},
        }  # fmt: skip
        return {
            "budget": budget, "data": data, "rows": rows, "title": budget.name, "draft": budget.state == Budget.DRAFT,
            "may_add": request.may("finance.add_row"),  # type: ignore[attr-defined]
        }  # fmt: skip


class BudgetCells(Page):
    """Cells as data: GET reads rows anew, POST writes a batch."""

    area, name, path = "finance", "budget-cells", "budgets/<int:pk>/cells/"
    title, icon, read = _("Months of a budget"), "table", plans.VIEW
    in_menu = False

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """The rows asked for by number, or all."""
        budget = budget_of(request, kwargs["pk"])
        asked = [
            int(part)
            for part in request.GET.get("rows", "").split(",")
            if part.isascii() and part.isdecimal() and len(part) < 16
        ]
        return JsonResponse({"rows": plan_shown.grid_rows(request.person, budget, asked or None)})  # type: ignore[attr-defined]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Write cells; what is refused comes back with the reason and both values."""
        budget = budget_of(request, kwargs["pk"])
        try:
            if len(request.body) > BYTES:
                raise ValueError
            cells = json.loads(request.body)["cells"]
            if not isinstance(cells, list):
                raise TypeError
        except (ValueError, KeyError, TypeError):
            return JsonResponse({"error": gettext("This cannot be read.")}, status=422)
        try:
            answer = actions.set_cells(request.person, budget, cells=cells)  # type: ignore[attr-defined]
        except Refused as refusal:
            return JsonResponse({"error": str(refusal)}, status=403 if isinstance(refusal, NotAllowed) else 422)
        return JsonResponse(answer)


class RowList(ListPage[BudgetRow]):
    area, stem = "finance", "budget_row"
    title, icon, read, guide = _("Budget rows"), "list", plans.VIEW, "budget"
    in_menu = False
    columns = [
        Col("account", _("Account"), value="account.name", kind="localtext", link=True, sort="account__position"),
        Col("budget", _("Budget"), value="budget.name"),
        Col("entity", _("Entity"), value="entity.name", kind="localtext"),
        Col("market", _("Market"), value="market.name", kind="localtext"),
        Col("team", _("Department"), value="team.name", kind="localtext"),
        Col("product", _("Product"), value="product.title"),
        Col("currency", _("Currency")),
        Col("formula", _("Formula"), hidden=True),
        Col("objective", _("Objective"), value="objective.title", kind="localtext", hidden=True),
        Col("owner", _("Owner"), kind="person"),
    ]
    filters = [Ref("budget", _("Budget"), lambda request: plans.budgets(request.person), search="name")]  # type: ignore[attr-defined]
    default_order = "account"
    primary, primary_code = "finance:budget_row-new", "finance.add_row"
    empty = _("Add a row, or bring rows in from a file.")

    def rows(self, request: HttpRequest) -> QuerySet[BudgetRow]:
        found = visible(request.person, plans.VIEW, BudgetRow.objects.all())  # type: ignore[attr-defined]
        return found.select_related("budget", "account", "entity", "market", "team", "product", "objective", "owner")

    def search(self, rows: QuerySet[BudgetRow], text: str) -> QuerySet[BudgetRow]:
        return rows.filter(account__code__icontains=text)


def month_lines(request: HttpRequest, row: BudgetRow) -> dict[str, Any]:
    """The months of a row with their sum."""
    there = plans.cells([row])
    lines = [(day, there.get((row.pk, day))) for day in plans.months(row.budget)]
    return {"lines": lines, "row": row, "sum": sum(cell.amount for _day, cell in lines if cell)}


class RowDetail(DetailPage[BudgetRow]):
    of = RowList
    title = staticmethod(plans.row_words)
    facts = [*RowList.columns[1:], Col("note", _("Note"))]
    sections = [Section(_("Months"), template="finance/budget_row_months.html", context=month_lines)]
    actions = [
        "finance:budget_row-months",
        "finance:budget_row-spread",
        "finance:budget_row-change",
        "finance:budget_row-remove",
    ]


class RowForm(FormPage[BudgetRow]):
    of = RowList
    title, form, create = _("New budget row"), RowFields, actions.add_row

    def after(self, row: Any) -> str:
        return (
            reverse("finance:budget-grid", args=[row.budget_id])
            if isinstance(row, BudgetRow) and row.pk
            else super().after(row)
        )


class OfDraft(ActionPage[BudgetRow]):
    """Something done to a row of a draft."""

    @classmethod
    def offered(cls, row: BudgetRow) -> bool:
        return row.budget.state == Budget.DRAFT


class RowMonths(OfDraft):
    of, verb, icon = RowList, "months", "pencil"
    title, button, code, form = _("Edit the months"), _("Edit months"), actions.SET, MonthsFields
    action = actions.set_cells

    def form_kwargs(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        there = plans.cells([row])
        return {
            "row": row,
            "cells": {
                day: plan_shown.grid_cell(there.get((row.pk, day)), row.formula) for day in plans.months(row.budget)
            },
        }

    def perform(self, request: HttpRequest, row: BudgetRow | None, values: dict[str, Any]) -> Any:
        """Write what differs from what the form was opened with."""
        if row is None:
            raise Http404
        cells = changed_months(row, values)
        told = actions.set_cells(request.person, row.budget, cells=cells) if cells else {"refused": []}  # type: ignore[attr-defined]
        faults = {f"m{one['month'][:4]}{one['month'][5:7]}": in_words(one) for one in told["refused"]}
        if faults:
            raise Refused(gettext("Some months were changed by somebody else meanwhile."), fields=faults)
        return row


def changed_months(row: BudgetRow, values: dict[str, Any]) -> list[dict[str, Any]]:
    """The months whose value differs from what is stored, with the edition that was read."""
    there, found = plans.cells([row]), []
    for day in plans.months(row.budget):
        amount, edition = values.get(f"m{day:%Y%m}"), values.get(f"e{day:%Y%m}")
        cell = there.get((row.pk, day))
        now = plan_shown.grid_cell(cell, row.formula)[0]
        if (amount is None) != (now is None) or (amount is not None and f"{amount:.4f}" != now):
            text = "" if amount is None else str(amount)
            found.append({"row": row.pk, "month": day.isoformat(), "amount": text, "edition": edition})
    return found


def in_words(refused: dict[str, Any]) -> str:
    """Why a month was not taken, with what stands there."""
    now = gettext("Now it says %(amount)s.") % {"amount": refused.get("theirs") or "–"}
    return f"{refused['reason']} {now}"


class RowSpread(OfDraft):
    of, verb, icon = RowList, "spread", "arrows-horizontal"
    title, button, action, form = _("Spread an amount"), _("Spread"), actions.spread_row, SpreadFields
    text = _("The months add up to the amount exactly; what stood there is replaced.")


class RowChange(OfDraft):
    of, verb, icon = RowList, "change", "math-function"
    title, button, action, form = _("Formula, objective and owner"), _("Change"), actions.update_row, RowEdit

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return initial_of(row, list(RowEdit.base_fields))


class RowRemove(OfDraft):
    of, verb, icon, danger = RowList, "remove", "trash", True
    title, button, action = _("Remove the row"), _("Remove"), actions.remove_row

    def after(self, row: Any) -> str:
        return (
            reverse("finance:budget-list") if not isinstance(row, BudgetRow) or row.pk is None else super().after(row)
        )

    def perform(self, request: HttpRequest, row: Any, values: dict[str, Any]) -> Any:
        actions.remove_row(request.person, row, **values)  # type: ignore[attr-defined]
        return None


PAGES = (BudgetGrid, BudgetCells, RowList, RowDetail, RowForm, RowMonths, RowSpread, RowChange, RowRemove)
