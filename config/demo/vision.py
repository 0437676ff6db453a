"""How the demo company keeps its vision alive: one campaign that most have read, two sessions, and a short check."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.db.models import F

from config.demo.company import House
from tradewind.areas.structure.actions.campaigns import (
    add_session,
    read_broadcast,
    save_broadcast,
    send_messages,
    spread_message,
    start_broadcast,
    word_reminder,
)
from tradewind.areas.structure.models import Broadcast, Receipt
from tradewind.base import clock
from tradewind.engines.inbox.models import Notice
from tradewind.engines.library.models import Document
from tradewind.engines.meetings.actions import hold_meeting
from tradewind.engines.surveys.actions import answer_wave, save_question, save_survey
from tradewind.engines.surveys.models import Survey, Wave
from tradewind.nouns.org.models import Person

EN, ZH = "en", "zh-hans"
QUESTIONS: list[tuple[dict[str, str], list[dict[str, str]], int]] = [
    ({EN: "For whom do we want to be as easy as a shop at home?", ZH: "我们想让谁买得像在本地一样方便？"},
     [{EN: "Wholesalers in China", ZH: "国内批发商"}, {EN: "A household in any of our markets", ZH: "任何一个市场的家庭"}], 2),
    ({EN: "What do we refuse to win by?", ZH: "我们不靠什么取胜？"},
     [{EN: "Hiding costs", ZH: "隐藏费用"}, {EN: "Careful products", ZH: "用心的产品"}, {EN: "Honest service", ZH: "诚实的服务"}], 1),
    ({EN: "A parcel will be late. Who says so first?", ZH: "包裹要延误了，谁先开口？"},
     [{EN: "The customer", ZH: "客户"}, {EN: "The carrier", ZH: "承运商"}, {EN: "We do", ZH: "我们"}], 3),
]  # fmt: skip
MESSAGE = {
    EN: "Our vision stands on one page. Read it, and tell your team which of last month's decisions it would have changed.",
    ZH: "公司愿景已写成一页。请读一读，并告诉团队：上个月的哪个决定会因此不同。",
}
REMINDER = {
    EN: "Eleven customers in Spain heard of the late container from us before they could ask. That is the page at work.",
    ZH: "西班牙的十一位客户在询问之前就从我们这里得知货柜延误，这就是愿景在起作用。",
}


def write(house: House) -> None:
    """Run the campaign up to today, as the people of the company would have."""
    boss, author = house.people["林海"], house.people["周敏"]
    first = house.anchor - timedelta(days=24)
    days = [house.anchor - timedelta(days=10), house.anchor + timedelta(days=4)]
    broadcast = save_broadcast(
        boss, None, title={EN: "Our vision on one page", ZH: "一页纸读懂公司愿景"}, message=MESSAGE,
        document=Document.objects.get(kind="structure.vision", template=False), starts_on=first,
        deadline=house.anchor + timedelta(days=11), reminders=days, survey=check(boss), owner=author,
    )  # fmt: skip
    word_reminder(boss, broadcast, day=days[0], text=REMINDER)
    start_broadcast(boss, broadcast)
    begun = clock.day_bounds(first, "Etc/GMT-14")[0]
    Broadcast.objects.filter(pk=broadcast.pk).update(started_at=begun)
    broadcast.refresh_from_db()
    for message in broadcast.messages.filter(day__lt=house.anchor):
        spread_message.system(broadcast, message=message)
        due = Receipt.objects.filter(message=message, due__lte=clock.now())
        send_messages.system(broadcast, receipts=list(due))
    Receipt.objects.filter(sent_at__isnull=False).update(sent_at=F("due"))
    read_and_answer(broadcast)
    hold_sessions(house, boss, broadcast)


def check(boss: Person) -> Survey:
    """Three questions that whoever has read the page can answer."""
    survey = save_survey(
        boss, None, kind="surveys.check", title={EN: "Is our vision clear?", ZH: "愿景清楚了吗？"}, pass_mark=60
    )
    for place, (text, options, right) in enumerate(QUESTIONS, 1):
        save_question(
            boss, None, survey=survey, kind="choice", text=text, options=options, right=[right], position=place
        )
    return survey


def read_and_answer(broadcast: Broadcast) -> None:
    """Three in four have read it, most of them passed the check."""
    readers = Person.objects.filter(receipts__message__broadcast=broadcast, receipts__sent_at__isnull=False).distinct()
    for number, person in enumerate(readers.order_by("pk")):
        if number % 4 == 3:
            continue
        read_broadcast(person, broadcast=broadcast)
        late = timedelta(hours=2 + number % 9 * 5)
        mine = Receipt.objects.filter(person=person, message__broadcast=broadcast, read_at__isnull=False)
        mine.update(read_at=F("sent_at") + late)
        Notice.objects.filter(person=person, kind__startswith="structure.broadcast").update(read_at=clock.now())
        if broadcast.wave is not None and number % 3:
            answer_wave(person, broadcast.wave, answers=answers(broadcast.wave, right=number % 7 != 1))


def answers(wave: Wave, *, right: bool) -> dict[str, Any]:
    """Answers to the check: all right, or the first option of each."""
    return {str(one["id"]): (one["right"][0] if right else one["options"][0]["code"]) for one in wave.asked}


def hold_sessions(house: House, boss: Person, broadcast: Broadcast) -> None:
    """Two sessions have been held, one for each half of the world; a third is to come."""
    people = list(Person.objects.filter(active=True).order_by("pk"))
    east = [one for one in people if one.zone.startswith(("Asia", "Australia"))]
    west = [one for one in people if one not in east]
    for days, hour, half in ((17, 2, east), (16, 14, west)):
        at = datetime.combine(house.anchor - timedelta(days=days), time(hour, 0), UTC)
        meeting = add_session(boss, broadcast, starts_at=at, zone="Asia/Shanghai", people=half)
        hold_meeting.system(meeting, people=[one for place, one in enumerate(half) if place % 12 != 5])
    coming = datetime.combine(house.anchor + timedelta(days=3), time(8, 0), UTC)
    add_session(
        boss,
        broadcast,
        starts_at=coming,
        zone="Asia/Shanghai",
        people=[one for n, one in enumerate(people) if n % 12 == 5],
    )
