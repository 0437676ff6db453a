"""A file's way over the pages and the API, and who may walk it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tradewind.engines.access.models import Grant, Role
from tradewind.engines.actions.models import Event
from tradewind.engines.exchange.models import Batch, Mapping
from tradewind.engines.exchange.tests.files import Sale, brought, make_channel, opened, shopify
from tradewind.engines.jobs.queue import run_now
from tradewind.nouns.org.models import Market, Person, User
from tradewind.nouns.trade.models import Order

pytestmark = pytest.mark.django_db
RIGHTS = (
    "exchange.view_imports",
    "customers.import_orders",
    "exchange.save_mapping",
    "exchange.download_file",
    "customers.view_order",
)
UNKNOWN = b"Nummer;Datum;Artikel;Menge;Preis;Land\nA1;31.03.2026;Tasse;2;3,50;Deutschland\nA1;31.03.2026;Teller;1;4,00;Deutschland\n"


def someone(name: str, *codes: str, market: Market | None = None) -> tuple[Person, Client]:
    """A signed-in person with some rights, everywhere or in one market."""
    person = Person.objects.create(name=name, email=f"{name.lower()}@example.com")
    user = User.objects.create_user(f"{name.lower()}@example.com", "secret-secret", person=person)
    if codes:
        Grant.objects.create(
            person=person, role=Role.objects.create(code=name.lower(), codes=list(codes)), market=market
        )
    client = Client()
    client.force_login(user)
    return person, client


def upload(client: Client, content: bytes, **more: Any) -> Any:
    """Send a file to the upload page."""
    return client.post(reverse("exchange:import-new"), {"file": SimpleUploadedFile("orders.csv", content), **more})


def test_a_file_is_read_looked_at_committed_and_taken_back() -> None:
    channel = make_channel()
    _person, client = someone("Lin", *RIGHTS)
    assert client.get(reverse("exchange:import-new")).status_code == 200
    answer = upload(client, shopify([Sale("#1"), Sale("#2", [("A", 1, "?")])]), channel=channel.pk)
    batch = Batch.objects.get()
    here = reverse("exchange:import-detail", args=[batch.pk])
    assert (answer.status_code, answer["Location"], batch.format) == (302, here, "shopify")
    run_now("exchange.read_batch", batch_id=batch.pk)
    page = client.get(here).content.decode()
    assert "Lineitem price" in page
    assert reverse("exchange:import-commit", args=[batch.pk]) in page
    assert not Order.objects.exists()
    refused = client.get(reverse("exchange:import-refusals", args=[batch.pk]))
    assert b"Lineitem price" in b"".join(refused.streaming_content)  # type: ignore[attr-defined]
    client.post(reverse("exchange:import-commit", args=[batch.pk]))
    run_now("exchange.merge_batch", batch_id=batch.pk)
    assert list(Order.objects.values_list("number", flat=True)) == ["#1"]
    assert (
        "#1"
        in client.get(f"{reverse('customers:order-list')}?batch_min={batch.pk}&batch_max={batch.pk}").content.decode()
    )
    client.post(reverse("exchange:import-undo", args=[batch.pk]))
    run_now("exchange.undo_batch", batch_id=batch.pk)
    assert not Order.objects.exists()
    assert client.get(here).status_code == 200


def test_an_unknown_file_is_mapped_once_and_recognised_by_its_mapping() -> None:
    channel = make_channel(zone="Europe/Berlin")
    _person, client = someone("Lin", *RIGHTS)
    answer = upload(client, UNKNOWN, channel=channel.pk)
    batch = Batch.objects.get()
    assert answer["Location"] == reverse("exchange:import-mapping", args=[batch.pk])
    page = client.get(answer["Location"])
    assert page.status_code == 200
    form = page.context["form"]
    data = {name: form[name].initial if form[name].initial is not None else "" for name in form.fields}
    data |= {
        "name": "German shop",
        "layout": "line",
        "currency": "EUR",
        "number": "1.234,56",
        "date": "dmy",
        "keep": "on",
    }
    data |= {f"column-{name}": column for name, column in (
        ("order_id", "Nummer"), ("date", "Datum"), ("title", "Artikel"), ("quantity", "Menge"), ("unit_price", "Preis"), ("country", "Land"))}  # fmt: skip
    posted = client.post(answer["Location"], data)
    assert posted.status_code == 302, posted.context["form"].errors
    run_now("exchange.read_batch", batch_id=batch.pk)
    run_now("exchange.merge_batch", batch_id=batch.pk)
    order = Order.objects.get()
    assert (order.external_id, order.lines_total, order.day.isoformat(), order.country) == (
        "A1",
        110_000,
        "2026-03-31",
        "DE",
    )
    kept = Mapping.objects.get()
    upload(client, UNKNOWN, channel=channel.pk, mapping=kept.code)
    again = Batch.objects.order_by("-id")[0]
    run_now("exchange.merge_batch", batch_id=again.pk)
    again.refresh_from_db()
    assert (again.counts["orders_same"], again.mapping_name) == (1, "German shop")


def test_a_mapping_that_cannot_work_is_shown_with_its_fault() -> None:
    _person, client = someone("Lin", *RIGHTS)
    upload(client, UNKNOWN, channel=make_channel().pk)
    batch = Batch.objects.get()
    where = reverse("exchange:import-mapping", args=[batch.pk])
    form = client.get(where).context["form"]
    data = {name: form[name].initial if form[name].initial is not None else "" for name in form.fields}
    answer = client.post(where, {**data, "name": "x", "column-date": "", "layout": "line"})
    assert answer.status_code == 422
    assert "column-date" in answer.context["form"].errors


def test_countries_are_decided_on_the_page() -> None:
    _person, client = someone("Lin", *RIGHTS)
    upload(client, shopify([Sale("#1", facts={"Shipping Country": "EIRE"})]), channel=make_channel().pk)
    batch = Batch.objects.get()
    run_now("exchange.read_batch", batch_id=batch.pk)
    assert "EIRE" in client.get(reverse("exchange:import-detail", args=[batch.pk])).content.decode()
    client.post(reverse("exchange:import-decide", args=[batch.pk]), {"country-0": "IE"})
    run_now("exchange.read_batch", batch_id=batch.pk)
    run_now("exchange.merge_batch", batch_id=batch.pk)
    assert Order.objects.get().country == "IE"


def test_countries_of_a_finished_import_are_decided_by_importing_the_file_again() -> None:
    batch = brought(make_channel(), shopify([Sale("#1", facts={"Shipping Country": "EIRE"})]))
    _person, client = someone("Lin", *RIGHTS)
    answer = client.post(reverse("exchange:import-decide", args=[batch.pk]), {"country-0": "IE"})
    again = Batch.objects.order_by("-id")[0]
    assert answer["Location"] == reverse("exchange:import-detail", args=[again.pk])
    assert again.pk != batch.pk
    run_now("exchange.read_batch", batch_id=again.pk)
    run_now("exchange.merge_batch", batch_id=again.pk)
    again.refresh_from_db()
    assert (again.counts["orders_changed"], Order.objects.get().country) == (1, "IE")


def test_a_person_without_the_right_at_the_channel_changes_nothing() -> None:
    here = Market.objects.create(code="de", name={"en": "Germany"}, currency="EUR")
    elsewhere = Market.objects.create(code="fr", name={"en": "France"}, currency="EUR")
    channel = make_channel(market=elsewhere)
    _person, client = someone("Lin", *RIGHTS, market=here)
    assert upload(client, shopify([Sale("#1")]), channel=channel.pk).status_code == 422
    assert not Batch.objects.exists()
    batch = brought(channel, shopify([Sale("#1")]))
    for name in (
        "import-detail",
        "import-commit",
        "import-undo",
        "import-cancel",
        "import-refusals",
        "import-file",
        "import-mapping",
    ):
        assert client.get(reverse(f"exchange:{name}", args=[batch.pk])).status_code == 404, name
    assert client.post(reverse("exchange:import-undo", args=[batch.pk])).status_code == 404
    assert Order.objects.count() == 1
    assert "orders.csv" not in client.get(reverse("exchange:import-list")).content.decode()


def test_a_viewer_may_look_but_not_import() -> None:
    batch = opened(make_channel(), shopify([Sale("#1")]))
    _person, client = someone("Ann", "exchange.view_imports")
    assert client.get(reverse("exchange:import-detail", args=[batch.pk])).status_code == 200
    assert client.get(reverse("exchange:import-new")).status_code == 403
    assert client.post(reverse("exchange:import-commit", args=[batch.pk])).status_code == 403
    assert client.get(reverse("exchange:import-file", args=[batch.pk])).status_code == 403


def test_the_original_file_comes_back_and_the_download_is_written_down() -> None:
    content = shopify([Sale("#1")])
    batch = opened(make_channel(), content)
    person, client = someone("Lin", *RIGHTS)
    answer = client.get(reverse("exchange:import-file", args=[batch.pk]))
    assert b"".join(answer.streaming_content) == content  # type: ignore[attr-defined]
    assert Event.objects.get(name="exchange.download_file").actor == person


def test_refused_rows_are_safe_to_open_in_a_spreadsheet() -> None:
    batch = brought(make_channel(), shopify([Sale("#1", [("A", 1, "=1+1")])]))
    _person, client = someone("Lin", *RIGHTS)
    lines = b"".join(client.get(reverse("exchange:import-refusals", args=[batch.pk])).streaming_content).decode()  # type: ignore[attr-defined]
    assert "'=1+1" in lines
    assert ",=1+1" not in lines


def test_the_api_brings_a_file_in_and_back() -> None:
    make_channel()
    _person, client = someone("Lin", *RIGHTS)
    content = shopify([Sale("#1"), Sale("#2", [("A", 1, "?")])])
    made = client.post(
        "/api/v1/exchange/batches", {"channel": "shop", "file": SimpleUploadedFile("orders.csv", content)}
    )
    assert made.status_code == 201, made.content
    pk = made.json()["id"]
    run_now("exchange.read_batch", batch_id=pk)
    told = client.get(f"/api/v1/exchange/batches/{pk}").json()
    assert (told["state"], told["counts"]["orders_new"], told["totals"], told["refused"]) == (
        "ready",
        1,
        {"EUR": "10.00"},
        1,
    )
    assert client.get(f"/api/v1/exchange/batches/{pk}/refusals").json()["rows"][0]["column"] == "Lineitem price"
    assert client.post(f"/api/v1/exchange/batches/{pk}/commit").status_code == 200
    run_now("exchange.merge_batch", batch_id=pk)
    rows = client.get("/api/v1/customers/orders").json()["rows"]
    assert [(row["number"], row["net"], row["currency"]) for row in rows] == [("#1", "10.00", "EUR")]
    assert client.post(f"/api/v1/exchange/batches/{pk}/undo").status_code == 200
    assert client.post(f"/api/v1/exchange/batches/{pk}/commit").status_code == 422


def test_the_api_hides_foreign_imports_and_channels() -> None:
    market = Market.objects.create(code="de", name={"en": "Germany"}, currency="EUR")
    batch = brought(make_channel(), shopify([Sale("#1")]))
    _person, client = someone("Lin", *RIGHTS, market=market)
    assert client.get(f"/api/v1/exchange/batches/{batch.pk}").status_code == 404
    assert client.get("/api/v1/exchange/batches").json()["rows"] == []
    assert client.get("/api/v1/customers/orders").json()["rows"] == []
    sent = client.post("/api/v1/exchange/batches", {"channel": "shop", "file": SimpleUploadedFile("x.csv", b"a,b\n")})
    assert sent.status_code == 404
    assert Batch.objects.count() == 1
