"""Pages of budgets: versions, what becomes of them, side by side, as files."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.actions import budget_cells, budget_changes
from tradewind.areas.finance.actions import budgets as actions
from tradewind.areas.finance.exchange.budgets import import_budget, table
from tradewind.areas.finance.forms.budgets import (
    BudgetEdit,
    BudgetFields,
    DriverFields,
    FileFields,
    LimitFields,
    ReasonFields,
    ReforecastFields,
    ScenarioFields,
    ShockFields,
    VersionFields,
)
from tradewind.areas.finance.models import ApprovalLimit, Budget, Line
from tradewind.areas.finance.queries import plan_shown, plans
from tradewind.base import clock
from tradewind.base.errors import Refused
from tradewind.base.money import Money, from_units
from tradewind.engines.access.scope import visible
from tradewind.engines.inbox import actions as requests
from tradewind.engines.inbox.models import Approval, ApprovalStep
from tradewind.engines.metrics import rates
from tradewind.nouns.files.queries import keep, path_of
from tradewind.nouns.org.models import Entity
from tradewind.ui import hooks
from tradewind.ui.formats import format_month
from tradewind.ui.pages import ActionPage, Choice, Col, DayRange, DetailPage, FormPage, ListPage, Page, Ref, Section
from tradewind.ui.pages.columns import reader_zone
from tradewind.ui.pages.files import FILES

TONES = {Budget.DRAFT: "neutral", Budget.SUBMITTED: "attention", Budget.APPROVED: "good", Budget.LOCKED: "info"}
FILE_BYTES = 20 * 1024 * 1024
RESULT_NAMES = {
    "net_revenue": _("Net revenue"), "cm1": _("Contribution margin 1"), "cm2": _("Contribution margin 2"),
    "cm3": _("Contribution margin 3"), "operating_result": _("Operating result"), "result": _("Result"),
}  # fmt: skip
SHOCK_NAMES = {
    "rate": _("Foreign currencies"), "duty": pgettext_lazy("customs", "Duty"), "freight": _("Freight and postage"),
    "fee": _("Marketplace commission, in points"), "ads": _("Price of advertising"),
}  # fmt: skip


class BudgetList(ListPage[Budget]):
    area, stem, guide = "finance", "budget", "budget"
    title, icon, read = _("Budgets"), "calculator", plans.VIEW
    columns = [
        Col("name", _("Name"), sort="name", link=True),
        Col("code", _("Code"), sort="code", hidden=True),
        Col("kind", _("Kind"), value="get_kind_display", sort="kind"),
        Col(
            "state", _("State"), kind="chip", value="get_state_display", tone=lambda row: TONES[row.state], sort="state"
        ),
        Col("entity", _("Entity"), value="entity.name", kind="localtext"),
        Col("market", _("Market"), value="market.name", kind="localtext"),
        Col("start", _("First day"), kind="day", sort="start"),
        Col("end", _("Last day"), kind="day", sort="end"),
        Col("currency", _("Currency"), sort="currency"),
        Col("base", _("Made from"), value="base.name"),
        Col("owner", _("Owner"), kind="person"),
    ]
    filters = [
        Choice("state", _("State"), Budget.STATES),
        Choice("kind", _("Kind"), Budget.KINDS),
        Ref("entity", _("Entity"), lambda request: Entity.objects.all(), search="code"),
        DayRange("start", _("First day")),
    ]
    default_order = "-start"
    primary, primary_code = "finance:budget-new", "finance.create_budget"
    empty = _("Begin a budget for the coming year: rows of accounts and markets, months across, formulas on drivers.")

    def rows(self, request: HttpRequest) -> QuerySet[Budget]:
        return plans.budgets(request.person)  # type: ignore[attr-defined]

    def search(self, rows: QuerySet[Budget], text: str) -> QuerySet[Budget]:
        return rows.filter(name__icontains=text)


def overview(request: HttpRequest, row: Budget) -> dict[str, Any]:
    """The statement by quarter."""
    made = plan_shown.statement(request.person, row)  # type: ignore[attr-defined]

    def money(amount: Decimal) -> Money:
        return Money(amount, made.currency)

    shown = [
        {
            "kind": line.kind,
            "words": in_words(line.kind, line.line, line.account, made.names),
            "amounts": [money(line.cells[head]) for head in made.heads],
            "total": money(line.total),
        }
        for line in made.sheet.rows
    ]
    filled = any(line.kind == "account" for line in made.sheet.rows)
    return {"statement": made, "shown": shown if filled else [], "budget": row}


def in_words(kind: str, line: str, account: str, names: dict[str, str]) -> Any:
    """What a row of a statement is called."""
    if kind == "account":
        return names.get(account, account)
    return RESULT_NAMES[line] if kind == "result" else Line(line).label


def goals(request: HttpRequest, row: Budget) -> dict[str, Any]:
    """The goals beside the plan."""
    found = plan_shown.gaps(request.person, row)  # type: ignore[attr-defined]
    shown = [
        {
            "wish": gap.wish,
            "met": gap.met,
            "partial": gap.partial,
            "asked": Money(gap.wish.asked, gap.wish.currency),
            "planned": Money(gap.planned, gap.wish.currency),
            "gap": Money(gap.gap, gap.wish.currency),
        }
        for gap in found
    ]
    return {"gaps": shown, "budget": row}


def driver_lines(request: HttpRequest, row: Budget) -> dict[str, Any]:
    """Drivers, a line a name and place, with their months."""
    days = plans.months(row)
    found: dict[tuple[Any, ...], dict[Any, Any]] = {}
    for one in plans.drivers(request.person, row):  # type: ignore[attr-defined]
        words = " · ".join(str(part) for part in (one.market, one.product, one.team) if part is not None)
        found.setdefault((one.code, words), {})[one.month] = from_units(one.value)
    lines = [(*key, [values.get(day) for day in days]) for key, values in sorted(found.items())]
    return {"days": days, "lines": lines, "budget": row}


def others(request: HttpRequest, row: Budget) -> dict[str, Any]:
    """Versions to compare with: what it was made from first, then what overlaps."""
    near = plans.budgets(request.person).filter(start__lte=row.end, end__gte=row.start).exclude(pk=row.pk)  # type: ignore[attr-defined]
    return {"versions": sorted(near, key=lambda other: (other.pk != row.base_id, -other.pk))[:30], "budget": row}


def outlook_words(row: Budget) -> str:
    """Where a reforecast has the revenue of the months ahead from; blank for other versions."""
    if row.actual_to is None:
        return ""
    if row.outlook == Budget.PLAN or row.forecast is None:
        return str(row.get_outlook_display())
    month = format_month(row.forecast.origin)
    return gettext("%(outlook)s, made from %(month)s on") % {"outlook": row.get_outlook_display(), "month": month}


class BudgetDetail(DetailPage[Budget]):
    of, title = BudgetList, "name"
    facts = [*BudgetList.columns[1:], Col("rate", _("Budget rate"), value=lambda row: rates.rule(row.rate or "month").label),
             Col("actual_to", _("Actual amounts up to"), kind="day"), Col("outlook", _("Revenue of the months ahead"), value=outlook_words),
             Col("submitted_by", _("Submitted by"), kind="person"),
             Col("approved_by", _("Approved by"), kind="person"),
             Col("approved_at", _("Approved"), kind="moment"), Col("locked_at", _("Locked"), kind="moment")]  # fmt: skip
    sections = [
        Section(_("By quarter"), template="finance/budget_overview.html", context=overview),
        Section(_("Goals beside the plan"), template="finance/budget_goals.html", context=goals),
        Section(_("Drivers"), template="finance/budget_drivers.html", context=driver_lines),
        Section(_("Other versions"), template="finance/budget_versions.html", context=others),
    ]
    actions = [
        "finance:budget-grid", "finance:budget-submit", "finance:budget-approve", "finance:budget-return", "finance:budget-lock",
        "finance:budget-copy", "finance:budget-reforecast", "finance:budget-scenario", "finance:budget-shocks", "finance:budget-driver",
        "finance:budget-import", "finance:budget-edit",
    ]  # fmt: skip


class BudgetForm(FormPage[Budget]):
    of = BudgetList
    title, edit_title = _("New budget"), _("Edit budget")
    form, create, update = BudgetFields, actions.create_budget, actions.update_budget

    def build(self, request: HttpRequest, row: Any, data: Any = None) -> forms.BaseForm:
        return super().build(request, row, data) if row is None else EditForm().build(request, row, data)

    states = (Budget.DRAFT,)


class EditForm(FormPage[Budget]):
    """The form of a budget that exists; not a page of its own."""

    form = BudgetEdit


class Version(ActionPage[Budget]):
    """Makes another version: leads to the new one, and suggests its names."""

    ending: Any = ""

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {"name": f"{row.name} · {self.ending}"[:160], "code": f"{row.code}-{Budget.objects.count() + 1}"[:60]}


class BudgetCopy(Version):
    of, verb, icon = BudgetList, "copy", "copy"
    title, button, action, form = _("Copy the budget"), _("Copy"), actions.copy_budget, VersionFields
    text = _("The copy is a draft with the same rows, months and drivers as this version has now.")
    ending = _("copy")


class BudgetReforecast(Version):
    ending = _("reforecast")
    of, verb, icon = BudgetList, "reforecast", "rotate-clockwise"
    title, button, action, form = (
        _("Make a reforecast"),
        _("Reforecast"),
        budget_changes.reforecast_budget,
        ReforecastFields,
    )
    text = _(
        "Closed months take what really happened, the months after them the plan of this version, which stays as it is, or the revenue that is expected."
    )

    @classmethod
    def offered(cls, row: Budget) -> bool:
        return row.kind != Budget.SCENARIO and row.state in (Budget.APPROVED, Budget.LOCKED)


class BudgetScenario(Version):
    of, verb, icon = BudgetList, "scenario", "git-branch"
    title, button, action, form = _("Make a scenario"), _("Scenario"), budget_changes.make_scenario, ScenarioFields
    ending = _("scenario")
    text = _("A copy that bears shocks; its effect on the result is shown line by line beside this version.")

    def arguments(self, form: forms.BaseForm) -> dict[str, Any]:
        shocks = form.shocks()  # type: ignore[attr-defined]
        return {"code": form.cleaned_data["code"], "name": form.cleaned_data["name"], "shocks": shocks}

    def after(self, row: Any) -> str:
        made = isinstance(row, Budget) and row.kind == Budget.SCENARIO and row.base_id
        return reverse("finance:budget-compare", args=[row.base_id, row.pk]) if made else super().after(row)


class BudgetShocks(ActionPage[Budget]):
    of, verb, icon = BudgetList, "shocks", "bolt"
    title, button, action, form = _("Change the shocks"), _("Change shocks"), budget_changes.set_shocks, ShockFields

    @classmethod
    def offered(cls, row: Budget) -> bool:
        return row.kind == Budget.SCENARIO and row.state == Budget.DRAFT

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return dict(plan_shown.shocks_of(row))

    def arguments(self, form: forms.BaseForm) -> dict[str, Any]:
        return {"shocks": form.shocks()}  # type: ignore[attr-defined]


class BudgetSubmit(ActionPage[Budget]):
    of, verb, icon = BudgetList, "submit", "send"
    title, button, action = _("Submit the budget"), _("Submit"), actions.submit_budget
    text = _("Whoever may approve its costs is asked. Until they answer nobody can change it.")

    @classmethod
    def offered(cls, row: Budget) -> bool:
        return row.state == Budget.DRAFT and row.kind != Budget.SCENARIO


def waiting_for(person: Any, budget: Budget) -> Approval | None:
    """The request that waits for a person's word on a budget."""
    return Approval.objects.filter(
        action=actions.APPROVE, action_subject=budget.pk, state=Approval.PENDING, steps__state=ApprovalStep.OPEN,
        steps__approver=person,
    ).first()  # fmt: skip


