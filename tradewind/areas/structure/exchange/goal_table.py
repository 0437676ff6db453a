"""Goals as a table: a row an objective or a key result, in and out; the file that goes out comes in unchanged."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from tradewind.areas.structure.exchange.goal_rows import GoalFile, GoalRow, ResultRow
from tradewind.areas.structure.exchange.tables import Fault, cells_of
from tradewind.areas.structure.queries.goal_files import Names, key_of, spoken
from tradewind.base.errors import Refused
from tradewind.base.money import CURRENCIES, from_units, to_units
from tradewind.base.period import Period
from tradewind.base.words import LocalText
from tradewind.engines.metrics.registry import METRICS
from tradewind.nouns.goals.models import GoalState, Horizon, KeyResult, Level, Objective, ResultKind
from tradewind.nouns.org.models import Person

OBJECTIVE, RESULT = "objective", "result"
ROWS = {OBJECTIVE: ("objective", "goal", "目标"), RESULT: ("result", "key result", "关键结果")}
# What a column may be called; the first name is the one written.
NAMES: dict[str, tuple[str, ...]] = {
    "row": ("row", "类型"), "key": ("key", "编号"), "objective": ("objective", "所属目标"),
    "title_en": ("title", "title en", "英文标题"), "title_zh": ("title zh-hans", "标题", "中文标题"),
    "description": ("description", "说明"), "level": ("level", "层级"), "horizon": ("horizon", "期限"),
    "period": ("period", "周期"), "entity": ("entity", "entity code", "主体", "法人主体"),
    "market": ("market", "market code", "市场"), "team": ("team", "team code", "团队"), "owner": ("owner", "负责人"),
    "weight": ("weight", "权重"), "parents": ("parents", "serves", "上级目标"), "state": ("state", "状态"),
    "grade": ("grade %", "grade", "评分"), "retrospective": ("retrospective", "复盘"),
    "kind": ("kind", "计量方式"), "unit": ("unit", "单位"), "currency": ("currency", "币种"), "start": ("start", "起点"),
    "target": ("target", "目标值"), "low": ("low", "下限"), "high": ("high", "上限"), "metric": ("metric", "指标"),
    "cuts": ("cuts", "切分"), "rate": ("rate", "汇率"), "value": ("value", "当前值"), "confidence": ("confidence", "信心"),
}  # fmt: skip
YES, NO = {"1", "yes", "true", "是", "done"}, {"0", "no", "false", "否"}
CUTS = ("channel", "product", "country")
ESCAPED = re.compile("^'+[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


def read(path: Path, known: Names) -> GoalFile:
    """Read a table of goals; Refused when it has no key, title and period columns at all."""
    file = GoalFile()
    for line, cells in cells_of(file, path, NAMES, [NAMES["key"], NAMES["title_en"] + NAMES["title_zh"]]):
        values = {name: unescaped(cell) for name, cell in cells.items() if cell}
        try:
            if row_kind(values) == OBJECTIVE:
                file.goals.append(goal_of(line, values, known))
            else:
                file.results.append(result_of(line, values, known))
        except Fault as fault:
            file.refuse(line, fault.column, fault.reason)
    return file


def unescaped(cell: str) -> str:
    """A cell without the apostrophe that keeps spreadsheets from taking it for a formula, and with plain line ends."""
    cell = cell.replace("\r\n", "\n")
    return cell[1:] if ESCAPED.match(cell) else cell


def row_kind(values: Mapping[str, str]) -> str:
    """Whether a row is an objective or a key result; one that names its objective is a key result."""
    words = spoken(values.get("row", ""))
    if not words:
        return RESULT if "objective" in values else OBJECTIVE
    for kind, called in ROWS.items():
        if words in called:
            return kind
    raise Fault("row", _("“%(value)s” is none of: %(choices)s.") % {"value": values["row"], "choices": ", ".join(ROWS)})


def key_in(values: Mapping[str, str], there: Mapping[str, Any]) -> str:
    """A row's key: given, and not the number of a record that is not there."""
    key = values.get("key", "")
    if not key:
        raise Fault("key", _("Each row needs a key, by which it is known again."))
    if len(key) > 80 or (key.startswith("#") and key not in there):
        raise Fault("key", _("There is no “%(code)s” here.") % {"code": key})
    return key


