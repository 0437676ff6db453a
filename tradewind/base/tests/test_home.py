import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tradewind.base.home import home, secret


def test_home_is_made_for_its_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRADEWIND_HOME", str(tmp_path / "deep" / "home"))
    assert home() == tmp_path / "deep" / "home"
    assert stat.S_IMODE(home().stat().st_mode) == 0o700


def test_home_falls_back_to_the_users_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRADEWIND_HOME", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert home() == tmp_path / "tradewind"


def test_secret_is_made_once_and_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRADEWIND_HOME", str(tmp_path / "home"))
    with ThreadPoolExecutor(8) as pool:
        values = set(pool.map(secret, ["django"] * 16))
    assert len(values) == 1
    assert len(values.pop()) == 64
    assert secret("django") != secret("other")
    assert stat.S_IMODE((tmp_path / "home" / "keys" / "django.key").stat().st_mode) == 0o600
