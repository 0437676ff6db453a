"""Products get their titles and categories by hand or from a table; their SKU stays."""

from __future__ import annotations

import pytest

from tradewind.areas.supply.actions.products import save_product
from tradewind.areas.supply.exchange import PRODUCTS
from tradewind.areas.supply.tests.stock import mug
from tradewind.base.errors import NotAllowed, Refused
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.actions.models import Change, Event
from tradewind.engines.exchange.models import SheetBatch
from tradewind.engines.exchange.sheets import flow
from tradewind.nouns.org.models import Market, Person
from tradewind.nouns.trade.models import Product

pytestmark = pytest.mark.django_db


def test_product_is_added_before_its_first_sale_and_keeps_its_sku() -> None:
    row = save_product.system(sku="JUG", title="Jug", category="Kitchen")
    assert (row.key, row.sku, row.category) == ("JUG", "JUG", "Kitchen")
    save_product.system(row, sku="JUG", title="Blue jug", category="Table")
    event = Event.objects.order_by("-pk")[0]
    assert (event.changes["category"], event.counts["stock_products"]) == (["Kitchen", "Table"], [row.pk])
    for wrong in ({"sku": ""}, {"sku": "JAR"}):
        with pytest.raises(Refused):
            save_product.system(row, title="x", **wrong)
    with pytest.raises(Refused):
        save_product.system(sku="JUG", title="Other")
    assert Product.objects.get().title == "Blue jug"


def test_table_changes_what_it_says_and_nothing_the_second_time() -> None:
    row = mug()
    text = "SKU,Title,类目\nMUG,,Table\nJAR,Jar,Kitchen\nJAR,Again,\n"
    batch = flow.try_out(flow.open_sheet(None, PRODUCTS, name="p.csv", content=[text.encode()], options={}), None)
    assert (batch.state, [one["line"] for one in batch.refused]) == (SheetBatch.READY, [4])
    told = flow.answer(flow.take_sheet.system(batch))
    row.refresh_from_db()
    assert (told["new"], told["changed"], row.title, row.category) == (1, 1, "Mug", "Table")
    assert Change.objects.get().changes == {"category": ["Kitchen", "Table"]}
    again = flow.try_out(flow.open_sheet(None, PRODUCTS, name="p.csv", content=[text.encode()], options={}), None)
    assert flow.answer(flow.take_sheet.system(again))["same"] == 2


def test_products_are_changed_by_whoever_may_everywhere() -> None:
    row, ann = mug(), Person.objects.create(key="ann", name="Ann")
    role = Role.objects.create(code="r", name={"en": "R"}, codes=["supply.save_product"])
    Grant.objects.create(person=ann, role=role, market=Market.objects.create(code="uk", name={"en": "UK"}))
    with pytest.raises(NotAllowed):
        save_product(ann, row, sku="MUG", title="Mine")
    row.refresh_from_db()
    assert row.title == "Mug"
