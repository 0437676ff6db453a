"""Pages of people."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tradewind.areas.structure import actions
from tradewind.areas.structure.exchange.people import import_people
from tradewind.areas.structure.forms.people import (
    PeopleFileFields,
    PersonFields,
    PrivateFields,
)  # fmt: skip
from tradewind.areas.structure.queries import people as queries
from tradewind.areas.structure.views.imports import FileImport
from tradewind.engines.access.scope import Scope
from tradewind.engines.actions.action import note
from tradewind.engines.actions.queries import grants, place_words
from tradewind.engines.discuss.views.praise import person_kudos
from tradewind.nouns.org.models import Person, ReportingLine, User
from tradewind.ui.fields import country_choices, language_choices
from tradewind.ui.formats import language_name
from tradewind.ui.pages import ActionPage, Bool, Choice, Col, DetailPage, FormPage, ListPage, Ref, Section
from tradewind.ui.pages.details import Link


def manager_name(row: Person) -> Any:
    """Whom a listed person reports to on the solid line."""
    lines = getattr(row, "solid_now", None) or []
    return str(lines[-1].manager) if lines else ""


class Speaks(Choice):
    """People by the languages they speak, as far as the reader may know them."""

    def lookup(self, rows: QuerySet[Any], value: Any, request: HttpRequest) -> QuerySet[Any]:
        return rows.filter(pk__in=queries.speakers(request.person, value))  # type: ignore[attr-defined]


class PersonList(ListPage[Person]):
    area, stem, plural = "structure", "person", "people"
    title, icon = _("People"), "users"
    guide = "first-hour"
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
        Choice("country", _("Country"), lambda request: country_choices()[1:]),
        Speaks("speaks", _("Speaks"), lambda request: language_choices()[1:]),
        Ref("market", _("Market"), lambda request: queries.markets(), search="code"),
        Ref("entity", _("Entity"), lambda request: queries.entities(), search="code"),
        Bool("active", _("Active")),
    ]
    default_order = "name"
    primary, primary_code = "structure:person-new", "structure.save_person"
    secondary = [("structure:person-import", _("Import people"), "structure.import_people")]
    empty = _("Bring your people in from a file, or add them one by one.")

    def rows(self, request: HttpRequest) -> QuerySet[Person]:
        lines = queries.solid_lines().select_related("manager")
        rows = queries.people(request.person).select_related("market", "entity")  # type: ignore[attr-defined]
        return rows.prefetch_related(Prefetch("lines_up", queryset=lines, to_attr="solid_now"))

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


def line_words(row: ReportingLine) -> Any:
    """What kind of line it is."""
    return _("Dotted line") if row.kind == ReportingLine.DOTTED else _("Solid line")


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
            rows=lambda request, row: grants(request.person).filter(person=row).order_by("pk"),  # type: ignore[attr-defined]
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
            _("Reports to"),
            rows=lambda request, row: queries.lines_of(request.person, row),  # type: ignore[attr-defined]
            columns=[
                Col("manager", _("Manager"), kind="person"),
                Col("kind", _("Reporting line"), value=line_words),
                Col("start", _("Since"), kind="day"),
                Col("end", _("Until"), kind="day"),
            ],
            empty=_("Reports to nobody."),
        ),
        Section(
            _("Reports"),
            rows=lambda request, row: queries.reports_of(request.person, row),  # type: ignore[attr-defined]
            columns=[Col("person", _("Person"), kind="person"), Col("kind", _("Reporting line"), value=line_words)],
            empty=_("Nobody reports to this person."),
        ),
        Section(_("Kudos"), template="discuss/kudos_person.html", context=person_kudos, read="discuss.view_kudos"),
        Section(
            _("Languages spoken"),
            rows=lambda request, row: queries.languages(request.person).filter(person=row),  # type: ignore[attr-defined]
            columns=[
                Col("language", _("Language"), value=lambda one: language_name(one.language)),
                Col("level", _("How well"), value="get_level_display"),
            ],
            empty=_("No language was said yet."),
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
        "learning:person-languages",
        "structure:person-dotted",
        "structure:person-dotted-end",
        "structure:person-invite",
        "structure:person-goals-hand-over",
        "structure:person-uninvite",
        "actions:person-view-as",
        "structure:person-deactivate",
        "structure:person-reactivate",
    ]

    def _link(self, request: HttpRequest, row: Person, name: str) -> Link | None:
        """Languages are said by the person, and by who may for others."""
        if name == "learning:person-languages" and row.pk != request.person.pk:  # type: ignore[attr-defined]
            return super()._link(request, row, name) if request.may("learning.set_languages", row) else None  # type: ignore[attr-defined]
        return super()._link(request, row, name)


class PersonImport(FileImport):
    """Bring people in from a file."""

    area, name, path = "structure", "person-import", "people/import/"
    title, icon, read = _("Import people"), "file-import", "structure.import_people"
    template = "structure/people_import.html"
    action, form = import_people, PeopleFileFields
    button, list_page = _("Bring these people in"), ("structure:person-list", _("People"))
    counts = [
        ("rows", _("Rows")), ("new", _("New people")), ("changed", _("Changed")), ("same", _("Unchanged")),
        ("without_country", _("Without a country")),
    ]  # fmt: skip


class PersonForm(FormPage[Person]):
    of = PersonList
    title, edit_title = _("New person"), _("Edit person")
    form = PersonFields
    save = actions.save_person


class PersonPrivate(ActionPage[Person]):
    of = PersonList
    verb, icon = "private", "lock"
    title, button = _("Edit private data"), _("Save")
    action = actions.save_private
    form = PrivateFields

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        private_facts(request, row)
        return {name: getattr(row, name) for name in PrivateFields.base_fields}


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


PAGES = (
    PersonList,
    PersonImport,
    PersonDetail,
    PersonForm,
    PersonPrivate,
    PersonDeactivate,
    PersonReactivate,
)
