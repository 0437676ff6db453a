import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewind.base.text import fold, grams, query_grams

HAN = st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=20)
MIXED = st.text(alphabet="跨境电商店铺回款Aéß 9-_、。のば한글", max_size=40)


def found(query: str, text: str) -> bool:
    held = set(grams(text).split())
    wanted = query_grams(query)
    return bool(wanted) and all(gram in held for gram in wanted)


@given(HAN, st.data())
def test_any_part_of_a_chinese_text_is_found(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    assert found(text[start:end], text)
    assert found(text[start:end], f"SKU-{text}，red")


@given(MIXED)
def test_grams_hold_no_space_or_mark_and_are_stable(text: str) -> None:
    for gram in query_grams(text):
        assert gram.isalnum()
        assert gram == fold(gram)
    assert set(query_grams(text)) <= set(grams(text).split())
    assert query_grams(fold(text)) == query_grams(text)


@pytest.mark.parametrize(
    ("query", "text"),
    [("cafe", "Café Zürich"), ("ZURICH", "Café Zürich"), ("strasse", "Straße 5"), ("Ørsted", "orsted"),
     ("电商", "跨境电商平台"), ("店", "我的店铺"), ("iphone15", "ｉＰｈｏｎｅ１５ 保护壳"), ("lodz", "Łódź"),
     ("istanbul", "İSTANBUL"), ("ばら", "ばらの花")],
)  # fmt: skip
def test_found_whatever_case_accent_or_width(query: str, text: str) -> None:
    assert found(query, text)


@pytest.mark.parametrize(
    ("query", "text"), [("境商", "跨境电商"), ("はら", "ばらの花"), ("caf", "café"), ("", "x"), ("!?", "x")]
)
def test_not_found(query: str, text: str) -> None:
    assert not found(query, text)


def test_grams_in_order() -> None:
    assert query_grams("跨境电商 Amazon-US 店") == ["跨境", "境电", "电商", "amazon", "us", "店"]
