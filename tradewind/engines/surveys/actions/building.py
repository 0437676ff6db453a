"""Making a survey: its facts and its questions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db.models import Max
from django.utils.translation import gettext as _

from tradewind.base import clock
from tradewind.base.errors import Refused
from tradewind.base.words import LocalText
from tradewind.engines.access.scope import Scope
from tradewind.engines.actions.action import action
from tradewind.engines.surveys.kinds import KINDS, MOST_CHECKED
from tradewind.engines.surveys.models import Answer, Question, Survey
from tradewind.nouns.org.models import Entity, Market, Person, Team

MOST_QUESTIONS, MOST_OPTIONS, MOST_WORDS = 60, 20, 2_000
YES_NO = [
    {"code": "yes", "text": {"en": "Yes", "zh-hans": "是"}},
    {"code": "no", "text": {"en": "No", "zh-hans": "否"}},
]


def future_place(
    survey: Survey | None = None,
    *,
    entity: Entity | None = None,
    market: Market | None = None,
    team: Team | None = None,
    **_: Any,
) -> Scope:
    """Where a survey will lie after it was saved."""
    return Scope(entity.pk if entity else None, market.pk if market else None, team.pk if team else None)


def words(given: Mapping[str, str] | None, field: str, *, needed: bool = False, most: int = MOST_WORDS) -> LocalText:
    """A text in the product's languages; Refused where it is empty although needed, or too long."""
    known = dict(settings.LANGUAGES)
    text = LocalText({tag: str(part).strip() for tag, part in (given or {}).items() if tag in known})
    if needed and not len(text):
        raise Refused(_("Write something first."), fields={field: _("This field is required.")})
    if any(len(part) > most for part in text.values()):
        raise Refused(_("This text is too long."), fields={field: _("Too long.")})
    return text


@action(scope=future_place)
def save_survey(
    by: Person | None,
    survey: Survey | None,
    *,
    kind: str,
    title: dict[str, str],
    intro: dict[str, str] | None = None,
    anonymous: bool = True,
    minimum: int = 5,
    pass_mark: int = 100,
    languages: list[str] | None = None,
    shared: bool = False,
    entity: Entity | None = None,
    market: Market | None = None,
    team: Team | None = None,
    owner: Person | None = None,
    active: bool = True,
) -> Survey:
    """Make or change a survey.

    A check is never anonymous. `languages` are those its title stands in unless given. Waves that are open already
    keep what they promised.
    """
    known = KINDS.get(kind)
    if known is None:
        raise Refused(_("There is no such kind of survey."), fields={"kind": _("Not known.")})
    if survey is not None and survey.kind != kind and survey.waves.exists():
        raise Refused(_("The kind stays once a wave was made."), fields={"kind": _("Stays as it is.")})
    if not 3 <= minimum <= 50:
        raise Refused(_("The smallest group is 3 to 50 people."), fields={"minimum": _("3 to 50 people.")})
    if not 1 <= pass_mark <= 100:
        raise Refused(_("The share of right answers is 1 to 100."), fields={"pass_mark": _("1 to 100.")})
    saved = survey or Survey()
    saved.title, saved.intro = words(title, "title", needed=True, most=200), words(intro, "intro")
    spoken = [code for code, _name in settings.LANGUAGES if code in (saved.title if languages is None else languages)]
    if not spoken:
        raise Refused(_("Choose at least one language."), fields={"languages": _("This field is required.")})
    saved.kind, saved.anonymous, saved.languages = kind, anonymous and not known.check, spoken
    saved.minimum, saved.pass_mark, saved.shared, saved.active = minimum, pass_mark, shared, active
    saved.entity, saved.market, saved.team, saved.owner = entity, market, team, owner or by
    saved.save()
    return saved


def place_of_question(question: Question | None = None, *, survey: Survey | None = None, **_: Any) -> Scope:
    """Where the survey of a question lies."""
    held = survey or (question.survey if question else None)
    return Scope(held.entity_id, held.market_id, held.team_id) if held else Scope()


