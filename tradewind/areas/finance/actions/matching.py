"""Which payouts a line of the bank is: said by hand, or found where it can be no other way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tradewind.areas.finance.models import LinePart
from tradewind.areas.finance.queries.bank import free_of
from tradewind.areas.finance.rules.reconcile import shared
from tradewind.base.errors import Refused
from tradewind.base.money import Money
from tradewind.engines.access.scope import Scope, require
from tradewind.engines.actions.action import Bulk, action
from tradewind.nouns.org.models import Person
from tradewind.nouns.trade.models import BankLine, Payout

LINE = "finance.bank_line"
Changes = list[tuple[str, int, dict[str, Any]]]


def held(lines: Iterable[BankLine]) -> dict[int, BankLine]:
    """The lines under a lock, so that two people never give the same money away."""
    rows = BankLine.objects.select_for_update().filter(pk__in=[line.pk for line in lines])
    return {row.pk: row for row in rows.order_by("pk").prefetch_related("parts")}


def at_payout(payout: Payout, *_args: Any, **_kwargs: Any) -> Scope:
    """A payout lies where its channel is."""
    return Scope(payout.channel.entity_id, payout.channel.market_id)


def require_each(by: Person | None, rows: Iterable[Model]) -> None:
    """Raise NotAllowed unless a person may join every one of these records."""
    for row in rows if by is not None else ():
        require(by, match_payout.code, row)


def part_words(part: LinePart) -> str:
    """What a part of a line is, for who may see the bank: a payout by its number, a bill or claim by its kind alone."""
    return str(part.payout or (_("Bill") if part.bill_id else _("Claim")))


@action(scope=at_payout)
def match_payout(by: Person | None, payout: Payout, *, lines: list[BankLine]) -> Bulk[Payout]:
    """Say which lines of the bank a payout is.

    Each counts with what is nobody else's of it; those it was before are free again.
    """
    require_each(by, lines)
    before = list(payout.line_parts.select_related("line").order_by("line__day", "line"))
    known = held([*lines, *(part.line for part in before)])
    own = {part.line_id: part.amount for part in before}
    wanted = {line.pk: free_of(known[line.pk]) + own.get(line.pk, 0) for line in lines}
    taken = [known[pk] for pk, units in wanted.items() if not units]
    if taken:
        names = pgettext("between names", ", ").join(
            sorted({part_words(part) for line in taken for part in line.parts.all()})
        )
        raise Refused(_("A line belongs to something else already: %(names)s.") % {"names": names}, code="taken")
    LinePart.objects.filter(payout=payout).delete()
    LinePart.objects.bulk_create([LinePart(line_id=pk, payout=payout, amount=units) for pk, units in wanted.items()])
    changes: Changes = [(LINE, pk, {"payout": [None, str(payout)]}) for pk in wanted if pk not in own]
    changes += [(LINE, pk, {"payout": [str(payout), None]}) for pk in own if pk not in wanted]
    told = {"bank_lines": [told_lines(part.line for part in before), told_lines(lines)]}
    return Bulk(payout, {"lines": len(wanted), "was": len(before)}, changes, payout, told=told)


@action()
def match_line(by: Person | None, line: BankLine, *, payouts: list[Payout]) -> Bulk[BankLine]:
    """Say which payouts a line of the bank is, together.

    None frees it. In one currency each counts with what it states and the largest takes what differs; money that a bank converted is
    shared by what they state.
    """
    require_each(by, payouts)
    row = held([line])[line.pk]
    list(Payout.objects.select_for_update().filter(pk__in=[payout.pk for payout in payouts]).order_by("pk"))
    before = [part.payout for part in row.parts.select_related("payout") if part.payout is not None]
    LinePart.objects.filter(line=row, payout__isnull=False).delete()
    units = row.amount - sum(part.amount for part in row.parts.all() if part.payout_id is None)
    arrived = [payout for payout in payouts if payout.line_parts.exists()]
    if arrived:
        names = pgettext("between names", ", ").join(str(payout) for payout in arrived)
        raise Refused(_("These payouts arrived with another line already: %(names)s.") % {"names": names}, code="taken")
    if payouts and not units:
        raise Refused(_("Nothing of this line is left."), code="taken")
    same = all(payout.currency == row.currency for payout in payouts)
    amounts = shared(units, [payout.amount for payout in payouts], same=same)
    if not all(amounts):
        raise Refused(_("The line is too small for that many payouts."), code="too_small")
    LinePart.objects.bulk_create(
        LinePart(line=row, payout=payout, amount=amount) for payout, amount in zip(payouts, amounts, strict=True)
    )
    told = {"payouts": [", ".join(map(str, before)), ", ".join(map(str, payouts))]}
    changes: Changes = [("finance.payout", payout.pk, {"bank_lines": [None, told_lines([row])]}) for payout in payouts]
    changes += [
        ("finance.payout", payout.pk, {"bank_lines": [told_lines([row]), None]})
        for payout in before
        if payout not in payouts
    ]
    return Bulk(line, {"payouts": len(payouts), "was": len(before)}, changes, line, told=told)


def told_lines(lines: Iterable[BankLine]) -> str:
    """Lines in words of the history."""
    return ", ".join(f"{line.day} {Money.of_units(line.amount, line.currency)}" for line in lines)


@action(scope=lambda *_args, **_kwargs: Scope())
def match_payouts(by: Person | None, *, parts: Sequence[LinePart]) -> Bulk[int]:
    """Join payouts with the lines of the bank that can be no other's.

    Lines and payouts that became something else meanwhile are left alone, with what would have been joined with them.
    """
    known = held([part.line for part in parts])
    free = {pk for pk, line in known.items() if not line.parts.all()}
    wanted = Payout.objects.select_for_update().filter(pk__in={part.payout_id for part in parts})
    wanted_ids = [payout.pk for payout in wanted.order_by("pk")]
    gone = set(LinePart.objects.filter(payout__in=wanted_ids).values_list("payout", flat=True))
    gone |= {part.payout_id for part in parts if part.line_id not in free and part.payout_id}
    taken = {part.line_id for part in parts if part.payout_id in gone}
    done = [part for part in parts if part.line_id not in taken]
    LinePart.objects.bulk_create(done)
    changes: Changes = [(LINE, part.line_id, {"payout": [None, str(part.payout)]}) for part in done]
    return Bulk(len(done), {"lines": len({part.line_id for part in done}), "payouts": len(done)}, changes)
