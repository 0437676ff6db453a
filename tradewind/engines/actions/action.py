"""The decorator that makes a function an action: permission, transaction, version check, diff, one Event, delivery."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Generic, ParamSpec, Protocol, TypeVar, get_args, get_type_hints, overload

from django.db import transaction
from django.db.models import ForeignKey, Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradewind.base import clock
from tradewind.base.errors import Conflict, NotAllowed
from tradewind.engines.access.registry import codes, subject_of
from tradewind.engines.access.scope import Scope, place_of, require
from tradewind.engines.actions import outbox
from tradewind.engines.actions.diff import difference, plain, private_names, snapshot
from tradewind.engines.actions.models import Change, Event
from tradewind.engines.actions.registry import ACTIONS, Known
from tradewind.nouns.org.models import Person, Versioned

P = ParamSpec("P")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)

ORIGIN: ContextVar[str] = ContextVar("origin", default="page")
VIEWER: ContextVar[Person | None] = ContextVar("viewer", default=None)


@contextmanager
def origin(name: str) -> Iterator[None]:
    """Mark what is done inside as coming from `page`, `api`, `command`, `job` or `import`."""
    token = ORIGIN.set(name)
    try:
        yield
    finally:
        ORIGIN.reset(token)


@contextmanager
def behind(administrator: Person) -> Iterator[None]:
    """Mark what is done inside as done by an administrator who views as somebody else."""
    token = VIEWER.set(administrator)
    try:
        yield
    finally:
        VIEWER.reset(token)


@dataclass
class Bulk(Generic[R]):
    """What a bulk action answers: its result, the counts its one event tells, and the records it changed.

    A `nameless` one leaves no trace of who did it, as an anonymous answer must not. `told` is what changed on the subject
    itself beside its fields, such as its lines: `{name: [before, after]}` in words.
    """

    result: R
    counts: dict[str, Any] = field(default_factory=dict)
    changes: Iterable[tuple[str, int, dict[str, Any]]] = ()
    subject: Model | None = None
    nameless: bool = False
    told: dict[str, Any] = field(default_factory=dict)


class Action(Protocol[P, R_co]):
    """A declared action: call it as a person, or through `.system` as the product itself."""

    name: str
    code: str

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co: ...

    def system(self, *args: Any, **kwargs: Any) -> R_co: ...


class Declare(Protocol):
    """What `action(…)` gives: a bulk action answers the result of its Bulk."""

    @overload
    def __call__(self, function: Callable[P, Bulk[R]], /) -> Action[P, R]: ...

    @overload
    def __call__(self, function: Callable[P, R], /) -> Action[P, R]: ...


def action(
    *,
    scope: Callable[..., Scope | None] | None = None,
    private: tuple[str, ...] = (),
    open_to_all: bool = False,
    room: str = "",
) -> Declare:
    """Make a function the action `<room>.<function>`, its permission and its event.

    The first parameter is the actor, the second (where positional and a model) the subject. `scope` tells, from the
    call's other arguments, where a new record will lie; without it and without subject the right is needed company-wide.
    `open_to_all` is for what everybody may do for themselves (own settings); such an action checks by itself.
    `room` names the owner of the tables where that is not the room of the code. A keyword `expected_version` makes a
    changed subject a Conflict. Raises NotAllowed, Conflict, Refused.
    """

    def register(function: Callable[..., Any]) -> Any:
        owner = room or function.__module__.removeprefix("tradewind.").split(".")[1]
        name = f"{owner}.{function.__name__}"
        label = (inspect.getdoc(function) or function.__name__).split("\n")[0].rstrip(".")
        codes(owner, **{function.__name__: gettext_lazy(label)})
        model, needed = subject_parameter(function)
        known = Known(name, function, function, label, model, private, open=open_to_all, subject_needed=needed)

        @functools.wraps(function)
        def call(by: Person | None, *args: Any, **kwargs: Any) -> Any:
            return perform(known, by, args, kwargs, scope=scope, check=not open_to_all)

        def system(*args: Any, **kwargs: Any) -> Any:
            return perform(known, None, args, kwargs, scope=scope, check=False)

        call.system = system  # type: ignore[attr-defined]
        call.name = call.code = name  # type: ignore[attr-defined]
        known.call = call
        ACTIONS[name] = known
        return call

    return register


def subject_parameter(function: Callable[..., Any]) -> tuple[type[Model] | None, bool]:
    """The model of the second positional parameter, or None; and whether it must be given (`Order | None` need not)."""
    names = [p.name for p in inspect.signature(function).parameters.values() if p.kind is p.POSITIONAL_OR_KEYWORD]
    hint = get_type_hints(function).get(names[1]) if len(names) > 1 else None
    options = [option for option in get_args(hint) if option is not type(None)] or [hint]
    model = options[0] if len(options) == 1 else None
    if not isinstance(model, type) or not issubclass(model, Model):
        return None, False
    return model, model is hint


def perform(
    known: Known,
    by: Person | None,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    *,
    scope: Callable[..., Scope | None] | None,
    check: bool,
) -> Any:
    """Carry an action out in one transaction and write its event."""
    expected = kwargs.pop("expected_version", None)
    subject = args[0] if args and isinstance(args[0], Model) else None
    if check:
        for where in places(subject, args, kwargs, scope):
            require(by, known.name, where)
    elif by is not None:
        within_token(by, known.name)
    with transaction.atomic():
        before = locked(subject, expected) if subject is not None else {}
        answer = known.function(by, *args, **kwargs)
        result = answer.result if isinstance(answer, Bulk) else answer
        record(known, by, subject, before, answer)
    return result


def within_token(by: Person, code: str) -> None:
    """Raise NotAllowed when the person acts through an API key that is narrowed to rights without this one."""
    limit = by.__dict__.get("_token_codes")
    if limit is not None and code not in limit:
        raise NotAllowed(_("This API key does not hold the right “%(right)s”.") % {"right": code})


def places(
    subject: Model | None, args: tuple[Any, ...], kwargs: dict[str, Any], scope: Callable[..., Scope | None] | None
) -> list[Scope | Model]:
    """Where the right is needed: where the subject lies now and where the call will put it; else company-wide."""
    found: list[Scope | Model] = [subject] if subject is not None and subject.pk is not None else []
    if scope is not None:
        found.append(scope(*args, **kwargs) or Scope())
    return found or [Scope()]


def locked(subject: Model, expected: int | None) -> dict[str, Any]:
    """The subject's stored values under a row lock; Conflict when it is not the version the editor had read.

    The subject in hand takes the stored values, so that saving it cannot bring old values of other fields back.
    """
    if subject.pk is None:
        return {}
    stored = type(subject)._base_manager.select_for_update().filter(pk=subject.pk).first()
    if stored is None:
        return {}
    held = getattr(stored, "version", None)
    if expected is not None and held is not None and held != expected:
        hidden = private_names(type(stored))
        current = {name: value for name, value in snapshot(stored).items() if name not in hidden}
        raise Conflict(_("Somebody changed this in the meantime."), current={**current, "version": held})
    renew(subject, stored)
    return snapshot(stored)


def renew(subject: Model, stored: Model) -> None:
    """Give a record read earlier the values it is stored with now."""
    for column in subject._meta.concrete_fields:
        value = getattr(stored, column.attname)
        if isinstance(column, ForeignKey) and column.is_cached(subject) and getattr(subject, column.attname) != value:
            column.delete_cached_value(subject)
        setattr(subject, column.attname, value)


def record(known: Known, by: Person | None, subject: Model | None, before: dict[str, Any], answer: Any) -> Event:
    """Write the event of a carried-out action and hand it to delivery after commit."""
    bulk = answer if isinstance(answer, Bulk) else None
    target = (bulk.subject if bulk else answer if isinstance(answer, Model) else None) or subject
    changes: dict[str, Any] = dict(bulk.told) if bulk else {}
    if target is not None and target.pk is not None and bulk is None:
        same = subject is None or (type(target) is type(subject) and target.pk == subject.pk)
        raise_version(target, before if same else {})
        changes = difference(type(target), before, snapshot(target)) if same and before else {}
        changes.update({name: [None, None] for name in known.private if name in changes})
    hidden = bulk is not None and bulk.nameless
    event = write_event(known.name, by, target, changes, bulk.counts if bulk else {}, hidden=hidden)
    rows = iter(bulk.changes) if bulk else iter(())
    while part := list(islice(rows, 500)):  # a large import hands them over one by one
        Change.objects.bulk_create([Change(event=event, subject_type=k, subject_id=pk, changes=c) for k, pk, c in part])
    return event


def raise_version(target: Model, before: dict[str, Any]) -> None:
    """Give a changed record its next version."""
    if isinstance(target, Versioned) and before and snapshot(target) != before:
        target.version += 1
        target.updated_at = clock.now()
        type(target)._base_manager.filter(pk=target.pk).update(version=target.version, updated_at=target.updated_at)


def write_event(
    name: str,
    by: Person | None,
    target: Model | None,
    changes: dict[str, Any],
    counts: dict[str, Any],
    *,
    hidden: bool = False,
) -> Event:
    """One line of the audit trail, at the target's place, without the actor if `hidden`; delivered after commit."""
    known = subject_of(target) if target is not None else None
    where = place_of(target) if target is not None and target.pk else Scope()
    viewer = VIEWER.get()
    event = Event.objects.create(
        name=name,
        actor=None if hidden else viewer or by,
        on_behalf_of=by if viewer and not hidden else None,
        subject_type=known.key if known else target._meta.label_lower if target is not None else "",
        subject_id=target.pk if target is not None and isinstance(target.pk, int) else None,
        subject_title="" if target is None or not known else safe_title(known.title_of(target), target),
        entity_id=where.entity,
        market_id=where.market,
        team_id=where.team,
        changes=changes,
        counts={key: plain(value) for key, value in counts.items()},
        origin=ORIGIN.get(),
    )
    # What was done is done: a delivery that cannot even begin must not look like a refusal, the sweep comes later.
    transaction.on_commit(lambda: outbox.deliver(event.pk), robust=True)
    return event


def safe_title(title: str, target: Model) -> str:
    """The title to keep in an event; a record whose name is personal is told by number only."""
    return f"#{target.pk}" if "name" in getattr(type(target), "private_fields", ()) else title[:200]


def note(name: str, by: Person | None, target: Model | None = None, **counts: Any) -> Event:
    """Write an event for something that changed no record, such as a view or an export of personal data."""
    with transaction.atomic():
        return write_event(name, by, target, {}, counts)
