"""What a person fills in about a table: the file and what is asked beside it, and what its columns mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradewind.base.errors import Refused
from tradewind.engines.exchange.models import SheetLayout
from tradewind.engines.exchange.readers.dates import AUTO, DATE_FORMATS
from tradewind.engines.exchange.readers.numbers import NUMBER_FORMATS
from tradewind.engines.exchange.sheets.kinds import Option, Sheet
from tradewind.nouns.org.models import Person


class SheetFields(forms.Form):
    """A file and what its kind of table asks beside it."""

    file = forms.FileField(
        label=gettext_lazy("File"), help_text=gettext_lazy("CSV, TSV, text or XLSX, also packed with gzip.")
    )

    def __init__(self, *args: Any, sheet: Sheet, person: Person | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for option in sheet.options:
            self.fields[option.name] = field_of(option, person)
        kept = [(one.name, one.name) for one in SheetLayout.objects.filter(sheet=sheet.code)]
        known = [(one.code, one.title) for one in sheet.layouts]
        choices = [("", _("Recognise it by its columns")), *([(_("Saved"), kept)] if kept else []), (_("Ready"), known)]
        self.fields["layout"] = forms.ChoiceField(label=_("Layout"), choices=choices, required=False)
        self.fields["strict"] = forms.BooleanField(label=_("Import nothing if any row is refused"), required=False)


def field_of(option: Option, person: Person | None) -> forms.Field:
    """The field of one thing that is asked."""
    told: dict[str, Any] = {"label": option.label, "required": option.required, "help_text": option.help}
    if option.yes:
        return forms.BooleanField(**{**told, "required": False})
    if option.choices is None:
        return forms.CharField(max_length=120, **told)
    return forms.ChoiceField(choices=[("", "—"), *option.choices(person)], **told)


class ColumnFields(forms.Form):
    """For each field its column or, for every row alike, its value; how dates and numbers are written; a name to keep it under."""

    def __init__(
        self, *args: Any, sheet: Sheet, header: Sequence[str], stated: Mapping[str, Any], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.sheet = sheet
        columns = [("", "—"), *((name, name) for name in header if name)]
        dates = [(AUTO, _("as the column proves")), *DATE_FORMATS.items()]
        numbers = [(AUTO, _("as the column proves")), *((name, name) for name in NUMBER_FORMATS)]
        self.fields["date"] = forms.ChoiceField(
            label=_("Dates are written"), choices=dates, initial=stated.get("date", AUTO)
        )
        self.fields["number"] = forms.ChoiceField(
            label=_("Numbers are written"), choices=numbers, initial=stated.get("number", AUTO)
        )
        self.fields["preamble"] = forms.IntegerField(
            label=_("Lines above the header"), min_value=0, max_value=10_000, required=False,
            initial=stated.get("file", {}).get("preamble"),
        )  # fmt: skip
        self.fields["keep_as"] = forms.CharField(
            label=_("Keep these columns as"), max_length=120, required=False,
            help_text=_("A name for the next file of this kind; blank keeps nothing."),
        )  # fmt: skip
        for column in sheet.columns:
            label = str(column.label)
            self.fields[f"column-{column.name}"] = forms.ChoiceField(
                label=label, choices=columns, required=False, initial=stated.get("columns", {}).get(column.name, "")
            )
            self.fields[f"constant-{column.name}"] = forms.CharField(
                label=_("or the same in every row"), max_length=120, required=False,
                initial=stated.get("constants", {}).get(column.name, ""),
            )  # fmt: skip

    def faults(self, refusal: Refused) -> None:
        """A refusal beside the fields it is about."""
        for name, text in refusal.fields.items():
            field = next((one for one in (name, f"column-{name}") if one in self.fields), None)
            self.add_error(field, str(text) if field else f"{name}: {text}")
        if not refusal.fields:
            self.add_error(None, str(refusal))


def columns_said(sheet: Sheet, data: Mapping[str, str]) -> dict[str, Any]:
    """What the form says, as a spec."""
    columns = {one.name: data.get(f"column-{one.name}", "") for one in sheet.columns}
    constants = {one.name: data.get(f"constant-{one.name}", "").strip() for one in sheet.columns}
    preamble = data.get("preamble", "").strip()
    return {
        "columns": {name: text for name, text in columns.items() if text},
        "constants": {name: text for name, text in constants.items() if text and not columns[name]},
        "date": data.get("date", AUTO),
        "number": data.get("number", AUTO),
        "file": {"preamble": int(preamble)} if preamble.isdecimal() else {},
    }
