"""Pages of tables that are no orders: choose the kind, bring the file, say what its columns mean, see what it does, take it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tradewind.base.errors import NotAllowed, NotFound, Refused
from tradewind.engines.actions.action import note
from tradewind.engines.exchange import queries
from tradewind.engines.exchange.models import SheetBatch
from tradewind.engines.exchange.readers.table import open_table
from tradewind.engines.exchange.sheets import flow, forms, queue
from tradewind.engines.exchange.sheets.kinds import SHEETS, Sheet, sheet_of
from tradewind.engines.exchange.sheets.layouts import Spec, cells
from tradewind.engines.exchange.views.imports import Echo
from tradewind.nouns.files.queries import open_kept, path_of
from tradewind.nouns.org.queries import reader
from tradewind.ui.fields import polish
from tradewind.ui.formats import format_number
from tradewind.ui.pages import ActionPage, Choice, Col, DayRange, DetailPage, ListPage, Page, Section
from tradewind.ui.pages.details import find
from tradewind.ui.pages.edits import add_refusal
from tradewind.ui.pages.files import safe_text

SAMPLE = 12
TONES = {SheetBatch.NEW: "info", SheetBatch.READY: "attention", SheetBatch.DONE: "good", SheetBatch.FAILED: "bad"}


def take_codes() -> list[str]:
    """Rights to bring some table in."""
    return sorted({sheet.take.code for sheet in SHEETS.values()})


def all_codes() -> list[str]:
    """Rights that show some table's batches."""
    return sorted({*take_codes(), *(sheet.read for sheet in SHEETS.values())})


def sheet_title(batch: SheetBatch) -> str:
    """What kind of table it is."""
    sheet = SHEETS.get(batch.sheet)
    return str(sheet.title) if sheet else batch.sheet


def count(name: str) -> Any:
    """The value of one of a batch's counts."""
    return lambda batch: batch.counts.get(name, 0)


class SheetList(ListPage[SheetBatch]):
    """Every table that came in, the newest first."""

    area, section, stem = "exchange", "finance", "sheet"
    title, icon = _("Files of money"), "table-import"
    guide = "bank"
    columns = [
        Col("file_name", _("File"), link=True, sort="file_name"),
        Col("sheet", _("Kind"), value=sheet_title, sort="sheet"),
        Col("state", _("State"), kind="chip", value="get_state_display", tone=lambda row: TONES[row.state], sort="state"),
        Col("rows", _("Rows"), kind="number", value=count("rows")),
        Col("new", _("New"), kind="number", value=count("new")),
        Col("changed", _("Changed"), kind="number", value=count("changed")),
        Col("refused", _("Refused rows"), kind="number", value=count("refused")),
        Col("by", _("By"), kind="person"),
        Col("created_at", _("When"), kind="moment", sort="created_at"),
    ]  # fmt: skip
    filters = [
        Choice("state", _("State"), SheetBatch.STATES),
        Choice("sheet", _("Kind"), lambda request: [(code, str(sheet.title)) for code, sheet in SHEETS.items()]),
        DayRange("created_at", _("When")),
    ]
    default_order = "-created_at"
    primary, primary_label = "exchange:sheet-choose", _("Import a file")
    empty = _("Bring in bank statements, wallet files, ad spend, cost prices or a ledger; nothing changes before you have seen what it would do.")  # fmt: skip

    @classmethod
    def codes(cls) -> list[str]:
        return all_codes()

    def rows(self, request: HttpRequest) -> QuerySet[SheetBatch]:
        return queries.sheet_batches(reader(request))

    def search(self, rows: QuerySet[SheetBatch], text: str) -> QuerySet[SheetBatch]:
        return rows.filter(file_name__icontains=text)


class SheetChoose(Page):
    """The kinds of tables one may bring in."""

    area, section, name, path = "exchange", "finance", "sheet-choose", "sheets/new/"
    title, icon, template = _("Import a table"), "file-upload", "exchange/sheet_choose.html"
    guide, in_menu = "bank", False

    @classmethod
    def codes(cls) -> list[str]:
        return take_codes()

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        return {"sheets": queries.sheets(reader(request))}


