"""What the demo company wants: a long-term goal, the goals of two quarters from company to person, and how they came along."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from config.demo.company import House, both
from tradewind.areas.structure.actions import goals, goals_grades, goals_links, goals_results
from tradewind.base.period import Period
from tradewind.engines.access.scope import Scope
from tradewind.engines.metrics import figures, refresh
from tradewind.nouns.goals.models import KeyResult, Objective
from tradewind.nouns.org.models import Person

REVENUE, ORDERS, UNITS, REFUNDS, NEW, RETURNING = (
    "finance.net_revenue", "customers.orders", "customers.units", "customers.refund_rate", "customers.new_customers",
    "customers.returning_customers",
)  # fmt: skip
Words = tuple[str, str]
SURE = (70, 70, 65, 75, 80, 80)


@dataclass(frozen=True)
class Result:
    """A key result as it is told: by hand with what was said week by week, or bound, aiming at last year's figure times `times`."""

    title: Words
    target: str = "100"
    said: tuple[str, ...] = ()
    sure: tuple[int, ...] = SURE
    words: str = ""
    start: str = "0"
    metric: str = ""
    times: str = "1.1"
    corner: dict[str, Any] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Goal:
    """A goal as it is told; `serves` names the codes of others, a grade ends it, `place` is a market, team or nothing."""

    code: str
    title: Words
    level: str
    owner: str
    results: tuple[Result, ...] = ()
    place: str = ""
    serves: tuple[str, ...] = ()
    why: str = ""
    published: bool = True
    grade: str = ""
    learnt: str = ""


def percent(
    en: str, zh: str, *said: str, target: str = "100", sure: tuple[int, ...] = SURE, words: str = "", start: str = "0"
) -> Result:
    """A share that somebody tells."""
    return Result((en, zh), target, said, sure, words, start, more={"kind": "percent"})


def number(
    en: str,
    zh: str,
    target: str,
    *said: str,
    unit: str = "",
    sure: tuple[int, ...] = SURE,
    words: str = "",
    start: str = "0",
) -> Result:
    """A count that somebody tells."""
    return Result((en, zh), target, said, sure, words, start, more={"unit": unit})


def bound(
    en: str, zh: str, metric: str, times: str, *, words: str = "", sure: tuple[int, ...] = SURE, **corner: Any
) -> Result:
    """A key result that its metric keeps."""
    return Result((en, zh), sure=sure, words=words, metric=metric, times=times, corner=corner)


