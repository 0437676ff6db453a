"""DetailPage: the record, its facts and sections, its actions, and the slots that engines fill."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString

from tradewind.ui import hooks
from tradewind.ui.pages import registry
from tradewind.ui.pages.columns import Col, resolve
from tradewind.ui.pages.listing import Head
from tradewind.ui.pages.page import RoomPage, is_part
from tradewind.ui.pages.rows import Cell, Row

M = TypeVar("M", bound=Model)


def rows_of(page: RoomPage, request: HttpRequest) -> QuerySet[Any]:
    """The scoped rows of the list page that ``of`` names."""
    if page.of is None:
        raise NotImplementedError("write rows() or set `of`")
    rows: QuerySet[Any] = page.of().rows(request)
    return rows


def find(rows: QuerySet[M], pk: Any) -> M:
    """One of the rows by key; 404 when it is not there, which says nothing about whether it exists elsewhere."""
    try:
        return rows.get(pk=pk)
    except (ObjectDoesNotExist, OverflowError, ValueError) as missing:
        raise Http404 from missing


def title_of(row: Any, title: Any) -> str:
    """The title of a record: an attribute path, a callable, or the record itself."""
    if callable(title):
        return str(title(row))
    return str(resolve(row, title) if isinstance(title, str) and title else row)


@dataclass(frozen=True)
class Section:
    """One part of a detail page: a table of linked rows, or a template of the room."""

    title: str | Promise
    rows: Callable[[HttpRequest, Any], Iterable[Any]] | None = None
    columns: Sequence[Col] = ()
    template: str = ""
    context: Callable[[HttpRequest, Any], Mapping[str, Any]] | None = None
    read: str = ""
    url: Callable[[Any], str] | None = None
    empty: str | Promise = ""
    limit: int = 100
    more: Callable[[Any], str] | None = None


@dataclass(frozen=True)
class DrawnSection:
    """A section ready for the template."""

    section: Section
    heads: list[Head] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)
    more_url: str = ""


@dataclass(frozen=True)
class Fact:
    """A label and its drawn value."""

    label: str | Promise
    html: SafeString


@dataclass(frozen=True)
class Link:
    """A button of a detail page."""

    label: str | Promise
    url: str
    icon: str
    danger: bool


def draw_section(section: Section, request: HttpRequest, row: Any) -> DrawnSection:
    """A section with its rows drawn; at most ``limit`` of them, and a way to the rest."""
    if section.rows is None:
        return DrawnSection(section, extra=dict(section.context(request, row)) if section.context else {})
    columns = [col for col in section.columns if col.open_to(request)]
    rows = section.rows(request, row)
    found = list(rows[: section.limit + 1] if isinstance(rows, QuerySet) else rows)
    more = section.more(row) if section.more and len(found) > section.limit else ""
    drawn = []
    for item in found[: section.limit]:
        url = section.url(item) if section.url else ""
        cells = [Cell(col.cell(item, request, url), col.numeric) for col in columns]
        drawn.append(Row(getattr(item, "pk", None), url, str(item), cells))
    return DrawnSection(section, [Head(col, "", "") for col in columns], drawn, more_url=more)


class DetailPage(RoomPage, Generic[M]):
    """The page of one record."""

    template: ClassVar[str] = "ui/pages/detail.html"
    title: ClassVar[Any] = ""
    subtitle: ClassVar[Any] = ""
    facts: ClassVar[Sequence[Col]] = ()
    sections: ClassVar[Sequence[Section]] = ()
    actions: ClassVar[Sequence[str]] = ()
    subject: ClassVar[str] = ""
    slots: ClassVar[Sequence[str]] = ("files", "activity", "comments", "history")

    def rows(self, request: HttpRequest) -> QuerySet[M]:
        """The records the reader may open; by default those of ``of``."""
        return rows_of(self, request)

    @classmethod
    def url_names(cls) -> list[str]:
        return [f"{cls.stem}-detail"] if cls.stem else []

    @classmethod
    def menu_name(cls) -> str:
        return ""

    @classmethod
    def urls(cls) -> list[URLPattern]:
        return [path(f"{cls.base_path()}<{cls.pk_type}:pk>/", cls.as_view(), name=f"{cls.stem}-detail")]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        row = find(self.rows(request), kwargs["pk"])
        peek = is_part(request, "peek")
        context = {
            "row": row,
            "title": title_of(row, type(self).title),
            "subtitle": title_of(row, type(self).subtitle) if type(self).subtitle else "",
            "facts": [Fact(col.label, col.cell(row, request)) for col in self.facts if col.open_to(request, row)],
            "sections": [] if peek else self._sections(request, row),
            "links": self._links(request, row),
            "slots": [] if peek else self._slots(row),
            "list_url": self._list_url(),
            "self_url": request.path,
            **self.extra(request, row),  # noqa: S610  ours, not a queryset's
        }
        return self.show(request, context, template="ui/pages/peek.html" if peek else "")

    def extra(self, request: HttpRequest, row: M) -> dict[str, Any]:
        """More context for a template of the room's own; override."""
        return {}

    def _sections(self, request: HttpRequest, row: M) -> list[DrawnSection]:
        may: Callable[..., bool] = request.may  # type: ignore[attr-defined]
        return [draw_section(part, request, row) for part in self.sections if not part.read or may(part.read, row)]

    def _slots(self, row: M) -> list[tuple[str, str]]:
        subject = self.subject or f"{self.area}.{self.stem}"
        found = ((name, hooks.slot_url(name, subject=subject, pk=row.pk)) for name in self.slots)
        return [(name, url) for name, url in found if url]

    def _links(self, request: HttpRequest, row: M) -> list[Link]:
        """The actions this person may take on this record; the first one is the primary button."""
        return [link for name in self.actions if (link := self._link(request, row, name)) is not None]

    def _link(self, request: HttpRequest, row: M, name: str) -> Link | None:
        may: Callable[..., bool] = request.may  # type: ignore[attr-defined]
        page = next((item for item in registry.pages() if name in getattr(item, "row_names", list)()), None)
        if page is None:
            return None
        if not page.any_person and not any(may(code, row) for code in page.row_codes()):
            return None
        if not page.offered(row):
            return None
        try:
            url = reverse(name, kwargs={"pk": row.pk})
        except NoReverseMatch:
            return None
        return Link(page.row_label(), url, page.icon, page.danger)

    def _list_url(self) -> str:
        try:
            return reverse(self.full_name("list"))
        except NoReverseMatch:
            return ""
