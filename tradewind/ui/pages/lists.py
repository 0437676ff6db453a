"""ListPage: search, filters, sort, cursor paging, peek, bulk actions and export over an already scoped queryset."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Generic, TypeVar

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tradewind.base.errors import NotAllowed, Refused
from tradewind.ui import hooks
from tradewind.ui.pages import files
from tradewind.ui.pages.columns import Col
from tradewind.ui.pages.filters import Filter, Ref
from tradewind.ui.pages.listing import Listing
from tradewind.ui.pages.page import RoomPage, code_of, is_part

M = TypeVar("M", bound=Model)
BULK_LIMIT = 1000
PK_MARK = "987654321"


@dataclass(frozen=True)
class Bulk:
    """An action that a person may run on the ticked rows, one after the other."""

    action: Callable[..., Any]
    label: str | Promise
    icon: str = "check"
    code: str = ""
    danger: bool = False
    arguments: dict[str, Any] | None = None

    @property
    def guard(self) -> str:
        """The permission code: given, or the action's own name."""
        return self.code or code_of(self.action)

    @property
    def name(self) -> str:
        """What the button sends."""
        return self.guard or getattr(self.action, "__name__", "")


def address(name: str) -> str:
    """The address of a URL name without arguments; '' for no name or one of a room that is not there."""
    try:
        return reverse(name) if name else ""
    except NoReverseMatch:
        return ""


