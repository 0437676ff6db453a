from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection

from tradewind.base.errors import Refused
from tradewind.base.fields import EncryptedJSONField, EncryptedTextField, LocalTextField, UnitsField
from tradewind.base.words import LocalText


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRADEWIND_HOME", str(tmp_path / "home"))


@pytest.mark.parametrize("value", [Decimal("12.50"), 12.5, "12", True])
def test_units_field_refuses_an_amount(value: object) -> None:
    with pytest.raises(TypeError):
        UnitsField().get_prep_value(value)
    assert UnitsField().get_prep_value(125_000) == 125_000
    assert UnitsField(null=True).get_prep_value(None) is None


def test_encrypted_text_is_unreadable_in_the_store() -> None:
    field = EncryptedTextField()
    stored = field.get_prep_value("DE89 3704 0044 0532 0130 00")
    assert "3704" not in stored
    assert field.from_db_value(stored, None, connection) == "DE89 3704 0044 0532 0130 00"
    assert field.get_prep_value("") == ""
    assert field.private
    with pytest.raises(Refused):
        field.from_db_value(stored[:-4] + "AAAA", None, connection)


def test_encrypted_structure_round_trip() -> None:
    field = EncryptedJSONField()
    value = {"secret": "口令", "list": [1, None]}
    stored = field.get_prep_value(value)
    assert "口令" not in stored
    assert field.from_db_value(stored, None, connection) == value
    assert field.from_db_value("", None, connection) == {}


def test_local_text_is_read_as_such() -> None:
    field = LocalTextField()
    assert field.get_prep_value(LocalText(en="Map", zh_hans="地图")) == {"en": "Map", "zh-hans": "地图"}
    read = field.from_db_value('{"en": "Map", "zh-hans": "地图"}', None, connection)
    assert isinstance(read, LocalText)
    assert read.text("zh-hans") == "地图"
