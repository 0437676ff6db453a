"""Charts as data: stable colours, at most seven series, exact texts, a table of everything."""

import json
from dataclasses import replace
from decimal import Decimal

from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from tradewind.ui.charts import COLOURS, Chart, Series, colour_of, spark


def chart(count: int, *, additive: bool = True) -> Chart:
    """A chart of so many markets over two months."""
    series = [
        Series(f"market:{n}", f"M{n}", [Decimal(n), Decimal(n * 2)], urls=[f"/{n}/a", f"/{n}/b"]) for n in range(count)
    ]
    return Chart("Net revenue", ["2026-10", "2026-11"], series, unit="money", currency="CNY", additive=additive)


def test_seven_series_stand_and_the_rest_is_other() -> None:
    many = chart(10)
    assert [item.label for item in many.shown] == ["M3", "M4", "M5", "M6", "M7", "M8", "M9", "Other (3)"]
    assert many.shown[-1].values == [Decimal(3), Decimal(6)]
    drawn = sum(sum(v for v in item.values if v is not None) for item in many.shown)
    assert drawn == sum(n * 3 for n in range(10))


def test_ratios_are_not_added_up() -> None:
    ratios = chart(9, additive=False)
    assert len(ratios.shown) == 7
    assert ratios.dropped == 2


def test_table_holds_every_series_with_exact_words_and_links() -> None:
    rows = chart(10).table()
    assert [name for name, _values in rows] == ["2026-10", "2026-11"]
    assert rows[1][1][9] == ("¥18.00", "/9/b")
    assert len(rows[0][1]) == 10


def test_same_market_has_the_same_colour_on_every_chart() -> None:
    all_of_them = colour_of([f"market:{n}" for n in range(COLOURS)])
    for n in range(COLOURS):
        assert colour_of([f"market:{n}"]) == {f"market:{n}": all_of_them[f"market:{n}"]}


@given(st.lists(st.text(min_size=1, max_size=8), unique=True, max_size=8))
def test_no_two_series_of_a_chart_share_a_colour(keys: list[str]) -> None:
    found = [place for key, place in colour_of(keys).items() if key != "other"]
    assert len(set(found)) == len(found)


def test_gaps_stay_gaps() -> None:
    data = Chart("Rate", ["a", "b"], [Series("x", "X", [None, Decimal("0.5")])], unit="percent").data()
    assert data["series"][0]["values"] == [None, 0.5]
    assert data["series"][0]["texts"] == ["–", "50 %"]
    assert spark([None, 1]) == ""


def test_names_cannot_break_out_of_the_data_block() -> None:
    evil = Chart("</script><script>alert(1)</script>", ["a"], [Series("x", "<b>&", [1])])
    html = Template("{% load ui %}{% chart_script chart %}").render(Context({"chart": evil}))
    assert html.count("</script>") == 1
    data = json.loads(html.split(">", 1)[1].rsplit("</script>", 1)[0])
    assert data["title"] == "</script><script>alert(1)</script>"
    assert data["series"][0]["label"] == "<b>&"


def test_bounds_are_told_as_one_band_where_both_are_drawn() -> None:
    """The browser draws an area between them; a chart that lacks one has none."""
    low, high = Series("low", "Low", [Decimal(1)]), Series("high", "High", [Decimal(3)])
    chart = Chart(
        "Net", ["a"], [Series("net", "Net", [Decimal(2)]), low, high], band=("low", "high"), band_label="Between"
    )
    assert chart.data()["band"] == {"label": "Between", "low": 1, "high": 2}
    assert replace(chart, series=[low]).data()["band"] is None
