"""Goals: the list, a goal's page, and what one does with it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from tradewind.areas.structure.access import GOAL_READ, GOAL_WRITE, may_answer, may_steer
from tradewind.areas.structure.actions import goals as actions
from tradewind.areas.structure.actions import goals_grades as grades
from tradewind.areas.structure.actions import goals_links as links
from tradewind.areas.structure.forms.goals import (
    AskFields,
    CheckInFields,
    GoalFields,
    GradeFields,
)
from tradewind.areas.structure.queries import goals as queries
from tradewind.areas.structure.queries import people
from tradewind.areas.structure.queries.goal_results import stand_of, views_of
from tradewind.areas.structure.queries.standings import OPEN as SHOWN
from tradewind.areas.structure.queries.standings import standings
from tradewind.areas.structure.rules.goals import STATUSES
from tradewind.areas.structure.views.goals_faults import fault_rows
from tradewind.areas.structure.views.goals_picture import (
    STATE_TONES,
    STATUS_NAMES,
    bar,
    curve,
    share_words,
    status_chip,
)
from tradewind.areas.structure.views.goals_words import about, aim_words, forecast_words, value_words
from tradewind.base import clock
from tradewind.base.errors import NotAllowed
from tradewind.engines.access import search
from tradewind.engines.metrics.corners import unguarded
from tradewind.nouns.goals.models import GoalState, Horizon, Level, Objective, ObjectiveLink
from tradewind.nouns.org.queries import reader
from tradewind.ui.pages import ActionPage, Choice, Col, DayRange, DetailPage, FormPage, ListPage, Ref, is_part
from tradewind.ui.pages.columns import reader_zone

OPEN = (GoalState.DRAFT, GoalState.PUBLISHED)


def today_of(request: HttpRequest) -> Any:
    """Today where the reader is."""
    return clock.today(reader_zone(request))


def counts(row: Any) -> bool:
    """Whether how a goal stands means something: it is published or closed."""
    return row.state in SHOWN


def drawn_status(row: Any, request: HttpRequest) -> SafeString:
    """The status of a listed goal."""
    return status_chip(row.stand.status) if counts(row) else SafeString('<span class="text-faint">–</span>')


def by_status(rows: Any, wanted: list[str]) -> Any:
    """The goals that stand in one of some ways on the reader's day."""
    found = standings(rows, rows.on)
    return rows.filter(state__in=SHOWN, pk__in=[pk for pk, stand in found.items() if stand.status in wanted])


class GoalList(ListPage[Objective]):
    area, stem = "structure", "goal"
    title, icon = _("Goals"), "target-arrow"
    read, guide = GOAL_READ, "goals"
    columns = [
        Col("title", _("Goal"), kind="localtext", link=True),
        Col("level", pgettext_lazy("goal", "Level"), value="get_level_display", sort="level"),
        Col("period", _("Period"), sort="start"),
        Col("owner", _("Owner"), kind="person"),
        Col("team", _("Team"), value="team.name", kind="localtext"),
        Col("market", _("Market"), value="market.name", kind="localtext"),
        Col("state", _("State"), kind="chip", value="get_state_display", tone=lambda row: STATE_TONES[row.state], sort="state"),
        Col(
            "status", _("How it stands"), render=drawn_status,
            value=lambda row: STATUS_NAMES[row.stand.status] if counts(row) else None,
            export=lambda row: STATUS_NAMES[row.stand.status] if counts(row) else None,
        ),
        Col("share", _("Reached"), kind="percent", value=lambda row: row.stand.share if counts(row) else None, places=0),
        Col("due", _("Due today"), kind="percent", value=lambda row: row.stand.due if counts(row) else None, places=0, hidden=True),
        Col("confidence", _("Confidence (%)"), kind="number", value=lambda row: row.stand.confidence, hidden=True),
        Col("checked_at", _("Last check-in"), kind="moment", sort="checked_at", hidden=True),
        Col("weight", _("Weight"), kind="number", sort="weight", hidden=True),
    ]  # fmt: skip
    filters = [
        Choice("period", _("Period"), lambda request: [(code, code) for code in queries.periods(queries.objectives(reader(request)), today_of(request))]),
        Choice("status", _("How it stands"), [(status, STATUS_NAMES[status]) for status in STATUSES], apply=by_status),
        Choice("state", _("State"), GoalState.choices),
        Choice("level", pgettext_lazy("goal", "Level"), Level.choices),
        Ref("market", _("Market"), lambda request: people.markets(), search="code"),
        Ref("team", _("Team"), lambda request: people.teams(reader(request)), search="code"),
        Ref("owner", _("Owner"), lambda request: people.people(reader(request)).order_by("name")),
        DayRange("end", _("Ends")),
    ]  # fmt: skip
    default_order = "-period"
    primary, primary_code, primary_label = "structure:goal-new", GOAL_READ, _("New goal")
    secondary = [("structure:goal-import", _("Import goals"), "structure.import_goals")]
    head_template = "structure/goal_tabs.html"
    empty = _("Begin with one goal for the company this quarter; teams and markets then say how they serve it.")

    def rows(self, request: HttpRequest) -> QuerySet[Objective]:
        return queries.stood(reader(request), today_of(request))

    def search(self, rows: QuerySet[Objective], text: str) -> QuerySet[Objective]:
        return rows.filter(pk__in=search.matches("structure.objective", text, 2000))

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        return {"tabs": tabs("goal-list")}


