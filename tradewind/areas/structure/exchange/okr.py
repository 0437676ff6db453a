"""Objectives and key results as people write them in Markdown: numbered lists under headings, owners before a colon, results behind `=>`.

A numbered heading is a company objective, a line of the outer list an objective that serves it, every line under that one
a key result. Tabs and blanks may be mixed, and numbers be wrong.
"""

from __future__ import annotations

import hashlib
import html
import re
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from tradewind.areas.structure.exchange.goal_rows import GoalFile, GoalRow, ResultRow
from tradewind.areas.structure.queries.goal_files import Names, spoken
from tradewind.base.errors import Refused
from tradewind.base.money import to_units
from tradewind.base.period import Period
from tradewind.base.words import LocalText
from tradewind.nouns.goals.models import GoalState, Level, ResultKind

HEADING = re.compile(r"^#{1,6}\s+(?:\d+[.)]\s*)(.+)$")
LINE = re.compile(r"^(\s*)\d+[.)]\s+(.*)$")
SPAN = re.compile(r"from\s+(\w+ \d{1,2}, \d{4})\s+to\s+(\w+ \d{1,2}, \d{4})", re.IGNORECASE)
CODE = re.compile(r"\b(\d{4}-Q[1-4])\b")
OWNER = re.compile(r"^([^:：\[\]()]{1,100}?)\s*[:：]\s*(?=\S)(.*)$", re.DOTALL)
SAID = re.compile(r"\s*=>\s*((?:\d+(?:\.\d+)?\s*%\s*,?\s*)+)$")
DASHED = re.compile(r"\s+[-\u2013\u2014]\s+((?:\d+(?:\.\d+)?\s*%\s*,?\s*)+)$")
PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*%")
LINK = re.compile(r"!?\[([^\]]*)\]\(([^)\s]*)[^)]*\)")
SOURCE = re.compile(r"<[^>]*?\b(?:src|href)=[\"']([^\"']+)[\"'][^>]*>")
TAG = re.compile(r"<[^>]+>")
TAB, TITLE = 4, 1000


