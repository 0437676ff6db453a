"""What a reader of the balances chose, read from the address and written back to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from tradewind.areas.finance.queries.balances import group_currency
from tradewind.base.errors import Refused
from tradewind.base.money import CURRENCIES
from tradewind.base.period import Period
from tradewind.engines.access.scope import Scope

NONE = "none"  # what belongs to no entity
FIRST_YEAR = 1990


@dataclass(frozen=True)
class Ask:
    """The balances as asked: the end of a `month` (blank: today), the group's currency, the chosen entity (`chosen`: any at all)."""

    day: date
    today: date
    month: str
    currency: str
    home: str
    chosen: bool = False
    entity: int | None = None

    def query(self, **changes: str) -> str:
        """The address query of this view with changes; an empty text leaves one out."""
        entity = "" if not self.chosen else NONE if self.entity is None else str(self.entity)
        kept = {"month": self.month, "currency": self.currency, "entity": entity, **changes}
        return "?" + urlencode({name: value for name, value in kept.items() if value})


def read_ask(asked: Mapping[str, str], scope: Scope, today: date) -> Ask:
    """The view an address asks for; what it leaves out or misspells falls back to the usual: today, the group's currency, all entities."""
    month = read_month(asked.get("month", ""), today)
    currency, entity = asked.get("currency", "").upper(), asked.get("entity", "")
    number = int(entity) if entity.isdecimal() and len(entity) < 19 else scope.entity if not entity else None
    home = group_currency()
    return Ask(
        month.end if month else today, today, month.code if month else "", currency if currency in CURRENCIES and currency != home else "",
        home, number is not None or entity == NONE, number,
    )  # fmt: skip


def read_month(text: str, today: date) -> Period | None:
    """A month that is over; None for anything else."""
    try:
        month = Period.parse(text)
    except Refused:
        return None
    return month if month.kind == "month" and month.end < today and month.start.year >= FIRST_YEAR else None
