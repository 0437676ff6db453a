"""The codes a file of money may name: companies, markets, teams, channels, products, accounts. For actions; it checks no rights."""

from __future__ import annotations

from dataclasses import dataclass, field

from tradewind.areas.finance.models import Account, AccountCode
from tradewind.engines.access.scope import visible
from tradewind.nouns.org.models import Entity, Market, MarketCountry, Person, Team
from tradewind.nouns.trade.models import Channel, Product


@dataclass
class Places:
    """Records by their codes; products are asked one by one and remembered."""

    channels: dict[str, Channel]
    entities: dict[str, int]
    entity_rows: dict[int, Entity]
    markets: dict[str, int]
    teams: dict[str, int]
    countries: dict[str, int]
    accounts: dict[tuple[str, int | None], Account] = field(default_factory=dict)
    system: str = ""
    _products: dict[str, int | None] = field(default_factory=dict)

    def product(self, sku: str) -> int | None:
        """The product of a SKU."""
        if sku not in self._products:
            row = Product.objects.filter(sku=sku).order_by("pk").values_list("pk", flat=True).first()
            self._products[sku] = row or Product.objects.filter(key=sku).values_list("pk", flat=True).first()
        return self._products[sku]

    def market_in(self, country: str) -> int | None:
        """The market a country belongs to."""
        return self.countries.get(country)

    def link(self, name: str, code: str) -> int | None:
        """The record of a code on one of the axes."""
        if name == "channel":
            return self.channels[code].pk if code in self.channels else None
        known = {"entity": self.entities, "partner": self.entities, "market": self.markets, "team": self.teams}[name]
        return known.get(code)

    def account(self, system: str, code: str, entity: int | None) -> Account | None:
        """The account an outside code means: for this company, else in general; a code of our own names itself."""
        if self.system != system:
            rows = AccountCode.objects.filter(system=system).select_related("account")
            self.accounts = {(row.outside, row.entity_id): row.account for row in rows}
            if system == OWN:
                self.accounts.update({(row.code, None): row for row in Account.objects.filter(active=True)})
            self.system = system
        return self.accounts.get((code, entity)) or self.accounts.get((code, None))


OWN = "tradewind"
"""The system whose codes are our own management accounts."""


def places_of() -> Places:
    """What there is now."""
    return Places(
        {row.code: row for row in Channel.objects.all()},
        dict(Entity.objects.values_list("code", "pk")),
        {row.pk: row for row in Entity.objects.all()},
        dict(Market.objects.values_list("code", "pk")),
        dict(Team.objects.values_list("code", "pk")),
        dict(MarketCountry.objects.values_list("country", "market_id")),
    )


def channel_choices(person: Person | None) -> list[tuple[str, str]]:
    """Channels a file may be of."""
    rows = Channel.objects.filter(active=True).order_by("name")
    if person is not None:
        rows = visible(person, "market.view_channel", rows)
    return [(row.code, row.name) for row in rows]


def entity_choices(_person: Person | None) -> list[tuple[str, str]]:
    """Companies of the group; their names are no secret inside."""
    return [(row.code, str(row)) for row in Entity.objects.filter(active=True).order_by("code")]


def market_choices(_person: Person | None) -> list[tuple[str, str]]:
    """Markets; their names are no secret inside."""
    return [(row.code, str(row)) for row in Market.objects.filter(active=True).order_by("code")]
