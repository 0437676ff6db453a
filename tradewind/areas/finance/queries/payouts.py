"""Payouts: what they are made of, what the bank received, and what orders promised against what was settled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncMonth

from tradewind.areas.finance.queries.bank import with_free
from tradewind.areas.finance.rules import reconcile
from tradewind.areas.finance.rules.reconcile import Arrival, Due, Matches, Parts, Standing
from tradewind.engines.access.scope import visible
from tradewind.nouns.org.models import Person
from tradewind.nouns.trade.models import BankLine, Fee, Order, Payment, Payout, Refund

BANK = "finance.view_bank"
REFUND = "refund"
RESERVE = "reserve"


def payouts(person: Person | None) -> QuerySet[Payout]:
    """The payouts of channels one may see."""
    rows = visible(person, BANK, Payout.objects.select_related("channel", "channel__entity"))
    return rows.prefetch_related("line_parts__line")


def day_of(payout: Payout) -> date | None:
    """The day a payout was sent off: its deposit day, else the end of its span."""
    return payout.day or payout.end


def parts_of(payout: Payout) -> Parts:
    """What a payout is made of: the rows of its settlement, or, where no row names it, the charges of its span of days."""
    charges = payment_rows(payout)
    fees = [(kind, -amount) for kind, amount in payout.fees.values_list("kind", "amount")]
    orders = refunds = costs = 0
    for row in charges:
        units = row.amount if row.settled_amount is None else row.settled_amount
        if row.status == REFUND or units < 0:
            refunds += units
        else:
            orders += units
        costs -= row.fee + row.fee_tax
    reserves = sum(units for kind, units in fees if RESERVE in kind.casefold())
    costs += sum(units for kind, units in fees if RESERVE not in kind.casefold())
    return reconcile.parts(payout.amount, orders=orders, refunds=refunds, fees=costs, reserves=reserves)


def payment_rows(payout: Payout) -> list[Payment]:
    """The charges a payout is made of: those whose key names it, else those of its span in its currency."""
    own = list(Payment.objects.filter(channel=payout.channel, key__startswith=f"{payout.external_id}-"))
    if own or payout.fees.exists() or payout.start is None or payout.end is None:
        return own
    span = Payment.objects.filter(channel=payout.channel, day__range=(payout.start, payout.end))
    return [
        row
        for row in span.filter(status__in=["", "paid", REFUND])
        if (row.settled_currency or row.currency) == payout.currency
    ]


def received_by(payout: Payout) -> list[tuple[int, bool]]:
    """What the bank received for a payout, line by line: units and whether they are of its currency."""
    return [(part.amount, part.line.currency == payout.currency) for part in payout.line_parts.all()]


def standing_of(payout: Payout, today: date, *, asked: bool = False) -> Standing:
    """How a payout stands against the bank."""
    return reconcile.standing(payout.amount, received_by(payout), due=day_of(payout), today=today, asked=asked)


def due_of(payout: Payout) -> Due | None:
    """A payout as the matching takes it; None without a day."""
    day = day_of(payout)
    if day is None:
        return None
    channel = payout.channel
    marks = (payout.external_id, channel.platform, channel.name)
    return Due(payout.pk, day, payout.amount, payout.currency, marks, channel.pk)


def free_lines(since: date, until: date, entity: int | None = None) -> QuerySet[BankLine]:
    """Lines that are nobody's yet between two days, of one company's accounts or, for none, of all."""
    rows = BankLine.objects.filter(parts=None, day__range=(since, until)).select_related("account")
    return rows.filter(Q(entity=entity) | Q(entity=None)) if entity is not None else rows


def arrival_of(line: BankLine) -> Arrival:
    """A line as the matching takes it."""
    words = f"{line.reference} {line.counterparty} {line.text}"
    return Arrival(line.pk, line.day, line.amount, line.currency, words)


def open_payouts() -> list[Payout]:
    """Payouts without a line."""
    return list(Payout.objects.filter(line_parts=None).exclude(amount=0).select_related("channel"))


def found_matches(rows: Iterable[Payout] | None = None) -> Matches:
    """What the open payouts are at the bank, company by company."""
    by_entity: dict[int | None, list[Due]] = defaultdict(list)
    for payout in open_payouts() if rows is None else rows:
        due = due_of(payout)
        if due is not None:
            by_entity[payout.channel.entity_id].append(due)
    sure: dict[int, tuple[int, ...]] = {}
    asked: dict[int, tuple[int, ...]] = {}
    joint: dict[int, tuple[int, ...]] = {}
    for entity, dues in by_entity.items():
        days = [due.day for due in dues]
        lines = free_lines(min(days) - reconcile.EARLY, max(days) + reconcile.LATE, entity)
        found = reconcile.match(dues, [arrival_of(line) for line in lines if line.pk not in joint])
        sure.update(found.sure)
        asked.update(found.asked)
        joint.update(found.together)
    return Matches(sure, asked, joint)


def line_choices(payout: Payout, person: Person | None) -> QuerySet[BankLine]:
    """Lines a person may join with a payout: its own, and those near its day of which something is nobody's yet."""
    day = day_of(payout)
    rows = with_free(visible(person, BANK, BankLine.objects.select_related("account")))
    near = ~Q(free=0)
    if day is not None:
        near &= Q(day__range=(day - timedelta(days=14), day + timedelta(days=45)))
    sign = Q(amount__gt=0) if payout.amount > 0 else Q(amount__lt=0)
    own = Q(pk__in=payout.line_parts.values("line"))
    return rows.filter(own | (near & sign)).order_by("day", "pk")


