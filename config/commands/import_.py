"""Bring in files of shops, marketplaces and payment providers."""

from __future__ import annotations

import argparse
import re
import sys
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tradewind.areas.market.actions import PLATFORMS, save_channel
from tradewind.areas.structure.exchange.goals import import_goals
from tradewind.areas.structure.exchange.people import import_people
from tradewind.base.errors import NotFound, Refused
from tradewind.engines.actions.action import origin
from tradewind.engines.exchange import flow
from tradewind.engines.exchange.answers import answer
from tradewind.engines.exchange.arrival import Wish, blocks, find_mapping, open_batch, unfinished
from tradewind.engines.exchange.formats import FORMATS
from tradewind.engines.exchange.models import Batch
from tradewind.engines.exchange.readers.text import open_bytes
from tradewind.engines.exchange.sheets import flow as sheets
from tradewind.engines.exchange.sheets.kinds import SHEETS, sheet_of
from tradewind.nouns.org.models import Company, Entity, Market
from tradewind.nouns.trade.models import Channel

OFFSET = re.compile(rb"\d{2}:\d{2}(?::\d{2})?(?:\.\d+)? ?([+-]\d{2}):?(\d{2})\b")
SEASONS = {
    ("-0400", "-0500"): "America/New_York", ("-0500", "-0600"): "America/Chicago", ("-0600", "-0700"): "America/Denver",
    ("-0700", "-0800"): "America/Los_Angeles", ("+0000", "+0100"): "Europe/London", ("+0100", "+0200"): "Europe/Berlin",
    ("+1000", "+1100"): "Australia/Sydney",
}  # fmt: skip
HALF_HOURS = {"+0530": "Asia/Kolkata", "+0330": "Asia/Tehran", "+0545": "Asia/Kathmandu", "+0630": "Asia/Yangon"}
PROBE = 1 << 20


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the words."""
    subs = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    orders = subs.add_parser("orders", help="bring in a file of orders, a settlement or payments")
    orders.add_argument("file", metavar="FILE", type=Path)
    orders.add_argument("--format", required=True, choices=FORMATS)
    orders.add_argument("--mapping", metavar="NAME|FILE", default="", help="a saved or ready mapping, or a JSON file")
    orders.add_argument(
        "--channel", metavar="CODE", default="", help="the channel; made when there is none of this code"
    )
    orders.add_argument("--zone", metavar="ZONE", default="", help="time zone of a channel that is made")
    orders.add_argument("--currency", metavar="CUR", default="", help="currency of a channel that is made")
    orders.add_argument(
        "--payment-only", action="store_true", help="a channel that is made earns by its payments alone"
    )
    orders.add_argument("--country", metavar="NAME=CODE", action="append", default=[], help="decide a country name")
    orders.add_argument("--encoding", default="")
    orders.add_argument("--date", default="", help="ymd, mdy, dmy or serial, where the file can be read in two ways")
    orders.add_argument("--number", default="", help="number format, such as 1.234,56")
    orders.add_argument(
        "--seen",
        metavar="DATE",
        type=date.fromisoformat,
        help="the day the file was exported, for refunds without a date",
    )
    orders.add_argument("--dry-run", action="store_true", help="tell what would happen and change nothing")
    orders.add_argument("--strict", action="store_true", help="commit nothing if any row is refused")
    people = subs.add_parser("people", help="bring people in from a CSV, TSV or XLSX file")
    goals = subs.add_parser("goals", help="bring goals in from a CSV, TSV, XLSX or Markdown file")
    goals.add_argument("--period", metavar="CODE", default="", help="the period of a Markdown text that names none")
    for sub in (people, goals):
        sub.add_argument("file", metavar="FILE", type=Path)
        sub.add_argument("--dry-run", action="store_true", help="tell what would happen and change nothing")
    table = subs.add_parser("table", help="bring a bank statement, a wallet file, ad spend, costs or a ledger in")
    table.add_argument("sheet", metavar="KIND", choices=sorted(SHEETS), help=", ".join(sorted(SHEETS)))
    table.add_argument("file", metavar="FILE", type=Path)
    table.add_argument("--set", metavar="NAME=VALUE", action="append", default=[], help="what is asked beside the file")
    table.add_argument("--layout", metavar="NAME", default="", help="a known or kept layout")
    table.add_argument("--dry-run", action="store_true", help="tell what would happen and change nothing")
    table.add_argument("--strict", action="store_true", help="take nothing if any row is refused")
    for name, words in (
        ("undo", "take a batch back"),
        ("resume", "go on with a batch that was cut off"),
        ("show", "tell about a batch"),
    ):
        sub = subs.add_parser(name, help=words)
        sub.add_argument("batch", type=int)
    for sub in subs.choices.values():
        sub.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print one JSON object")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Bring a file in, take a batch back, or go on with one."""
    with origin("command"):
        if args.what == "orders":
            return bring(args)
        if args.what == "people":
            return import_people.system(path=args.file, dry_run=args.dry_run)
        if args.what == "table":
            return bring_table(args)
        if args.what == "goals":
            return import_goals.system(path=args.file, period=args.period, dry_run=args.dry_run)
        batch = Batch.objects.filter(pk=args.batch).first()
        if batch is None:
            raise NotFound(_("There is no such import."))
        if args.what == "undo":
            return flow.take_back(batch, tell)
        if args.what == "resume":
            flow.merge(batch, tell)
        return answer(batch)


