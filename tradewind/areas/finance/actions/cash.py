"""What is expected besides bills and claims, and when channels pay: written by hand, or learnt from what was paid."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from tradewind.areas.finance.models import CashLine, PayoutCalendar
from tradewind.areas.finance.queries.cash import BALANCE, held_back, paid_share, seen_payouts
from tradewind.areas.finance.rules.cash import learn, learn_reserve
from tradewind.base import clock
from tradewind.base.errors import Refused
from tradewind.base.money import CURRENCIES, to_units
from tradewind.engines.access.scope import Scope, require
from tradewind.engines.actions.action import Bulk, action
from tradewind.nouns.org.models import Entity, Person
from tradewind.nouns.trade.models import Channel

KINDS = ("pay", "tax", "rent", "loan", BALANCE, "other")
POINTS = 100  # of per cent in a whole


def at_entity(_line: object = None, *, entity: Entity | None = None, **_more: Any) -> Scope:
    """Where a line will lie."""
    return Scope(entity=entity.pk if entity else None)


LEARNT = ("every_days", "delay_days", "pays", "reserve", "reserve_days")


@action(scope=at_entity)
def save_cash_line(
    by: Person | None, line: CashLine | None, *, name: dict[str, str], kind: str, amount: Decimal, currency: str, first_day: date,
    last_day: date | None = None, rhythm: str = CashLine.MONTHLY, entity: Entity | None = None,
) -> CashLine:  # fmt: skip
    """Write down a payment that is expected, or what an account without statements holds: money in above zero, money out below."""
    faults: dict[str, Any] = {}
    if not any(text.strip() for text in name.values()):
        faults["name"] = _("Give it a name.")
    if kind not in KINDS:
        faults["kind"] = _("Choose one of the kinds.")
    if amount == 0 and kind != BALANCE:
        faults["amount"] = _("An amount of zero changes nothing.")
    if currency not in CURRENCIES:
        faults["currency"] = _("Unknown currency: %(code)s") % {"code": currency}
    if last_day is not None and last_day < first_day:
        faults["last_day"] = _("The last day lies before the first.")
    if faults:
        raise Refused(_("Some fields are missing or not right."), fields=faults)
    if by is not None and "pay" in (kind, line.kind if line else ""):
        require(by, "finance.view_pay", Scope(entity=entity.pk if entity else None))
    row = line or CashLine()
    row.name, row.kind, row.amount, row.currency, row.entity = name, kind, to_units(amount), currency, entity
    row.first_day, row.last_day, row.rhythm = first_day, last_day, CashLine.ONCE if kind == BALANCE else rhythm
    row.save()
    return row


@action()
def remove_cash_line(by: Person | None, line: CashLine) -> CashLine:
    """Take an expected payment or a balance by hand out of the outlook."""
    CashLine.objects.filter(pk=line.pk).delete()
    return line


def at_channel(_row: object = None, *, channel: Channel | None = None, **_more: Any) -> Scope:
    """Where a calendar will lie."""
    return Scope(entity=channel.entity_id) if channel else Scope()


@action(scope=at_channel)
def save_calendar(
    by: Person | None, calendar: PayoutCalendar | None, *, channel: Channel, first_day: date, every_days: int, delay_days: int,
    pays: Decimal = Decimal(1), reserve: Decimal = Decimal(0), reserve_days: int = 0,
) -> PayoutCalendar:  # fmt: skip
    """Say when a channel pays: its periods, the wait, the share that arrives and the share held back (0 to 1)."""
    faults: dict[str, Any] = {}
    if not 1 <= every_days <= 366:
        faults["every_days"] = _("From 1 to 366 days.")
    for field, days in (("delay_days", delay_days), ("reserve_days", reserve_days)):
        if not 0 <= days <= 366:
            faults[field] = _("From 0 to 366 days.")
    for field, share in (("pays", pays), ("reserve", reserve)):
        if not 0 <= share <= 1:
            faults[field] = _("From 0 to 100 %.")
    if PayoutCalendar.objects.filter(channel=channel).exclude(pk=calendar.pk if calendar else 0).exists():
        faults["channel"] = _("This channel has a payout calendar already: change that one.")
    if faults:
        raise Refused(_("Some fields are missing or not right."), fields=faults)
    row = calendar or PayoutCalendar()
    row.channel, row.first_day, row.every_days, row.delay_days = channel, first_day, every_days, delay_days
    row.pays, row.reserve, row.reserve_days = to_units(pays * POINTS), to_units(reserve * POINTS), reserve_days
    row.learnt_from, row.learnt_at = 0, clock.now()
    row.save()
    return row


@action()
def remove_calendar(by: Person | None, calendar: PayoutCalendar) -> PayoutCalendar:
    """Remove a payout calendar: nothing is expected of the channel until there is one again."""
    PayoutCalendar.objects.filter(pk=calendar.pk).delete()
    return calendar


@action()
def learn_calendars(by: Person | None) -> Bulk[int]:
    """Learn payout calendars and reserves from the latest payouts.

    What a person wrote stays as it is.
    """
    changes, made = list[tuple[str, int, dict[str, Any]]](), 0
    held = {row.channel_id: row for row in PayoutCalendar.objects.all()}
    for channel in Channel.objects.filter(active=True).order_by("pk"):
        row = held.get(channel.pk)
        if row is not None and row.learnt_from == 0:
            continue
        seen = seen_payouts(channel.pk)
        found = learn(seen)
        if found is None:
            continue
        share = paid_share(channel, seen)
        reserve = learn_reserve(held_back(channel.pk))
        before = {} if row is None else {name: getattr(row, name) for name in LEARNT}
        row = row or PayoutCalendar(channel=channel)
        row.first_day, row.every_days, row.delay_days = found.first, found.every, found.delay
        row.pays = row.pays if share is None else to_units(share.quantize(Decimal("0.0001")) * POINTS)
        if reserve is not None:
            row.reserve, row.reserve_days = to_units(reserve.share * POINTS), reserve.days
        row.learnt_from, row.learnt_at = found.payouts, clock.now()
        row.save()
        made += not before
        after = {name: getattr(row, name) for name in before}
        told = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
        if told:
            changes.append(("finance.payout_calendar", row.pk, told))
    return Bulk(made + len(changes), {"new": made, "changed": len(changes)}, changes)
