"""The numbers of the profit and loss: costs, contribution margins, the operating result, and what part of net revenue each is.

They read the readings of the statement and are rounded with its lines, so that both say the same to the cent. Sales within the group
of companies are left out and overhead stays where it was posted, as on the statement without its shares.
"""

from __future__ import annotations

from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.models import Line, ProfitReading
from tradewind.areas.finance.models.accounts import Readings
from tradewind.areas.finance.queries.profit import COSTS, CUBE, PAY, VIEW
from tradewind.areas.finance.rules.profit import CM1, CM2, CM3, NET, RESULT, SECTIONS, rounded_lines
from tradewind.engines.metrics.registry import Ratio, Total, metric, total
from tradewind.engines.metrics.sources import Source, source

MARGINS, RESULTS = (VIEW, COSTS), (VIEW, COSTS, PAY)
SOURCES = "finance.ProfitReading"


def rows(products: bool) -> Readings:
    """The readings of the statement, sales within the group left out."""
    return ProfitReading.objects.told(products=products).filter(partner=None)


source(
    Source(
        CUBE,
        rows,
        cuts={
            "entity": "entity_id", "market": "market_id", "channel": "channel_id", "product": "product_id", "currency": "currency",
        },
        money={line.value: Sum("amount", filter=Q(account__line=line.value)) for line in Line},
        counts={"units": Sum("units")},
        rounded=rounded_lines,
    )
)  # fmt: skip


def line(name: str) -> Total:
    """A line of the statement; a cost is below zero."""
    return total(f"{CUBE}.{name}")


def cost(name: str) -> Total:
    """A line of costs above zero."""
    return Total(()) - line(name)


def down_to(result: str) -> Total:
    """A result: the sum of all lines above it."""
    found = Total(())
    for lines, name in SECTIONS:
        for one in lines:
            found = found + line(one)
        if name == result:
            break
    return found


@metric("finance.cogs", label=_("Landed cost of goods"), meaning=_("What the goods sold cost until they were in the warehouse."),
        right=MARGINS, unit="money", better="down", sources=SOURCES)  # fmt: skip
def cogs() -> Total:
    """The line of the statement, above zero: unit costs in force on the order's day × units, and what was posted."""
    return cost("cogs")


@metric("finance.fulfilment", label=_("Fulfilment"), meaning=_("What warehouses and carriers charged for sending orders out."),
        right=VIEW, unit="money", better="down", sources=SOURCES)  # fmt: skip
def fulfilment() -> Total:
    """The line of the statement, above zero."""
    return cost("fulfilment")


@metric("finance.selling_fees", label=_("Marketplace and payment fees"),
        meaning=_("Fees for selling and for being paid, as accounts of the profit and loss hold them."),
        right=VIEW, unit="money", better="down", sources=SOURCES)  # fmt: skip
def selling_fees() -> Total:
    """The line of the statement, above zero; `finance.fees` tells all that was charged, by day, whatever its account."""
    return cost("fees")


@metric("finance.ad_spend", label=_("Advertising"), meaning=_("What advertising cost, on marketplaces and outside."),
        right=VIEW, unit="money", better="down", sources=SOURCES)  # fmt: skip
def ad_spend() -> Total:
    """The line of the statement, above zero."""
    return cost("advertising")


@metric("finance.cm1", label=_("Contribution margin 1"),
        meaning=_("Net revenue with shipping and other income, less the landed cost of goods."),
        right=MARGINS, unit="money", better="up", sources=SOURCES)  # fmt: skip
def cm1() -> Total:
    """Net revenue + shipping income + other income − landed cost of goods."""
    return down_to(CM1)


@metric("finance.cm2", label=_("Contribution margin 2"),
        meaning=_("Contribution margin 1 less fulfilment, marketplace and payment fees."),
        right=MARGINS, unit="money", better="up", sources=SOURCES)  # fmt: skip
def cm2() -> Total:
    """Contribution margin 1 − fulfilment − marketplace and payment fees."""
    return down_to(CM2)


@metric("finance.cm3", label=_("Contribution margin 3"), meaning=_("Contribution margin 2 less advertising."),
        right=MARGINS, unit="money", better="up", sources=SOURCES)  # fmt: skip
def cm3() -> Total:
    """Contribution margin 2 − advertising."""
    return down_to(CM3)


@metric("finance.operating_result", label=_("Operating result"),
        meaning=_("Contribution margin 3 less pay and overhead, each where it was posted: overhead is not shared out."),
        right=RESULTS, unit="money", better="up", sources=SOURCES)  # fmt: skip
def operating_result() -> Total:
    """Contribution margin 3 − pay − overhead."""
    return down_to(RESULT)


@metric("finance.cm1_share", label=_("Margin 1 of net revenue"), meaning=_("Contribution margin 1 divided by net revenue."),
        right=MARGINS, unit="ratio", better="up", sources=SOURCES)  # fmt: skip
def cm1_share() -> Ratio:
    """Contribution margin 1 ÷ net revenue, both as the statement shows them."""
    return Ratio(down_to(CM1), down_to(NET))


@metric("finance.cm2_share", label=_("Margin 2 of net revenue"), meaning=_("Contribution margin 2 divided by net revenue."),
        right=MARGINS, unit="ratio", better="up", sources=SOURCES)  # fmt: skip
def cm2_share() -> Ratio:
    """Contribution margin 2 ÷ net revenue, both as the statement shows them."""
    return Ratio(down_to(CM2), down_to(NET))


@metric("finance.cm3_share", label=_("Margin 3 of net revenue"), meaning=_("Contribution margin 3 divided by net revenue."),
        right=MARGINS, unit="ratio", better="up", sources=SOURCES)  # fmt: skip
def cm3_share() -> Ratio:
    """Contribution margin 3 ÷ net revenue, both as the statement shows them."""
    return Ratio(down_to(CM3), down_to(NET))


@metric("finance.operating_share", label=_("Operating margin"), meaning=_("Operating result divided by net revenue."),
        right=RESULTS, unit="ratio", better="up", sources=SOURCES)  # fmt: skip
def operating_share() -> Ratio:
    """Operating result ÷ net revenue, both as the statement shows them."""
    return Ratio(down_to(RESULT), down_to(NET))


@metric("finance.fee_share", label=_("Fees of net revenue"), meaning=_("Marketplace and payment fees divided by net revenue."),
        right=VIEW, unit="ratio", better="down", sources=SOURCES)  # fmt: skip
def fee_share() -> Ratio:
    """Marketplace and payment fees ÷ net revenue, both as the statement shows them."""
    return Ratio(cost("fees"), down_to(NET))


@metric("finance.ad_share", label=_("Advertising of net revenue"),
        meaning=_("Advertising divided by net revenue: the total advertising cost of sales."),
        right=VIEW, unit="ratio", better="down", sources=SOURCES)  # fmt: skip
def ad_share() -> Ratio:
    """Advertising ÷ net revenue (TACoS), both as the statement shows them."""
    return Ratio(cost("advertising"), down_to(NET))