@dataclass
class Item:
    """One numbered line: `words` as written without its result, `parts` the percents of its result, `more` what follows it."""

    line: int
    owner: str
    words: str
    source: str
    parts: list[Decimal] = field(default_factory=list)
    said: str = ""
    dashed: bool = False
    more: list[str] = field(default_factory=list)
    under: list[Item] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The words without the addresses of links."""
        return plain(LINK.sub(r"\1", self.words)).removesuffix(":").strip()[:TITLE]

    @property
    def mean(self) -> Decimal | None:
        """The result in percent points: the mean of its parts."""
        return sum(self.parts, Decimal(0)) / len(self.parts) if self.parts else None


def item_of(line: int, text: str) -> Item:
    """A numbered line taken apart."""
    said = SAID.search(text) or DASHED.search(text)
    words = text[: said.start()] if said else text
    owner = OWNER.match(words)
    item = Item(line, owner[1].strip() if owner else "", (owner[2] if owner else words).strip(), text.strip())
    if said:
        item.said, item.dashed = said[1].strip(), "=>" not in said[0]
        item.parts = [Decimal(number) for number in PERCENT.findall(said[1])]
    return item


def outline(text: str) -> list[Item]:
    """The company objectives of a text, each with the objectives under it, each with its key results."""
    companies: list[Item] = []
    last: Item | None = None
    outer: int | None = None
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.rstrip()
        if found := HEADING.match(line):
            last, outer = item_of(number, found[1]), None
            companies.append(last)
        elif line.startswith("#"):
            last = None
        elif companies and (found := LINE.match(line)):
            depth = len(found[1].expandtabs(TAB))
            outer = depth if outer is None else outer
            last = item_of(number, found[2])
            goals = companies[-1].under
            (goals[-1].under if goals and depth > outer else goals).append(last)
        elif last is not None and line.strip():
            last.more.append(plain(line))
    return companies


def plain(line: str) -> str:
    """A line of text without the marks of web pages; of what they show, the address stays."""
    shown = SOURCE.sub(lambda found: f" {found[1]} ", html.unescape(line))
    return " ".join(TAG.sub(" ", shown).split())


def period_of(text: str, given: str, fiscal_start: int) -> Period:
    """The period as told, else as the text says it: “from August 1, 2019 to October 31, 2019” or “2026-Q4”."""
    if given:
        return Period.parse(given, fiscal_start)
    if found := SPAN.search(text):
        try:
            return Period(day_of(found[1]), day_of(found[2]), "range")
        except ValueError:
            pass
    if found := CODE.search(text):
        return Period.parse(found[1])
    raise Refused(
        _("The file does not say for which period it is; choose one."),
        code="no_period", fields={"period": _("The file does not say for which period it is; choose one.")},
    )  # fmt: skip


def day_of(words: str) -> date:
    """A day written as `August 1, 2019`."""
    return datetime.strptime(words, "%B %d, %Y").date()  # noqa: DTZ007  a plain day, no moment


def read(text: str, known: Names, period: str = "") -> GoalFile:
    """Read a Markdown text; Refused when it holds no numbered heading or tells no period."""
    companies = outline(text)
    if not companies:
        raise Refused(_("The file has no numbered headings, such as “### 1. Great team”."), code="no_objectives")
    when = period_of(text, period, known.fiscal_start)
    file, taken = GoalFile(), Keys(when.code)
    for company in companies:
        file.total += 1
        top = taken.key("", company)
        file.goals.append(goal_row(company, top, when, known, Level.COMPANY))
        count(file, company)
        for item in company.under:
            file.total += 1
            key = taken.key(top, item)
            row = goal_row(item, key, when, known, Level.PERSON)
            row.parents = [top]
            file.goals.append(row)
            count(file, item)
            for place, nested in enumerate(item.under):
                file.total += 1
                count(file, nested)
                file.results.append(result_row(nested, taken.key(key, nested), key, place, when, known))
    return file


@dataclass
class Keys:
    """Keys from the words of a line, so that a line that moved or got its result is the same goal."""

    period: str
    taken: dict[str, int] = field(default_factory=dict)

    def key(self, above: str, item: Item) -> str:
        """The key of a line under another; the second of two equal lines is numbered."""
        words = f"{self.period}|{above}|{item.owner}|{item.title}".casefold()
        name = f"okr-{self.period[:24]}-{hashlib.sha256(words.encode()).hexdigest()[:16]}"
        self.taken[name] = self.taken.get(name, 0) + 1
        return name if self.taken[name] == 1 else f"{name}-{self.taken[name]}"


def count(file: GoalFile, item: Item) -> None:
    """Count a line that tells a result."""
    file.valued += bool(item.parts) and not item.dashed
    file.dashed += bool(item.parts) and item.dashed


def goal_row(item: Item, key: str, when: Period, known: Names, level: str) -> GoalRow:
    """An objective of the file; one that has a result of its own comes in graded."""
    facts: dict[str, object] = {
        "period": when.code, "start": when.start, "end": when.end, "level": level,
        "description": "\n".join([item.source, *item.more, *(f"- {one.source}" for one in item.under)]),
    }  # fmt: skip
    owned = owner_of(item.owner, known)
    if level == Level.COMPANY:
        owned.pop("team", None)
        owned.pop("market", None)
    elif owned.get("owner") is None:
        facts["level"] = Level.TEAM if "team" in owned else Level.MARKET if "market" in owned else level
    facts.update(owned)
    facts["title"] = LocalText(en=titled(item, owned))
    if item.mean is not None:
        facts["grade"] = min(int(to_units(round(item.mean / 100, 4))), 10_000)
        facts["state"], facts["retrospective"] = GoalState.GRADED, item.said
    return GoalRow(item.line, key, facts, first={"state": GoalState.PUBLISHED})


def result_row(item: Item, key: str, goal: str, place: int, when: Period, known: Names) -> ResultRow:
    """A key result of the file, counted in percent of what was wanted."""
    owned = owner_of(item.owner, known)
    facts = {"title": LocalText(en=titled(item, owned)), "kind": ResultKind.PERCENT, "start": 0,
             "target": to_units(100), "position": place}  # fmt: skip
    if owned.get("owner"):
        facts["owner"] = owned["owner"]
    value = None if item.mean is None else to_units(round(item.mean, 4))
    return ResultRow(item.line, key, goal, facts, value, comment=item.said, day=when.end)


def owner_of(words: str, known: Names) -> dict[str, object]:
    """Whom the words before the colon name: one person by name or job title, else one team, else one market, else nobody."""
    people = known.owners.get(spoken(words), set()) if words else set()
    if len(people) == 1:
        person = next(iter(people))
        found: dict[str, object] = {"owner": person}
        if person.market:
            found["market"] = person.market
        team = known.home_teams.get(person.pk)
        if team is not None:
            found["team"] = next(one for one in known.teams.values() if one.pk == team)
        return found
    teams = known.teams_called.get(spoken(words), set()) if words and not people else set()
    if len(teams) == 1:
        team_called = next(iter(teams))
        return {"team": team_called, **({"owner": team_called.lead} if team_called.lead else {})}
    markets = known.markets_called.get(spoken(words), set()) if words and not people and not teams else set()
    return {"market": next(iter(markets))} if len(markets) == 1 else {}


def titled(item: Item, owned: dict[str, object]) -> str:
    """The title; words before the colon that name nobody stay in front of it."""
    return item.title if owned or not item.owner else f"{item.owner}: {item.title}"
