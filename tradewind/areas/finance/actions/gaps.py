"""Differences of payouts go into the ledger: the amount follows from what is known, never from what somebody types."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tradewind.areas.finance.actions.ledger import Entry, days_of, post
from tradewind.areas.finance.actions.matching import at_payout
from tradewind.areas.finance.models import Account, Gap, GapPosting, Posting
from tradewind.areas.finance.queries.gaps import left_of
from tradewind.areas.finance.queries.payouts import day_of
from tradewind.base import clock
from tradewind.base.errors import Refused
from tradewind.base.money import Money
from tradewind.engines.actions.action import Bulk, action
from tradewind.nouns.org.models import Person
from tradewind.nouns.trade.models import Payout

# Where differences of payouts may be posted; goods, pay and sales have their own ways.
LINES = ("other_income", "fulfilment", "fees", "advertising", "overhead", "below")


@action(scope=at_payout)
def post_gap(by: Person | None, payout: Payout, *, gap: str, account: Account, text: str = "") -> Bulk[Payout]:
    """Post what is left of a difference of a payout to an account.

    Once posted there is nothing left to post. A closed month is kept.
    """
    faults: dict[str, str] = {}
    if account.line not in LINES or not account.active:
        faults["account"] = _("Choose an account of fees, overhead, other income or exchange differences.")
    payout = Payout.objects.select_for_update().get(pk=payout.pk)
    lost = left_of(payout, gap)
    if lost is None:
        faults["gap"] = _("Nothing of this difference is left to post.")
    if faults or lost is None:
        raise Refused(_("Some fields are missing or not right."), fields=faults)
    channel = payout.channel
    arrived = payout.line_parts.order_by("-line__day").values_list("line__day", flat=True).first()
    day = (arrived if lost.gap != Gap.UNEXPLAINED else None) or day_of(payout) or clock.today(channel.zone or "UTC")
    times = GapPosting.objects.filter(payout=payout, gap=gap).count()
    words = text.strip() or f"{channel.name} {payout.external_id}: {lost.gap.label}"
    entry = Entry(
        f"payout:{payout.pk}:{gap}:{times + 1}", account, day, lost.left, lost.currency, Posting.HAND, entity_id=channel.entity_id,
        market_id=channel.market_id, channel_id=channel.pk, text=words[:300], document=payout.external_id,
    )  # fmt: skip
    (row,) = post(by, [entry])
    GapPosting.objects.create(payout=payout, gap=gap, posting=row)
    told = f"{account}: {Money.of_units(lost.left, lost.currency)}"  # told to whoever may read the payout alone
    return Bulk(payout, {"profit_days": days_of([row])}, [], payout, told={str(lost.gap.label): ["", told]})
