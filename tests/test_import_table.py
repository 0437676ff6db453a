"""The command that brings tables in: tried out without a trace, taken once."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from config.commands import import_
from tradewind.base.errors import NotFound, Refused
from tradewind.engines.exchange.models import SheetBatch
from tradewind.nouns.trade.models import BankAccount, BankLine

pytestmark = pytest.mark.django_db
KIND = "finance.bank_lines"


def run(*words: str) -> dict[str, object]:
    parser = argparse.ArgumentParser()
    import_.add(parser)
    return import_.run(parser.parse_args(["table", KIND, *words]))


def test_a_table_is_tried_out_without_a_trace_and_taken_once(tmp_path: Path) -> None:
    BankAccount.objects.create(code="main", name="Main", currency="EUR")
    path = tmp_path / "bank.csv"
    path.write_text("Date,Amount,Description\n2026-03-01,5.00,Tea\n2026-03-02,much,Tea\n")
    words = [str(path), "--set", "account=main"]
    tried = run(*words, "--dry-run")
    assert (tried["new"], tried["batch"], BankLine.objects.count(), SheetBatch.objects.count()) == (1, None, 0, 0)
    with pytest.raises(Refused):
        run(*words, "--strict")
    assert BankLine.objects.count() == 0
    told = run(*words)
    assert (told["state"], told["new"], told["totals"]) == ("done", 1, {"EUR": "5.00"})
    assert (run(*words)["same"], BankLine.objects.count()) == (1, 1)


def test_a_table_that_cannot_be_read_ends_with_its_reason(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        run(str(tmp_path / "none.csv"))
    path = tmp_path / "bank.csv"
    path.write_text("a,b\n1,2\n")
    told = run(str(path))
    assert (told["exit"], bool(told["error"])) == (1, True)
