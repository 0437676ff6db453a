import re

from tradewind.base.outline import AREAS, CADENCES, PRACTICES


def test_outline_is_twelve_areas_of_eight() -> None:
    assert list(AREAS) == [
        "structure", "culture", "remote", "compliance", "performance", "risk",
        "learning", "finance", "supply", "market", "customers", "innovation",
    ]  # fmt: skip
    assert len(PRACTICES) == 96
    for area in AREAS.values():
        assert len(area.groups) == 2
        assert [len(group.themes) for group in area.groups] == [2, 2]
        assert len(area.practices) == 8
        assert {leaf.area for leaf in area.practices} == {area.id}


def test_every_text_is_in_both_languages() -> None:
    texts = [area.label for area in AREAS.values()]
    for leaf in PRACTICES.values():
        texts += [leaf.label, leaf.group, leaf.theme, leaf.means, leaf.start]
    for text in texts:
        assert set(text) == {"en", "zh-hans"}
        assert text["en"].isascii(), text
        assert re.search("[\u4e00-\u9fff]", text["zh-hans"]), text


def test_texts_are_each_leafs_own() -> None:
    for lang in ("en", "zh-hans"):
        for field in ("label", "means", "start"):
            assert len({getattr(leaf, field)[lang] for leaf in PRACTICES.values()}) == 96, (lang, field)


def test_practices_keep_the_order_of_their_areas() -> None:
    assert list(PRACTICES) == [leaf.id for area in AREAS.values() for leaf in area.practices]
    assert next(iter(PRACTICES)) == "structure.targets"
    assert list(PRACTICES)[-1] == "innovation.decisions"
    assert {leaf.every for leaf in PRACTICES.values()} <= set(CADENCES)


def test_known_leaf_reads_as_in_the_outline() -> None:
    leaf = PRACTICES["supply.software"]
    assert leaf.label.text("en") == "Up-to-date supply-chain software"
    assert leaf.label.text("zh-hans") == "采用最新的供应链管理软件"
    assert leaf.theme.text("en") == "Better technology"
    assert leaf.group.text("zh-hans") == "确保供应链的灵活性和适应性"
