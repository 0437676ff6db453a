"""`make bench`: import rates, page latencies, memory and start-up, each beside a floor measured in the same run.

    python -m bench [--orders N] [--full] [--json FILE] [--accuracy FOLDER]

`--full` goes on to a million lines; `--accuracy` measures forecasts instead (`bench/accuracy.py`). DATABASE_URL names a PostgreSQL store (an empty database); else SQLite is measured.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench import accuracy, load, orders, product

PAGES = {
    "order list": "/customers/orders/",
    "order list, filtered": "/customers/orders/?market={market}&sort=-day&size=50",
    "order search by number": "/customers/orders/?q=%2399",
    "order search by customer": "/customers/orders/?q=Buyer+77",
    "people list, 2,000 people": "/structure/people/",
    "goal tree, 1,500 objectives": "/structure/goals/tree/",
    "goal tree, all its levels drawn": "/structure/goals/tree/?depth=all",
    "goal board, 1,500 objectives": "/structure/goals/board/",
    "goal list, 1,500 objectives": "/structure/goals/",
    "org chart by line, 2,000 people": "/structure/chart/",
    "org chart by team, 2,000 people": "/structure/chart/?by=team",
    "coverage matrix, 60 teams": "/structure/coverage/",
    "shape of 2,000 people": "/structure/shape/",
    "Pulse, a year": "/?period=2025",
    "Map": "/map/",
    "My day": "/me/",
}


class Table:
    """Collects rows, prints them as they come and writes them to a file."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def add(self, what: str, value: float, unit: str, floor: float | None = None, of: str = "") -> None:
        """One figure; with a floor also how many times it is."""
        row: dict[str, Any] = {"what": what, "value": round(value, 2), "unit": unit}
        text = f"{what:58} {value:12,.1f} {unit:8}"
        if floor:
            row |= {"floor": round(floor, 2), "ratio": round(value / floor, 2), "of": of}
            text += f" {value / floor:7.2f} × {of} ({floor:,.1f})"
        self.rows.append(row)
        print(text, flush=True)


def main() -> int:
    """Run the bench."""
    words = argparse.ArgumentParser(prog="bench")
    words.add_argument("--orders", type=int, default=100_000)
    words.add_argument("--full", action="store_true", help="go on to a million lines")
    words.add_argument("--json", type=Path, default=product.ROOT / "build" / "bench.json")
    words.add_argument("--accuracy", type=Path, metavar="FOLDER", help="forecasts on the published series of a folder")
    args = words.parse_args()
    if args.accuracy:
        return accuracy.run(args.accuracy)
    table = Table()
    store = "PostgreSQL" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "SQLite"
    print(f"{store}, Python {platform.python_version()}, {os.cpu_count()} cores")
    with TemporaryDirectory(prefix="tradewind-bench-") as folder:
        home = Path(folder) / "home"
        start(table, home)
        cookie = product.python(home, "bench.inside", "prepare").answer["cookie"]
        imports(table, home, Path(folder), args.orders)
        pages(table, home, cookie, f"{args.orders:,} orders")
        if args.full:
            more = 400_000 - args.orders
            bring(table, home, Path(folder), more, args.orders, "import to a million lines")
            pages(table, home, cookie, "a million lines")
    args.json.parent.mkdir(parents=True, exist_ok=True)
    args.json.write_text(json.dumps({"store": store, "rows": table.rows}, indent=1))
    print(f"written to {args.json}")
    return 0


def start(table: Table, home: Path) -> None:
    """Creating a store."""
    made = product.run(home, "init")
    table.add("store creation: all tables, roles, administrator", made.wall, "s")


def bring(table: Table, home: Path, folder: Path, count: int, first: int, what: str) -> product.Ran:
    """Write a file and import it."""
    path = folder / "orders.csv"
    lines = orders.write(path, count, first=first)
    ran = product.run(home, "import", "orders", str(path), "--format", "shopify", "--channel", "bench")
    if ran.answer["orders_new"] != count or ran.answer["rejected"]:
        raise SystemExit(f"the import went wrong: {str(ran.answer)[:500]}")
    table.add(f"{what}: {count:,} orders, {lines:,} lines", count / ran.wall, "orders/s")
    table.add(f"{what}: lines", lines / ran.wall, "lines/s")
    table.add(f"{what}: peak memory", ran.peak, "MiB")
    return ran


def imports(table: Table, home: Path, folder: Path, count: int) -> None:
    """Two halves, to see whether a fuller table is slower; the same rows raw; and the same file again."""
    half = count // 2
    first = bring(table, home, folder, half, 0, "import into an empty table")
    second = bring(table, home, folder, half, half, "import into a table half full")
    table.add("fuller table against empty", second.wall, "s", first.wall, "the first half")
    same = product.run(
        home, "import", "orders", str(folder / "orders.csv"), "--format", "shopify", "--channel", "bench"
    )
    table.add("the same file again (nothing changes)", half / same.wall, "orders/s")
    floor = product.python(home, "bench.inside", "raw").answer
    table.add(
        f"import of all against writing the same {floor['rows']:,} rows raw",
        first.wall + second.wall,
        "s",
        floor["seconds"],
        "raw writes",
    )


def pages(table: Table, home: Path, cookie: str, size: str) -> None:
    """Latencies with two page workers, against the health check as the barest answer the same server gives."""
    with product.served(home) as (port, seconds):
        table.add(f"cold start to the sign-in page ({size})", seconds, "s")
        bare = load.spread(port, "/healthz", cookie, count=200)
        table.add(f"bare answer /healthz ({size})", bare.p50, "ms p50")
        market = 1
        for name, path in PAGES.items():
            one = load.spread(port, path.format(market=market), cookie, count=60)
            table.add(f"{name} ({size}), 1 client", one.p50, "ms p50", bare.p50, "bare")
            table.add(f"{name} ({size}), 1 client", one.p95, "ms p95")
            many = load.spread(port, path.format(market=market), cookie, clients=16, count=240)
            table.add(f"{name} ({size}), 16 clients", many.rate, "req/s")
            table.add(f"{name} ({size}), 16 clients", many.p95, "ms p95")
        table.add(f"memory of the page server ({size})", product.memory_of(home), "MiB PSS")


if __name__ == "__main__":
    sys.exit(main())