LONG = Goal(
    "long", ("Be the home brand that five regions recommend", "成为五大区域用户愿意推荐的家居品牌"), "company", "林海",
    (bound("Net revenue of three years", "三年净营收", REVENUE, "3.6", currency="USD"),
     number("Customers who would recommend us (NPS)", "客户净推荐值（NPS）", "55", "38", "39", "41", "42", start="36")),
    why="Growth that lasts comes from people who tell others.",
)  # fmt: skip
PAST = (
    Goal("past-company", ("Get ready for the big season", "为旺季做好准备"), "company", "林海",
         (bound("Net revenue", "净营收", REVENUE, "1.05", currency="USD"),
          percent("Peak stock that has arrived", "旺季备货到仓率", "20", "55", "80", "95", sure=(80, 80, 85, 90))),
         serves=("long",), grade="0.8", learnt="Stock came in time because orders went out six weeks earlier. Do it again."),
    Goal("past-service", ("Answer every customer within a working day", "客户消息一个工作日内回复"), "team", "Grace Reyes",
         (percent("Answered within a working day", "一个工作日内回复率", "82", "85", "88", "91", target="95", start="78", sure=(60, 60, 55, 50)),
          number("Open cases older than a week", "超过一周未结工单", "10", "60", "44", "30", "25", start="80", sure=(70, 60, 50, 40))),
         place="service", serves=("past-company",), grade="0.7", learnt="Two languages had nobody on Mondays."),
    Goal("past-supply", ("No best seller out of stock", "爆款不断货"), "team", "黄志强",
         (number("Days a best seller was missing", "爆款断货天数", "5", "22", "18", "15", "14", start="30", sure=(75, 70, 60, 40)),
          bound("Units sold", "销量（件）", UNITS, "1.05")),
         place="supply", serves=("past-company",), grade="0.5", learnt="Forecast by product, not by group."),
)  # fmt: skip
NOW = (
    Goal("company", ("Grow without losing trust", "增长不失信任"), "company", "林海",
         (bound("Net revenue", "净营收", REVENUE, "1.15", currency="USD", words="Black Friday decides."),
          bound("Refund rate", "退款率", REFUNDS, "0.9"),
          number("Customers who would recommend us (NPS)", "客户净推荐值（NPS）", "45", "41", "41", "42", "43", start="40")),
         serves=("long",), why="The season brings half of the year; what we promise then must be true."),
    Goal("people", ("A team that works well across nine countries", "九国团队高效协作"), "company", "周敏",
         (percent("Colleagues with a written goal of their own", "有书面个人目标的员工占比", "20", "35", "50", "55", target="80"),
          number("Meetings moved into fair hours", "调整到公平时段的会议数", "20", "4", "9", "12", "15", unit="meetings")),
         serves=("long",)),
    Goal("dach", ("Win Germany before Christmas", "圣诞前拿下德国"), "market", "Anna Schmidt",
         (bound("Net revenue of Germany", "德国净营收", REVENUE, "1.1", market="dach", cuts={"country": ["DE"]}, currency="EUR",
                words="The new pictures work."),
          bound("Refund rate", "退款率", REFUNDS, "0.95", market="dach"),
          number("Top listings with German pictures", "完成德语图的重点 Listing", "20", "3", "8", "11", "15", unit="listings")),
         place="dach", serves=("company",)),
    Goal("us", ("Bring American customers back", "让美国客户再次下单"), "market", "Michael Chen",
         (bound("Orders", "订单数", ORDERS, "1.6", market="us", sure=(60, 50, 45, 40, 35, 30), words="Ads got dearer; we are behind."),
          bound("Returning customers", "复购客户数", RETURNING, "1.5", market="us", sure=(50, 45, 40, 40, 35, 35))),
         place="us", serves=("company",)),
    Goal("jp", ("Be trusted in Japan", "赢得日本市场信任"), "market", "佐藤健",
         (bound("Net revenue", "净营收", REVENUE, "1.2", market="jp", currency="JPY"),
          Result(("Registered for qualified invoices", "完成适格请求书发行事业者登记"), said=("0", "0", "0", "1"), more={"kind": "yesno"})),
         place="jp", serves=("company",)),
    # This one shows what the check of the tree finds: nobody owns it, nothing measures it, it serves nothing.
    Goal("ireland", ("Look at Ireland", "看看爱尔兰市场"), "market", "", place="uk"),
    Goal("marketing", ("New customers at a price we can pay", "以可承受的成本获取新客"), "team", "Emily Carter",
         (bound("New customers", "新客数", NEW, "1.2"),
          Result(("Advertising cost of sales", "广告占销售额比"), said=("14.5", "13.8", "13.1", "12.6"), more={"kind": "range", "low": "9", "high": "12", "target": None})),
         place="marketing", serves=("company", "us")),
    Goal("content", ("Listings that answer before one asks", "Listing 先于提问给出答案"), "team", "孙丽",
         (number("Listings rewritten with customers' questions", "按客户提问重写的 Listing", "60", "10", "22", "35", "41", unit="listings"),
          bound("Units sold", "销量（件）", UNITS, "1.1")),
         place="content", serves=("dach", "company")),
    Goal("service", ("Every customer answered in their own language", "用客户的母语回复"), "team", "Grace Reyes",
         (percent("Answered within a working day", "一个工作日内回复率", "90", "91", "92", "92", target="96", start="88", sure=(60, 55, 55, 50)),
          bound("Returning customers", "复购客户数", RETURNING, "1.1"),
          number("Languages with a second person", "有备份客服的语种", "6", "2", "3", "3", "3", unit="languages", sure=(60, 50, 40, 30),
                 words="No applicant for Japanese yet.")),
         place="service", serves=("company",)),
    Goal("logistics", ("Parcels that arrive when we say", "包裹按承诺时间送达"), "team", "吴芳",
         (percent("Delivered as promised", "按承诺送达率", "93", "94", "94", "95", target="97", start="91"),
          bound("Orders sent", "发货订单数", ORDERS, "1.1")),
         place="logistics", serves=("company",)),
    Goal("americas", ("A second marketplace in the Americas", "美洲开通第二个站点"), "team", "Michael Chen",
         (number("Listings live", "上架 Listing 数", "200", "0", "20", "60", "90", unit="listings", sure=(60, 55, 50, 45)),),
         place="americas", serves=("us",)),
    Goal("europe", ("One returns process for Europe", "欧洲统一退货流程"), "team", "Anna Schmidt",
         (bound("Refund rate", "退款率", REFUNDS, "0.95", market="dach"),
          number("Countries on the new process", "启用新流程的国家", "9", "1", "3", "4", "6", unit="countries")),
         place="europe", serves=("dach",)),
    Goal("asia", ("Ready for New Year sales in Japan", "备战日本新年促销"), "team", "佐藤健",
         (bound("Orders", "订单数", ORDERS, "1.15", market="jp"),), place="asia", serves=("jp",)),
    Goal("finance", ("The month closed in five days", "月结五日内完成"), "team", "陈静",
         (number("Days to close", "月结天数", "5", "9", "8", "7", start="11", unit="days"),
          percent("Payouts matched to orders", "回款与订单匹配率", "80", "88", "93", "96", target="99", start="70")),
         place="finance", serves=("people",)),
    Goal("tech", ("Pages that open at once", "页面秒开"), "team", "赵磊",
         (number("Seconds to open a product page", "商品页打开秒数", "1.5", "3.1", "2.6", "2.2", "1.9", start="3.4", unit="s"),
          bound("Orders in our own shops", "独立站订单数", ORDERS, "1.15", channel=("shop-eu", "shop-us"))),
         place="tech", serves=("company",)),
    Goal("lukas", ("Thirty listings live in France", "法国站上架三十个 Listing"), "person", "Lukas Weber",
         (number("Listings live", "上架 Listing 数", "30", "5", "12", "18", "24", unit="listings"),), serves=("europe",)),
    Goal("maria", ("Learn enough Portuguese to answer alone", "葡语学到能独立回复客户"), "person", "Maria Santos",
         (number("Lessons done", "完成课时", "24", unit="lessons"),), published=False),
)  # fmt: skip


