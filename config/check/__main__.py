"""Every static check, one line each: `make check`. Names as words run only those."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
RESULTS = ROOT / "test-results"
BIN = Path(sys.executable).parent


@dataclass
class Result:
    """What one check found: no problems when it passed."""

    name: str
    problems: str
    seconds: float


def environment() -> dict[str, str]:
    """The environment of the tools: test settings over a data folder of their own."""
    return {**os.environ, "TRADEWIND_ENV": "test", "TRADEWIND_HOME": HOME, "DJANGO_SETTINGS_MODULE": "config.settings"}


def tool(*command: str) -> Callable[[], str]:
    """A check that is a command: its output is the problem when it fails."""

    def run() -> str:
        done = subprocess.run(command, cwd=ROOT, env=environment(), text=True, capture_output=True, check=False)
        return (done.stdout + done.stderr).strip() or f"exit {done.returncode}" if done.returncode else ""

    return run


def module(name: str) -> Callable[[], str]:
    """A check that is a module of this package, in a process of its own."""
    return tool(sys.executable, "-m", f"config.check.{name}")


CHECKS: dict[str, Callable[[], str]] = {
    "mypy": tool(str(BIN / "mypy")),
    "ruff": tool(str(BIN / "ruff"), "check", "--quiet", "."),
    "format": tool(str(BIN / "ruff"), "format", "--check", "--quiet", "."),
    "imports": tool(str(BIN / "lint-imports"), "--no-cache"),
    "templates": module("templates"),
    "migrations": tool(sys.executable, "-m", "django", "makemigrations", "--check", "--dry-run"),
    "schema": tool(sys.executable, "-m", "pytest", "-n0", "-m", "walk", "tradewind/base/tests/test_schema.py"),
    "translations": module("translations"),
    "docs": tool(sys.executable, str(BIN / "tradewind"), "docs", "--check"),
    "tracked": module("tracked"),
}


def run(name: str) -> Result:
    begun = time.monotonic()
    problems = CHECKS[name]()
    return Result(name, problems, time.monotonic() - begun)


def main(names: list[str]) -> int:
    """Run the checks and print them in order; exit 1 if one found something, 2 for an unknown name."""
    unknown = [name for name in names if name not in CHECKS]
    if unknown:
        print(f"unknown check {unknown[0]}; there are {', '.join(CHECKS)}", file=sys.stderr)
        return 2
    with ThreadPoolExecutor(max_workers=2) as pool:
        results = list(pool.map(run, names or list(CHECKS)))
    for result in results:
        print(f"{'failed' if result.problems else 'ok':7}{result.name:14}{result.seconds:5.1f} s")
        if result.problems:
            print("    " + result.problems.replace("\n", "\n    "))
    failed = sum(bool(result.problems) for result in results)
    RESULTS.mkdir(exist_ok=True)
    outcome = {"passed": len(results) - failed, "failed": failed}
    (RESULTS / "check.json").write_text(json.dumps(outcome))
    return 1 if failed else 0


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="tradewind-check-") as HOME:
        sys.exit(main(sys.argv[1:]))
