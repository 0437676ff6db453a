"""Key results: the list, a result's page with its way and forecast, forms, check-ins, and what a metric says today."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from tradewind.areas.structure.access import GOAL_READ, may_steer
from tradewind.areas.structure.actions import goals_results as actions
from tradewind.areas.structure.actions.goals_readings import read_value, unit_of
from tradewind.areas.structure.forms.goals import CheckInFields, ResultFields, metrics_for
from tradewind.areas.structure.queries import goals as queries
from tradewind.areas.structure.queries import people
from tradewind.areas.structure.queries.goal_results import views_of, whole
from tradewind.areas.structure.views.goals import OPEN, result_rows, tabs, today_of
from tradewind.areas.structure.views.goals_words import result_chart, value_words
from tradewind.base.errors import NotAllowed, Refused
from tradewind.engines.metrics.registry import METRICS
from tradewind.nouns.goals.models import GoalState, KeyResult, Objective, ResultKind
from tradewind.nouns.org.models import Entity, Market
from tradewind.nouns.org.queries import reader
from tradewind.ui.pages import ActionPage, Bool, Choice, Col, DetailPage, FormPage, ListPage, Page, Ref, Section
from tradewind.ui.pages.details import find


def words(name: str) -> Any:
    """A column that tells a stored value of a key result."""
    return lambda row: None if getattr(row, name) is None else value_words(row, whole(getattr(row, name)))


class ResultList(ListPage[KeyResult]):
    area, stem, plural = "structure", "goal-result", "goals/results"
    title, icon = _("Key results"), "list-check"
    read, guide, in_menu = GOAL_READ, "goals", False
    columns = [
        Col("title", _("Key result"), kind="localtext", link=True),
        Col("objective", _("Goal"), value="objective.title", kind="localtext",
            link=lambda row: reverse("structure:goal-detail", kwargs={"pk": row.objective_id})),
        Col("period", _("Period"), value="objective.period", sort="objective__start"),
        Col("owner", _("Owner"), kind="person"),
        Col("kind", pgettext_lazy("key result", "Kind"), value="get_kind_display", sort="kind"),
        Col("metric", _("Counted by"), value=lambda row: METRICS[row.metric].label if row.metric in METRICS else row.metric, sort="metric"),
        Col("start", pgettext_lazy("key result", "Start"), value=words("start"), hidden=True),
        Col("value", _("Value"), value=words("value")),
        Col("target", pgettext_lazy("key result", "Target"), value=words("target")),
        Col("valued_at", _("As of"), kind="moment", sort="valued_at"),
        Col("confidence", _("Confidence (%)"), kind="number", sort="confidence"),
        Col("weight", _("Weight"), kind="number", hidden=True),
    ]  # fmt: skip
    filters = [
        Choice("period", _("Period"), lambda request: [(code, code) for code in queries.periods(queries.objectives(reader(request)), today_of(request))],
               field="objective__period"),
        Choice("kind", pgettext_lazy("key result", "Kind"), ResultKind.choices),
        Bool("bound", _("Counted by a metric"), apply=lambda rows, value: rows.exclude(metric="") if value else rows.filter(metric="")),
        Ref("owner", _("Owner"), lambda request: people.people(reader(request)).order_by("name")),
    ]  # fmt: skip
    default_order = "-period"
    searchable = False
    head_template = "structure/goal_tabs.html"
    empty = _("Key results say how one sees that a goal is reached. They are set on the page of a goal.")

    def rows(self, request: HttpRequest) -> QuerySet[KeyResult]:
        return queries.results(reader(request)).select_related("objective", "owner", "market", "entity")

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        return {"tabs": tabs("goal-result-list")}


class ResultDetail(DetailPage[KeyResult]):
    of = ResultList
    title, subject = "title", "structure.key_result"
    template = "structure/goal_result.html"
    facts = [*ResultList.columns[1:], Col("market", _("Market"), value="market.name", kind="localtext"),
             Col("entity", _("Entity"), value="entity.name", kind="localtext")]  # fmt: skip
    sections = [
        Section(
            _("Check-ins"),
            rows=lambda request, row: row.check_ins.filter(reading=False).select_related("by"),
            columns=[
                Col("day", _("Day"), kind="day"),
                Col("value", _("Value"), value=lambda one: value_words(one.result, whole(one.value))),
                Col("confidence", _("Confidence (%)"), kind="number"),
                Col("comment", _("In a few words")),
                Col("by", _("Who"), kind="person"),
            ],
            empty=_("Nobody has checked in yet."),
            limit=30,
        ),
    ]  # fmt: skip
    actions = ["structure:goal-result-check-in", "structure:goal-result-edit", "structure:goal-result-remove"]

    def _links(self, request: HttpRequest, row: KeyResult) -> list[Any]:
        found = super()._links(request, row)
        if may_steer(reader(request), row.objective):
            return found
        speaks = reader(request).pk in (row.owner_id, row.objective.owner_id)
        return [link for link in found if speaks and link.url.endswith("/check-in/")]

    def extra(self, request: HttpRequest, row: KeyResult) -> dict[str, Any]:
        """Its chart and how it stands."""
        (view,) = views_of([row], today_of(request))
        goal = row.objective
        drawn = [one for one in result_rows(request, goal) if one["result"].pk == row.pk]
        return {"chart": result_chart(view, goal.start, goal.end), "one": drawn[0] if drawn else None, "goal": goal,
                "list_url": reverse("structure:goal-detail", kwargs={"pk": goal.pk})}  # fmt: skip


def goal_of(request: HttpRequest, asked: Any) -> Objective:
    """The goal a new key result is for; 404 where the reader may not see it."""
    return find(queries.objectives(reader(request)), asked)


class ResultForm(FormPage[KeyResult]):
    of = ResultList
    title, edit_title, guide, code = _("New key result"), _("Edit key result"), "goals", GOAL_READ
    form, template = ResultFields, "structure/goal_result_form.html"
    create, update = staticmethod(lambda by, **values: actions.save_result(by, None, **values)), actions.save_result

    def rows(self, request: HttpRequest) -> QuerySet[KeyResult]:
        return queries.results(reader(request)).select_related("objective")

    def form_kwargs(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        goal = row.objective if row is not None else goal_of(request, request.GET.get("objective"))
        if not may_steer(reader(request), goal):
            raise NotAllowed(gettext("You may not change goals here."))
        self.goal = goal
        return {"person": reader(request), "row": row}

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """Amounts as they are typed; a new one looks at the market of its goal."""
        if row is None:
            goal = goal_of(request, request.GET.get("objective"))
            return {"market": goal.market_id, "entity": goal.entity_id, "owner": goal.owner_id, "weight": 1, "start": 0}
        first = super().initial(request, row)
        first |= {name: typed(getattr(row, name)) for name in ("start", "target", "low", "high")}
        cuts = dict(row.cuts)
        return {**first, "channels": cuts.get("channel", []), "countries": cuts.get("country", [])}

    def arguments(self, form: Any) -> dict[str, Any]:
        return {**form.cleaned_data, "objective": self.goal}

    def after(self, row: Any) -> str:
        goal = row.objective if isinstance(row, KeyResult) else self.goal
        return reverse("structure:goal-detail", kwargs={"pk": goal.pk}) + "#results"


def typed(units: int | None) -> Decimal | None:
    """An amount as one would type it."""
    value = whole(units)
    return (
        None
        if value is None
        else value.quantize(Decimal(1))
        if value == value.to_integral_value()
        else value.normalize()
    )


class ResultAction(ActionPage[KeyResult]):
    """One verb on a key result; it leads back to the goal."""

    of, code = ResultList, GOAL_READ

    def rows(self, request: HttpRequest) -> QuerySet[KeyResult]:
        return queries.results(reader(request)).select_related("objective")

    def after(self, row: Any) -> str:
        goal = row.objective_id if isinstance(row, KeyResult) else row.pk
        return reverse("structure:goal-detail", kwargs={"pk": goal}) + "#results"


class ResultCheckIn(ResultAction):
    verb, title, button, icon = "check-in", _("Check in"), _("Check in"), "message-check"
    action = actions.check_in
    form = CheckInFields
    done = _("Checked in")

    @classmethod
    def offered(cls, row: KeyResult) -> bool:
        return row.objective.state == GoalState.PUBLISHED

    def form_kwargs(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        person, goal = reader(request), row.objective
        if person.pk not in (row.owner_id, goal.owner_id) and not may_steer(person, goal):
            raise NotAllowed(gettext("You may not check in here."))
        return {"result": row}

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {"confidence": row.confidence}


class ResultRemove(ResultAction):
    verb, title, button, icon, danger = "remove", _("Remove the key result"), _("Remove"), "trash", True
    action = actions.remove_result

    @classmethod
    def offered(cls, row: KeyResult) -> bool:
        return row.objective.state in OPEN

    def form_kwargs(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        if not may_steer(reader(request), row.objective):
            raise NotAllowed(gettext("You may not change goals here."))
        return {}


class MetricPreview(Page):
    """What a metric says today for the corner that a form names, before it is bound."""

    area, name, path, read, in_menu = "structure", "goal-preview", "goals/preview/", GOAL_READ, False
    title, icon, template = _("Value today"), "eye", "structure/goal_preview.html"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        asked, person = request.GET, reader(request)
        if not asked.get("metric"):
            return {}
        if asked["metric"] not in dict(metrics_for(person)):
            raise Http404
        goal = goal_of(request, asked.get("objective"))
        metric = METRICS[asked["metric"]]
        market, entity = picked(Market, asked.get("market")), picked(Entity, asked.get("entity"))
        result = KeyResult(
            objective=goal, metric=metric.id, market=market, entity=entity, kind=unit_of(metric), rate=asked.get("rate", ""),
            currency=actions.money_of(metric, asked.get("currency", ""), goal, market, entity),
            cuts={"channel": [int(one) for one in asked.getlist("channels") if one.isdecimal()], "country": asked.getlist("countries")},
        )  # fmt: skip
        if result.kind == ResultKind.MONEY and not result.currency:
            return {"trouble": gettext("Name a currency.")}
        try:
            actions.require_corner(person, result)
            value = read_value(result, max(today_of(request), goal.start))
        except Refused as refusal:
            return {"trouble": str(refusal)}
        return {
            "value": value_words(result, whole(value)),
            "metric": metric.label,
            "meaning": metric.meaning,
            "goal": goal,
        }


def picked(model: Any, asked: str | None) -> Any:
    """The record of a key in the address; None for no or another one."""
    return model.objects.filter(pk=int(asked)).first() if asked and asked.isdecimal() and len(asked) < 19 else None


PAGES = (ResultList, ResultDetail, ResultForm, ResultCheckIn, ResultRemove, MetricPreview)
