"""What goals need of other teams, answered or taken back; and a person's goals handed over."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tradewind.areas.structure.access import GOAL_READ, may_answer, may_steer
from tradewind.areas.structure.actions import goals_grades as grades
from tradewind.areas.structure.actions import goals_links as links
from tradewind.areas.structure.forms.goals import AnswerFields, HandOverFields
from tradewind.areas.structure.queries import people
from tradewind.areas.structure.queries.goals import LIVE
from tradewind.base.errors import NotAllowed
from tradewind.engines.access.scope import visible
from tradewind.nouns.goals.models import ObjectiveLink
from tradewind.nouns.org.models import Person
from tradewind.nouns.org.queries import reader
from tradewind.ui.pages import ActionPage


class NeedPage(ActionPage[ObjectiveLink]):
    """One verb on what a goal needs of a team."""

    area, stem, plural, icon = "structure", "goal-need", "goals/needs", "user-question"
    code = GOAL_READ

    def rows(self, request: HttpRequest) -> QuerySet[ObjectiveLink]:
        rows = visible(reader(request), GOAL_READ, ObjectiveLink.objects.filter(kind=ObjectiveLink.NEEDS))
        return rows.select_related("team__lead", "objective__owner", "asked_by")

    def perform(self, request: HttpRequest, row: Any, values: dict[str, Any]) -> Any:
        """Done, the goal is shown; the link itself may be gone."""
        goal = row.objective
        super().perform(request, row, values)
        return goal

    def after(self, row: Any) -> str:
        goal = row.objective_id if isinstance(row, ObjectiveLink) else row.pk
        return reverse("structure:goal-detail", kwargs={"pk": goal})


class NeedAnswer(NeedPage):
    verb, title, button = "answer", _("Answer another team's goal"), _("Answer")
    action = links.answer_need
    form = AnswerFields

    def form_kwargs(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        if row.team is None or not may_answer(reader(request), row.team):
            raise NotAllowed(gettext("Only the lead of this team may answer."))
        return {}

    def warning(self, request: HttpRequest, row: Any) -> str:
        return gettext("“%(goal)s” needs of %(team)s: %(wish)s") % {
            "goal": row.objective.title,
            "team": row.team,
            "wish": row.wish,
        }


class NeedWithdraw(NeedPage):
    verb, title, button = "withdraw", _("Take the question back"), _("Take back")
    action = links.withdraw_need

    def form_kwargs(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        if not may_steer(reader(request), row.objective):
            raise NotAllowed(gettext("You may not change goals here."))
        return {}


class GoalsHandOver(ActionPage[Person]):
    """Gives a person's open goals to somebody else."""

    area, stem, plural, verb, icon = "structure", "person-goals", "goals/people", "hand-over", "arrows-exchange"
    title, button = _("Hand goals over"), _("Hand goals over")
    action, form, code = grades.hand_over, HandOverFields, GOAL_READ

    @classmethod
    def offered(cls, row: Person) -> bool:
        return (
            row.objectives.filter(state__in=LIVE).exists() or row.key_results.filter(objective__state__in=LIVE).exists()
        )

    def rows(self, request: HttpRequest) -> QuerySet[Person]:
        return people.people(reader(request))

    def form_kwargs(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        held = grades.owned(row) + [one.objective for one in grades.held(row)]
        if held and not any(grades.allowed(reader(request), row, goal) for goal in held):
            raise NotAllowed(gettext("You may not change goals here."))
        return {"row": row}

    def warning(self, request: HttpRequest, row: Any) -> str:
        goals, held = len(grades.owned(row)), len(grades.held(row))
        return gettext("%(person)s holds %(goals)s open goals and %(results)s key results.") % {
            "person": row,
            "goals": goals,
            "results": held,
        }

    def perform(self, request: HttpRequest, row: Any, values: dict[str, Any]) -> Any:
        super().perform(request, row, values)
        return row

    def after(self, row: Any) -> str:
        return reverse("structure:person-detail", kwargs={"pk": row.pk})


PAGES = (NeedAnswer, NeedWithdraw, GoalsHandOver)