class BudgetApprove(ActionPage[Budget]):
    of, verb, icon = BudgetList, "approve", "check"
    title, button, action = _("Approve the budget"), _("Approve"), actions.approve_budget
    states = (Budget.SUBMITTED,)

    def warning(self, request: HttpRequest, row: Any) -> Any:
        costs = actions.costs_of(row) if plan_shown.kept_lines(request.person, row)[-1:] == ("below",) else None  # type: ignore[attr-defined]
        return (
            _("Its costs are %(costs)s.") % {"costs": costs}
            if costs
            else _("What is approved changes by transfer only.")
        )

    def perform(self, request: HttpRequest, row: Budget | None, values: dict[str, Any]) -> Any:
        """Answer the request that waits for this person, or approve by right."""
        person = request.person  # type: ignore[attr-defined]
        asked = waiting_for(person, row) if row else None
        if asked is None:
            return super().perform(request, row, values)
        requests.approve_request(person, asked)
        return row


class BudgetReturn(ActionPage[Budget]):
    of, verb, icon = BudgetList, "return", "arrow-back-up"
    title, button, action, form = _("Give the budget back"), _("Give back"), actions.return_budget, ReasonFields
    states = (Budget.SUBMITTED,)


class BudgetLock(ActionPage[Budget]):
    of, verb, icon, danger = BudgetList, "lock", "lock", True
    title, button, action = _("Lock the budget"), _("Lock"), actions.lock_budget
    text = _("A locked version never changes. Reforecasts and copies stand beside it.")
    states = (Budget.APPROVED,)