VIEWS = (
    ("goal-tree", _("Tree")), ("goal-board", _("Board")), ("goal-list", _("List")), ("goal-result-list", _("Key results")), ("goal-mine", _("My goals")),
    ("goal-faults", _("Alignment")), ("goal-gaps", _("Without goals")), ("goal-calibration", _("Calibration")),
)  # fmt: skip


def tabs(here: str, query: str = "") -> list[tuple[Any, str, bool]]:
    """The views of goals: words, address, whether it is this one."""
    return [(label, reverse(f"structure:{name}") + query, name == here) for name, label in VIEWS]


def result_rows(request: HttpRequest, goal: Objective) -> list[dict[str, Any]]:
    """The key results of a goal with their pictures and words, and a form for who may check in."""
    person, steers = reader(request), may_steer(reader(request), goal)
    listed = goal.results.filter(unguarded(person)).select_related("owner", "market", "entity")
    made = []
    for view in views_of(listed, today_of(request)):
        one = view.result
        target, low, high = (
            None if part is None else Decimal(part).scaleb(-4) for part in (one.target, one.low, one.high)
        )
        value = None if one.value is None else Decimal(one.value).scaleb(-4)
        speaks = steers or person.pk in (one.owner_id, goal.owner_id)
        made.append({
            "result": one,
            "chip": status_chip(view.stand.status),
            "bar": bar(view.stand.share, view.stand.due, view.stand.status),
            "share": share_words(view.stand.share, view.stand.due),
            "value": value_words(one, value),
            "aim": aim_words(one, Decimal(one.start).scaleb(-4), target, low, high),
            "due": about(one, view.due) if view.due is not None else "",
            "forecast": forecast_words(view),
            "curve": curve(view.points, (goal.start, goal.end), view.line, view.forecast),
            "group": view.group, "group_target": view.group_target, "group_rate": view.rate,
            "form": CheckInFields(result=one, auto_id=f"check_{one.pk}_%s") if speaks and goal.state == GoalState.PUBLISHED else None,
            "may_edit": steers and goal.state in OPEN,
        })  # fmt: skip
    return made


def needs_of(request: HttpRequest, goal: Objective) -> list[dict[str, Any]]:
    """What a goal asked of other teams, and whether the reader may answer or take it back."""
    person, steers = reader(request), may_steer(reader(request), goal)
    asked = goal.links.filter(kind=ObjectiveLink.NEEDS).select_related("team", "asked_by", "answered_by")
    tones = {"asked": "attention", "accepted": "good", "refused": "bad"}
    return [
        {
            "link": link, "tone": tones[link.state],
            "may_answer": link.state == ObjectiveLink.ASKED and link.team is not None and may_answer(person, link.team),
            "may_withdraw": steers and goal.state in OPEN,
        }
        for link in asked
    ]  # fmt: skip


