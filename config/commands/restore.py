"""Bring a whole installation back from a backup into an empty home."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from config import store
from tradewind.base import archive, clock
from tradewind.base.errors import Refused
from tradewind.base.home import home


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the words."""
    parser.add_argument("file", metavar="FILE", type=Path, help="the backup")
    parser.add_argument("--key", metavar="K", required=True, help="the recovery key that `tradewind init` printed")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Restore; Refused, with nothing left behind, for a used home, a wrong key or a damaged file."""
    if not args.file.is_file():
        raise Refused(_("There is no such file: %(file)s") % {"file": args.file}, code="no_file")
    begun = clock.now()
    content = archive.restore(args.file, args.key)
    store.index_all()
    seconds = (clock.now() - begun).total_seconds()
    return {"home": str(home()), "rows": content.rows, "tables": len(content.tables), "files": content.files,
            "recovery_point": content.taken_at, "recovery_seconds": round(seconds, 3)}  # fmt: skip
