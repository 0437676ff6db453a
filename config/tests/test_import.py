"""`tradewind import orders`: the answer integrators' scripts rely on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bench.orders import write
from config.cli import main
from tradewind.engines.exchange.models import Batch
from tradewind.nouns.trade.models import Channel, Order, OrderLine

pytestmark = pytest.mark.django_db(transaction=True)
KEYS = {
    "batch", "rows", "orders_new", "orders_changed", "orders_same", "lines", "lines_new", "fees_new", "refunds_new", "payments_new",
    "rejected", "review", "totals",
}  # fmt: skip


def told(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> dict[str, Any]:
    """The JSON answer of a subcommand."""
    assert main([*words, "--json"]) == status
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_dry_run_changes_nothing_not_even_the_channels(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = write(tmp_path / "orders.csv", 20)
    words = ("import", "orders", str(tmp_path / "orders.csv"), "--format", "shopify", "--channel", "new-shop")
    tried = told(capsys, *words, "--dry-run")
    assert set(tried) >= KEYS
    assert (tried["orders_new"], tried["lines"], tried["rejected"]) == (20, lines, [])
    assert (Channel.objects.count(), Batch.objects.count(), Order.objects.count()) == (0, 0, 0)
    done = told(capsys, *words)
    assert {key: done[key] for key in ("orders_new", "lines_new", "totals")} == {
        "orders_new": 20, "lines_new": lines, "totals": tried["totals"],
    }  # fmt: skip
    assert (Channel.objects.get().code, OrderLine.objects.count()) == ("new-shop", lines)
    again = told(capsys, *words)
    assert (again["orders_same"], again["orders_new"], again["orders_changed"]) == (20, 0, 0)


def test_strict_import_with_a_refused_row_commits_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "orders.csv"
    write(path, 5)
    rows = path.read_text().splitlines()
    cells = rows[2].split(",")
    cells[13] = "many"
    path.write_text("\n".join([*rows[:2], ",".join(cells), *rows[3:]]) + "\n")
    words = ("import", "orders", str(path), "--format", "shopify", "--channel", "shop")
    strict = told(capsys, *words, "--strict", status=1)
    assert [(row["line"], row["column"]) for row in strict["rejected"]] == [(3, "Lineitem quantity")]
    assert Order.objects.count() == 0
    kept = told(capsys, *words)
    assert (kept["orders_new"], len(kept["rejected"])) == (4, 1)
    assert Order.objects.count() == 4


def test_missing_file_is_refused_and_wrong_words_are_usage(capsys: pytest.CaptureFixture[str]) -> None:
    answer = told(capsys, "import", "orders", "nowhere.csv", "--format", "shopify", status=1)
    assert answer["error"]["code"] == "not_found"
    with pytest.raises(SystemExit) as caught:
        main(["import", "orders", "x.csv", "--format", "fax"])
    assert caught.value.code == 2
