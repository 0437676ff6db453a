"""The rows that balances of a day are made of: what accounts held, what channels owed, stock, bills, claims, tax, the group's own debts.

A row is a fact in its own currency on that day as it is known now; the balances are their sums, so rows behind always add up. What is
owned is above zero, what is owed below. Who asks checks the rights.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncMonth
from django.urls import reverse
from django.utils.translation import gettext as _

from tradewind.areas.finance.models import (
    Bill,
    Claim,
    PayoutCalendar,
    PayState,
    Posting,
    PostingTax,
    Remittance,
    StockValue,
)
from tradewind.areas.finance.queries.balance_cash import cash, unknown_accounts
from tradewind.areas.finance.queries.cash import LATE, earned_by_day, of_channel, reaching, settled_by
from tradewind.areas.finance.rules.balances import BILLS, CASH, CHANNELS, CLAIMS, GROUP, LINES, STOCK, TAX, Fact, Gap
from tradewind.areas.finance.rules.cash import RESERVE
from tradewind.engines.metrics.models import SaleReading
from tradewind.nouns.org.models import Entity
from tradewind.nouns.trade.models import BankLine, Channel, Order, Payout, StockMove

OWED = (PayState.SUBMITTED, PayState.APPROVED, PayState.PAID)
SELLING = timedelta(days=60)  # a channel that sold since is one that should owe something


def facts(day: date, lines: tuple[str, ...] = LINES) -> list[Fact]:
    """All rows of some lines on a day, line by line; those that come to nothing are left out."""
    return [fact for line in lines for fact in SOURCES[line](day) if fact.amount]


def gaps(day: date, lines: tuple[str, ...] = LINES) -> list[Gap]:
    """What those lines do not know on a day."""
    return [gap for line in lines if line in UNKNOWN for gap in UNKNOWN[line](day)]


# What channels owe


def channels(day: date) -> Iterator[Fact]:
    """What shops, marketplaces and payment providers had still to pay: sales less refunds and fees not paid out, payouts on their way."""
    names = Channel.objects.in_bulk()
    settled = settled_until(day)
    calendars = {row.channel_id: row for row in PayoutCalendar.objects.select_related("channel")}
    settled |= settled_by(list(calendars.values()), day)
    yield from expected(day, calendars, settled, names)
    yield from unsettled(day, {pk: last for pk, last in settled.items() if pk not in calendars}, names)
    yield from on_their_way(day, names)


def settled_until(day: date) -> dict[int, date]:
    """The last day that a payout known until then settled, by channel."""
    return dict(Payout.objects.filter(end__lte=day).order_by().values_list("channel").annotate(Max("end")))


def expected(
    day: date, calendars: dict[int, PayoutCalendar], settled: dict[int, date], names: dict[int, Channel]
) -> Iterator[Fact]:
    """What channels with a payout calendar will pay for sales until then, less what they keep, and give back of their reserves."""
    since = {pk: reaching(row, day) for pk, row in calendars.items()}
    earned = earned_by_day(list(calendars), min(since.values(), default=day), day)
    for pk, row in sorted(calendars.items()):
        own = [part for part in earned.get(pk, []) if part[0] >= since[pk]]
        for flow in of_channel(row, own, settled.get(pk), day):
            words = (
                _("%(channel)s: reserve, due on %(day)s")
                if flow.kind == RESERVE
                else _("%(channel)s: payout due on %(day)s")
            )
            label = words % {"channel": names[pk].name, "day": flow.day}
            yield Fact(CHANNELS, names[pk].entity_id, flow.currency, flow.amount, flow.day, label, flow.url)


def unsettled(day: date, settled: dict[int, date], names: dict[int, Channel]) -> Iterator[Fact]:
    """What channels without a calendar owe since their last payout: sales less refunds and the fees that the orders state."""
    since = {pk: max(last + timedelta(days=1), day - SELLING) for pk, last in settled.items()}
    if not since:
        return
    earned = earned_by_day(list(since), min(since.values()), day)
    for pk, first in sorted(since.items()):
        sums: dict[str, int] = {}
        for at, currency, amount in earned.get(pk, []):
            if at >= first:
                sums[currency] = sums.get(currency, 0) + amount
        stated = Order.objects.filter(channel=pk, state=Order.PAID, kind=Order.SALE, day__range=(first, day)).order_by()
        fees = dict(stated.values_list("currency").annotate(Sum("stated_fees"))) if sums else {}
        for currency, amount in sorted(sums.items()):
            label = _("%(channel)s: sales since %(day)s") % {"channel": names[pk].name, "day": first}
            url = f"{reverse('customers:order-list')}?channel={pk}"
            yield Fact(CHANNELS, names[pk].entity_id, currency, amount - (fees.get(currency) or 0), first, label, url)


def on_their_way(day: date, names: dict[int, Channel]) -> Iterator[Fact]:
    """Payouts of settled days that arrived later, or that the bank does not show yet; after thirty days they are not promised any more."""
    banks = set(BankLine.objects.filter(day__lte=day).order_by().values_list("account__entity", "currency").distinct())
    rows: Any = Payout.objects.annotate(arrived=Max("line_parts__line__day"), sent=Coalesce("day", "end"))
    rows = rows.filter(Q(end__lte=day) | Q(end=None, start__lte=day) | Q(end=None, start=None, day__lte=day))
    rows = rows.filter(Q(arrived__gt=day) | Q(arrived=None, sent__gte=day - LATE))
    for row in rows.prefetch_related("line_parts__line"):
        entity = names[row.channel_id].entity_id
        unseen = (entity, row.currency) in banks  # statements are kept, and it is in none of them
        if row.arrived is None and row.sent <= day and not unseen:
            continue
        label = _("%(channel)s: payout %(payout)s on its way") % {
            "channel": names[row.channel_id].name,
            "payout": row.external_id,
        }
        url = reverse("finance:payout-detail", args=[row.pk])
        yield Fact(CHANNELS, entity, row.currency, still_coming(row, day), row.sent, label, url)


def still_coming(row: Payout, day: date) -> int:
    """What of a payout comes after a day: all of it, or where it came in pieces of one currency the part of the later ones."""
    parts = list(row.line_parts.all())
    later, whole = sum(one.amount for one in parts if one.line.day > day), sum(one.amount for one in parts)
    stated: int = row.amount
    if all(one.line.day > day for one in parts):
        return stated
    return stated * later // whole if whole and len({one.line.currency for one in parts}) == 1 else 0


def unknown_channels(day: date) -> Iterator[Gap]:
    """Channels that sold lately and of which neither a payout nor a calendar is known."""
    sold = Order.objects.filter(state=Order.PAID, kind=Order.SALE, day__gt=day - SELLING, day__lte=day).order_by()
    known = {*settled_until(day), *PayoutCalendar.objects.values_list("channel", flat=True)}
    for channel in Channel.objects.filter(pk__in=sold.values_list("channel").distinct()).exclude(pk__in=known):
        words = _("%(channel)s: neither payouts nor a payout calendar are known") % {"channel": channel.name}
        yield Gap(CHANNELS, channel.entity_id, words)


# Stock


def stock(day: date) -> Iterator[Fact]:
    """What lies in stock at cost, by product and owner, as the costing counted it at that month's end."""
    month = counted_month(day)
    if month is None:
        return
    rows = StockValue.objects.filter(month=month, amount__gt=0).order_by("product__sku", "product")
    url = reverse("finance:inventory")
    for entity, product, title, units, amount, currency in rows.values_list(
        "entity", "product__sku", "product__title", "units", "amount", "currency"
    ):
        label = _("%(product)s: %(units)s units") % {"product": product or title, "units": units}
        yield Fact(STOCK, entity, currency, amount, month, label, url)


