"""Back the whole installation up into one encrypted file, and with --verify prove it by a restore into a scratch store."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from tradewind.areas.compliance import jobs
from tradewind.base import clock
from tradewind.engines.actions.action import origin


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the words."""
    parser.add_argument("file", metavar="FILE", type=Path, help="the file to write")
    parser.add_argument("--verify", action="store_true", help="restore it into a scratch store and compare everything")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Make the backup; Refused when it cannot be made or does not prove itself."""
    with origin("command"):
        made = jobs.backup_to(args.file.absolute())
        answer: dict[str, Any] = {
            "file": made.path, "bytes": made.bytes, "rows": made.rows, "files": made.files,
            "recovery_point": made.recovery_point, "seconds": round((clock.now() - made.started_at).total_seconds(), 3),
        }  # fmt: skip
        if args.verify:
            proof = jobs.verify_run(made)
            answer |= {
                "verified": True,
                "tables": len(proof.content.tables),
                "recovery_seconds": round(proof.seconds, 3),
            }
    return answer
