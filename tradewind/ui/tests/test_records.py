"""Detail pages, forms, actions: guards, refusals, two people at one record."""

import re

import pytest
from django.conf import LazySettings
from django.test import Client

from tradewind.ui.tests.room import MOMENT, Purchase, Supplier


@pytest.fixture
def purchase(supplier: Supplier) -> Purchase:
    """A sent purchase at version 1."""
    return Purchase.objects.create(number="PO-1", supplier=supplier, total=12_345_000, created=MOMENT, state="sent")


def typed(purchase: Purchase, **values: str) -> dict[str, str]:
    """What the form sends for a purchase, with changes."""
    given = {"number": purchase.number, "supplier": str(purchase.supplier.pk), "state": purchase.state}
    return {**given, "total": "1234.5", "due": "", "note": "", "version": str(purchase.version), **values}


def test_signed_out_reader_goes_to_the_sign_in_page(sample: None) -> None:
    response = Client().get("/sample/purchases/?q=1")
    assert response["Location"] == "/sign-in/?next=/sample/purchases/%3Fq%3D1"
    part = Client().get("/sample/purchases/", headers={"HX-Request": "true"})
    assert (part.status_code, part["HX-Redirect"][:9]) == (204, "/sign-in/")


@pytest.mark.parametrize("path", ["", "1/", "new/", "1/edit/", "1/close/", "export/csv/", "options/"])
def test_reader_without_the_code_sees_no_data(client: Client, purchase: Purchase, path: str) -> None:
    path = path.replace("1", str(purchase.pk))
    response = client.get(f"/sample/purchases/{path}", headers={"X-Codes": "other.code"})
    assert response.status_code == 403
    assert "PO-1" not in response.content.decode()


def test_record_out_of_scope_is_not_found(client: Client, purchase: Purchase) -> None:
    Purchase.objects.update(hidden=True)
    for path in ("", "edit/", "close/"):
        assert client.get(f"/sample/purchases/{purchase.pk}/{path}").status_code == 404
    assert client.get("/sample/purchases/99999999999999999999/").status_code == 404


def test_detail_shows_facts_sections_and_offered_actions(client: Client, purchase: Purchase) -> None:
    text = client.get(f"/sample/purchases/{purchase.pk}/").content.decode()
    assert "€1,234.50" in text
    assert "Tue 24 Nov 2026, 04:30" in text
    assert "2026-11-24 04:30:00 +08:00 Asia/Shanghai" in text
    assert f"/sample/purchases/{purchase.pk}/close/" in text
    limited = client.get(f"/sample/purchases/{purchase.pk}/", headers={"X-Codes": "sample.view"}).content.decode()
    assert f"/sample/purchases/{purchase.pk}/close/" not in limited
    assert f"/sample/purchases/{purchase.pk}/edit/" not in limited


def test_detail_reads_in_chinese(client: Client, purchase: Purchase) -> None:
    text = client.get(f"/sample/purchases/{purchase.pk}/", headers={"X-Lang": "zh-hans"}).content.decode()
    assert "2026-11-24 周二 04:30" in text


def test_peek_is_a_part(client: Client, purchase: Purchase) -> None:
    headers = {"HX-Request": "true", "HX-Target": "aside#peek"}
    text = client.get(f"/sample/purchases/{purchase.pk}/", headers=headers).content.decode()
    assert "€1,234.50" in text
    assert "<html" not in text


def test_slots_are_filled_by_url_names(client: Client, purchase: Purchase, settings: LazySettings) -> None:
    settings.UI_SLOTS = {"files": "sample:purchase-detail", "comments": "nowhere:at-all"}
    text = client.get(f"/sample/purchases/{purchase.pk}/").content.decode()
    assert "data-slot" not in text  # the sample's detail page takes no subject, so the slot stays out


# --- forms


def test_form_creates_through_the_action(client: Client, supplier: Supplier) -> None:
    data = {"number": "PO-9", "supplier": str(supplier.pk), "state": "draft", "total": "1,5", "due": "2026-12-24"}
    refused = client.post("/sample/purchases/new/", data)
    assert refused.status_code == 422
    assert not Purchase.objects.exists()
    response = client.post("/sample/purchases/new/", {**data, "total": "1.5"})
    made = Purchase.objects.get()
    assert response["Location"] == f"/sample/purchases/{made.pk}/"
    assert (made.total, str(made.due)) == (15_000, "2026-12-24")


