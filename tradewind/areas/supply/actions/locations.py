"""What one can do with the places where goods lie: name them, say whose they are and which sales they serve."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from tradewind.base import clock
from tradewind.base.errors import Refused
from tradewind.engines.access.scope import Scope
from tradewind.engines.actions.action import Bulk, action
from tradewind.nouns.org.models import Entity, Market, Person
from tradewind.nouns.trade.models import Channel, Location, Serving


def location_scope(*args: Any, entity: Any = None, market: Any = None, **_kwargs: Any) -> Scope:
    """Where a location will lie."""
    ids = [one.pk if isinstance(one, Model) else one for one in (entity, market)]
    return Scope(entity=ids[0], market=ids[1])


def refuse(faults: dict[str, Any]) -> None:
    """Raise the faults of a form, if there are any."""
    if faults:
        raise Refused(_("Some fields are missing or not right."), fields=faults)


@action(scope=location_scope)
def save_location(
    by: Person | None, location: Location | None = None, *, code: str, name: str, kind: str = Location.OWN, entity: Entity | None = None,
    market: Market | None = None, country: str = "", zone: str = "UTC", active: bool = True,
) -> Location:  # fmt: skip
    """Add a place where goods lie, or change it."""
    location = location or Location()
    faults: dict[str, Any] = {}
    try:
        clock.zone(zone)
    except Refused as fault:
        faults["zone"] = fault.message
    if kind not in dict(Location.KINDS):
        faults["kind"] = _("Choose one of the kinds.")
    if Location.objects.filter(code=code).exclude(pk=location.pk).exists():
        faults["code"] = _("This code is taken.")
    if location.pk and location.entity_id != (entity.pk if entity else None) and location.moves.exists():
        faults["entity"] = _(
            "Goods lie here already: they stay with their company. Add another location and move them there."
        )
    refuse(faults)
    location.code, location.name, location.kind, location.entity, location.market = code, name, kind, entity, market
    location.country, location.zone, location.active = country.upper(), zone, active
    location.save()
    return location


@action()
def serve_from(
    by: Person | None, location: Location, *, channel: Channel | None = None, market: Market | None = None, start: date
) -> Bulk[Serving]:
    """Say that sales of a channel, a market, or a channel in a market leave a location from a day on."""
    if channel is None and market is None:
        refuse(
            {"channel": _("Choose a channel, a market, or both."), "market": _("Choose a channel, a market, or both.")}
        )
    if Serving.objects.filter(channel=channel, market=market, start=start).exists():
        refuse({"start": _("Another rule for these sales begins on this day.")})
    row = Serving.objects.create(location=location, channel=channel, market=market, start=start)
    told = {"serves": [None, words_of(row)]}
    return Bulk(row, {"stock_all": 1}, subject=location, told=told)


@action()
def stop_serving(by: Person | None, serving: Serving) -> Bulk[Location]:
    """Take back that sales leave a location: they are counted as if it had never been said."""
    location, told = serving.location, {"serves": [words_of(serving), None]}
    Serving.objects.filter(pk=serving.pk).delete()
    return Bulk(location, {"stock_all": 1}, subject=location, told=told)


def words_of(row: Serving) -> str:
    """A rule in words of the history."""
    names = [str(one) for one in (row.channel, row.market) if one is not None]
    return f"{' · '.join(names)} {row.start.isoformat()}"