class SheetNew(Page):
    """Upload a table of one kind."""

    area, section, name, path = "exchange", "finance", "sheet-new", "sheets/new/<str:code>/"
    title, icon, template = _("Import a table"), "file-upload", "exchange/sheet_new.html"
    guide, in_menu = "bank", False

    @classmethod
    def codes(cls) -> list[str]:
        return take_codes()

    def sheet(self, request: HttpRequest, code: str) -> Sheet:
        """The kind of table, where this person may bring it in."""
        sheet = SHEETS.get(code)
        if sheet is None:
            raise NotFound(gettext("There is no such record, or you may not see it."))
        if not flow.may_take(reader(request), sheet):
            raise NotAllowed(gettext("You may not bring files of this kind in."))
        return sheet

    def page(self, request: HttpRequest, sheet: Sheet, form: forms.SheetFields, status: int = 200) -> HttpResponse:
        """The form."""
        polish(form)
        shown = {"form": form, "sheet": sheet, "most": settings.MAX_UPLOAD_BYTES // 1024 // 1024, "title": sheet.title}
        return self.show(request, shown, status=status)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        sheet = self.sheet(request, kwargs["code"])
        asked = {name: value for name, value in request.GET.items() if name in {one.name for one in sheet.options}}
        return self.page(request, sheet, forms.SheetFields(sheet=sheet, person=reader(request), initial=asked))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Keep the file and read it."""
        sheet = self.sheet(request, kwargs["code"])
        person = reader(request)
        form = forms.SheetFields(request.POST, request.FILES, sheet=sheet, person=person)
        if form.is_valid():
            given = form.cleaned_data
            try:
                batch = flow.open_sheet(
                    person, sheet, name=given["file"].name, content=given["file"].chunks(), strict=given["strict"],
                    options={one.name: given[one.name] for one in sheet.options}, layout=given["layout"],
                    most=settings.MAX_UPLOAD_BYTES,
                )  # fmt: skip
                return HttpResponseRedirect(where_next(queue.begin(person, batch)))
            except NotAllowed:
                raise
            except Refused as refusal:
                add_refusal(form, refusal)
        return self.page(request, sheet, form, status=422)


def where_next(batch: SheetBatch) -> str:
    """To the columns where somebody has to say what they are, else to the batch."""
    name = "exchange:sheet-columns" if batch.state == SheetBatch.NEW and batch.header else "exchange:sheet-detail"
    return reverse(name, args=[batch.pk])


def standing(request: HttpRequest, batch: SheetBatch) -> dict[str, Any]:
    """What the state card of a table shows."""
    job = queue.running(batch)
    sheet = SHEETS.get(batch.sheet)
    may = sheet is not None and flow.may_take(reader(request), sheet)
    return {
        "batch": batch, "job": job, "moving": job is not None, "sheet": sheet, "may": may,
        "counts": [(label, format_number(batch.counts[name])) for name, label in COUNT_NAMES if batch.counts.get(name)],
        "totals": [exact_amount(currency, text) for currency, text in sorted(batch.totals.items())],
        "settled": [exact_amount(*pair) for pair in sorted(batch.counts.get("settled", {}).items())],
        "layout": batch.counts.get("layout", ""), "notes": batch.counts.get("notes", []),
        "columns": columns_told(batch, sheet), "table": bool(batch.spec), "open": batch.state != SheetBatch.DONE,
        "refused": batch.counts.get("refused", 0), "after": reverse(sheet.after) if sheet and sheet.after else "",
    }  # fmt: skip


def exact_amount(currency: str, text: str) -> str:
    """A sum with every place it has, to be compared with the bank's own to the last digit."""
    return f"{currency} {format_number(Decimal(text), len(text.partition('.')[2]))}"


COUNT_NAMES = (
    ("rows", _("Rows")), ("new", _("New")), ("changed", _("Changed")), ("same", _("Unchanged")),
    ("left", _("Left out")), ("refused", _("Refused rows")),
)  # fmt: skip


def columns_told(batch: SheetBatch, sheet: Sheet | None) -> list[tuple[str, str]]:
    """Which column is read as what."""
    if sheet is None:
        return []
    labels = {one.name: str(one.label) for one in sheet.columns}
    given = [*batch.spec.get("columns", {}).items(), *batch.spec.get("constants", {}).items()]
    return [(labels[name], text) for name, text in given if name in labels]


class SheetDetail(DetailPage[SheetBatch]):
    """One table: what it would do or did, what it refused and left out."""

    of, title, subject = SheetList, "file_name", "exchange.sheet_batch"
    facts = [
        Col("state", _("State"), kind="chip", value="get_state_display", tone=lambda row: TONES[row.state]),
        Col("sheet", _("Kind"), value=sheet_title),
        Col("layout", _("Columns kept as"), value="layout.name"),
        Col("by", _("By"), kind="person"),
        Col("created_at", _("When"), kind="moment"),
        Col("finished_at", _("Finished at"), kind="moment"),
        Col("strict", _("Nothing if any row is refused"), kind="bool"),
        Col("id", _("Number"), value=lambda row: f"#{row.pk}"),
    ]
    sections = [
        Section(_("What it does"), template="exchange/sheet_standing.html", context=standing),
        Section(
            _("Refused rows"), template="exchange/sheet_rows.html",
            context=lambda request, row: {"rows": row.refused[:50], "all": row.counts.get("refused", 0),
                                          "url": reverse("exchange:sheet-refusals", args=[row.pk]), "columns": True},
        ),
        Section(
            _("Left out"), template="exchange/sheet_rows.html",
            context=lambda request, row: {"rows": row.left[:50], "all": row.counts.get("left", 0)},
        ),
    ]  # fmt: skip
    actions = ["exchange:sheet-take"]
    slots = ("activity", "comments")

    @classmethod
    def codes(cls) -> list[str]:
        return all_codes()

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if request.GET.get("part") == "standing":
            data = standing(request, find(self.rows(request), kwargs["pk"]))
            if not data["moving"]:
                return HttpResponse(headers={"HX-Refresh": "true"})
            return self.show(request, {"data": data}, template="exchange/sheet_standing.html")
        return super().get(request, **kwargs)


class SheetTake(ActionPage[SheetBatch]):
    """Takes the good rows of a table."""

    of, verb, action = SheetList, "take", flow.take_sheet
    title, button, icon = _("Import these rows"), _("Import"), "check"
    text = _("Good rows come in, refused ones stay out and are listed. The same file a second time changes nothing.")

    @classmethod
    def codes(cls) -> list[str]:
        return take_codes()

    @classmethod
    def offered(cls, row: Any) -> bool:
        return bool(row.state == SheetBatch.READY) and queue.running(row) is None

    def perform(self, request: HttpRequest, row: Any, values: dict[str, Any]) -> Any:
        return queue.finish(reader(request), row)


class SheetPart(Page):
    """A page of one table."""

    section, in_menu = "finance", False

    @classmethod
    def codes(cls) -> list[str]:
        return all_codes()

    def batch(self, request: HttpRequest, pk: int) -> SheetBatch:
        """The table, if the reader may see it."""
        return find(queries.sheet_batches(reader(request)), pk)


class SheetColumns(SheetPart):
    """What the columns of a table mean, beside its first rows."""

    area, name, path = "exchange", "sheet-columns", "sheets/<int:pk>/columns/"
    title, template, guide = _("What the columns mean"), "exchange/sheet_columns.html", "bank"

    @classmethod
    def codes(cls) -> list[str]:
        return take_codes()

    def page(
        self, request: HttpRequest, batch: SheetBatch, data: Any = None, refusal: Refused | None = None
    ) -> HttpResponse:
        """The form beside the sample."""
        sheet = sheet_of(batch.sheet)
        options = Spec.parse(sheet, {"file": batch.spec.get("file", {})}).options()
        needed = list(batch.spec.get("columns", {}).values())
        table = open_table(path_of(batch.sha256), options, required=needed)
        form = forms.ColumnFields(data, sheet=sheet, header=table.header, stated=batch.spec)
        if refusal is not None:
            form.is_valid()
            form.faults(refusal)
        polish(form)
        return self.show(
            request,
            {
                "form": form, "batch": batch, "header": table.header, "encoding": table.encoding,
                "sample": [row[: len(table.header)] for _line, row in cells(table, SAMPLE)],
                "general": [form[name] for name in ("date", "number", "preamble", "keep_as")],
                "columns": [(form[f"column-{one.name}"], form[f"constant-{one.name}"]) for one in sheet.columns],
                "cancel_url": reverse("exchange:sheet-detail", args=[batch.pk]),
            },
            status=422 if refusal is not None else 200,
        )  # fmt: skip

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        return self.page(request, self.batch(request, kwargs["pk"]))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Read the file as said."""
        batch = self.batch(request, kwargs["pk"])
        sheet = sheet_of(batch.sheet)
        spec = forms.columns_said(sheet, request.POST)
        try:
            flow.map_sheet(reader(request), batch, spec=spec, keep_as=request.POST.get("keep_as", ""))
        except NotAllowed:
            raise
        except Refused as refusal:
            return self.page(request, batch, request.POST, refusal)
        return HttpResponseRedirect(reverse("exchange:sheet-detail", args=[batch.pk]))


class SheetRefusals(SheetPart):
    """The refused rows as a file."""

    area, name, path, title = "exchange", "sheet-refusals", "sheets/<int:pk>/refusals.csv", _("Refused rows")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        batch = self.batch(request, kwargs["pk"])
        answer = StreamingHttpResponse(refusal_lines(batch), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="refused-table-{batch.pk}.csv"'
        return answer


def refusal_lines(batch: SheetBatch) -> Iterator[str]:
    """Refused rows as CSV, safe to open in a spreadsheet."""
    writer = csv.writer(Echo())
    yield "\ufeff" + writer.writerow([gettext("Line"), gettext("Column"), gettext("Reason")])
    for row in batch.refused:
        yield writer.writerow([row["line"], safe_text(str(row["column"])), safe_text(str(row["reason"]))])


class SheetFile(SheetPart):
    """The original file; each download is written down."""

    area, name, path, title = "exchange", "sheet-file", "sheets/<int:pk>/file/", _("Original file")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        batch = self.batch(request, kwargs["pk"])
        note("exchange.download_file", reader(request), batch, file=batch.file_name)
        answer = FileResponse(
            open_kept(batch.sha256),
            as_attachment=True,
            filename=batch.file_name,
            content_type="application/octet-stream",
        )
        answer["X-Content-Type-Options"] = "nosniff"
        return answer


PAGES = (SheetList, SheetChoose, SheetNew, SheetDetail, SheetTake, SheetColumns, SheetRefusals, SheetFile)
