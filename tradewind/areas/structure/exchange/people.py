"""The people file: which columns are read, what makes a row refused, and how good rows are written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from tradewind.areas.structure.exchange.placing import PersonRow, new_teams, place_people
from tradewind.areas.structure.exchange.tables import Fault, RowsFile, cells_of, put
from tradewind.areas.structure.queries.people import found_person, known_names, standing_lines
from tradewind.areas.structure.rules.chart import circled
from tradewind.base import clock
from tradewind.base.errors import Refused
from tradewind.base.places import COUNTRIES, find_country
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.exchange.readers.dates import parse_moment
from tradewind.nouns.org.models import Entity, Market, Person
from tradewind.ui.pages.files import FORMULA_STARTS

# What a column may be called, in files of other systems and in Chinese.
NAMES: dict[str, tuple[str, ...]] = {
    "key": ("key", "person_id", "employee id", "employee_id", "id", "工号", "personnel number"),
    "name": ("name", "full name", "employee name", "姓名"),
    "preferred_name": ("preferred name", "preferred_name", "nickname", "常用名"),
    "email": ("email", "e-mail", "mail", "work email", "邮箱"),
    "manager": ("manager", "manager email", "reports_to_person_id", "reports to", "manager id", "上级", "直属上级"),
    "country": ("country", "country/region", "国家", "国家/地区"),
    "zone": ("zone", "time zone", "timezone", "时区"),
    "language": ("language", "语言"),
    "job_title": ("job title", "title", "role", "position", "职位", "岗位"),
    "team": ("team", "team code", "department", "reports_to_slug", "团队", "部门"),
    "leads": ("leads", "leads team", "own_manager_slug", "带领团队", "负责团队"),
    "dotted": ("dotted", "dotted line", "dotted line manager", "虚线上级"),
    "entity": ("entity", "entity code", "legal entity", "法人主体", "公司主体"),
    "market": ("market", "market code", "市场"),
    "started_on": ("start", "start date", "started on", "hire date", "入职日期"),
}
LANGUAGES = {"zh": "zh-hans", "zh-cn": "zh-hans", "zh-hans": "zh-hans", "chinese": "zh-hans", "中文": "zh-hans",
             "en": "en", "en-us": "en", "en-gb": "en", "english": "en", "英文": "en", "英语": "en"}  # fmt: skip
FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
FLAG_START = 0x1F1E6 - ord("A")


@dataclass
class PeopleFile(RowsFile):
    """What a people file says: rows that can be taken, rows that cannot, how many came without a country.

    `review` lists texts that name no single country: those people are taken without one, for somebody to decide.
    """

    rows: list[PersonRow] = field(default_factory=list)
    review: list[dict[str, Any]] = field(default_factory=list)
    without_country: int = 0


def read(path: Path, known: dict[str, set[str]], standing: Mapping[str, str] | None = None) -> PeopleFile:
    """Read a people file; `known` holds the codes and keys there are: `entity`, `market`, `team`, `person` (keys and e-mails).

    `standing` tells the manager (key or e-mail) of people who are there already, so that a circle through them is seen.
    Raises Refused when the file as a whole cannot be read or has neither a key nor an e-mail column.
    """
    file = PeopleFile()
    for line, cells in cells_of(file, path, NAMES, [NAMES["key"] + NAMES["email"]]):
        take(file, line, {name: bare(text) for name, text in cells.items()}, known)
    refuse_doubles(file)
    before = -1
    while before != len(file.rows):  # who loses a manager or a team falls, and others with them
        before = len(file.rows)
        refuse_managers(file, known["person"], standing or {})
        refuse_teams(file, known["team"])
    file.refused.sort(key=lambda one: one["line"])
    return file


def take(file: PeopleFile, line: int, cells: dict[str, str], known: dict[str, set[str]]) -> None:
    """Turn one row into a person, or refuse it naming the column."""
    try:
        facts = facts_of(cells, known)
    except Fault as fault:
        file.refuse(line, fault.column, fault.reason)
        return
    if not cells.get("country"):
        file.without_country += 1
    elif not facts["country"]:
        file.review.append({"line": line, "column": file.titles["country"], "value": cells["country"]})
    key = cells.get("key") or str(facts["email"])
    try:
        teams, leads = shares_of(cells.get("team", "")), codes_of(cells.get("leads", ""))
    except Fault as fault:
        file.refuse(line, fault.column, fault.reason)
        return
    dotted = tuple(name for part in cells.get("dotted", "").split(";") if (name := part.strip()))
    file.rows.append(PersonRow(line, key, facts, cells.get("manager", ""), teams, leads, dotted))


def bare(text: str) -> str:
    """A cell without blanks around it and without the apostrophe that our own files put before what a spreadsheet would run."""
    text = text.strip()
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_STARTS) else text


def codes_of(text: str, column: str = "leads") -> tuple[str, ...]:
    """Codes of teams as a cell lists them, parted by semicolons; `none` names no team. Fault for what cannot be a code."""
    codes = tuple(part for one in text.split(";") if (part := one.strip()) and part.lower() not in ("none", "-"))
    for code in codes:
        if not re.fullmatch(r"[-\w]{1,60}", code, re.ASCII):
            raise Fault(column, _("“%(code)s” cannot be the code of a team.") % {"code": code})
    return codes


def shares_of(text: str) -> dict[str, int | None]:
    """Codes of teams with the share of time a cell may give after a colon: `sales:60; care`."""
    found: dict[str, int | None] = {}
    for part in text.split(";"):
        code, _colon, share = (one.strip() for one in part.partition(":"))
        if share and not (share.isascii() and share.isdecimal() and 1 <= int(share) <= 100):
            raise Fault("team", _("A share of time lies between 1 and 100."))
        found.update(dict.fromkeys(codes_of(code, "team"), int(share) if share else None))
    return found


def facts_of(cells: dict[str, str], known: dict[str, set[str]]) -> dict[str, Any]:
    """A person's facts from the cells of a row; Fault names the cell that cannot be."""
    key, email = cells.get("key", ""), cells.get("email", "").lower()
    if not key and not email:
        raise Fault("key", _("The row has neither a personnel number nor an e-mail address."))
    if email:
        try:
            validate_email(email)
        except ValidationError:
            raise Fault("email", _("“%(value)s” is not an e-mail address.") % {"value": email}) from None
    for axis in ("entity", "market"):
        if cells.get(axis) and cells[axis] not in known[axis]:
            raise Fault(axis, _("There is no “%(code)s” here.") % {"code": cells[axis]})
    country = country_of(cells.get("country", "")) or ""
    language = LANGUAGES.get(cells.get("language", "").lower(), "")
    if cells.get("language") and not language:
        raise Fault("language", _("“%(value)s” is not a language of this product.") % {"value": cells["language"]})
    return {
        "key": key or None,
        "name": cells.get("name") or cells.get("preferred_name") or key or email,
        "preferred_name": cells.get("preferred_name", ""),
        "email": email or None,
        "country": country,
        "zone": zone_of(cells.get("zone", ""), country),
        "language": language or ("zh-hans" if country == "CN" else "en"),
        "job_title": cells.get("job_title", "")[:120],
        "entity": cells.get("entity", ""),
        "market": cells.get("market", ""),
        "started_on": day_of(cells.get("started_on", "")),
    }


