"""What people read about rights and about what was done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Count, Model, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradewind.engines.access.models import ApiToken, Grant, Role, SavedView
from tradewind.engines.access.registry import CODES, SUBJECTS, subject_of
from tradewind.engines.access.scope import Reason, Scope, can, holdings, visible, why
from tradewind.engines.actions.models import Event
from tradewind.engines.actions.registry import ACTIONS
from tradewind.nouns.org.models import Entity, Market, Person, Team

AXIS_MODELS: dict[str, type[Model]] = {"entity": Entity, "market": Market, "team": Team}
ROOM_NAMES = {
    "access": gettext_lazy("Access"), "actions": gettext_lazy("Audit trail"), "agenda": gettext_lazy("Working time"),
    "discuss": gettext_lazy("Discussion"), "exchange": gettext_lazy("Import and export"), "inbox": gettext_lazy("Notices"),
    "jobs": gettext_lazy("Background work"), "library": gettext_lazy("Documents"), "meetings": gettext_lazy("Meetings"),
    "surveys": gettext_lazy("Surveys"), "metrics": gettext_lazy("Numbers"), "practices": gettext_lazy("Practices"),
    "structure": gettext_lazy("Structure"), "culture": gettext_lazy("Culture"), "remote": gettext_lazy("Remote"),
    "compliance": gettext_lazy("Compliance"), "performance": gettext_lazy("Performance"), "risk": gettext_lazy("Risk"),
    "learning": gettext_lazy("Learning"), "finance": gettext_lazy("Finance"), "supply": gettext_lazy("Supply"),
    "market": gettext_lazy("Market"), "customers": gettext_lazy("Customers"), "innovation": gettext_lazy("Innovation"),
}  # fmt: skip


def people(reader: Person) -> QuerySet[Person]:
    """The people a reader may see."""
    known = subject_of(Person)
    return visible(reader, known.read, Person.objects.all()) if known else Person.objects.none()


def roles(reader: Person) -> QuerySet[Role]:
    """Roles with the number of active people who hold each."""
    held = Count("grants__person", filter=Q(grants__person__active=True), distinct=True)
    return visible(reader, "access.view_role", Role.objects.annotate(holders=held))


def grants(reader: Person) -> QuerySet[Grant]:
    """Who holds which role where, as far as the reader may know."""
    rows = Grant.objects.select_related("person", "role", "entity", "market", "team", "given_by")
    return visible(reader, "access.view_role", rows)


def keys(owner: Person) -> QuerySet[ApiToken]:
    """A person's own API keys."""
    return ApiToken.objects.filter(person=owner)


def events(reader: Person) -> QuerySet[Event]:
    """What was done at the places whose audit trail the reader may see."""
    rows = Event.objects.select_related("actor", "on_behalf_of", "entity", "market", "team")
    return visible(reader, "actions.view_event", rows)


def views(reader: Person, page: str) -> list[SavedView]:
    """The reader's saved views of a list and those that others share."""
    rows = SavedView.objects.filter(Q(person=reader) | Q(shared=True, person__active=True), page=page)
    return list(rows.select_related("person").order_by("name", "pk"))


def room_name(room: str) -> str:
    """A room in words."""
    return str(ROOM_NAMES.get(room, room))


def label_of(code: str) -> str:
    """A permission or an event in the reader's language."""
    if code == "*":
        return _("Everything")
    if code.endswith(".*"):
        return _("Everything in %(room)s") % {"room": room_name(code.removesuffix(".*"))}
    known = ACTIONS.get(code)
    room, _dot, word = code.partition(".")
    plain = f"{room_name(room)}: {word.replace('_', ' ')}"
    label = known.label if known else CODES.get(code) or EVENT_NAMES.get(code) or plain
    return _(label) if isinstance(label, str) and label else str(label)


EVENT_NAMES = {
    "actions.export_list": gettext_lazy("Export a list"),
    "library.export_space": gettext_lazy("Export a space as Markdown"),
    "library.export_pdf": gettext_lazy("Export a document as PDF"),
    "exchange.open_import": gettext_lazy("Bring a file in"),
    "exchange.open_sheet": gettext_lazy("Bring a file in"),
    "exchange.download_file": gettext_lazy("Download an imported file"),
    "exchange.undo_import": gettext_lazy("Take an import back"),
    "exchange.stop_import": gettext_lazy("Stop an import"),
    "structure.view_private": gettext_lazy("See people's identity, bank and contact data"),
}


