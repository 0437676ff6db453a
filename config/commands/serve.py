"""Serve pages and the API alone (`up` serves everything)."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

from config import address


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the words."""
    address.add_words(parser)


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Become the page server; returns only by an error."""
    place = address.chosen(args, streams=False)
    os.environ.update(place.environment())
    sys.stderr.write(f"{place.url}\n")
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, "-m", "config.servers", "pages", place.host, str(place.port)])
