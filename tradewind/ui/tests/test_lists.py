"""Lists: state in the address, filters, cursor paging, bulk, export."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from tradewind.ui.pages import Ref
from tradewind.ui.pages.rows import draw_choices
from tradewind.ui.tests.room import MOMENT, Purchase, Supplier

LIST = "/sample/purchases/"


def make(supplier: Supplier, count: int, **values: Any) -> list[Purchase]:
    """Purchases PO-0000, PO-0001 … an hour apart."""
    rows = [
        Purchase(
            **{
                "number": f"PO-{place:04}",
                "supplier": supplier,
                "total": place * 10_000,
                "created": MOMENT + timedelta(hours=place),
                **values,
            }
        )
        for place in range(count)
    ]
    return Purchase.objects.bulk_create(rows)


def numbers(response: Any) -> list[str]:
    """The numbers on a list page, in order."""
    return [row.title for row in response.context["listing"].rows]


def test_list_shows_only_scoped_rows(client: Client, supplier: Supplier) -> None:
    make(supplier, 2)
    Purchase.objects.filter(number="PO-0001").update(hidden=True)
    response = client.get(LIST)
    assert response.status_code == 200
    assert numbers(response) == ["PO-0000"]
    assert "PO-0001" not in response.content.decode()


def test_list_without_rows_says_what_to_do_first(client: Client) -> None:
    text = client.get(LIST).content.decode()
    assert "Record the first purchase order" in text
    assert "/sample/purchases/new/" in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=po-000", ["PO-0002", "PO-0001", "PO-0000"]),
        ("q=PO-0001", ["PO-0001"]),
        ("state=sent", ["PO-0001"]),
        ("state=sent&state=draft", ["PO-0002", "PO-0001", "PO-0000"]),
        ("state=foreign", []),
        ("urgent=1", ["PO-0002"]),
        ("urgent=0", ["PO-0001", "PO-0000"]),
        ("total_min=1", ["PO-0002", "PO-0001"]),
        ("total_min=1&total_max=1.5", ["PO-0001"]),
        ("total_min=NaN", ["PO-0002", "PO-0001", "PO-0000"]),
        ("due_from=2026-12-01", ["PO-0002"]),
        ("due_to=2026-11-30", ["PO-0001"]),
        ("due_from=nonsense", ["PO-0002", "PO-0001", "PO-0000"]),
        ("supplier=999999", []),
        ("sort=number", ["PO-0000", "PO-0001", "PO-0002"]),
        ("sort=-total", ["PO-0002", "PO-0001", "PO-0000"]),
        ("sort=nonsense&cursor=nonsense&size=1", ["PO-0002", "PO-0001", "PO-0000"]),
    ],
)
def test_list_filter_and_sort(client: Client, supplier: Supplier, query: str, found: list[str]) -> None:
    make(supplier, 3)
    Purchase.objects.filter(number="PO-0001").update(state="sent", due=date(2026, 11, 30))
    Purchase.objects.filter(number="PO-0002").update(urgent=True, due=date(2026, 12, 1))
    assert numbers(client.get(f"{LIST}?{query}")) == found


def test_day_filter_on_a_moment_uses_the_readers_days(client: Client, supplier: Supplier) -> None:
    make(supplier, 1, created=datetime(2026, 11, 23, 20, 30, tzinfo=UTC))
    there = {"X-Zone": "Asia/Shanghai"}
    assert numbers(client.get(f"{LIST}?created_from=2026-11-24", headers=there)) == ["PO-0000"]
    assert numbers(client.get(f"{LIST}?created_from=2026-11-24", headers={"X-Zone": "Europe/Berlin"})) == []


@pytest.mark.parametrize("sort", ["number", "-number", "due", "-due", "supplier", "-supplier", "-created", "total"])
def test_cursor_walks_every_row_once_both_ways(client: Client, supplier: Supplier, sort: str) -> None:
    other = Supplier.objects.create(name="Aria")
    rows = make(supplier, 60)
    Purchase.objects.filter(pk__in=[row.pk for row in rows[::3]]).update(due=date(2026, 11, 1), supplier=other, total=7)
    Purchase.objects.filter(pk__in=[row.pk for row in rows[1::3]]).update(due=date(2026, 12, 1))
    url, pages = f"{LIST}?size=25&sort={sort}", []
    while url:
        response = client.get(url)
        pages.append(numbers(response))
        url = response.context["listing"].next_url
    walked = [number for page in pages for number in page]
    assert len(walked) == len(set(walked)) == 60
    assert [len(page) for page in pages] == [25, 25, 10]
    back = [pages[-1]]
    url = response.context["listing"].previous_url
    while url:
        response = client.get(url)
        back.insert(0, numbers(response))
        url = response.context["listing"].previous_url
    assert back == pages


def test_list_costs_the_same_queries_with_3_rows_and_300(client: Client, supplier: Supplier) -> None:
    make(supplier, 3)
    client.get(LIST)
    with CaptureQueriesContext(connection) as few:
        client.get(f"{LIST}?size=200")
    Purchase.objects.all().delete()
    make(supplier, 300)
    with CaptureQueriesContext(connection) as many:
        client.get(f"{LIST}?size=200")
    # One more on the first page of several: the capped count.
    assert len(many) - len(few) <= 1
    assert len(many) <= 4


def test_count_stops_at_ten_thousand(client: Client, supplier: Supplier) -> None:
    rows = [Purchase(number=f"N{place}", supplier=supplier, created=MOMENT) for place in range(10_050)]
    Purchase.objects.bulk_create(rows, batch_size=2000)
    assert "more than 10,000" in client.get(LIST).content.decode()


def test_part_answers_the_list_alone(client: Client, supplier: Supplier) -> None:
    make(supplier, 1)
    response = client.get(LIST, headers={"HX-Request": "true", "HX-Target": "div#list"})
    text = response.content.decode()
    assert "PO-0000" in text
    assert "<html" not in text
    assert "HX-Request" in response["Vary"]


def test_columns_follow_the_address(client: Client, supplier: Supplier) -> None:
    make(supplier, 1, note="fragile")
    assert "fragile" not in client.get(LIST).content.decode()
    response = client.get(f"{LIST}?cols=number,note,unknown")
    assert "fragile" in response.content.decode()
    assert [col.name for col in response.context["listing"].columns] == ["number", "note"]


def test_options_of_a_reference_filter(client: Client, supplier: Supplier) -> None:
    Supplier.objects.create(name="Aria")
    answer = client.get(f"{LIST}options/?filter=supplier&q=textil").json()
    assert [row["text"] for row in answer["rows"]] == ["信风 Textiles"]
    assert client.get(f"{LIST}options/?filter=state").status_code == 404


def test_many_options_are_asked_for_and_not_listed(client: Client, supplier: Supplier) -> None:
    Supplier.objects.bulk_create([Supplier(name=f"S{place}") for place in range(250)])
    text = client.get(LIST).content.decode()
    assert "S249" not in text
    assert "/sample/purchases/options/?filter=supplier" in text


# --- bulk


def test_bulk_runs_row_by_row_and_names_the_refused(client: Client, supplier: Supplier) -> None:
    rows = make(supplier, 3, state="sent")
    Purchase.objects.filter(pk=rows[0].pk).update(state="draft")
    Purchase.objects.filter(pk=rows[2].pk).update(hidden=True)
    data = {"action": "sample.close_purchase", "pk": [row.pk for row in rows], "back": f"{LIST}?state=sent"}
    response = client.post(f"{LIST}bulk/", data)
    assert response["Location"] == f"{LIST}?state=sent"
    states = dict(Purchase.objects.values_list("number", "state"))
    assert states == {"PO-0000": "draft", "PO-0001": "closed", "PO-0002": "sent"}
    text = client.get(LIST).content.decode()
    assert "1 done" in text
    assert "PO-0000: A draft cannot be closed" in text


def test_bulk_without_the_right_changes_nothing(client: Client, supplier: Supplier) -> None:
    rows = make(supplier, 1, state="sent")
    data = {"action": "sample.close_purchase", "pk": [rows[0].pk]}
    response = client.post(f"{LIST}bulk/", data, headers={"X-Codes": "sample.view"})
    assert response.status_code == 403
    assert Purchase.objects.get().state == "sent"


def test_bulk_goes_back_to_no_other_site(client: Client, supplier: Supplier) -> None:
    data = {"action": "sample.close_purchase", "back": "https://elsewhere.example/"}
    assert client.post(f"{LIST}bulk/", data)["Location"] == LIST


# --- export

EXPORTED: list[tuple[str, int]] = []


def note(request: Any, page: Any, count: int) -> None:
    """The export hook of the test settings."""
    EXPORTED.append((page.name, count))


def sent(response: Any) -> bytes:
    """The bytes of a streamed answer."""
    return b"".join(response.streaming_content)


def read_csv(response: Any) -> list[list[str]]:
    """The rows of a streamed CSV."""
    text = sent(response).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_csv_holds_exactly_what_is_shown(client: Client, supplier: Supplier, settings: LazySettings) -> None:
    settings.UI_HOOKS = {"on_export": "tradewind.ui.tests.test_lists.note"}
    EXPORTED.clear()
    make(supplier, 60, state="sent")
    Purchase.objects.filter(number="PO-0003").update(state="draft")
    query = "state=sent&sort=number&cols=number,total,created"
    rows = read_csv(client.get(f"{LIST}export/csv/?{query}"))
    assert rows[0] == ["Number", "Total", "Total currency", "Created"]
    assert rows[4] == ["PO-0004", "4.00", "EUR", "2026-11-24T08:30:00+08:00"]
    assert len(rows) == 60
    assert EXPORTED == [("purchase-list", 59)]


def test_export_is_safe_to_open_in_a_spreadsheet(client: Client, supplier: Supplier) -> None:
    for place, text in enumerate(["=1+1", "+1", "-1", "@x", "\t=1", "＝1", "plain"]):
        Purchase.objects.create(number=f"P{place}", supplier=supplier, created=MOMENT, note=text)
    rows = read_csv(client.get(f"{LIST}export/csv/?sort=number&cols=note"))
    assert [row[0][0] for row in rows[1:7]] == ["'"] * 6
    assert rows[7] == ["plain"]
    response = client.get(f"{LIST}export/xlsx/?sort=number&cols=note")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(sent(response))).get_sheet_by_index(0)
    assert [str(row[0])[0] for row in sheet.to_python()[1:7]] == ["'"] * 6


def test_xlsx_keeps_numbers_and_days(client: Client, supplier: Supplier) -> None:
    make(supplier, 2, due=date(2026, 12, 1))
    response = client.get(f"{LIST}export/xlsx/?sort=number&cols=number,total,due")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(sent(response))).get_sheet_by_index(0)
    rows = sheet.to_python()
    assert rows[0] == ["Number", "Total", "Total currency", "Due"]
    assert rows[2] == ["PO-0001", 1.0, "EUR", date(2026, 12, 1)]


def test_export_needs_the_right_and_a_known_kind(client: Client) -> None:
    assert client.get(f"{LIST}export/csv/", headers={"X-Codes": "other"}).status_code == 403
    assert client.get(f"{LIST}export/pdf/").status_code == 404


def test_choices_are_drawn_with_their_words_escaped() -> None:
    drawn = draw_choices('a"b', [("x<y", "Tom & <b>", False), ("2", "two", True)])
    assert drawn == (
        '<label class="menu-item"><input class="form-check-input" type="checkbox" name="a&quot;b" value="x&lt;y">'
        "Tom &amp; &lt;b&gt;</label>"
        '<label class="menu-item"><input class="form-check-input" type="checkbox" name="a&quot;b" value="2" checked>two</label>'
    )


def test_options_stand_in_the_page_while_they_are_few(rf: RequestFactory, supplier: Supplier) -> None:
    Supplier.objects.bulk_create(Supplier(name=f"S{n:03}") for n in range(199))
    item = Ref("supplier", "Supplier", lambda request: Supplier.objects.order_by("name"))
    request = rf.get("/")
    few = item.control(None, request)
    assert (few["remote"], len(few["options"])) == (False, 200)
    more = Supplier.objects.create(name="One more")
    for _ in range(2):  # also where it is known to be long
        many = item.control([more.pk], request)
        assert (many["remote"], [key for key, _label, _chosen in many["options"]]) == (True, [str(more.pk)])
    more.delete()
    again = item.control(None, request)
    assert (again["remote"], len(again["options"])) == (False, 200)
