"""The command `tradewind`: one module of `config.commands` a subcommand.

Every subcommand takes `--json`: one JSON object on stdout, logs on stderr. Exit 0 done, 1 refused as a whole, 2 usage.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gc
import importlib
import json
import os
import pkgutil
import sys
from decimal import Decimal
from typing import Any


def plain(value: Any) -> Any:
    """A value as the JSON answer holds it: amounts exact as text, days and moments in ISO form."""
    if isinstance(value, (dt.datetime, dt.date)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)


def parser() -> argparse.ArgumentParser:
    """The whole command line, from the modules of `config.commands`."""
    from config import commands  # noqa: PLC0415  Django must be set up first

    top = argparse.ArgumentParser(prog="tradewind", description="Management of a cross-border e-commerce company.")
    subs = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in sorted(pkgutil.iter_modules(commands.__path__), key=lambda m: m.name):
        code = importlib.import_module(f"config.commands.{module.name}")
        if hasattr(code, "add"):
            doc = (code.__doc__ or "").strip().split("\n")[0]
            sub = subs.add_parser(module.name.rstrip("_").replace("_", "-"), help=doc, description=doc)
            sub.add_argument("--json", action="store_true", help="print one JSON object")
            code.add(sub)
            sub.set_defaults(run=code.run, show=getattr(code, "show", show))
    return top


def show(answer: dict[str, Any]) -> None:
    """Print an answer for a person: one `name: value` a line, rows one a line."""
    for name, value in answer.items():
        if isinstance(value, list):
            sys.stdout.write(f"{name}: {len(value)}\n")
            for row in value[:50]:
                cells = row.values() if isinstance(row, dict) else [row]
                sys.stdout.write("  " + "  ".join(str(plain(cell)) for cell in cells) + "\n")
        else:
            sys.stdout.write(
                f"{name}: {plain(value) if not isinstance(value, dict) else json.dumps(value, default=plain)}\n"
            )


def main(arguments: list[str] | None = None) -> int:
    """Run one subcommand; the exit status."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django  # noqa: PLC0415

    gc.disable()  # what is loaded stays: looking for garbage among it took a tenth of every start
    django.setup()
    gc.freeze()
    gc.enable()
    from tradewind.base.errors import Refused  # noqa: PLC0415

    args = parser().parse_args(arguments)
    try:
        answer = args.run(args)
    except Refused as refused:
        told = {
            "error": {
                "code": refused.code,
                "message": str(refused),
                "fields": {k: str(v) for k, v in refused.fields.items()},
            }
        }
        if args.json:
            sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
        else:
            sys.stderr.write(f"{refused}\n" + "".join(f"  {k}: {v}\n" for k, v in refused.fields.items()))
        return 1
    status = answer.pop("exit", 0) if isinstance(answer, dict) else 0
    if args.json:
        sys.stdout.write(json.dumps(answer, ensure_ascii=False, default=plain) + "\n")
    elif answer:
        args.show(answer)
    return int(status)