class ListPage(RoomPage, Generic[M]):
    """A list of records: the room gives the scoped rows and the columns."""

    template: ClassVar[str] = "ui/pages/list.html"
    columns: ClassVar[Sequence[Col]] = ()
    filters: ClassVar[Sequence[Filter]] = ()
    default_order: ClassVar[str] = "-pk"
    size: ClassVar[int] = 50
    primary: ClassVar[str] = ""
    primary_label: ClassVar[str | Promise] = gettext_lazy("New")
    primary_code: ClassVar[str] = ""
    secondary: ClassVar[Sequence[tuple[str, str | Promise, str]]] = ()
    bulk: ClassVar[Sequence[Bulk]] = ()
    export: ClassVar[bool] = True
    searchable: ClassVar[bool] = True
    peek: ClassVar[bool] = True
    empty: ClassVar[str | Promise] = ""
    empty_title: ClassVar[str | Promise] = gettext_lazy("Nothing here yet")
    head_template: ClassVar[str] = ""
    part_template: ClassVar[str] = "ui/pages/list_part.html"  # one that extends it may draw the rows otherwise

    def rows(self, request: HttpRequest) -> QuerySet[M]:
        """What the reader may see of these records; override."""
        raise NotImplementedError

    def search(self, rows: QuerySet[M], text: str) -> QuerySet[M]:
        """The rows that match a search; override (or set ``searchable = False``)."""
        return rows

    @classmethod
    def url_names(cls) -> list[str]:
        return [f"{cls.stem}-list"] if cls.stem else []

    @classmethod
    def menu_name(cls) -> str:
        return cls.full_name("list") if cls.in_menu and "<" not in cls.base_path() else ""

    @classmethod
    def urls(cls) -> list[URLPattern]:
        base, view = cls.base_path(), cls.as_view()
        found = [path(base, view, name=f"{cls.stem}-list")]
        if any(isinstance(item, Ref) for item in cls.filters):
            found.append(path(f"{base}options/", view, {"part": "options"}, name=f"{cls.stem}-options"))
        if cls.export:
            found.append(path(f"{base}export/<str:kind>/", view, {"part": "export"}, name=f"{cls.stem}-export"))
        if cls.bulk:
            found.append(path(f"{base}bulk/", view, {"part": "bulk"}, name=f"{cls.stem}-bulk"))
        return found

    def url_for(self, kind: str, **kwargs: Any) -> str:
        """The address of another page of this record, '' where there is none."""
        try:
            return reverse(self.full_name(kind), kwargs=kwargs or None)
        except NoReverseMatch:
            return ""

    def row_url(self, row: M) -> str:
        """The detail page of a row; '' when the room has none."""
        if self.pk_type != "int":
            return self.url_for("detail", pk=row.pk)
        return self._detail_form.replace(PK_MARK, str(row.pk))

    @cached_property
    def _detail_form(self) -> str:
        """One reverse for the whole list: only the key differs between rows."""
        return self.url_for("detail", pk=PK_MARK)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        part = kwargs.get("part")
        if part == "options":
            return self._options(request)
        if part == "export":
            return self._export(request, kwargs["kind"])
        if part == "bulk":
            return HttpResponseRedirect(self.url_for("list"))
        listing = Listing(self, request)
        context = {**self.context(request, **kwargs), "listing": listing, "bulk": self._bulk(request)}
        if is_part(request, "list"):
            return self.show(request, context, template=self.part_template)
        return self.show(request, {**context, "primary_url": self._primary(request), "links": self._links(request)})

    def _primary(self, request: HttpRequest) -> str:
        may: Callable[..., bool] = request.may  # type: ignore[attr-defined]
        return address(self.primary) if not self.primary_code or may(self.primary_code) else ""

    def _links(self, request: HttpRequest) -> list[tuple[str, str | Promise]]:
        """Further buttons: (URL name, label, code)."""
        may: Callable[..., bool] = request.may  # type: ignore[attr-defined]
        allowed = [(address(name), label) for name, label, code in self.secondary if not code or may(code)]
        return [(url, label) for url, label in allowed if url]

    def _bulk(self, request: HttpRequest) -> list[Bulk]:
        may: Callable[..., bool] = request.may  # type: ignore[attr-defined]
        return [item for item in self.bulk if not item.guard or may(item.guard)]

    def _options(self, request: HttpRequest) -> HttpResponseBase:
        for item in self.filters:
            if isinstance(item, Ref) and item.name == request.GET.get("filter"):
                return JsonResponse({"rows": item.matches(request, request.GET.get("q", "")[:100])})
        raise Http404

    def _export(self, request: HttpRequest, kind: str) -> HttpResponseBase:
        writer = files.WRITERS.get(kind)
        if writer is None:
            raise Http404
        listing = Listing(self, request)
        hooks.call("on_export", request, self, listing.matching().order_by().count())
        return writer(listing)

    # bulk

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Run one bulk action on the ticked rows; each row succeeds or is refused for itself."""
        if kwargs.get("part") != "bulk":
            return self.http_method_not_allowed(request)
        chosen = next((item for item in self._bulk(request) if item.name == request.POST.get("action")), None)
        if chosen is None:
            raise NotAllowed(_("You may not do this."))
        done, refusals = self._run(request, chosen)
        self._tell(request, done, refusals)
        back = request.POST.get("back", "")
        safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
        return HttpResponseRedirect(back if safe else self.url_for("list"))

    def _ticked(self, request: HttpRequest) -> list[M]:
        keys = request.POST.getlist("pk")[:BULK_LIMIT]
        keys = [key for key in keys if self.pk_type != "int" or (key.isdecimal() and len(key) < 19)]
        return list(self.rows(request).filter(pk__in=keys))

    def _run(self, request: HttpRequest, chosen: Bulk) -> tuple[int, list[tuple[M, str]]]:
        person = request.person  # type: ignore[attr-defined]
        done, refusals = 0, []
        for row in self._ticked(request):
            try:
                chosen.action(person, row, **(chosen.arguments or {}))
                done += 1
            except Refused as refusal:
                refusals.append((row, str(refusal)))
        return done, refusals

    def _tell(self, request: HttpRequest, done: int, refusals: list[tuple[M, str]]) -> None:
        if done:
            messages.success(request, ngettext("%(count)s done", "%(count)s done", done) % {"count": done})
        for row, reason in refusals[:5]:
            messages.error(request, _("%(record)s: %(reason)s") % {"record": row, "reason": reason})
        if len(refusals) > 5:
            messages.error(request, _("%(count)s more were refused") % {"count": len(refusals) - 5})
        if not done and not refusals:
            messages.warning(request, _("Nothing was ticked"))
