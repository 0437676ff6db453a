"""What of a payout was lost or found on its way, and what of that was posted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from tradewind.areas.finance.models import Gap, GapPosting, Posting
from tradewind.areas.finance.queries.payouts import parts_of
from tradewind.areas.finance.rules.spending import times
from tradewind.engines.metrics import rates
from tradewind.nouns.trade.models import Payout

RATE = "day"
# The account that is usually meant, by its code.
USUAL = {Gap.CHARGE: "payment-fees", Gap.CONVERSION: "exchange", Gap.UNEXPLAINED: "fees-unmapped"}


@dataclass(frozen=True)
class Lost:
    """A difference in the statement's sign (a cost below zero), and what of it was posted."""

    gap: Gap
    amount: int
    currency: str
    posted: int = 0

    @property
    def left(self) -> int:
        """What is not posted yet."""
        return self.amount - self.posted


def gaps_of(payout: Payout) -> list[Lost]:
    """The differences of a payout that are or were there, each with what was posted of it."""
    found = {Gap.UNEXPLAINED: (parts_of(payout).unexplained, payout.currency), **received_gap(payout)}
    posted = posted_of(payout)
    for gap, (_amount, currency) in posted.items():
        found.setdefault(gap, (0, currency))
    rows = [Lost(gap, amount, currency, posted.get(gap, (0, ""))[0]) for gap, (amount, currency) in found.items()]
    return sorted((row for row in rows if row.amount or row.posted), key=lambda row: list(Gap).index(row.gap))


def received_gap(payout: Payout) -> dict[Gap, tuple[int, str]]:
    """What the bank received less what was stated: in the payout's currency, or by the ECB rate of the line's day where it was changed."""
    parts = list(payout.line_parts.select_related("line"))
    if not parts:
        return {}
    same = sum(part.amount for part in parts if part.line.currency == payout.currency)
    other = [part for part in parts if part.line.currency != payout.currency]
    if not other:
        return {Gap.CHARGE: (same - payout.amount, payout.currency)}
    currency, day = other[0].line.currency, max(part.line.day for part in other)
    factor = rates.rule(RATE).factor(day, payout.currency, currency)
    if factor is None or any(part.line.currency != currency for part in other):
        return {}
    wanted = times(payout.amount - same, factor.value, currency)
    return {Gap.CONVERSION: (sum(part.amount for part in other) - wanted, currency)}


def standing_postings() -> QuerySet[GapPosting]:
    """Postings of differences that were not taken back."""
    return GapPosting.objects.filter(posting__corrections__isnull=True)


def posted_of(payout: Payout) -> dict[Gap, tuple[int, str]]:
    """What was posted of each difference, and in which currency."""
    found: dict[Gap, tuple[int, str]] = {}
    for row in standing_postings().filter(payout=payout).select_related("posting"):
        gap = Gap(row.gap)
        found[gap] = (found.get(gap, (0, ""))[0] + row.posting.amount, row.posting.currency)
    return found


def postings_of(payout: Payout) -> QuerySet[Posting]:
    """The postings of a payout's differences, those taken back among them."""
    return Posting.objects.filter(gap__payout=payout).select_related("account").order_by("pk")


def with_posted(rows: QuerySet[Payout]) -> QuerySet[Payout]:
    """Payouts with `posted_charge`: what was posted of the difference between platform and bank."""
    mine = standing_postings().filter(payout=OuterRef("pk"), gap=Gap.CHARGE).order_by().values("payout")
    return rows.annotate(
        posted_charge=Coalesce(Subquery(mine.annotate(units=Sum("posting__amount")).values("units")), 0)
    )


def left_of(payout: Payout, gap: str) -> Lost | None:
    """A difference that is not wholly posted, if there is one."""
    return next((row for row in open_gaps(gaps_of(payout)) if row.gap == gap), None)


def open_gaps(rows: Iterable[Lost]) -> list[Lost]:
    """The differences of which something is not posted yet."""
    return [row for row in rows if row.left]
