"""Markets and channels: a country has one market, a channel's zone stays, scope holds for changes too."""

from __future__ import annotations

import pytest

from tradewind.areas.market.actions import save_brand, save_channel, save_market
from tradewind.base.errors import NotAllowed, Refused
from tradewind.engines.access.models import Role
from tradewind.engines.actions.models import Event
from tradewind.engines.actions.rights import grant_role, install_roles
from tradewind.nouns.org.models import Market, MarketCountry, Person
from tradewind.nouns.trade.models import Channel, Order

pytestmark = pytest.mark.django_db


def market(code: str, *countries: str) -> Market:
    """A market with its countries."""
    return save_market.system(code=code, name={"en": code}, currency="EUR", zone="UTC", countries=list(countries))


def test_a_country_belongs_to_one_market_and_a_refusal_changes_nothing() -> None:
    market("dach", "DE", "AT")
    with pytest.raises(Refused) as caught:
        market("north", "DE", "DK")
    assert "DE (dach)" in str(caught.value.fields["countries"])
    assert list(MarketCountry.objects.order_by("country").values_list("country", flat=True)) == ["AT", "DE"]
    assert Market.objects.count() == 1


def test_changing_countries_keeps_the_rest() -> None:
    dach = market("dach", "DE", "AT")
    save_market.system(dach, code="dach", name={"en": "x"}, currency="EUR", zone="UTC", countries=["DE", "CH"])
    assert sorted(dach.countries.values_list("country", flat=True)) == ["CH", "DE"]
    assert Event.objects.filter(name="market.save_market").count() == 2


def test_zone_of_a_channel_with_orders_stays() -> None:
    shop = save_channel.system(code="shop", name="Shop", zone="Europe/Berlin")
    Order.objects.create(
        channel=shop, external_id="1", number="1", placed_at="2026-01-01T00:00:00Z", day="2026-01-01", currency="EUR"
    )
    with pytest.raises(Refused) as caught:
        save_channel.system(shop, code="shop", name="Shop", zone="Asia/Tokyo")
    assert set(caught.value.fields) == {"zone"}
    assert Channel.objects.get().zone == "Europe/Berlin"


def test_country_manager_changes_own_channels_alone() -> None:
    install_roles.system()
    germany, japan = market("de", "DE"), market("jp", "JP")
    theirs = save_channel.system(code="jp-shop", name="JP", market=japan)
    own = save_channel.system(code="de-shop", name="DE", market=germany)
    manager = Person.objects.create(name="Berlin")
    grant_role.system(person=manager, role=Role.objects.get(code="country_manager"), market=germany)
    assert save_channel(manager, own, code="de-shop", name="Renamed", market=germany).name == "Renamed"
    for channel, place in ((theirs, germany), (own, japan), (None, None)):
        with pytest.raises(NotAllowed):
            save_channel(manager, channel, code="stolen", name="x", market=place)
    assert sorted(Channel.objects.values_list("code", "name")) == [("de-shop", "Renamed"), ("jp-shop", "JP")]


def test_who_leads_one_market_changes_no_other_and_no_brand() -> None:
    install_roles.system()
    own, other = market("dach", "DE"), market("north", "DK")
    brand = save_brand.system(code="b", name={"en": "B"})
    person = Person.objects.create(name="Near")
    grant_role.system(person=person, role=Role.objects.get(code="general_manager"), market=own)
    facts = {"name": {"en": "x"}, "currency": "USD", "zone": "UTC"}
    with pytest.raises(NotAllowed):
        save_market(person, other, code="north", countries=["DK"], **facts)  # type: ignore[arg-type]
    with pytest.raises(NotAllowed):
        save_brand(person, brand, code="b", name={"en": "C"})
    other.refresh_from_db()
    brand.refresh_from_db()
    assert (other.currency, str(brand.name)) == ("EUR", "B")
    assert save_market(person, own, code="dach", countries=["DE"], **facts).currency == "USD"  # type: ignore[arg-type]
