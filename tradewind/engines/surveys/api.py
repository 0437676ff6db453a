"""Surveys over REST beside their lists and records: what I am asked, and results with the same hiding as the page."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema

from tradewind.base.errors import NotFound
from tradewind.engines.access.rest import PROBLEMS, person_of
from tradewind.engines.surveys import queries
from tradewind.engines.surveys.queries.results import results as results_of
from tradewind.engines.surveys.rules import Tally

router = Router(tags=["surveys"])


class ToAnswer(Schema):
    """A wave that waits for my answer, with its questions as they are asked."""

    wave: int
    title: str
    closes: datetime
    anonymous: bool
    questions: list[dict[str, Any]]


class ToAnswerRows(Schema):
    """What I am asked."""

    rows: list[ToAnswer]


class GroupOut(Schema):
    """The answers of a group; `cut` is '' for everybody."""

    cut: str
    group: str
    people: int
    spread: dict[str, int]
    mean: Decimal | None
    score: Decimal | None


class AskedOut(Schema):
    """The answers to one question, as far as they may be told."""

    question: int
    text: str
    groups: list[GroupOut]
    texts: list[str]


class ResultsOut(Schema):
    """The results of a wave; `hidden` is '' or why nothing is told: `open` or `few`."""

    wave: int
    invited: int
    answered: int
    hidden: str
    questions: list[AskedOut]


@router.get("to-answer", response={200: ToAnswerRows, **PROBLEMS})
def to_answer(request: HttpRequest) -> ToAnswerRows:
    """What I am asked and have not answered."""
    rows = []
    for row in queries.to_answer(person_of(request))[:50]:
        asked = [{key: value for key, value in one.items() if key != "right"} for one in row.wave.asked]
        rows.append(ToAnswer(wave=row.wave_id, title=str(row.wave.survey.title), closes=row.wave.closes,
                             anonymous=row.wave.anonymous, questions=asked))  # fmt: skip
    return ToAnswerRows(rows=rows)


@router.get("waves/{int:pk}/results", response={200: ResultsOut, **PROBLEMS})
def results(request: HttpRequest, pk: int) -> ResultsOut:
    """The results of a wave: what its page tells, and no more."""
    person = person_of(request)
    wave = queries.waves(person).filter(pk=min(max(pk, 0), 2**63 - 1)).first()
    if wave is None:
        raise NotFound(_("There is no such record, or you may not see it."))
    found = results_of(person, wave)
    asked = []
    for one in found.questions:
        groups = [group_out("", "", one.whole)] if one.whole else []
        groups += [group_out(group.cut, group.label, group.tally) for group in one.groups]
        asked.append(AskedOut(question=one.asked["id"], text=one.text, groups=groups, texts=one.texts))
    return ResultsOut(
        wave=wave.pk, invited=found.invited, answered=found.answered, hidden=found.hidden, questions=asked
    )


def group_out(cut: str, group: str, tally: Tally) -> GroupOut:
    """A group's answers as the API tells them."""
    return GroupOut(cut=cut, group=group, people=tally.count, spread=tally.spread, mean=tally.mean, score=tally.score)
