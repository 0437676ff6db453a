"""Cash ahead as a person may see it: what is in the accounts, what is expected in and out, every source named once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from django.db.models import Max, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from tradewind.areas.finance.models import Bill, CashLine, Claim, PayoutCalendar, PayState
from tradewind.areas.finance.queries.bank_days import breaks_of, held_now
from tradewind.areas.finance.queries.spending import bills, claims
from tradewind.areas.finance.rules.cash import (
    BILL,
    CLAIM,
    LINE,
    PAYOUT,
    RESERVE,
    WEEKS,
    Calendar,
    Exposed,
    Flow,
    HeldBack,
    Low,
    Seen,
    Week,
    days_of,
    exposure,
    lowest,
    plan,
)
from tradewind.areas.finance.rules.spending import times
from tradewind.base.money import from_units
from tradewind.engines.access.scope import can, scopes_of, visible
from tradewind.engines.metrics import rates
from tradewind.nouns.org.models import Person
from tradewind.nouns.trade.models import BankAccount, Channel, Fee, Order, Payout, Refund

VIEW = "finance.view_bank"
BALANCE = "balance"
# What was due longer ago than this has arrived unseen or never will: it is not promised again.
LATE = timedelta(days=30)
CLAIM_WAIT = timedelta(days=14)
USUAL = 28
RATE = "day"


def entities_of(person: Person | None) -> set[int] | None:
    """The entities whose cash a person may see; None: all of them."""
    held = [scope for scope in scopes_of(person, VIEW) if scope.market is None and scope.team is None]
    return None if any(scope.entity is None for scope in held) else {scope.entity for scope in held if scope.entity}


def inside(rows: QuerySet[Any], entities: set[int] | None, path: str = "entity_id") -> QuerySet[Any]:
    """The rows of some entities; all of them for None."""
    return rows if entities is None else rows.filter(**{f"{path}__in": entities})


@dataclass(frozen=True)
class Balance:
    """What an account holds in a currency, as of a day; `account` none: written by hand."""

    name: str
    currency: str
    amount: int
    day: date
    account: int | None = None


def balances(entities: set[int] | None, today: date) -> list[Balance]:
    """What every account holds by its newest statement, and what was written by hand for those without statements."""
    accounts = inside(BankAccount.objects.filter(active=True), entities)
    names = {row.pk: row.name for row in accounts}
    found = [Balance(names[one.account], one.currency, one.amount, one.day, one.account) for one in held_now(names)]
    hand = inside(CashLine.objects.filter(kind=BALANCE, first_day__lte=today), entities)
    hand = hand.filter(Q(last_day__isnull=True) | Q(last_day__gte=today))
    return [*found, *(Balance(str(row.name), row.currency, row.amount, row.first_day) for row in hand)]


def calendar_of(row: PayoutCalendar) -> Calendar:
    """A stored calendar as the rules reckon with it."""
    return Calendar(row.first_day, row.every_days, row.delay_days, from_units(row.reserve) / 100, row.reserve_days)


def payout_flows(entities: set[int] | None, today: date, end: date, *, ahead: bool) -> list[Flow]:
    """What channels are expected to pay for orders not settled yet, and to give back of their reserves.

    With `ahead` sales go on as on the last 28 days; their payouts within the horizon are added.
    """
    found: list[Flow] = []
    every = PayoutCalendar.objects.filter(channel__active=True).select_related("channel")
    rows = list(inside(every, entities, "channel__entity_id"))
    channels = [row.channel_id for row in rows]
    settled, since = settled_by(rows), {row.pk: reaching(row, today) for row in rows}
    earned = earned_by_day(channels, min(since.values(), default=today), today)
    for row in rows:
        own = [part for part in earned.get(row.channel_id, []) if part[0] >= since[row.pk]]
        found += of_channel(row, own + (going_on(own, today, end) if ahead else []), settled.get(row.channel_id), today)
    coming = inside(Payout.objects.filter(day__gt=today, day__lte=end), entities, "channel__entity_id")
    for payout in coming.select_related("channel"):
        found.append(
            Flow(
                payout.day or today, payout.amount, payout.currency, PAYOUT, f"stated:{payout.pk}", payout.channel.name
            )
        )
    return found


def settled_by(rows: list[PayoutCalendar], until: date | None = None) -> dict[int, date]:
    """The last day that payouts (those `until` a day) of each channel cover; one that tells no period covers what was due by its day."""
    known = Payout.objects.filter(channel__in=[row.channel_id for row in rows]).order_by()
    ended, bare = known.exclude(end=None), known.filter(end=None).exclude(day=None)
    if until is not None:
        ended, bare = ended.filter(end__lte=until), bare.filter(day__lte=until)
    found: dict[int, date] = dict(ended.values_list("channel").annotate(Max("end")))
    days = dict(bare.values_list("channel").annotate(Max("day")))
    for row in rows:
        if day := days.get(row.channel_id):
            due = day - timedelta(days=row.delay_days)
            found[row.channel_id] = max(found.get(row.channel_id, due), due)
    return found


def reaching(row: PayoutCalendar, today: date) -> date:
    """The first day whose sales a channel may still have to pay."""
    calendar = calendar_of(row)
    return today - LATE - timedelta(days=calendar.every + calendar.delay + calendar.held_days)


def of_channel(
    row: PayoutCalendar, earned: list[tuple[date, str, int]], settled: date | None, today: date
) -> list[Flow]:
    """The expected payouts and releases of one channel, one for each day, kind and currency."""
    calendar, share = calendar_of(row), from_units(row.pays) / 100
    sums: dict[tuple[date, str, str], int] = {}
    for day, currency, amount in earned:
        arriving = int((amount * share).to_integral_value(ROUND_HALF_EVEN))
        for due, part, kind in calendar.parts(day, arriving):
            if awaited(kind, day, due, settled, today):
                sums[due, kind, currency] = sums.get((due, kind, currency), 0) + part
    return [
        Flow(due, amount, currency, kind, f"{kind}:{row.channel_id}:{currency}:{due.isoformat()}", row.channel.name,
             reverse("finance:payout_calendar-detail", args=[row.pk]))
        for (due, kind, currency), amount in sorted(sums.items())
        if amount
    ]  # fmt: skip


def awaited(kind: str, day: date, due: date, settled: date | None, today: date) -> bool:
    """Whether a part is still to come: a payout of a settled day has been paid; without any payout known, what was due is taken as paid."""
    if kind == RESERVE or settled is None:
        return due >= today
    return day > settled and due >= today - LATE


def earned_by_day(channels: list[int], since: date, today: date) -> dict[int, list[tuple[date, str, int]]]:
    """What channels took from buyers less what they gave back, by day and currency."""
    sums: dict[tuple[int, date, str], int] = {}
    orders = Order.objects.filter(
        channel__in=channels, state=Order.PAID, kind=Order.SALE, day__range=(since, today)
    ).order_by()
    taken = orders.values_list("channel", "day", "currency").annotate(earned=Sum(Coalesce("stated_total", "net")))
    for channel, day, currency, amount in taken:
        sums[channel, day, currency] = sums.get((channel, day, currency), 0) + (amount or 0)
    refunds = Refund.objects.filter(order__channel__in=channels, day__range=(since, today)).order_by()
    for channel, day, currency, amount in refunds.values_list("order__channel", "day", "currency").annotate(
        Sum("amount")
    ):
        sums[channel, day, currency] = sums.get((channel, day, currency), 0) - (amount or 0)
    found: dict[int, list[tuple[date, str, int]]] = {}
    for (channel, day, currency), amount in sorted(sums.items()):
        found.setdefault(channel, []).append((day, currency, amount))
    return found


def going_on(earned: list[tuple[date, str, int]], today: date, end: date) -> list[tuple[date, str, int]]:
    """Every day ahead like the mean of the last 28."""
    recent: dict[str, int] = {}
    for day, currency, amount in earned:
        if today - timedelta(days=USUAL) <= day < today:
            recent[currency] = recent.get(currency, 0) + amount
    days = [today + timedelta(days=n) for n in range(1, (end - today).days + 1)]
    return [(day, currency, amount // USUAL) for currency, amount in recent.items() for day in days]


def bill_flows(person: Person | None, entities: set[int] | None) -> list[Flow]:
    """Bills that are asked for or approved and not paid."""
    rows = inside(bills(person).filter(state__in=(PayState.SUBMITTED, PayState.APPROVED)), entities)
    return [bill_flow(row) for row in rows]


def bill_flow(row: Bill) -> Flow:
    """A bill on the day it is due."""
    url = reverse("finance:bill-detail", args=[row.pk])
    return Flow(row.due, -row.amount, row.currency, BILL, f"bill:{row.pk}", f"{row.supplier} {row.number}", url)


def claim_flows(person: Person | None, entities: set[int] | None) -> list[Flow]:
    """Claims that are asked for or approved and not paid, in their person's currency, two weeks after they were submitted."""
    rows = inside(claims(person).filter(state__in=(PayState.SUBMITTED, PayState.APPROVED)), entities)
    return [claim_flow(row) for row in rows]


