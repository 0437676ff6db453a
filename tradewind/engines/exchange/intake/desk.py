"""The desk of a batch, made from the store."""

from __future__ import annotations

from tradewind.base import clock
from tradewind.engines.exchange.intake.document import Desk
from tradewind.engines.exchange.intake.staged import moment
from tradewind.engines.exchange.models import Batch
from tradewind.nouns.org.models import MarketCountry


def desk_of(batch: Batch) -> Desk:
    """What every document of the batch is judged by."""
    channel = batch.channel
    decisions = {
        str(raw).strip().casefold(): str(code or "") for raw, code in batch.options.get("countries", {}).items()
    }
    return Desk(
        batch=batch.pk,
        channel=channel.pk,
        zone=channel.zone,
        currency=channel.currency,
        entity=channel.entity_id,
        home=channel.market_id,
        payment_only=channel.payment_only,
        markets=dict(MarketCountry.objects.values_list("country", "market_id")),
        decisions=decisions,
        # A file exported earlier was seen on that day: what it gives no date for is dated by it.
        today=str(batch.options.get("seen") or clock.today(channel.zone).isoformat()),
        now=moment(clock.now()),
    )
