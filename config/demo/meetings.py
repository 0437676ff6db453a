"""Where the demo company's functions meet: two series with what they decided, wrote down and agreed in the last months."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import takewhile
from typing import Any

from config.demo.company import House, both
from tradewind.base import clock
from tradewind.engines.inbox.actions import settle_todo
from tradewind.engines.meetings import actions
from tradewind.engines.meetings.models import AgendaItem, Decision, Meeting, Series
from tradewind.engines.meetings.rules import moments, series_days
from tradewind.nouns.org.models import Person


@dataclass(frozen=True)
class Told:
    """What came of one meeting: agenda, decision with reasons, minutes, and who does what within how many days."""

    items: tuple[str, ...]
    decision: str
    why: str
    minutes: str
    language: str
    tasks: tuple[tuple[str, str, int, bool], ...] = ()


REVIEW = [
    Told(("各站点销售与退款", "旺季备货"), "欧洲站旺季备货提前到十月底入仓。", "去年十一月断货九天，空运补货吃掉毛利 4 个点。",
         "## 各站点销售与退款\n\n德国站退款率回落，美国站 A+ 页面改版后转化上升。\n\n## 旺季备货\n\n三款主力家具头程改走海运，十月底前入欧洲仓。\n", "zh-hans",
         (("黄志强", "确认三款主力的海运舱位", 6, True), ("陈静", "测算提前备货占用的资金", 9, True))),
    Told(("回款与现金", "广告预算"), "德国站广告预算下调一成，投向美国站新品。", "德国站 ACOS 连续六周高于目标，美国新品有自然排名。",
         "## 回款与现金\n\n亚马逊回款周期稳定，独立站预留金下降。\n\n## 广告预算\n\n按站点目标 ACOS 重新分配，两周后复盘。\n", "zh-hans",
         (("Emily Carter", "Shift the ads budget and report after two weeks", 12, False),)),
    Told(("Returns in Germany", "Peak season staffing"), "Returns from Germany go to the Warsaw hub from next month.", "It halves the way and the cost per parcel.",
         "## Returns in Germany\n\nWarsaw can check and restock within three days.\n\n## Peak season staffing\n\nManila adds two evening shifts.\n", "en",
         (("Katarzyna Nowak", "Agree the return label with the carrier", 8, False), ("Grace Reyes", "Plan the evening shifts", 5, True))),
]  # fmt: skip
SYNC = [
    Told(("New listings", "Stock on the way"), "Titles carry the material first.", "Search terms with the material convert twice as well.",
         "## New listings\n\nEleven listings went live.\n\n## Stock on the way\n\nThe container arrives on Monday.\n", "en", (("孙丽", "按材质在前改写 40 个标题", 10, False),)),
    Told(("Stock on the way", "Photo backlog"), "Photos of furniture are taken before shipping.", "Waiting for samples cost two weeks each time.",
         "## Photo backlog\n\nShenzhen takes them at the factory.\n", "en", (("吴芳", "与工厂约定发货前拍摄", 7, True),)),
    Told(("Customs documents",), "Listings wait until the EORI check of the batch is done.", "Two parcels lay at customs for nine days.",
         "## Customs documents\n\nOne checklist per batch.\n", "en"),
]  # fmt: skip


def meet(house: House) -> None:
    """Start both series as their hosts and write down the meetings of the last months."""
    boss, anna = house.people["林海"], house.people["Anna Schmidt"]
    review = series(house, boss, ("mkt", "sup", "cs", "fin"), (
        "Emily Carter", "黄志强", "Grace Reyes", "陈静", "Anna Schmidt", "Michael Chen", "佐藤健", "Katarzyna Nowak"),
        title=both("Monthly trading review", "月度经营会"), rhythm=Series.MONTHLY, weekday=1, nth=2, at=time(16),
        zone="Asia/Shanghai", length=90, purpose="Same numbers, three decisions, named owners. 同一组数据，三个决定，落实到人。",
    )  # fmt: skip
    sync = series(house, anna, ("mpl", "sup", "log"), (
        "孙丽", "黄志强", "吴芳", "Lukas Weber", "Sophie Klein"),
        title=both("Launch and stock sync DACH", "德奥瑞上新与备货会"), rhythm=Series.BIWEEKLY, weekday=3, at=time(9, 30),
        zone="Europe/Berlin", length=45, purpose="What goes live, what is on the way, what is missing.",
        market=house.markets["dach"],
    )  # fmt: skip
    for row, told in ((review, REVIEW), (sync, SYNC)):
        days = list(
            takewhile(lambda day: day < house.anchor, series_days(row.rhythm, row.weekday, row.nth, row.starts_on))
        )
        for day, one in zip(days[-len(told) :], told, strict=False):
            write(house, row, day, one)
    look_ahead(review, anna, sync)


def series(house: House, host: Person, functions: tuple[str, ...], people: tuple[str, ...], **facts: Any) -> Series:
    """A cross-department series that began four months ago."""
    return actions.save_series(
        host, None, kind="structure.cross", starts_on=house.anchor - timedelta(days=125), host=host,
        functions=[house.functions[code] for code in functions], people=[house.people[name] for name in people],
        link="https://meet.tradewind.example/" + functions[0], **facts,
    )  # fmt: skip


def write(house: House, row: Series, day: date, told: Told) -> None:
    """One meeting of the past: planned, held, written down."""
    host = row.host
    if host is None:
        return
    people = list(row.people.all())
    meeting = actions.plan_meeting(
        host, kind=row.kind, title=dict(row.title), starts_at=moments(day, row.at, row.zone, row.length)[0], zone=row.zone,
        length=row.length, host=host, series=row, people=people, market=row.market, link=row.link,
    )  # fmt: skip
    items = [actions.add_item(host, meeting, title=title, length=20) for title in told.items]
    actions.decide(host, meeting, text=told.decision, reasons=told.why, decided_on=day, item=items[-1])
    for item in items:
        actions.update_item(host, item, title=item.title, length=20, owner=host, state=AgendaItem.DONE)
    for name, title, days, done in told.tasks:
        doer = house.people[name]
        todo = actions.assign(host, meeting, person=doer, title=title, due=clock.now() + timedelta(days=days))
        if done:
            settle_todo(doer, todo)
    present = [person for place, person in enumerate(people) if (place + day.day) % 4] + [host]
    actions.hold_meeting(host, meeting, people=present)
    actions.write_minutes(host, meeting, text=told.minutes, language=told.language)


def look_ahead(review: Series, anna: Person, sync: Series) -> None:
    """What the next meetings begin with, and a decision that took the place of an earlier one."""
    upcoming = review.meetings.filter(state=Meeting.PLANNED, starts_at__gt=clock.now()).order_by("starts_at").first()
    if upcoming is not None:
        actions.add_item(
            anna, upcoming, title="Buy Box losses in Germany", length=15, notes="Numbers: see the *Pulse*."
        )
    earlier = Decision.objects.filter(meeting__series=sync).order_by("decided_on").first()
    latest = sync.meetings.filter(state=Meeting.HELD).order_by("-starts_at").first()
    if earlier is not None and latest is not None and earlier.meeting_id != latest.pk:
        actions.decide(anna, latest, text="Titles carry the room first, the material second.", replaces=earlier,
                       reasons="Four weeks of search terms say so.")  # fmt: skip
