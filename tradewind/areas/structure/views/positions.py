"""Pages of positions: what posts are planned, open and held, and what they cost those who may know."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tradewind.areas.structure.actions import positions as actions
from tradewind.areas.structure.forms.positions import COST, HolderFields, PositionFields
from tradewind.areas.structure.queries import people
from tradewind.areas.structure.queries import positions as queries
from tradewind.base.errors import NotFound
from tradewind.base.money import from_units
from tradewind.engines.access import search
from tradewind.engines.metrics import rates
from tradewind.nouns.org.models import Person, Position
from tradewind.nouns.org.queries import company_today
from tradewind.ui.fields import country_choices
from tradewind.ui.pages import ActionPage, Choice, Col, DayRange, DetailPage, FormPage, ListPage, Ref
from tradewind.ui.pages.listing import Listing

TONES = {Position.PLANNED: "neutral", Position.OPEN: "attention", Position.FILLED: "good", Position.DROPPED: "neutral"}

STATES = {
    Position.PLANNED: _("Planned"),
    Position.OPEN: _("Hiring"),
    Position.FILLED: _("Filled"),
    Position.DROPPED: _("Dropped"),
}


def state_of(row: Position) -> Any:
    """The state in words: an open position is hiring."""
    return STATES[row.state]


def known_as(person: Person | None) -> str:
    """A person as a file names them: by number, else by e-mail."""
    return "" if person is None else person.key or person.email or ""


class PositionList(ListPage[Position]):
    area, stem = "structure", "position"
    title, icon, guide = _("Positions"), "armchair", "charters"
    read = "structure.view_position"
    # Files hold codes, so that what leaves can come in again.
    columns = [
        Col("title", _("Title"), kind="localtext", link=True),
        Col("code", _("Code"), sort="code"),
        Col("state", _("State"), value=state_of, kind="chip", tone=lambda row: TONES[row.state], sort="state",
            export=lambda row: row.state),
        Col("team", _("Team"), value="team.name", kind="localtext", export=lambda row: row.team and row.team.code),
        Col("market", _("Market"), value="market.name", kind="localtext", export=lambda row: row.market and row.market.code),
        Col("country", _("Country"), kind="country", sort="country"),
        Col("starts_on", _("Wanted from"), kind="day", sort="starts_on"),
        Col("person", _("Held by"), kind="person", export=lambda row: known_as(row.person)),
        Col("manager", _("Reports to"), kind="person", hidden=True, export=lambda row: known_as(row.manager)),
        Col("allocation", _("Share of time (%)"), kind="number", hidden=True),
        Col("yearly_cost", _("Cost a year"), kind="money", currency="currency", read=queries.COST),
    ]  # fmt: skip
    filters = [
        Choice("state", _("State"), list(STATES.items())),
        Ref("team", _("Team"), lambda request: people.teams(request.person), search="code"),  # type: ignore[attr-defined]
        Ref("market", _("Market"), lambda request: people.markets(), search="code"),
        Choice("country", _("Country"), lambda request: country_choices()[1:]),
        DayRange("starts_on", _("Wanted from")),
    ]
    default_order = "code"
    primary, primary_code = "structure:position-new", "structure.save_position"
    secondary = [("structure:position-import", _("Import positions"), "structure.import_positions")]
    head_template = "structure/position_head.html"
    empty = _("Plan the posts you will need: when, where, in which team, and what they cost.")

    def rows(self, request: HttpRequest) -> QuerySet[Position]:
        return queries.positions(request.person)  # type: ignore[attr-defined]

    def search(self, rows: QuerySet[Position], text: str) -> QuerySet[Position]:
        return rows.filter(pk__in=search.matches("structure.position", text, 2000))

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        """Counts by state, and what the positions on show cost for whoever may know."""
        found = super().context(request, **kwargs)
        listing = Listing(self, request)
        rows = listing.matching()
        counts = queries.counted(rows)
        found["states"] = [(label, counts[state]) for state, label in STATES.items()]
        if request.may(queries.COST):  # type: ignore[attr-defined]
            found["cost"], chosen = self.cost(request, rows), request.GET.get("rate") or "day"
            found["rules"] = [(label, listing.url(rate=code), code == chosen) for code, label in rates.choices()]
        return found

    def cost(self, request: HttpRequest, rows: QuerySet[Position]) -> queries.Total:
        """The cost by the chosen rule; an unknown one is taken as the day's."""
        person, day = request.person, company_today()  # type: ignore[attr-defined]
        try:
            return queries.cost(person, rows, day, request.GET.get("rate") or "day")
        except NotFound:
            return queries.cost(person, rows, day)


class PositionDetail(DetailPage[Position]):
    of = PositionList
    facts = [
        Col("code", _("Code")),
        *PositionList.columns[2:10],
        Col("job", _("Job"), value="job.title", kind="localtext"),
        Col("entity", _("Entity"), value="entity.name", kind="localtext"),
        PositionList.columns[10],
        Col("note", _("Note")),
    ]
    actions = [
        "structure:position-fill",
        "structure:position-open",
        "structure:position-edit",
        "structure:position-drop",
    ]


@transaction.atomic
def save_with_cost(by: Person | None, position: Position | None = None, **facts: Any) -> Position:
    """Save a position and, where its cost was on the form, that too: both or neither."""
    cost = {name: facts.pop(name) for name in COST if name in facts}
    kept = actions.save_position(by, position, **facts)
    if cost and (cost["yearly_cost"] != amount_of(kept) or cost["currency"] != kept.currency):
        actions.set_position_cost(by, kept, yearly_cost=cost["yearly_cost"], currency=cost["currency"])
    return kept


def amount_of(position: Position) -> Any:
    """What a position costs, as one types it."""
    return None if position.yearly_cost is None else from_units(position.yearly_cost)


class PositionForm(FormPage[Position]):
    of = PositionList
    title, edit_title = _("New position"), _("Edit position")
    form = PositionFields
    create = staticmethod(save_with_cost)
    update = staticmethod(save_with_cost)
    create_code = update_code = "structure.save_position"

    def form_kwargs(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        codes = (queries.COST, "structure.set_position_cost")
        return {"cost": all(request.may(code, row) for code in codes)}  # type: ignore[attr-defined]

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        found = super().initial(request, row)
        if row is not None:
            amount = amount_of(row)
            found["yearly_cost"] = (
                amount if amount is None else amount.normalize() if amount % 1 else amount.quantize(1)
            )
        return found


class PositionOpen(ActionPage[Position]):
    of = PositionList
    verb, icon = "open", "door"
    title, button = _("Open for hiring"), pgettext_lazy("open a position", "Open")
    text = _("The position is open for hiring; who held it is taken off.")
    action = actions.open_position

    @classmethod
    def offered(cls, row: Any) -> bool:
        return bool(row.state != Position.OPEN)


class PositionFill(ActionPage[Position]):
    of = PositionList
    verb, icon = "fill", "user-check"
    title, button = _("Fill the position"), _("Fill")
    action, form = actions.fill_position, HolderFields
    states = (Position.PLANNED, Position.OPEN)


class PositionDrop(ActionPage[Position]):
    of = PositionList
    verb, icon, danger = "drop", "circle-off", False
    title, button = _("Give the position up"), _("Give up")
    text = _("The position no longer counts. It can be opened again.")
    action = actions.drop_position
    states = (Position.PLANNED, Position.OPEN)


PAGES = (PositionList, PositionDetail, PositionForm, PositionOpen, PositionFill, PositionDrop)
