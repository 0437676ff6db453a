"""Markets, brands and channels as one may see them."""

from __future__ import annotations

from django.db.models import Count, QuerySet

from tradewind.engines.access.scope import visible
from tradewind.nouns.org.models import Brand, Market, Person
from tradewind.nouns.trade.models import Channel


def markets(person: Person | None) -> QuerySet[Market]:
    """The markets one may see, with how many channels each has."""
    rows = visible(person, "market.view_market", Market.objects.all())
    return rows.annotate(channel_count=Count("channels", distinct=True)).prefetch_related("countries")


def brands(person: Person | None) -> QuerySet[Brand]:
    """The brands one may see."""
    return visible(person, "market.view_market", Brand.objects.all())


def channels(person: Person | None) -> QuerySet[Channel]:
    """The channels one may see."""
    return visible(person, "market.view_channel", Channel.objects.all()).select_related("entity", "market")