def grouped(codes: Iterable[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Codes by room, each with its words: [(room, [(code, words)])]."""
    found: dict[str, list[tuple[str, str]]] = {}
    for code in codes:
        room = "" if code == "*" else code.split(".", 1)[0]
        found.setdefault(room, []).append((code, label_of(code)))
    return sorted(
        (
            (room_name(room) if room else _("All rooms"), sorted(pairs, key=lambda pair: pair[1]))
            for room, pairs in found.items()
        ),
        key=lambda group: group[0],
    )


def place_words(scope: Scope, names: dict[tuple[str, int], str] | None = None) -> str:
    """A scope in words: 'Germany · Customer service', or everywhere."""
    parts = []
    for axis, model in AXIS_MODELS.items():
        pk = getattr(scope, axis)
        if pk is not None:
            known = names.get((axis, pk)) if names is not None else None
            parts.append(known or str(model._base_manager.filter(pk=pk).first() or f"#{pk}"))
    return " · ".join(parts) or _("Everywhere")


def explain(person: Person, code: str, at: Model | None) -> list[str]:
    """Why a person holds a right (on a record), in sentences; empty when they do not."""
    names = {role.code: str(role) for role in Role.objects.all()}
    return [sentence(reason, names) for reason in why(person, code, at)]


def sentence(reason: Reason, names: dict[str, str]) -> str:
    """One reason in words."""
    if reason.own:
        return _("The record is about the person.")
    words = {"role": names.get(reason.role, reason.role), "place": place_words(reason.scope)}
    return _("Holds the role “%(role)s”: %(place)s.") % words


def explain_not(person: Person, code: str, at: Model | None) -> list[str]:
    """Why a person does not hold a right, in sentences."""
    if not person.active:
        return [_("The person is deactivated; deactivated people have no rights.")]
    held = [one for one in holdings(person) if one.allows(code)]
    if held:
        where = ", ".join(place_words(one.scope) for one in held)
        return [_("The right is held, but only for: %(places)s. The record lies elsewhere.") % {"places": where}]
    givers = [str(role) for role in Role.objects.all() if role_allows(role, code)]
    if givers:
        return [
            _("None of the person's roles holds this right. These would: %(roles)s.") % {"roles": ", ".join(givers)}
        ]
    return [_("No role holds this right.")]


def role_allows(role: Role, code: str) -> bool:
    """Whether a role holds a code."""
    return any(one in role.codes for one in (code, "*", f"{code.split('.', 1)[0]}.*"))


def kinds(reader: Person) -> list[tuple[str, str]]:
    """The kinds of records a reader may see, by key and name."""
    found = [(key, str(known.label)) for key, known in SUBJECTS.items() if can(reader, known.read)]
    return sorted(found, key=lambda pair: pair[1])


@dataclass(frozen=True)
class Changed:
    """One changed field in words; without values when they are not the reader's business."""

    label: str
    before: str
    after: str


def changes_of(event: Event, reader: Person) -> list[Changed]:
    """An event's changed fields; their values only for who may read the record itself."""
    known = SUBJECTS.get(event.subject_type)
    row = known.model._base_manager.filter(pk=event.subject_id).first() if known and event.subject_id else None
    open_values = known is not None and (
        can(reader, known.read, row) if row is not None else can(reader, known.read, Scope())
    )
    found = []
    for name, pair in event.changes.items():
        label = field_label(known.model if known else None, name)
        shown = open_values and isinstance(pair, list) and len(pair) == 2 and pair != [None, None]
        found.append(Changed(label, value_words(pair[0]), value_words(pair[1])) if shown else Changed(label, "", ""))
    return found


def field_label(model: type[Model] | None, name: str) -> str:
    """A field's name in words."""
    try:
        text = str(model._meta.get_field(name).verbose_name) if model is not None else name  # type: ignore[union-attr]
    except FieldDoesNotExist:
        text = name
    text = text.replace("_", " ")
    return _(text[:1].upper() + text[1:]) if text else name


def value_words(value: Any) -> str:
    """A stored value, short."""
    if value in (None, "", [], {}):
        return "–"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    text = " / ".join(map(str, value.values())) if isinstance(value, dict) else str(value)
    return text if len(text) <= 160 else f"{text[:160]}…"


def places(person: Person | None, axis: str) -> list[tuple[int, str]]:
    """The entities, markets or teams a person may look at, by id and name."""
    held = holdings(person)
    rows: QuerySet[Any] = AXIS_MODELS[axis]._default_manager.filter(active=True)
    if not any(getattr(one.scope, axis) is None for one in held):
        ids = {pk for one in held for pk in (one.teams if axis == "team" else [getattr(one.scope, axis)])}
        rows = rows.filter(pk__in=ids)
    return [(row.pk, str(row)) for row in rows] if held else []
