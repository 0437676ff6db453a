"""Handing a month to an outside ledger: balanced entries of what it was not told yet, remembered line by line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from tradewind.areas.finance.models import Account, JournalExport, JournalLine, Layout, Ledger, Posting
from tradewind.areas.finance.queries import journals as queries
from tradewind.areas.finance.queries.journals import Cell
from tradewind.areas.finance.rules.journals import SIDE_OF, SIDES, booked
from tradewind.areas.finance.rules.spending import short, times
from tradewind.base.errors import NotFound, Refused
from tradewind.base.money import CURRENCIES
from tradewind.base.period import Period
from tradewind.engines.access.scope import Scope, require
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.metrics import rates
from tradewind.nouns.org.models import Entity, Person


def at_entity(_ledger: object = None, *, entity: Entity | None = None, **_more: Any) -> Scope:
    """Where a ledger will lie."""
    return Scope(entity=entity.pk if entity else None)


@action(scope=at_entity)
def save_ledger(
    by: Person | None, ledger: Ledger | None, *, code: str, name: str, layout: str, currency: str, rate: str = "month",
    contra: dict[str, str] | None = None, entity: Entity | None = None, active: bool = True,
) -> Ledger:  # fmt: skip
    """Say which outside ledger keeps an entity's books, which file it reads and its accounts across from ours."""
    faults: dict[str, Any] = {}
    sides = {side: str(text).strip() for side, text in (contra or {}).items() if str(text).strip()}
    if Ledger.objects.filter(code=code).exclude(pk=ledger.pk if ledger else 0).exists():
        faults["code"] = _("There is a ledger with this code already.")
    if layout not in Layout.values:
        faults["layout"] = _("Choose one of the layouts.")
    if currency not in CURRENCIES:
        faults["currency"] = _("Unknown currency: %(code)s") % {"code": currency}
    if set(sides) - set(SIDES):
        faults["contra"] = _("Unknown side: %(side)s") % {"side": ", ".join(sorted(set(sides) - set(SIDES)))}
    try:
        rates.rule(rate)
    except NotFound:
        faults["rate"] = _("Choose one of the rates.")
    told = ledger is not None and ledger.exports.exists()
    if told and ledger is not None and (ledger.currency, ledger.entity, ledger.code) != (currency, entity, code):
        faults["currency"] = _("Months were handed over already: currency, entity and code stay as they are.")
    if faults:
        raise Refused(_("Some fields are missing or not right."), fields=faults)
    row = ledger or Ledger()
    row.code, row.name, row.layout, row.currency, row.rate = code, name.strip(), layout, currency, rate
    row.contra, row.entity, row.active = sides, entity, active
    row.save()
    return row


@dataclass
class Maker:
    """What is needed to write the entries of one export."""

    ledger: Ledger
    export: JournalExport
    codes: dict[int, str]
    lines_of: dict[int, str]
    entry: int = 0
    lines: list[JournalLine] = field(default_factory=list)

    def factor(self, currency: str, month: date) -> Decimal:
        """What the ledger's currency is worth for one of another in a month; Refused without a rate."""
        found = rates.rule(self.ledger.rate).factor(month, currency, self.ledger.currency)
        if found is None:
            text = _("There is no rate from %(source)s to %(target)s for %(month)s.")
            where = {
                "source": currency,
                "target": self.ledger.currency,
                "month": Period.containing(month, "month").code,
            }
            raise Refused(text % where, code="no_rate")
        return short(found.value)

    def write(
        self,
        month: date,
        day: date,
        parts: list[tuple[Cell, int]],
        side: str,
        text: str,
        posting: Posting | None = None,
        tax: int = 0,
    ) -> None:
        """One balanced entry: a line for each part, tax that comes back, and the other side; parts are in the statement's sign."""
        self.entry += 1
        currency = parts[0][0].currency
        factor = self.factor(currency, month)
        amounts = [-amount for _cell, amount in parts]
        amounts += [tax] if tax else []
        amounts.append(-sum(amounts))
        books = booked(amounts, factor, self.ledger.currency)
        common = {
            "export": self.export, "entry": self.entry, "day": day, "month": month, "currency": currency, "factor": f"{factor:f}",
            "text": text[:300], "posting": posting, "document": posting.document if posting else "",
        }  # fmt: skip
        for (cell, _amount), amount, book in zip(parts, amounts, books, strict=False):
            place = {f"{name}_id": getattr(cell, name) for name in Cell._fields if name != "currency"}
            self.lines.append(
                JournalLine(amount=amount, book=book, outside=self.codes[cell.account], **place, **common)
            )
        for across, at in [("tax", -2)] * bool(tax) + [(side, -1)]:
            other = {**common, "posting": None, "contra": across, "outside": self.ledger.contra[across]}
            entity = parts[0][0].entity
            self.lines.append(JournalLine(amount=amounts[at], book=books[at], entity_id=entity, **other))


