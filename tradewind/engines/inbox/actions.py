"""Read, settle, approve, and choose what reaches one. Everybody may for themselves; each action checks whose it is."""

from __future__ import annotations

import secrets
from datetime import date, time
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from tradewind.base import clock
from tradewind.base.crypto import keyed_hash
from tradewind.base.errors import NotAllowed, Refused
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.actions.run import run
from tradewind.engines.inbox import chat, codes
from tradewind.engines.inbox.asking import notify, open_next
from tradewind.engines.inbox.kinds import APP, KINDS, kind_of, quoted
from tradewind.engines.inbox.models import Approval, ApprovalStep, Delivery, Deputy, Notice, Preference, Reach, Todo
from tradewind.engines.inbox.queries import may_settle, notices_of
from tradewind.engines.inbox.tell import SEND, tell
from tradewind.engines.jobs.live import publish
from tradewind.engines.jobs.queue import enqueue
from tradewind.nouns.org.models import Person
from tradewind.nouns.org.queries import manager_of


def require_own(by: Person | None, owner: int | None) -> None:
    """Raise NotAllowed unless it is the actor's own."""
    if by is None or by.pk != owner:
        raise NotAllowed(_("You may do this for yourself only."))


# --- notices -------------------------------------------------------------------------------------------------------


@action(open_to_all=True)
def mark_read(by: Person, notice: Notice) -> Notice:
    """Mark a notice as read."""
    require_own(by, notice.person_id)
    if notice.read_at is None:
        notice.read_at = clock.now()
        notice.save(update_fields=["read_at"])
        publish(by.pk, "notices", {})
    return notice


@action(open_to_all=True)
def mark_all_read(by: Person) -> Bulk[int]:
    """Mark all notices as read."""
    number = notices_of(by).filter(read_at=None).update(read_at=clock.now())
    publish(by.pk, "notices", {})
    return Bulk(number, counts={"read": number})


# --- to-dos --------------------------------------------------------------------------------------------------------


@action(open_to_all=True)
def settle_todo(by: Person, todo: Todo, *, outcome: str = Todo.DONE, note: str = "") -> Todo:
    """Settle a to-do.

    `outcome` is done or declined. Done carries out the action it asks for, as the person who settles it and with that
    person's rights; what the action refuses leaves the to-do open. Raises NotAllowed, Refused.
    """
    require_settler(by, todo)
    if todo.step_id is not None:
        raise Refused(_("Approve or reject this request."), code="is_approval")
    if outcome not in (Todo.DONE, Todo.DECLINED):
        raise Refused(_("Choose done or declined."), fields={"outcome": _("Choose done or declined.")})
    if outcome == Todo.DONE and todo.action:
        run(todo.action, by=by, subject=todo.action_subject, data=todo.draft)
    return settled(by, todo, outcome, note)


@action(open_to_all=True)
def hand_on_todo(by: Person, todo: Todo, *, to: Person, note: str = "") -> Todo:
    """Hand a to-do on to somebody else.

    Its owner may, a deputy, and the manager who was told that it is late.
    """
    if by.pk != todo.escalated_to_id:
        require_settler(by, todo)
    if todo.step_id is not None:
        raise Refused(_("An approval cannot be handed on; appoint a deputy instead."), code="is_approval")
    require_open(todo)
    if not to.active:
        raise Refused(_("This person is not active."), fields={"to": _("This person is not active.")})
    todo.person, todo.note = to, note
    todo.reminded_at = todo.escalated_at = todo.escalated_to = None
    todo.save()
    tell(to, "inbox.handed_on", todo, {"person": by, "title": quoted(todo.kind, todo.data)}, todo=todo)
    return todo


def require_settler(by: Person | None, todo: Todo) -> None:
    """Raise NotAllowed unless the to-do is the actor's or they act for its owner; Refused when it is over."""
    if by is None or not may_settle(by, todo):
        raise NotAllowed(_("This to-do is somebody else's."))
    require_open(todo)


def require_open(todo: Todo) -> None:
    """Raise Refused when a to-do was settled already, by the store's word and not the page's."""
    if Todo.objects.filter(pk=todo.pk).exclude(state=Todo.OPEN).exists():
        raise Refused(_("This was settled already."), code="settled")


