"""Taking a batch back leaves the store as it was, except for what others did since."""

from __future__ import annotations

import pytest

from tradewind.base.errors import Refused
from tradewind.engines.actions.models import Event
from tradewind.engines.exchange import flow
from tradewind.engines.exchange.intake import undo
from tradewind.engines.exchange.models import Batch
from tradewind.engines.exchange.tests.files import Sale, brought, make_channel, opened, shopify
from tradewind.engines.exchange.tests.test_intake import PAYMENTS, rows
from tradewind.engines.jobs.run import Cancelled
from tradewind.nouns.org.models import Market
from tradewind.nouns.trade.models import Channel, Customer, Order, Payment, Product

pytestmark = pytest.mark.django_db


def test_undo_removes_what_the_batch_made() -> None:
    channel = make_channel()
    batch = brought(channel, shopify([Sale("#1"), Sale("#2", facts={"Total": "10.00", "Refunded Amount": "4.00"})]))
    told = flow.take_back(batch)
    assert (told["orders_removed"], told["customers_removed"], told["products_removed"], told["left"]) == (2, 1, 1, [])
    assert not any(rows().values())
    batch.refresh_from_db()
    event = Event.objects.get(name="exchange.undo_import")
    assert (batch.state, event.counts["days"][0]) == (Batch.UNDONE, ["2026-03-01", "2026-03-01"])


def test_undo_restores_what_the_batch_changed() -> None:
    channel = make_channel()
    first = brought(
        channel,
        shopify(
            [Sale("#1", [("A", 1, "10.00"), ("B", 2, "3.00")], facts={"Total": "16.00", "Refunded Amount": "4.00"})]
        ),
    )
    before = rows()
    second = brought(
        channel, shopify([Sale("#1", [("A", 2, "10.00")], status="pending"), Sale("#2", email="new@example.com")])
    )
    assert rows() != before
    flow.take_back(second)
    after = rows()
    assert {name: after[name] for name in before} == before
    flow.take_back(first)
    assert not Order.objects.exists()


def test_undo_leaves_and_lists_what_a_later_batch_changed() -> None:
    channel = make_channel()
    first = brought(channel, shopify([Sale("#1", status="pending"), Sale("#2")]))
    brought(channel, shopify([Sale("#1")]))
    told = flow.take_back(first)
    assert (told["orders_removed"], told["left"]) == (1, ["#1"])
    assert list(Order.objects.values_list("number", "state")) == [("#1", "paid")]


def test_undo_gives_the_first_order_back_to_the_next_one() -> None:
    channel = make_channel()
    brought(channel, shopify([Sale("#2", created="2026-03-02 10:00:00 +0000")]))
    earlier = brought(channel, shopify([Sale("#1")]))
    assert list(Order.objects.filter(first=True).values_list("number", flat=True)) == ["#1"]
    flow.take_back(earlier)
    assert list(Order.objects.filter(first=True).values_list("number", flat=True)) == ["#2"]
    assert Customer.objects.get().orders_count == 1
    assert Product.objects.exists()


def test_undo_leaves_a_product_that_something_refers_to_until_nothing_does() -> None:
    channel = make_channel()
    batch = brought(channel, shopify([Sale("#1")]))
    variant = Product.objects.create(key="V", sku="V", family=Product.objects.get())
    assert flow.take_back(batch)["products_removed"] == 0
    variant.delete()
    batch.refresh_from_db()
    assert undo.remove_leftovers(batch) == 1
    assert not Product.objects.exists()


def test_undo_of_payments_leaves_orders() -> None:
    shop = make_channel()
    brought(shop, shopify([Sale("#1")]))
    flow.take_back(brought(make_channel("stripe"), PAYMENTS, "stripe"))
    assert (Order.objects.count(), Payment.objects.count()) == (1, 0)


def test_undo_of_a_batch_that_was_only_read_is_refused() -> None:
    batch = opened(make_channel(), shopify([Sale("#1")]))
    flow.read(batch)
    with pytest.raises(Refused):
        flow.take_back(batch)
    batch.refresh_from_db()
    assert batch.state == Batch.READY


def test_a_stopped_merge_keeps_its_chunks_and_goes_on_or_back(monkeypatch: pytest.MonkeyPatch) -> None:
    from tradewind.engines.exchange.intake import merge

    monkeypatch.setattr(merge, "CHUNK", 2)
    batch = opened(make_channel(), shopify([Sale(f"#{n}") for n in range(5)]))
    looks = iter([None, None, Cancelled()])

    def check() -> None:
        if (fault := next(looks, None)) is not None:
            raise fault

    with pytest.raises(Cancelled):
        flow.merge(batch, check=check)
    batch.refresh_from_db()
    assert (batch.state, Order.objects.count()) == (Batch.CANCELLED, 4)
    flow.merge(batch)
    batch.refresh_from_db()
    assert (batch.state, batch.counts["orders_new"], Order.objects.count()) == (Batch.DONE, 5, 5)
    flow.take_back(batch)
    assert not Order.objects.exists()


def test_a_merge_goes_on_without_its_staging_file(monkeypatch: pytest.MonkeyPatch) -> None:
    from tradewind.engines.exchange.intake import merge

    monkeypatch.setattr(merge, "CHUNK", 1)
    batch = opened(make_channel(), shopify([Sale("#1"), Sale("#2"), Sale("#3", [("A", 1, "?")])]))
    looks = iter([None, Cancelled()])

    def check() -> None:
        if (fault := next(looks, None)) is not None:
            raise fault

    with pytest.raises(Cancelled):
        flow.merge(batch, check=check)
    flow.forget_staged(batch.pk)
    flow.merge(batch)
    batch.refresh_from_db()
    assert (batch.counts["orders_new"], batch.counts["rows"], batch.refusals.count()) == (2, 3, 1)


def test_a_merge_without_its_staging_file_lists_every_refused_order_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from tradewind.engines.exchange.intake import merge

    monkeypatch.setattr(merge, "CHUNK", 1)
    twice = [Sale("#1", facts={"Id": "1"}), Sale("#1", facts={"Id": "2"})]
    batch = opened(make_channel(), shopify([Sale("#0"), *twice, Sale("#2"), Sale("#3")]))
    looks = iter([None, None, Cancelled()])

    def check() -> None:
        if (fault := next(looks, None)) is not None:
            raise fault

    with pytest.raises(Cancelled):
        flow.merge(batch, check=check)
    flow.forget_staged(batch.pk)
    flow.merge(batch)
    assert [(one.code, one.line) for one in batch.refusals.all()] == [("two_orders", 3)]


def test_held_finds_relations_that_have_no_name_on_the_other_side() -> None:
    used = Market.objects.create(code="de", name={"en": "Germany"}, currency="EUR")
    unused = Market.objects.create(code="fr", name={"en": "France"}, currency="EUR")
    brought(make_channel(market=used), shopify([Sale("#1")]))
    assert undo.held(Market, [used.pk, unused.pk], own=(Channel, Batch)) == {used.pk}
