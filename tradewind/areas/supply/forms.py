"""What a person fills in about locations and stock."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tradewind.areas.supply.actions.moves import BY_HAND
from tradewind.areas.supply.queries.stock import PART_NAMES
from tradewind.base.money import from_units
from tradewind.nouns.org.models import Entity, Market
from tradewind.nouns.trade.models import Channel, Location, Product, StockMove
from tradewind.ui.fields import AmountField, CountryFormField, CurrencyFormField, ZoneFormField

DAY: dict[str, Any] = {"widget": forms.DateInput(attrs={"type": "date"})}
COSTS = ("purchase", "freight", "duty", "packaging", "inbound", "other")


class ProductFields(forms.Form):
    """A product."""

    sku = forms.CharField(label=_("SKU"), max_length=120, help_text=_("It stays: orders know the product by it."))
    title = forms.CharField(label=_("Title"), max_length=300)
    category = forms.CharField(
        label=_("Category"), max_length=120, required=False, help_text=_("Costing rules and filters go by it; write it the same way each time."),
    )  # fmt: skip
    active = forms.BooleanField(label=_("Active"), required=False, initial=True)


class LocationFields(forms.Form):
    """A place where goods lie."""

    code = forms.SlugField(label=_("Code"), max_length=40)
    name = forms.CharField(label=_("Name"), max_length=120)
    kind = forms.ChoiceField(label=_("Kind"), choices=Location.KINDS)
    entity = forms.ModelChoiceField(
        Entity.objects.all(), label=_("Company"), required=False, help_text=_("Whose goods lie here; stock is valued in its currency."),
    )  # fmt: skip
    market = forms.ModelChoiceField(Market.objects.all(), label=_("Market"), required=False)
    country = CountryFormField(label=_("Country"), required=False)
    zone = ZoneFormField(label=_("Time zone"))
    active = forms.BooleanField(label=_("In use"), required=False, initial=True)


class ServingFields(forms.Form):
    """Which sales leave a location."""

    channel = forms.ModelChoiceField(Channel.objects.all(), label=_("Channel"), required=False)
    market = forms.ModelChoiceField(
        Market.objects.all(), label=_("Market"), required=False,
        help_text=_("With a channel: only its orders to this market. Without: all orders to this market that no channel’s rule takes."),
    )  # fmt: skip
    start = forms.DateField(label=_("From day"), **DAY)


class MoveFields(forms.Form):
    """Goods that came, were returned or were written off."""

    kind = forms.ChoiceField(
        label=_("Kind of stock movement"),
        choices=[one for one in StockMove.KINDS if one[0] in BY_HAND],
        initial=StockMove.RECEIPT,
    )
    product = forms.ModelChoiceField(Product.objects.order_by("key"), label=_("Product"))
    location = forms.ModelChoiceField(Location.objects.filter(active=True), label=_("Location"))
    day = forms.DateField(label=_("Day"), **DAY)
    units = forms.IntegerField(label=_("Units"), min_value=1)
    purchase = AmountField(label=_("Purchase price of all units"), min_value=0, required=False)
    freight = AmountField(label=_("Freight of all units"), min_value=0, required=False)
    duty = AmountField(label=_("Duty of all units"), min_value=0, required=False)
    packaging = AmountField(label=_("Packaging of all units"), min_value=0, required=False)
    inbound = AmountField(label=_("Receiving of all units"), min_value=0, required=False)
    other = AmountField(label=_("Other costs of all units"), min_value=0, required=False)
    currency = CurrencyFormField(label=_("Currency"), required=False)
    channel = forms.ModelChoiceField(
        Channel.objects.all(), label=_("Channel"), required=False, help_text=_("For goods a buyer sent back: where they had been sold."),
    )  # fmt: skip
    document = forms.CharField(label=_("Document number"), max_length=120, required=False)
    supplier = forms.CharField(label=_("Supplier"), max_length=200, required=False)
    text = forms.CharField(label=_("Note"), max_length=300, required=False)

    def moved(self) -> dict[str, Any]:
        """The fields as the action takes them."""
        found: dict[str, Any] = dict(self.cleaned_data)
        for name in COSTS:
            found[name] = None if found[name] is None else from_units(found[name])
        return found


class TransferFields(forms.Form):
    """Goods that go from one location to another."""

    product = forms.ModelChoiceField(Product.objects.order_by("key"), label=_("Product"))
    source = forms.ModelChoiceField(Location.objects.filter(active=True), label=_("From location"))
    target = forms.ModelChoiceField(Location.objects.filter(active=True), label=_("To location"))
    day = forms.DateField(label=_("Day"), **DAY)
    units = forms.IntegerField(label=_("Units"), min_value=1)
    document = forms.CharField(label=_("Document number"), max_length=120, required=False)
    text = forms.CharField(label=_("Note"), max_length=300, required=False)


class CountFields(forms.Form):
    """Units found at a location at the end of a day."""

    product = forms.ModelChoiceField(Product.objects.order_by("key"), label=_("Product"))
    location = forms.ModelChoiceField(Location.objects.filter(active=True), label=_("Location"))
    day = forms.DateField(label=_("At the end of day"), **DAY)
    counted = forms.IntegerField(label=_("Units found"), min_value=0)
    document = forms.CharField(label=_("Document number"), max_length=120, required=False)
    text = forms.CharField(label=_("Note"), max_length=300, required=False)


class CostFields(forms.Form):
    """A bill that came later."""

    part = forms.ChoiceField(label=_("Part of the cost"), choices=list(PART_NAMES.items()), initial="freight")
    amount = AmountField(label=_("Amount"), min_value=0)
    currency = CurrencyFormField(label=_("Currency"))
    document = forms.CharField(label=_("Document number"), max_length=120, required=False)
    text = forms.CharField(label=_("Note"), max_length=300, required=False)

    def clean_amount(self) -> Decimal:
        """The typed amount."""
        return from_units(self.cleaned_data["amount"])


class ReasonFields(forms.Form):
    """Why a movement is taken back."""

    reason = forms.CharField(label=_("Reason"), max_length=300)