def settled(by: Person | None, todo: Todo, outcome: str, note: str) -> Todo:
    """Write the end of a to-do; its notices are read with it."""
    todo.state, todo.note, todo.settled_by, todo.settled_at = outcome, note, by, clock.now()
    todo.save()
    Notice.objects.filter(todo=todo, read_at=None).update(read_at=clock.now())
    publish(todo.person_id, "notices", {})
    return todo


# --- approvals -----------------------------------------------------------------------------------------------------


@action(open_to_all=True)
def approve_request(by: Person, approval: Approval, *, note: str = "") -> Approval:
    """Approve a request.

    With the last approval its action is carried out as this approver, with this approver's rights; what it refuses
    leaves everything as it was. Raises NotAllowed, Refused.
    """
    step = open_step(by, approval)
    decide(by, step, ApprovalStep.APPROVED, note)
    if open_next(approval) is None:
        if approval.action:
            run(approval.action, by=by, subject=approval.action_subject, data=approval.draft)
        end(approval, Approval.APPROVED)
        inform(approval, "inbox.approved", {"person": by})
    return approval


@action(open_to_all=True)
def reject_request(by: Person, approval: Approval, *, note: str) -> Approval:
    """Reject a request; the reason is told to who asked."""
    if not note.strip():
        raise Refused(_("Say why."), fields={"note": _("Say why.")})
    decide(by, open_step(by, approval), ApprovalStep.REJECTED, note)
    end(approval, Approval.REJECTED)
    inform(approval, "inbox.rejected", {"person": by, "note": note})
    return approval


@action(open_to_all=True)
def withdraw_request(by: Person, approval: Approval) -> Approval:
    """Withdraw a request of one's own."""
    require_own(by, approval.asked_by_id)
    require_pending(approval)
    for step in approval.steps.filter(state=ApprovalStep.OPEN).select_related("todo"):
        settled(by, step.todo, Todo.WITHDRAWN, "")
        step.state = ApprovalStep.WAITING
        step.save()
    return end(approval, Approval.WITHDRAWN)


def open_step(by: Person | None, approval: Approval) -> ApprovalStep:
    """The step that waits, if it waits for this person or for somebody they act for."""
    require_pending(approval)
    step = approval.steps.select_related("todo", "approver").filter(state=ApprovalStep.OPEN).first()
    if step is None or by is None or not may_settle(by, step.todo):
        raise NotAllowed(_("This request waits for somebody else."))
    return step


def require_pending(approval: Approval) -> None:
    """Raise Refused when a request has been decided already, by the store's word."""
    if Approval.objects.filter(pk=approval.pk).exclude(state=Approval.PENDING).exists():
        raise Refused(_("This was decided already."), code="settled")


def decide(by: Person | None, step: ApprovalStep, state: str, note: str) -> None:
    """Write one approver's decision."""
    step.state, step.decided_by, step.decided_at, step.note = state, by, clock.now(), note
    step.save()
    settled(by, step.todo, Todo.DONE if state == ApprovalStep.APPROVED else Todo.DECLINED, note)


def end(approval: Approval, state: str) -> Approval:
    """Write the end of a request."""
    approval.state, approval.ended_at = state, clock.now()
    approval.save()
    return approval


def inform(approval: Approval, kind: str, data: dict[str, Any]) -> None:
    """Tell who asked what became of the request."""
    if approval.asked_by:
        tell(approval.asked_by, kind, approval, {**data, "title": quoted(approval.kind, approval.data)})


# --- deputies ------------------------------------------------------------------------------------------------------


@action(open_to_all=True)
def appoint_deputy(by: Person, *, deputy: Person, start: date, end: date) -> Deputy:
    """Appoint who settles my to-dos and approvals while I am away."""
    if deputy.pk == by.pk or not deputy.active:
        raise Refused(_("Choose another active person."), fields={"deputy": _("Choose another active person.")})
    if end < start:
        raise Refused(
            _("The last day lies before the first."), fields={"end": _("The last day lies before the first.")}
        )
    line = Deputy.objects.create(person=by, deputy=deputy, start=start, end=end)
    if start <= clock.today(by.zone) <= end:
        for todo in Todo.objects.filter(person=by, state=Todo.OPEN).select_related("person"):
            notify(todo, only=deputy)
    return line


@action(open_to_all=True)
def end_deputy(by: Person, line: Deputy) -> Deputy:
    """End a deputy's time before its last day."""
    require_own(by, line.person_id)
    line.ended = True
    line.save()
    return line


# --- what reaches me -----------------------------------------------------------------------------------------------


