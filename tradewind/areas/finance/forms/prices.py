"""What a person fills in about prices, their reviews and rules."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.queries.taxes import REDUCED
from tradewind.base.money import from_units
from tradewind.nouns.org.models import Market
from tradewind.nouns.trade.models import Channel, Product
from tradewind.ui.fields import AmountField, CurrencyFormField, PercentField

DAY: dict[str, Any] = {"widget": forms.DateInput(attrs={"type": "date"})}
ENDING_HELP = _("Such as .99 or 80; several with a bar between. Blank: what is usual for the currency.")


def decimals(values: dict[str, Any], *names: str) -> dict[str, Any]:
    """Typed amounts as decimals, for an action."""
    return {**values, **{name: from_units(values[name]) for name in names if values.get(name) is not None}}


class PlaceFields(forms.Form):
    """A product on a channel; `channels` are those the reader may price."""

    product = forms.ModelChoiceField(Product.objects.order_by("key"), label=_("Product"))
    channel = forms.ModelChoiceField(Channel.objects.none(), label=_("Channel"))

    def __init__(self, *args: Any, channels: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["channel"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = Channel.objects.none() if channels is None else channels


class PriceFields(PlaceFields):
    """A price from a day on."""

    amount = AmountField(label=_("Price"), help_text=_("In the currency of the channel, as the buyer sees it."))
    valid_from = forms.DateField(label=_("From day"), **DAY)
    valid_to = forms.DateField(
        label=_("Last day"), required=False, help_text=_("For a promotion; the price before holds again after it."), **DAY
    )  # fmt: skip
    tax_included = forms.BooleanField(label=_("Tax is in the price"), required=False, initial=True)
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)


class ReviewFields(PlaceFields):
    """What is decided about a price."""

    decided = AmountField(label=_("New price"), required=False, help_text=_("Blank: the price stays as it is."))
    valid_from = forms.DateField(label=_("From day"), required=False, help_text=_("Blank: today."), **DAY)
    competitor = AmountField(
        label=_("Competitor’s price"), required=False, help_text=_("In the same currency; the advice stays at or below it.")
    )  # fmt: skip
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)


class RuleFields(forms.Form):
    """What prices must keep to; a share left at zero is taken from what the channel really took."""

    name = forms.CharField(label=_("Name"), max_length=120)
    market = forms.ModelChoiceField(
        Market.objects.all(), label=_("Market"), required=False, help_text=_("Blank: all markets.")
    )
    channel = forms.ModelChoiceField(
        Channel.objects.all(), label=_("Channel"), required=False, help_text=_("Blank: all channels.")
    )
    target_margin = PercentField(
        label=_("Target margin"), initial=Decimal("0.15"), help_text=_("Of net revenue, after advertising.")
    )
    fee_rate = PercentField(
        label=_("Marketplace fee"), initial=Decimal(0), help_text=_("Of the price. Zero: as measured.")
    )
    payment_rate = PercentField(label=_("Payment fee"), initial=Decimal(0))
    ad_rate = PercentField(
        label=_("Advertising"), initial=Decimal(0), help_text=_("Of net revenue. Zero: as measured.")
    )
    tax_kind = forms.ChoiceField(
        label=_("Kind of VAT or GST"), required=False, choices=[("", _("The country's standard rate")), *REDUCED.items()],
        help_text=_("The channel’s country and the day decide the rate; where no reduced one is known the standard rate is taken."),
    )  # fmt: skip
    tax_rate = PercentField(
        label=_("VAT or GST"), required=False, help_text=_("Typed, it takes the place of the country’s rate. Shown to reckon with, no advice.")
    )  # fmt: skip
    fulfilment = AmountField(label=_("Fulfilment of a unit"), initial=0, help_text=_("Zero: as measured."))
    currency = CurrencyFormField(label=_("Currency"))
    rate_band = PercentField(
        label=_("Exchange rate band"), initial=Decimal("0.05"), help_text=_("How much dearer goods bought in another currency may become.")
    )  # fmt: skip
    ending = forms.CharField(label=_("Price endings"), max_length=20, required=False, help_text=ENDING_HELP)
    largest_step = PercentField(label=_("Largest step at a time"), initial=Decimal("0.15"))
    active = forms.BooleanField(label=_("In use"), required=False, initial=True)


class TriedFields(PlaceFields):
    """What one tries in the simulator; a blank field takes what facts and rules say."""

    price = forms.DecimalField(label=_("Price"), required=False, min_value=Decimal("0.01"), max_digits=14)
    competitor = forms.DecimalField(
        label=_("Competitor’s price"), required=False, min_value=Decimal("0.01"), max_digits=14
    )
    target = PercentField(label=_("Target margin"), required=False, min_value=-50, max_value=80)
    fee = PercentField(label=_("Marketplace fee"), required=False, min_value=0, max_value=60)
    payment = PercentField(label=_("Payment fee"), required=False, min_value=0, max_value=20)
    ads = PercentField(label=_("Advertising"), required=False, min_value=0, max_value=60)
    returns = PercentField(label=_("Returns"), required=False, min_value=0, max_value=80)
    tax = PercentField(label=_("VAT or GST"), required=False, min_value=0, max_value=40)
    duty = PercentField(label=_("More duty on goods"), required=False, min_value=0, max_value=100)
    band = PercentField(label=_("Exchange rate band"), required=False, min_value=0, max_value=50)
    fulfilment = forms.DecimalField(label=_("Fulfilment of a unit"), required=False, min_value=0, max_digits=14)
