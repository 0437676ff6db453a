"""Pages of imports: the list, the upload, one import from its file to its end, mappings and the watched folder."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from tradewind.base.errors import NotAllowed, Refused
from tradewind.base.places import COUNTRIES
from tradewind.engines.actions.action import note
from tradewind.engines.exchange import actions, forms, queries
from tradewind.engines.exchange.answers import reason_of
from tradewind.engines.exchange.arrival import Wish, open_upload
from tradewind.engines.exchange.intake.totals import exact_text
from tradewind.engines.exchange.intake.undo import TAKEN_BACK
from tradewind.engines.exchange.models import Batch, BatchRefusal
from tradewind.nouns.files.queries import open_kept
from tradewind.nouns.org.queries import reader
from tradewind.ui.fields import polish
from tradewind.ui.formats import format_number
from tradewind.ui.pages import ActionPage, Choice, Col, DayRange, DetailPage, ListPage, Page, Ref, Section
from tradewind.ui.pages.details import find
from tradewind.ui.pages.edits import add_refusal
from tradewind.ui.pages.files import safe_text

TONES = {
    Batch.NEW: "info", Batch.READING: "info", Batch.READY: "attention", Batch.MERGING: "info", Batch.DONE: "good",
    Batch.REFUSED: "bad", Batch.FAILED: "bad", Batch.CANCELLED: "attention", Batch.UNDOING: "info", Batch.UNDONE: "neutral",
}  # fmt: skip
SAMPLE = 12


def format_name(batch: Batch) -> str:
    """A batch's format, or its mapping's name."""
    if batch.format == "mapping":
        return batch.mapping_name or _t("Any table, by a mapping")
    return str(forms.FORMAT_NAMES.get(batch.format, batch.format))


def count(name: str) -> Any:
    """The value of one of a batch's counts."""
    return lambda batch: batch.counts.get(name, 0)


class ImportList(ListPage[Batch]):
    """Every file that came in, the newest first."""

    area, section, stem = "exchange", "customers", "import"
    title, icon, read = _("Imports"), "file-import", "exchange.view_imports"
    guide = "import"
    columns = [
        Col("file_name", _("File"), link=True, sort="file_name"),
        Col("channel", _("Channel"), value="channel.name"),
        Col("format", _("Format"), value=format_name),
        Col(
            "state", _("State"), kind="chip", value="get_state_display", tone=lambda row: TONES[row.state], sort="state"
        ),
        Col("rows", _("Rows"), kind="number", value=count("rows")),
        Col("orders_new", _("New orders"), kind="number", value=count("orders_new")),
        Col("orders_changed", _("Changed"), kind="number", value=count("orders_changed")),
        Col("refused", _("Refused rows"), kind="number"),
        Col("by", _("By"), kind="person"),
        Col("created_at", _("When"), kind="moment", sort="created_at"),
        Col("id", _("Number"), sort="id", hidden=True),
    ]
    filters = [
        Choice("state", _("State"), Batch.STATES),
        Ref("channel", _("Channel"), lambda request: queries.batch_channels(reader(request))),
        Choice("format", _("Format"), list(forms.FORMAT_NAMES.items())),
        DayRange("created_at", _("When")),
    ]
    default_order = "-created_at"
    primary, primary_label = "exchange:import-new", _("Import a file")
    secondary = [("exchange:mapping-list", _("Mappings"), "exchange.view_imports")]
    empty = _(
        "Bring in the order file of a shop or marketplace; nothing is changed before you have seen what it would do."
    )

    def rows(self, request: HttpRequest) -> QuerySet[Batch]:
        return queries.batches(reader(request)).annotate(refused=Count("refusals"))

    def search(self, rows: QuerySet[Batch], text: str) -> QuerySet[Batch]:
        return rows.filter(file_name__icontains=text)