@action(open_to_all=True)
def set_preferences(by: Person, *, wanted: dict[str, list[str]]) -> Bulk[int]:
    """Choose which notices reach me by which route: `{kind: [routes]}`."""
    unknown = [kind for kind in wanted if kind not in KINDS]
    if unknown:
        raise Refused(_("There is no kind of notice “%(kind)s”.") % {"kind": unknown[0]}, code="unknown_kind")
    for kind, routes in wanted.items():
        if not kind_of(kind).optional:
            continue
        for route, _label in Delivery.ROUTES:
            if route != APP:
                Preference.objects.update_or_create(
                    person=by, kind=kind, route=route, defaults={"wanted": route in routes}
                )
    return Bulk(len(wanted), counts={"kinds": len(wanted)}, subject=by)


@action(open_to_all=True)
def unsubscribe(by: Person, *, kinds: list[str]) -> Bulk[int]:
    """Get no more mail of some kinds."""
    for kind in kinds:
        Preference.objects.update_or_create(person=by, kind=kind, route=Delivery.MAIL, defaults={"wanted": False})
    return Bulk(len(kinds), counts={"kinds": kinds}, subject=by)


@action(open_to_all=True, private=("chat_url",))
def set_reach(
    by: Person, *, mode: str, since: time = time(9), until: time = time(18), digest: bool = True, chat_url: str = ""
) -> Reach:
    """Choose when and by which chat I may be reached."""
    if mode not in dict(Reach.MODES):
        raise Refused(
            _("Choose when messages may reach you."), fields={"mode": _("Choose when messages may reach you.")}
        )
    reach = Reach.objects.filter(person=by).first() or Reach(person=by)
    reach.mode, reach.since, reach.until, reach.digest = mode, since, until, digest
    reach.chat_url = chat.check(chat_url) if chat_url else ""
    reach.save()
    return reach


@action(open_to_all=True)
def open_feed(by: Person) -> Bulk[str]:
    """Make a secret address of my calendar feed.

    An earlier address stops to work. The address comes back this once; only its hash is kept.
    """
    token = secrets.token_urlsafe(32)
    reach = Reach.objects.filter(person=by).first() or Reach(person=by)
    reach.feed_hash = keyed_hash(token)
    reach.save()
    return Bulk(f"{settings.SITE_URL}/feeds/{token}.ics", counts={"opened": 1}, subject=by)


@action(open_to_all=True)
def close_feed(by: Person) -> Bulk[int]:
    """Close my calendar feed."""
    closed = Reach.objects.filter(person=by).exclude(feed_hash=None).update(feed_hash=None)
    return Bulk(closed, counts={"closed": closed}, subject=by)


# --- mail set-up ---------------------------------------------------------------------------------------------------


@action()
def send_test_message(by: Person) -> Delivery:
    """Send oneself a test message by mail; the server's exact answer is in the result."""
    if not by.email:
        raise Refused(_("You have no e-mail address."))
    subject = _("Tradewind can send mail")
    text = _("If you read this, the mail set-up of %(address)s works.") % {"address": settings.SITE_URL}
    return codes.send_code(by.email, subject, text, person=by, purpose="test")


@action()
def retry_delivery(by: Person, delivery: Delivery) -> Delivery:
    """Send a failed message again."""
    if delivery.state != Delivery.FAILED or delivery.notice_id is None:
        raise Refused(_("Only a failed notice can be sent again."))
    delivery.state, delivery.attempts, delivery.not_before, delivery.error = Delivery.WAITING, 0, clock.now(), ""
    delivery.save()
    enqueue(SEND, unique=SEND, follow=True)
    return delivery


# --- what the clock does -------------------------------------------------------------------------------------------


@action()
def escalate_todo(by: Person, todo: Todo) -> Todo:
    """Tell the manager of somebody whose to-do is overdue."""
    todo.escalated_at = clock.now()
    todo.escalated_to = manager_of(todo.person)
    todo.save()
    if todo.escalated_to:
        title = quoted(todo.kind, todo.data)
        tell(todo.escalated_to, "inbox.overdue", todo, {"person": todo.person, "title": title, "due": todo.due})
    return todo


@action()
def remind_todo(by: Person, todo: Todo) -> Todo:
    """Remind somebody of a to-do that falls due within a day."""
    todo.reminded_at = clock.now()
    todo.save()
    tell(todo.person, "inbox.due_soon", todo, {"title": quoted(todo.kind, todo.data), "due": todo.due}, todo=todo)
    return todo
