"""Pages of charters: what teams are there for, who does what, what is promised to whom."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tradewind.areas.structure.actions import charters as actions
from tradewind.areas.structure.forms.charters import BOTH, CharterFields, DocumentFields, DutyLine, PromiseLine
from tradewind.areas.structure.models import Charter, RaciLine
from tradewind.areas.structure.models.charters import Letter
from tradewind.areas.structure.queries import charters as queries
from tradewind.areas.structure.queries import people
from tradewind.base.errors import NotAllowed
from tradewind.nouns.org.models import Team
from tradewind.nouns.org.queries import company_today
from tradewind.ui.pages import ActionPage, Bool, Choice, Col, DetailPage, FormPage, GridPage, ListPage, Ref, Section


def team_url(team: Team) -> str:
    """A team's page."""
    return reverse("structure:team-detail", args=[team.pk])


def document_url(row: Charter) -> str:
    """The page of a charter's document."""
    return reverse("library:document-detail", args=[row.document_id]) if row.document_id else ""


def charter_url(row: RaciLine) -> str:
    """The charter a line stands in."""
    return reverse("structure:charter-detail", args=[row.charter_id])


def review_words(row: Any) -> str:
    """When a charter was looked at, in words that say whether that is too long ago."""
    if row.reviewed_on is None:
        return gettext("Not yet")
    return gettext("Over half a year ago") if row.is_late else gettext("Up to date")


def review_tone(row: Any) -> str:
    """Its colour."""
    return "attention" if row.is_late else "good"


def late_ones(rows: QuerySet[Charter], wanted: bool) -> QuerySet[Charter]:
    """The charters that are due to be looked at, or those that are not."""
    due = queries.unreviewed(company_today())
    return rows.filter(due) if wanted else rows.exclude(due)


class CharterList(ListPage[Charter]):
    area, stem = "structure", "charter"
    title, icon, guide = _("Charters"), "certificate", "charters"
    read = "structure.view_team"
    columns = [
        Col("team", _("Team"), value="team.name", kind="localtext", sort="team__code", link=True),
        Col("function", _("Function"), value="team.function.name", kind="localtext"),
        Col("market", _("Market"), value="team.market.name", kind="localtext"),
        Col("lead", _("Lead"), value="team.lead", kind="person"),
        Col("lines", _("Duties"), value="line_count", kind="number"),
        Col("interfaces", _("Promises"), value="interface_count", kind="number"),
        Col("reviewed_on", _("Looked at"), kind="day", sort="reviewed_on"),
        Col("review", _("Review"), value=review_words, kind="chip", tone=review_tone),
    ]
    filters = [
        Ref("function", _("Function"), lambda request: people.functions(request.person), field="team__function"),  # type: ignore[attr-defined]
        Ref("market", _("Market"), lambda request: people.markets(), field="team__market", search="code"),
        Bool("late", _("Due to be looked at"), apply=late_ones),
    ]
    default_order = "team"
    primary, primary_code = "structure:charter-new", queries.WRITE
    secondary = [
        ("structure:coverage", _("Coverage"), ""),
        ("structure:duty-list", _("All duties"), ""),
        ("structure:duty-import", _("Import duties"), "structure.import_duties"),
    ]
    empty = _(
        "Let each lead write down what the team is there for, what it answers for and what it promises to others."
    )

    def rows(self, request: HttpRequest) -> QuerySet[Charter]:
        return queries.charters(request.person)  # type: ignore[attr-defined]

    def search(self, rows: QuerySet[Charter], text: str) -> QuerySet[Charter]:
        return rows.filter(team__code__icontains=text) | rows.filter(team__name__icontains=text)

    def _primary(self, request: HttpRequest) -> str:
        """Leads write their team's charter without holding the right elsewhere."""
        leads = queries.may_write_any(request.person)  # type: ignore[attr-defined]
        return self.url_for("new") if leads else ""


def duties_of(request: HttpRequest, row: Charter) -> QuerySet[RaciLine]:
    """The lines of a charter."""
    return row.lines.select_related("function", "market")


