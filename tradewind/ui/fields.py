"""Form fields and widgets of the kit, and the polish every form gets."""

import zoneinfo
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.forms.boundfield import BoundField
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from tradewind.base.currencies import CURRENCIES
from tradewind.base.money import from_units, to_units
from tradewind.base.places import COUNTRIES
from tradewind.ui import formats

LONG_CHOICE = 12
DASHES = "---------"  # what Django says where nothing is chosen yet
# The languages of the markets and workplaces of cross-border trade, by ISO 639 code.
SPOKEN = (
    "ar bg bn cs da de el en es et fa fi fil fr ga he hi hr hu id it ja kk km ko lt lv ms mt my nl no pl pt ro ru sk sl sr "
    "sv sw ta th tr uk ur uz vi yue zh"
).split()


class AmountField(forms.DecimalField):
    """An amount of money: typed as a decimal, cleaned to stored units (1/10,000); the currency stands inside the field."""

    def __init__(self, *, currency: str = "", **kwargs: Any) -> None:
        super().__init__(**{"max_digits": 18, "decimal_places": 4, **kwargs})
        self.suffix = currency

    def clean(self, value: Any) -> Any:
        amount = super().clean(value)
        return None if amount is None else to_units(amount)

    def prepare_value(self, value: Any) -> Any:
        return plain_decimal(from_units(value)) if isinstance(value, int) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


def plain_decimal(amount: Decimal) -> str:
    """A decimal as a person types it: no exponent, no trailing zeros."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


class PercentField(forms.DecimalField):
    """A share: typed as per cent, cleaned to a ratio (25 → 0.25)."""

    suffix = "%"

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        return None if typed is None else typed / 100

    def prepare_value(self, value: Any) -> Any:
        return plain_decimal(value * 100) if isinstance(value, Decimal) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class LocalTextWidget(forms.MultiWidget):
    """One input a language, each named."""

    template_name = "ui/forms/localtext.html"

    def __init__(self, long: bool = False, attrs: dict[str, Any] | None = None) -> None:
        self.languages = [code for code, _name in settings.LANGUAGES]
        widget: type[forms.Widget] = forms.Textarea if long else forms.TextInput
        extra: dict[str, Any] = {"rows": 3} if long else {}
        parts: dict[str, forms.Widget | type[forms.Widget]] = {
            code.replace("-", "_"): widget(attrs={"lang": code, **extra}) for code in self.languages
        }
        super().__init__(parts, attrs)

    def decompress(self, value: Any) -> list[Any]:
        texts = value if isinstance(value, Mapping) else {}
        return [texts.get(code, "") for code in self.languages]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        for code, part in zip(self.languages, context["widget"]["subwidgets"], strict=True):
            part["language"] = get_language_info(code)["name_local"]
            part["attrs"] = {**part["attrs"], "aria-label": part["language"]}  # the legend names the field
        return context


class LocalTextFormField(forms.MultiValueField):
    """The same words in each language of the product; at least one when required. Cleans to a dict of tag → text."""

    widget = LocalTextWidget

    def __init__(self, *, long: bool = False, max_length: int | None = None, **kwargs: Any) -> None:
        self.languages = [code for code, _name in settings.LANGUAGES]
        parts = [forms.CharField(required=False, max_length=max_length) for _code in self.languages]
        kwargs.setdefault("widget", LocalTextWidget(long=long))
        super().__init__(parts, require_all_fields=False, **kwargs)

    def compress(self, data_list: list[Any]) -> dict[str, str]:
        return {code: text for code, text in zip(self.languages, data_list or [], strict=False) if text}


class CurrencyFormField(forms.ChoiceField):
    """A currency, by code and name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=currency_choices, **kwargs)


def currency_choices() -> list[tuple[str, str]]:
    """Every currency as (code, 'code name') in the reader's language."""
    return [("", "")] + [(code, f"{code} {currency.name}") for code, currency in sorted(CURRENCIES.items())]


class CountryFormField(forms.ChoiceField):
    """A country, by its name in the reader's language and its code."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=country_choices, **kwargs)


def country_choices() -> list[tuple[str, str]]:
    """Every country as (code, 'name (code)'), by name, after the empty choice."""
    names = ((code, f"{country.name} ({code})") for code, country in COUNTRIES.items())
    return [("", ""), *sorted(names, key=lambda pair: pair[1])]


class LanguageFormField(forms.ChoiceField):
    """A language people speak, by its name in the reader's language; kept as its ISO 639 code."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=language_choices, **kwargs)