@action()
def export_month(by: Person | None, ledger: Ledger, *, month: date) -> Bulk[JournalExport]:
    """Hand a month to an outside ledger, with what changed in the months it was told before.

    Raises Refused while the month is being counted, when accounts have no code, when a rate is missing, or nothing is new.
    """
    for code in ("finance.view_costs", "finance.view_pay"):
        if by is not None:  # the file tells what these rights guard
            require(by, code, Scope(entity=ledger.entity_id))
    month = month.replace(day=1)
    months = sorted({month, *(told for told in queries.months_told(ledger) if told != month)})
    if queries.is_counting(months):
        raise Refused(_("The statement is being counted anew. Try again in a minute."), code="counting")
    wanted = {one: queries.lacking(ledger, one) for one in months}
    posted = {one: queries.fresh_postings(ledger, one) for one in months}
    if not any(wanted.values()) and not any(posted.values()):
        raise Refused(_("The ledger knows everything already."), code="nothing_new")
    used = {cell.account for cells in wanted.values() for cell in cells}
    used |= {row.account_id for rows in posted.values() for row in rows}
    refuse_unnamed(ledger, used, taxed=any(tax_of(row) for rows in posted.values() for row in rows))
    number = (Ledger.objects.get(pk=ledger.pk).exports.aggregate(last=Max("number"))["last"] or 0) + 1
    export = JournalExport.objects.create(ledger=ledger, month=month, number=number, made_by=by)
    maker = Maker(ledger, export, queries.outside_codes(ledger), dict(Account.objects.values_list("pk", "line")))
    for one in months:
        write_month(maker, one, month, wanted[one], posted[one])
    JournalLine.objects.bulk_create(maker.lines, batch_size=500)
    export.entries, export.lines_count = maker.entry, len(maker.lines)
    export.corrections = len({line.entry for line in maker.lines if line.month != month})
    export.save()
    return Bulk(
        export, {"entries": export.entries, "lines": export.lines_count, "corrections": export.corrections}, [], export
    )


def tax_of(posting: Posting) -> int:
    """The tax that comes back beside a posting, rounded to what its currency is paid in."""
    found = getattr(posting, "tax", None)
    return times(found.amount, Decimal(1), posting.currency) if found is not None else 0


def refuse_unnamed(ledger: Ledger, accounts: set[int], *, taxed: bool = False) -> None:
    """Refused when the ledger has no code for an account or a side that is needed."""
    missing = [str(account) for account in queries.unnamed(ledger, accounts)]
    if missing:
        text = _("Name the ledger's accounts first for: %(accounts)s")
        raise Refused(text % {"accounts": ", ".join(missing)}, code="unnamed")
    lines = Account.objects.filter(pk__in=accounts).values_list("line", flat=True)
    sides = {SIDE_OF[line] for line in lines} | {"staff", "payable", "other"} | ({"tax"} if taxed else set())
    lacking = sorted(side for side in sides if side not in ledger.contra)
    if lacking:
        text = _("Name the ledger's accounts for the other side first: %(sides)s")
        raise Refused(text % {"sides": ", ".join(lacking)}, code="unnamed", fields={"contra": ", ".join(lacking)})


def write_month(maker: Maker, month: date, now: date, wanted: dict[Cell, int], postings: list[Posting]) -> None:
    """The entries of one month: each posting by itself, the rest of every corner summed by currency and other side."""
    last = Period.containing(now, "month").end
    code = Period.containing(month, "month").code
    rest = dict(wanted)
    for posting in postings:
        cell = queries.cell_of(posting)
        amount = times(posting.amount, Decimal(1), posting.currency)
        if not amount:
            continue
        rest[cell] = rest.get(cell, 0) - amount
        day = posting.day if month == now else last
        maker.write(
            month, day, [(cell, amount)], side_of(maker, posting), posting.text or posting.key, posting, tax_of(posting)
        )
    text = _("Month %(month)s") if month == now else _("Correction of month %(month)s")
    for parts, side in grouped(maker, rest):
        maker.write(month, last, parts, side, text % {"month": code})


def side_of(maker: Maker, posting: Posting) -> str:
    """The other side of a posting: what is owed to staff for claims, to suppliers for bills, else by its line."""
    by_kind = {Posting.CLAIM: "staff", Posting.BILL: "payable", Posting.INTERCOMPANY: "other"}
    return by_kind.get(posting.kind) or SIDE_OF[maker.lines_of[posting.account_id]]


def grouped(maker: Maker, rest: dict[Cell, int]) -> Iterator[tuple[list[tuple[Cell, int]], str]]:
    """What is left by currency, entity and other side; nothing for corners that are told."""
    found: dict[tuple[str, int, str], list[tuple[Cell, int]]] = defaultdict(list)
    for cell, amount in rest.items():
        if amount:
            side = "other" if cell.partner else SIDE_OF[maker.lines_of[cell.account]]
            found[cell.currency, cell.entity or 0, side].append((cell, amount))
    for (_currency, _entity, side), parts in sorted(found.items()):
        yield (
            sorted(
                parts,
                key=lambda part: tuple(
                    value or 0 if value is None or isinstance(value, int) else value for value in part[0]
                ),
            ),
            side,
        )
