"""The demo company at one hundredth of its size: the same twice, other with another seed, and its roles see what they should."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from random import Random

import pytest
from django.db.models import Count

from config.demo import load
from config.demo.catalog import catalog
from config.demo.sales import DAYS, SHOPS, black_friday, demand, sales_of
from tradewind.areas.structure.queries.charters import whole_picture
from tradewind.engines.access.scope import can, visible
from tradewind.engines.actions.rights import install_roles
from tradewind.engines.exchange.models import Batch, SheetBatch
from tradewind.engines.library.models import Acknowledgement, Document, DocumentText
from tradewind.nouns.goals.models import CheckIn, KeyResult, Objective, ObjectiveLink
from tradewind.nouns.org.models import Entity, Market, Person, Position, User
from tradewind.nouns.skills.models import PersonLanguage
from tradewind.nouns.trade.models import AdSpend, BankLine, Channel, Order, Payout, Product, UnitCost

ANCHOR = date(2026, 11, 20)


@pytest.mark.django_db(transaction=True)
def test_demo_company_is_whole_and_its_roles_see_their_own() -> None:
    install_roles.system()
    rows = load(anchor=ANCHOR, scale=0.01)
    assert (Person.objects.count(), Person.objects.values("country").distinct().count()) == (60, 9)
    assert (Entity.objects.count(), Market.objects.count(), Channel.objects.count()) == (3, 8, 6)
    assert Order.objects.values("currency").distinct().count() == 5
    assert Order.objects.filter(market__isnull=True).count() == 0
    assert Payout.objects.exists()
    assert not Batch.objects.exclude(state="done").exists()
    assert Order.objects.filter(day__gt=ANCHOR).count() == 0
    assert [row["role"] for row in rows] == [
        "general_manager",
        "country_manager",
        "team_lead",
        "member",
        "finance",
        "people",
    ]
    assert all(User.objects.get(email=row["email"]).check_password(row["password"]) for row in rows[:1])
    berlin = Person.objects.get(name="Anna Schmidt")
    seen = visible(berlin, "customers.view_order", Order.objects.all())
    assert set(seen.values_list("market__code", flat=True)) == {"dach"}
    assert seen.count() == Order.objects.filter(market__code="dach").count() > 0
    assert not can(Person.objects.get(name="Maria Santos"), "customers.view_order")
    assert Document.objects.filter(published_at__isnull=False).count() == 7
    assert DocumentText.objects.filter(stale_since__isnull=False).count() == 1
    assert 0 < Acknowledgement.objects.filter(acknowledged_at=None).count() < Acknowledgement.objects.count()
    organised()
    paid_out()
    wanted(berlin)


def paid_out() -> None:
    """Facts of money came through their imports without a refused row; payouts of settlements arrived at the bank."""
    assert set(SheetBatch.objects.values_list("state", flat=True)) == {"done"}
    assert not [batch for batch in SheetBatch.objects.all() if batch.counts["refused"]]
    assert BankLine.objects.filter(parts__payout__isnull=False).exists()
    assert AdSpend.objects.values("platform").distinct().count() == 3
    sold = Product.objects.exclude(sku="").count()
    assert UnitCost.objects.filter(valid_to=None, part="purchase").count() == sold


def organised() -> None:
    """Charters cover all but one function in one market, two teams answer for another; posts and languages are there."""
    cells = whole_picture().matrix.cells
    assert len(cells) == 96
    assert Counter(cell.state for cell in cells.values()) == {"covered": 94, "gap": 1, "double": 1}
    assert set(Position.objects.values_list("state", flat=True)) == {"planned", "open", "filled"}
    assert PersonLanguage.objects.values("language").distinct().count() >= 10


def wanted(berlin: Person) -> None:
    """Goals of every level, measured and told, some closed; a country manager reads no draft of others."""
    states = dict(Objective.objects.values_list("state").annotate(Count("id")))
    assert states == {"published": 18, "graded": 3, "draft": 1}
    assert Objective.objects.values("level").distinct().count() == 4
    bound = KeyResult.objects.exclude(metric="")
    assert not bound.filter(value=None).exists()
    assert CheckIn.objects.filter(result__in=bound, reading=True).exists()
    assert CheckIn.objects.filter(reading=False).exclude(comment="").exists()
    assert dict(ObjectiveLink.objects.filter(kind="needs").values_list("state").annotate(Count("id"))) == {
        "accepted": 1, "refused": 1, "asked": 1,
    }  # fmt: skip
    assert not visible(berlin, "structure.view_goal", Objective.objects.filter(state="draft")).exists()


def orders(seed: int) -> list[tuple[object, ...]]:
    """What a shop of the demo company sold."""
    rng = Random(seed)
    goods = catalog(rng)
    sales = sales_of(SHOPS[0], "Europe/Berlin", goods, ANCHOR, rng, 0.02)
    return [
        (sale.number, sale.at, sale.country, sale.goods, sale.buyer.name, sale.state, sale.refunded) for sale in sales
    ]


def test_the_same_seed_sells_the_same_and_another_does_not() -> None:
    assert orders(1) == orders(1) != orders(2)


def test_seasons_show_in_what_is_sold() -> None:
    start = ANCHOR - timedelta(days=DAYS)
    ordinary = demand(date(2025, 3, 12), start, "shop-eu")
    assert demand(black_friday(2025), start, "shop-eu") > 3 * ordinary
    assert demand(date(2025, 11, 11), start, "amazon-jp") > 2 * ordinary
    assert demand(date(2025, 10, 3), start, "shop-eu") < demand(date(2025, 10, 10), start, "shop-eu")
    assert black_friday(2025) == date(2025, 11, 28)
