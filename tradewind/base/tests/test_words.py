import pytest
from django.utils.translation import override

from tradewind.base.words import LocalText

NAME = LocalText({"en": "Germany", "zh-Hans": "德国", "de": "Deutschland"})


@pytest.mark.parametrize(
    ("lang", "text"),
    [("en", "Germany"), ("en-GB", "Germany"), ("zh-hans", "德国"), ("zh_Hans_CN", "德国"), ("zh-cn", "德国"),
     ("zh", "德国"), ("de-AT", "Deutschland"), ("fr", "Germany")],
)  # fmt: skip
def test_text_falls_back_to_the_nearest_language(lang: str, text: str) -> None:
    assert NAME.text(lang) == text


def test_text_without_english_gives_any() -> None:
    assert LocalText({"ja": "ドイツ"}).text("fr") == "ドイツ"
    assert LocalText().text("en") == ""
    assert LocalText({"en": "", "zh-hans": "有"}).text("en") == "有"


def test_str_uses_the_active_language() -> None:
    with override("zh-hans"):
        assert f"{NAME}" == "德国"
    with override("en"):
        assert str(NAME) == "Germany"


def test_is_a_value() -> None:
    assert LocalText(en="A", zh_hans="甲") == LocalText({"zh-hans": "甲", "en": "A"}) == {"en": "A", "zh-hans": "甲"}
    assert hash(LocalText(en="A")) == hash(LocalText("A"))
    assert NAME["ZH-HANS"] == "德国"
    assert dict(LocalText(NAME)) == NAME.to_json()
