"""Waves: who was asked, who answered, the results with their groups, and the same as a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tradewind.engines.actions.action import note
from tradewind.engines.surveys import actions, queries
from tradewind.engines.surveys.forms import PeopleFields
from tradewind.engines.surveys.models import Wave
from tradewind.engines.surveys.queries.results import CUT_NAMES, Results, results, table
from tradewind.engines.surveys.views.making import ANSWERED, INVITED, STATE
from tradewind.engines.surveys.views.parts import cut_words, group_chart, may, whole_chart
from tradewind.nouns.org.models import Person
from tradewind.nouns.org.queries import reader
from tradewind.ui.pages import ActionPage, Bool, Choice, Col, DetailPage, ListPage, Page, Ref, Section
from tradewind.ui.pages.files import csv_file, xlsx_file

FILES = {"csv": csv_file, "xlsx": xlsx_file}


class WaveList(ListPage[Wave]):
    area, section, stem = "surveys", "structure", "wave"
    title, icon, read, guide, in_menu = _("Waves"), "clipboard-data", "surveys.view_survey", "surveys", False
    columns = [
        Col("survey", _("Survey"), value="survey.title", kind="localtext", link=True),
        Col("number", _("Number"), kind="number", sort="number"),
        STATE,
        Col("opens", _("Opens"), kind="moment", sort="opens"),
        Col("closes", _("Closes"), kind="moment", sort="closes"),
        Col("anonymous", _("Anonymous"), kind="bool", sort="anonymous"),
        INVITED,
        ANSWERED,
    ]
    filters = [
        Ref("survey", _("Survey"), lambda request: queries.surveys(reader(request)), search="title"),
        Choice("state", _("State"), Wave.STATES),
        Bool("anonymous", _("Anonymous")),
    ]
    default_order = "-opens"
    empty = _("Ask a survey from its own page.")

    def rows(self, request: HttpRequest) -> QuerySet[Wave]:
        return queries.waves(reader(request))

    def search(self, rows: QuerySet[Wave], text: str) -> QuerySet[Wave]:
        return rows.filter(survey__title__icontains=text)


def told(request: HttpRequest, row: Wave) -> dict[str, Any]:
    """The results for the page, by the cut the address names; nothing for who may not see them."""
    person = reader(request)
    mine = row.invitations.filter(person=person).first()
    base = {"row": row, "mine": mine, "answerable": queries.to_answer(person).filter(wave=row).exists()}
    if not queries.may_see_results(person, row):
        return {**base, "refused": True}
    found = results(person, row)
    cut = request.GET.get("cut", "")
    cut = cut if cut in found.cuts else ""
    return {
        **base, "found": found, "cut": cut, "cuts": [(one, CUT_NAMES[one]) for one in found.cuts],
        "questions": drawn(found, cut), "files": [(kind.upper(), reverse("surveys:wave-file", args=[row.pk, kind])) for kind in FILES],
    }  # fmt: skip


def drawn(found: Results, cut: str) -> list[dict[str, Any]]:
    """Each question with its chart; with a cut those of its groups where they may be told."""
    return [
        {
            "asked": one,
            "chart": group_chart(one, cut) if cut else whole_chart(one),
            "whole": one.whole,
            "texts": one.texts,
        }
        for one in found.questions
    ]


@dataclass(frozen=True)
class Outcome:
    """How somebody who was asked by name stands."""

    person: Person
    words: Any


def people_rows(request: HttpRequest, row: Wave) -> list[Outcome]:
    """Who was asked in a named wave and how it went, for who may see the results; nobody of an anonymous one."""
    if row.anonymous or not queries.may_see_results(reader(request), row):
        return []
    passed = queries.understood(row)
    rows = row.invitations.select_related("person").order_by("answered", "person__name")
    return [Outcome(one.person, outcome(one.answered, passed.get(one.person_id))) for one in rows]


def outcome(answered: bool, passed: bool | None) -> Any:
    """How it went, in words."""
    if not answered:
        return _("Not answered")
    if passed is None:
        return _("Has answered")
    return _("Understood") if passed else _("Not yet understood")


class WaveDetail(DetailPage[Wave]):
    """A wave for who looks after it and for who was asked."""

    area, section, stem = "surveys", "structure", "wave"
    any_person = True
    guide = "surveys"
    facts = [
        STATE,
        Col("opens", _("Opens"), kind="moment"),
        Col("closes", _("Closes"), kind="moment"),
        Col("anonymous", _("Anonymous"), kind="bool"),
        Col("minimum", _("Smallest group shown"), kind="number"),
        Col("cuts", _("Compared by"), value=cut_words),
        INVITED,
        ANSWERED,
    ]
    sections = [
        Section(_("Results"), template="surveys/results.html", context=told),
        Section(
            _("People"),
            rows=people_rows,
            columns=[Col("person", _("Person"), kind="person"), Col("words", _("Outcome"))],
            limit=300,
            empty=_("Who has answered an anonymous survey is not shown."),
            read="surveys.view_result",
        ),
    ]
    actions = ["surveys:wave-invite", "surveys:wave-close"]
    slots = ()

    def extra(self, request: HttpRequest, row: Wave) -> dict[str, Any]:
        """Whoever was only asked goes back to what they are asked."""
        return {} if may(request, "surveys.view_survey") else {"list_url": reverse("surveys:home")}

    def rows(self, request: HttpRequest) -> QuerySet[Wave]:
        return queries.waves(reader(request))


class WaveInvite(ActionPage[Wave]):
    of, verb, icon = WaveList, "invite", "user-plus"
    title, button = _("Ask further people"), _("Ask them too")
    action = actions.invite_people
    form = PeopleFields

    @classmethod
    def offered(cls, row: Wave) -> bool:
        return row.state != Wave.CLOSED

    def perform(self, request: HttpRequest, row: Wave | None, values: dict[str, Any]) -> Any:
        if row is None:
            raise Http404
        actions.invite_people(reader(request), row, people=list(values["people"]))
        return row


class WaveClose(ActionPage[Wave]):
    of, verb, icon, danger = WaveList, "close", "lock", True
    title, button = _("End the wave"), _("End it now")
    text = _("Nobody can answer any more. Groups too small to be shown are forgotten in the answers.")
    action = actions.close_wave

    @classmethod
    def offered(cls, row: Wave) -> bool:
        return row.state != Wave.CLOSED


class WaveFile(Page):
    """The results as a file: what the page tells, and no more."""

    area, section, name, path = "surveys", "structure", "wave-file", "waves/<int:pk>/results.<str:kind>"
    title, any_person, in_menu = _("Results as a file"), True, False

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        person = reader(request)
        wave = queries.waves(person).filter(pk=min(kwargs["pk"], 2**63 - 1)).first()
        writer = FILES.get(kwargs["kind"])
        if wave is None or writer is None:
            raise Http404
        found = results(person, wave)
        note("surveys.export_results", person, wave)
        return writer(table(found), f"survey-{wave.survey_id}-wave-{wave.number}.{kwargs['kind']}")
