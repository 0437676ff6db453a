"""The reference of environment variables is complete, and names none that is gone."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
READ = re.compile(r"""(?:\benv|environ\.get|environ\.setdefault|environ)[(\[]\s*["']([A-Z][A-Z_]+)["']""")
NOT_OURS = {"DJANGO_SETTINGS_MODULE", "PATH"}


def test_reference_names_exactly_the_variables_the_code_reads() -> None:
    files = [*ROOT.glob("config/**/*.py"), *ROOT.glob("tradewind/**/*.py")]
    read = {name for path in files if "tests" not in path.parts for name in READ.findall(path.read_text("utf-8"))}
    table = [
        line for line in (ROOT / "docs/reference/environment.md").read_text("utf-8").splitlines() if line[:3] == "| `"
    ]
    named = {name for line in table for name in re.findall(r"`([A-Z_]{4,})`", line.split(" | ")[0])}
    assert read - NOT_OURS - {"XDG_DATA_HOME"} == named
