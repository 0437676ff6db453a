"""What a person fills in about imports."""

from __future__ import annotations

import json
import zoneinfo
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from tradewind.base.currencies import CURRENCIES
from tradewind.engines.exchange.formats import FORMATS
from tradewind.engines.exchange.mapping import FIELDS, LAYOUTS, shipped, shipped_names
from tradewind.engines.exchange.models import Mapping
from tradewind.engines.exchange.readers.dates import DATE_FORMATS
from tradewind.engines.exchange.readers.numbers import NUMBER_FORMATS
from tradewind.engines.exchange.records import LINE_KINDS, ORDER_KINDS, PAYMENT_STATES, STATES
from tradewind.nouns.trade.models import Channel

Pairs = list[tuple[str, Any]]
FORMAT_NAMES = {
    "shopify": gettext_lazy("Shopify orders"),
    "etsy": gettext_lazy("Etsy sold orders"),
    "amazon-orders": gettext_lazy("Amazon “All orders”"),
    "amazon-settlement": gettext_lazy("Amazon settlement V2"),
    "stripe": gettext_lazy("Stripe payments"),
    "mapping": gettext_lazy("Any table, by a mapping"),
}
STATE_NAMES = {
    "open": gettext_lazy("open"), "paid": gettext_lazy("paid"), "cancelled": gettext_lazy("cancelled"), "test": gettext_lazy("test"),
    "refunded": gettext_lazy("refunded"), "partially_refunded": gettext_lazy("partly refunded"), "failed": gettext_lazy("failed"),
    "skip": gettext_lazy("leave out"),
}  # fmt: skip
KIND_NAMES = {
    "product": gettext_lazy("goods"), "shipping": gettext_lazy("shipping"), "fee": gettext_lazy("fee"),
    "adjustment": gettext_lazy("adjustment"), "discount": gettext_lazy("discount"), "gift": gettext_lazy("gift"),
    "unspecified": gettext_lazy("not specified"), "other": gettext_lazy("other"), "sale": gettext_lazy("sale"),
    "credit": gettext_lazy("credit note"),
}  # fmt: skip
TEST_NAMES = {
    "prefix": gettext_lazy("begins with"), "suffix": gettext_lazy("ends with"), "equals": gettext_lazy("is"),
    "in": gettext_lazy("is one of (comma)"), "matches": gettext_lazy("matches the pattern"),
    "not_matches": gettext_lazy("does not match the pattern"), "negative": gettext_lazy("is negative"),
    "blank": gettext_lazy("is blank"),
}  # fmt: skip
YES_TESTS = ("negative", "blank")
RULE_ROWS = {"order_kind": 3, "line_kind": 8, "negate": 2, "skip": 2}


def mapping_choices(mappings: Sequence[Mapping]) -> Pairs:
    """Saved mappings, then the ready ones."""
    ready = [(name, shipped(name).title.get("en", name)) for name in shipped_names()]
    saved = [(one.code, one.name) for one in mappings]
    return [("", _("The one that fits")), *([(_("Saved"), saved)] if saved else []), (_("Ready"), ready)]


