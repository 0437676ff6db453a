"""How the demo company is organised: charters with who does what, posts to fill, and the languages people speak.

On purpose nobody does customer service in one market, and two teams answer for marketing in another.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from config.demo.company import House, both
from config.demo.knowledge import EN, ZH, Words, made
from tradewind.areas.learning.actions import Spoken, set_languages
from tradewind.areas.structure.actions.charters import (
    Duty,
    Promise,
    review_charter,
    save_charter,
    set_interfaces,
    set_lines,
)  # fmt: skip
from tradewind.areas.structure.actions.positions import fill_position, open_position, save_position, set_position_cost
from tradewind.engines.library.models import Document, Space
from tradewind.nouns.org.models import Person

EUROPE, AMERICAS, ASIA = ("dach", "fr", "uk", "south"), ("us", "ca"), ("jp", "oceania")
SERVED = (*EUROPE, *AMERICAS, "jp")  # nobody serves customers in Oceania yet
# team: purpose, Chinese purpose, lines as (function, markets or '', parts, duty)
CHARTERS: dict[str, tuple[str, str, list[tuple[str, tuple[str, ...], str, str]]]] = {
    "management": ("Sets direction and decides between markets.", "定方向，在各市场之间做取舍。", [("mgmt", ("",), "RA", "")]),
    "europe": ("Earns money in Europe and knows its customers and laws.", "经营欧洲市场，懂客户、懂法规。",
               [("ctry", EUROPE, "RA", ""), ("mkt", ("uk",), "A", ""), ("mpl", EUROPE, "C", "")]),
    "americas": ("Earns money in North America and prepares Latin America.", "经营北美，筹备拉美。",
                 [("ctry", AMERICAS, "RA", ""), ("mpl", AMERICAS, "C", "")]),
    "asia": ("Earns money in Japan and opens Oceania.", "经营日本，开拓澳新。", [("ctry", ASIA, "RA", ""), ("mpl", ASIA, "C", "")]),
    "marketing": ("Makes people want our lamps and rugs, and pays less for each order every year.", "让人想买我们的灯和地毯，每一单的获客成本逐年下降。",
                  [("mkt", ("",), "RA", ""), ("ads", ("",), "RA", ""), ("ads", ("us",), "R", "Retail media")]),
    "content": ("Keeps every listing right, readable and allowed.", "让每条 Listing 准确、易读、合规。", [("mpl", ("",), "RA", ""), ("leg", ("",), "C", "Claims on packages")]),
    "service": ("Solves what customers bring up, in their language, and tells what causes it.", "用客户的语言解决问题，并反馈原因。", [("cs", SERVED, "RA", "")]),
    "supply": ("Buys the right goods at the right cost.", "以合适的成本买到合适的货。", [("sup", ("",), "RA", "")]),
    "logistics": ("Brings goods to customers and back.", "把货送到客户手里，也把退货接回来。", [("log", ("",), "RA", ""), ("cs", ("",), "C", "Lost parcels")]),
    "finance": ("Keeps cash, margins and filings true and on time.", "现金、毛利、申报，真实且准时。", [("fin", ("",), "RA", "")]),
    "people": ("Finds, keeps and grows people in nine countries.", "在九个国家招人、留人、育人。", [("hr", ("",), "RA", "")]),
    "tech": ("Runs shops, data and tools.", "负责店铺系统、数据与工具。", [("tech", ("",), "RA", ""), ("data", ("",), "RA", "")]),
    "legal": ("Says what we may sell, use and say.", "说清楚什么能卖、能用、能说。", [("leg", ("",), "RA", "")]),
}  # fmt: skip
PROMISES = {
    "service": [("content", "The ten most asked questions about listings", "every Monday"), ("logistics", "Parcels customers miss", "within a working day")],
    "content": [("marketing", "Pictures and texts of new goods", "ten days before launch")],
    "logistics": [("service", "Where a parcel is", "within four working hours")],
    "finance": [("europe", "Margins of the month", "by the fifth working day"), ("americas", "Margins of the month", "by the fifth working day")],
    "legal": [("content", "An answer whether a claim may stand", "within three working days")],
}  # fmt: skip
LATE = {"tech", "legal"}  # charters nobody has looked at yet
WORDS: dict[str, Words] = {
    EN: ("Charter of customer service", ("## Why this team exists\n\nA customer who writes gets an answer in their language within one working day.\n\n"
         "## What it decides\n\n- Refunds up to 100 EUR\n- Replacements without a return\n\n"
         "## Whom it works with\n\n- Listing and content: what customers misread\n- Logistics: parcels that are late\n\n## What it does not do\n\n- Product claims: that is Legal\n")),
    ZH: ("客服部章程", ("## 小组为何存在\n\n客户来信，一个工作日内以其语言得到答复。\n\n"
         "## 有权决定\n\n- 100 欧元以内的退款\n- 免退回补发\n\n"
         "## 与谁协作\n\n- 内容部：客户误读之处\n- 物流部：延误的包裹\n\n## 不负责\n\n- 产品宣称：由法务负责\n")),
}  # fmt: skip
# code, title, Chinese title, team, market, country, days from now, cost a year, currency, course
POSITIONS: list[tuple[str, str, str, str, str, str, int, str, str, str]] = [
    ("svc-oceania", "Service agent Oceania", "澳新客服", "service", "oceania", "PH", 30, "14000", "USD", "open"),
    ("cm-oceania", "Country manager Oceania", "澳新国家经理", "asia", "oceania", "AU", 60, "118000", "USD", "open"),
    ("ads-dach", "Ads specialist DACH", "德奥瑞广告专员", "marketing", "dach", "DE", 45, "58000", "EUR", "open"),
    ("buyer-home", "Buyer home textiles", "家纺采购", "supply", "", "CN", 20, "260000", "CNY", "planned"),
    ("data-analyst", "Data analyst", "数据分析师", "tech", "", "CN", 90, "320000", "CNY", "planned"),
    ("returns-uk", "Returns coordinator UK", "英国退货专员", "logistics", "uk", "GB", 75, "34000", "GBP", "planned"),
    ("tax-eu", "Tax specialist", "税务专员", "finance", "dach", "DE", -300, "64000", "EUR", "Felix Braun"),
    ("mp-jp", "Marketplace manager Japan", "日本平台经理", "asia", "jp", "JP", -200, "7200000", "JPY", "鈴木美咲"),
]  # fmt: skip
NATIVE = {"CN": "zh", "DE": "de", "US": "en", "JP": "ja", "GB": "en", "PH": "fil", "BR": "pt", "PL": "pl", "MX": "es"}
MORE = {"Laura Martinez": "es", "Kevin Nguyen": "vi", "Daniel Kim": "ko", "Michael Chen": "zh", "Sophie Klein": "fr", "Zofia Wójcik": "de",
        "Beatriz Costa": "es", "林海": "ja", "孙丽": "de", "黄志强": "vi", "佐藤健": "zh", "Oliver Jones": "fr"}  # fmt: skip


def write(house: House) -> None:
    """Write charters as the leads would, plan posts, and say who speaks what."""
    document = charter_document(house)
    for code in CHARTERS:
        charter(house, code, document if code == "service" else None)
    for one in POSITIONS:
        post(house, *one)
    for name, person in house.people.items():
        set_languages(person, person, languages=spoken(name, person))


def charter_document(house: House) -> Document:
    """The long text of one charter, in two languages."""
    handbook = Space.objects.get(code="handbook")
    return made(house.people["周敏"], house.people["林海"], handbook, "structure.charter", WORDS)


def charter(house: House, code: str, document: Document | None) -> None:
    """A team's charter, written by its lead."""
    team = house.teams[code]
    lead = team.lead
    en, zh, lines = CHARTERS[code]
    row = save_charter(lead, None, team=team, purpose=both(en, zh), document=document)
    set_lines(lead, row, lines=[Duty(function, part, market, duty) for function, markets, parts, duty in lines
                                for market in markets for part in parts])  # fmt: skip
    set_interfaces(lead, row, interfaces=[Promise(*one) for one in PROMISES.get(code, [])])
    if code not in LATE:
        review_charter(lead, row)


def post(
    house: House,
    code: str,
    en: str,
    zh: str,
    team: str,
    market: str,
    country: str,
    days: int,
    cost: str,
    currency: str,
    course: str,
) -> None:
    """One post: planned, open or held."""
    by = house.people["周敏"]
    entity = {"CN": "sz", "PH": "sz", "JP": "sz", "AU": "sz", "DE": "de", "GB": "de"}[country]
    row = save_position(
        by, None, code=code, title=both(en, zh), team=house.teams[team], market=house.markets.get(market), country=country,
        entity=house.entities[entity], manager=house.teams[team].lead, starts_on=house.anchor + timedelta(days=days),
    )  # fmt: skip
    set_position_cost(by, row, yearly_cost=Decimal(cost), currency=currency)
    if course == "open":
        open_position(by, row)
    elif course in house.people:
        fill_position(by, row, person=house.people[course])


def spoken(name: str, person: Person) -> list[Spoken]:
    """What somebody speaks: the language of their country, English, and of some one more."""
    own = NATIVE[person.country]
    found = {own: "native", **({"en": "C1"} if own != "en" else {})}
    if name in MORE:
        found.setdefault(MORE[name], "B2")
    return [Spoken(language, level) for language, level in found.items()]
