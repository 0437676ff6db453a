"""Pages of people, teams, functions and jobs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tradewind.areas.structure import actions, queries
from tradewind.areas.structure.forms import (
    FunctionFields,
    JobFields,
    LeaverFields,
    ManagerFields,
    MemberFields,
    PersonFields,
    PrivateFields,
    TeamFields,
    WelcomeFields,
    maybe_countries,
)  # fmt: skip
from tradewind.base.errors import Refused
from tradewind.engines.access.scope import Scope
from tradewind.engines.actions.action import note
from tradewind.engines.actions.queries import grants, place_words
from tradewind.nouns.org.models import Function, Job, Person, ReportingLine, Team, User
from tradewind.ui.fields import polish
from tradewind.ui.pages import ActionPage, Bool, Choice, Col, DetailPage, FormPage, ListPage, Page, Ref, Section


def manager_name(row: Person) -> Any:
    """Whom a listed person reports to on the solid line."""
    lines = getattr(row, "solid_lines", None) or []
    return str(lines[0].manager) if lines else ""


class PersonList(ListPage[Person]):
    area, stem, plural = "structure", "person", "people"
    title, icon = _("People"), "users"
    read = "structure.view_person"
    columns = [
        Col("name", _("Name"), value=str, sort="name", link=True),
        Col("job_title", _("Job title"), sort="job_title"),
        Col("manager", _("Manager"), value=manager_name),
        Col("country", _("Country"), kind="country", sort="country"),
        Col("market", _("Market"), value="market.name", kind="localtext"),
        Col("entity", _("Entity"), value="entity.name", kind="localtext", hidden=True),
        Col("email", _("E-mail"), sort="email"),
        Col("zone", _("Time zone"), sort="zone", hidden=True),
        Col("started_on", _("Started on"), kind="day", sort="started_on", hidden=True),
        Col("active", _("Active"), kind="bool", sort="active"),
    ]
    filters = [
        Choice("country", _("Country"), lambda request: maybe_countries()[1:]),
        Ref("market", _("Market"), lambda request: queries.markets(), search="code"),
        Ref("entity", _("Entity"), lambda request: queries.entities(), search="code"),
        Bool("active", _("Active")),
    ]
    default_order = "name"
    primary, primary_code = "structure:person-new", "structure.save_person"
    empty = _("Bring your people in from a file, or add them one by one.")

    def rows(self, request: HttpRequest) -> QuerySet[Person]:
        lines = ReportingLine.objects.filter(kind=ReportingLine.SOLID, end__isnull=True).select_related("manager")
        rows = queries.people(request.person).select_related("market", "entity")  # type: ignore[attr-defined]
        return rows.prefetch_related(Prefetch("lines_up", queryset=lines, to_attr="solid_lines"))

    def search(self, rows: QuerySet[Person], text: str) -> QuerySet[Person]:
        return queries.named(rows, text)


def private_facts(request: HttpRequest, row: Person) -> dict[str, Any]:
    """A person's private data for a reader who holds the right; each look is written down."""
    note("structure.view_private", request.person, row)  # type: ignore[attr-defined]
    return {"person": row}


def sign_in_words(row: Person) -> Any:
    """Whether and how a person gets in."""
    user = User.objects.filter(person=row).first()
    if user is None:
        return _("Not invited yet")
    if not row.active or not user.is_active:
        return _("Deactivated")
    if user.last_login is None and not user.has_usable_password():
        return _("Invited")
    return _("Signs in")


