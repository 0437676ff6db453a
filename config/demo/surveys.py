"""What the demo company asks its people and thanks them for: two waves of an anonymous pulse, an open question, kudos."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Any

from config.demo.company import House
from tradewind.base import clock
from tradewind.engines.discuss.actions import give_kudos
from tradewind.engines.discuss.models import Kudos
from tradewind.engines.discuss.principles import principles
from tradewind.engines.surveys import actions
from tradewind.engines.surveys.models import Survey, Wave

EN, ZH = "en", "zh-hans"
SEED = 61
PULSE: list[dict[str, Any]] = [
    {"kind": "scale", "text": {EN: "I know what is expected of me this quarter", ZH: "我清楚本季度公司对我的期望"}},
    {"kind": "scale", "text": {EN: "Meetings fit into my working day", ZH: "会议时间适合我的工作日"}},
    {"kind": "scale", "text": {EN: "Colleagues in other countries answer me in time", ZH: "其他国家的同事会及时答复我"}},
    {"kind": "choice", "text": {EN: "What would help you most?", ZH: "什么对你帮助最大？"}, "options": [
        {EN: "Clearer goals", ZH: "更清晰的目标"}, {EN: "Fewer meetings", ZH: "更少的会议"},
        {EN: "Better tools", ZH: "更好的工具"}, {EN: "More time with my team", ZH: "更多团队交流"}]},
    {"kind": "nps", "text": {EN: "Would you recommend us to a friend as a place to work?", ZH: "你会向朋友推荐来这里工作吗？"}},
    {"kind": "text", "required": False, "text": {EN: "What should we change first?", ZH: "我们最该先改变什么？"}},
]  # fmt: skip
ENDS: dict[str, Any] = {"low_label": {EN: "Not at all", ZH: "完全不同意"}, "high_label": {EN: "Fully", ZH: "完全同意"}}
THOUGHTS = [
    "Move the Thursday call: it is 23:00 in Manila.", "周报太多了，合并成一份。", "Answer in the ticket, not in chat.", "新人入职时要有一位搭档。",
    "Tell us earlier about container delays.", "Mais reuniões curtas, menos longas.", "希望产品文档有英文版。", "Better pictures for the German listings.",
]  # fmt: skip
# giver, receivers, principle's place or None, days ago, words
THANKS: list[tuple[str, list[str], int | None, int, str]] = [
    ("Grace Reyes", ["Maria Santos"], 1, 3, "Eleven customers in Spain knew about the late container **before** they could ask."),
    ("林海", ["吴芳", "James Wilson"], 0, 9, "旺季入仓方案写得清清楚楚，两个仓库照着做就行，没有人半夜打电话。"),
    ("Anna Schmidt", ["Sophie Klein"], 1, 17, "Called the carrier on a Friday evening and wrote to all 40 buyers herself."),
    ("周敏", ["Grace Reyes", "高橋翔"], 0, 26, "交接表让马尼拉和东京的班次第一次无缝衔接。"),
    ("Emily Carter", ["曹颖"], None, 38, "The Prime Day ads held their cost although everybody else's doubled."),
    ("林海", ["罗梅"], 0, 47, "把退货率的算法写成了一页，欧洲和美国终于用同一个口径。"),
    ("Michael Chen", ["Daniel Kim"], None, 61, "Found the missing orders in two hours. Thank you!"),
    ("Grace Reyes", ["Ana Souza", "Valeria Torres"], 1, 74, "Every open case in Brazil and Mexico had an answer before the holidays began."),
]  # fmt: skip


def write(house: House) -> None:
    """Ask and answer, and thank each other."""
    pulse(house)
    dinner(house)
    thanks(house)


def noon(house: House, days_ago: int) -> datetime:
    """Noon (UTC) of a day before the company's last one."""
    return datetime.combine(house.anchor - timedelta(days=days_ago), time(12), UTC)


