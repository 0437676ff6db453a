"""What a person fills in about budgets, their rows, transfers, scenarios and investments."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.models import Account, Budget, BudgetRow, Investment
from tradewind.areas.finance.queries import plans
from tradewind.engines.metrics import rates
from tradewind.nouns.goals.models import Objective
from tradewind.nouns.org.models import Entity, Market, Person, Team
from tradewind.nouns.trade.models import Product
from tradewind.ui.fields import CurrencyFormField, LocalTextFormField, PercentField

Offered = Callable[[], Any]


class MonthField(forms.DateField):
    """A month, typed as 2027-01 or chosen; cleans to its first day."""

    widget = forms.DateInput(attrs={"type": "month", "placeholder": "2027-01", "class": "form-control"})

    def to_python(self, value: Any) -> date | None:
        text = f"{value}-01" if isinstance(value, str) and len(value.strip()) == 7 else value
        found: date | None = super().to_python(text)
        return found.replace(day=1) if found else None

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%Y-%m}" if isinstance(value, date) else value


def rate_choices() -> list[tuple[str, Any]]:
    """Rules that months can be converted by."""
    return [
        ("", _("ECB monthly average")),
        *((code, label) for code, label in rates.choices() if code not in ("day", "month")),
    ]


class BudgetFields(forms.Form):
    """A new version of a plan."""

    code = forms.SlugField(label=_("Code"), max_length=60)
    name = forms.CharField(label=_("Name"), max_length=160)
    start = MonthField(label=_("First month"))
    end = MonthField(label=_("Last month"))
    entity = forms.ModelChoiceField(label=_("Entity"), queryset=Entity.objects.filter(active=True), required=False)
    market = forms.ModelChoiceField(label=_("Market"), queryset=Market.objects.filter(active=True), required=False)
    currency = CurrencyFormField(label=_("Currency"))
    rate = forms.ChoiceField(label=_("Budget rate"), choices=rate_choices, required=False)


class BudgetEdit(forms.Form):
    """What may be changed on a draft."""

    name = forms.CharField(label=_("Name"), max_length=160)
    rate = forms.ChoiceField(label=_("Budget rate"), choices=rate_choices, required=False)
    owner = forms.ModelChoiceField(label=_("Owner"), queryset=Person.objects.filter(active=True), required=False)


class VersionFields(forms.Form):
    """The names of a version made from another."""

    code = forms.SlugField(label=_("Code"), max_length=60)
    name = forms.CharField(label=_("Name"), max_length=160)


class ReforecastFields(VersionFields):
    """A reforecast: actual amounts up to a closed month."""

    through = MonthField(label=_("Actual amounts up to"))
    outlook = forms.ChoiceField(
        label=_("Revenue of the months ahead"), choices=Budget.OUTLOOKS, initial=Budget.PLAN,
        help_text=_("Sales, discounts and refunds of each market are stretched to it; formulas that lean on them follow."),
    )  # fmt: skip


class ShockFields(forms.Form):
    """Shocks, each in per cent; the fee in points of gross sales."""

    rate = PercentField(
        label=_("Foreign currencies"),
        required=False,
        help_text=_("What foreign money is worth: −10 means a tenth less."),
    )
    duty = PercentField(label=pgettext_lazy("customs", "Duty"), required=False)
    freight = PercentField(label=_("Freight and postage"), required=False, help_text=_("100 means twice."))
    fee = PercentField(
        label=_("Marketplace commission, in points"),
        required=False,
        help_text=_("2 means two points more of gross sales."),
    )
    ads = PercentField(label=_("Price of advertising"), required=False)

    def shocks(self) -> dict[str, Decimal]:
        """The shocks that were given."""
        names = ("rate", "duty", "freight", "fee", "ads")
        return {name: ratio for name in names if (ratio := self.cleaned_data.pop(name, None)) is not None}


class ScenarioFields(VersionFields, ShockFields):
    """A scenario: its names and its shocks."""

    field_order = ("code", "name", "rate", "duty", "freight", "fee", "ads")


class ReasonFields(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class FileFields(forms.Form):
    """The file of a budget."""

    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "The table that was exported here, changed in a spreadsheet: CSV or XLSX. All of it is taken, or nothing."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.xlsx", "class": "form-control"}),
    )
    overwrite = forms.BooleanField(
        label=_("Overwrite what was changed since the file was written"),
        required=False,
        help_text=_("Otherwise such rows are named and nothing is taken."),
    )


class RowFields(forms.Form):
    """A new row."""

    budget = forms.ModelChoiceField(label=_("Budget"), queryset=Budget.objects.filter(state=Budget.DRAFT))
    account = forms.ModelChoiceField(label=_("Account"), queryset=Account.objects.filter(active=True))
    entity = forms.ModelChoiceField(label=_("Entity"), queryset=Entity.objects.filter(active=True), required=False)
    market = forms.ModelChoiceField(label=_("Market"), queryset=Market.objects.filter(active=True), required=False)
    team = forms.ModelChoiceField(label=_("Department"), queryset=Team.objects.filter(active=True), required=False)
    product = forms.ModelChoiceField(label=_("Product"), queryset=Product.objects.filter(active=True), required=False)
    currency = CurrencyFormField(label=_("Currency"))
    formula = forms.CharField(
        label=_("Formula"), max_length=300, required=False,
        help_text=_("Such as revenue * 12 %, headcount * salary, [gross-sales] * 5 %. Costs are positive numbers in formulas."),
    )  # fmt: skip
    objective = forms.ModelChoiceField(label=_("Objective"), queryset=Objective.objects.all(), required=False)
    owner = forms.ModelChoiceField(label=_("Owner"), queryset=Person.objects.filter(active=True), required=False)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)


class RowEdit(forms.Form):
    """What may be changed on a row."""

    formula = RowFields.base_fields["formula"]
    objective = RowFields.base_fields["objective"]
    owner = RowFields.base_fields["owner"]
    note = RowFields.base_fields["note"]


class MonthsFields(forms.Form):
    """The months of one row, for a small screen; each carries the edition that was read."""

    def __init__(
        self, *args: Any, row: BudgetRow | None = None, cells: dict[date, Any] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for day in plans.months(row.budget) if row else []:
            name, (amount, _typed, edition) = f"m{day:%Y%m}", (cells or {})[day]
            self.fields[name] = forms.DecimalField(
                label=f"{day:%Y-%m}",
                required=False,
                max_digits=18,
                decimal_places=4,
                initial=amount and Decimal(amount),
            )
            self.fields[f"e{day:%Y%m}"] = forms.IntegerField(required=False, initial=edition, widget=forms.HiddenInput)


class SpreadFields(forms.Form):
    """An amount for the whole time, and how it is spread."""

    total = forms.DecimalField(label=_("Amount for all months"), max_digits=18, decimal_places=4)
    how = forms.ChoiceField(
        label=_("Spread"), choices=[("even", _("Even")), ("season", _("By the season of the year before"))]
    )


class DriverFields(forms.Form):
    """A driver: its name, where it holds, and its values."""

    code = forms.CharField(
        label=_("Name"), max_length=40, help_text=_("As formulas use it: units, price, headcount, salary …")
    )
    market = forms.ModelChoiceField(label=_("Market"), queryset=Market.objects.filter(active=True), required=False)
    product = forms.ModelChoiceField(label=_("Product"), queryset=Product.objects.filter(active=True), required=False)
    team = forms.ModelChoiceField(label=_("Department"), queryset=Team.objects.filter(active=True), required=False)
    values = forms.CharField(
        label=_("Values"), widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One number for every month, or one for each month, apart by blanks, tabs or semicolons; - leaves a month out."),
    )  # fmt: skip

    def by_month(self, days: list[date]) -> dict[str, Decimal | None]:
        """The values by month; a wrong number of them is a ValueError in words."""
        parts = str(self.cleaned_data["values"]).replace(";", " ").split()
        if len(parts) not in (1, len(days)):
            raise ValueError(gettext("Give one number, or %(count)s: one for each month.") % {"count": len(days)})
        found: dict[str, Decimal | None] = {}
        for day, text in zip(days, parts * len(days) if len(parts) == 1 else parts, strict=len(parts) != 1):
            try:
                found[f"{day:%Y-%m}"] = None if text == "-" else Decimal(text)
            except InvalidOperation:
                raise ValueError(
                    gettext("“%(value)s” is not a number; write it as 1234.56.") % {"value": text}
                ) from None
        return found


class TransferFields(forms.Form):
    """Money to move between two rows."""

    source = forms.ModelChoiceField(label=_("From"), queryset=BudgetRow.objects.none())
    target = forms.ModelChoiceField(label=_("To"), queryset=BudgetRow.objects.none())
    month = MonthField(label=_("Month"))
    amount = forms.DecimalField(label=_("Amount"), max_digits=18, decimal_places=4, min_value=0)
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args: Any, offered: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("source", "target"):
            field: Any = self.fields[name]
            field.queryset = offered if offered is not None else BudgetRow.objects.none()
            field.label_from_instance = lambda row: f"{row.budget.name}: {plans.row_words(row)} ({row.currency})"


class LimitFields(forms.Form):
    """How much a person may approve."""

    person = forms.ModelChoiceField(label=_("Person"), queryset=Person.objects.filter(active=True))
    amount = forms.DecimalField(label=_("Up to"), max_digits=18, decimal_places=4, min_value=0)
    currency = CurrencyFormField(label=_("Currency"))


class InvestmentFields(forms.Form):
    """An investment with its flows of money."""

    title = LocalTextFormField(label=_("Title"), max_length=160)
    start = MonthField(label=_("First month"))
    currency = CurrencyFormField(label=_("Currency"))
    flows = forms.CharField(
        label=_("Money by month"), widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A number a month from the first, apart by blanks, tabs or lines; money out is below zero. 6x500 means 500 six times."),
    )  # fmt: skip
    discount_rate = PercentField(label=_("Discount rate a year"), initial=Decimal("0.1"))
    entity = forms.ModelChoiceField(label=_("Entity"), queryset=Entity.objects.filter(active=True), required=False)
    market = forms.ModelChoiceField(label=_("Market"), queryset=Market.objects.filter(active=True), required=False)
    budget = forms.ModelChoiceField(label=_("Budget"), queryset=Budget.objects.all(), required=False)
    owner = forms.ModelChoiceField(label=_("Owner"), queryset=Person.objects.filter(active=True), required=False)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea)

    def clean_flows(self) -> list[Decimal]:
        """Numbers, some of them repeated."""
        found: list[Decimal] = []
        for text in str(self.cleaned_data["flows"]).replace(";", " ").split():
            times, cross, amount = text.partition("x")
            try:
                found += [Decimal(amount)] * min(int(times), 241) if cross else [Decimal(text)]
            except (InvalidOperation, ValueError):
                raise forms.ValidationError(
                    gettext("“%(value)s” is not a number; write it as 1234.56.") % {"value": text}
                ) from None
        return found


class StageFields(forms.Form):
    """The next stage."""

    stage = forms.ChoiceField(label=_("Stage"), choices=Investment.STAGES)
