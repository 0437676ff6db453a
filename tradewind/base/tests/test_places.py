import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewind.base import clock
from tradewind.base.money import CURRENCIES
from tradewind.base.places import COUNTRIES, DATA, EU, facts_meta, find_country, normal_name, seasons


def test_table_is_all_of_iso() -> None:
    assert len(COUNTRIES) == 249
    assert len({country.alpha3 for country in COUNTRIES.values()}) == 249
    assert set(COUNTRIES) > EU
    assert len(EU) == 27


def test_every_country_names_known_currency_zones_and_languages() -> None:
    for code, country in COUNTRIES.items():
        assert set(country.name) == {"en", "zh-hans"}, code
        assert country.currency in CURRENCIES or code == "AQ", code
        assert country.zones or code in {"BV", "HM"}, code
        assert country.weekend, code
        for name in country.zones:
            clock.zone(name)


def test_namibia_is_a_country_and_not_a_missing_value() -> None:
    assert COUNTRIES["NA"].name.text("en") == "Namibia"
    assert (COUNTRIES["NA"].currency, COUNTRIES["NA"].alpha3) == ("NAD", "NAM")
    assert find_country("NA") == find_country("na ") == find_country("纳米比亚") == "NA"


@pytest.mark.parametrize(
    ("code", "weekend"),
    [("DE", {5, 6}), ("BD", {4, 5}), ("SA", {4, 5}), ("AE", {5, 6}), ("IR", {4}), ("IN", {5, 6}), ("IL", {4, 5})],
)
def test_weekend_of_country(code: str, weekend: set[int]) -> None:
    assert COUNTRIES[code].weekend == weekend


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("UK", "GB"), ("U.K.", "GB"), ("Great Britain", "GB"), ("GBR", "GB"), ("英国", "GB"), ("united kingdom", "GB"),
        ("USA", "US"), ("U.S.A.", "US"), ("United States of America", "US"), ("美国", "US"), ("Estados Unidos", "US"),
        ("Deutschland", "DE"), ("德国", "DE"), ("GERMANY", "DE"), ("Allemagne", "DE"), ("ドイツ", "DE"),
        ("U.A.E.", "AE"), ("United Arab Emirates", "AE"), ("阿联酋", "AE"), ("Korea", "KR"), ("Korea, Republic of", "KR"),
        ("韩国", "KR"), ("대한민국", "KR"), ("Viet Nam", "VN"), ("Việt Nam", "VN"), ("Vietnam", "VN"), ("Cote d'Ivoire", "CI"),
        ("Côte d’Ivoire", "CI"), ("The Netherlands", "NL"), ("Holland", "NL"), ("Czech Republic", "CZ"), ("Türkiye", "TR"),
        ("Turkey", "TR"), ("Hong Kong", "HK"), ("中国香港", "HK"), ("台湾", "TW"), ("中国", "CN"), ("Russia", "RU"),
        ("Iran (Islamic Republic of)", "IR"), ("Österreich", "AT"), ("España", "ES"), ("Sverige", "SE"), ("Schweiz", "CH"),
        ("日本", "JP"), ("Niger", "NE"), ("Nigeria", "NG"), ("Ireland", "IE"), ("South Africa", "ZA"), ("EL", "GR"),
        ("Guernsey", "GG"), ("Jersey", "JE"), ("Bahrain", "BH"), ("  france ", "FR"), ("Bosnia & Herzegovina", "BA"),
    ],
)  # fmt: skip
def test_find_country_known_word(text: str, code: str) -> None:
    assert find_country(text) == code


@pytest.mark.parametrize(
    "text",
    ["EIRE", "Éire", "RSA", "Channel Islands", "European Community", "Unspecified", "Congo", "Kongo", "Virgin Islands", "EU",
     "Kosovo", "XX", "N/A", "", "   ", "?", "Other", "Canary Islands", "America", None],
)  # fmt: skip
def test_find_country_leaves_the_doubtful_to_a_person(text: str | None) -> None:
    assert find_country(text) is None


@given(st.sampled_from(sorted(COUNTRIES)), st.sampled_from(["code", "alpha3", "en", "zh-hans"]))
def test_find_country_reads_every_own_code_and_name(code: str, form: str) -> None:
    country = COUNTRIES[code]
    text = country.name[form] if form in country.name else getattr(country, form)
    assert find_country(text) == code
    assert find_country(f" {text.lower()}. ") == code


def test_names_file_is_in_the_form_that_is_looked_up() -> None:
    with (DATA / "country_names.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["code"]: row["names"].split("|") for row in csv.DictReader(file)}
    names = [name for found in rows.values() for name in found]
    assert len(names) == len(set(names))
    assert [name for name in names if normal_name(name) != name] == []


def test_facts_keep_confidence_and_date() -> None:
    told = [country for country in COUNTRIES.values() if country.facts]
    assert len(told) == 40
    assert COUNTRIES["FR"].facts["labour"]["right_to_disconnect"]["status"] == "law"
    assert all(set(country.confidence) == {"labour", "indirect_tax", "import_low_value"} for country in told)
    assert not COUNTRIES["AQ"].facts
    assert facts_meta()["as_of"] == "2026-11-23"
    assert facts_meta()["disclaimer"]["zh-hans"]


def test_seasons_of_a_country_in_order() -> None:
    everywhere, japan = seasons(), seasons("JP")
    assert len(everywhere) == 42
    assert [one.start for one in everywhere] == sorted(one.start for one in everywhere)
    assert {one.name.text("en") for one in japan} >= {"Black Friday", "Year-end closure Japan"}
    assert "Sinterklaas" not in {one.name.text("en") for one in japan}
