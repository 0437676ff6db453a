"""A real process is killed in the middle of a merge: nothing is lost, nothing doubled, and it can go on or back."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tradewind.engines.exchange.tests.files import Sale, shopify

COMMAND = Path(sys.executable).with_name("tradewind")
ORDERS = 6_000
pytestmark = pytest.mark.sqlite


class Installation:
    """A home of its own with the command line."""

    def __init__(self, home: Path) -> None:
        self.env = {**os.environ, "TRADEWIND_HOME": str(home), "TRADEWIND_ENV": "", "DATABASE_URL": ""}
        self.store = home / "store.sqlite3"

    def start(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [COMMAND, *words, "--json"], env=self.env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )

    def run(self, *words: str) -> dict[str, Any]:
        process = self.start(*words)
        out, _err = process.communicate(timeout=120)
        return dict(json.loads(out))

    def number(self, sql: str) -> int:
        with sqlite3.connect(self.store, timeout=10) as store:
            return int(store.execute(sql).fetchone()[0] or 0)


def test_an_import_killed_in_its_merge_goes_on_and_can_be_taken_back(tmp_path: Path) -> None:
    here = Installation(tmp_path / "home")
    here.run("init")
    path = tmp_path / "orders.csv"
    path.write_bytes(
        shopify(
            [
                Sale(f"#{n}", [("A", 1, "1.00"), ("B", 2, "2.00")], email=f"c{n % 500}@example.com")
                for n in range(ORDERS)
            ]
        )
    )
    words = ("import", "orders", str(path), "--format", "shopify", "--channel", "shop")
    process = here.start(*words)
    deadline = time.monotonic() + 60
    while here.number("SELECT max(merged_through) FROM exchange_batch") == 0:
        assert time.monotonic() < deadline
        assert process.poll() is None
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    merged = here.number("SELECT count(*) FROM trade_order")
    assert 0 < merged < ORDERS
    assert merged == here.number("SELECT json_extract(counts, '$.orders_new') FROM exchange_batch")
    told = here.run(*words)
    assert (told["batch"], told["orders_new"], told["lines_new"]) == (1, ORDERS, 2 * ORDERS)
    assert told["totals"] == {"EUR": f"{ORDERS * 5}.00"}
    assert here.number("SELECT count(*) FROM trade_order") == ORDERS
    assert here.number("SELECT count(*) FROM trade_orderline") == 2 * ORDERS
    assert here.number("SELECT count(*) FROM trade_customer") == 500
    assert here.number("SELECT count(*) FROM trade_order WHERE first") == 500
    assert here.number("SELECT count(*) FROM actions_event WHERE name = 'customers.import_orders'") == 1
    assert here.run("import", "undo", "1")["orders_removed"] == ORDERS
    assert here.number("SELECT count(*) FROM trade_orderline") + here.number("SELECT count(*) FROM trade_customer") == 0
