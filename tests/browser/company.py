"""A small company with two markets, trade in both, and people of different roles, for pages in a real browser."""

from __future__ import annotations

from dataclasses import dataclass

from tradewind.engines.access.models import Grant, Role
from tradewind.engines.actions.rights import install_roles
from tradewind.engines.exchange.tests.files import Sale, brought, make_channel, shopify
from tradewind.engines.jobs.worker import drain
from tradewind.engines.metrics import refresh
from tradewind.nouns.org.models import Company, Entity, Market, MarketCountry, Person, User
from tradewind.nouns.trade.models import Channel

PASSWORD = "a long enough password"


@dataclass
class House:
    """The company and what is in it."""

    germany: Market
    france: Market
    shop: Channel

    def user(self, role: str, name: str = "Lin Mei", market: Market | None = None) -> User:
        """Somebody with one role, everywhere or in one market."""
        mail = f"{role}@example.com"
        person = Person.objects.create(name=name, email=mail, zone="Europe/Berlin")
        Grant.objects.create(person=person, role=Role.objects.get(code=role), market=market)
        return User.objects.create_user(mail, PASSWORD, person=person)


def market(code: str, name: str, other: str, countries: str) -> Market:
    """A market of some countries."""
    made = Market.objects.create(code=code, name={"en": name, "zh-hans": other}, currency="EUR", zone="Europe/Berlin")
    MarketCountry.objects.bulk_create(MarketCountry(market=made, country=country) for country in countries.split())
    return made


def build() -> House:
    """Seven orders in Germany and four in France, imported and counted."""
    install_roles.system()
    Company.objects.create(name={"en": "Sample", "zh-hans": "样例公司"}, currency="EUR", zone="Europe/Berlin")
    entity = Entity.objects.create(code="de", name={"en": "Sample GmbH"}, country="DE", currency="EUR")
    germany, france = market("de", "Germany", "德国", "DE AT"), market("fr", "France", "法国", "FR")
    shop = make_channel(entity=entity, market=germany, country="DE")
    brought(shop, shopify([sale(n, "DE") for n in range(1, 8)] + [sale(n, "FR") for n in range(8, 12)]))
    refresh.mark_all("test")
    refresh.refresh()
    return House(germany, france, shop)


def sale(number: int, country: str) -> Sale:
    """An order of March 2026."""
    total = f"{number * 10 + 10}.00"
    return Sale(
        f"#{number}", [(f"SKU-{number % 3}", 1, total)], email=f"buyer{number}@example.com",
        created=f"2026-03-{number + 2:02} 10:00:00 +0100",
        facts={"Shipping Country": country, "Subtotal": total, "Total": total, "Shipping Name": f"Buyer {number}"},
    )  # fmt: skip


def work() -> None:
    """Let the worker do what is queued."""
    drain("browser")
