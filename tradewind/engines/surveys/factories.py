"""Examples of surveys, for tests and the demo company."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tradewind.base import clock
from tradewind.engines.surveys import actions
from tradewind.engines.surveys.models import Question, Survey, Wave
from tradewind.nouns.org.models import Person

SCALE = {"en": "I know what is expected of me", "zh-hans": "我清楚公司对我的期望"}
WORDS = {"en": "What should we change?", "zh-hans": "我们应该改变什么？"}
RIGHT = [{"en": "Buyers first", "zh-hans": "买家第一"}, {"en": "Growth at any price", "zh-hans": "不惜代价增长"}]


def survey(*, scale: bool = True, words: bool = False, **given: Any) -> Survey:
    """A survey with a scale from 1 to 5, and a free text if asked."""
    facts = {"kind": "surveys.survey", "title": {"en": "Pulse", "zh-hans": "脉搏"}, **given}
    made = actions.save_survey.system(None, **facts)
    if scale:
        actions.save_question.system(None, survey=made, kind=Question.SCALE, text=SCALE)
    if words:
        actions.save_question.system(None, survey=made, kind=Question.TEXT, text=WORDS, required=False)
    return made


def check(**given: Any) -> Survey:
    """A short check with one question whose first option is right."""
    made = survey(scale=False, kind="surveys.check", **given)
    text = {"en": "What comes first?", "zh-hans": "什么最重要？"}
    actions.save_question.system(None, survey=made, kind=Question.CHOICE, text=text, options=RIGHT, right=[1])
    return made


def wave(of: Survey, people: list[Person], *, days: int = 7, **given: Any) -> Wave:
    """An open wave of a survey, which asks some people."""
    closes = given.pop("closes", clock.now() + timedelta(days=days))
    return actions.open_wave.system(of, people=people, closes=closes, **given)


def answers(of: Wave, *values: Any) -> dict[str, Any]:
    """Answers to the questions of a wave, in their order."""
    return {str(asked["id"]): value for asked, value in zip(of.asked, values, strict=False)}