def payout_choices(line: BankLine, person: Person | None) -> QuerySet[Payout]:
    """Payouts a line may be: its own, and those near its day that did not arrive yet, in any currency."""
    rows = visible(person, BANK, Payout.objects.select_related("channel"))
    near = Q(line_parts=None) & ~Q(amount=0)
    span = (line.day - timedelta(days=45), line.day + timedelta(days=14))
    near &= Q(day__range=span) | Q(day=None, end__range=span)
    near &= Q(amount__gt=0) if line.amount > 0 else Q(amount__lt=0)
    if line.entity_id is not None:
        near &= Q(channel__entity=line.entity_id) | Q(channel__entity=None)
    return rows.filter(Q(pk__in=line.parts.values("payout")) | near).order_by("day", "pk").distinct()


def could_be(line: BankLine, rows: Iterable[Payout]) -> tuple[int, ...]:
    """The payouts a line could be at once by its amount; none where nothing adds up."""
    dues = [due for row in rows if (due := due_of(row)) is not None]
    return next(iter(reconcile.sums_to(arrival_of(line), dues, most=1)), ())


@dataclass(frozen=True)
class Bridge:
    """A channel's month in one currency: what its orders promised, what was settled for it, and what lies between.

    All in units, costs negative. The differences of the three lines add up to the difference of the totals.
    """

    channel: int
    month: date
    currency: str
    orders: int = 0
    orders_settled: int = 0
    refunds: int = 0
    refunds_settled: int = 0
    fees: int = 0
    fees_settled: int = 0

    @property
    def estimated(self) -> int:
        """What the orders promise."""
        return self.orders + self.refunds + self.fees

    @property
    def settled(self) -> int:
        """What the settlements tell."""
        return self.orders_settled + self.refunds_settled + self.fees_settled

    @property
    def difference(self) -> int:
        """Settled less estimated."""
        return self.settled - self.estimated


def bridge(start: date, end: date, channels: Sequence[int] | None = None) -> list[Bridge]:
    """Estimated (orders by their total, else their lines; refunds and fees as stated) beside settled (payments and fees) by channel and month.

    An order counts in the month of its day, and so does the money and do the fees that were settled for it, whenever that was; a refund
    counts on its own day on both sides, and so does what names no order. Who asks checks the rights.
    """
    found: dict[tuple[int, date, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))

    def add(name: str, rows: Iterable[tuple[int, date, str, int | None]], sign: int = 1) -> None:
        for channel, month, currency, units in rows:
            if units:
                found[channel, month, currency][name] += sign * units

    within = Q(day__range=(start, end))
    orders = Order.objects.filter(within, state=Order.PAID)
    refunds = Refund.objects.filter(within)
    if channels is not None:
        orders, refunds = orders.filter(channel__in=channels), refunds.filter(order__channel__in=channels)
    worth = orders.annotate(worth=Coalesce("stated_total", "lines_total"))
    add("orders", summed(worth, "channel", "currency", "worth"))
    add("refunds", summed(refunds, "order__channel", "currency", "amount"), -1)
    add("fees", summed(orders, "channel", "currency", "stated_fees"), -1)
    back = Q(status=REFUND) | Q(amount__lt=0)
    payments = settled_rows(Payment.objects.exclude(status__in=["open", "failed"]), channels)
    add("refunds_settled", summed(payments.filter(within, back), "channel", "currency", "amount"))
    for day in ("order__day", "day"):
        counted = {f"{day}__range": (start, end), **({"order": None} if day == "day" else {})}
        moved = payments.filter(**counted)
        add("orders_settled", summed(moved.exclude(back), "channel", "currency", "amount", day))
        for currency, own in (
            ("currency", moved.filter(settled_currency="")),
            ("settled_currency", moved.exclude(settled_currency="")),
        ):
            add("fees_settled", summed(own, "channel", currency, "fee", day), -1)
            add("fees_settled", summed(own, "channel", currency, "fee_tax", day), -1)
        fees = settled_rows(Fee.objects.exclude(kind__icontains=RESERVE), channels).filter(**counted)
        add("fees_settled", summed(fees, "channel", "currency", "amount", day), -1)
    return [Bridge(channel, month, currency, **values) for (channel, month, currency), values in sorted(found.items())]


def settled_rows(rows: QuerySet[Any], channels: Sequence[int] | None) -> QuerySet[Any]:
    """The rows of some channels; of all of them for none."""
    return rows if channels is None else rows.filter(channel__in=channels)


def summed(
    rows: QuerySet[Order] | QuerySet[Payment] | QuerySet[Fee] | QuerySet[Refund], channel: str, currency: str, name: str, day: str = "day"
) -> Iterable[tuple[int, date, str, int | None]]:  # fmt: skip
    """Sums of a column by channel, month of a day and currency."""
    grouped = rows.order_by().annotate(bridge_month=TruncMonth(day)).values(channel, "bridge_month", currency)
    return [
        (one[channel], one["bridge_month"], one[currency], one["units"]) for one in grouped.annotate(units=Sum(name))
    ]
