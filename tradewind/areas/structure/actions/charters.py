"""What one can do with charters: write them, say who does what, what is promised to whom, and look at them again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from tradewind.areas.structure.models import Charter, Interface, RaciLine
from tradewind.areas.structure.models.charters import Letter
from tradewind.areas.structure.queries.charters import may_write
from tradewind.base.errors import NotAllowed, Refused
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.library.actions import create_document
from tradewind.engines.library.models import Document, Space
from tradewind.nouns.org.models import Function, Market, Person, Team
from tradewind.nouns.org.queries import company_today

CHARTER = "structure.charter"  # the kind of documents that library.py of this room declares


@dataclass(frozen=True)
class Duty:
    """A line of a charter: function and market by code ('' for all markets), what is to be done, and R, A, C or I."""

    function: str
    letter: str
    market: str = ""
    duty: str = ""


@dataclass(frozen=True)
class Promise:
    """What a team does for another (by code), and by when or how well."""

    other: str
    gives: str
    promise: str = ""


def require_writer(by: Person | None, team: Team) -> None:
    """NotAllowed unless the person leads the team or holds the right to write charters at its place; the system may."""
    if by is not None and not may_write(by, team):
        raise NotAllowed(_("Only the lead of this team and people with the right to write charters may do this."))


@action(open_to_all=True)
def save_charter(
    by: Person | None,
    charter: Charter | None = None,
    *,
    team: Team,
    purpose: dict[str, str],
    document: Document | None = None,
) -> Charter:
    """Write what a team is there for."""
    if charter is not None and charter.pk is not None:
        require_writer(by, charter.team)
    require_writer(by, team)
    if not any(text.strip() for text in purpose.values()):
        raise Refused(_("Say what the team is there for."), fields={"purpose": _("This field is required.")})
    if Charter.objects.filter(team=team).exclude(pk=(charter or Charter()).pk or 0).exists():
        raise Refused(_("This team has a charter already."), fields={"team": _("This team has a charter already.")})
    if document is not None and document.kind != CHARTER:
        raise Refused(_("This is no charter document."), fields={"document": _("This is no charter document.")})
    charter = charter or Charter()
    charter.team, charter.purpose, charter.document = team, purpose, document
    charter.save()
    return charter


@action(open_to_all=True)
def set_lines(by: Person | None, charter: Charter, *, lines: list[Duty]) -> Bulk[Charter]:
    """Say which part a team has in which duties; the lines given take the place of all there were."""
    require_writer(by, charter.team)
    before = told(charter)
    replace_lines(charter, lines)
    return changed(charter, "lines", before, told(charter))


def replace_lines(charter: Charter, lines: list[Duty]) -> None:
    """Put these lines in the place of a charter's own; Refused for what nobody knows or what stands twice."""
    functions = {one.code: one for one in Function.objects.all()}
    markets = {one.code: one for one in Market.objects.all()}
    rows: dict[tuple[Any, ...], RaciLine] = {}
    for number, line in enumerate(lines, 1):
        row = RaciLine(charter=charter, duty=line.duty.strip()[:200], letter=line.letter)
        if line.function not in functions or (line.market and line.market not in markets):
            raise refusal(number, _("There is no “%(code)s” here.") % {"code": line.function if line.function not in functions else line.market})  # fmt: skip
        if line.letter not in Letter.values:
            raise refusal(number, _("A part is R, A, C or I."))
        row.function, row.market = functions[line.function], markets.get(line.market)
        key = (row.function_id, row.market_id, row.duty.casefold(), row.letter)
        if key in rows:
            raise refusal(number, _("The same part of the same duty stands twice."))
        rows[key] = row
    charter.lines.all().delete()
    RaciLine.objects.bulk_create(rows.values())


def refusal(number: int, reason: str) -> Refused:
    """A line that cannot be taken, by its number."""
    words = _("Line %(number)s: %(reason)s") % {"number": number, "reason": reason}
    return Refused(words, code="line", fields={"lines": words})


def told(charter: Charter) -> str:
    """A charter's lines in words, for its history."""
    lines = charter.lines.select_related("function", "market")
    # Sorted here: the stores disagree where lines without a market stand.
    rows = sorted(lines, key=lambda row: (row.function.code, row.market.code if row.market else "", row.pk))
    return "; ".join(
        " ".join(
            part for part in (row.letter, row.function.code, row.market.code if row.market else "*", row.duty) if part
        )
        for row in rows
    )


@action(open_to_all=True)
def set_interfaces(by: Person | None, charter: Charter, *, interfaces: list[Promise]) -> Bulk[Charter]:
    """Say what a team does for other teams; the lines given take the place of all there were."""
    require_writer(by, charter.team)
    teams = {team.code: team for team in Team.objects.all()}
    before, rows = promised(charter), []
    for number, line in enumerate(interfaces, 1):
        if line.other not in teams:
            raise refusal(number, _("There is no “%(code)s” here.") % {"code": line.other})
        if teams[line.other].pk == charter.team_id:
            raise refusal(number, _("A team promises nothing to itself."))
        if not line.gives.strip():
            raise refusal(number, _("Say what the other team gets."))
        rows.append(Interface(charter=charter, other=teams[line.other], gives=line.gives.strip()[:300],
                              promise=line.promise.strip()[:300]))  # fmt: skip
    charter.interfaces.all().delete()
    Interface.objects.bulk_create(rows)
    return changed(charter, "interfaces", before, promised(charter))


def promised(charter: Charter) -> str:
    """A charter's interfaces in words, for its history."""
    return "; ".join(f"{row.other.code}: {row.gives}" for row in charter.interfaces.select_related("other"))


def changed(charter: Charter, what: str, before: str, after: str) -> Bulk[Charter]:
    """The answer of an action on a charter's lines: a new version, and the change in words, if there is one."""
    if before == after:
        return Bulk(charter, {what: 0}, subject=charter)
    charter.version += 1
    charter.save(update_fields=["version"])
    return Bulk(charter, {what: 1}, subject=charter, told={what: [before, after]})


@action(open_to_all=True)
def review_charter(by: Person | None, charter: Charter) -> Charter:
    """Say that a charter was looked at and holds."""
    require_writer(by, charter.team)
    charter.reviewed_on, charter.reviewed_by = company_today(), by
    charter.save(update_fields=["reviewed_on", "reviewed_by"])
    return charter


@action(open_to_all=True)
def begin_charter_document(by: Person | None, charter: Charter, *, space: Space, language: str = "en") -> Charter:
    """Begin the document of a charter from the template."""
    require_writer(by, charter.team)
    if charter.document is not None:
        raise Refused(_("This charter has a document already."))
    title = charter.team.name.text(language) or charter.team.code
    begin = create_document.system if by is None else partial(create_document, by)
    # Who may write in the space is the library's own question.
    charter.document = begin(space=space, kind=CHARTER, title=title, language=language)
    charter.save(update_fields=["document"])
    return charter


__all__ = ["Duty", "Promise", "begin_charter_document", "review_charter", "save_charter", "set_interfaces", "set_lines"]
