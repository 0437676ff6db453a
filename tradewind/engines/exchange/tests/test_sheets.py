"""Tables that are no orders: columns found, guessed, said and kept; bad rows told by line; nothing changed before it is asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tradewind.base.errors import NotAllowed, Refused
from tradewind.engines.access.scope import Scope
from tradewind.engines.exchange.models import SheetBatch, SheetLayout
from tradewind.engines.exchange.sheets import flow
from tradewind.engines.exchange.sheets.kinds import (
    DAY,
    MONEY,
    NUMBER,
    SHEETS,
    Column,
    Fault,
    Layout,
    Left,
    Load,
    Option,
    Outcome,
    Sheet,
    Values,
)
from tradewind.engines.exchange.sheets.reading import read
from tradewind.nouns.org.models import Market, Person

pytestmark = pytest.mark.django_db


class TakeMarkets:
    """Takes rows as markets, of a name each."""

    code = "market.save_market"

    def __call__(self, by: Person | None, /, *, load: Load) -> Outcome:
        return self.system(load=load)

    def system(self, *, load: Load) -> Outcome:
        new = 0
        for row in load.rows:
            _one, made = Market.objects.get_or_create(code=row.values["name"], defaults={"name": {"en": "M"}})
            new += made
        return Outcome(new, 0, len(load.rows) - new, {"EUR": sum(row.values["amount"] for row in load.rows)})


def check(values: Values, options: Any) -> Values:
    if values["name"] == "bad":
        raise Fault("name", "No name.")
    if values["name"] == "void":
        raise Left("Nothing.")
    return values


@pytest.fixture
def sheet() -> Iterator[Sheet]:
    made = Sheet(
        "tests.sheet", "Test", "Test", (
            Column("name", "Name", names=("naam",)), Column("day", "Day", DAY, ("date",)),
            Column("amount", "Amount", MONEY, ("betrag", "cost")), Column("factor", "Factor", NUMBER),
        ),
        TakeMarkets(), "exchange.view_imports", (("name",), ("amount",)), lambda _load: Scope(),
        layouts=(Layout("known", "Known", ("Kennung", "Summe"), {"name": "Kennung", "amount": "Summe"}, number="1.234,56"),),
        options=(Option("side", "Side", lambda _person: [("a", "A"), ("b", "B")]), Option("quick", "Quick", yes=True)),
        check=check,
    )  # fmt: skip
    SHEETS[made.code] = made
    yield made
    del SHEETS[made.code]


def opened(sheet: Sheet, text: str | bytes, **more: Any) -> SheetBatch:
    content = text if isinstance(text, bytes) else text.encode()
    batch = flow.open_sheet(None, sheet, name="file.csv", content=[content], options=more.pop("options", {}), **more)
    return flow.try_out(batch, None)


def test_a_trial_tells_all_and_changes_nothing(sheet: Sheet) -> None:
    batch = opened(
        sheet, "Naam;Date;Cost\nx1;2026-03-01;1,50\nbad;2026-03-01;2,50\nx2;31.31.2026;9\nvoid;;1\nx3;;12,345678\n"
    )
    assert (batch.state, Market.objects.count()) == ("ready", 0)
    told = flow.answer(batch)
    assert (told["rows"], told["new"], told["left"], told["totals"]) == (5, 1, 1, {"EUR": "1.50"})
    assert [(one["line"], one["column"]) for one in told["rejected"]] == [(3, "Naam"), (4, "Date"), (6, "Cost")]
    assert told["left_out"][0]["line"] == 5


def test_taking_twice_changes_nothing_the_second_time(sheet: Sheet) -> None:
    text = "name,amount\nx1,1.50\nx2,2\n"
    first = flow.take_sheet.system(opened(sheet, text))
    assert (first.state, first.counts["new"], Market.objects.count()) == ("done", 2, 2)
    again = flow.take_sheet.system(opened(sheet, text))
    assert (again.counts["new"], again.counts["same"], Market.objects.count()) == (0, 2, 2)
    with pytest.raises(Refused):
        flow.take_sheet.system(again)


def test_a_strict_batch_with_refused_rows_takes_nothing(sheet: Sheet) -> None:
    batch = opened(sheet, "name,amount\nx1,1.50\nbad,2\n", strict=True)
    with pytest.raises(Refused):
        flow.take_sheet.system(batch)
    assert (SheetBatch.objects.get().state, Market.objects.count()) == ("ready", 0)


def test_a_known_layout_is_found_below_a_preamble_in_any_encoding(sheet: Sheet) -> None:
    batch = opened(sheet, "Auszug für März\n\nKennung;Summe;Mehr\nx1;1.234,50;ü\n".encode("cp1252"))
    assert (batch.state, batch.totals, batch.counts["layout"]) == ("ready", {"EUR": "1234.50"}, "Known")


def test_unknown_columns_wait_for_a_person_and_are_kept_for_the_next_file(sheet: Sheet) -> None:
    text = "who,how much,when\nx1,5.00,03/04/2026\n"
    batch = opened(sheet, text)
    assert (batch.state, batch.header) == ("new", ["who", "how much", "when"])
    with pytest.raises(Refused) as refused:
        flow.map_sheet.system(batch, spec={"columns": {"name": "who"}})
    assert set(refused.value.fields) == {"amount"}
    spec = {"columns": {"name": "who", "amount": "how much", "day": "when"}, "date": "dmy"}
    flow.map_sheet.system(batch, spec=spec, keep_as="ours")
    assert (batch.state, batch.counts["new"]) == ("ready", 1)
    kept = opened(sheet, text, layout="ours")
    assert (kept.state, kept.layout, kept.spec["date"]) == ("ready", SheetLayout.objects.get(), "dmy")


def test_dates_that_read_two_ways_wait_for_a_person(sheet: Sheet) -> None:
    batch = opened(sheet, "name,amount,day\nx1,1,03/04/2026\n")
    assert batch.state == "new"
    assert "day/month" in batch.error
    assert opened(sheet, "name,amount,day\nx1,1,03/04/2026\nx2,1,03/14/2026\n").state == "ready"


def test_constants_stand_for_columns(sheet: Sheet) -> None:
    batch = opened(sheet, "name\nx1\n")
    flow.map_sheet.system(batch, spec={"columns": {"name": "name"}, "constants": {"amount": "2.5"}})
    assert batch.totals == {"EUR": "2.50"}


@pytest.mark.parametrize(
    ("spec", "place"),
    [
        ({"columns": {"name": "who", "love": "x"}}, "love"),
        ({"columns": {"name": "who", "amount": "how much"}, "date": "soon"}, "date"),
        ({"columns": {"name": "who", "amount": "how much"}, "number": "1"}, "number"),
        ({"columns": "all"}, "columns"),
        ({"columns": {"name": "who"}, "file": {"sheet": 3}}, "sheet"),
        ({"code": "import os"}, "code"),
    ],
)
def test_a_spec_that_is_not_one_is_refused_and_changes_nothing(sheet: Sheet, spec: dict[str, Any], place: str) -> None:
    batch = opened(sheet, "who,how much\nx1,1\n")
    before = SheetBatch.objects.values().get()
    with pytest.raises(Refused) as refused:
        flow.map_sheet.system(batch, spec=spec)
    assert place in refused.value.fields
    assert SheetBatch.objects.values().get() == before


@pytest.mark.parametrize(("options", "place"), [({"side": "c"}, "side"), ({"love": "1"}, "love")])
def test_answers_beside_the_file_that_do_not_exist_keep_nothing(
    sheet: Sheet, options: dict[str, str], place: str
) -> None:
    with pytest.raises(Refused) as refused:
        opened(sheet, "name,amount\nx1,1\n", options=options)
    assert (place in refused.value.fields, SheetBatch.objects.count()) == (True, 0)


def test_who_may_not_take_such_rows_keeps_no_file(sheet: Sheet) -> None:
    stranger = Person.objects.create(key="P-1", name="Ann")
    with pytest.raises(NotAllowed):
        flow.open_sheet(stranger, sheet, name="x.csv", content=[b"name,amount\n"], options={})
    assert not SheetBatch.objects.exists()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b'name,amount\n"x1,1\n'])
def test_a_file_that_cannot_be_read_fails_with_its_reason(sheet: Sheet, content: bytes) -> None:
    batch = opened(sheet, content)
    assert (batch.state in ("failed", "new"), bool(batch.error), Market.objects.count()) == (True, True, 0)


def test_kinds_of_cells_are_exact(sheet: Sheet, tmp_path: Path) -> None:
    load = Load("x", {})
    path = tmp_path / "x.csv"
    path.write_text("name,amount,day,factor\nx1,0.0001,2026-02-28,1.23456789\n")
    read(path, sheet, load)
    assert load.rows[0].values == {"name": "x1", "amount": 1, "day": date(2026, 2, 28), "factor": Decimal("1.23456789")}