def write(house: House) -> None:
    """Set, publish, check in, ask and grade, as the people of the company would have done week by week."""
    refresh.ensure()
    year, quarter = house.anchor.year, Period.containing(house.anchor, "quarter")
    span = Period(date(year, 1, 1), date(year + 2, 12, 31))
    made: dict[str, Objective] = {}
    for goal, period in [
        (LONG, span),
        *((goal, quarter.previous()) for goal in PAST),
        *((goal, quarter) for goal in NOW),
    ]:
        last = min(house.anchor - timedelta(days=1), period.end)
        made[goal.code] = told(house, goal, period, made, last)
    asked(house, made)
    carried = goals_grades.grade_objective(
        house.people["黄志强"],
        made["past-supply"],
        grade=Decimal("0.5"),
        retrospective=PAST[2].learnt,
        carry_to=quarter.code,
    ).carried_to.get()
    goals.publish_objective(house.people["黄志强"], carried)
    for goal in PAST[:2]:
        goals_grades.grade_objective(
            house.people[goal.owner], made[goal.code], grade=Decimal(goal.grade), retrospective=goal.learnt
        )


def told(house: House, goal: Goal, period: Period, made: dict[str, Objective], last: date) -> Objective:
    """One goal with its key results and what was said of them up to a day."""
    boss = house.people["林海"]
    owner = house.people.get(goal.owner)
    place = (
        {"market": house.markets.get(goal.place)} if goal.level == "market" else {"team": house.teams.get(goal.place)}
    )
    objective = goals.save_objective(
        boss, None, title=both(*goal.title), description=goal.why, level=goal.level, owner=owner, period=period.code,
        horizon="long" if goal.code == "long" else "period", parents=[made[code] for code in goal.serves], **place,
    )  # fmt: skip
    results = [(kept(house, boss, objective, result), result) for result in goal.results]
    if goal.published:
        goals.publish_objective(boss, objective)
        for row, result in results:
            spoken(owner or boss, row, result, period, last)
    return objective