@action(scope=place_of_question)
def save_question(
    by: Person | None,
    question: Question | None,
    *,
    survey: Survey,
    kind: str,
    text: dict[str, str],
    hint: dict[str, str] | None = None,
    options: list[dict[str, str]] | None = None,
    right: list[int] | None = None,
    required: bool = True,
    low: int = 1,
    high: int = 5,
    low_label: dict[str, str] | None = None,
    high_label: dict[str, str] | None = None,
    position: int | None = None,
) -> Question:
    """Make or change a question of a survey.

    `options` are the choices, each in every language; `right` the numbers of the right ones, from 1. A change of the
    wording counts as a new wording once the question was answered; open waves keep the one they asked.
    """
    saved = question or Question(survey=survey)
    if saved.survey_id != survey.pk or saved.removed_at is not None:
        raise Refused(_("This question belongs to another survey or was removed."))
    if kind not in dict(Question.KINDS):
        raise Refused(_("There is no such kind of question."), fields={"kind": _("Not known.")})
    before = meaning(saved)
    saved.kind, saved.required = kind, required
    saved.text, saved.hint = words(text, "text", needed=True), words(hint, "hint")
    saved.options = checked_options(kind, options or [])
    saved.right = checked_right(saved, right or [])
    saved.low, saved.high = ends(kind, low, high)
    saved.low_label, saved.high_label = words(low_label, "low_label"), words(high_label, "high_label")
    place(saved, position, new=question is None)
    if question is not None and meaning(saved) != before and Answer.objects.filter(question=question).exists():
        saved.number += 1
    saved.save()
    return saved


def meaning(question: Question) -> list[Any]:
    """What makes an answer mean what it does."""
    return [question.kind, dict(question.text), question.options, question.right, question.low, question.high]


def checked_options(kind: str, options: list[dict[str, str]]) -> list[dict[str, Any]]:
    """The choices with their codes; Refused where a choice has too few, too many or an empty one."""
    if kind == Question.YESNO:
        return [dict(option) for option in YES_NO]
    if kind not in Question.WITH_OPTIONS:
        return []
    if not 2 <= len(options) <= MOST_OPTIONS:
        raise Refused(_("A choice has 2 to 20 options."), fields={"options": _("2 to 20 options.")})
    return [
        {"code": str(at), "text": words(one, "options", needed=True, most=200).to_json()}
        for at, one in enumerate(options, 1)
    ]


def checked_right(question: Question, right: list[int]) -> list[str]:
    """The codes of the right options; Refused where one is not there or a check has none."""
    if question.kind not in Question.WITH_OPTIONS:
        if question.survey.of_kind.check:
            raise Refused(_("A check asks choices alone."), fields={"kind": _("Choose a kind with options.")})
        return []
    codes = [option["code"] for option in question.options]
    if any(not 1 <= at <= len(codes) for at in right):
        raise Refused(_("The right answer is one of the options."), fields={"right": _("Not one of the options.")})
    chosen = [code for at, code in enumerate(codes, 1) if at in right]
    if question.survey.of_kind.check and not chosen:
        raise Refused(_("Say which answer is right."), fields={"right": _("This field is required.")})
    if len(chosen) > 1 and question.kind != Question.MULTI:
        raise Refused(_("One answer alone can be right here."), fields={"right": _("One alone.")})
    return chosen


def ends(kind: str, low: int, high: int) -> tuple[int, int]:
    """The ends of a scale; Refused for one that cannot be drawn."""
    if kind == Question.NPS:
        return 0, 10
    if kind == Question.SCALE and not (-10 <= low < high <= 10):
        raise Refused(
            _("A scale runs between -10 and 10."), fields={"high": _("Between -10 and 10, above the low end.")}
        )
    return (low, high) if kind == Question.SCALE else (1, 5)


def place(question: Question, position: int | None, *, new: bool) -> None:
    """Give a question its place, a new one the last; Refused when there are too many."""
    others = Question.objects.filter(survey=question.survey, removed_at=None).exclude(pk=question.pk)
    most = MOST_CHECKED if question.survey.of_kind.check else MOST_QUESTIONS
    if others.count() >= most:
        raise Refused(_("A survey of this kind has at most %(most)s questions.") % {"most": most}, code="too_many")
    if position is not None:
        question.position = max(1, min(position, 999))
    elif new:
        question.position = (others.aggregate(last=Max("position"))["last"] or 0) + 1


@action()
def remove_question(by: Person | None, question: Question) -> Question:
    """Remove a question of a survey.

    What was answered to it stays in the waves that asked it.
    """
    if question.removed_at is None:
        question.removed_at = clock.now()
        question.save()
    return question