def goal_of(line: int, values: Mapping[str, str], known: Names) -> GoalRow:
    """An objective from the cells of a row; Fault names the cell that cannot be."""
    key = key_in(values, known.goals)
    there = known.goals.get(key)
    facts: dict[str, Any] = {**titles(values, there), **places(values, known)}
    facts.update({name: values[name] for name in ("description", "retrospective") if name in values})
    for name, choices in (("level", Level), ("horizon", Horizon), ("state", GoalState)):
        if name in values:
            facts[name] = chosen(name, values[name], choices.choices)
    if "period" in values:
        facts.update(period_facts(values["period"], known.fiscal_start))
    elif there is None:
        raise Fault("period", _("This field is required."))
    facts.update(whole(values, ("weight",), 100))
    if "grade" in values:
        facts["grade"] = number("grade", values["grade"], low=0, high=100) // 100
    first = {"level": "team" if "team" in facts else "market" if "market" in facts else
             "person" if "owner" in facts else "company"}  # fmt: skip
    parents = (
        [one.strip() for one in re.split("[;；\n]", values["parents"]) if one.strip()] if "parents" in values else None
    )
    row = GoalRow(line, key, facts, parents, first)
    check_level(row, there)
    return row


def check_level(row: GoalRow, there: Objective | None) -> None:
    """A market's or a team's goal names it; a graded one its grade."""

    def value(name: str) -> Any:
        return row.facts.get(name, getattr(there, name) if there else row.first.get(name))

    for level in ("market", "team"):
        if value("level") == level and value(level) is None:
            raise Fault(level, _("This field is required."))
    if value("state") == GoalState.GRADED and value("grade") is None:
        raise Fault("grade", _("This field is required."))
    if "grade" in row.facts and "state" not in row.facts:
        row.facts["state"] = GoalState.GRADED


def result_of(line: int, values: Mapping[str, str], known: Names) -> ResultRow:
    """A key result from the cells of a row; Fault names the cell that cannot be."""
    key = key_in(values, known.results)
    there = known.results.get(key)
    if "objective" not in values:
        raise Fault("objective", _("This field is required."))
    facts: dict[str, Any] = {**titles(values, there), **places(values, known, team=False)}
    facts.update({name: values[name] for name in ("unit", "rate") if name in values})
    if "kind" in values:
        facts["kind"] = chosen("kind", values["kind"], ResultKind.choices)
    if "currency" in values:
        facts["currency"] = values["currency"].upper()
        if facts["currency"] not in CURRENCIES:
            raise Fault("currency", _("There is no currency “%(code)s”.") % {"code": values["currency"]})
    facts.update({name: number(name, values[name]) for name in ("start", "target", "low", "high") if name in values})
    facts.update(whole(values, ("weight",), 100))
    if "metric" in values:
        facts["metric"] = values["metric"]
        if facts["metric"] not in METRICS:
            raise Fault("metric", _("There is no metric “%(name)s”.") % {"name": values["metric"]})
    if "cuts" in values:
        facts["cuts"] = cuts_of(values["cuts"])
    value = number("value", values["value"]) if "value" in values else None
    confidence = whole(values, ("confidence",), 100).get("confidence")
    check_result(facts, there)
    return ResultRow(line, key, values["objective"], facts, value, confidence)


def check_result(facts: Mapping[str, Any], there: KeyResult | None) -> None:
    """Money names its currency; a range lies between two numbers."""

    def value(name: str) -> Any:
        return facts.get(name, getattr(there, name) if there else None)

    kind = value("kind")
    if kind == ResultKind.MONEY and not value("currency"):
        raise Fault("currency", _("This field is required."))
    if kind == ResultKind.RANGE:
        for name in ("low", "high"):
            if value(name) is None:
                raise Fault(name, _("This field is required."))
        if value("low") > value("high"):
            raise Fault("high", _("The upper end lies below the lower one."))


