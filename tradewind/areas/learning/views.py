"""Pages of languages people speak."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tradewind.areas.learning import actions, queries
from tradewind.areas.learning.forms import LEVELS, LanguageLine
from tradewind.base.errors import NotAllowed
from tradewind.nouns.org.models import Person
from tradewind.nouns.skills.models import PersonLanguage
from tradewind.ui.fields import country_choices, language_choices
from tradewind.ui.formats import language_name
from tradewind.ui.pages import Choice, Col, GridPage, ListPage, Page


class LanguageList(ListPage[PersonLanguage]):
    area, stem = "learning", "language"
    title, icon = _("Languages spoken"), "language"
    read = "learning.view_language"
    columns = [
        Col("person", _("Person"), kind="person", sort="person__name",
            link=lambda row: reverse("structure:person-detail", args=[row.person_id])),
        Col("language", _("Language"), value=lambda row: language_name(row.language), sort="language"),
        Col("level", _("How well"), value=lambda row: dict(LEVELS).get(row.level, row.level), sort="level"),
        Col("country", _("Country"), value="person.country", kind="country", sort="person__country"),
    ]  # fmt: skip
    filters = [
        Choice("language", _("Language"), lambda request: language_choices()[1:]),
        Choice("level", _("How well"), LEVELS),
        Choice("country", _("Country"), lambda request: country_choices()[1:], field="person__country"),
    ]
    default_order = "person"
    primary, primary_label = "learning:own-languages", _("My languages")
    peek = False
    empty = _("Whoever says which languages they speak is found by colleagues and customers who need them.")

    def rows(self, request: HttpRequest) -> QuerySet[PersonLanguage]:
        return queries.languages(request.person).filter(person__active=True)  # type: ignore[attr-defined]

    def search(self, rows: QuerySet[PersonLanguage], text: str) -> QuerySet[PersonLanguage]:
        return rows.filter(person__name__icontains=text)


class PersonLanguages(GridPage[Person]):
    """The languages of one person, edited by that person or by who keeps people."""

    area, stem, plural, section = "learning", "person", "people", "learning"
    verb, icon, any_person = "languages", "language", True
    title, button = _("Languages spoken"), _("Save the languages")
    text = _("Say what you can work in; levels are those of the Common European Framework.")
    action, line, argument, blank = actions.set_languages, LanguageLine, "languages", 3

    def rows(self, request: HttpRequest) -> QuerySet[Person]:
        return queries.people(request.person)  # type: ignore[attr-defined]

    def _row(self, request: HttpRequest, kwargs: dict[str, Any]) -> Any:
        row = super()._row(request, kwargs)
        if row is None or not queries.may_set(request.person, row):  # type: ignore[attr-defined]
            raise NotAllowed(gettext("You may say this of yourself alone."))
        return row

    def lines(self, request: HttpRequest, row: Any) -> list[dict[str, Any]]:
        return [dict(one) for one in PersonLanguage.objects.filter(person=row).values("language", "level")]

    def line_of(self, values: dict[str, Any]) -> actions.Spoken:
        return actions.Spoken(values["language"], values["level"])

    def after(self, row: Any) -> str:
        return reverse("structure:person-detail", args=[row.pk]) if row is not None else "/"


class OwnLanguages(Page):
    """The way to one's own languages."""

    area, name, path = "learning", "own-languages", "languages/mine/"
    title, icon, any_person = _("My languages"), "language", True

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return HttpResponseRedirect(reverse("learning:person-languages", args=[request.person.pk]))  # type: ignore[attr-defined]


PAGES = (LanguageList, PersonLanguages, OwnLanguages)