class PersonDetail(DetailPage[Person]):
    of = PersonList
    facts = [
        Col("preferred_name", _("Preferred name")),
        *PersonList.columns[1:],
        Col("key", _("Personnel number")),
        Col("site", _("Site"), value="site.name", kind="localtext"),
        Col("language", _("Language")),
        Col("sign_in", _("Sign-in"), value=sign_in_words),
    ]
    sections = [
        Section(
            _("Roles"),
            rows=lambda request, row: grants(request.person).filter(person=row).order_by("pk"),
            columns=[
                Col("role", _("Role"), value="role.name", kind="localtext"),
                Col(
                    "place", _("Where"), value=lambda row: place_words(Scope(row.entity_id, row.market_id, row.team_id))
                ),
            ],
            read="access.view_role",
            empty=_("No role yet: this person sees only their own page."),
        ),
        Section(
            _("Teams"),
            rows=lambda request, row: row.memberships.select_related("team").order_by("-start"),
            columns=[
                Col("team", _("Team"), value="team.name", kind="localtext"),
                Col("allocation", _("Share of time (%)"), kind="number"),
                Col("start", _("Since"), kind="day"),
                Col("end", _("Until"), kind="day"),
            ],
            empty=_("In no team yet."),
        ),
        Section(
            _("Reports"),
            rows=lambda request, row: row.lines_down.filter(end__isnull=True).select_related("person"),
            columns=[Col("person", _("Person"), kind="person"), Col("kind", _("Line"), value="get_kind_display")],
            empty=_("Nobody reports to this person."),
        ),
        Section(
            _("Private data"),
            template="structure/person_private.html",
            context=private_facts,
            read="structure.view_private",
        ),
    ]
    actions = [
        "structure:person-edit",
        "structure:person-private",
        "structure:person-manager",
        "structure:person-invite",
        "structure:person-uninvite",
        "actions:person-view-as",
        "structure:person-deactivate",
        "structure:person-reactivate",
    ]


class PersonForm(FormPage[Person]):
    of = PersonList
    title, edit_title = _("New person"), _("Edit person")
    form = PersonFields
    create_code = "structure.save_person"
    update = actions.save_person

    @staticmethod
    def create(by: Any, **cleaned: Any) -> Person:
        return actions.save_person(by, None, **cleaned)


class PersonPrivate(ActionPage[Person]):
    of = PersonList
    verb, icon = "private", "lock"
    title, button = _("Edit private data"), _("Save")
    action = actions.save_private
    form = PrivateFields

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        private_facts(request, row)
        return {name: getattr(row, name) for name in PrivateFields.base_fields}


class PersonManager(ActionPage[Person]):
    of = PersonList
    verb, icon = "manager", "hierarchy"
    title, button = _("Set the manager"), _("Save")
    action = actions.set_manager
    form = ManagerFields


class PersonDeactivate(ActionPage[Person]):
    of = PersonList
    verb, danger, icon = "deactivate", True, "user-off"
    title, button = _("Deactivate this person"), _("Deactivate")
    text = _("The person can no longer sign in; open sessions and API keys end at once. What they did stays.")
    action = actions.deactivate_person

    @classmethod
    def offered(cls, row: Any) -> bool:
        return bool(row.active)


class PersonReactivate(ActionPage[Person]):
    of = PersonList
    verb, icon = "reactivate", "user-check"
    title, button = _("Reactivate this person"), _("Reactivate")
    action = actions.reactivate_person

    @classmethod
    def offered(cls, row: Any) -> bool:
        return not row.active


def not_in_yet(row: Person) -> bool:
    """Whether a person has chosen no password yet."""
    user = User.objects.filter(person=row).first()
    return bool(row.active and row.email) and (user is None or not user.has_usable_password())


class PersonInvite(ActionPage[Person]):
    of = PersonList
    verb, icon = "invite", "mail-forward"
    title, button = _("Invite to sign in"), _("Send the invitation")
    text = _("The person gets a link to choose a password. It works once, for seven days; an earlier link ends.")
    action = actions.invite_person

    @classmethod
    def offered(cls, row: Any) -> bool:
        return not_in_yet(row)

    def perform(self, request: HttpRequest, row: Person | None, values: dict[str, Any]) -> Any:
        return row, super().perform(request, row, values)

    def finish(self, request: HttpRequest, row: Any) -> HttpResponseBase:
        """Say that it went out; else show the link to pass on, this once."""
        person, told = row
        if told["sent"]:
            messages.success(request, gettext("The invitation was sent to %(email)s.") % {"email": person.email})
            return HttpResponseRedirect(self.after(person))
        answer = self.show(
            request, {"person": person, **told, "back": self.after(person)}, template="structure/person_invited.html"
        )
        answer["Cache-Control"] = "no-store"
        return answer