def kept(house: House, boss: Person, objective: Objective, result: Result) -> KeyResult:
    """One key result. A bound one aims at the figure of the year before times a factor, rounded to two digits."""
    facts: dict[str, Any] = {"start": Decimal(result.start), "target": Decimal(result.target), **result.more}
    facts |= {name: Decimal(facts[name]) for name in ("low", "high") if name in facts}
    if result.metric:
        corner = dict(result.corner)
        market = house.markets.get(corner.get("market", ""))
        shops = [house.channels[code].pk for code in corner.get("channel", ())]
        cuts = {**corner.get("cuts", {}), **({"channel": shops} if shops else {})}
        facts |= {"metric": result.metric, "market": market, "cuts": cuts, "currency": corner.get("currency", "")}
        facts |= aim(objective, facts, Decimal(result.times))
    return goals_results.save_result(boss, None, objective=objective, title=both(*result.title), **facts)


def aim(objective: Objective, facts: dict[str, Any], times: Decimal) -> dict[str, Decimal]:
    """Where a bound result starts and what it aims at: a rate falls from last year's, a sum rises from nothing."""
    before = Period(objective.start, objective.end).year_before()
    if objective.horizon == "long":
        before = Period(objective.start - timedelta(days=365), objective.start - timedelta(days=1))
    figure = figures.value(
        facts["metric"], Scope(market=facts["market"].pk if facts["market"] else None), before,
        currency=facts["currency"] or None, filters=tuple((name, tuple(values)) for name, values in facts["cuts"].items()),
    )  # fmt: skip
    value = figure.value or Decimal(1)
    if figure.unit == "ratio":
        start = (value * 100).quantize(Decimal("0.1"))
        return {"start": start, "target": (start * times).quantize(Decimal("0.1"))}
    wanted = value * times
    step = Decimal(10) ** max(wanted.adjusted() - 1, 0)
    return {"target": (wanted / step).to_integral_value() * step}


def spoken(owner: Person, row: KeyResult, result: Result, period: Period, last: date) -> None:
    """The check-ins of the weeks up to a day, the newest with words; what would lie before the period is left out."""
    steps = result.said if not result.metric else result.sure[-4:]
    for place, value in enumerate(steps):
        back = len(steps) - 1 - place
        day = last - timedelta(days=7 * back)
        if day < period.start:
            continue
        goals_results.check_in(
            owner, row, value=None if result.metric else Decimal(str(value)), confidence=result.sure[min(place, len(result.sure) - 1)],
            comment=result.words if not back else "", day=day,
        )  # fmt: skip


def asked(house: House, made: dict[str, Objective]) -> None:
    """What goals need of other teams: one accepts, one refuses, one has not answered yet."""
    people, teams = house.people, house.teams
    yes = goals_links.ask_team(
        people["Anna Schmidt"],
        made["dach"],
        team=teams["content"],
        wish="Twenty listings with German pictures by the end of November",
    )
    goals_links.answer_need(people["孙丽"], yes, accept=True, answer="王强 takes the pictures, five a week.")
    no = goals_links.ask_team(
        people["Michael Chen"], made["americas"], team=teams["logistics"], wish="A second warehouse on the east coast"
    )
    goals_links.answer_need(
        people["吴芳"], no, accept=False, answer="Not before the season is over; ask again in January."
    )
    goals_links.ask_team(
        people["Emily Carter"], made["marketing"], team=teams["tech"], wish="Landing pages for four campaigns"
    )
