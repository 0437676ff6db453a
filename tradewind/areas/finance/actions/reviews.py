"""The monthly review: opened by itself, variances over a limit explained by their owners, checked, decided, finished."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tradewind.areas.finance.models import Account, Review, VarianceLimit, VarianceNote
from tradewind.areas.finance.queries import reviews as queries
from tradewind.areas.finance.queries.review_checks import CHECKS, checks_of
from tradewind.base import clock
from tradewind.base.errors import NotAllowed, Refused
from tradewind.base.money import CURRENCIES, Money, to_units
from tradewind.base.period import Period
from tradewind.engines.access.scope import Scope, can
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.inbox.asking import ask, settle_cause
from tradewind.engines.inbox.models import Todo
from tradewind.nouns.org.models import Entity, Person
from tradewind.nouns.org.queries import company_today

ASKED, DECIDED, DUE = "finance.variance_comment", "finance.review_decision", "finance.review_due"
SPENT = "finance.budget_spent"
ANSWER_IN = 2  # working days for an explanation while the month runs
LONGEST, EVENING = 4000, timedelta(hours=18)


@action()
def open_reviews(by: Person | None, *, month: date) -> Bulk[list[Review]]:
    """Open the reviews of a month: one of the company and one of every entity with numbers or plans in it."""
    first = month.replace(day=1)
    period = Period.containing(first, "month")
    if period.end >= company_today():
        raise Refused(_("A month is reviewed when it is over."), code="not_over")
    made, found = [], []
    for entity in (None, *queries.entities_in(period)):
        review, new = Review.objects.get_or_create(
            month=first, entity=entity, defaults={"due": queries.working_day(entity, period, 8)}
        )
        found.append(review)
        made += [review] if new else []
    for review in found:
        if review.done_at is None:
            renew(review)
    return Bulk(found, {"reviews": len(made), "month": period.code})


@action()
def watch_spending(by: Person | None, *, month: date) -> Bulk[list[Review]]:
    """Ask about costs that are over their budget by more than the limit while the month still runs.

    Such a cost opens the month's review early; what its owner says stands when the month is reviewed.
    """
    first = month.replace(day=1)
    period = Period.containing(first, "month")
    if not first <= company_today() <= period.end:
        raise Refused(_("Only a month that runs is watched."), code="not_running")
    found, count = [], 0
    for entity in (None, *queries.entities_in(period)):
        there = Review.objects.filter(month=first, entity=entity).first()
        review = there or Review(month=first, entity=entity, due=queries.working_day(entity, period, 8))
        wanted = queries.over_limits(review)
        if wanted and there is None:
            review, _new = Review.objects.get_or_create(month=first, entity=entity, defaults={"due": review.due})
        if review.pk is not None:
            found.append(review)
            count += renew(review, wanted)
    return Bulk(found, {"variances": count, "month": period.code})


@action()
def recount_review(by: Person | None, review: Review) -> Bulk[Review]:
    """Count the variances of an open review anew."""
    if held(review).done_at is not None:
        raise Refused(_("This review is finished: its variances stay as they were."), code="finished")
    return Bulk(review, {"variances": renew(review)}, [], review)


def held(review: Review) -> Review:
    """The stored review under a row lock."""
    return Review.objects.select_for_update().get(pk=review.pk)


def renew(review: Review, over: list[queries.Over] | None = None) -> int:
    """Write what is over its limit now, ask the owners, and take back what is not over it any more and not explained; how many."""
    over = queries.over_limits(review) if over is None else over
    wanted = {(one.account.pk, one.market): one for one in over}
    there = {(note.account_id, note.market_id): note for note in review.notes.all()}
    for key, note in there.items():
        if key not in wanted and not note.comment:
            settle(note, Todo.WITHDRAWN)
            note.delete()
    for key, one in wanted.items():
        note = there.get(key) or VarianceNote(review=review, account=one.account, market_id=one.market)
        note.budget_amount, note.actual_amount, note.currency = (
            one.plan.stored().units,
            one.actual.stored().units,
            one.plan.currency,
        )
        if note.owner is not None and not note.comment and not queries.may_own(note.owner, note):
            settle(note, Todo.WITHDRAWN)  # cost of goods and pay are no longer this person's business
            note.owner = None
        if note.owner_id is None:
            note.owner = queries.owner_of(review, one)
        note.save()
        remind(note)
    return len(wanted)


def remind(note: VarianceNote) -> None:
    """Ask the owner for a comment, once."""
    if note.comment or note.owner is None:
        return
    review, kind = note.review, ASKED
    day = queries.working_day(review.entity, Period.containing(review.month, "month"), 6)
    due: datetime | None = end_of(day, note.owner)
    if queries.running(review):
        kind, asked = (
            SPENT,
            Todo.objects.filter(kind=SPENT, key=key_of(note), person=note.owner, state=Todo.OPEN).first(),
        )
        day = queries.working_day_from(review.entity, company_today(), ANSWER_IN)
        due = asked.due if asked is not None else end_of(day, note.owner)
    else:
        settle_cause(SPENT, key_of(note), state=Todo.WITHDRAWN)
    ask(
        note.owner, kind, note, due=due, key=key_of(note),
        data={
            "account": note.account.name, "month": Period.containing(review.month, "month").code,
            "market": note.market.name if note.market else {"en": "–"},
            "difference": Money.of_units(note.actual_amount - note.budget_amount, note.currency).rounded(),
        },
    )  # fmt: skip


def settle(note: VarianceNote, state: str = Todo.DONE) -> None:
    """Close what is asked about a variance."""
    for kind in (ASKED, SPENT):
        settle_cause(kind, key_of(note), state=state)


def key_of(note: VarianceNote) -> str:
    """The cause of a to-do for a comment."""
    return f"variance-{note.pk}"


def end_of(day: date, person: Person) -> datetime:
    """Six in the evening of a day where a person is."""
    return clock.day_bounds(day, person.zone)[0].replace(microsecond=0) + EVENING


@action(open_to_all=True)
def comment_variance(by: Person | None, note: VarianceNote, *, comment: str) -> VarianceNote:
    """Explain a variance: its owner, or whoever finishes the review."""
    if by is not None and by.pk != note.owner_id and not can(by, "finance.finish_review", note.review):
        raise NotAllowed(_("Its owner explains a variance, or whoever finishes the review."))
    if held(note.review).done_at is not None:
        raise Refused(_("The review is finished: what was said stays."), code="finished")
    text = comment.strip()
    if len(text) < 3 or len(text) > LONGEST:
        raise Refused(_("Say in a few words why."), fields={"comment": _("Say in a few words why.")})
    note.comment, note.commented_at = text, clock.now()
    note.save()
    settle(note)
    return note


@action()
def hand_variance(by: Person | None, note: VarianceNote, *, owner: Person) -> VarianceNote:
    """Give a variance to somebody else to explain."""
    if not queries.may_own(owner, note):
        words = _("%(person)s may not see this line of the profit and loss.") % {"person": owner}
        raise Refused(words, fields={"owner": words})
    settle(note, Todo.WITHDRAWN)
    note.owner = owner
    note.save()
    remind(note)
    return note


@action()
def tick_check(by: Person | None, review: Review, *, code: str, reason: str) -> Review:
    """Settle a point of the checklist by hand, with a reason."""
    if held(review).done_at is not None:
        raise Refused(_("This review is finished."), code="finished")
    if code not in CHECKS:
        raise Refused(
            _("There is no such point on the checklist."), fields={"code": _("Choose a point of the checklist.")}
        )
    if code == "comments":
        words = _("Comments cannot be settled by hand: they are written.")
        raise Refused(words, fields={"code": words})
    if not reason.strip():
        raise Refused(_("Say why."), fields={"reason": _("Say why.")})
    told = {
        "by": by.pk if by else None,
        "name": str(by or ""),
        "at": clock.now().isoformat(),
        "reason": reason.strip()[:300],
    }
    review.checks = {**review.checks, code: told}
    review.save()
    return review


@action()
def decide_review(by: Person | None, review: Review, *, person: Person, what: str, due: date) -> Bulk[Todo]:
    """Decide something in a review: a to-do of a person with a day."""
    faults: dict[str, Any] = {}
    if not what.strip():
        faults["what"] = _("Say what is to be done.")
    if due < clock.today(person.zone):
        faults["due"] = _("Choose a day that is not over.")
    if faults:
        raise Refused(_("Some fields are missing or not right."), fields=faults)
    facts = {"what": what.strip()[:300], "month": Period.containing(review.month, "month").code}
    todo = ask(person, DECIDED, review, data=facts, due=end_of(due, person), by=by)
    return Bulk(todo, {"decision": todo.pk}, [], review)


@action()
def finish_review(by: Person | None, review: Review, *, decisions: str = "") -> Review:
    """Finish a review: refused while a variance over its limit is not explained."""
    if held(review).done_at is not None:
        raise Refused(_("This review is finished."), code="finished")
    if queries.running(review):
        raise Refused(_("A month is reviewed when it is over."), code="not_over")
    renew(review)
    open_notes = [note for note in queries.notes_of(review) if not note.comment]
    if open_notes:
        names = pgettext("between names", ", ").join(queries.note_words(note) for note in open_notes[:5])
        words = (
            _("Not explained yet: %(names)s")
            if len(open_notes) <= 5
            else _("Not explained yet: %(names)s and %(more)s more")
        )
        raise Refused(words % {"names": names, "more": len(open_notes) - 5}, code="comments_missing")
    review.checks = {**review.checks, "found": {check.code: check.done for check in checks_of(review)}}
    review.decisions, review.done_at, review.done_by = decisions.strip(), clock.now(), by
    held_to = queries.asked_of(review).budgets
    if len(held_to) == 1:  # what it was compared with stays, whatever is approved later
        review.budget = held_to[0]
    review.save()
    settle_cause(DUE, f"review-{review.pk}")
    return review


def at_entity(_by: object = None, *_args: Any, entity: Entity | None = None, **_kwargs: Any) -> Scope:
    """Where a limit holds."""
    return Scope(entity=entity.pk if entity else None)


@action(scope=at_entity)
def set_variance_limit(
    by: Person | None, limit: VarianceLimit | None = None, *, amount: Decimal, currency: str, percent: Decimal,
    entity: Entity | None = None, account: Account | None = None,
) -> VarianceLimit:  # fmt: skip
    """Say from which difference on a variance must be explained."""
    faults: dict[str, Any] = {}
    if amount < 0:
        faults["amount"] = _("A limit is not negative.")
    if not 0 <= percent <= 1000:
        faults["percent"] = _("Per cent of the plan, from 0 to 1000.")
    if currency not in CURRENCIES:
        faults["currency"] = _("Unknown currency: %(code)s") % {"code": currency}
    same = VarianceLimit.objects.filter(entity=entity, account=account).exclude(pk=limit.pk if limit else 0)
    if same.exists():
        faults["account"] = _("There is a limit for this already.")
    if faults:
        raise Refused(_("Some fields are missing or not right."), fields=faults)
    row = limit or VarianceLimit()
    row.entity, row.account, row.amount, row.currency, row.percent = (
        entity,
        account,
        to_units(amount),
        currency,
        to_units(percent),
    )
    row.save()
    return row


@action()
def remove_variance_limit(by: Person | None, limit: VarianceLimit) -> None:
    """Take a limit away: the next wider one holds."""
    limit.delete()
