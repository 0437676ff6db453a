"""A small company with two sides that must not see each other, made for every table there is or will be.

Every record that belongs to a side (by its entity, market, person, channel or a record that does) carries the side's mark in its texts,
so that one search through an answer shows what leaked. Company reference data (markets, products, roles …) carries no mark.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.db.models.fields import NOT_PROVIDED

from tradewind.engines.access.models import Grant, Role
from tradewind.engines.access.registry import SUBJECT_BY_MODEL
from tradewind.engines.actions.rights import install_roles
from tradewind.nouns.files.queries import keep
from tradewind.nouns.org.models import Company, Entity, Market, Person, User
from tradewind.nouns.trade.models import Channel, Order

WORD = "Lighthouse"  # in every marked text, so that a search for it finds marked records and says nothing by itself
FIRST_ID = 9_000_001  # beyond what sequences hand out
MOMENT, DAY = datetime(2026, 3, 2, 9, 30, tzinfo=UTC), date(2026, 3, 2)
numbers = itertools.count(1)

# Tables that are not one row for each side: one row in all, kept by the machinery, or made with care below.
NOT_MADE = {"org.company", "org.user", "access.searchentry", "access.role", "jobs.livemessage", "jobs.workerbeat"}
NOT_MADE_IN = {"metrics"}  # numbers worked out from the other records
# Shared by the whole company: calendars, mappings that were given to all, and the machinery that who administers runs.
REFERENCE = {
    "structure.charter", "structure.raciline", "structure.interface",
    "org.site", "org.marketcountry", "agenda.holiday", "exchange.mapping", "library.synonym",
    "jobs.job", "jobs.jobline", "jobs.webhookendpoint", "jobs.webhookdelivery",
}  # fmt: skip
FIXED: dict[str, dict[str, Any]] = {
    "trade.channel": {"zone": "UTC"},
    "trade.rate": {"value": 100_000_000},
    "agenda.patternof": {"country": "", "entity": None},
    "exchange.batchrefusal": {"code": "blank"},
    "exchange.batch": {"state": "done", "format": "shopify"},
    "exchange.sheetbatch": {"sheet": "finance.bank_lines"},
    "jobs.schedule": {"rule": "1h", "active": False},
    "meetings.series": {"kind": "structure.cross", "active": False, "at": time(9)},
    "meetings.meeting": {"kind": "structure.cross", "starts_at": MOMENT, "ends_at": MOMENT + timedelta(hours=1)},
    "library.document": {"kind": "structure.page", "published_at": MOMENT},
    "goals.objective": {"level": "market", "state": "published", "published_at": MOMENT},
    "goals.objectivelink": {"kind": "needs", "team": lambda side: side.row("org.team")},
    "surveys.wave": {"closes": MOMENT + timedelta(days=7)},
    "trade.price": {"amount": 10_000},
    "finance.budget": {"end": DAY + timedelta(days=365), "rate": ""},
    "finance.budgetrow": {"formula": ""},
    "finance.investment": {"flows": [-10_000_000, 6_000_000, 6_000_000]},
    "finance.distinct": {"second": lambda side: side.make(apps.get_model("finance.posting"), next(numbers))},
    "finance.claim": {"amount": 10_000},
    "finance.linepart": {"payout": lambda side: side.row("trade.payout")},
    "finance.remittance": {"until": DAY, "partner": None},
    "finance.allocationrule": {"number": lambda side: next(numbers)},
    "metrics.target": {"metric": "finance.net_revenue", "cuts": {}},
    "metrics.watch": {"metric": "finance.net_revenue", "cuts": {}, "limit": 10_000},
    "metrics.effect": {
        "metric": "finance.net_revenue",
        "cuts": {},
        "start": DAY + timedelta(days=1),
        "end": DAY + timedelta(days=9),
    },
    "jobs.job": {"state": "done", "name": "jobs.prune"},
    "jobs.webhookendpoint": {"url": "https://example.com/hook", "active": False},
}


@dataclass
class Side:
    """One half of the company: its mark, its entity, market, person and one record of every table."""

    mark: str
    country: str
    currency: str
    offset: int
    rows: dict[str, Model] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return f"{WORD} {self.mark}"

    def row(self, label: str) -> Any:
        """The side's record of a table, made when it is missing."""
        if label not in self.rows:
            self.rows[label] = self.make(apps.get_model(label))
        return self.rows[label]

    def make(self, model: type[Model], number: int | None = None) -> Model:
        """A valid record of any table, with the side's mark where the table belongs to a side."""
        values = dict(self.values(model))
        pk = FIRST_ID + self.offset if number is None else FIRST_ID + 1000 + self.offset + number * 10
        if model._meta.pk.get_internal_type() in ("BigAutoField", "AutoField"):
            values["pk"] = pk
        return model._default_manager.create(**values)

    def values(self, model: type[Model]) -> Iterator[tuple[str, Any]]:
        fixed = FIXED.get(model._meta.label_lower, {})
        for column in model._meta.concrete_fields:
            if column.name in fixed:
                value = fixed[column.name]
                yield column.name, value(self) if callable(value) else value
            elif not column.primary_key:
                value = self.value(model, column)
                if value is not NOT_PROVIDED:
                    yield column.name, value

    def value(self, model: type[Model], column: Any) -> Any:
        """A value for one column; NOT_PROVIDED leaves the column's own default."""
        if column.is_relation:
            return self.related(model, column)
        if column.name == "subject_type":
            return "customers.order"
        if column.name in ("subject_id", "order_id"):
            return self.row("trade.order").pk
        if column.choices:
            return column.default if column.default is not NOT_PROVIDED else column.choices[0][0]
        return self.plain(model, column)

    def related(self, model: type[Model], column: Any) -> Any:
        target = column.related_model
        if target is model:
            return NOT_PROVIDED
        wanted = target in (Entity, Market, Person, Channel, Order) or not column.null
        if not wanted or column.many_to_many:
            return NOT_PROVIDED
        if model is Person and target is not Entity and target is not Market:
            return NOT_PROVIDED
        if target is Person and column is not next(c for c in model._meta.concrete_fields if c.related_model is Person):
            return self.colleague()
        if column.one_to_one:
            return self.make(target, next(numbers))
        return self.row(target._meta.label_lower)

    def colleague(self) -> Any:
        """A second person of the side."""
        if "colleague" not in self.rows:
            self.rows["colleague"] = self.make(Person, next(numbers))
        return self.rows["colleague"]

    def plain(self, model: type[Model], column: Any) -> Any:
        """A value by what the column is called, else by what it holds."""
        name = column.name
        if name == "country":
            return self.country
        if name == "base" or name.endswith("currency"):
            return self.currency
        if name == "sha256":
            return keep([b"words"]).sha256
        if name == "zone":
            return "UTC"
        kind = column.get_internal_type()
        if kind.startswith("Date"):
            return moment(model, column, kind)
        if kind.endswith("IntegerField"):
            needed = column.default is NOT_PROVIDED and not column.null
            return (next(numbers) if column.unique else 1) if needed else NOT_PROVIDED
        return self.words(model, column)

    def words(self, model: type[Model], column: Any) -> Any:
        if column.get_internal_type() == "BooleanField":
            return False if column.default is NOT_PROVIDED else NOT_PROVIDED
        kind, single = type(column).__name__, column.unique or in_constraint(model, column.name)
        # A colleague's name stands on shared things (who leads a team, who made a mapping); the rest of a person does not.
        named = model is Person and column.name in ("name", "preferred_name")
        text = self.text if of_a_side(model) and not named else WORD
        if kind == "LocalTextField":
            return {"en": text, "zh-hans": text}
        if kind == "SlugField":
            return f"s{next(numbers)}"
        if kind == "EmailField":
            return f"{text.replace(' ', '.')}.{next(numbers)}@example.com".lower()
        if kind in ("CharField", "TextField", "EncryptedTextField"):
            limit = column.max_length or 200
            full = f"{text} {next(numbers)}" if single else text
            return full if len(full) <= limit else str(next(numbers))[:limit] if single else text[:limit]
        return NOT_PROVIDED


