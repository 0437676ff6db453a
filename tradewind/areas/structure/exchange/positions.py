"""Positions as a file: a row a position, known by its code."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tradewind.areas.structure.exchange.tables import Aliases, Fault, RowsFile, cells_of, merged, put
from tradewind.areas.structure.queries.people import found_person
from tradewind.areas.structure.queries.positions import COST
from tradewind.base.currencies import CURRENCIES
from tradewind.base.money import to_units
from tradewind.base.places import find_country
from tradewind.base.words import LocalText
from tradewind.engines.access.scope import require
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.exchange.readers.dates import parse_moment
from tradewind.nouns.org.models import Entity, Job, Market, Person, Position, Team

NAMES: Aliases = {
    "code": ("code", "position code", "代码", "编号", "岗位编号"),
    "title": ("title", "title en", "position", "岗位名称", "名称"),
    "title_zh": ("title zh", "title zh-hans", "中文名称"),
    "state": ("state", "status", "状态"),
    "team": ("team", "team code", "团队"),
    "job": ("job", "job code", "职位"),
    "entity": ("entity", "entity code", "法人主体"),
    "market": ("market", "market code", "市场"),
    "manager": ("manager", "reports to", "manager email", "汇报对象", "上级"),
    "person": ("person", "held by", "holder", "持有人", "任职者", "任职人"),
    "country": ("country", "国家", "国家/地区"),
    "starts_on": ("wanted from", "start", "starts on", "期望到岗日", "到岗日期"),
    "allocation": ("share of time (%)", "allocation", "时间占比（%）", "投入比例"),
    "yearly_cost": ("cost a year", "yearly cost", "cost", "年成本"),
    "currency": ("cost a year currency", "currency", "年成本币种", "币种"),
    "note": ("note", "备注"),
}
PLACES: dict[str, Any] = {"team": Team, "job": Job, "entity": Entity, "market": Market}


def facts_of(cells: dict[str, str], known: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """A position's facts from the cells of a row; Fault names the cell that cannot be. What is blank is left as it is."""
    code = cells.get("code", "")
    if not code or slugify(code) != code.lower():
        raise Fault("code", _("A position needs a code of letters, digits and hyphens."))
    own = "zh-hans" if (get_language() or "en").startswith("zh") else "en"  # the language its writer works in
    title = {lang: cells[name][:120] for name, lang in (("title", own), ("title_zh", "zh-hans")) if cells.get(name)}
    facts: dict[str, Any] = {"code": code}
    if title:
        facts["title"] = LocalText(title)
    if cells.get("note"):
        facts["note"] = cells["note"]
    return {**facts, **links_of(cells, known), **state_of(cells), **day_of(cells), **share_of(cells), **cost_of(cells)}