class BudgetDriver(ActionPage[Budget]):
    of, verb, icon = BudgetList, "driver", "adjustments"
    title, button, action, form = _("Set a driver"), _("Set driver"), budget_cells.set_driver, DriverFields
    states = (Budget.DRAFT,)

    @classmethod
    def row_codes(cls) -> list[str]:
        return [budget_cells.set_driver.code]

    def _row(self, request: HttpRequest, kwargs: dict[str, Any]) -> Budget | None:
        """A budget one may see: where the driver may be set is asked by the action."""
        found: Budget = self.rows(request).filter(pk=kwargs["pk"]).first() or gone()
        return found

    def perform(self, request: HttpRequest, row: Budget | None, values: dict[str, Any]) -> Any:
        form = DriverFields(request.POST)
        form.is_valid()
        try:
            values["values"] = form.by_month(plans.months(row or gone()))
        except ValueError as fault:
            raise Refused(str(fault), fields={"values": str(fault)}) from None
        budget_cells.set_driver(request.person, budget=row or gone(), **values)  # type: ignore[attr-defined]
        return row


def gone() -> Any:
    """There is no such record for this person."""
    raise Http404


class BudgetImport(ActionPage[Budget]):
    of, verb, icon = BudgetList, "import", "file-import"
    title, button, action, form = _("Bring in a file"), _("Bring in"), import_budget, FileFields
    states = (Budget.DRAFT,)

    def perform(self, request: HttpRequest, row: Budget | None, values: dict[str, Any]) -> Any:
        kept = keep(values["file"].chunks(), most=FILE_BYTES)
        path, overwrite = path_of(kept.sha256), values["overwrite"]
        import_budget(request.person, row or gone(), path=path, overwrite=overwrite)  # type: ignore[attr-defined]
        return row


