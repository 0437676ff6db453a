"""Making surveys: the list, a survey with its questions and waves, the editor of a question, asking it."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tradewind.base.words import LocalText
from tradewind.engines.surveys import actions, queries
from tradewind.engines.surveys.forms import QuestionFields, SurveyFields, WaveFields, lines_of
from tradewind.engines.surveys.kinds import kind_choices
from tradewind.engines.surveys.models import Question, Survey, Wave
from tradewind.engines.surveys.queries.results import earlier
from tradewind.engines.surveys.views.parts import TONES, may, trend_chart
from tradewind.nouns.org.queries import reader
from tradewind.ui.pages import ActionPage, Bool, Choice, Col, DetailPage, FormPage, ListPage, Ref, Section, reader_zone
from tradewind.ui.pages.details import Link


class SurveyList(ListPage[Survey]):
    area, section, stem = "surveys", "structure", "survey"
    title, icon, read, guide = _("Surveys"), "clipboard-list", "surveys.view_survey", "surveys"
    columns = [
        Col("title", _("Title"), kind="localtext", link=True),
        Col("kind", _("Kind"), value=lambda row: str(row.of_kind.label)),
        Col("anonymous", _("Anonymous"), kind="bool", sort="anonymous"),
        Col("questions", _("Questions"), kind="number", value="asked"),
        Col("last", _("Last asked"), kind="moment", value="last_opened"),
        Col("market", _("Market"), value="market.name", kind="localtext", hidden=True),
        Col("team", _("Team"), value="team.name", kind="localtext", hidden=True),
        Col("owner", _("Owner"), kind="person"),
        Col("active", _("Active"), kind="bool", sort="active"),
        Col("updated_at", _("Changed"), kind="moment", sort="updated_at", hidden=True),
    ]
    filters = [
        Choice("kind", _("Kind"), lambda request: kind_choices()),
        Bool("anonymous", _("Anonymous")),
        Bool("active", _("Active")),
    ]
    default_order = "-updated_at"
    primary, primary_code, primary_label = "surveys:survey-new", "surveys.save_survey", _("New survey")
    secondary = [("surveys:wave-list", _("Waves"), "surveys.view_survey")]
    empty = _("Ask your people how it goes: a short pulse in two languages takes five minutes to make.")

    def rows(self, request: HttpRequest) -> QuerySet[Survey]:
        return queries.surveys(reader(request)).annotate(
            asked=Count("questions", filter=Q(questions__removed_at=None), distinct=True),
            last_opened=Max("waves__opens"),
        )

    def search(self, rows: QuerySet[Survey], text: str) -> QuerySet[Survey]:
        return rows.filter(title__icontains=text)


def question_rows(request: HttpRequest, survey: Survey) -> QuerySet[Question]:
    """The questions that a survey asks now."""
    return survey.questions.filter(removed_at=None)


def wave_rows(request: HttpRequest, survey: Survey) -> QuerySet[Wave]:
    """The waves of a survey with how many answered."""
    return queries.waves(reader(request)).filter(survey=survey).order_by("-number")


def trend(request: HttpRequest, survey: Survey) -> dict[str, Any]:
    """The means from wave to wave, where they may be told."""
    return {"chart": trend_chart(earlier(reader(request), survey))}


STATE = Col("state", _("State"), kind="chip", value="get_state_display", tone=lambda row: TONES[row.state])
ANSWERED = Col("answered", _("Have answered"), kind="number", value="answered")
INVITED = Col("invited", _("People asked"), kind="number", value="invited")


class SurveyDetail(DetailPage[Survey]):
    of = SurveyList
    title = "title"
    facts = [
        *SurveyList.columns[1:4],
        Col("minimum", _("Smallest group shown"), kind="number"),
        Col("languages", _("Languages"), value=lambda row: ", ".join(row.languages)),
        Col("shared", _("Results for everybody asked"), kind="bool"),
        Col("entity", _("Entity"), value="entity.name", kind="localtext"),
        *SurveyList.columns[5:9],
    ]
    sections = [
        Section(
            _("Questions"),
            rows=question_rows,
            columns=[
                Col("position", _("Place"), kind="number"),
                Col("text", _("Question"), kind="localtext",
                    link=lambda row: reverse("surveys:question-detail", args=[row.pk])),
                Col("kind", _("Kind of answer"), value="get_kind_display"),
                Col("required", _("Must be answered"), kind="bool"),
            ],
            empty=_("No question yet."),
        ),
        Section(
            _("Waves"),
            rows=wave_rows,
            columns=[
                Col("number", _("Number"), kind="number", link=lambda row: reverse("surveys:wave-detail", args=[row.pk])),
                STATE, Col("opens", _("Opens"), kind="moment"), Col("closes", _("Closes"), kind="moment"), INVITED, ANSWERED,
            ],
            limit=12,
            more=lambda row: reverse("surveys:wave-list") + f"?survey={row.pk}",
            empty=_("Not asked yet."),
        ),
        Section(_("From wave to wave"), template="surveys/trend.html", context=trend),
    ]  # fmt: skip
    actions = ["surveys:survey-open", "surveys:survey-edit"]
    slots = ("activity",)

    def extra(self, request: HttpRequest, row: Survey) -> dict[str, Any]:
        links = self._links(request, row)
        if may(request, "surveys.save_question", row):
            url = reverse("surveys:question-new") + f"?survey={row.pk}"
            links.insert(1 if links else 0, Link(_("New question"), url, "plus", False))
        return {"links": links}


class SurveyForm(FormPage[Survey]):
    of = SurveyList
    title, edit_title, guide = _("New survey"), _("Edit survey"), "surveys"
    form = SurveyFields
    save = actions.save_survey

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        from_row = super().initial(request, row)
        return from_row if row is not None else {"languages": ["en", "zh-hans"], **from_row}


class SurveyOpen(ActionPage[Survey]):
    of, verb, icon = SurveyList, "open", "send"
    title, button, guide = _("Ask this survey"), _("Ask people"), "surveys"
    text = _("From now on these questions, the anonymity and the smallest group shown are fixed for this wave.")
    action = actions.open_wave
    form = WaveFields
    done = _("The wave was made.")

    @classmethod
    def offered(cls, row: Survey) -> bool:
        return row.active

    def perform(self, request: HttpRequest, row: Survey | None, values: dict[str, Any]) -> Any:
        people = list(values.pop("people") or []) or None
        return actions.open_wave(reader(request), row, zone=reader_zone(request), people=people, **values)  # type: ignore[arg-type]

    def after(self, row: Any) -> str:
        if isinstance(row, Wave):
            return reverse("surveys:wave-detail", args=[row.pk])
        return super().after(row)


class QuestionList(ListPage[Question]):
    area, section, stem = "surveys", "structure", "question"
    title, icon, read, in_menu = _("Questions"), "help-square-rounded", "surveys.view_survey", False
    columns = [
        Col("text", _("Question"), kind="localtext", link=True),
        Col("survey", _("Survey"), value="survey.title", kind="localtext",
            link=lambda row: reverse("surveys:survey-detail", args=[row.survey_id])),
        Col("kind", _("Kind of answer"), value="get_kind_display"),
        Col("position", _("Place"), kind="number", sort="position"),
        Col("number", _("Wording"), kind="number", sort="number"),
    ]  # fmt: skip
    filters = [
        Ref("survey", _("Survey"), lambda request: queries.surveys(reader(request)), search="title"),
        Choice("kind", _("Kind of answer"), Question.KINDS),
    ]
    default_order = "-pk"
    empty = _("Questions are written on the page of a survey.")

    def rows(self, request: HttpRequest) -> QuerySet[Question]:
        return queries.questions(reader(request))

    def search(self, rows: QuerySet[Question], text: str) -> QuerySet[Question]:
        return rows.filter(text__icontains=text)


def option_words(row: Question) -> str:
    """The options in the reader's language, the right ones marked."""
    marks = [f"{LocalText(one['text'])}{' ✓' if one['code'] in row.right else ''}" for one in row.options]
    return " · ".join(marks)