def claim_flow(row: Claim) -> Flow:
    """A claim on the day it is usually paid."""
    day = (row.submitted_at.date() if row.submitted_at else row.day) + CLAIM_WAIT
    amount, currency = (row.pay_amount, row.pay_currency) if row.pay_amount is not None else (row.amount, row.currency)
    return Flow(
        day, -amount, currency, CLAIM, f"claim:{row.pk}", row.what, reverse("finance:claim-detail", args=[row.pk])
    )


def line_flows(person: Person | None, entities: set[int] | None, today: date, end: date) -> list[Flow]:
    """Pay, taxes, rent and whatever else was written down, each time it falls due."""
    found = []
    for row in inside(cash_lines(person).exclude(kind=BALANCE), entities):
        for day in days_of(row.first_day, row.last_day, row.rhythm, today, end):
            url = reverse("finance:cash_line-detail", args=[row.pk])
            found.append(
                Flow(day, row.amount, row.currency, LINE, f"line:{row.pk}:{day.isoformat()}", str(row.name), url)
            )
    return found


def cash_lines(person: Person | None) -> QuerySet[CashLine]:
    """Expected payments and balances by hand that one may see; pay only with its own right."""
    return visible(person, VIEW, CashLine.objects.all()).select_related("entity")


def calendars(person: Person | None) -> QuerySet[PayoutCalendar]:
    """The payout calendars of the channels one may see."""
    return visible(person, VIEW, PayoutCalendar.objects.all()).select_related("channel")


