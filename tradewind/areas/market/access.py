"""Who may see and change markets, brands and channels."""

from django.utils.translation import gettext_lazy as _

from tradewind.engines.access.registry import codes, default_role, subject
from tradewind.nouns.org.models import Brand, Market
from tradewind.nouns.trade.models import Channel

codes("market", view_market=_("See markets and brands"), view_channel=_("See channels"))
subject("market.market", model=Market, read="market.view_market", label=_("Market"), url="market:market-detail",
        search=lambda m: " ".join([m.code, *dict(m.name).values()]))  # fmt: skip
subject("market.brand", model=Brand, read="market.view_market", label=_("Brand"))
subject(
    "market.channel",
    model=Channel,
    read="market.view_channel",
    label=_("Channel"),
    axes={"entity": "entity_id", "market": "market_id"},
    url="market:channel-detail",
    search=lambda c: f"{c.code} {c.name} {c.platform}",
)

for role in ("general_manager", "country_manager", "team_lead", "member", "finance", "people", "buyer", "marketer",
             "agent", "compliance", "auditor"):  # fmt: skip
    default_role(role, ["market.view_market"])
for role in ("general_manager", "country_manager", "finance", "marketer", "buyer", "agent", "auditor"):
    default_role(role, ["market.view_channel"])
default_role("general_manager", ["market.save_market", "market.save_brand", "market.save_channel"])
default_role("country_manager", ["market.save_channel"])
