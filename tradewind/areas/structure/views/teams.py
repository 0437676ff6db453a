"""Pages of teams, functions and jobs."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tradewind.areas.structure import actions
from tradewind.areas.structure.actions.functions import install_functions
from tradewind.areas.structure.forms.people import (
    FunctionFields,
    JobFields,
    LeaverFields,
    MemberFields,
    TeamFields,
)  # fmt: skip
from tradewind.areas.structure.queries import charters, positions
from tradewind.areas.structure.queries import people as queries
from tradewind.areas.structure.views.goals_boards import team_section
from tradewind.areas.structure.views.positions import state_of
from tradewind.nouns.org.models import Function, Job, Team
from tradewind.ui.pages import ActionPage, Bool, Col, DetailPage, FormPage, ListPage, Ref, Section


class TeamList(ListPage[Team]):
    area, stem = "structure", "team"
    title, icon = _("Teams"), "users-group"
    read = "structure.view_team"
    columns = [
        Col("name", _("Name"), kind="localtext", link=True),
        Col("code", _("Code"), sort="code"),
        Col("parent", _("Belongs to"), value="parent.name", kind="localtext"),
        Col("lead", _("Lead"), kind="person"),
        Col("function", _("Function"), value="function.name", kind="localtext"),
        Col("market", _("Market"), value="market.name", kind="localtext"),
        Col("members", _("Members"), kind="number", value="member_count"),
        Col("active", _("Active"), kind="bool", sort="active"),
    ]
    filters = [
        Ref("function", _("Function"), lambda request: queries.functions(request.person), search="code"),  # type: ignore[attr-defined]
        Ref("market", _("Market"), lambda request: queries.markets(), search="code"),
        Bool("active", _("Active")),
    ]
    default_order = "code"
    primary, primary_code = "structure:team-new", "structure.save_team"
    empty = _("Add the groups your company works in: marketing, customer service, supply …")

    def rows(self, request: HttpRequest) -> QuerySet[Team]:
        return queries.counted_teams(request.person)  # type: ignore[attr-defined]

    def search(self, rows: QuerySet[Team], text: str) -> QuerySet[Team]:
        return rows.filter(code__icontains=text)


class TeamDetail(DetailPage[Team]):
    of = TeamList
    facts = TeamList.columns
    sections = [
        Section(
            _("Charter"),
            template="structure/team_charter.html",
            context=lambda request, row: {
                "charter": charters.charter_of(row),
                "team": row,
                "writes": charters.may_write(request.person, row),  # type: ignore[attr-defined]
            },
        ),
        Section(_("Goals"), template="structure/goal_team.html", context=team_section, read="structure.view_goal"),
        Section(
            _("Members"),
            rows=lambda request, row: queries.members(request.person, row),  # type: ignore[attr-defined]
            columns=[
                Col("person", _("Person"), kind="person"),
                Col("job_title", _("Job title"), value="person.job_title"),
                Col("allocation", _("Share of time (%)"), kind="number"),
                Col("start", _("Since"), kind="day"),
            ],
            empty=_("Nobody is in this team yet."),
        ),
        Section(
            _("Positions"),
            rows=lambda request, row: positions.positions(request.person).filter(team=row).exclude(state="dropped"),  # type: ignore[attr-defined]
            columns=[
                Col("title", _("Title"), kind="localtext", link=True),
                Col("state", _("State"), value=state_of, kind="chip"),
                Col("starts_on", _("Wanted from"), kind="day"),
                Col("person", _("Held by"), kind="person"),
                Col("yearly_cost", _("Cost a year"), kind="money", currency="currency", read=positions.COST),
            ],
            read="structure.view_position",
            url=lambda one: reverse("structure:position-detail", args=[one.pk]),
            empty=_("No position is planned in this team."),
        ),
        Section(
            _("Teams under it"),
            rows=lambda request, row: row.children.all(),
            columns=[Col("name", _("Name"), kind="localtext"), Col("code", _("Code"))],
            empty=_("No team belongs to this one."),
        ),
    ]
    actions = ["structure:team-edit", "structure:team-join", "structure:team-leave"]


class TeamForm(FormPage[Team]):
    of = TeamList
    title, edit_title = _("New team"), _("Edit team")
    form = TeamFields
    save = actions.save_team


class TeamJoin(ActionPage[Team]):
    of = TeamList
    verb, icon = "join", "user-plus"
    title, button = _("Add a member"), _("Add")
    action = actions.join_team
    form = MemberFields


class TeamLeave(ActionPage[Team]):
    of = TeamList
    verb, icon = "leave", "user-minus"
    title, button = _("Take a member out"), _("Take out")
    action = actions.leave_team
    form = LeaverFields


class FunctionList(ListPage[Function]):
    area, stem, section = "structure", "function", "settings"
    title, icon = _("Functions"), "category"
    read = "structure.view_function"
    columns = [
        Col("name", _("Name"), kind="localtext", link=True),
        Col("code", _("Code"), sort="code"),
        Col("in_matrix", _("Every market needs it"), kind="bool", sort="in_matrix"),
    ]
    default_order = "code"
    primary, primary_code = "structure:function-new", "structure.save_function"
    secondary = [("structure:function-install", _("Add the usual ones"), "structure.install_functions")]
    empty = _("Add the kinds of work your company does.")

    def rows(self, request: HttpRequest) -> QuerySet[Function]:
        return queries.functions(request.person)  # type: ignore[attr-defined]


class FunctionDetail(DetailPage[Function]):
    of = FunctionList
    facts = FunctionList.columns
    actions = ["structure:function-edit"]


class FunctionForm(FormPage[Function]):
    of = FunctionList
    title, edit_title = _("New function"), _("Edit function")
    form = FunctionFields
    save = actions.save_function


class FunctionInstall(ActionPage[Function]):
    of = FunctionList
    verb, icon, with_row = "install", "download", False
    title, button = _("Add the usual functions"), _("Add")
    text = _(
        "Adds the functions of a cross-border company that are not there yet; those that are there stay as they are."
    )
    action = install_functions


class JobList(ListPage[Job]):
    area, stem, section = "structure", "job", "settings"
    title, icon = _("Jobs"), "briefcase"
    read = "structure.view_function"
    columns = [
        Col("title", _("Title"), kind="localtext", link=True),
        Col("code", _("Code"), sort="code"),
        Col("function", _("Function"), value="function.name", kind="localtext"),
    ]
    default_order = "code"
    primary, primary_code = "structure:job-new", "structure.save_job"
    empty = _("Add the jobs people hold.")

    def rows(self, request: HttpRequest) -> QuerySet[Job]:
        return queries.jobs(request.person)  # type: ignore[attr-defined]


class JobDetail(DetailPage[Job]):
    of = JobList
    facts = JobList.columns
    actions = ["structure:job-edit"]


class JobForm(FormPage[Job]):
    of = JobList
    title, edit_title = _("New job"), _("Edit job")
    form = JobFields
    save = actions.save_job


PAGES = (
    TeamList,
    TeamDetail,
    TeamForm,
    TeamJoin,
    TeamLeave,
    FunctionList,
    FunctionDetail,
    FunctionForm,
    FunctionInstall,
    JobList,
    JobDetail,
    JobForm,
)
