"""Payments, fees, payouts and refunds that stand for themselves: stored by key, attached to orders now or when those arrive."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tradewind.base import clock
from tradewind.engines.exchange import bulk
from tradewind.engines.exchange.intake.document import Desk, Document
from tradewind.engines.exchange.intake.staged import Back, Charge, Cost, Transfer, moment
from tradewind.nouns.trade.models import Channel, Fee, Payment, Payout
from tradewind.nouns.trade.models import Order as StoredOrder

PAYMENT = (
    "id", "channel_id", "key", "order_id", "order_ref", "paid_at", "day", "entity_id", "market_id", "country", "status",
    "method", "amount", "currency", "settled_amount", "settled_currency", "fee", "fee_tax", "source_line", "batch",
)  # fmt: skip
COMPARED = ("status", "amount", "settled_amount", "fee", "fee_tax")
FEE = (
    "id", "channel_id", "key", "order_id", "order_ref", "payout_id", "entity_id", "market_id", "kind", "description",
    "sku", "day", "amount", "currency", "source_line", "batch",
)  # fmt: skip
PAYOUT = ("id", "channel_id", "external_id", "start", "end", "day", "amount", "currency", "batch")
PART = 900
REFUND = "refund"


@dataclass(frozen=True, slots=True)
class Target:
    """An order that money can be attached to."""

    pk: int
    channel: int
    market: int | None
    country: str
    day: str


def store(documents: Sequence[Document], desk: Desk, counts: Counter[str], days: set[str]) -> set[int]:
    """Store every money fact of a chunk; the orders whose refunds must be priced again."""
    charges = [c for d in documents for c in d.charges]
    costs = [(c, d.key) for d in documents for c in d.costs]
    loose = [b for d in documents if d.order is None for b in d.backs]
    transfers = [d.transfer for d in documents if d.transfer is not None]
    if not (charges or costs or loose or transfers):
        return set()
    refs = {ref_of(c, desk) for c in charges} | {c.order_ref for c, _key in costs} | {b.order_ref for b in loose}
    targets = find_orders(refs - {""}, desk)
    payouts = store_payouts(transfers, {key for _cost, key in costs}, desk)
    store_payments(charges, loose, targets, desk, counts, days)
    store_fees(costs, targets, payouts, desk, counts, days)
    return {
        targets[b.order_ref].pk
        for b in loose
        if b.order_ref in targets and targets[b.order_ref].channel == desk.channel
    }


def expected(documents: Sequence[Document], desk: Desk) -> Counter[str]:
    """How many money facts of a chunk are new."""
    counts: Counter[str] = Counter()
    charges = {c.key[:120] for d in documents for c in d.charges}
    backs = {b.key[:120] for d in documents if d.order is None for b in d.backs}
    fees = {c.key[:120] for d in documents for c in d.costs}
    if charges or backs:
        known = known_keys(Payment, list(charges | backs), ("id",), desk)
        counts["payments_new"] = len(charges - set(known))
        counts["refunds_new"] = len(backs - set(known))
    if fees:
        counts["fees_new"] = len(fees - set(known_keys(Fee, list(fees), ("id",), desk)))
    return counts


def find_orders(refs: Iterable[str], desk: Desk) -> dict[str, Target]:
    """The order each reference means: by id or number in this channel, else the only such order of the entity's channels."""
    wanted = [ref for ref in refs if ref]
    own: dict[str, Target] = {}
    others: dict[str, set[Target]] = {}
    siblings = set(Channel.objects.filter(entity=desk.entity).values_list("id", flat=True)) | {desk.channel}
    names = ("id", "channel_id", "external_id", "number", "market_id", "country", "day")
    for start in range(0, len(wanted), PART):
        part = wanted[start : start + PART]
        for field in ("number", "external_id"):
            scope = {"channel_id": desk.channel} if field == "external_id" else {"channel_id__in": siblings}
            rows = StoredOrder.objects.filter(**{f"{field}__in": part}, **scope).values_list(*names)
            for pk, channel, external_id, number, market, country, day in rows:
                target = Target(pk, channel, market, country, day.isoformat())
                ref = number if field == "number" else external_id
                if channel == desk.channel:
                    own[ref] = target
                else:
                    others.setdefault(ref, set()).add(target)
    only = {ref: next(iter(found)) for ref, found in others.items() if len(found) == 1}
    return {**only, **own}


def store_payouts(transfers: Sequence[Transfer], keys: set[str], desk: Desk) -> dict[str, int]:
    """Store payouts that are new; ids of the payouts the fees of a chunk belong to, by settlement key."""
    wanted = {t.key for t in transfers} | keys
    known = dict(bulk.lookup(Payout, ("external_id", "id"), "external_id", list(wanted), channel_id=desk.channel))
    new = list({t.key: t for t in transfers if t.key not in known}.values())
    ids = list(bulk.next_ids(Payout, len(new)))
    bulk.insert(
        Payout,
        PAYOUT,
        [
            (pk, desk.channel, t.key, t.start or None, t.end or None, t.day or None, t.amount, t.currency, desk.batch)
            for pk, t in zip(ids, new, strict=True)
        ],
    )
    return known | {t.key: pk for pk, t in zip(ids, new, strict=True)}