class GoalDetail(DetailPage[Objective]):
    of = GoalList
    title, subject = "title", "structure.objective"
    template = "structure/goal.html"
    facts = [
        *GoalList.columns[1:7],
        Col("entity", _("Entity"), value="entity.name", kind="localtext"),
        Col("start", _("Begins"), kind="day"),
        Col("end", _("Ends"), kind="day"),
        *GoalList.columns[7:9],
        Col("weight", _("Weight"), kind="number"),
        Col("published_at", _("Published on"), kind="moment"),
        Col("checked_at", _("Last check-in"), kind="moment"),
    ]
    actions = [
        "structure:goal-publish", "structure:goal-grade", "structure:goal-edit", "structure:goal-ask", "structure:goal-reopen",
        "structure:goal-drop",
    ]  # fmt: skip

    def _links(self, request: HttpRequest, row: Objective) -> list[Any]:
        return super()._links(request, row) if may_steer(reader(request), row) else []

    def extra(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """The parts of the page, from the key results to the chain of a long-term goal."""
        if is_part(request, "peek"):
            return {}
        shown, day = queries.stood(reader(request), today_of(request)), today_of(request)
        served = ObjectiveLink.objects.filter(objective=row, parent__isnull=False)
        steers = may_steer(reader(request), row)
        chain, gaps = queries.chain(row, shown, day) if row.horizon == Horizon.LONG else ([], [])
        return {
            "stand": row.stand, "counts": counts(row), "chip": status_chip(row.stand.status),
            "bar": bar(row.stand.share, row.stand.due, row.stand.status), "share": share_words(row.stand.share, row.stand.due),
            "results": result_rows(request, row), "needs": needs_of(request, row),
            "serves": list(shown.filter(pk__in=served.values("parent"))),
            "served": [] if row.horizon == Horizon.LONG else list(shown.filter(links__parent=row).order_by("start", "id")),
            "chain": chain, "gaps": [(first, last, f"{first}..{last}") for first, last in gaps], "long": row.horizon == Horizon.LONG,
            "steers": steers, "open": row.state in OPEN, "faults": fault_rows(queries.faults_of(reader(request), row)) if row.state in OPEN else [],
            "came": shown.filter(pk=row.carried_from_id).first(), "went": shown.filter(carried_from=row).first(),
            "grade": None if row.grade is None else Decimal(row.grade) / 10_000,
        }  # fmt: skip


class Steered:
    """A page for who may steer a goal; others get the page that says they may not."""

    code = GOAL_READ

    def form_kwargs(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """Checks before anything is shown or done."""
        if isinstance(row, Objective) and not may_steer(reader(request), row):
            raise NotAllowed(gettext("You may not change goals here."))
        return {}


class GoalForm(Steered, FormPage[Objective]):
    of = GoalList
    title, edit_title, guide = _("New goal"), _("Edit goal"), "goals"
    form = GoalFields
    create, update = (
        staticmethod(lambda by, **values: actions.save_objective(by, None, **values)),
        actions.save_objective,
    )

    def rows(self, request: HttpRequest) -> QuerySet[Objective]:
        return queries.objectives(reader(request))

    def form_kwargs(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {**super().form_kwargs(request, row), "person": reader(request), "row": row}

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """A new one begins in this quarter; what the address names (`parents`, `owner`, `team`, …) is filled in."""
        first = super().initial(request, row)
        if row is not None:
            first["parents"] = list(row.links.filter(parent__isnull=False).values_list("parent", flat=True))
            return first
        if "parents" in first:
            first["parents"] = [pk for pk in str(first["parents"]).split(",") if pk.isdecimal()]
        level = Level.COMPANY if request.may(GOAL_WRITE) else Level.PERSON  # type: ignore[attr-defined]
        return {"period": queries.current(today_of(request)).code, "level": level, "owner": reader(request).pk, **first}


class GoalAction(Steered, ActionPage[Objective]):
    """One verb on a goal."""

    of = GoalList
    form: ClassVar[Any] = None

    def rows(self, request: HttpRequest) -> QuerySet[Objective]:
        return queries.objectives(reader(request))


class GoalPublish(GoalAction):
    verb, title, button, icon = "publish", _("Publish the goal"), _("Publish"), "send"
    action = actions.publish_objective
    text = _("All who may see goals there can then read it; check-ins begin.")
    states = (GoalState.DRAFT,)


class GoalDrop(GoalAction):
    verb, title, button, icon, danger = "drop", _("Drop the goal"), _("Drop"), "trash", False
    action = actions.drop_objective
    text = _("It stays readable, counts no more, and can be taken up again.")
    states = OPEN


class GoalReopen(GoalAction):
    verb, title, button, icon = "reopen", _("Take the goal up again"), _("Take up again"), "rotate"
    action = actions.reopen_objective

    @classmethod
    def offered(cls, row: Objective) -> bool:
        return row.state not in OPEN


class GoalGrade(GoalAction):
    verb, title, button, icon = "grade", _("Grade the goal"), _("Grade"), "award"
    action = grades.grade_objective
    form = GradeFields
    states = (GoalState.PUBLISHED,)

    def form_kwargs(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {**super().form_kwargs(request, row), "row": row}

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        share = stand_of(row, today_of(request)).share
        return {"grade": None if share is None else share.quantize(Decimal("0.01")), "retrospective": row.retrospective}

    def after(self, row: Any) -> str:
        """To the draft that goes on, where something was carried over."""
        following = Objective.objects.filter(carried_from=row, state=GoalState.DRAFT).order_by("-id").first()
        return super().after(following if following is not None and row.state == GoalState.GRADED else row)


class GoalAsk(GoalAction):
    verb, title, button, icon = "ask", _("Ask another team"), _("Ask a team"), "user-question"
    action = links.ask_team
    form = AskFields
    states = OPEN

    def perform(self, request: HttpRequest, row: Any, values: dict[str, Any]) -> Any:
        super().perform(request, row, values)
        return row


PAGES = (
    GoalList, GoalDetail, GoalForm, GoalPublish, GoalDrop, GoalReopen, GoalGrade, GoalAsk,
)  # fmt: skip
