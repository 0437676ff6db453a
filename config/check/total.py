"""The closing line of a whole run: tests of all lanes and static checks added up."""

from __future__ import annotations

import json
import sys
from pathlib import Path

RESULTS = Path(__file__).resolve().parent.parent.parent / "test-results"


def total(results: Path) -> tuple[int, int]:
    """(passed, failed); a part that left no report counts as failed."""
    passed = failed = 0
    for name in ("lanes.json", "check.json"):
        path = results / name
        if not path.exists():
            failed += 1
            continue
        report = json.loads(path.read_text())
        for row in report.get("rows", [report]):
            passed += row["passed"]
            failed += row["failed"]
    return passed, failed


def main() -> int:
    """Print the closing line; exit 1 if anything failed."""
    passed, failed = total(RESULTS)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