def known_keys(
    model: type[Payment] | type[Fee], keys: Sequence[str], names: tuple[str, ...], desk: Desk
) -> dict[str, tuple[Any, ...]]:
    """Stored facts of this channel by key."""
    found: dict[str, tuple[Any, ...]] = {}
    for start in range(0, len(keys), PART):
        rows = model._default_manager.filter(channel_id=desk.channel, key__in=keys[start : start + PART])
        found.update({row[0]: row[1:] for row in rows.values_list("key", *names)})
    return found


def store_payments(
    charges: Sequence[Charge],
    loose: Sequence[Back],
    targets: dict[str, Target],
    desk: Desk,
    counts: Counter[str],
    days: set[str],
) -> None:
    """Store charges, and refunds that stand for themselves as charges below zero; update those that changed."""
    wanted = {c.key[:120]: charge_values(c, targets.get(ref_of(c, desk)), desk) for c in charges}
    returned = {b.key[:120]: back_values(b, targets.get(b.order_ref), desk) for b in loose}
    known = known_keys(Payment, [*wanted, *returned], ("id", "day", *COMPARED), desk)
    rows, changed = [], []
    for key, values in (wanted | returned).items():
        before = known.get(key)
        now = dict(zip(PAYMENT[3:], values, strict=True))
        if before is None:
            rows.append((desk.channel, key, *values))
            counts["refunds_new" if key in returned else "payments_new"] += 1
            days.add(now["day"])
        elif before[2:] != tuple(now[name] for name in COMPARED):
            changed.append((*(now[name] for name in COMPARED), before[0]))
            counts["payments_changed"] += 1
            days |= {now["day"], before[1].isoformat()}
    ids = bulk.next_ids(Payment, len(rows))
    bulk.insert(Payment, PAYMENT, [(n, *row) for n, row in zip(ids, rows, strict=True)])
    bulk.update(Payment, COMPARED, changed)


def ref_of(charge: Charge, desk: Desk) -> str:
    """What ties a charge to its order: the reference it names; in a payment-only channel the order made of it."""
    return charge.key if desk.payment_only else charge.order_ref


def charge_values(charge: Charge, target: Target | None, desk: Desk) -> tuple[Any, ...]:
    """The values of `PAYMENT` after the key."""
    at, day = when(charge.at, charge.day, target, desk)
    country = charge.country or (target.country if target else "")
    status = charge.state if charge.kind in ("", "charge") else charge.kind
    return (
        target.pk if target else None, charge.order_ref[:120], at, day, desk.entity,
        target.market if target else desk.market_of(country), country, status[:40], charge.method[:60], charge.amount,
        charge.currency, charge.settled, charge.settled_currency, charge.fee, charge.fee_tax, charge.line, desk.batch,
    )  # fmt: skip


def back_values(back: Back, target: Target | None, desk: Desk) -> tuple[Any, ...]:
    """A refund as a charge below zero."""
    at, day = when(back.at, back.day, target, desk)
    return (
        target.pk if target else None, back.order_ref[:120], at, day, desk.entity, target.market if target else desk.home,
        target.country if target else "", REFUND, back.kind[:60], -back.amount, back.currency, None, "", 0, 0, back.line, desk.batch,
    )  # fmt: skip


def when(at: str, day: str, target: Target | None, desk: Desk) -> tuple[str, str]:
    """Moment and day of a money fact; without either it is taken to be of its order's day, else of the day of import."""
    found = day or (target.day if target and not at else "") or (at[:10] if at else desk.today)
    return at or moment(clock.day_bounds(date.fromisoformat(found), desk.zone)[0]), found


def store_fees(
    costs: Sequence[tuple[Cost, str]],
    targets: dict[str, Target],
    payouts: dict[str, int],
    desk: Desk,
    counts: Counter[str],
    days: set[str],
) -> None:
    """Store fees that are new; one whose amount changed is corrected."""
    keys = [cost.key[:120] for cost, _payout in costs]
    known = known_keys(Fee, keys, ("id", "amount", "day"), desk)
    rows: dict[str, tuple[Any, ...]] = {}
    changed = {}
    for cost, payout in costs:
        key = cost.key[:120]
        if key in known:
            pk, amount, known_day = known[key]
            if amount != cost.amount:
                changed[pk] = cost.amount
                days.add(known_day.isoformat())
            continue
        target = targets.get(cost.order_ref)
        day = cost.day or (target.day if target else desk.today)
        rows[key] = (
            desk.channel, key, target.pk if target else None, cost.order_ref[:120], payouts.get(payout), desk.entity,
            target.market if target else desk.home, cost.kind[:80], cost.description[:160], cost.sku[:120], day,
            cost.amount, cost.currency, cost.line, desk.batch,
        )  # fmt: skip
        days.add(day)
    counts["fees_new"] += len(rows)
    bulk.update(Fee, ("amount",), [(amount, pk) for pk, amount in changed.items()])
    ids = bulk.next_ids(Fee, len(rows))
    bulk.insert(Fee, FEE, [(n, *row) for n, row in zip(ids, rows.values(), strict=True)])
