"""Whether the profit and loss says what the readings of sales say."""

from __future__ import annotations

from datetime import date

from django.db.models import F, Sum

from tradewind.areas.finance.models import Line, ProfitReading
from tradewind.engines.metrics.models import SaleReading

NET = (Line.GROSS, Line.DISCOUNT, Line.REFUND)


def months_unlike_sales() -> list[date]:
    """The months (first days) whose net revenue, by market, channel and currency, is another here than behind Pulse.

    Postings on the accounts of net revenue are left out: sales know nothing of them.
    """
    keys = ("day", "market_id", "channel_id", "currency")
    sold = SaleReading.objects.filter(grain=SaleReading.MONTH).values(*keys)
    sales = sold.annotate(net=Sum(F("sales_net") + F("credits_net") - F("refunds_net")))
    kept = ProfitReading.objects.told().filter(account__code__in=("gross-sales", "discounts", "refunds")).values(*keys)
    want = {tuple(row[key] for key in keys): row["net"] for row in sales if row["net"]}
    have = {tuple(row[key] for key in keys): row["net"] for row in kept.annotate(net=Sum("amount")) if row["net"]}
    return sorted({key[0] for key in want.keys() | have.keys() if want.get(key) != have.get(key)})