def counted_month(day: date) -> date | None:
    """The newest month until a day whose stock was counted."""
    found: date | None = StockValue.objects.filter(month__lte=day).aggregate(newest=Max("month"))["newest"]
    return found


def unknown_stock(day: date) -> Iterator[Gap]:
    """Owners with goods in stock that have no cost; the whole company where no movements of stock are kept."""
    if not StockMove.objects.exists():
        yield Gap(STOCK, None, _("stock: no movements are kept"))
    month = counted_month(day)
    if month is None:
        return
    rows = StockValue.objects.filter(month=month, amount=0, units__gt=0).order_by()
    for entity, count in rows.values_list("entity").annotate(Count("product")):
        yield Gap(STOCK, entity, _("products in stock without a cost: %(count)s") % {"count": count})


# Bills, claims


def bills(day: date) -> Iterator[Fact]:
    """Bills of suppliers of a day not later, in approval or approved, that were not paid until then."""
    for row in unpaid(Bill.objects.filter(day__lte=day), day).order_by("due", "pk"):
        label = _("%(bill)s, due on %(day)s") % {"bill": row, "day": row.due}
        yield Fact(
            BILLS,
            row.entity_id,
            row.currency,
            -row.amount,
            row.day,
            label,
            reverse("finance:bill-detail", args=[row.pk]),
        )


def claims(day: date) -> Iterator[Fact]:
    """Claims of people of a day not later, in what their person is paid in, that were not paid until then."""
    for row in unpaid(Claim.objects.filter(day__lte=day), day).select_related("person").order_by("day", "pk"):
        amount, currency = row.pay_amount, row.pay_currency
        if amount is None:
            amount, currency = row.amount, row.currency
        label = f"{row.person} · {row.what}"
        yield Fact(
            CLAIMS, row.entity_id, currency, -amount, row.day, label, reverse("finance:claim-detail", args=[row.pk])
        )


