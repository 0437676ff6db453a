"""Balances of entities: their currency from a month on, what was paid to tax offices and within the group, closings that stay."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from tradewind.areas.finance.models import Closing, ClosingBalance, FunctionalCurrency, Remittance
from tradewind.areas.finance.queries.balances import counted, group_currency
from tradewind.areas.finance.queries.rates import ClosingRate, functional_currency
from tradewind.base.errors import Refused
from tradewind.base.money import CURRENCIES, to_units
from tradewind.base.period import Period
from tradewind.engines.access.scope import Scope, company_wide
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.metrics.closing import SHUT, is_closed, open_day
from tradewind.engines.metrics.models import Close
from tradewind.nouns.org.models import Entity, Person
from tradewind.nouns.org.queries import company_today

BEGINNING = date(1990, 1, 1)


def at_entity(_subject: object = None, *, entity: Entity | None = None, **_more: Any) -> Scope:
    """Where the currency or the payment lies."""
    return Scope(entity=entity.pk if entity else None)


@action(scope=at_entity)
def set_functional_currency(by: Person | None, *, entity: Entity, since: date, currency: str) -> FunctionalCurrency:
    """Say in which currency an entity keeps its balances from a month on; closed months stay as they were."""
    month, faults = since.replace(day=1), dict[str, Any]()
    if currency not in CURRENCIES:
        faults["currency"] = _("Unknown currency: %(code)s") % {"code": currency}
    elif functional_currency(entity, month) == currency:
        faults["currency"] = _("This is its currency already in that month.")
    if Close.objects.filter(month__gte=month, state__in=SHUT).exists():
        faults["since"] = _("A month from then on is closed: the first open one is %(month)s.") % {
            "month": f"{first_open():%Y-%m}"
        }
    if faults:
        raise Refused(_("Some fields are missing or not right."), fields=faults)
    return written(by, entity, month, currency)


@action()
def remove_functional_currency(by: Person | None, row: FunctionalCurrency) -> FunctionalCurrency:
    """Take a change of an entity's currency back, as long as no month since is closed."""
    if Close.objects.filter(month__gte=row.since, state__in=SHUT).exists():
        raise Refused(_("A month since then is closed: it would change."), code="closed")
    FunctionalCurrency.objects.filter(pk=row.pk).delete()
    return row


@action(scope=at_entity)
def follow_currency(by: Person | None, *, entity: Entity, old: str, new: str) -> Bulk[FunctionalCurrency | None]:
    """Follow an entity whose own currency was changed: from the first open month on, so that nothing before changes."""
    month = open_day(company_today().replace(day=1))
    known = FunctionalCurrency.objects.filter(entity=entity)
    if not known.exists():
        FunctionalCurrency.objects.create(entity=entity, since=BEGINNING, currency=old, by=by)
    if functional_currency(entity, month) == new:
        return Bulk(None)
    return Bulk(written(by, entity, month, new))


def written(by: Person | None, entity: Entity, month: date, currency: str) -> FunctionalCurrency:
    """The change kept, and what the entity had before it, so that its own currency may change without changing the past."""
    if not FunctionalCurrency.objects.filter(entity=entity).exists():
        FunctionalCurrency.objects.create(entity=entity, since=BEGINNING, currency=entity.currency, by=by)
    row, _made = FunctionalCurrency.objects.update_or_create(
        entity=entity, since=month, defaults={"currency": currency, "by": by}
    )
    return row


def first_open() -> date:
    """The first month that lies after every closed one."""
    last = Close.objects.filter(state__in=SHUT).order_by("-month").values_list("month", flat=True).first()
    return Period.containing(last, "month").next().start if last else BEGINNING


