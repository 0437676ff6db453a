"""The ground every test stands on: a data folder of its own, one clean environment, shared fixtures.

Loaded by `-p tests.plugin` before Django's settings are read, so that no test can touch a person's data folder.
"""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
HOME = Path(tempfile.mkdtemp(prefix=f"tradewind-test-{WORKER}-"))

gc.disable()  # until all is loaded: what stays need not be searched for garbage, then or by any test

os.environ["TRADEWIND_ENV"] = "test"
os.environ["TRADEWIND_HOME"] = str(HOME)
os.environ.setdefault("LANGUAGE_CODE", "en")

hypothesis_settings.register_profile(
    "house", deadline=None, max_examples=60, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("house")


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Give the browser lane a store in a file: the many requests of one page lock a store in memory against each other."""
    if "browser" not in (config.getoption("markexpr", "") or ""):
        return
    from django.conf import settings

    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = str(HOME / "browser.sqlite3")


def pytest_collection_finish() -> None:
    """Look for garbage from now on, and only among what tests make."""
    gc.freeze()
    gc.enable()


def pytest_unconfigure() -> None:
    """Remove this process's data folder."""
    shutil.rmtree(HOME, ignore_errors=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what this store or machine cannot run, each with its reason; keep browser tests to their own lane."""
    on_postgres = os.environ.get("DATABASE_URL", "").startswith("postgres")
    browser_lane = "browser" in (config.getoption("markexpr") or "")
    walks = on_postgres or "walk" in (config.getoption("markexpr") or "")
    for item in items:
        if item.get_closest_marker("postgres") and not on_postgres:
            item.add_marker(pytest.mark.skip(reason="needs PostgreSQL as the store"))
        if item.get_closest_marker("sqlite") and on_postgres:
            item.add_marker(pytest.mark.skip(reason="needs SQLite as the store"))
        if item.get_closest_marker("browser") and not browser_lane:
            item.add_marker(pytest.mark.skip(reason="belongs to the browser lane"))
        if item.get_closest_marker("walk") and not walks:
            item.add_marker(pytest.mark.skip(reason="runs in make check and on PostgreSQL"))
        if item.get_closest_marker("data") and not data_folder():
            item.add_marker(pytest.mark.skip(reason="TRADEWIND_DATA names no folder of real data sets"))


def data_folder() -> Path | None:
    """The folder of real data sets, or None when this machine has none."""
    named = os.environ.get("TRADEWIND_DATA", "")
    return Path(named) if named and Path(named).is_dir() else None


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real data sets named by TRADEWIND_DATA; the test is skipped without one."""
    folder = data_folder()
    if folder is None:
        pytest.skip("TRADEWIND_DATA names no folder of real data sets")
    return folder


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh data folder for one test, named by TRADEWIND_HOME."""
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv("TRADEWIND_HOME", str(folder))
    return folder
