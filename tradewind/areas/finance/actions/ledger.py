"""Postings: written once, never changed. A correction is a reversal and a new posting; a closed month is never written into."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.db.models import Model
from django.utils.translation import gettext as _

from tradewind.areas.finance.models import Account, Posting
from tradewind.base import clock
from tradewind.base.errors import NotAllowed, Refused
from tradewind.base.money import CURRENCIES, to_units
from tradewind.engines.access.scope import Scope, company_wide
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.metrics.closing import open_day
from tradewind.nouns.org.models import Entity, Market, Person, Team
from tradewind.nouns.trade.models import Channel


@dataclass(frozen=True)
class Entry:
    """One amount to post: an income is positive, a cost negative, in units of 1/10,000; `key` makes it once and for all."""

    key: str
    account: Account
    fact_day: date
    amount: int
    currency: str
    kind: str = Posting.LEDGER
    entity_id: int | None = None
    partner_id: int | None = None
    market_id: int | None = None
    team_id: int | None = None
    channel_id: int | None = None
    product_id: int | None = None
    country: str = ""
    text: str = ""
    supplier: str = ""
    document: str = ""
    cause: Posting | None = None
    source: str = ""
    source_line: int = 0
    batch: int | None = None


def post(by: Person | None, entries: Iterable[Entry]) -> list[Posting]:
    """Write entries that are not written yet, each on its own day or the first open one; the new postings, in their order.

    The caller is an action that has checked the right, holds the transaction and tells `days_of` in its counts.
    """
    wanted = list(entries)
    known = set(Posting.objects.filter(key__in=[entry.key for entry in wanted]).values_list("key", flat=True))
    now, days, fresh = clock.now(), dict[date, date](), dict[str, Posting]()
    for entry in wanted:
        if entry.key in known or entry.key in fresh:
            continue
        if entry.currency not in CURRENCIES:
            raise Refused(_("Unknown currency: %(code)s") % {"code": entry.currency}, code="unknown_currency")
        first = entry.fact_day.replace(day=1)
        opened = days.setdefault(first, open_day(first))
        day = entry.fact_day if opened == first else opened
        fresh[entry.key] = Posting(**{**vars(entry), "day": day, "by": by, "at": now})
    return Posting.objects.bulk_create(list(fresh.values()), batch_size=500)


def days_of(postings: Iterable[Posting]) -> list[str]:
    """The days whose profit and loss changed, as an event's counts tell them."""
    return sorted({row.day.isoformat() for row in postings})


def at_entity(
    _by: object = None, *_args: Any, entity: Entity | None = None, market: Market | None = None, **_kwargs: Any
) -> Scope:
    """Where the right to post is needed."""
    return Scope(entity=entity.pk if entity else None, market=market.pk if market else None)


@action(scope=at_entity)
def add_posting(
    by: Person | None, *, account: Account, day: date, amount: Decimal, currency: str, text: str, entity: Entity | None = None,
    partner: Entity | None = None, market: Market | None = None, team: Team | None = None, channel: Channel | None = None,
    supplier: str = "", document: str = "",
) -> Bulk[Posting]:  # fmt: skip
    """Post an amount by hand: an income above zero, a cost below."""
    faults: dict[str, Any] = {}
    if amount == 0:
        faults["amount"] = _("An amount of zero changes nothing.")
    if not text.strip():
        faults["text"] = _("Say what it is.")
    if partner is not None and partner == entity:
        faults["partner"] = _("The other company of the group is another than this one.")
    if faults:
        raise Refused(_("Some fields are missing or not right."), fields=faults)
    entry = Entry(
        f"hand:{uuid4().hex}", account, day, to_units(amount), currency, Posting.HAND, key_of(entity), key_of(partner),
        key_of(market), key_of(team), key_of(channel), None, "", text.strip()[:300], supplier[:200], document[:120],
    )  # fmt: skip
    (row,) = post(by, [entry])
    return Bulk(row, {"profit_days": days_of([row])}, [], row)


@action(scope=company_wide)
def add_postings(by: Person | None, *, entries: list[Entry]) -> Bulk[list[Posting]]:
    """Post many amounts at once; those whose key is written already are passed over."""
    rows = post(by, entries)
    return Bulk(rows, {"new": len(rows), "same": len(entries) - len(rows), "profit_days": days_of(rows)})


@action()
def reverse_posting(by: Person | None, posting: Posting, *, reason: str) -> Bulk[Posting]:
    """Take a posting back by its opposite, on its own day or the first open one."""
    if posting.kind not in (Posting.HAND, Posting.LEDGER, Posting.INTERCOMPANY):
        raise NotAllowed(_("This posting follows another record: change that one."))
    if posting.corrections.exists():
        raise Refused(_("This posting was taken back already."), code="reversed")
    if not reason.strip():
        raise Refused(_("Say why."), fields={"reason": _("Say why.")})
    (row,) = post(by, [opposite(posting, reason.strip())])
    return Bulk(row, {"profit_days": days_of([row])}, [], row)


def key_of(row: Model | None) -> int | None:
    """The key of a record, if there is one."""
    return row.pk if row is not None else None


def opposite(posting: Posting, text: str) -> Entry:
    """The entry that takes a posting back."""
    same = (
        "account", "currency", "kind", "entity_id", "partner_id", "market_id", "team_id", "channel_id", "product_id", "country",
        "supplier", "document",
    )  # fmt: skip
    facts = {name: getattr(posting, name) for name in same}
    return Entry(
        key=f"reversal:{posting.pk}",
        fact_day=posting.fact_day,
        amount=-posting.amount,
        cause=posting,
        text=text[:300],
        **facts,
    )