def unpaid(rows: QuerySet[Any], day: date) -> QuerySet[Any]:
    """Those asked for that were not paid at the end of a day: the bank's day where a line of it is known, else the day told."""
    paid = Coalesce(Min("line_parts__line__day"), "paid_on")
    found: QuerySet[Any] = rows.filter(state__in=OWED).annotate(settled_on=paid)
    return found.filter(Q(settled_on=None) | Q(settled_on__gt=day))


# Tax


def tax(day: date) -> Iterator[Fact]:
    """Sales tax of paid orders since the last day that a remittance settled, by channel and month, less input tax that comes back."""
    names = Channel.objects.in_bulk()
    for entity, until in sorted(taxed_until(day).items()):
        rows = SaleReading.objects.filter(grain=SaleReading.DAY, entity=entity, day__gt=until, day__lte=day).order_by()
        sums = (
            rows.annotate(month=TruncMonth("day")).values("channel", "month", "currency").annotate(charged=Sum("tax"))
        )
        for one in sums.order_by("month", "channel", "currency"):
            shop = names[one["channel"]].name if one["channel"] else "–"
            label = _("%(channel)s: tax charged in %(month)s") % {"channel": shop, "month": f"{one['month']:%Y-%m}"}
            yield Fact(TAX, entity, one["currency"], -one["charged"], one["month"], label)
        yield from tax_back(entity, until, day)


def tax_back(entity: int, until: date, day: date) -> Iterator[Fact]:
    """Tax inside bills and claims of an entity that comes back from the tax office, by month."""
    rows = PostingTax.objects.filter(posting__entity=entity, posting__day__gt=until, posting__day__lte=day).order_by()
    sums = (
        rows.annotate(month=TruncMonth("posting__day"))
        .values("month", "posting__currency")
        .annotate(paid=Sum("amount"))
    )
    for one in sums.order_by("month", "posting__currency"):
        label = _("Input tax of %(month)s that comes back") % {"month": f"{one['month']:%Y-%m}"}
        yield Fact(TAX, entity, one["posting__currency"], one["paid"], one["month"], label)


def taxed_until(day: date) -> dict[int, date]:
    """The last day whose tax was paid by then, of every entity that ever paid some."""
    rows = Remittance.objects.filter(kind=Remittance.TAX, day__lte=day).order_by()
    return {entity: until for entity, until in rows.values_list("entity").annotate(Max("until")) if until}


def unknown_tax(day: date) -> Iterator[Gap]:
    """Entities that charged tax within a year and of which no payment to a tax office is known."""
    rows = SaleReading.objects.filter(grain=SaleReading.MONTH, day__gt=day - timedelta(days=365), day__lte=day).exclude(
        tax=0
    )
    charged = set(rows.order_by().values_list("entity", flat=True).distinct()) - set(taxed_until(day))
    for entity in Entity.objects.filter(pk__in=[pk for pk in charged if pk]):
        yield Gap(TAX, entity.pk, _("sales tax charged: it is not known until when it was paid"))


# Between entities


def group(day: date) -> Iterator[Fact]:
    """What entities say they owe each other: postings within the group by month, less what was paid within the group."""
    rows = Posting.objects.filter(day__lte=day, entity__isnull=False, partner__isnull=False).order_by()
    sums = (
        rows.annotate(month=TruncMonth("day")).values("entity", "partner", "currency", "month").annotate(Sum("amount"))
    )
    names = Entity.objects.in_bulk()
    for one in sums.order_by("month", "entity", "partner", "currency"):
        month, entity, partner = one["month"], one["entity"], one["partner"]
        label = _("Postings of %(month)s with %(entity)s") % {"month": f"{month:%Y-%m}", "entity": names[partner]}
        url = f"{reverse('finance:posting-list')}?entity={entity}&within=1&day_from={month}&day_to={min(day, last_of(month))}"
        yield Fact(GROUP, entity, one["currency"], one["amount__sum"], month, label, url, partner)
    for row in Remittance.objects.filter(kind=Remittance.GROUP, day__lte=day).order_by("day", "pk"):
        url = reverse("finance:remittance-detail", args=[row.pk])
        other = row.partner_id or 0
        for one_side, far_side, sign in ((row.entity_id, other, 1), (other, row.entity_id, -1)):
            words = _("Paid to %(entity)s") if sign > 0 else _("Received from %(entity)s")
            label = words % {"entity": names[far_side]}
            own = url if sign > 0 else ""
            yield Fact(GROUP, one_side, row.currency, sign * row.amount, row.day, label, own, far_side)


def last_of(month: date) -> date:
    """The last day of a month."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


SOURCES: dict[str, Callable[[date], Iterator[Fact]]] = {
    CASH: cash, CHANNELS: channels, STOCK: stock, BILLS: bills, CLAIMS: claims, TAX: tax, GROUP: group,
}  # fmt: skip
UNKNOWN: dict[str, Callable[[date], Iterator[Gap]]] = {
    CASH: unknown_accounts, CHANNELS: unknown_channels, STOCK: unknown_stock, TAX: unknown_tax,
}  # fmt: skip