def country_of(text: str) -> str | None:
    """The ISO code of a country as people write it: by flag, by name, or by the name after a region (`CA USA`).

    Blank when the cell is; None when the text names no single country.
    """
    flags = {"".join(chr(ord(sign) - FLAG_START) for sign in flag) for flag in FLAG.findall(text)}
    if flags:
        code = flags.pop()
        return code if not flags and code in COUNTRIES else None
    words = text.split()
    if not words:
        return ""
    found = (find_country(" ".join(words[n:])) for n in range(len(words)))
    return next((name for name in found if name), None)


def zone_of(text: str, country: str) -> str:
    """The zone as written, else the first zone of the country, else UTC."""
    if not text:
        known = COUNTRIES.get(country)
        return known.zones[0] if known and known.zones else "UTC"
    try:
        clock.zone(text)
    except Refused as fault:
        raise Fault("zone", fault.message) from None
    return text


def day_of(text: str) -> date | None:
    """A plain date written year first; Fault for one that could be read in two ways."""
    if not text:
        return None
    try:
        found = parse_moment(text)
    except ValueError:
        found = None
    if found is None:
        raise Fault("started_on", _("“%(value)s” is not a date; write it as 2026-11-23.") % {"value": text})
    return found.date() if isinstance(found, datetime) else found


def refuse_doubles(file: PeopleFile) -> None:
    """One person a row: the second row of the same key or e-mail is refused."""
    seen: set[str] = set()
    kept = []
    for row in file.rows:
        names = {row.key, row.facts["email"]} - {None}
        if names & seen:
            file.refuse(row.line, "key", _("“%(key)s” is already in an earlier row.") % {"key": row.key})
        else:
            kept.append(row)
        seen |= names
    file.rows = kept


