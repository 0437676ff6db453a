"""Knowledge home: spaces, what is new, used, stale and searched in vain; and the search itself."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tradewind.engines.library import actions, queries
from tradewind.engines.library.forms import AnswerFields, AssignFields, SynonymFields
from tradewind.engines.library.models import SearchMiss, Synonym
from tradewind.engines.library.queries import searching
from tradewind.engines.library.views.parts import may, title
from tradewind.nouns.org.queries import reader
from tradewind.ui.pages import ActionPage, Bool, Col, DetailPage, FormPage, ListPage, Page

FEW = 8


class Home(Page):
    """Where one begins to look something up."""

    area, section, name, path = "library", "structure", "home", ""
    title, icon, read = _("Knowledge"), "books", "library.view_document"
    template, guide = "library/home.html", "documents"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        person = reader(request)
        late = queries.past_review(person)
        stale = queries.stale_texts(person)
        return {
            "spaces": queries.counted_spaces(person),
            "recent": [(one, title(one)) for one in queries.recent(person)],
            "used": [(one, title(one), getattr(one, "opened", 0)) for one in queries.most_used(person)],
            "stale": stale[:FEW],
            "stale_count": stale.count(),
            "late": [(one, title(one)) for one in late[:FEW]],
            "late_count": late.count(),
            "misses": searching.unanswered(queries.misses(person), FEW)
            if may(request, "library.view_search")
            else None,
            "mine": [(one, title(one.wording.text.document)) for one in queries.to_acknowledge(person)[:FEW]],
            "may_create": may(request, "library.create_document"),
            "may_open": may(request, "library.save_space"),
        }


class Search(Page):
    """The search over all documents; what finds nothing is kept, so that somebody can answer it."""

    area, section, name, path = "library", "structure", "search", "search/"
    title, icon, read, in_menu = _("Search documents"), "search", "library.view_document", False
    template = "library/search.html"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        words = request.GET.get("q", "").strip()[: searching.MOST_WORDS]
        hits = searching.find(reader(request), words, language=get_language() or "en") if words else []
        if words and request.method == "GET":
            searching.note_search(words, bool(hits))
        return {"q": words, "hits": hits, **where(hits)}


def where(hits: list[searching.Hit]) -> dict[str, Any]:
    """The best answer with its place in each language."""
    if not hits:
        return {"places": []}
    return {"hit": hits[0], "places": searching.answer_in_each_language(hits[0], get_language() or "en")}


class Where(Page):
    """The answer that the home shows while one types; only a search that is sent counts as one."""

    area, section, name, path = "library", "structure", "where", "where/"
    title, read, in_menu = _("Where is it?"), "library.view_document", False
    template = "library/where.html"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        words = request.GET.get("q", "").strip()[: searching.MOST_WORDS]
        language = get_language() or "en"
        return {"q": words, **where(searching.find(reader(request), words, language=language, most=1) if words else [])}


class MissList(ListPage[SearchMiss]):
    area, section, stem, plural = "library", "structure", "miss", "unanswered"
    title, icon = _("Searches without an answer"), "zoom-question"
    read = "library.view_search"
    columns = [
        Col("words", _("Searched for"), sort="words", link=True),
        Col("count", _("Times"), kind="number", sort="count"),
        Col("last_at", _("Last"), kind="moment", sort="last_at"),
        Col("asked", _("Asked to answer"), kind="person"),
        Col("answer", _("Answered by"), value=lambda row: title(row.answer) if row.answer else ""),
    ]
    secondary = [("library:synonym-list", _("Words of the same meaning"), "library.view_search")]
    filters = [Bool("answered", _("Answered"), apply=lambda rows, value: rows.filter(answer__isnull=not value))]
    default_order = "-count"
    empty = _("Every search has found something so far.")

    def rows(self, request: HttpRequest) -> QuerySet[SearchMiss]:
        return queries.misses(reader(request)).select_related("asked").prefetch_related("answer__texts")

    def search(self, rows: QuerySet[SearchMiss], text: str) -> QuerySet[SearchMiss]:
        return rows.filter(words__icontains=text)


class MissDetail(DetailPage[SearchMiss]):
    of = MissList
    title = "words"
    facts = [*MissList.columns[1:], Col("first_at", _("First"), kind="moment")]
    actions = ["library:miss-answer", "library:miss-assign"]
    slots = ("activity",)


class MissAnswer(ActionPage[SearchMiss]):
    of, verb, icon = MissList, "answer", "message-check"
    title, button = _("Name the document that answers it"), _("Answer")
    text = _("From now on this search finds the document.")
    action = actions.answer_search
    form = AnswerFields


class MissAssign(ActionPage[SearchMiss]):
    of, verb, icon = MissList, "assign", "user-question"
    title, button = _("Ask somebody to answer it"), _("Ask")
    text = _("It becomes a to-do, which is done when a page is named that answers the search.")
    action = actions.assign_search
    form = AssignFields

    @classmethod
    def offered(cls, row: SearchMiss) -> bool:
        return row.answer_id is None


class SynonymList(ListPage[Synonym]):
    area, section, stem = "library", "structure", "synonym"
    title, icon, in_menu = _("Words of the same meaning"), "equal", False
    read = "library.view_search"
    columns = [
        Col("words", _("Words"), value=str, sort="words", link=True),
        Col("updated_at", _("Changed"), kind="moment", sort="updated_at"),
    ]
    default_order = "words"
    primary, primary_code = "library:synonym-new", "library.save_synonym"
    empty = _(
        "Say which words mean the same, in any language: whoever searches for one also finds pages with the others."
    )

    def rows(self, request: HttpRequest) -> QuerySet[Synonym]:
        return queries.synonyms(reader(request))

    def search(self, rows: QuerySet[Synonym], text: str) -> QuerySet[Synonym]:
        return rows.filter(words__icontains=text)


class SynonymDetail(DetailPage[Synonym]):
    of = SynonymList
    facts = SynonymList.columns
    actions = ["library:synonym-edit", "library:synonym-remove"]
    slots = ("activity",)


class SynonymForm(FormPage[Synonym]):
    of = SynonymList
    title, edit_title = _("New words of the same meaning"), _("Edit words of the same meaning")
    form = SynonymFields
    save = actions.save_synonym


class SynonymRemove(ActionPage[Synonym]):
    of, verb, icon, danger = SynonymList, "remove", "trash", True
    title, button = _("Remove these words"), _("Remove")
    action = actions.remove_synonym

    def perform(self, request: HttpRequest, row: Synonym | None, values: dict[str, Any]) -> Any:
        super().perform(request, row, values)

    def after(self, row: Any) -> str:
        return reverse("library:synonym-list") if row is None else super().after(row)
