"""Outside ledgers and the months that were handed to them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tradewind.areas.finance.actions import journals as actions
from tradewind.areas.finance.forms.cash import LedgerFields, MonthFields
from tradewind.areas.finance.models import JournalExport, Layout, Ledger
from tradewind.areas.finance.queries import journals as queries
from tradewind.areas.finance.rules.journals import SIDES
from tradewind.areas.finance.views.claims import today_of
from tradewind.base.period import Period
from tradewind.nouns.org.queries import reader
from tradewind.ui import hooks
from tradewind.ui.pages import ActionPage, Choice, Col, DetailPage, FormPage, ListPage, Page, Ref, Section

EXPORT_COLUMNS = [
    Col("number", _("Number"), kind="number", link=True),
    Col("month", _("Month"), value=lambda row: f"{row.month:%Y-%m}"),
    Col("entries", _("Entries"), kind="number"),
    Col("corrections", _("Of them corrections of earlier months"), kind="number"),
    Col("made_by", _("Made by"), kind="person"),
    Col("made_at", _("Made"), kind="moment", sort="made_at"),
]


class LedgerList(ListPage[Ledger]):
    """Outside ledgers."""

    area, stem = "finance", "ledger"
    title, icon, read = _("Outside ledgers"), "books", queries.VIEW
    guide = "cash"
    columns = [
        Col("name", _("Name"), link=True, sort="name"),
        Col("code", _("Code"), sort="code"),
        Col("layout", _("File"), value="get_layout_display"),
        Col("entity", _("Entity"), kind="localtext", value="entity.name"),
        Col("currency", _("Currency of the ledger")),
        Col("active", _("In use"), kind="bool"),
    ]
    filters = [Choice("layout", _("File"), Layout.choices)]
    default_order = "code"
    primary, primary_code, primary_label = "finance:ledger-new", "finance.save_ledger", _("New outside ledger")
    empty = _("Keep your books in QuickBooks, Xero, Kingdee or Yonyou? Name the ledger and hand it a month at a time.")

    def rows(self, request: HttpRequest) -> QuerySet[Ledger]:
        return queries.ledgers(reader(request))


class LedgerDetail(DetailPage[Ledger]):
    of = LedgerList
    title = "name"
    facts = [
        *LedgerList.columns[1:],
        Col("rate", _("Rate")),
        Col(
            "contra",
            _("Other sides"),
            value=lambda row: ", ".join(row.contra[side] for side in SIDES if side in row.contra),
        ),
    ]
    sections = [
        Section(
            _("Months handed over"), rows=lambda request, row: queries.exports(reader(request)).filter(ledger=row),
            columns=[col for col in EXPORT_COLUMNS if col.name != "made_by"],
            url=lambda row: reverse("finance:journal-detail", args=[row.pk]), empty=_("None yet."),
        )
    ]  # fmt: skip
    actions = ["finance:ledger-export_month", "finance:ledger-edit"]


class LedgerForm(FormPage[Ledger]):
    of = LedgerList
    title, edit_title = _("New outside ledger"), _("Edit the outside ledger")
    form = LedgerFields
    save = actions.save_ledger

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        found = super().initial(request, row)
        sides = {f"contra_{side}": row.contra.get(side, "") for side in SIDES} if row is not None else {}
        return {**found, **sides}

    def arguments(self, form: forms.BaseForm) -> dict[str, Any]:
        assert isinstance(form, LedgerFields)  # noqa: S101
        return form.facts()


class LedgerExport(ActionPage[Ledger]):
    of, verb = LedgerList, "export_month"
    title, button, icon = _("Hand a month over"), _("Make the file"), "file-export"
    text = _("The file holds what the ledger was not told yet: the month, and corrections of the months before.")
    action, form = actions.export_month, MonthFields

    @classmethod
    def offered(cls, row: Ledger) -> bool:
        """While the ledger is in use."""
        return row.active

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {"month": Period.containing(today_of(request), "month").previous().code}

    def after(self, row: Any) -> str:
        if isinstance(row, JournalExport):
            return reverse("finance:journal-detail", args=[row.pk])
        return super().after(row)


class JournalList(ListPage[JournalExport]):
    """What was handed over."""

    area, stem = "finance", "journal"
    title, icon, read = _("Exports of journals"), "file-export", queries.VIEW
    guide = "cash"
    columns = [
        Col("ledger", _("Outside ledger"), value="ledger.name"),
        *EXPORT_COLUMNS,
        Col("lines_count", _("Lines"), kind="number", hidden=True),
    ]
    filters = [Ref("ledger", _("Outside ledger"), lambda request: queries.ledgers(reader(request)), search="code")]
    default_order = "-made_at"
    empty = _("Open an outside ledger and hand a month over: the file stays here.")

    def rows(self, request: HttpRequest) -> QuerySet[JournalExport]:
        return queries.exports(reader(request))


class JournalDetail(DetailPage[JournalExport]):
    of, template = JournalList, "finance/journal.html"
    title = staticmethod(lambda row: f"{row.ledger} {row.month:%Y-%m} · {row.number}")
    facts = [*JournalList.columns]
    sections = [
        Section(
            _("Lines"),
            rows=lambda request, row: row.lines.select_related("account"),
            columns=[
                Col("entry", _("Entry"), kind="number"),
                Col("day", _("Day"), kind="day"),
                Col("outside", _("Account")),
                Col("text", pgettext_lazy("ledger", "Text")),
                Col(
                    "debit", _("Debit"), kind="money", value=lambda row: max(row.amount, 0) or None, currency="currency"
                ),
                Col(
                    "credit",
                    _("Credit"),
                    kind="money",
                    value=lambda row: max(-row.amount, 0) or None,
                    currency="currency",
                ),
            ],
            limit=50,
        )
    ]

    def extra(self, request: HttpRequest, row: JournalExport) -> dict[str, Any]:
        return {"file_url": reverse("finance:journal-file", args=[row.pk])}


class JournalFile(Page):
    """The file of an export, the same every time."""

    area, name, path, in_menu = "finance", "journal-file", "journals/<int:pk>/file/", False
    title, read = _("Export of journals"), queries.VIEW

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        row = queries.exports(reader(request)).filter(pk=kwargs["pk"]).first()
        if row is None:
            raise Http404
        name, written = queries.file_of(row)
        hooks.call("on_export", request, self, row.lines_count)
        return HttpResponse(
            written.content,
            content_type=written.kind,
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )


PAGES = (LedgerList, LedgerDetail, LedgerForm, LedgerExport, JournalFile, JournalList, JournalDetail)
