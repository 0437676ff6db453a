"""Answering: the answers are kept apart from who gave them where the wave is anonymous."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from tradewind.base import clock
from tradewind.base.errors import NotAllowed, Refused
from tradewind.base.money import to_units
from tradewind.engines.actions.action import VIEWER, Bulk, action
from tradewind.engines.inbox.models import Todo
from tradewind.engines.surveys import rules
from tradewind.engines.surveys.actions.waves import ASKED
from tradewind.engines.surveys.models import Answer, Invitation, Response, Wave
from tradewind.engines.surveys.rules import Given
from tradewind.nouns.org.models import Person

Read = dict[int, list[Given]]


def fault(reason: str) -> str:
    """Why an answer does not fit, in words."""
    return {
        "missing": _("Please answer this one."),
        "option": _("Choose one of the options."),
        "number": _("Write a number."),
        "range": _("Choose a step of the scale."),
        "text": _("Write a text."),
        "long": _("Too long."),
    }[reason]


@action(open_to_all=True)
def answer_wave(by: Person, wave: Wave, *, answers: dict[str, Any]) -> Bulk[dict[str, Any]]:
    """Answer a survey one is asked.

    `answers` are by question id: an option's code, a list of them, a number, a text. Once, but a check may be tried again until it is passed. Answers `passed` (None without right answers) and `wrong`,
    the questions that were not right. An anonymous answer is kept without person and moment, and its event names nobody.
    """
    if VIEWER.get() is not None:
        raise NotAllowed(_("Nobody answers a survey for somebody else."))
    row = Invitation.objects.select_for_update().filter(wave=wave, person=by).first()
    if row is None or by is None:
        raise NotAllowed(_("You are not asked in this wave."))
    if wave.state != Wave.OPEN or wave.closes <= clock.now():
        raise Refused(_("This wave is not open."), code="closed")
    earlier = Response.objects.filter(wave=wave, person=by).first() if not wave.anonymous else None
    if row.answered and (earlier is None or earlier.passed is not False):
        raise Refused(_("You have answered already. Thank you!"), code="answered")
    read = read_all(wave, answers)
    checked = [asked for asked in wave.asked if asked["right"]]
    wrong = [asked["id"] for asked in checked if not rules.is_right(asked, read[asked["id"]])]
    passed = rules.is_passed(len(checked) - len(wrong), len(checked), wave.pass_mark)
    keep(wave, row, earlier, read, passed)
    Invitation.objects.filter(pk=row.pk).update(answered=True, next_at=None)
    if passed is not False:
        Todo.objects.filter(person=by, kind=ASKED, key=str(wave.pk), state=Todo.OPEN).update(
            state=Todo.DONE, settled_at=clock.now()
        )
    outcome = {"passed": passed, "wrong": wrong}
    return Bulk(outcome, {} if wave.anonymous else {"passed": passed}, subject=wave, nameless=wave.anonymous)


def read_all(wave: Wave, answers: dict[str, Any]) -> Read:
    """What was given to each question; Refused naming every one that does not fit, with nothing kept."""
    faults: dict[str, str] = {}
    read: Read = {}
    for asked in wave.asked:
        try:
            read[asked["id"]] = rules.read_answer(asked, answers.get(str(asked["id"])))
        except rules.BadAnswer as bad:
            faults[str(asked["id"])] = fault(bad.reason)
    for unknown in set(answers) - {str(asked["id"]) for asked in wave.asked}:
        faults[unknown] = _("This question is not asked here.")
    if faults:
        raise Refused(_("Some answers are missing or not right."), fields=faults)
    return read


def keep(wave: Wave, row: Invitation, earlier: Response | None, read: Read, passed: bool | None) -> None:
    """Keep the answers; a further try of a check takes the place of the one before."""
    response = earlier or Response(wave=wave, groups={cut: row.groups.get(cut, "") for cut in wave.cuts})
    response.passed = passed
    if not wave.anonymous:
        response.person, response.answered_at = row.person, clock.now()
    if earlier is not None:
        response.tries += 1
        earlier.answers.all().delete()
    response.save()
    Answer.objects.bulk_create(
        Answer(response=response, question_id=question, option=one.option, text=one.text,
               number=None if one.number is None else to_units(one.number))
        for question, given in read.items()
        for one in given
    )  # fmt: skip
