"""Amazon settlement report V2: a first row with the payout, then one row for each part of it; the parts must add up."""

from collections.abc import Iterator
from itertools import islice
from operator import itemgetter
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from tradewind.base.errors import Refused
from tradewind.base.money import from_units
from tradewind.engines.exchange.formats.keys import Occurrences
from tradewind.engines.exchange.formats.source import Context, Source
from tradewind.engines.exchange.readers.cells import Currencies, Ids
from tradewind.engines.exchange.readers.dates import DMY, YMD, detect_date_order
from tradewind.engines.exchange.readers.numbers import COMMA, DOT, Amounts
from tradewind.engines.exchange.readers.table import OneOf, Table
from tradewind.engines.exchange.records import (
    FeeFacts,
    PaymentFacts,
    PayoutFacts,
    RefundFacts,
    Refusal,
    SourceLine,
    Unreadable,
)

BUYERS_MONEY = frozenset({"itemprice", "promotion", "itemwithheldtax"})
"""Amount types that are the buyer's money, not a cost of ours."""
PROBE_ROWS = 5_000
_DAYS = ("settlement-start-date", "settlement-end-date", "deposit-date")


class AmazonSettlement(Source):
    """Keyed by settlement id; parts of an order's price are payments, those of a refund refunds, all else fees (cost positive)."""

    format: ClassVar[str] = "amazon-settlement"
    required: ClassVar[tuple[OneOf, ...]] = (
        "settlement-id", "total-amount", "currency", "transaction-type", "order-id", "amount-type", "amount-description",
        "amount", "posted-date",
    )  # fmt: skip
    key_column: ClassVar[str] = "settlement-id"

    def __init__(self, table: Table, context: Context) -> None:
        super().__init__(table, context)
        self._main = itemgetter(
            *self.columns.places(
                ("settlement-id", "amount", "total-amount", "transaction-type", "amount-type", "amount-description")
            )
        )
        self._part = itemgetter(*self.columns.places(("order-id", "posted-date-time", "posted-date", "sku")))
        self._head = itemgetter(*self.columns.places((*_DAYS, "currency")))
        number, dates = self._probe()
        self._amount, self._total = Amounts("amount", number), Amounts("total-amount", number)
        self._id, self._order_id = Ids("settlement-id"), Ids("order-id")
        self._currency = Currencies("currency", context.currency)
        self._moment = self.moments(dates, "posted-date")[0]
        self._days = [self.moments(dates, name)[0] for name in _DAYS]

    def _probe(self) -> tuple[str, str]:
        """Number format and date order as the first rows prove them: European reports write 12,34 and 31.01.2026."""
        money, dates = self.columns.places(("amount", "total-amount")), self.columns.place("posted-date")
        start = self.columns.place("settlement-start-date")
        rows = [row for _line, row in islice(self.table.rows(), PROBE_ROWS) if isinstance(row, list)]
        amounts = [row[place] for row in rows for place in money if row[place]]
        number = COMMA if any("," in text[-3:] for text in amounts) else DOT
        stated = [row[place] for row in rows for place in (start, dates) if row[place]]
        order = self.context.option("date") or _date_order(stated)
        if order is None:
            message = _("The dates can be day/month or month/day; declare the date format.")
            raise Refused(message, code="ambiguous_date")
        return self.context.option("number") or number, order

    def begin(self) -> None:
        """Forget sums and payouts of the last pass."""
        self._occurrences = Occurrences()
        self._sums: dict[str, int] = {}
        self._stated: dict[str, tuple[int, int]] = {}
        self._currencies: dict[str, str] = {}

    def read(self, line: int, row: list[str]) -> SourceLine:
        """One row: the payout itself, or one part of it."""
        id_text, amount_text, total_text, transaction, _type, _description = self._main(row)
        key = self._id[id_text]
        if not key:
            raise Unreadable("blank", "", "settlement-id")
        total = self._total[total_text]
        if total is not None and not transaction:
            return self._summary(line, key, total, row)
        if key not in self._stated:
            raise Unreadable("no_summary", key, "total-amount")
        amount = self._amount[amount_text]
        if amount is None:
            raise Unreadable("blank", "", "amount")
        self._sums[key] = self._sums.get(key, 0) + amount
        return self._component(line, key, amount, row)

    def _component(self, line: int, key: str, amount: int, row: list[str]) -> SourceLine:
        """One part of the payout as a payment, a refund or a fee."""
        _id, _amount, _total, transaction, amount_type, description = self._main(row)
        order_text, at_text, day_text, sku = self._part(row)
        at, day = self._moment[at_text or day_text]
        order, currency = self._order_id[order_text], self._currencies[key]
        own = f"{key}-{self._occurrences.key(row)}"
        if not order or amount_type.replace("-", "").casefold() not in BUYERS_MONEY:
            kind = f"{amount_type}/{description}" if amount_type else description or transaction
            return SourceLine(line, key, fees=(FeeFacts(own, order, kind, -amount, currency, day, transaction, sku),))
        if "refund" in transaction.casefold() or "chargeback" in transaction.casefold():
            back = RefundFacts(-amount, currency, day, at, False, own, order, description, transaction)
            return SourceLine(line, key, refunds=(back,))
        payment = PaymentFacts(
            own, order, at, day, amount, currency, kind=description, method="amazon", description=transaction
        )
        return SourceLine(line, key, payments=(payment,))

    def _summary(self, line: int, key: str, total: int, row: list[str]) -> SourceLine:
        *texts, currency_text = self._head(row)
        start, end, deposit = (days[text][1] for days, text in zip(self._days, texts, strict=True))
        currency = self._currency[currency_text]
        self._currencies[key] = currency
        self._stated[key] = (line, total)
        payout = PayoutFacts(key, start, end, deposit, total, currency)
        return SourceLine(line, key, payout=payout)

    def end(self) -> Iterator[Refusal]:
        """A settlement whose parts do not add up to its stated total is refused whole."""
        for key, (line, total) in self._stated.items():
            found = self._sums.get(key, 0)
            if found != total:
                data = {"found": str(from_units(found)), "expected": str(from_units(total))}
                yield Refusal(line, "total-amount", "settlement_total", key, key, data)


def _date_order(stated: list[str]) -> str | None:
    """Points stand in European dates only; a value that is no date is left to its row to be refused."""
    if any("." in text[:6] for text in stated):
        return DMY
    try:
        return detect_date_order(stated)
    except Unreadable:
        return YMD