def titles(values: Mapping[str, str], there: Any) -> dict[str, LocalText]:
    """The title in the languages the row has; a new row needs one."""
    found = {
        language: values[name] for name, language in (("title_en", "en"), ("title_zh", "zh-hans")) if name in values
    }
    if not found and there is None:
        raise Fault("title_en", _("This field is required."))
    return {"title": LocalText(found)} if found else {}


def places(values: Mapping[str, str], known: Names, *, team: bool = True) -> dict[str, Any]:
    """Where a row lies and whose it is."""
    found: dict[str, Any] = {}
    there: dict[str, Mapping[str, Any]] = {"entity": known.entities, "market": known.markets}
    for axis, rows in ({**there, "team": known.teams} if team else there).items():
        if axis in values:
            if values[axis] not in rows:
                raise Fault(axis, _("There is no “%(code)s” here.") % {"code": values[axis]})
            found[axis] = rows[values[axis]]
    if "owner" in values:
        found["owner"] = owner_of(values["owner"], known)
    return found


def owner_of(name: str, known: Names) -> Person:
    """The one person of a key, an e-mail address or a name."""
    person = known.people.get(name) or known.people.get(name.lower())
    if person is not None:
        return person
    called = known.owners.get(spoken(name), set())
    if len(called) != 1:
        words = _("Several people are called “%(name)s”; write the personnel number.") if called else _("Nobody is called “%(name)s” here.")  # fmt: skip
        raise Fault("owner", words % {"name": name})
    return next(iter(called))


def chosen(column: str, words: str, choices: Iterable[tuple[str, Any]]) -> str:
    """The code that a word names, by itself or by its label in any language of the product."""
    called: dict[str, str] = {}
    codes = list(choices)
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            called.update({spoken(label): code for code, label in codes})
    called.update({code: code for code, _label in codes})
    if spoken(words) not in called:
        names = ", ".join(code for code, _label in codes)
        raise Fault(column, _("“%(value)s” is none of: %(choices)s.") % {"value": words, "choices": names})
    return called[spoken(words)]


def period_facts(code: str, fiscal_start: int) -> dict[str, Any]:
    """A period with its days."""
    try:
        period = Period.parse(code, fiscal_start)
    except Refused as refusal:
        raise Fault("period", refusal.message) from None
    return {"period": code, "start": period.start, "end": period.end}


def number(column: str, words: str, *, low: int | None = None, high: int | None = None) -> int:
    """A number in units of 1/10,000; yes and no are 1 and 0, a percent sign may follow."""
    if spoken(words) in YES | NO:
        return to_units(1 if spoken(words) in YES else 0)
    try:
        value = Decimal(words.removesuffix("%").strip())
        units = to_units(value)
    except (InvalidOperation, Refused):
        raise Fault(column, _("“%(value)s” is not a number; write it as 1234.56.") % {"value": words}) from None
    if (low is not None and value < low) or (high is not None and value > high):
        raise Fault(
            column, _("“%(value)s” lies outside of %(low)s to %(high)s.") % {"value": words, "low": low, "high": high}
        )
    return units


def whole(values: Mapping[str, str], names: Iterable[str], most: int) -> dict[str, int]:
    """Whole numbers from 0 to the most."""
    found = {}
    for name in names:
        if name in values:
            if not values[name].isdecimal() or int(values[name]) > most:
                raise Fault(
                    name,
                    _("“%(value)s” is not a whole number from 0 to %(most)s.") % {"value": values[name], "most": most},
                )
            found[name] = int(values[name])
    return found


def cuts_of(words: str) -> dict[str, list[Any]]:
    """Cuts of a metric, written `country=DE,FR; channel=3`."""
    found: dict[str, list[Any]] = {}
    for part in filter(None, (one.strip() for one in words.split(";"))):
        name, equals, values = part.partition("=")
        if not equals or name.strip() not in CUTS:
            raise Fault("cuts", _("Write cuts as country=DE,FR; channel=3."))
        listed = [one.strip() for one in values.split(",") if one.strip()]
        found[name.strip()] = [int(one) if one.isdecimal() else one for one in listed]
    return found


