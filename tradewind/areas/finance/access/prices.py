"""Who may see and do what: prices and savings."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.access.profit import COSTS, EVERYTHING, NOTHING, PAY, PROFIT
from tradewind.areas.finance.models import (
    Distinct,
    PriceReview,
    PriceRule,
    Saving,
)
from tradewind.engines.access.registry import SUBJECTS, default_role, subject
from tradewind.engines.access.scope import cover, holdings, scopes_of
from tradewind.nouns.org.models import Person
from tradewind.nouns.trade.models import Price

PRICES = "finance.view_prices"


def reads_rule(person: Person | None) -> Q:
    """The price rule of a market is read where one holds the right; one for all by whoever holds it for any market."""
    scopes = scopes_of(person, PRICES)
    if any(scope.market is None for scope in scopes):
        return EVERYTHING
    held = [scope.market for scope in scopes]
    return Q(market=None, channel=None) | Q(market__in=held) | Q(channel__market__in=held) if scopes else NOTHING


def reads_saving(person: Person | None) -> Q:
    """A saving is read where one sees the profit and loss; of goods and pay where one sees these too."""

    def at(code: str) -> Q:
        held = [one for one in holdings(person) if one.allows(code)]
        return (cover(held, SUBJECTS["finance.saving"]) or EVERYTHING) if held else NOTHING

    return at(PROFIT) & at(COSTS) & (~Q(account__line="pay") | at(PAY))


PRICE_AXES = {"market": "market_id", "entity": "channel__entity_id"}
subject("finance.price", model=Price, read=PRICES, label=_("Price"), axes=PRICE_AXES, url="finance:price-detail",
        title=lambda row: f"{row.product} · {row.channel}")  # fmt: skip
subject("finance.price_review", model=PriceReview, read=PRICES, label=_("Price review"), axes=PRICE_AXES,
        url="finance:price_review-detail", title=lambda row: f"{row.day} {row.product}")  # fmt: skip
subject("finance.price_rule", model=PriceRule, read=PRICES, reads=reads_rule, label=_("Price rule"), axes={"market": "market_id"},
        url="finance:price_rule-detail")  # fmt: skip
subject("finance.saving", model=Saving, read=PROFIT, reads=reads_saving, label=_("Saving"),
        axes={"entity": "entity_id", "market": "market_id"}, url="finance:saving-detail", title=lambda row: str(row.title))  # fmt: skip
subject("finance.distinct", model=Distinct, read=COSTS, label=_("No duplicate"),
        axes={"entity": "first__entity_id", "market": "first__market_id"})  # fmt: skip

PRICING = ["finance.set_price", "finance.set_prices", "finance.review_price", "finance.keep_price", "finance.measure_effect",
           "finance.save_price_rule"]  # fmt: skip
SAVING = [
    "finance.save_saving",
    "finance.accept_saving",
    "finance.start_saving",
    "finance.close_saving",
    "finance.drop_saving",
]
for role in ("general_manager", "finance"):
    default_role(role, [*PRICING, *SAVING, "finance.clear_duplicate"])
default_role("country_manager", [*PRICING, *SAVING])
default_role("marketer", ["finance.review_price", "finance.keep_price", "finance.measure_effect"])