def test_form_shows_a_refusal_beside_its_field_and_keeps_the_typed(client: Client, purchase: Purchase) -> None:
    data = typed(purchase, number="PO-2", note="my words")
    Purchase.objects.create(number="PO-2", supplier=purchase.supplier, created=MOMENT)
    response = client.post("/sample/purchases/new/", data)
    text = response.content.decode()
    assert response.status_code == 422
    assert 'aria-invalid="true"' in text
    assert "my words" in text
    assert Purchase.objects.count() == 2


def test_form_shows_stored_values(client: Client, purchase: Purchase) -> None:
    text = client.get(f"/sample/purchases/{purchase.pk}/edit/").content.decode()
    assert 'value="1234.5"' in text
    assert 'name="version" value="1"' in text
    assert 'type="date"' in text


def test_edit_saves_and_counts_the_version(client: Client, purchase: Purchase) -> None:
    response = client.post(f"/sample/purchases/{purchase.pk}/edit/", typed(purchase, note="new"))
    assert response["Location"] == f"/sample/purchases/{purchase.pk}/"
    purchase.refresh_from_db()
    assert (purchase.note, purchase.version, purchase.total) == ("new", 2, 12_345_000)


def test_conflict_shows_both_versions_and_writes_nothing(client: Client, purchase: Purchase) -> None:
    Purchase.objects.update(note="theirs", state="closed", version=2)
    data = typed(purchase, note="mine", total="1")
    response = client.post(f"/sample/purchases/{purchase.pk}/edit/", data)
    assert response.status_code == 409
    assert [(item.name, item.mine, item.stored) for item in response.context["differences"]] == [
        ("state", "Sent", "Closed"),
        ("total", "1", "1234.5"),
        ("note", "mine", "theirs"),
    ]
    purchase.refresh_from_db()
    assert (purchase.note, purchase.total) == ("theirs", 12_345_000)


def test_conflict_is_settled_field_by_field(client: Client, purchase: Purchase) -> None:
    Purchase.objects.update(note="theirs", state="closed", version=2)
    url = f"/sample/purchases/{purchase.pk}/edit/"
    text = client.post(url, typed(purchase, note="mine", total="1")).content.decode()
    hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', text))
    assert hidden["version"] == "2"
    chosen = {"keep:note": "mine", "keep:state": "stored", "keep:total": "mine"}
    response = client.post(url, {**hidden, **chosen})
    assert response.status_code == 302
    purchase.refresh_from_db()
    assert (purchase.note, purchase.state, purchase.total, purchase.version) == ("mine", "closed", 10_000, 3)


def test_conflict_that_happens_again_shows_again(client: Client, purchase: Purchase) -> None:
    Purchase.objects.update(note="theirs", version=3)
    response = client.post(f"/sample/purchases/{purchase.pk}/edit/", {**typed(purchase, note="mine"), "version": "2"})
    assert response.status_code == 409


# --- actions


def test_action_asks_then_acts(client: Client, purchase: Purchase) -> None:
    url = f"/sample/purchases/{purchase.pk}/close/"
    asked = client.get(url).content.decode()
    assert "This cannot be undone." in asked
    assert client.post(url, {}).status_code == 422
    assert Purchase.objects.get().state == "sent"
    assert client.post(url, {"reason": "all here", "version": "1"}).status_code == 302
    assert Purchase.objects.get().state == "closed"


def test_action_refusal_comes_back_with_the_typed(client: Client, purchase: Purchase) -> None:
    Purchase.objects.update(state="draft")
    response = client.post(f"/sample/purchases/{purchase.pk}/close/", {"reason": "my words"})
    text = response.content.decode()
    assert response.status_code == 422
    assert "A draft cannot be closed" in text
    assert "my words" in text


def test_action_in_a_dialog_is_a_part(client: Client, purchase: Purchase) -> None:
    headers = {"HX-Request": "true", "HX-Target": "div#dialog-body"}
    text = client.get(f"/sample/purchases/{purchase.pk}/close/", headers=headers).content.decode()
    assert "<html" not in text
    assert f'action="/sample/purchases/{purchase.pk}/close/"' in text
