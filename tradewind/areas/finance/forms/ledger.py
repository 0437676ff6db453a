"""What a person fills in about accounts, codes, postings, allocation rules and unit costs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from tradewind.areas.finance.models import Account, AllocationRule, Line
from tradewind.base.money import from_units
from tradewind.nouns.org.models import Entity, Market, Team
from tradewind.nouns.trade.models import Channel, Product, UnitCost
from tradewind.ui.fields import AmountField, CurrencyFormField, LocalTextFormField

PART_NAMES = [
    (UnitCost.PURCHASE, gettext_lazy("Purchase price")), (UnitCost.FREIGHT, gettext_lazy("Inbound freight")),
    (UnitCost.DUTY, gettext_lazy("Duty and import tax")), (UnitCost.PACKAGING, gettext_lazy("Packaging")),
    (UnitCost.INBOUND, gettext_lazy("Receiving and preparation")), (UnitCost.OTHER, gettext_lazy("Other cost of goods")),
]  # fmt: skip
DAY: dict[str, Any] = {"widget": forms.DateInput(attrs={"type": "date"})}


class AccountFields(forms.Form):
    """A management account."""

    code = forms.SlugField(label=gettext_lazy("Code"), max_length=60)
    name = LocalTextFormField(label=gettext_lazy("Name"), max_length=120)
    line = forms.ChoiceField(label=gettext_lazy("Line of the statement"), choices=Line.choices)
    parent = forms.ModelChoiceField(Account.objects.all(), label=gettext_lazy("Part of"), required=False)
    fixed = forms.BooleanField(label=gettext_lazy("Fixed: it does not follow sales"), required=False)
    position = forms.IntegerField(label=pgettext_lazy("order", "Position"), min_value=0, max_value=9999, initial=0)
    active = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)


class CodeFields(forms.Form):
    """Which account an outside code means."""

    system = forms.CharField(
        label=gettext_lazy("System"), max_length=40, initial="fee",
        help_text=gettext_lazy("“fee” for kinds of fee of marketplaces and payment providers, else the name of the outside ledger."),
    )  # fmt: skip
    outside = forms.CharField(label=gettext_lazy("Outside code"), max_length=120)
    account = forms.ModelChoiceField(Account.objects.filter(active=True), label=gettext_lazy("Account"))
    entity = forms.ModelChoiceField(
        Entity.objects.all(), label=gettext_lazy("Entity"), required=False, help_text=gettext_lazy("Blank: everywhere.")
    )


class PostingFields(forms.Form):
    """A posting by hand."""

    account = forms.ModelChoiceField(Account.objects.filter(active=True), label=gettext_lazy("Account"))
    day = forms.DateField(label=gettext_lazy("Day"), **DAY)
    amount = AmountField(
        label=gettext_lazy("Amount"), help_text=gettext_lazy("A cost is below zero: −1200. An income is above.")
    )
    currency = CurrencyFormField(label=gettext_lazy("Currency"))
    text = forms.CharField(label=gettext_lazy("What it is"), max_length=300)
    entity = forms.ModelChoiceField(Entity.objects.all(), label=gettext_lazy("Entity"), required=False)
    partner = forms.ModelChoiceField(
        Entity.objects.all(), label=gettext_lazy("Other company of the group"), required=False,
        help_text=gettext_lazy("For sales within the group: left out of the statement of the whole group."),
    )  # fmt: skip
    market = forms.ModelChoiceField(Market.objects.all(), label=gettext_lazy("Market"), required=False)
    team = forms.ModelChoiceField(Team.objects.all(), label=gettext_lazy("Team"), required=False)
    channel = forms.ModelChoiceField(Channel.objects.all(), label=gettext_lazy("Channel"), required=False)
    supplier = forms.CharField(label=gettext_lazy("Supplier"), max_length=200, required=False)
    document = forms.CharField(label=gettext_lazy("Document number"), max_length=120, required=False)

    def clean_amount(self) -> Decimal:
        """The typed amount."""
        return from_units(self.cleaned_data["amount"])


class ReasonFields(forms.Form):
    """Why a posting is taken back."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)


class AllocationFields(forms.Form):
    """A version of an allocation rule."""

    account = forms.ModelChoiceField(
        Account.objects.filter(line__in=("pay", "overhead", "fulfilment", "fees", "advertising")), label=gettext_lazy("Account"),
        required=False, help_text=gettext_lazy("Blank: every account without a rule of its own."),
    )  # fmt: skip
    start = forms.DateField(label=gettext_lazy("From month"), **DAY)
    base = forms.ChoiceField(
        label=gettext_lazy("Shared out by"), choices=AllocationRule.BASES,
        help_text=gettext_lazy("Net revenue and units tell every market, channel, entity and product apart, people markets and entities."),
    )  # fmt: skip
    axis = forms.ChoiceField(label=gettext_lazy("Fixed shares of"), choices=AllocationRule.AXES, required=False)
    shares = forms.CharField(
        label=gettext_lazy("Fixed shares"), required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("For fixed shares: a code and its share a line, such as “us 60”."),
    )  # fmt: skip
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300, required=False)

    def clean_axis(self) -> str:
        """The axis of fixed shares."""
        return str(self.cleaned_data["axis"] or AllocationRule.MARKET)

    def clean_shares(self) -> dict[str, str]:
        """Shares by code."""
        found: dict[str, str] = {}
        for line in str(self.cleaned_data["shares"]).splitlines():
            words = line.replace("%", " ").replace("：", " ").replace(":", " ").replace(",", " ").split()
            if not words:
                continue
            if len(words) != 2:
                raise forms.ValidationError(_("Write a code and its share of zero or more a line, such as us 60."))
            found[words[0]] = words[1]
        return found


class CostFields(forms.Form):
    """What a part of one unit costs from a day on."""

    product = forms.ModelChoiceField(Product.objects.order_by("key"), label=gettext_lazy("Product"))
    part = forms.ChoiceField(label=gettext_lazy("Part of the cost"), choices=PART_NAMES)
    market = forms.ModelChoiceField(
        Market.objects.all(), label=gettext_lazy("Market"), required=False,
        help_text=gettext_lazy("Blank: everywhere without a cost of its own."),
    )  # fmt: skip
    valid_from = forms.DateField(label=gettext_lazy("From day"), **DAY)
    amount = AmountField(label=gettext_lazy("Cost of one unit"), min_value=0)
    currency = CurrencyFormField(label=gettext_lazy("Currency"))

    def costs(self) -> dict[str, Any]:
        """The fields as one cost is told."""
        found = dict(self.cleaned_data)
        found["product"], market = found["product"].pk, found["market"]
        found["market"] = market.pk if market else None
        return found
