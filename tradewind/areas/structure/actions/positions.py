"""What one can do with positions: plan, cost, open, fill and drop them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from tradewind.base.currencies import CURRENCIES
from tradewind.base.errors import Refused
from tradewind.base.money import to_units
from tradewind.base.places import COUNTRIES
from tradewind.engines.access.scope import Scope
from tradewind.engines.actions.action import action
from tradewind.nouns.org.models import Entity, Job, Market, Person, Position, Team


def home_scope(*args: Any, entity: Any = None, market: Any = None, team: Any = None, **_kwargs: Any) -> Scope:
    """Where a position will lie."""
    return Scope(*(one.pk if isinstance(one, Model) else one for one in (entity, market, team)))


@action(scope=home_scope)
def save_position(
    by: Person | None,
    position: Position | None = None,
    *,
    code: str,
    title: dict[str, str],
    team: Team | None = None,
    job: Job | None = None,
    entity: Entity | None = None,
    market: Market | None = None,
    manager: Person | None = None,
    country: str = "",
    starts_on: date | None = None,
    allocation: int = 100,
    note: str = "",
) -> Position:
    """Plan a position, or change one."""
    position = position or Position()
    faults: dict[str, Any] = {}
    if Position.objects.filter(code=code).exclude(pk=position.pk).exists():
        faults["code"] = _("This code is taken.")
    if not any(text.strip() for text in title.values()):
        faults["title"] = _("This field is required.")
    if not 1 <= allocation <= 100:
        faults["allocation"] = _("A share of time lies between 1 and 100.")
    if country and country.upper() not in COUNTRIES:
        faults["country"] = _("There is no such country.")
    if faults:
        raise Refused(_("Some fields are missing or not right."), fields=faults)
    facts = {"code": code, "title": title, "team": team, "job": job, "entity": entity, "market": market, "manager": manager,
             "country": country.upper(), "starts_on": starts_on, "allocation": allocation, "note": note.strip()}  # fmt: skip
    for name, value in facts.items():
        setattr(position, name, value)
    position.save()
    return position


@action()
def set_position_cost(
    by: Person | None, position: Position, *, yearly_cost: Decimal | None, currency: str = ""
) -> Position:
    """Say what a position costs a year for full time, in the money it is paid in; history tells only that it changed."""
    if yearly_cost is not None and currency not in CURRENCIES:
        raise Refused(_("Name the currency of the cost."), fields={"currency": _("This field is required.")})
    if yearly_cost is not None and yearly_cost < 0:
        raise Refused(_("A cost is not negative."), fields={"yearly_cost": _("A cost is not negative.")})
    position.yearly_cost = None if yearly_cost is None else to_units(yearly_cost)
    position.currency = "" if yearly_cost is None else currency
    position.save(update_fields=["yearly_cost", "currency"])
    return position


@action()
def open_position(by: Person | None, position: Position) -> Position:
    """Open a position for hiring; who held it is taken off."""
    if position.state == Position.OPEN:
        raise Refused(_("This position is open already."), code="state")
    position.state, position.person = Position.OPEN, None
    position.save(update_fields=["state", "person"])
    return position


@action()
def fill_position(by: Person | None, position: Position, *, person: Person) -> Position:
    """Say who holds a position."""
    if position.state not in (Position.PLANNED, Position.OPEN):
        raise Refused(_("Only a planned or open position can be filled."), code="state")
    if not person.active:
        raise Refused(_("This person is not active."), fields={"person": _("This person is not active.")})
    position.state, position.person = Position.FILLED, person
    position.save(update_fields=["state", "person"])
    return position


@action()
def drop_position(by: Person | None, position: Position) -> Position:
    """Give a position up."""
    if position.state not in (Position.PLANNED, Position.OPEN):
        raise Refused(_("Only a planned or open position can be given up."), code="state")
    position.state = Position.DROPPED
    position.save(update_fields=["state"])
    return position


__all__ = ["drop_position", "fill_position", "open_position", "save_position", "set_position_cost"]
