"""Run jobs and deliveries in the background until told to stop."""

from __future__ import annotations

import argparse
from typing import Any

from tradewind.engines.jobs import worker


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the words."""
    parser.add_argument("--once", action="store_true", help="run what is due now, then end")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Work until SIGTERM or SIGINT."""
    worker.main(once=args.once)
    return {}
