"""Spaces: their documents as a tree, and whole folders of Markdown in and out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext_lazy as _

from tradewind.base.errors import Refused
from tradewind.engines.actions.action import note
from tradewind.engines.library import actions, queries
from tradewind.engines.library.folder import read_zip, write_zip
from tradewind.engines.library.forms import FolderFields, SpaceFields
from tradewind.engines.library.models import Document, Space
from tradewind.engines.library.views.parts import title
from tradewind.nouns.org.queries import reader
from tradewind.ui.pages import ActionPage, Bool, Col, DetailPage, FormPage, ListPage, Page, Section

MOST_ZIP = 100 * 1024 * 1024
MOST_EXPORT = 5_000


@dataclass
class Branch:
    """A document with those under it."""

    document: Document
    title: str
    below: list[Branch] = field(default_factory=list)


def tree(documents: list[Document]) -> list[Branch]:
    """Documents as a tree; one whose page above cannot be seen stands at the top."""
    branches = {one.pk: Branch(one, title(one)) for one in documents}
    top: list[Branch] = []
    for one in documents:
        above = branches.get(one.parent_id or 0)
        (above.below if above else top).append(branches[one.pk])
    return top


def inside(request: HttpRequest, space: Space) -> dict[str, Any]:
    """The tree of a space for its page."""
    rows = queries.documents(reader(request)).filter(space=space).order_by("slug", "pk")
    return {"branches": tree(list(rows[:MOST_EXPORT]))}


class SpaceList(ListPage[Space]):
    area, section, stem = "library", "structure", "space"
    title, icon, read, guide = _("Spaces"), "bookmarks", "library.view_document", "documents"
    columns = [
        Col("name", _("Name"), kind="localtext", link=True),
        Col("code", _("Code"), sort="code"),
        Col("entity", _("Entity"), value="entity.name", kind="localtext"),
        Col("market", _("Market"), value="market.name", kind="localtext"),
        Col("team", _("Team"), value="team.name", kind="localtext"),
        Col("owner", _("Owner"), kind="person"),
        Col("review_days", _("Review after (days)"), kind="number", sort="review_days"),
        Col("active", _("Active"), kind="bool", sort="active"),
    ]
    filters = [Bool("active", _("Active"))]
    default_order = "code"
    primary, primary_code = "library:space-new", "library.save_space"
    empty = _("Open a space for what your company knows: a handbook, a market's customs rules, a team's notes.")

    def rows(self, request: HttpRequest) -> QuerySet[Space]:
        return queries.spaces(reader(request))

    def search(self, rows: QuerySet[Space], text: str) -> QuerySet[Space]:
        return rows.filter(code__icontains=text) | rows.filter(name__icontains=text)


class SpaceDetail(DetailPage[Space]):
    of = SpaceList
    facts = SpaceList.columns[1:]
    sections = [Section(_("Documents"), template="library/tree.html", context=inside)]
    actions = ["library:space-edit", "library:space-import"]
    template = "library/space.html"
    slots = ("activity",)


class SpaceForm(FormPage[Space]):
    of = SpaceList
    title, edit_title = _("New space"), _("Edit space")
    form = SpaceFields
    create_code = "library.save_space"
    update = actions.save_space

    @staticmethod
    def create(by: Any, **cleaned: Any) -> Space:
        return actions.save_space(by, None, **cleaned)


class SpaceImport(ActionPage[Space]):
    of, verb, icon = SpaceList, "import", "file-import"
    title, button = _("Bring a Markdown folder in"), _("Bring in")
    text = _(
        "New files become drafts, changed ones new versions; links and pictures are kept. Nothing is published by this."
    )
    action = actions.import_folder
    form = FolderFields
    done = _("The folder was brought in")

    def perform(self, request: HttpRequest, row: Space | None, values: dict[str, Any]) -> Any:
        if row is None:
            raise Http404
        if values["file"].size > MOST_ZIP:
            raise Refused(_("The file is too large."), fields={"file": _("Too large.")})
        actions.import_folder(reader(request), row, folder=read_zip(values["file"].read()), kind=values["kind"])
        return row


class SpaceExport(Page):
    """A space as a ZIP of Markdown files with pictures."""

    area, section, name, path = "library", "structure", "space-export", "spaces/<int:pk>/export/"
    title, read = _("Export the space"), "library.view_document"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        person = reader(request)
        space = queries.spaces(person).filter(pk=min(kwargs["pk"], 2**63 - 1)).first()
        if space is None:
            raise Http404
        rows = list(queries.documents(person).filter(space=space).order_by("pk")[:MOST_EXPORT])
        drafts = {row.pk for row in rows if queries.sees_drafts(person, row)}
        data = write_zip(rows, drafts=drafts)
        note("library.export_space", person, space, documents=len(rows))
        answer = HttpResponse(data, content_type="application/zip")
        answer["Content-Disposition"] = f'attachment; filename="{space.code}.zip"'
        return answer