class BudgetFile(Page):
    """The rows one may see, as a file that comes in again."""

    area, name, path = "finance", "budget-file", "budgets/<int:pk>/file/<str:kind>/"
    title, icon, read = _("Budget as a file"), "file-export", plans.VIEW
    in_menu = False

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        person = request.person  # type: ignore[attr-defined]
        budget = plans.budgets(person).filter(pk=kwargs["pk"]).first() or gone()
        if kwargs["kind"] not in FILES:
            raise Http404
        hooks.call("on_export", request, self, plans.rows(person, budget).count())
        day = clock.today(reader_zone(request)).isoformat()
        return FILES[kwargs["kind"]](table(person, budget), f"budget-{budget.code}-{day}.{kwargs['kind']}")


class BudgetCompare(Page):
    """Two versions line by line; a scenario beside what it was made from shows the effect of each shock alone too."""

    area, name, path = "finance", "budget-compare", "budgets/<int:pk>/compare/<int:other>/"
    title, icon, read, guide = _("Two versions"), "columns", plans.VIEW, "budget"
    template, in_menu = "finance/budget_compare.html", False

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        person = request.person  # type: ignore[attr-defined]
        left, right = (plans.budgets(person).filter(pk=kwargs[key]).first() or gone() for key in ("pk", "other"))
        found = plan_shown.compare(person, left, right)
        changed = [pair for pair in found.pairs if pair.difference or any(pair.months)]
        whole = request.GET.get("all") == "1"
        scenario = right.kind == Budget.SCENARIO and right.base_id == left.pk
        effects = plan_shown.effects(person, right) if scenario else []
        return {
            "left": left, "right": right, "found": found, "whole": whole, "same": len(found.pairs) - len(changed),
            "lines": [drawn(pair, pair.words, found.currency) for pair in (found.pairs if whole else changed)],
            "results": [drawn(pair, RESULT_NAMES[pair.words], found.currency) for pair in found.results],
            "effects": [(SHOCK_NAMES[name], ratio, Money(pair.difference, right.currency).rounded()) for name, ratio, pair in effects],
        }  # fmt: skip


