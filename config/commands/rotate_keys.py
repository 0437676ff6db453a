"""Put a new encryption key in use and write every secret anew under it; the product may go on running."""

from __future__ import annotations

import argparse
from typing import Any

from tradewind.base import crypto, rekey


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the words."""
    parser.add_argument("--resume", action="store_true", help="go on with a change of keys that was interrupted")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Rotate; older keys stay in the ring for old backups."""
    if not args.resume:
        crypto.rotate()
    return {**rekey.everything(), "keys": len(crypto.ring().keys)}
