"""Print one metric, whole or cut by market, country, channel, product, currency and time."""

from __future__ import annotations

import argparse
from typing import Any

from tradewind.engines.jobs.queue import run_now
from tradewind.engines.metrics import refresh
from tradewind.engines.metrics.answers import Asked, answer, for_owner
from tradewind.engines.metrics.question import CUTS
from tradewind.engines.metrics.registry import METRICS, metric_of

FILTERS = ("market", "country", "channel", "product", "entity")


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments."""
    parser.add_argument("id", help=f"one of {', '.join(sorted(METRICS))}")
    parser.add_argument("--from", dest="start", default="", metavar="DAY", help="first day, YYYY-MM-DD")
    parser.add_argument("--to", dest="end", default="", metavar="DAY", help="last day, included")
    parser.add_argument("--by", default="", metavar="CUTS", help=f"comma-separated: {','.join(CUTS)}")
    for name in FILTERS:
        parser.add_argument(f"--{name}", default="", metavar="CODE", help=f"only this {name}; several with commas")
    parser.add_argument(
        "--currency", default="", metavar="CUR", help="convert to this currency; else split by currency"
    )
    parser.add_argument(
        "--rate",
        default="",
        metavar="RULE",
        help="day, month or the code of a rate set; else day, month of monthly metrics",
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    """The metric's rows; readings that wait for a recount are counted first."""
    metric = metric_of(args.id)
    run_now("metrics.refresh_days") if metric.monthly else refresh.ensure()
    by = tuple(name.strip() for name in args.by.split(",") if name.strip())
    filters = {name: getattr(args, name) for name in FILTERS if getattr(args, name)}
    return answer(args.id, Asked(args.start, args.end, by, filters, args.currency, args.rate), for_owner)