class CharterDetail(DetailPage[Charter]):
    of = CharterList
    title = "team"
    facts = [
        Col("team", _("Team"), value="team.name", kind="localtext", link=lambda row: team_url(row.team)),
        *CharterList.columns[1:4],
        *CharterList.columns[6:8],
        Col("reviewed_by", _("Looked at by"), kind="person"),
        Col("document", _("Charter document"), value="document", link=document_url),
    ]
    sections = [
        Section(_("What the team is there for"), template="structure/charter_purpose.html", context=lambda request, row: {"row": row}),
        Section(
            _("Who does what"),
            rows=duties_of,
            columns=[
                Col("function", _("Function"), value="function.name", kind="localtext"),
                Col("market", _("Market"), value=lambda row: row.market or gettext("All markets")),
                Col("duty", _("Duty")),
                Col("letter", _("Part"), value="get_letter_display", kind="chip", tone=lambda row: "info" if row.letter in "RA" else "neutral"),
            ],
            empty=_("No duty yet."),
            limit=300,
        ),
        Section(
            _("What it promises to other teams"),
            rows=lambda request, row: row.interfaces.select_related("other"),
            columns=[
                Col("other", _("Team"), value="other.name", kind="localtext"),
                Col("gives", _("What it gets from us")),
                Col("promise", _("By when, how well")),
            ],
            empty=_("No promise yet."),
        ),
        Section(
            _("What other teams promise to it"),
            rows=lambda request, row: queries.promised_to(row),
            columns=[
                Col("team", _("Team"), value="charter.team.name", kind="localtext"),
                Col("gives", _("What we get")),
                Col("promise", _("By when, how well")),
            ],
            empty=_("No other team promised anything yet."),
        ),
        Section(
            _("Goals of the team"),
            rows=lambda request, row: queries.goals_of(request.person, row.team),  # type: ignore[attr-defined]
            columns=[
                Col("title", _("Goal"), kind="localtext", link=True),
                Col("period", _("Period")),
                Col("owner", _("Owner"), kind="person"),
            ],
            read="structure.view_goal",
            url=lambda goal: reverse("structure:goal-detail", args=[goal.pk]),
            empty=_("The team has no published goal of its own."),
        ),
    ]  # fmt: skip
    actions = [
        "structure:charter-lines",
        "structure:charter-edit",
        "structure:charter-interfaces",
        "structure:charter-document",
        "structure:charter-review",
    ]

    def _links(self, request: HttpRequest, row: Charter) -> list[Any]:
        """The lead of the team writes its charter as well as who holds the right there."""
        writes = queries.may_write(request.person, row.team)  # type: ignore[attr-defined]
        return super()._links(request, row) if writes else []


class Written:
    """Pages for who writes a charter: the lead of its team, and who holds the right at the team's place."""

    any_person = True

    def guard(self, request: HttpRequest) -> HttpResponse | None:
        """Who writes no charter at all does not come in."""
        found: HttpResponse | None = super().guard(request)  # type: ignore[misc]
        if found is None and not queries.may_write_any(request.person):  # type: ignore[attr-defined]
            raise NotAllowed(gettext("You may not open this page."))
        return found

    def _row(self, request: HttpRequest, kwargs: dict[str, Any]) -> Any:
        row = super()._row(request, kwargs)  # type: ignore[misc]
        if row is not None and not queries.may_write(request.person, row.team):  # type: ignore[attr-defined]
            raise NotAllowed(gettext("You may not change this."))
        return row


class CharterForm(Written, FormPage[Charter]):
    of = CharterList
    title, edit_title = _("New charter"), _("Edit the purpose")
    form = CharterFields
    save = actions.save_charter

    def build(self, request: HttpRequest, row: Any, data: QueryDict | None = None) -> forms.BaseForm:
        form = super().build(request, row, data)
        writable = [team.pk for team in queries.writable_teams(request.person)]  # type: ignore[attr-defined]
        teams = form.fields["team"].queryset.filter(pk__in=writable)  # type: ignore[attr-defined]
        form.fields["team"].queryset = teams if row else teams.filter(charter=None)  # type: ignore[attr-defined]
        return form