def bring_table(args: argparse.Namespace) -> dict[str, Any]:
    """One table, from its path to its counts; in a dry run its batch is forgotten again."""
    if not args.file.is_file():
        raise NotFound(_("There is no such file: %(file)s") % {"file": args.file})
    pairs = [pair.partition("=") for pair in args.set]
    options = {name: value for name, _equals, value in pairs}
    with transaction.atomic():
        batch = sheets.open_sheet(
            None, sheet_of(args.sheet), name=args.file.name, content=blocks(args.file), options=options,
            layout=args.layout, strict=args.strict,
        )  # fmt: skip
        sheets.try_out(batch, None)
        told = sheets.answer(batch)
        if args.dry_run:
            transaction.set_rollback(True)
            return {**told, "batch": None}
    if batch.state != batch.READY:
        return {**told, "exit": 1}
    return sheets.answer(sheets.take_sheet.system(batch))


def bring(args: argparse.Namespace) -> dict[str, Any]:
    """One file, from its path to its counts."""
    if not args.file.is_file():
        raise NotFound(_("There is no such file: %(file)s") % {"file": args.file})
    options = {
        "encoding": args.encoding,
        "date": args.date,
        "number": args.number,
        "seen": args.seen and args.seen.isoformat(),
        "countries": countries(args.country),
    }
    wish = Wish(args.format, args.mapping, args.strict, {key: value for key, value in options.items() if value})
    if args.dry_run:
        return tried(args, wish)
    channel = find_channel(args)
    batch = unfinished(channel, args.file, wish) or arrived(args, channel, wish)
    flow.merge(batch, tell)
    told = answer(batch)
    if batch.state == Batch.REFUSED:
        told["exit"] = 1
    return told


def arrived(args: argparse.Namespace, channel: Channel, wish: Wish) -> Batch:
    """The file as a batch of the channel."""
    return open_batch(
        None, channel=channel, wish=wish, name=args.file.name, content=blocks(args.file), beside=args.file
    )


def tried(args: argparse.Namespace, wish: Wish) -> dict[str, Any]:
    """What a file would do. A channel that there was not before is made for the trial only, and its batch with it."""
    last = Channel.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    with transaction.atomic():
        channel = find_channel(args)
        if channel.pk > last:
            batch = arrived(args, channel, wish)
            flow.read(batch, tell)
            told = {**answer(batch), "batch": None}
            flow.discard(batch)
            transaction.set_rollback(True)
            return told
    batch = arrived(args, channel, wish)
    flow.read(batch, tell)
    return answer(batch)


def tell(done: int, total: int, note: str) -> None:
    """Progress for a person at a terminal."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done:,}" + (f" / {total:,}" if total else "") + "   ")


def countries(pairs: list[str]) -> dict[str, str]:
    """Decided country names from `NAME=CODE`."""
    found = {}
    for pair in pairs:
        name, equals, code = pair.rpartition("=")
        if not equals:
            raise Refused(_("Write a country as NAME=CODE: %(pair)s") % {"pair": pair})
        found[name] = code if code == "unknown" else code.upper()
    return found


def find_channel(args: argparse.Namespace) -> Channel:
    """The channel of that code, made when there is none; without a code, the only active one of the platform."""
    code = args.channel
    platform = args.format.partition("-")[0]
    if not code:
        same = list(Channel.objects.filter(platform=platform, active=True)[:2])
        if platform in PLATFORMS and len(same) == 1:
            return same[0]
        code = platform if args.format != "mapping" else re.sub(r"[^a-z0-9-]+", "-", Path(args.mapping).stem.lower())
    return Channel.objects.filter(code=code).first() or make_channel(args, code, platform)


def make_channel(args: argparse.Namespace, code: str, platform: str) -> Channel:
    """A new channel for a file, with what the file and the company tell of it."""
    spec, _saved, _name = find_mapping(args.mapping)
    company = Company.objects.first()
    entities, markets = list(Entity.objects.filter(active=True)[:2]), list(Market.objects.filter(active=True)[:2])
    zone = args.zone or (spec.zone if spec else "") or zone_in(args.file) or (company.zone if company else "UTC")
    currency = args.currency or (spec.constants.get("currency", "") if spec else "")
    return save_channel.system(
        code=code, name=code, platform=platform if platform in PLATFORMS else "other",
        entity=entities[0] if len(entities) == 1 else None, market=markets[0] if len(markets) == 1 else None,
        currency=currency, zone=zone, payment_only=args.payment_only,
    )  # fmt: skip


def zone_in(path: Path) -> str:
    """The zone the file's moments are written in, by their offsets; empty when they do not tell."""
    with open_bytes(path) as file:
        found = {(sign + minutes).decode() for sign, minutes in OFFSET.findall(file.read(PROBE))}
    if len(found) == 2:
        return next((zone for pair, zone in SEASONS.items() if found == set(pair)), "")
    if len(found) != 1:
        return ""
    offset = found.pop()
    if offset in ("+0000", "-0000"):
        return "UTC"
    if offset.endswith("00"):
        return f"Etc/GMT{'-' if offset[0] == '+' else '+'}{int(offset[1:3])}"
    return HALF_HOURS.get(offset, "")