class UploadFields(forms.Form):
    """A file and the channel it belongs to."""

    file = forms.FileField(
        label=gettext_lazy("File"), help_text=gettext_lazy("CSV, TSV, text or XLSX, also packed with gzip.")
    )
    channel = forms.ModelChoiceField(Channel.objects.none(), label=gettext_lazy("Channel"))
    format = forms.ChoiceField(label=gettext_lazy("Format"), required=False)
    mapping = forms.ChoiceField(label=gettext_lazy("Mapping"), required=False)
    strict = forms.BooleanField(
        label=gettext_lazy("Import nothing if any row is refused"), required=False,
    )  # fmt: skip

    def __init__(
        self, *args: Any, channels: Sequence[Channel] = (), mappings: Sequence[Mapping] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["channel"]
        field.queryset = Channel.objects.filter(pk__in=[one.pk for one in channels]).order_by("name")  # type: ignore[attr-defined]
        if len(channels) == 1:
            field.initial = channels[0].pk
        formats: Pairs = [("", _("Recognise it by its columns")), *((n, FORMAT_NAMES[n]) for n in FORMATS)]
        self.fields["format"].choices = formats  # type: ignore[attr-defined]
        self.fields["mapping"].choices = mapping_choices(mappings)  # type: ignore[attr-defined]


class MappingFields(forms.Form):
    """How a table becomes orders or payments: columns, formats, rules. Columns are offered as the file has them."""

    def __init__(
        self, *args: Any, header: Sequence[str], states: Sequence[str] = (), stated: dict[str, Any], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.header, self.state_words, self.stated = list(header), list(states), stated
        self.columns: Pairs = [("", "—"), *((name, name) for name in header if name)]
        self.own_fields()
        for name, field in FIELDS.items():
            self.choice(f"column-{name}", field.label, self.columns, column_of(stated, name))
        for number, word in enumerate(self.state_words):
            known = {str(k).casefold(): v for k, v in stated.get("state", {}).get("map", {}).items()}
            names = [(one, STATE_NAMES.get(one, one)) for one in dict.fromkeys((*STATES, *PAYMENT_STATES, "skip"))]
            self.choice(
                f"state-{number}", word, [("", _("ask me: refuse such rows")), *names], known.get(word.casefold(), "")
            )
        for kind, rows in RULE_ROWS.items():
            self.rule_fields(kind, rows)

    def own_fields(self) -> None:
        """Name, layout, dates, numbers, currency and key."""
        stated = self.stated
        self.fields["name"] = forms.CharField(label=_("Name"), max_length=120, initial=stated.get("name", ""))
        self.fields["keep"] = forms.BooleanField(
            label=_("Keep this mapping for the next file"), required=False, initial=True
        )
        self.choice(
            "layout",
            _("Layout"),
            [(name, words) for name, words in LAYOUTS.items()],
            stated.get("layout", ""),
            required=True,
        )
        date = stated.get("date", {})
        self.choice(
            "date",
            _("Dates are written"),
            [("auto", _("as the column proves")), *DATE_FORMATS.items()],
            date.get("order", "auto"),
            required=True,
        )
        zones = [("", _("the channel's zone")), *((zone, zone) for zone in sorted(zoneinfo.available_timezones()))]
        self.choice("zone", _("Times are in"), zones, date.get("zone", ""))
        numbers = [("auto", _("as the column proves")), *((name, name) for name in NUMBER_FORMATS)]
        self.choice("number", _("Numbers are written"), numbers, stated.get("number", "auto"), required=True)
        currencies = [("", _("as the column or the channel says")), *((code, code) for code in CURRENCIES)]
        self.choice("currency", _("Currency"), currencies, stated.get("constants", {}).get("currency", ""))
        keys = [
            ("ids", _("by its id: the same order is never taken twice")),
            ("content", _("by its content: only the very same file is recognised again")),
        ]
        self.choice("key", _("An order is known"), keys, stated.get("key", "ids"), required=True)
        taxes = [("", _("as the totals prove")), ("yes", _("contain the tax")), ("no", _("are without tax"))]
        self.choice("tax", _("Line prices"), taxes, {True: "yes", False: "no"}.get(stated.get("tax_included"), ""))  # type: ignore[arg-type]

    def rule_fields(self, kind: str, rows: int) -> None:
        """Rows of `column, test, value, result`."""
        part = self.stated.get(kind, [])
        known = part.get("rules", []) if isinstance(part, dict) else part
        results: Pairs = []
        if kind in ("order_kind", "line_kind"):
            results = [(one, KIND_NAMES.get(one, one)) for one in (ORDER_KINDS if kind == "order_kind" else LINE_KINDS)]
        for number in range(max(rows, len(known))):
            rule = known[number] if number < len(known) else {}
            test = next((name for name in TEST_NAMES if name in rule), "prefix")
            value = rule.get(test, "")
            label = f"{kind}-{number}"
            self.choice(f"{label}-column", _("Column"), self.columns, rule.get("column", ""))
            self.choice(f"{label}-test", _("Test"), list(TEST_NAMES.items()), test)
            shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
            self.fields[f"{label}-value"] = forms.CharField(label=_("Value"), required=False, initial=shown)
            if results:
                self.choice(
                    f"{label}-is",
                    pgettext_lazy("a rule's result", "Then it is"),
                    results,
                    rule.get("is", results[0][0]),
                )

    def choice(self, name: str, label: Any, choices: Pairs, initial: Any, *, required: bool = False) -> None:
        """One select."""
        known = {key for key, _label in choices}
        more = [(initial, initial)] if initial and initial not in known else []
        self.fields[name] = forms.ChoiceField(
            label=label, choices=[*choices, *more], required=required, initial=initial
        )

    def spec(self) -> dict[str, Any]:
        """The mapping's JSON form as filled in; settings this form does not show are kept."""
        given = self.cleaned_data
        layout = given["layout"]
        columns = {
            name: keep_shape(self.stated, name, given[f"column-{name}"])
            for name, field in FIELDS.items()
            if given[f"column-{name}"] and layout in field.layouts
        }
        spec = {
            **self.stated,
            "version": 1,
            "name": given["name"],
            "layout": layout,
            "columns": columns,
            "number": given["number"],
            "key": given["key"],
        }
        spec["date"] = {"order": given["date"], **({"zone": given["zone"]} if given["zone"] else {})}
        constants = {key: value for key, value in self.stated.get("constants", {}).items() if key != "currency"}
        spec["constants"] = {**constants, **({"currency": given["currency"]} if given["currency"] else {})}
        spec["tax_included"] = {"yes": True, "no": False}.get(given["tax"])
        states = {word: given[f"state-{n}"] for n, word in enumerate(self.state_words) if given[f"state-{n}"]}
        spec["state"] = {
            **self.stated.get("state", {}),
            "map": {**self.stated.get("state", {}).get("map", {}), **states},
        }
        for kind in RULE_ROWS:
            rules = self.rules(kind)
            spec[kind] = (
                {**part_of(self.stated, kind), "rules": rules} if kind in ("order_kind", "line_kind") else rules
            )
        return spec

    def rules(self, kind: str) -> list[dict[str, Any]]:
        """The filled-in rules of one kind."""
        found = []
        number = 0
        while f"{kind}-{number}-column" in self.cleaned_data:
            name = f"{kind}-{number}"
            column, test = self.cleaned_data[f"{name}-column"], self.cleaned_data[f"{name}-test"]
            typed = self.cleaned_data[f"{name}-value"]
            if column:
                value: Any = [part.strip() for part in typed.split(",") if part.strip()] if test == "in" else typed
                rule = {"column": column, test: True if test in YES_TESTS else value}
                found.append(
                    rule | ({"is": self.cleaned_data[f"{name}-is"]} if f"{name}-is" in self.cleaned_data else {})
                )
            number += 1
        return found


def part_of(stated: dict[str, Any], kind: str) -> dict[str, Any]:
    """A setting that is a structure of its own."""
    part = stated.get(kind, {})
    return dict(part) if isinstance(part, dict) else {}


def column_of(stated: dict[str, Any], name: str) -> str:
    """The (first) column a field is mapped to."""
    column = stated.get("columns", {}).get(name, "")
    if isinstance(column, list):
        return str(column[0]) if column else ""
    return json.dumps(column, ensure_ascii=False) if isinstance(column, dict) else str(column)


def keep_shape(stated: dict[str, Any], name: str, chosen: str) -> Any:
    """The chosen column; alternatives and joined columns stay when they were not touched."""
    before = stated.get("columns", {}).get(name)
    return before if isinstance(before, list | dict) and chosen == column_of(stated, name) else chosen


class SpecFields(forms.Form):
    """A mapping as JSON, for those who write it by hand."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    spec = forms.JSONField(
        label=gettext_lazy("Mapping as JSON"), widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false"})
    )
    shared = forms.BooleanField(label=gettext_lazy("Everybody who imports may use it"), required=False, initial=True)


class WatchFields(forms.Form):
    """Which files of the watched folder are taken, and how."""

    pattern = forms.CharField(
        label=gettext_lazy("File name"),
        max_length=120,
        help_text=gettext_lazy("With * for anything, such as shopify-de-*.csv."),
    )
    format = forms.ChoiceField(label=gettext_lazy("Format"), choices=[(name, FORMAT_NAMES[name]) for name in FORMATS])
    mapping_name = forms.ChoiceField(label=gettext_lazy("Ready mapping"), required=False)
    mapping = forms.ModelChoiceField(Mapping.objects.all(), label=gettext_lazy("Saved mapping"), required=False)
    channel = forms.ModelChoiceField(Channel.objects.filter(active=True), label=gettext_lazy("Channel"))
    position = forms.IntegerField(label=gettext_lazy("Order among the rules"), initial=0)
    active = forms.BooleanField(label=gettext_lazy("Active"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mapping_name"].choices = [("", "—"), *((name, name) for name in shipped_names())]  # type: ignore[attr-defined]

    def clean_mapping_name(self) -> str:
        """A ready mapping's name."""
        return str(self.cleaned_data.get("mapping_name") or "")