class CharterLines(Written, GridPage[Charter]):
    of = CharterList
    verb, icon = "lines", "list-check"
    title, button = _("Who does what"), _("Save the duties")
    text = _("A line without a market holds in every market. For each function and market exactly one team answers.")
    action, line = actions.set_lines, DutyLine

    def lines(self, request: HttpRequest, row: Any) -> list[dict[str, Any]]:
        """The lines as the form wants them; who does and answers for the same has one."""
        found: dict[tuple[str, str, str, bool], str] = {}
        for one in duties_of(request, row):
            place = (one.function.code, one.market.code if one.market else "", one.duty, one.letter in BOTH)
            found[place] = BOTH if {found.get(place), one.letter} == set(BOTH) else one.letter
        return [
            {"function": function, "market": market, "duty": duty, "part": part}
            for (function, market, duty, _both), part in found.items()
        ]

    def arguments(self, form: forms.BaseForm) -> dict[str, Any]:
        given = form.grid.given()  # type: ignore[attr-defined]
        return {
            "lines": [
                actions.Duty(line["function"].code, letter, line["market"].code if line["market"] else "", line["duty"])
                for line in given
                for letter in line["part"]
            ]
        }


class CharterInterfaces(Written, GridPage[Charter]):
    of = CharterList
    verb, icon, argument = "interfaces", "arrows-exchange", "interfaces"
    title, button = _("Promises to other teams"), _("Save the promises")
    text = _("Say what other teams get from this one, and by when or how well, in words one can check.")
    action, line = actions.set_interfaces, PromiseLine

    def lines(self, request: HttpRequest, row: Any) -> list[dict[str, Any]]:
        return [
            {"other": one.other.code, "gives": one.gives, "promise": one.promise}
            for one in row.interfaces.select_related("other")
        ]

    def line_of(self, values: dict[str, Any]) -> actions.Promise:
        return actions.Promise(values["other"].code, values["gives"], values["promise"])


class CharterDocument(Written, ActionPage[Charter]):
    of = CharterList
    verb, icon = "document", "file-plus"
    title, button = _("Begin the document"), _("Begin the document")
    text = _("A document with the headings of a charter is begun in the library; it is approved like any charter.")
    action, form = actions.begin_charter_document, DocumentFields

    @classmethod
    def offered(cls, row: Any) -> bool:
        return row.document_id is None

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {"language": request.lang if request.lang in ("en", "zh-hans") else "en"}  # type: ignore[attr-defined]

    def build(self, request: HttpRequest, row: Any, data: QueryDict | None = None) -> forms.BaseForm:
        form = super().build(request, row, data)
        choice: Any = form.fields["space"]
        own = choice.queryset.filter(team=row.team).first() or choice.queryset.first()
        form.initial.setdefault("space", own.pk if own else None)
        return form

    def after(self, row: Any) -> str:
        return document_url(row) if row is not None and row.document_id else super().after(row)


class CharterReview(Written, ActionPage[Charter]):
    of = CharterList
    verb, icon = "review", "eye-check"
    title, button = _("Looked at"), _("Looked at, it holds")
    text = _("Say that the purpose, the duties and the promises were looked at together and hold.")
    action = actions.review_charter


class DutyList(ListPage[RaciLine]):
    """Every line of every charter: also the file that the import reads again."""

    area, stem, plural = "structure", "duty", "duties"
    title, icon, guide = _("Duties"), "list-details", "charters"
    read = "structure.view_team"
    in_menu = False
    columns = [
        Col("team", _("Team"), value="charter.team.code", sort="charter__team__code", link=charter_url),
        Col("function", _("Function"), value="function.code", sort="function__code"),
        Col("market", _("Market"), value="market.code"),
        Col("duty", _("Duty"), sort="duty"),
        Col("letter", _("Part"), sort="letter"),
    ]
    filters = [
        Ref("function", _("Function"), lambda request: people.functions(request.person), search="code"),  # type: ignore[attr-defined]
        Ref("market", _("Market"), lambda request: people.markets(), search="code"),
        Choice("letter", _("Part"), Letter.choices),
    ]
    default_order = "team"
    secondary = [("structure:duty-import", _("Import duties"), "structure.import_duties")]
    peek = False
    empty = _("The duties that charters name stand here, to be looked through or taken away as a file.")

    def rows(self, request: HttpRequest) -> QuerySet[RaciLine]:
        return queries.duties(request.person)  # type: ignore[attr-defined]

    def search(self, rows: QuerySet[RaciLine], text: str) -> QuerySet[RaciLine]:
        return rows.filter(duty__icontains=text)


PAGES = (
    CharterList,
    CharterDetail,
    CharterForm,
    CharterLines,
    CharterInterfaces,
    CharterDocument,
    CharterReview,
    DutyList,
)
