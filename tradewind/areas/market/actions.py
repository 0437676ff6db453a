"""What one can do with markets, brands and channels."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from tradewind.base import clock
from tradewind.base.errors import Refused
from tradewind.engines.access.scope import Scope, company_wide
from tradewind.engines.actions.action import action
from tradewind.nouns.org.models import Brand, Entity, Market, MarketCountry, Person
from tradewind.nouns.trade.models import Channel

PLATFORMS = ("shopify", "amazon", "etsy", "ebay", "tiktok", "shopee", "woocommerce", "stripe", "paypal", "other")


def refuse(faults: dict[str, Any]) -> None:
    """Raise the faults of a form, if there are any."""
    if faults:
        raise Refused(_("Some fields are missing or not right."), fields=faults)


def zone_fault(zone: str) -> dict[str, Any]:
    """The fault of a zone's name, if it is none."""
    try:
        clock.zone(zone)
    except Refused as fault:
        return {"zone": fault.message}
    return {}


def scope_of_market(market: Market | None = None, **_rest: Any) -> Scope:
    """A market is its own place; a new one is the company's matter."""
    return Scope(market=market.pk if market is not None else None)


@action(scope=scope_of_market)
def save_market(
    by: Person | None,
    market: Market | None = None,
    *,
    code: str,
    name: dict[str, str],
    currency: str,
    zone: str,
    countries: list[str],
    active: bool = True,
) -> Market:
    """Add a market with its countries, or change it; a country belongs to one market only."""
    market = market or Market()
    wanted = sorted({c.upper() for c in countries})
    faults = zone_fault(zone)
    taken = MarketCountry.objects.filter(country__in=wanted).exclude(market_id=market.pk)
    if names := [f"{row.country} ({row.market.code})" for row in taken.select_related("market")]:
        faults["countries"] = _("Already in another market: %(countries)s") % {"countries": ", ".join(names)}
    if Market.objects.filter(code=code).exclude(pk=market.pk).exists():
        faults["code"] = _("This code is taken.")
    refuse(faults)
    market.code, market.name, market.currency, market.zone, market.active = code, name, currency, zone, active
    market.save()
    market.countries.exclude(country__in=wanted).delete()
    held = set(market.countries.values_list("country", flat=True))
    MarketCountry.objects.bulk_create([MarketCountry(market=market, country=c) for c in wanted if c not in held])
    return market


@action(scope=company_wide)
def save_brand(
    by: Person | None, brand: Brand | None = None, *, code: str, name: dict[str, str], active: bool = True
) -> Brand:
    """Add a brand, or change it."""
    brand = brand or Brand()
    if Brand.objects.filter(code=code).exclude(pk=brand.pk).exists():
        refuse({"code": _("This code is taken.")})
    brand.code, brand.name, brand.active = code, name, active
    brand.save()
    return brand


def channel_scope(*args: Any, entity: Any = None, market: Any = None, **_kwargs: Any) -> Scope:
    """Where a channel will lie."""
    ids = [one.pk if isinstance(one, Model) else one for one in (entity, market)]
    return Scope(entity=ids[0], market=ids[1])


@action(scope=channel_scope)
def save_channel(
    by: Person | None,
    channel: Channel | None = None,
    *,
    code: str,
    name: str,
    platform: str = "other",
    entity: Entity | None = None,
    market: Market | None = None,
    country: str = "",
    currency: str = "",
    zone: str = "UTC",
    payment_only: bool = False,
    expected_every_days: int = 7,
    active: bool = True,
) -> Channel:
    """Add a shop or marketplace account, or change it; its zone decides the day of its orders."""
    channel = channel or Channel()
    faults = zone_fault(zone)
    if platform not in PLATFORMS:
        faults["platform"] = _("This platform is not known.")
    if Channel.objects.filter(code=code).exclude(pk=channel.pk).exists():
        faults["code"] = _("This code is taken.")
    if channel.pk and channel.zone != zone and channel.orders.exists():
        faults["zone"] = _("The zone of a channel with orders stays: it decides which day each order belongs to.")
    refuse(faults)
    for field, value in (("code", code), ("name", name), ("platform", platform), ("entity", entity), ("market", market),
                         ("country", country.upper()), ("currency", currency), ("zone", zone), ("active", active),
                         ("payment_only", payment_only), ("expected_every_days", expected_every_days)):  # fmt: skip
        setattr(channel, field, value)
    channel.save()
    return channel
