"""What a person fills in about savings, odd charges and order quantities."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.models import Account
from tradewind.nouns.org.models import Entity, Market, Person
from tradewind.nouns.trade.models import Product
from tradewind.ui.fields import AmountField, CurrencyFormField, LocalTextFormField, PercentField

DAY: dict[str, Any] = {"widget": forms.DateInput(attrs={"type": "date"})}
COST_LINES = ("cogs", "fulfilment", "fees", "advertising", "pay", "overhead")


class SavingFields(forms.Form):
    """A way to spend less."""

    title = LocalTextFormField(label=_("What will be done"), max_length=160)
    account = forms.ModelChoiceField(
        Account.objects.filter(line__in=COST_LINES, active=True), label=_("Account"), help_text=_("Where the saving will show.")
    )  # fmt: skip
    entity = forms.ModelChoiceField(Entity.objects.all(), label=_("Entity"), required=False)
    market = forms.ModelChoiceField(Market.objects.all(), label=_("Market"), required=False)
    supplier = forms.CharField(
        label=_("Supplier"), max_length=200, required=False, help_text=_("To count the charges of one supplier alone.")
    )  # fmt: skip
    promised = AmountField(label=_("Promised a month"))
    currency = CurrencyFormField(label=_("Currency"))
    base_start = forms.DateField(label=_("Compared with months from"), **DAY)
    base_end = forms.DateField(label=_("to"), **DAY)
    per_unit = forms.BooleanField(
        label=_("Per unit sold"), required=False, initial=True,
        help_text=_("On: the cost of a unit is compared, so that more sales are no loss. Off: the cost of a month."),
    )  # fmt: skip
    owner = forms.ModelChoiceField(Person.objects.filter(active=True), label=_("Owner"), required=False)
    note = forms.CharField(label=_("Notes"), required=False, widget=forms.Textarea(attrs={"rows": 4}))


class StartFields(forms.Form):
    """From which month a saving is in force."""

    start = forms.DateField(label=_("In force from month"), **DAY)


class WhyFields(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class DistinctFields(forms.Form):
    """The other charge of a pair, and why the two are not one."""

    other = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("Such as: two deliveries of the same month.")
    )


class OrderFields(forms.Form):
    """What an order quantity and a reorder point rest on; blank fields take what facts say."""

    product = forms.ModelChoiceField(Product.objects.order_by("key"), label=_("Product"))
    order_cost = forms.DecimalField(
        label=_("Cost of one order"), min_value=Decimal("0.01"), initial=100, max_digits=14,
        help_text=_("What placing and receiving an order costs, whatever its size."),
    )  # fmt: skip
    holding = PercentField(
        label=_("Cost of keeping stock a year"), min_value=Decimal("0.1"), max_value=100, initial=Decimal("0.2"),
        help_text=_("Capital, storage and loss, as a share of the cost of goods."),
    )  # fmt: skip
    pack = forms.IntegerField(label=_("Units in a pack"), min_value=1, max_value=100_000, initial=1)
    lead = forms.DecimalField(label=_("Days until goods arrive"), min_value=0, max_value=730, initial=45)
    lead_spread = forms.DecimalField(label=_("Days it varies by"), min_value=0, max_value=365, initial=7)
    service = PercentField(
        label=_("Service level"), min_value=50, max_value=Decimal("99.9"), initial=Decimal("0.95"),
        help_text=_("How likely none runs out before goods arrive."),
    )  # fmt: skip
    unit_cost = forms.DecimalField(
        label=_("Cost of a unit"), required=False, min_value=Decimal("0.0001"), max_digits=14
    )
    daily = forms.DecimalField(label=_("Units sold a day"), required=False, min_value=0, max_digits=12)
    spread = forms.DecimalField(label=_("Standard deviation of a day"), required=False, min_value=0, max_digits=12)