@dataclass
class Outlook:
    """Thirteen weeks: balances, flows, the weeks of each currency, and all of them in one currency at a named rate."""

    start: date
    end: date
    currency: str
    balances: list[Balance]
    flows: list[Flow]
    weeks: dict[str, list[Week]] = field(default_factory=dict)
    whole: list[Week] = field(default_factory=list)
    without_rate: list[str] = field(default_factory=list)
    published: date | None = None
    exposed: list[Exposed] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    broken: list[Balance] = field(default_factory=list)

    @property
    def low(self) -> Low | None:
        """The lowest point in the chosen currency."""
        return lowest(self.whole)

    def low_of(self, currency: str) -> Low | None:
        """The lowest point of one currency."""
        return lowest(self.weeks.get(currency, []))


def outlook(
    person: Person | None, today: date, currency: str, *, ahead: bool = False, entity: int | None = None
) -> Outlook:
    """The thirteen weeks from today within what a person may see."""
    held = entities_of(person)
    entities = held if entity is None else {entity} & held if held is not None else {entity}
    end = today + timedelta(weeks=WEEKS) - timedelta(days=1)
    flows = [
        *payout_flows(entities, today, end, ahead=ahead), *bill_flows(person, entities), *claim_flows(person, entities),
        *line_flows(person, entities, today, end),
    ]  # fmt: skip
    made = Outlook(today, end, currency, balances(entities, today), [flow for flow in flows if flow.day <= end])
    openings = sums_of(made.balances)
    for code in sorted({*openings, *(flow.currency for flow in made.flows)}):
        own = [flow for flow in made.flows if flow.currency == code]
        made.weeks[code] = plan(openings.get(code, 0), own, today)
    made.exposed = exposure(openings, made.flows, today, end)
    convert(made, openings)
    made.left_out = left_out(person)
    broken = breaks_of((one.account for one in made.balances if one.account), today)
    made.broken = [
        one for one in made.balances if any(code == one.currency for code, _gap in broken.get(one.account or 0, []))
    ]
    return made


