"""The wall of kudos: who thanked whom for what, giving them, and a person's own on their page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tradewind.base import clock
from tradewind.engines.discuss import actions, queries
from tradewind.engines.discuss.access import READ
from tradewind.engines.discuss.forms import KudosFields
from tradewind.engines.discuss.models import Kudos
from tradewind.engines.discuss.principles import principles
from tradewind.engines.discuss.queries.praise import got_by, of_teams, people, subject_link
from tradewind.engines.discuss.rules import html_of
from tradewind.nouns.org.models import Person, Team
from tradewind.nouns.org.queries import reader
from tradewind.ui.pages import ActionPage, Col, DayRange, DetailPage, FormPage, ListPage, Ref, Section

RECENT = timedelta(days=90)


def names(row: Kudos) -> str:
    """The receivers, by name."""
    return ", ".join(str(person) for person in row.receivers.all())


def principle_title(row: Kudos) -> str:
    """The principle in the reader's language; '' for none, or one that is in the trash."""
    shown = row.principle is not None and row.principle.trashed_at is None
    return row.principle.title_in(get_language() or "en") if row.principle is not None and shown else ""


def drawn(row: Kudos) -> SafeString:
    """The words as HTML; cleaned when drawn."""
    return mark_safe(html_of(row.words))


def card(row: Kudos) -> dict[str, Any]:
    """Kudos as the wall shows them."""
    return {"row": row, "html": drawn(row), "principle": principle_title(row), "receivers": list(row.receivers.all())}


class KudosList(ListPage[Kudos]):
    area, section, stem, plural = "discuss", "structure", "kudos", "kudos"
    title, icon, read, guide = _("Kudos"), "heart-handshake", READ, "surveys"
    part_template = "discuss/kudos_part.html"
    columns = [
        Col("created_at", _("When"), kind="moment", sort="created_at"),
        Col("giver", _("Given by"), kind="person"),
        Col("receivers", _("Thanks to"), value=names),
        Col("words", _("What for")),
        Col("principle", _("Principle"), value=principle_title),
    ]
    filters = [
        Ref("person", _("Person"), lambda request: people(reader(request)), apply=got_by),
        Ref("team", _("Team"), lambda request: Team.objects.filter(active=True), search="code", apply=of_teams),
        Ref("principle", _("Principle"), lambda request: principles(reader(request)), search="slug"),
        DayRange("created_at", _("When")),
    ]
    default_order = "-created_at"
    size = 25
    primary, primary_label, primary_code = "discuss:kudos-new", _("Give kudos"), READ
    peek = False
    empty = _("Thank somebody for what they did, and say what it changed.")

    def rows(self, request: HttpRequest) -> QuerySet[Kudos]:
        return queries.kudos(reader(request))

    def search(self, rows: QuerySet[Kudos], text: str) -> QuerySet[Kudos]:
        return rows.filter(words__icontains=text)

    def show(self, request: HttpRequest, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        """The list with its rows as cards."""
        cards = [card(row) for row in context["listing"].slice.rows]
        return super().show(request, {**context, "cards": cards}, **kwargs)


def whole(request: HttpRequest, row: Kudos) -> dict[str, Any]:
    """Kudos for their own page."""
    return {**card(row), "about": subject_link(reader(request), row)}


def person_kudos(request: HttpRequest, row: Person) -> dict[str, Any]:
    """A person's kudos for their page, template `discuss/kudos_person.html`: the last ones, and how many in 90 days."""
    rows = queries.kudos_of(reader(request), row)
    since = clock.now() - RECENT
    give = reverse("discuss:kudos-new") + f"?receivers={row.pk}" if row.active and row.pk != reader(request).pk else ""
    return {
        "cards": [card(one) for one in rows[:3]],
        "count": rows.filter(created_at__gte=since).count(),
        "url": f"{reverse('discuss:kudos-list')}?person={row.pk}",
        "give_url": give,
    }


class KudosDetail(DetailPage[Kudos]):
    of = KudosList
    title = staticmethod(names)
    facts = [
        Col("giver", _("Given by"), kind="person"),
        Col("receivers", _("Thanks to"), value=names),
        Col("principle", _("Principle"), value=principle_title,
            link=lambda row: reverse("library:document-detail", args=[row.principle_id]) if row.principle_id else ""),
        Col("created_at", _("When"), kind="moment"),
    ]  # fmt: skip
    sections = [Section(_("What for"), template="discuss/kudos_words.html", context=whole)]
    actions = ["discuss:kudos-remove"]
    slots = ("activity",)


class KudosForm(FormPage[Kudos]):
    of = KudosList
    title, icon, guide = _("Give kudos"), "heart-handshake", "surveys"
    form = KudosFields
    create = actions.give_kudos
    create_code = READ
    done = _("Thank you for saying so.")

    def form_kwargs(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {"giver": reader(request)}

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """From a person's page that person is chosen already."""
        asked = [pk for pk in request.GET.getlist("receivers") if pk.isdecimal() and len(pk) < 19]
        return {**super().initial(request, row), "receivers": asked}

    def arguments(self, form: Any) -> dict[str, Any]:
        return {**form.cleaned_data, "receivers": list(form.cleaned_data["receivers"])}


class KudosRemove(ActionPage[Kudos]):
    of, verb, icon, danger = KudosList, "remove", "trash", True
    title, button = _("Take these kudos back"), _("Take back")
    action = actions.remove_kudos
    any_person = True
    leads = "list"

    def rows(self, request: HttpRequest) -> QuerySet[Kudos]:
        person = reader(request)
        rows = queries.kudos(person)
        own = rows.filter(giver=person) | got_by(rows, [person.pk])
        return rows if queries.may_moderate(person, Kudos()) else own


PAGES = (KudosList, KudosDetail, KudosForm, KudosRemove)
