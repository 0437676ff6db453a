"""Ask people to do or to approve something: what other rooms call from their own actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from tradewind.base import clock
from tradewind.base.errors import Refused
from tradewind.base.money import Money
from tradewind.engines.access.registry import subject_of
from tradewind.engines.actions.registry import ACTIONS
from tradewind.engines.inbox.kinds import stored
from tradewind.engines.inbox.models import Approval, ApprovalStep, Notice, Todo
from tradewind.engines.inbox.queries import deputies_of
from tradewind.engines.inbox.rules import Step, needed
from tradewind.engines.inbox.tell import tell
from tradewind.nouns.org.models import Person


def ask(
    person: Person,
    kind: str,
    subject: Model | None = None,
    *,
    data: Mapping[str, Any] | None = None,
    due: datetime | None = None,
    action: str = "",
    draft: Mapping[str, Any] | None = None,
    by: Person | None = None,
    urgent: bool = False,
    key: str = "",
) -> Todo:
    """Ask a person to do something; they are told, reminded before `due`, and their manager when it passes.

    With `action` (a name such as `finance.propose_saving`) settling the to-do as done carries it out with `draft` (JSON)
    as the person who settles it, on `subject` where the action takes one. With `key` there is one open to-do of the
    kind for the same cause: it is renewed instead of doubled. Part of the current transaction.
    """
    facts = {**about(subject), "data": stored(data or {}), "due": due, **deed(action, subject, draft), "asked_by": by}
    with transaction.atomic():
        if key:
            there = Todo.objects.filter(person=person, kind=kind, key=key, state=Todo.OPEN).first()
            if there is not None:
                return renewed(there, facts)
        try:
            with transaction.atomic():
                todo = Todo.objects.create(person=person, kind=kind, key=key, **facts)
        except IntegrityError:  # asked by somebody else in the same moment
            return Todo.objects.get(person=person, kind=kind, key=key, state=Todo.OPEN)
        notify(todo, urgent=urgent)
    return todo


def renewed(todo: Todo, facts: dict[str, Any]) -> Todo:
    """An open to-do with the present facts; nobody is told again."""
    for name, value in facts.items():
        setattr(todo, name, value)
    todo.save()
    return todo


def about(subject: Model | None) -> dict[str, Any]:
    """The subject columns of a record that is a declared subject."""
    known = subject_of(subject) if subject is not None else None
    return {"subject_type": known.key, "subject_id": subject.pk} if known and subject is not None else {}


def deed(action: str, subject: Model | None, draft: Mapping[str, Any] | None) -> dict[str, Any]:
    """The action columns; LookupError when nobody declares the action."""
    if not action:
        return {}
    known = ACTIONS.get(action)
    if known is None:
        raise LookupError(f"there is no action {action!r}")
    takes = known.subject is not None and isinstance(subject, known.subject)
    return {"action": action, "action_subject": subject.pk if takes and subject else None, "draft": dict(draft or {})}


def settle_cause(kind: str, key: str, *, state: str = Todo.DONE) -> int:
    """Close every open to-do of a kind for a cause that is gone, whoever has it; how many."""
    return Todo.objects.filter(kind=kind, key=key, state=Todo.OPEN).update(state=state, settled_at=clock.now())


def ask_approval(
    kind: str,
    *,
    by: Person,
    steps: Sequence[Step[Person]],
    subject: Model | None = None,
    data: Mapping[str, Any] | None = None,
    action: str = "",
    draft: Mapping[str, Any] | None = None,
    amount: Money | None = None,
    due: datetime | None = None,
) -> Approval:
    """Ask for the approval of something, step by step, and carry `action` out with `draft` after the last one.

    An amount goes as far as the first approver whose limit covers it. Nobody approves their own request: such a step
    falls away, and Refused when none is left. The action runs as the last approver, with that person's rights.
    """
    chosen = [step for step in needed(steps, amount) if step.approver.pk != by.pk]
    if not chosen and len(steps) > 1:
        chosen = [step for step in steps if step.approver.pk != by.pk][:1]
    if not chosen:
        raise Refused(_("There is nobody to approve this but you."), code="no_approver")
    with transaction.atomic():
        approval = Approval.objects.create(
            kind=kind, asked_by=by, data=stored(data or {}), due=due, **about(subject), **deed(action, subject, draft),
            amount_units=amount.units if amount else None, currency=amount.currency if amount else "",
        )  # fmt: skip
        ApprovalStep.objects.bulk_create(
            [ApprovalStep(approval=approval, position=n, approver=step.approver) for n, step in enumerate(chosen, 1)]
        )
        open_next(approval)
    return approval


def open_next(approval: Approval) -> ApprovalStep | None:
    """Open the next step with a to-do for its approver; None when all have been taken."""
    step = approval.steps.filter(state=ApprovalStep.WAITING).select_related("approver").first()
    if step is None:
        return None
    step.state = ApprovalStep.OPEN
    step.save()
    todo = Todo.objects.create(
        person=step.approver, kind=approval.kind, data=approval.data, due=approval.due, step=step,
        subject_type=approval.subject_type, subject_id=approval.subject_id, asked_by=approval.asked_by,
    )  # fmt: skip
    notify(todo)
    return step


def notify(todo: Todo, *, only: Person | None = None, urgent: bool = False) -> None:
    """Tell the person of a to-do, and their deputies; or one of them only."""
    people = [only] if only else [todo.person, *deputies_of(todo.person)]
    for notice in tell(people, todo.kind, None, todo.data, todo=todo, urgent=urgent):
        Notice.objects.filter(pk=notice.pk).update(subject_type=todo.subject_type, subject_id=todo.subject_id)