class QuestionDetail(DetailPage[Question]):
    of = QuestionList
    title = "text"
    facts = [
        QuestionList.columns[1], QuestionList.columns[2], Col("options", _("Options"), value=option_words),
        Col("required", _("Must be answered"), kind="bool"), *QuestionList.columns[3:],
    ]  # fmt: skip
    actions = ["surveys:question-edit", "surveys:question-remove"]
    slots = ("activity",)


def survey_url(row: Any) -> str:
    """The survey of a question."""
    return reverse("surveys:survey-detail", args=[row.survey_id])


class QuestionForm(FormPage[Question]):
    of = QuestionList
    title, edit_title, guide = _("New question"), _("Edit question"), "surveys"
    form = QuestionFields
    save = actions.save_question

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        found = super().initial(request, row)
        if row is None:
            return found
        codes = [option["code"] for option in row.options]
        numbers = [str(codes.index(code) + 1) for code in row.right if code in codes]
        return {**found, "options": lines_of(row.options), "right": ", ".join(numbers)}

    def after(self, row: Any) -> str:
        return survey_url(row) if isinstance(row, Question) else reverse("surveys:survey-list")


class QuestionRemove(ActionPage[Question]):
    of, verb, icon, danger = QuestionList, "remove", "trash", True
    title, button = _("Remove the question"), _("Remove")
    text = _("What was answered to it stays in the waves that asked it.")
    action = actions.remove_question

    def after(self, row: Any) -> str:
        return survey_url(row) if isinstance(row, Question) else reverse("surveys:survey-list")