class PersonUninvite(ActionPage[Person]):
    of = PersonList
    verb, icon, danger = "uninvite", "mail-off", True
    title, button = _("Take the invitation back"), _("Take back")
    text = _("The link that was sent ends at once.")
    action = actions.revoke_invitation

    @classmethod
    def offered(cls, row: Any) -> bool:
        return not_in_yet(row) and User.objects.filter(person=row, last_login__isnull=True).exists()


class Welcome(Page):
    """Where an invitation leads: choose a password, then sign in."""

    area, name, path, public, in_menu = "structure", "welcome", "welcome/<str:token>/", True, False
    title, template = _("Welcome"), "structure/welcome.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The token is a secret: no cache and no other site learns it."""
        response = super().dispatch(request, *args, **kwargs)
        response["Cache-Control"], response["Referrer-Policy"] = "no-store", "no-referrer"
        return response

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        try:
            person = actions.invited(kwargs["token"]).person
        except Refused as refusal:
            return self.show(request, {"refusal": refusal}, status=410)
        with translation.override(person.language):
            return self._form(request, person, WelcomeFields(initial={"preferred_name": person.preferred_name}))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Keep the password; a refused one comes back with the reason."""
        try:
            person = actions.invited(kwargs["token"]).person
        except Refused as refusal:
            return self.show(request, {"refusal": refusal}, status=410)
        with translation.override(person.language):
            form = WelcomeFields(request.POST)
            if form.is_valid():
                try:
                    given = form.cleaned_data
                    actions.accept_invitation(
                        person,
                        person,
                        token=kwargs["token"],
                        password=given["password"],
                        preferred_name=given["preferred_name"],
                    )
                except Refused as refusal:
                    form.add_error("password" if "password" in refusal.fields else None, str(refusal))
                else:
                    messages.success(request, gettext("Your password is set. Sign in with it."))
                    return HttpResponseRedirect(reverse(settings.LOGIN_URL))
            return self._form(request, person, form, status=422)

    def _form(self, request: HttpRequest, person: Person, form: WelcomeFields, status: int = 200) -> HttpResponseBase:
        polish(form)
        answer = self.show(request, {"person": person, "form": form}, status=status)
        return answer.render() if isinstance(answer, TemplateResponse) else answer


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
        Ref("function", _("Function"), lambda request: queries.functions(request.person), search="code"),
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
            _("Members"),
            rows=lambda request, row: row.memberships.filter(end__isnull=True).select_related("person"),
            columns=[
                Col("person", _("Person"), kind="person"),
                Col("job_title", _("Job title"), value="person.job_title"),
                Col("allocation", _("Share of time (%)"), kind="number"),
                Col("start", _("Since"), kind="day"),
            ],
            empty=_("Nobody is in this team yet."),
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
    create_code = "structure.save_team"
    update = actions.save_team

    @staticmethod
    def create(by: Any, **cleaned: Any) -> Team:
        return actions.save_team(by, None, **cleaned)


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
    columns = [Col("name", _("Name"), kind="localtext", link=True), Col("code", _("Code"), sort="code")]
    default_order = "code"
    primary, primary_code = "structure:function-new", "structure.save_function"
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
    create_code = "structure.save_function"
    update = actions.save_function

    @staticmethod
    def create(by: Any, **cleaned: Any) -> Function:
        return actions.save_function(by, None, **cleaned)


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
    create_code = "structure.save_job"
    update = actions.save_job

    @staticmethod
    def create(by: Any, **cleaned: Any) -> Job:
        return actions.save_job(by, None, **cleaned)