def sums_of(held: Iterable[Balance]) -> dict[str, int]:
    """What there is of every currency."""
    found: dict[str, int] = {}
    for one in held:
        found[one.currency] = found.get(one.currency, 0) + one.amount
    return found


def convert(made: Outlook, openings: dict[str, int]) -> None:
    """Lay all currencies together at the newest rate; what has no rate is named, not counted."""
    rule, factors = rates.rule(RATE), dict[str, Decimal]()
    for code in made.weeks:
        factor = rule.factor(made.start, code, made.currency)
        if factor is None:
            made.without_rate.append(code)
            continue
        factors[code] = factor.value
        made.published = min(made.published or factor.published, factor.published)
    total = sum(times(amount, factors[code], made.currency) for code, amount in openings.items() if code in factors)
    flows = [
        Flow(
            flow.day,
            times(flow.amount, factors[flow.currency], made.currency),
            made.currency,
            flow.kind,
            flow.key,
            flow.label,
            flow.url,
        )
        for flow in made.flows
        if flow.currency in factors
    ]
    made.whole = plan(total, flows, made.start)


def left_out(person: Person | None) -> list[str]:
    """What a person may not see and so finds nowhere in these weeks."""
    found = []
    if not can(person, "finance.view_pay"):
        found.append(_("pay"))
    if not can(person, "finance.view_bills"):
        found.append(_("bills of suppliers"))
    if not can(person, "finance.view_claims"):
        found.append(_("other people's claims"))
    return found


def seen_payouts(channel: int, most: int = 12) -> list[Seen]:
    """The latest payouts of a channel whose period and day are known."""
    rows = Payout.objects.filter(channel=channel, start__isnull=False, end__isnull=False, day__isnull=False)
    return [
        Seen(start, end, day)
        for start, end, day in rows.order_by("-end")[:most].values_list("start", "end", "day")
        if start and end and day
    ]


def held_back(channel: int, most: int = 12) -> list[HeldBack]:
    """The latest payouts of a channel with what their settlement rows say was held back and given back."""
    rows = list(Payout.objects.filter(channel=channel, day__isnull=False).order_by("-day", "-pk")[:most])
    fees = Fee.objects.filter(payout__in=rows, kind__icontains="reserve").values_list("payout", "amount", "currency")
    currencies = {row.pk: row.currency for row in rows}
    held: dict[int, int] = defaultdict(int)
    released: dict[int, int] = defaultdict(int)
    for payout, units, currency in fees:
        if currencies[payout or 0] == currency:
            (held if units > 0 else released)[payout] += abs(units)
    return [
        HeldBack(row.day, row.amount + held[row.pk] - released[row.pk], held[row.pk], released[row.pk])
        for row in rows
        if row.day
    ]


def paid_share(channel: Channel, payouts: list[Seen]) -> Decimal | None:
    """What arrived of what buyers paid in the periods that were paid out, 0 to 1; None without sales then or in two currencies."""
    first, last = min(one.start for one in payouts), max(one.end for one in payouts)
    rows = Payout.objects.filter(channel=channel, start__gte=first, end__lte=last)
    paid = dict(rows.order_by().values_list("currency").annotate(Sum("amount")))
    kept = Fee.objects.filter(payout__in=rows, kind__icontains="reserve").order_by().values_list("currency")
    for currency, units in kept.annotate(Sum("amount")):
        paid[currency] = paid.get(currency, 0) + units
    earned: dict[str, int] = {}
    for _day, currency, amount in earned_by_day([channel.pk], first, last).get(channel.pk, []):
        earned[currency] = earned.get(currency, 0) + amount
    if len(paid) != 1 or set(paid) != set(earned):
        return None
    currency = next(iter(paid))
    if earned[currency] <= 0 or paid[currency] <= 0:
        return None
    return min(Decimal(paid[currency]) / Decimal(earned[currency]), Decimal(1))