def drawn(pair: plan_shown.Pair, words: Any, currency: str) -> dict[str, Any]:
    """A pair of amounts for the table; the difference is that of the exact amounts."""
    amounts = {"left": pair.left, "right": pair.right, "difference": pair.difference}
    return {
        "words": words,
        "ratio": pair.ratio,
        **{name: Money(amount, currency).rounded() for name, amount in amounts.items()},
    }


class LimitList(ListPage[ApprovalLimit]):
    area, stem, section = "finance", "approval_limit", "finance"
    title, icon, read = _("Approval limits"), "shield-check", "finance.set_approval_limit"
    columns = [
        Col("person", _("Person"), kind="person"),
        Col("amount", _("Up to"), kind="money", currency="currency", sort="amount"),
    ]
    filters = []
    default_order = "amount"
    primary, primary_code = "finance:approval_limit-set", "finance.set_approval_limit"
    empty = _("Without a limit, whoever holds the right approves any amount.")

    def rows(self, request: HttpRequest) -> QuerySet[ApprovalLimit]:
        found = visible(request.person, self.read, ApprovalLimit.objects.all())  # type: ignore[attr-defined]
        return found.select_related("person")


class LimitSet(ActionPage[ApprovalLimit]):
    of, verb, with_row, icon = LimitList, "set", False, "shield-check"
    title, button, action, form = _("Set a limit"), _("Set limit"), actions.set_approval_limit, LimitFields


class LimitRemove(ActionPage[ApprovalLimit]):
    of, verb, icon, danger = LimitList, "remove", "trash", True
    title, button, action = _("Take the limit away"), _("Take away"), actions.remove_approval_limit


PAGES = (
    BudgetList, BudgetDetail, BudgetForm, BudgetCopy, BudgetReforecast, BudgetScenario, BudgetShocks, BudgetSubmit, BudgetApprove,
    BudgetReturn, BudgetLock, BudgetDriver, BudgetImport, BudgetFile, BudgetCompare, LimitList, LimitSet, LimitRemove,
)  # fmt: skip
