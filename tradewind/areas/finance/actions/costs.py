"""Savings from idea to close, and what was found about charges that looked like one."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from tradewind.areas.finance.models import Account, Distinct, Posting, Saving
from tradewind.base.errors import Conflict, Refused
from tradewind.base.money import CURRENCIES, to_units
from tradewind.base.period import Period
from tradewind.engines.access.scope import Scope, require
from tradewind.engines.actions.action import Bulk, action
from tradewind.nouns.org.models import Entity, Market, Person
from tradewind.nouns.org.queries import company_today

OPEN = (Saving.IDEA, Saving.ACCEPTED)


def at_place(
    _by: object = None, *_args: Any, entity: Entity | None = None, market: Market | None = None, **_kw: Any
) -> Scope:
    """Where a saving lies."""
    return Scope(entity=entity.pk if entity else None, market=market.pk if market else None)


@action(scope=at_place)
def save_saving(
    by: Person | None, saving: Saving | None = None, *, title: dict[str, str], account: Account, promised: Decimal, currency: str,
    base_start: date, base_end: date, entity: Entity | None = None, market: Market | None = None, supplier: str = "",
    owner: Person | None = None, per_unit: bool = True, note: str = "",
) -> Saving:  # fmt: skip
    """Write down a way to spend less: where it will show, what is promised a month, and the months it is compared with."""
    faults: dict[str, Any] = {}
    if not any(text.strip() for text in title.values()):
        faults["title"] = _("This field is required.")
    if promised <= 0:
        faults["promised"] = _("Promise more than nothing.")
    if currency not in CURRENCIES:
        faults["currency"] = _("Unknown currency: %(code)s") % {"code": currency}
    if base_end < base_start:
        faults["base_end"] = _("It ends before it begins.")
    if supplier.strip() and per_unit:
        faults["per_unit"] = _("Charges of one supplier are compared by month, not by unit.")
    if saving is not None and saving.state not in OPEN:
        raise Refused(_("A saving that runs keeps what it is compared with."), code="running")
    if faults:
        raise Refused(_("Some fields are missing or not right."), fields=faults)
    if by is not None and saving is not None:
        require(by, save_saving.code, at_place(entity=entity, market=market))
    saving = saving or Saving()
    saving.title, saving.account, saving.promised, saving.currency = title, account, to_units(promised), currency
    saving.base_start, saving.base_end = base_start.replace(day=1), Period.containing(base_end, "month").end
    saving.entity, saving.market, saving.supplier, saving.owner = entity, market, supplier.strip()[:200], owner
    saving.per_unit, saving.note = per_unit, note
    saving.save()
    return saving


@action()
def accept_saving(by: Person | None, saving: Saving) -> Saving:
    """Take a saving on."""
    if saving.owner_id is None:
        raise Refused(_("Name somebody who makes it happen first."), code="no_owner")
    return moved(saving, (Saving.IDEA,), Saving.ACCEPTED)


@action()
def start_saving(by: Person | None, saving: Saving, *, start: date) -> Saving:
    """Say from which month a saving is in force."""
    first = start.replace(day=1)
    if first <= saving.base_end:
        text = _("It begins after the months it is compared with.")
        raise Refused(text, fields={"start": text})
    if first > company_today() + timedelta(days=31):
        text = _("Say it when it begins.")
        raise Refused(text, fields={"start": text})
    saving.start = first
    return moved(saving, (Saving.ACCEPTED,), Saving.RUNNING)


@action()
def close_saving(by: Person | None, saving: Saving) -> Saving:
    """Close a saving: what it proved stays counted from the ledger."""
    return moved(saving, (Saving.RUNNING,), Saving.CLOSED)


@action()
def drop_saving(by: Person | None, saving: Saving, *, reason: str) -> Saving:
    """Let a saving go, saying why."""
    if not reason.strip():
        raise Refused(_("Say why."), fields={"reason": _("Say why.")})
    saving.note = f"{saving.note}\n{reason.strip()}".strip()
    return moved(saving, (*OPEN, Saving.RUNNING), Saving.DROPPED)


def moved(saving: Saving, allowed: tuple[str, ...], state: str) -> Saving:
    """A saving in its next state; Conflict when it is not where it can go there."""
    if saving.state not in allowed:
        raise Conflict(_("Somebody changed this meanwhile. Look at it again, then decide."))
    saving.state = state
    saving.save()
    return saving


@action()
def clear_duplicate(by: Person | None, posting: Posting, *, other: Posting, reason: str) -> Bulk[Distinct]:
    """Say that two charges that look alike are not one."""
    if not reason.strip():
        raise Refused(_("Say why."), fields={"reason": _("Say why.")})
    if other.pk == posting.pk or (other.amount, other.currency) != (posting.amount, posting.currency):
        raise Refused(
            _("These two charges do not look alike."), fields={"other": _("These two charges do not look alike.")}
        )
    if by is not None:
        require(by, clear_duplicate.code, other)
    first, second = sorted((posting.pk, other.pk))
    row, _new = Distinct.objects.get_or_create(
        first_id=first, second_id=second, defaults={"reason": reason.strip()[:300], "by": by}
    )
    return Bulk(row, {"duplicate": other.pk}, [], posting)