# Out


def rows(goals: Iterable[Objective]) -> Iterator[list[Any]]:
    """The heading, then each goal followed by its key results; `goals` come from `goals_to_write`."""
    yield [titles[0] for titles in NAMES.values()]
    for goal in goals:
        yield line_of(goal_cells(goal))
        for result in goal.results.all():
            yield line_of(result_cells(goal, result))


def line_of(cells: Mapping[str, Any]) -> list[Any]:
    """Cells in the order of the columns; a text that looks escaped gets one more apostrophe, to come back as it is."""
    found = [cells.get(name) for name in NAMES]
    return [f"'{one}" if isinstance(one, str) and ESCAPED.match(one) else one for one in found]


def goal_cells(goal: Objective) -> dict[str, Any]:
    """An objective as a row."""
    serving: Iterable[Any] = getattr(goal, "serving", ())
    return {
        "row": OBJECTIVE, "key": key_of(goal), **title_cells(goal.title), "description": goal.description.strip(),
        "level": goal.level, "horizon": goal.horizon, "period": goal.period, **place_cells(goal),
        "team": goal.team.code if goal.team else None, "weight": goal.weight, "state": goal.state,
        "parents": "; ".join(key_of(link.parent) for link in serving if link.parent is not None),
        "grade": None if goal.grade is None else short(goal.grade * 100), "retrospective": goal.retrospective.strip(),
    }  # fmt: skip


def result_cells(goal: Objective, result: KeyResult) -> dict[str, Any]:
    """A key result as a row."""
    amounts = {name: short(getattr(result, name)) for name in ("start", "target", "low", "high", "value")}
    cuts = "; ".join(f"{name}={','.join(map(str, values))}" for name, values in result.cuts.items())
    return {
        "row": RESULT, "key": key_of(result), "objective": key_of(goal), **title_cells(result.title), **place_cells(result),
        "weight": result.weight, "kind": result.kind, "unit": result.unit, "currency": result.currency, **amounts,
        "metric": result.metric, "cuts": cuts, "rate": result.rate, "confidence": result.confidence,
    }  # fmt: skip


def title_cells(title: Mapping[str, str]) -> dict[str, Any]:
    """A title in the two languages of the file."""
    return {"title_en": title.get("en"), "title_zh": title.get("zh-hans")}


def place_cells(row: Any) -> dict[str, Any]:
    """Where a row lies and whose it is, by codes and keys."""
    owner = row.owner
    return {"entity": row.entity.code if row.entity else None, "market": row.market.code if row.market else None,
            "owner": (owner.key or owner.email or owner.name) if owner else None}  # fmt: skip


def short(units: int | None) -> Decimal | None:
    """A number without zeros at its end."""
    if units is None:
        return None
    value = from_units(units)
    return value.to_integral_value() if value == value.to_integral_value() else value.normalize()


def example(today_quarter: str) -> Iterator[list[Any]]:
    """The file to start from: the heading and one goal with two key results."""
    yield [titles[0] for titles in NAMES.values()]
    yield line_of({"row": OBJECTIVE, "key": "example", "title_en": _("Customers in Germany stay with us"), "level": Level.COMPANY,
                   "horizon": Horizon.PERIOD, "period": today_quarter, "weight": 1, "state": GoalState.DRAFT})  # fmt: skip
    for number_of, title, unit, start, target in (
        (1, _("Parcels that arrive in time"), "", 82, 95),
        (2, _("Questions answered within a day"), "", 60, 90),
    ):
        yield line_of({"row": RESULT, "key": f"example-{number_of}", "objective": "example", "title_en": title, "unit": unit,
                       "kind": ResultKind.PERCENT, "start": start, "target": target, "weight": 1})  # fmt: skip