@action(scope=at_entity)
def save_remittance(
    by: Person | None, row: Remittance | None, *, kind: str, entity: Entity, day: date, amount: Decimal, currency: str,
    until: date | None = None, partner: Entity | None = None, note: str = "",
) -> Remittance:  # fmt: skip
    """Write down what an entity paid to a tax office, or to another entity of the group."""
    tax = kind == Remittance.TAX
    faults = faults_of(kind, amount, currency, day, row)
    if tax and until is None:
        faults["until"] = _("Say until which day the tax is paid with it.")
    if tax and until is not None and until > day:
        faults["until"] = _("Tax of days that come later cannot be paid yet.")
    if not tax and partner is None:
        faults["partner"] = _("Say to which other entity.")
    if not tax and partner == entity:
        faults["partner"] = _("The other company of the group is another than this one.")
    if faults:
        raise Refused(_("Some fields are missing or not right."), fields=faults)
    kept = row or Remittance()
    kept.kind, kept.entity, kept.day, kept.amount, kept.currency = kind, entity, day, to_units(amount), currency
    kept.until, kept.partner, kept.note = (until, None, note[:300]) if tax else (None, partner, note[:300])
    kept.save()
    return kept


def faults_of(kind: str, amount: Decimal, currency: str, day: date, row: Remittance | None) -> dict[str, Any]:
    """What is not right of any payment, by field."""
    faults: dict[str, Any] = {}
    if kind not in dict(Remittance.KINDS):
        faults["kind"] = _("Choose one of the kinds.")
    if amount < 0 or (amount == 0 and kind != Remittance.TAX):
        faults["amount"] = _("An amount is above zero.")
    if currency not in CURRENCIES:
        faults["currency"] = _("Unknown currency: %(code)s") % {"code": currency}
    if day > company_today():
        faults["day"] = _("This day has not come yet.")
    elif is_closed(day) or (row is not None and is_closed(row.day)):
        faults["day"] = _("This month is closed: its balances stay as they are.")
    return faults


@action()
def remove_remittance(by: Person | None, row: Remittance) -> Remittance:
    """Take back what was written down as paid."""
    if is_closed(row.day):
        raise Refused(_("This month is closed: its balances stay as they are."), code="closed")
    Remittance.objects.filter(pk=row.pk).delete()
    return row


@action(scope=company_wide)
def keep_balances(by: Person | None, *, month: date) -> Bulk[Closing | None]:
    """Keep the balances and closing rates of a month that was closed; what is kept already stays as it is."""
    span = Period.containing(month, "month")
    if not is_closed(span.start):
        return Bulk(None, {"kept": 0})
    closing, made = Closing.objects.get_or_create(month=span.start, defaults={"currency": group_currency()})
    if not made:
        return Bulk(closing, {"kept": 0})
    rows = [
        ClosingBalance(
            closing=closing, entity_id=one.entity, partner_id=one.partner, line=one.line, currency=one.currency, amount=one.amount,
            functional=one.functional, value=one.value, group_value=one.group_value, **told("", one.rate), **told("group_", one.group_rate),
        )
        for one in counted(span.end, closing.currency)
    ]  # fmt: skip
    ClosingBalance.objects.bulk_create(rows, batch_size=500)
    return Bulk(closing, {"kept": len(rows), "month": f"{span.start:%Y-%m}"})


def told(prefix: str, rate: ClosingRate | None) -> dict[str, Any]:
    """A rate as it is kept."""
    if rate is None:
        return {}
    return {f"{prefix}rate": f"{rate.value:f}", f"{prefix}rule": rate.rule, f"{prefix}published": rate.published}


@action(scope=company_wide)
def drop_balances(by: Person | None, *, month: date) -> Bulk[int]:
    """Let the kept balances of a month go that is open again: it counts itself until it is closed anew."""
    if is_closed(month):
        raise Refused(_("This month is closed: its balances stay as they are."), code="closed")
    gone = Closing.objects.filter(month=month.replace(day=1))
    count = gone.count()
    gone.delete()
    return Bulk(count, {"dropped": count, "month": f"{month:%Y-%m}"})