def moment(model: type[Model], column: Any, kind: str) -> Any:
    """A day or a moment where the column needs one."""
    if kind == "DateTimeField":
        return MOMENT if column.default is NOT_PROVIDED and not column.null else NOT_PROVIDED
    if column.unique or in_constraint(model, column.name):
        return DAY + timedelta(days=next(numbers))
    return DAY if not column.null or column.name in ("day", "start") else NOT_PROVIDED


def in_constraint(model: type[Model], name: str) -> bool:
    return any(name in getattr(constraint, "fields", ()) for constraint in model._meta.constraints)


def of_a_side(model: type[Model], seen: frozenset[type[Model]] = frozenset()) -> bool:
    """Whether a record of this table belongs to a side: it has an entity, market or person, or hangs on a record that has."""
    if model in (Entity, Market) or model in seen or is_reference(model):
        return False
    targets = [column.related_model for column in model._meta.concrete_fields if column.is_relation]
    if any(target in (Entity, Market, Person) for target in targets) and model._meta.label_lower != "agenda.patternof":
        return True
    return any(of_a_side(target, seen | {model}) for target in targets if isinstance(target, type))


def is_reference(model: type[Model]) -> bool:
    """Whether everybody with the code may read all of this table: company reference data."""
    known = SUBJECT_BY_MODEL.get(model)
    return model._meta.label_lower in REFERENCE or (known is not None and not known.axes)


def tables() -> list[type[Model]]:
    """Every table of the product that gets a record on each side."""
    ours = [model for model in apps.get_models() if model.__module__.startswith("tradewind.")]
    return [
        model for model in ours if model._meta.label_lower not in NOT_MADE and model._meta.app_label not in NOT_MADE_IN
    ]


def two_sides() -> tuple[Side, Side]:
    """The company with its own and its foreign side, each with one record of every table."""
    install_roles.system()
    Company.objects.get_or_create(defaults={"name": {"en": "House", "zh-hans": "公司"}})
    own, foreign = Side("QOWN7", "DE", "EUR", 0), Side("QFOREIGN7", "US", "USD", 1)
    for side in (own, foreign):
        for model in tables():
            side.row(model._meta.label_lower)
    return own, foreign


def user_with(role: str | None, *, market: Market | None = None, entity: Entity | None = None) -> User:
    """Somebody who may sign in, with one role at a scope, or with no grant at all."""
    number = next(numbers)
    person = Person.objects.create(
        name=f"Visitor {number}", email=f"visitor{number}@example.com", zone="UTC", market=market
    )
    if role is not None:
        Grant.objects.create(person=person, role=Role.objects.get(code=role), market=market, entity=entity)
    return User.objects.create_user(person.email or "", "not a real password", person=person)