def language_choices() -> list[tuple[str, str]]:
    """Every language people may speak as (code, name), by name, after the empty choice."""
    return [("", ""), *sorted(((code, formats.language_name(code)) for code in SPOKEN), key=lambda pair: pair[1])]


class ZoneFormField(forms.ChoiceField):
    """A time zone by its IANA name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=zone_choices, **kwargs)


def zone_choices() -> list[tuple[str, str]]:
    """Every zone that carries a place name."""
    names = sorted(name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/"))
    return [("", ""), ("UTC", "UTC")] + [(name, f"{formats.zone_name(name)} ({name})") for name in names]


def polish(form: forms.BaseForm) -> None:
    """Give every widget its class and the browser's own date inputs; called by the kit for every form it shows."""
    for field in form.fields.values():
        _polish_widget(field.widget, field)
        if isinstance(field, forms.ChoiceField | forms.ModelChoiceField) and _is_long(field):
            field.widget.attrs.setdefault("data-select", "")
        if getattr(field, "empty_label", None) == DASHES:
            field.empty_label = _("Choose…") if field.required else "–"  # type: ignore[attr-defined]
        if isinstance(field.widget, forms.Textarea) and str(field.widget.attrs.get("rows")) == "10":
            # Django's own default is taller than most notes.
            field.widget.attrs["rows"] = 4


def _is_long(field: Any) -> bool:
    widget = field.widget
    if not isinstance(widget, forms.Select) or getattr(widget, "input_type", "") == "radio":
        return False
    if getattr(widget, "allow_multiple_selected", False) or isinstance(field, forms.ModelChoiceField):
        return True
    return len(list(field.choices)) > LONG_CHOICE


def _polish_widget(widget: forms.Widget, field: forms.Field | None = None) -> None:
    if isinstance(widget, forms.MultiWidget):
        for part in widget.widgets:
            _polish_widget(part)
        return
    if isinstance(widget, forms.DateTimeInput):
        widget.input_type, widget.format = "datetime-local", "%Y-%m-%dT%H:%M"
    elif isinstance(widget, forms.DateInput):
        widget.input_type, widget.format = "date", "%Y-%m-%d"
    elif isinstance(widget, forms.TimeInput):
        widget.input_type, widget.format = "time", "%H:%M"
    if isinstance(field, forms.DecimalField):
        # A number input loses what a person typed with the wrong separator; text with a decimal keyboard keeps it.
        widget.attrs.setdefault("inputmode", "decimal")
        widget.attrs.setdefault("class", "form-control num")
    widget.attrs.setdefault("class", _class_of(widget))


def _class_of(widget: forms.Widget) -> str:
    if isinstance(widget, forms.CheckboxInput | forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "form-check-input"
    return "form-select" if isinstance(widget, forms.Select) else "form-control"


def kind_of(bound: BoundField) -> str:
    """How the template lays a field out: 'check', 'set' or 'input'."""
    widget = bound.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    return "set" if widget.use_fieldset else "input"


def data_of(bound: BoundField) -> dict[str, list[str]]:
    """The form data that would express this field's present value, for choosing the stored value in a conflict."""
    value, widget, name = bound.value(), bound.field.widget, bound.html_name
    if isinstance(widget, forms.MultiWidget):
        parts = value if isinstance(value, list) else widget.decompress(value) or []
        names = [f"{name}{suffix}" for suffix in widget.widgets_names]  # type: ignore[attr-defined]
        return {part: [_text(item)] for part, item in zip(names, parts, strict=True)}
    if isinstance(widget, forms.CheckboxInput):
        return {name: ["on"]} if value else {}
    shown = widget.format_value(value) if hasattr(widget, "format_value") else value
    if shown is None:
        return {name: []}
    return {name: [_text(item) for item in shown] if isinstance(shown, list | tuple) else [_text(shown)]}


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def shown_value(bound: BoundField) -> str:
    """A field's value in words, for comparing two versions: choices by label, ticks as yes and no."""
    value, field = bound.value(), bound.field
    if isinstance(field.widget, forms.CheckboxInput):
        return formats.plain(bool(value))
    if isinstance(field.widget, LocalTextWidget):
        parts = value if isinstance(value, list) else field.widget.decompress(value)
        return " / ".join(str(part) for part in parts if part)
    choices = getattr(field, "choices", None)
    if choices is not None:
        chosen = {str(item) for item in (value if isinstance(value, list | tuple) else [value]) if item is not None}
        return ", ".join(str(label) for key, label in _flat(choices) if str(key) in chosen)
    return formats.plain(value) or str(_("(empty)"))


def _flat(choices: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    for key, label in choices:
        found.extend(_flat(label) if isinstance(label, list | tuple) else [(key, label)])
    return found
