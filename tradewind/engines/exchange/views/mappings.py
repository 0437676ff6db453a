"""Pages of mappings: how an import's file is read, and the mappings people keep."""

from __future__ import annotations

import json
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tradewind.base.errors import NotAllowed, Refused
from tradewind.engines.exchange import actions, forms, queries
from tradewind.engines.exchange.formats import look
from tradewind.engines.exchange.mapping import FIELDS, LAYOUTS
from tradewind.engines.exchange.models import Batch, Mapping
from tradewind.engines.exchange.views.imports import ImportPart
from tradewind.nouns.files.queries import path_of
from tradewind.nouns.org.queries import reader
from tradewind.ui.fields import polish
from tradewind.ui.pages import ActionPage, Col, DetailPage, FormPage, ListPage, Section

SAMPLE = 12


class ImportMapping(ImportPart):
    """How an import's file is read: columns beside sample rows, formats, rules."""

    area, name, path = "exchange", "import-mapping", "imports/<int:pk>/mapping/"
    title, template = _("How the file is read"), "exchange/import_mapping.html"

    @classmethod
    def codes(cls) -> list[str]:
        return list(queries.CODES)

    def form(self, batch: Batch, data: Any = None) -> tuple[forms.MappingFields, Any]:
        """The mapping form for the file's own columns, and the look at the file."""
        seen = look(path_of(batch.sha256))
        stated = dict(batch.spec or {})
        column = forms.column_of(stated, "state")
        words: list[str] = []
        if column in seen.header:
            place = seen.header.index(column)
            words = list(
                dict.fromkeys(row[place].strip() for row in seen.rows if place < len(row) and row[place].strip())
            )[:30]
        form = forms.MappingFields(data, header=seen.header, states=words, stated=stated)
        polish(form)
        return form, seen

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        batch = self.batch(request, kwargs["pk"])
        form, seen = self.form(batch)
        return self.page(request, batch, form, seen)

    def page(
        self, request: HttpRequest, batch: Batch, form: forms.MappingFields, seen: Any, status: int = 200
    ) -> HttpResponseBase:
        """The form beside the sample."""
        rules = {kind: rule_rows(form, kind) for kind in forms.RULE_ROWS}
        context = {
            "batch": batch, "form": form, "header": seen.header, "sample": seen.rows[:SAMPLE], "encoding": seen.encoding,
            "general": [form[name] for name in ("name", "layout", "key", "date", "zone", "number", "currency", "tax")],
            "columns": [form[f"column-{name}"] for name in FIELDS],
            "states": [form[f"state-{n}"] for n in range(len(form.state_words))],
            "rules": [(RULE_TITLES[kind], rows) for kind, rows in rules.items()],
            "cancel_url": reverse("exchange:import-detail", args=[batch.pk]),
        }  # fmt: skip
        return self.show(request, context, status=status)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Keep the mapping, read the file by it."""
        batch = self.batch(request, kwargs["pk"])
        form, seen = self.form(batch, request.POST)
        if form.is_valid():
            try:
                spec = form.spec()
                mapping = self.kept(request, batch, form, spec)
                actions.map_import(reader(request), batch, spec=spec, mapping=mapping)
                return HttpResponseRedirect(reverse("exchange:import-detail", args=[batch.pk]))
            except NotAllowed:
                raise
            except Refused as refusal:
                show_faults(form, refusal)
        return self.page(request, batch, form, seen, status=422)

    def kept(
        self, request: HttpRequest, batch: Batch, form: forms.MappingFields, spec: dict[str, Any]
    ) -> Mapping | None:
        """The mapping under its name for the next file, where the person wants and may."""
        if not form.cleaned_data["keep"] or not request.may("exchange.save_mapping"):  # type: ignore[attr-defined]
            return None
        return actions.save_mapping(reader(request), batch.mapping, name=form.cleaned_data["name"], spec=spec)


RULE_TITLES = {
    "order_kind": _("What a document is"),
    "line_kind": _("What a line is"),
    "negate": _("Amounts whose sign is turned round"),
    "skip": _("Rows that are left out"),
}


def rule_rows(form: forms.MappingFields, kind: str) -> list[list[Any]]:
    """The fields of the rules of one kind, row by row."""
    rows = []
    number = 0
    while f"{kind}-{number}-column" in form.fields:
        names = [f"{kind}-{number}-{part}" for part in ("column", "test", "value", "is")]
        rows.append([form[name] for name in names if name in form.fields])
        number += 1
    return rows


def show_faults(form: forms.MappingFields, refusal: Refused) -> None:
    """A mapping's faults beside the fields they are about."""
    for place, text in refusal.fields.items():
        name = "column-" + place.removeprefix("columns.") if place.startswith("columns.") else place.split(".")[0]
        form.add_error(name if name in form.fields else None, str(text) if name in form.fields else f"{place}: {text}")
    if not refusal.fields:
        form.add_error(None, str(refusal))


def spec_text(mapping: Mapping) -> str:
    """A mapping's JSON for a person to read."""
    return json.dumps(mapping.spec, indent=2, ensure_ascii=False)


class MappingList(ListPage[Mapping]):
    """Mappings people keep."""

    area, section, stem = "exchange", "customers", "mapping"
    title, icon, read = _("Mappings"), "table-options", "exchange.view_imports"
    columns = [
        Col("name", _("Name"), sort="name", link=True),
        Col("code", _("Code"), sort="code"),
        Col("layout", _("Layout"), value=lambda row: str(LAYOUTS.get(row.spec.get("layout", ""), ""))),
        Col("owner", _("Owner"), kind="person"),
        Col("shared", _("Shared"), kind="bool"),
        Col("updated_at", _("Changed"), kind="moment", sort="updated_at"),
    ]
    default_order = "name"
    primary, primary_code = "exchange:mapping-new", "exchange.save_mapping"
    empty = _("A mapping is made on the page of an import whose file is not known yet, and kept for the next file.")

    def rows(self, request: HttpRequest) -> QuerySet[Mapping]:
        return queries.mappings(reader(request))

    def search(self, rows: QuerySet[Mapping], text: str) -> QuerySet[Mapping]:
        return rows.filter(name__icontains=text)


class MappingDetail(DetailPage[Mapping]):
    """One mapping."""

    of = MappingList
    facts = MappingList.columns
    sections = [
        Section(
            _("Mapping as JSON"),
            template="exchange/mapping_json.html",
            context=lambda request, row: {"spec": spec_text(row)},
        )
    ]
    actions = ["exchange:mapping-edit", "exchange:mapping-remove"]


class MappingForm(FormPage[Mapping]):
    """A mapping by hand."""

    of = MappingList
    title, edit_title = _("New mapping"), _("Edit mapping")
    form = forms.SpecFields
    create_code = "exchange.save_mapping"
    update = actions.save_mapping

    @staticmethod
    def create(by: Any, **cleaned: Any) -> Mapping:
        return actions.save_mapping(by, None, **cleaned)


class MappingRemove(ActionPage[Mapping]):
    """Removes a mapping."""

    of, verb, action, danger = MappingList, "remove", actions.remove_mapping, True
    title, button, icon = _("Remove the mapping"), _("Remove"), "trash"
    text = _("Imports that were read by it keep their own copy.")
    leads = "list"
