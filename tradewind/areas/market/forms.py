"""What a person fills in about markets, brands and channels."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tradewind.areas.market.actions import PLATFORMS
from tradewind.nouns.org.models import Entity, Market
from tradewind.ui.fields import CountryFormField, CurrencyFormField, LocalTextFormField, ZoneFormField, country_choices

PLATFORM_NAMES = {
    "shopify": "Shopify", "amazon": "Amazon", "etsy": "Etsy", "ebay": "eBay", "tiktok": "TikTok Shop",
    "shopee": "Shopee", "woocommerce": "WooCommerce", "stripe": "Stripe", "paypal": "PayPal", "other": _("Other"),
}  # fmt: skip


def platforms() -> list[tuple[str, Any]]:
    """The platforms by name."""
    return [(code, PLATFORM_NAMES[code]) for code in PLATFORMS]


class MarketFields(forms.Form):
    """Where we sell."""

    code = forms.SlugField(label=_("Code"), max_length=40)
    name = LocalTextFormField(label=_("Name"), max_length=120)
    countries = forms.MultipleChoiceField(label=_("Countries"), choices=lambda: country_choices()[1:],
                                          help_text=_("Orders shipped there belong to this market."))  # fmt: skip
    currency = CurrencyFormField(label=_("Currency"))
    zone = ZoneFormField(label=_("Time zone"))
    active = forms.BooleanField(label=_("Active"), required=False, initial=True)


class BrandFields(forms.Form):
    """A brand."""

    code = forms.SlugField(label=_("Code"), max_length=40)
    name = LocalTextFormField(label=_("Name"), max_length=120)
    active = forms.BooleanField(label=_("Active"), required=False, initial=True)


class ChannelFields(forms.Form):
    """A shop or marketplace account."""

    code = forms.SlugField(label=_("Code"), max_length=40)
    name = forms.CharField(label=_("Name"), max_length=120)
    platform = forms.ChoiceField(label=_("Platform"), choices=platforms)
    entity = forms.ModelChoiceField(label=_("Entity"), queryset=Entity.objects.all(), required=False)
    market = forms.ModelChoiceField(label=_("Home market"), queryset=Market.objects.all(), required=False,
                                    help_text=_("Orders whose country belongs to no market count here."))  # fmt: skip
    country = CountryFormField(label=_("Country"), required=False)
    currency = CurrencyFormField(label=_("Currency"), required=False)
    zone = ZoneFormField(
        label=_("Reporting zone"), help_text=_("An order's day is the day in this zone, for every reader.")
    )
    payment_only = forms.BooleanField(label=_("Payments are the only record of sales"), required=False,
                                      help_text=_("Each payment then counts as an order."))  # fmt: skip
    expected_every_days = forms.IntegerField(
        label=_("A new file is expected every … days"), min_value=1, max_value=365, initial=7
    )
    active = forms.BooleanField(label=_("Active"), required=False, initial=True)