def refuse_managers(file: PeopleFile, known: set[str], standing: Mapping[str, str]) -> None:
    """Refuse rows whose manager nobody knows, and every row of a circle; those who report to a refused row fall with it."""
    circled = circles(file.rows, standing)
    for row in [row for row in file.rows if row.key in circled]:
        file.refuse(row.line, "manager", _("The reporting line runs in a circle."))
    file.rows = [row for row in file.rows if row.key not in circled]
    while True:
        there = known | {row.key for row in file.rows} | {row.facts["email"] for row in file.rows if row.facts["email"]}
        lost = [
            row for row in file.rows if row.manager and row.manager not in there and row.manager.lower() not in there
        ]
        if not lost:
            return
        for row in lost:
            file.refuse(row.line, "manager", _("The manager “%(manager)s” is not known.") % {"manager": row.manager})
        gone = {row.key for row in lost}
        file.rows = [row for row in file.rows if row.key not in gone]


def circles(rows: list[PersonRow], standing: Mapping[str, str]) -> set[str]:
    """The keys of rows that lie on a circle of managers, also through people who are there already."""
    by_mail = {row.facts["email"]: row.key for row in rows if row.facts["email"]}
    keys = {row.key for row in rows}
    above = {by_mail.get(one, one): by_mail.get(boss, boss) for one, boss in standing.items()}
    for row in rows:
        boss = row.manager if row.manager in keys else by_mail.get(row.manager.lower(), row.manager)
        if boss:
            above[row.key] = boss
    return circled(above) & keys


def refuse_teams(file: PeopleFile, known: set[str]) -> None:
    """Refuse rows that name a team which is neither there nor led by somebody of the file, and teams led by two."""
    led: dict[str, str] = {}
    for row in file.rows:
        for code in row.leads:
            led.setdefault(code, row.key)
    there = known | set(led)
    kept = []
    for row in file.rows:
        missing = next((code for code in row.teams if code not in there), None)
        twice = next((code for code in row.leads if led[code] != row.key), None)
        if missing:
            file.refuse(row.line, "team", _("There is no “%(code)s” here.") % {"code": missing})
        elif twice:
            file.refuse(row.line, "leads", _("The team “%(code)s” has a lead in an earlier row.") % {"code": twice})
        else:
            kept.append(row)
    file.rows = kept


@action()
def import_people(by: Person | None, *, path: Path, dry_run: bool = False) -> Bulk[dict[str, Any]]:
    """Bring people in from a file, each with manager and team; known ones are changed, the same file again changes nothing."""
    file = read(path, known_names(), standing_lines())
    told: dict[str, Any] = {"rows": file.total, "new": 0, "changed": 0, "same": 0,
                            "without_country": file.without_country, "review": file.review, "rejected": file.refused}  # fmt: skip
    changes: list[tuple[str, int, dict[str, Any]]] = []
    for row in file.rows:
        known = found_person(row.facts["key"] or row.facts["email"])
        if dry_run:
            told["new" if known is None else "changed" if changed_facts(known, row) else "same"] += 1
            continue
        person, what = put_person(known, row)
        told["new" if known is None else "changed" if what else "same"] += 1
        if known is not None and what:
            changes.append(("structure.person", person.pk, what))
    told["teams"] = len(new_teams(file.rows)) if dry_run else place_people(file.rows)
    counts = {name: len(value) if isinstance(value, list) else value for name, value in told.items()}
    return Bulk(told, counts={**counts, "dry_run": dry_run}, changes=changes)


def row_facts(row: PersonRow) -> dict[str, Any]:
    """A row's facts as stored; what the file leaves blank is left as it is."""
    facts = {name: value for name, value in row.facts.items() if value not in ("", None)}
    if "entity" in facts:
        facts["entity"] = Entity.objects.get(code=facts["entity"])
    if "market" in facts:
        facts["market"] = Market.objects.get(code=facts["market"])
    return facts


def changed_facts(person: Person, row: PersonRow) -> bool:
    """Whether a row says anything new about a person."""
    return any(getattr(person, name) != value for name, value in row_facts(row).items())


def put_person(known: Person | None, row: PersonRow) -> tuple[Person, dict[str, Any]]:
    """Write one row's person; what changed on a known one."""
    person = known or Person()
    return person, put(person, row_facts(row)) or {}