def links_of(cells: dict[str, str], known: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Team, job, entity and market by code, people by number or e-mail, the country by name or code."""
    facts: dict[str, Any] = {}
    for name, there in known.items():
        if cells.get(name):
            if cells[name] not in there:
                raise Fault(name, _("There is no “%(code)s” here.") % {"code": cells[name]})
            facts[name] = there[cells[name]]
    for name in ("manager", "person"):
        if cells.get(name):
            facts[name] = found_person(cells[name])
            if facts[name] is None:
                raise Fault(name, _("Nobody here is “%(name)s”.") % {"name": cells[name]})
    if cells.get("country"):
        facts["country"] = find_country(cells["country"])
        if not facts["country"]:
            raise Fault("country", _("“%(value)s” names no single country.") % {"value": cells["country"]})
    return facts


def state_of(cells: dict[str, str]) -> dict[str, Any]:
    """The state, by its code or its words; one that is held names who holds it."""
    given = cells.get("state", "").lower()
    if not given:
        return {}
    words = {str(label).lower(): code for code, label in Position.STATES}
    state = words.get(given, given)
    if state not in dict(Position.STATES):
        raise Fault("state", _("“%(value)s” is no state of a position.") % {"value": cells["state"]})
    if state == Position.FILLED and not cells.get("person"):
        raise Fault("person", _("A filled position says who holds it."))
    return {"state": state} if state == Position.FILLED else {"state": state, "person": None}


def day_of(cells: dict[str, str]) -> dict[str, date]:
    """The day it is wanted from."""
    if not cells.get("starts_on"):
        return {}
    try:
        found = parse_moment(cells["starts_on"])
    except ValueError:
        found = None
    if found is None:
        raise Fault(
            "starts_on", _("“%(value)s” is not a date; write it as 2026-11-23.") % {"value": cells["starts_on"]}
        )
    return {"starts_on": found.date() if isinstance(found, datetime) else found}


def share_of(cells: dict[str, str]) -> dict[str, int]:
    """The share of time."""
    text = cells.get("allocation", "").removesuffix("%").strip()
    if not text:
        return {}
    if not text.isdecimal() or not 1 <= int(text) <= 100:
        raise Fault("allocation", _("A share of time lies between 1 and 100."))
    return {"allocation": int(text)}


def cost_of(cells: dict[str, str]) -> dict[str, Any]:
    """The cost a year with its currency."""
    text, currency = cells.get("yearly_cost", "").replace(",", ""), cells.get("currency", "").upper()
    if not text:
        return {}
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or amount < 0 or amount > 10**12:
        raise Fault("yearly_cost", _("“%(value)s” is not an amount.") % {"value": cells["yearly_cost"]})
    if currency not in CURRENCIES:
        raise Fault("currency", _("Name the currency of the cost."))
    return {"yearly_cost": to_units(amount.quantize(Decimal("0.0001"))), "currency": currency}


@action()
def import_positions(by: Person | None, *, path: Path, dry_run: bool = False) -> Bulk[dict[str, Any]]:
    """Bring positions in from a file; known ones are changed, the same file again changes nothing."""
    file = RowsFile()
    told: dict[str, Any] = {"rows": 0, "new": 0, "changed": 0, "same": 0, "rejected": file.refused}
    changes: list[tuple[str, int, dict[str, Any]]] = []
    known = {name: {one.code: one for one in model.objects.all()} for name, model in PLACES.items()}
    seen: set[str] = set()
    there = {one.code: one for one in Position.objects.all()}
    for line, cells in cells_of(file, path, NAMES, [NAMES["code"]]):
        try:
            facts = facts_of(cells, known)
            code = facts["code"]
            record = there.get(code) or Position()
            check_row(facts, there.get(code), seen)
        except Fault as fault:
            file.refuse(line, fault.column, fault.reason)
            continue
        seen.add(code)
        if by is not None and "yearly_cost" in facts:
            require(by, COST)
        known_one = code in there
        same = known_one and all(has(record, facts))
        what = None if dry_run or same else put(record, facts)
        told["same" if same else "changed" if known_one else "new"] += 1
        if what:
            changes.append(("structure.position", record.pk, what))
    told["rows"] = file.total
    counts = {name: len(value) if isinstance(value, list) else value for name, value in told.items()}
    return Bulk(told, counts={**counts, "dry_run": dry_run}, changes=changes)


def check_row(facts: dict[str, Any], record: Position | None, seen: set[str]) -> None:
    """Refuse a second row of one position, and a new one without a title."""
    if facts["code"] in seen:
        raise Fault("code", _("“%(key)s” is already in an earlier row.") % {"key": facts["code"]})
    if record is None and "title" not in facts:
        raise Fault("title", _("A new position needs a title."))
    if record is not None and set(facts.get("title", {}).values()) <= set(record.title.values()):
        facts.pop("title", None)  # the file says it in one language, the record in another


def has(record: Position, facts: dict[str, Any]) -> Iterator[bool]:
    """For each fact whether the record says the same already."""
    for name, value in facts.items():
        yield merged(getattr(record, name), value) == getattr(record, name)
