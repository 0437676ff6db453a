"""The command that counts and lists the 96 practices."""

from __future__ import annotations

import json

import pytest

from config import cli
from tradewind.base.outline import PRACTICES
from tradewind.engines.practices.factories import Counted, evidence

ID = "risk.drills"


@pytest.mark.django_db
def test_command_counts_and_prints_all_rows(capsys: pytest.CaptureFixture[str]) -> None:
    counted = Counted(ID, evidence(done=1, due=2))
    try:
        assert cli.main(["practices", "--json"]) == 0
        rows = {row["id"]: row for row in json.loads(capsys.readouterr().out)["rows"]}
        assert list(rows) == list(PRACTICES)
        assert set(rows[ID]) == {"id", "area", "state", "health", "done", "due", "last", "link"}
        assert (rows[ID]["state"], rows[ID]["health"], rows[ID]["done"], rows[ID]["due"]) == (
            "built",
            "attention",
            1,
            2,
        )
        assert rows["compliance.recovery"]["health"] == "overdue"
        cli.main(["practices", "--json", "--stored"])
        assert counted.asked == 1
    finally:
        counted.undo()