def pulse(house: House) -> None:
    """An anonymous pulse: asked half a year ago and last month, and answered by most."""
    boss = house.people["周敏"]
    survey = actions.save_survey(
        boss, None, kind="surveys.survey", title={EN: "Pulse: how we work", ZH: "脉搏：我们的工作方式"}, shared=True, owner=boss,
        intro={EN: "Five minutes, twice a year. We answer the three most named points within a month.",
               ZH: "每年两次，五分钟。提得最多的三点，我们一个月内答复。"},
    )  # fmt: skip
    for asked in PULSE:
        ends: dict[str, Any] = ENDS if asked["kind"] == "scale" else {}
        actions.save_question(boss, None, survey=survey, **asked, **ends)
    for days_ago, mood, part in ((190, 0, 0.7), (24, 1, 0.8)):
        answered_wave(house, survey, days_ago, mood, part)


def answered_wave(house: House, survey: Survey, days_ago: int, mood: int, part: float) -> None:
    """A wave that a part of the people answered and that closed ten days after it opened."""
    rng = Random(SEED + days_ago)  # noqa: S311  a story, not a secret
    wave = actions.open_wave(
        house.people["周敏"], survey, opens=noon(house, days_ago), closes=later(1), zone="Asia/Shanghai", cuts=["team", "country"],
        quiet=True,
    )  # fmt: skip
    for person in house.people.values():
        if rng.random() < part:
            actions.answer_wave(person, wave, answers=given(wave, rng, mood))
    actions.close_wave(house.people["周敏"], wave)
    Wave.objects.filter(pk=wave.pk).update(closes=noon(house, days_ago - 10), closed_at=noon(house, days_ago - 10))


def later(days: int) -> datetime:
    """Some days from now."""
    return clock.now() + timedelta(days=days)


def given(wave: Wave, rng: Random, mood: int) -> dict[str, Any]:
    """One person's answers; a better mood answers higher."""
    found: dict[str, Any] = {}
    for asked in wave.asked:
        if asked["kind"] == "scale":
            found[str(asked["id"])] = min(5, rng.choice([2, 3, 3, 4, 4, 5]) + (mood and rng.random() < 0.5))
        elif asked["kind"] == "nps":
            found[str(asked["id"])] = min(10, rng.choice([5, 6, 7, 8, 8, 9, 10]) + mood)
        elif asked["kind"] == "choice":
            found[str(asked["id"])] = rng.choice(asked["options"])["code"]
        elif rng.random() < 0.3:
            found[str(asked["id"])] = rng.choice(THOUGHTS)
    return found


def dinner(house: House) -> None:
    """A named question that is open and that half have answered."""
    boss = house.people["周敏"]
    survey = actions.save_survey(boss, None, kind="surveys.survey", anonymous=False, owner=boss,
                                 title={EN: "When shall the yearly meeting be?", ZH: "年会定在什么时候？"})  # fmt: skip
    days = [{EN: "First week of March", ZH: "三月第一周"}, {EN: "Second week of April", ZH: "四月第二周"}]
    actions.save_question(boss, None, survey=survey, kind="multi", options=days,
                          text={EN: "Which weeks suit you?", ZH: "哪几周你方便？"})  # fmt: skip
    wave = actions.open_wave(boss, survey, closes=later(12), zone="Asia/Shanghai")
    for at, person in enumerate(house.people.values()):
        if at % 2:
            actions.answer_wave(person, wave, answers={str(wave.asked[0]["id"]): ["1"] if at % 3 else ["1", "2"]})


def thanks(house: House) -> None:
    """Kudos of the last ninety days, most of them naming a principle."""
    for giver, receivers, place, days_ago, words in THANKS:
        by = house.people[giver]
        chosen = list(principles(by))
        principle = chosen[place] if place is not None and place < len(chosen) else None
        row = give_kudos(by, receivers=[house.people[name] for name in receivers], words=words, principle=principle)
        Kudos.objects.filter(pk=row.pk).update(created_at=noon(house, days_ago))
