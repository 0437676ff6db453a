"""How the systems that bring in orders, stock and payments are doing."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max

from tradewind.engines.access.scope import Scope
from tradewind.engines.exchange.models import Batch
from tradewind.nouns.trade.models import Channel

RECENT = timedelta(days=30)
ENDED = (Batch.DONE, Batch.REFUSED, Batch.FAILED)


@dataclass
class Connections:
    """The channels of one corner of the company: how many should be fresh and are, how many ran and went through."""

    expected: int = 0
    fresh: int = 0
    ran: int = 0
    went_through: int = 0
    seen: datetime | None = None


def connections(now: datetime) -> dict[Scope, Connections]:
    """Every active channel by its entity and market.

    A channel is expected to be fresh once it has had an import, or has been there as long as one is expected to take.
    """
    done = dict(Batch.objects.filter(state=Batch.DONE).values_list("channel").annotate(Max("finished_at")))
    last_runs = last_outcomes(now - RECENT)
    found: dict[Scope, Connections] = defaultdict(Connections)
    for channel in Channel.objects.filter(active=True):
        here = found[Scope(entity=channel.entity_id, market=channel.market_id)]
        span, last = timedelta(days=max(1, channel.expected_every_days)), done.get(channel.pk)
        if last is not None or now - channel.created_at > span:
            here.expected += 1
            here.fresh += last is not None and now - last <= span
        if channel.pk in last_runs:
            here.ran += 1
            here.went_through += last_runs[channel.pk] == Batch.DONE
        here.seen = max((at for at in (here.seen, last) if at), default=None)
    return dict(found)


def last_outcomes(since: datetime) -> dict[int, str]:
    """How the latest import of each channel ended, of those that ended after `since`."""
    ended = Batch.objects.filter(state__in=ENDED, finished_at__gt=since)
    return dict(ended.order_by("finished_at", "id").values_list("channel", "state"))