class ImportNew(Page):
    """Upload a file."""

    area, section, name, path = "exchange", "customers", "import-new", "imports/new/"
    title, icon, template = _("Import a file"), "file-upload", "exchange/import_new.html"
    guide = "import"

    @classmethod
    def codes(cls) -> list[str]:
        return list(queries.CODES)

    def form(self, request: HttpRequest, data: Any = None) -> forms.UploadFields:
        """The upload form with the channels one may import into."""
        person = reader(request)
        form = forms.UploadFields(
            data, request.FILES or None, channels=queries.channels(person), mappings=list(queries.mappings(person)),
            initial={"channel": request.GET.get("channel", "")},
        )  # fmt: skip
        polish(form)
        return form

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        return {"form": self.form(request), "most": settings.MAX_UPLOAD_BYTES // 1024 // 1024}

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Keep the file, recognise it, and go to its page."""
        form = self.form(request, request.POST)
        if form.is_valid():
            given = form.cleaned_data
            chosen = "mapping" if given["mapping"] else given["format"]
            wish = Wish(chosen, given["mapping"], given["strict"])
            try:
                batch = open_upload(
                    reader(request), channel=given["channel"], wish=wish, name=given["file"].name,
                    content=given["file"].chunks(), most=settings.MAX_UPLOAD_BYTES,
                )  # fmt: skip
                return self.started(request, batch)
            except NotAllowed as refusal:
                form.add_error("channel", str(refusal))
            except Refused as refusal:
                add_refusal(form, refusal)
        return self.show(request, {**self.context(request), "form": form}, status=422)

    def started(self, request: HttpRequest, batch: Batch) -> HttpResponseBase:
        """A file that is known is read at once; one that is not gets its mapping first."""
        if batch.options.get("draft"):
            return HttpResponseRedirect(reverse("exchange:import-mapping", args=[batch.pk]))
        actions.read_import(reader(request), batch)
        return HttpResponseRedirect(reverse("exchange:import-detail", args=[batch.pk]))


def standing(request: HttpRequest, batch: Batch) -> dict[str, Any]:
    """What the state card of an import shows."""
    job = queries.running(batch)
    open_countries = [item for item in batch.review if item["kind"] == "country"]
    return {
        "batch": batch,
        "job": job,
        "moving": job is not None,
        "counts": [(label, format_number(batch.counts[name])) for name, label in COUNT_NAMES if batch.counts.get(name)],
        "totals": [exact_total(units, currency) for currency, units in sorted(batch.totals.items())],
        "settled": [exact_total(units, currency) for currency, units in sorted(batch.settled.items())],
        "refused": queries.refusals(batch).count(),
        "countries": open_countries,
        "decided": batch.options.get("countries", {}),
        "choices": country_choices() if open_countries else [],
        "notes": [item for item in batch.review if item["kind"] != "country"],
        "may": queries.may_import(reader(request), batch),
        "same_file": batch.promises == "same-file only",
    }


def exact_total(units: int, currency: str) -> str:
    """A total with every place it has, to be compared with the platform's own to the last digit."""
    text = exact_text(units, currency)
    return f"{currency} {format_number(Decimal(text), len(text.partition('.')[2]))}"


COUNT_NAMES = (
    ("rows", _("Rows")), ("orders_new", _("New orders")), ("orders_changed", _("Changed orders")),
    ("orders_same", _("Orders without change")), ("lines_new", _("New lines")), ("payments_new", _("New payments")),
    ("payments_changed", _("Changed payments")), ("fees_new", _("New fees")), ("refunds_new", _("New refunds")),
    ("customers_new", _("New customers")), ("products_new", _("New products")), ("orders_removed", _("Orders removed")),
    ("orders_restored", _("Orders as before")),
)  # fmt: skip


def country_choices() -> list[tuple[str, str]]:
    """Countries by name."""
    return sorted(((c.code, str(c.name)) for c in COUNTRIES.values()), key=lambda pair: pair[1])


class ImportDetail(DetailPage[Batch]):
    """One import: what it would do or did, what it refused, and what one can do with it."""

    of, title, subject = ImportList, "file_name", "exchange.batch"
    facts = [
        Col("state", _("State"), kind="chip", value="get_state_display", tone=lambda row: TONES[row.state]),
        Col("channel", _("Channel"), value="channel.name"),
        Col("format", _("Format"), value=format_name),
        Col("by", _("By"), kind="person"),
        Col("created_at", _("When"), kind="moment"),
        Col("finished_at", _("Finished at"), kind="moment"),
        Col("strict", _("Nothing if any row is refused"), kind="bool"),
        Col("id", _("Number"), value=lambda row: f"#{row.pk}"),
    ]
    sections = [
        Section(_("What it does"), template="exchange/standing.html", context=standing),
        Section(
            _("Refused rows"),
            rows=lambda request, row: queries.refusals(row),
            columns=[
                Col("line", _("Line"), kind="number"),
                Col("column", _("Column")),
                Col("reason", _("Reason"), value=reason_of),
                Col("key", _("Order")),
            ],
            empty=_("No row was refused."),
            more=lambda row: reverse("exchange:import-refusals", args=[row.pk]),
        ),
    ]
    actions = [
        "exchange:import-commit", "exchange:import-cancel", "exchange:import-undo",
    ]  # fmt: skip
    slots = ("activity", "comments")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if request.GET.get("part") == "standing":
            return self.part(request, find(self.rows(request), kwargs["pk"]))
        return super().get(request, **kwargs)

    def part(self, request: HttpRequest, batch: Batch) -> HttpResponseBase:
        """The state card while a job works; once it is over the whole page comes anew."""
        data = standing(request, batch)
        if not data["moving"]:
            return HttpResponse(headers={"HX-Refresh": "true"})
        return self.show(request, {"data": data}, template="exchange/standing.html")


class BatchPage(ActionPage[Batch]):
    """An action on an import for whoever may import into its channel."""

    @classmethod
    def codes(cls) -> list[str]:
        return list(queries.CODES)


class ImportCommit(BatchPage):
    """Commits an import that was read."""

    of, verb, action = ImportList, "commit", actions.commit_import
    title, button, icon = _("Import these orders"), _("Import"), "check"
    text = _("Good orders come in, refused ones stay out and are listed. The import can be taken back.")

    @classmethod
    def offered(cls, row: Any) -> bool:
        if row.options.get("draft"):
            return False
        cut_off = row.state == Batch.MERGING and queries.running(row) is None
        return cut_off or row.state in (Batch.READY, Batch.CANCELLED, Batch.FAILED)


class ImportCancel(BatchPage):
    """Stops an import."""

    of, verb, action = ImportList, "cancel", actions.cancel_import
    title, button, icon = _("Stop the import"), _("Stop"), "player-stop"
    text = _("What is in already stays until you take the import back.")
    states = (Batch.NEW, *Batch.MOVING)


class ImportUndo(BatchPage):
    """Takes an import back."""

    of, verb, action, danger = ImportList, "undo", actions.undo_import, True
    title, button, icon = _("Take the import back"), _("Take back"), "arrow-back-up"
    text = _(
        "What it made is deleted and what it changed is as before. What later imports changed stays and is listed."
    )

    @classmethod
    def offered(cls, row: Any) -> bool:
        return row.state in TAKEN_BACK and bool(row.merged_through) and queries.running(row) is None


class ImportPart(Page):
    """A page of one import."""

    section, in_menu = "customers", False

    @classmethod
    def codes(cls) -> list[str]:
        return ["exchange.view_imports"]

    def batch(self, request: HttpRequest, pk: int) -> Batch:
        """The import, if the reader may see it."""
        return find(queries.batches(reader(request)), pk)


class ImportRefusals(ImportPart):
    """The refused rows as a file."""

    area, name, path, title = "exchange", "import-refusals", "imports/<int:pk>/refusals.csv", _("Refused rows")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        batch = self.batch(request, kwargs["pk"])
        answer = StreamingHttpResponse(refusal_lines(queries.refusals(batch)), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="refused-{batch.pk}.csv"'
        return answer


class Echo:
    """A file for csv.writer whose write gives the line back."""

    def write(self, text: str) -> str:
        return text


def refusal_lines(rows: QuerySet[BatchRefusal]) -> Iterator[str]:
    """Refused rows as CSV, safe to open in a spreadsheet."""
    writer = csv.writer(Echo())
    yield "\ufeff" + writer.writerow([_t("Line"), _t("Column"), _t("Reason"), _t("Value"), _t("Order")])
    for row in rows.iterator(chunk_size=2000):
        yield writer.writerow(
            [row.line, *(safe_text(text) for text in (row.column, reason_of(row), row.value, row.key))]
        )


class ImportFile(ImportPart):
    """The original file; each download is written down."""

    area, name, path, title = "exchange", "import-file", "imports/<int:pk>/file/", _("Original file")

    @classmethod
    def codes(cls) -> list[str]:
        return ["exchange.download_file"]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        batch = self.batch(request, kwargs["pk"])
        if not request.may("exchange.download_file", batch):  # type: ignore[attr-defined]
            raise NotAllowed(_("You may not open this page."))
        note("exchange.download_file", reader(request), batch, file=batch.file_name)
        answer = FileResponse(
            open_kept(batch.sha256),
            as_attachment=True,
            filename=batch.file_name,
            content_type="application/octet-stream",
        )
        answer["X-Content-Type-Options"] = "nosniff"
        return answer


class ImportDecide(ImportPart):
    """Decides the countries an import asks about."""

    area, name, path, title = "exchange", "import-decide", "imports/<int:pk>/decide/", _("Countries to decide")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        return HttpResponseRedirect(reverse("exchange:import-detail", args=[self.batch(request, kwargs["pk"]).pk]))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Read the file again with what was decided."""
        batch = self.batch(request, kwargs["pk"])
        asked = [item["value"] for item in batch.review if item["kind"] == "country"]
        decided = {name: request.POST.get(f"country-{n}", "") for n, name in enumerate(asked)}
        try:
            chosen = {name: code for name, code in decided.items() if code}
            batch = actions.decide_countries(reader(request), batch, countries=chosen)
        except NotAllowed:
            raise
        except Refused as refusal:
            messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("exchange:import-detail", args=[batch.pk]))
