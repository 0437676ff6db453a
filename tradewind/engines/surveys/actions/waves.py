"""Asking a survey: a wave is made, opens, reminds in its readers' working time, and closes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from tradewind.base import clock
from tradewind.base.errors import Refused
from tradewind.base.words import LocalText
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.inbox.asking import ask, settle_cause
from tradewind.engines.inbox.models import Todo
from tradewind.engines.inbox.tell import tell
from tradewind.engines.surveys import queries, rules
from tradewind.engines.surveys.models import Invitation, Question, Survey, Wave
from tradewind.nouns.org.models import Entity, Market, Person, Team

ASKED, REMINDED, CLOSED = "surveys.asked", "surveys.reminder", "surveys.closed"


@action()
def open_wave(
    by: Person | None,
    survey: Survey,
    *,
    closes: datetime,
    opens: datetime | None = None,
    zone: str = "",
    entity: Entity | None = None,
    market: Market | None = None,
    team: Team | None = None,
    people: list[Person] | None = None,
    cuts: list[str] | None = None,
    remind_days: int = 3,
    quiet: bool = False,
) -> Wave:
    """Ask people a survey.

    Now, or from `opens` on, until `closes`. Asks the people listed; else everybody of an entity, market and team (with the teams under it), else the whole
    company. `quiet` leaves telling and reminding to the caller. Raises Refused while a text is missing in one of the
    survey's languages, for an empty audience, or for a second open wave of a check.
    """
    now = clock.now()
    starts = opens or now
    if closes <= max(starts, now):
        raise Refused(_("It closes after it opens, and later than now."), fields={"closes": _("Too early.")})
    if not 0 <= remind_days <= 60:
        raise Refused(_("Reminders are 0 to 60 days apart."), fields={"remind_days": _("0 to 60 days.")})
    faults = faults_of(survey)
    if faults:
        raise Refused(faults[0], code="not_ready")
    if survey.of_kind.check and survey.waves.exclude(state=Wave.CLOSED).exists():
        raise Refused(_("This check is open already. Close that wave first."), code="open_already")
    if unknown := set(cuts or []) - set(queries.CUTS):
        raise Refused(_("There is no such group."), fields={"cuts": ", ".join(sorted(unknown))})
    wave = Wave.objects.create(
        survey=survey, number=(survey.waves.order_by("-number").values_list("number", flat=True).first() or 0) + 1,
        opens=starts, closes=closes, zone=zone or (by.zone if by else "UTC"), entity=entity, market=market, team=team,
        listed=people is not None, anonymous=survey.anonymous, minimum=survey.minimum, pass_mark=survey.pass_mark,
        cuts=list(queries.CUTS[:3]) if cuts is None else cuts, quiet=quiet, remind_days=remind_days, made_by=by,
    )  # fmt: skip
    if people is not None:
        invite(wave, people)
    if starts <= now:
        begin(wave)
    return wave


def faults_of(survey: Survey) -> list[str]:
    """Why a survey cannot be asked yet, in words; empty when it can."""
    questions = list(survey.questions.filter(removed_at=None))
    if not survey.active:
        return [_("This survey is no longer in use.")]
    if not questions:
        return [_("Write at least one question first.")]
    texts = [survey.title, *(question.text for question in questions)]
    texts += [LocalText(option["text"]) for question in questions for option in question.options]
    texts += [
        text for question in questions for text in (question.hint, question.low_label, question.high_label) if len(text)
    ]
    return [
        _("“%(text)s” is missing in %(language)s.") % {"text": text, "language": language}
        for language in survey.languages
        for text in texts
        if language not in text
    ]


def invite(wave: Wave, people: Iterable[Person]) -> int:
    """One invitation for each active person who has none; how many."""
    chosen = {person.pk: person for person in people if person.active}
    there = set(wave.invitations.values_list("person", flat=True))
    fresh = [person for pk, person in sorted(chosen.items()) if pk not in there]
    groups = queries.groups_of(fresh)
    now = clock.now()
    Invitation.objects.bulk_create(
        Invitation(
            wave=wave, person=person, groups=groups[person.pk], next_at=None if wave.quiet else max(now, wave.opens)
        )
        for person in fresh
    )
    return len(fresh)


def begin(wave: Wave) -> None:
    """Open a wave: its questions are fixed, those who are asked are invited. Refused when nobody is."""
    if not wave.listed:
        invite(wave, queries.audience(wave))
    if not wave.invitations.exists():
        raise Refused(_("There is nobody to ask."), code="nobody")
    wave.asked = [as_asked(question) for question in wave.survey.questions.filter(removed_at=None)]
    wave.state = Wave.OPEN
    wave.save()


def as_asked(question: Question) -> dict[str, Any]:
    """A question as a wave asks it."""
    texts = ("text", "hint", "low_label", "high_label")
    plain = ("kind", "options", "right", "required", "low", "high", "number")
    return {"id": question.pk, **{name: dict(getattr(question, name)) for name in texts},
            **{name: getattr(question, name) for name in plain}}  # fmt: skip


@action()
def begin_wave(by: Person | None, wave: Wave) -> Wave:
    """Open a planned wave."""
    if wave.state != Wave.PLANNED:
        raise Refused(_("This wave has begun already."), code="wrong_state")
    begin(wave)
    return wave


@action()
def invite_people(by: Person | None, wave: Wave, *, people: list[Person]) -> Bulk[int]:
    """Invite further people to a wave that has not closed."""
    if wave.state == Wave.CLOSED:
        raise Refused(_("This wave has closed."), code="closed")
    count = invite(wave, people)
    return Bulk(count, {"invited": count}, subject=wave)


@action()
def close_wave(by: Person | None, wave: Wave) -> Wave:
    """End a wave of a survey.

    Nobody can answer it any more, and what is open with people falls away. In an anonymous wave the groups that are too small to be told of are blanked in the answers for good.
    """
    if wave.state == Wave.CLOSED:
        return wave
    wave.state, wave.closed_at = Wave.CLOSED, clock.now()
    wave.closes = max(min(wave.closes, wave.closed_at), wave.opens + timedelta(seconds=1))
    wave.save()
    settle_cause(ASKED, str(wave.pk), state=Todo.WITHDRAWN)
    wave.invitations.update(next_at=None)
    if wave.anonymous:
        blank_small_groups(wave)
    owner = wave.survey.owner
    if owner is not None and owner != by and not wave.quiet:
        counts = {"answered": wave.invitations.filter(answered=True).count(), "invited": wave.invitations.count()}
        tell(owner, CLOSED, wave, {"title": wave.survey.title, **counts})
    return wave


def blank_small_groups(wave: Wave) -> None:
    """Forget, in the answers, the groups of which nothing may be told."""
    rows = list(wave.responses.all())
    safe = rules.safe_groups([row.groups for row in rows], wave.cuts, wave.minimum)
    for row in rows:
        kept = {cut: key for cut, key in row.groups.items() if key in safe.get(cut, [])}
        if kept != row.groups:
            row.groups = kept
            row.save(update_fields=["groups"])


@action()
def remind_person(by: Person | None, invitation: Invitation) -> Invitation:
    """Ask or remind somebody to answer."""
    row, now = invitation, clock.now()
    data = {"title": row.wave.survey.title, "closes": row.wave.closes}
    if row.told == 0:
        ask(row.person, ASKED, row, data=data, key=str(row.wave_id))
    else:
        tell(row.person, REMINDED, row, data, group=f"survey-{row.wave_id}")
    row.told, row.told_at = row.told + 1, now
    row.next_at = rules.next_reminder(now, row.wave.closes, row.wave.remind_days)
    row.save()
    return row


__all__ = ["begin_wave", "close_wave", "invite_people", "open_wave", "remind_person"]
