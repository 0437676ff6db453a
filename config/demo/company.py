"""The demo company's house: entities, sites, markets, channels, teams and sixty people, through the same actions as anybody's."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from tradewind.areas.compliance.actions import save_company, save_entity, save_site
from tradewind.areas.market.actions import save_brand, save_channel, save_market
from tradewind.areas.structure.actions import join_team, save_person, save_team, set_manager
from tradewind.areas.structure.actions.functions import install_functions
from tradewind.engines.access.models import Role
from tradewind.engines.actions.rights import grant_role
from tradewind.nouns.org.models import Entity, Function, Market, Person, Site, Team
from tradewind.nouns.trade.models import Channel

MAIL = "demo.tradewind.example"
ENTITIES = [
    ("sz", "Xinfeng Trading (Shenzhen) Co., Ltd.", "信风贸易（深圳）有限公司", "CN", "CNY", "Asia/Shanghai"),
    ("de", "Tradewind Europe GmbH", "信风欧洲有限公司", "DE", "EUR", "Europe/Berlin"),
    ("us", "Tradewind Americas LLC", "信风美洲有限公司", "US", "USD", "America/Los_Angeles"),
]
SITES = [
    ("shenzhen", "Shenzhen", "深圳", "sz", "CN", "", "Asia/Shanghai"),
    ("berlin", "Berlin", "柏林", "de", "DE", "BE", "Europe/Berlin"),
    ("los-angeles", "Los Angeles", "洛杉矶", "us", "US", "CA", "America/Los_Angeles"),
    ("tokyo", "Tokyo", "东京", "sz", "JP", "", "Asia/Tokyo"),
    ("london", "London", "伦敦", "de", "GB", "ENG", "Europe/London"),
    ("manila", "Manila", "马尼拉", "sz", "PH", "", "Asia/Manila"),
    ("sao-paulo", "São Paulo", "圣保罗", "us", "BR", "SP", "America/Sao_Paulo"),
    ("warsaw", "Warsaw", "华沙", "de", "PL", "", "Europe/Warsaw"),
    ("mexico-city", "Mexico City", "墨西哥城", "us", "MX", "", "America/Mexico_City"),
]
MARKETS = [
    ("dach", "Germany, Austria and Switzerland", "德奥瑞", "EUR", "Europe/Berlin", ["DE", "AT", "CH"]),
    ("fr", "France and Benelux", "法国与荷比卢", "EUR", "Europe/Paris", ["FR", "BE", "NL", "LU"]),
    ("uk", "United Kingdom and Ireland", "英国与爱尔兰", "GBP", "Europe/London", ["GB", "IE"]),
    ("south", "Southern Europe", "南欧", "EUR", "Europe/Madrid", ["ES", "IT", "PT"]),
    ("us", "United States", "美国", "USD", "America/New_York", ["US"]),
    ("ca", "Canada", "加拿大", "CAD", "America/Toronto", ["CA"]),
    ("jp", "Japan", "日本", "JPY", "Asia/Tokyo", ["JP"]),
    ("oceania", "Australia and New Zealand", "澳新", "USD", "Australia/Sydney", ["AU", "NZ"]),
]
CHANNELS = [
    # code, name, platform, entity, home market, country, currency, zone
    ("shop-eu", "Tradewind Home EU", "shopify", "de", "dach", "DE", "EUR", "Europe/Berlin"),
    ("shop-us", "Tradewind Home US", "shopify", "us", "us", "US", "USD", "America/Los_Angeles"),
    ("amazon-eu", "Amazon Europe", "amazon", "de", "dach", "DE", "EUR", "Europe/Berlin"),
    ("amazon-us", "Amazon US", "amazon", "us", "us", "US", "USD", "America/Los_Angeles"),
    ("amazon-jp", "Amazon Japan", "amazon", "sz", "jp", "JP", "JPY", "Asia/Tokyo"),
    ("etsy", "Etsy TradewindCraft", "etsy", "us", "us", "US", "USD", "America/New_York"),
]
# function, name, Chinese name, lead's index below
TEAMS = [
    ("management", "mgmt", "Management", "管理层"), ("europe", "ctry", "Europe", "欧洲区"), ("americas", "ctry", "Americas", "美洲区"),
    ("asia", "ctry", "Asia Pacific", "亚太区"), ("marketing", "mkt", "Marketing", "市场部"),
    ("content", "mpl", "Listing and content", "内容部"), ("service", "cs", "Customer service", "客服部"),
    ("supply", "sup", "Supply", "供应链部"), ("logistics", "log", "Logistics", "物流部"),
    ("finance", "fin", "Finance", "财务部"), ("people", "hr", "People", "人力资源部"),
    ("tech", "tech", "Technology", "技术部"), ("legal", "leg", "Legal", "法务部"),
]  # fmt: skip
# site: names; the first of a team's people leads it
STAFF: list[tuple[str, str, str, str]] = [
    ("林海", "shenzhen", "management", "General manager"), ("陈静", "shenzhen", "finance", "Finance controller"),
    ("周敏", "shenzhen", "people", "Head of people"), ("黄志强", "shenzhen", "supply", "Supply planner"),
    ("吴芳", "shenzhen", "logistics", "Head of logistics"), ("赵磊", "shenzhen", "tech", "Head of technology"),
    ("孙丽", "shenzhen", "content", "Head of content"), ("徐杰", "shenzhen", "legal", "Compliance officer"),
    ("Emily Carter", "los-angeles", "marketing", "Head of marketing"), ("Anna Schmidt", "berlin", "europe", "Country manager DACH"),
    ("Michael Chen", "los-angeles", "americas", "Country manager US"), ("佐藤健", "tokyo", "asia", "Country manager Japan"),
    ("Grace Reyes", "manila", "service", "Head of customer service"), ("Maria Santos", "manila", "service", "Service agent"),
    ("Jose Cruz", "manila", "service", "Service agent"), ("Angela Bautista", "manila", "service", "Service agent"),
    ("Mark Villanueva", "manila", "service", "Service agent"), ("Liza Garcia", "manila", "service", "Quality analyst"),
    ("李娜", "shenzhen", "content", "Listing editor"), ("王强", "shenzhen", "content", "Photographer"),
    ("刘洋", "shenzhen", "content", "Listing editor"), ("杨帆", "shenzhen", "supply", "Buyer"), ("朱红", "shenzhen", "supply", "Buyer"),
    ("胡军", "shenzhen", "supply", "Quality inspector"), ("郭涛", "shenzhen", "logistics", "Freight coordinator"),
    ("何雪", "shenzhen", "logistics", "Warehouse coordinator"), ("高翔", "shenzhen", "tech", "Developer"),
    ("罗梅", "shenzhen", "tech", "Data analyst"), ("郑浩", "shenzhen", "tech", "Developer"), ("谢婷", "shenzhen", "finance", "Accountant"),
    ("唐勇", "shenzhen", "finance", "Accountant"), ("韩冰", "shenzhen", "people", "Recruiter"), ("冯宇", "shenzhen", "marketing", "Ads specialist"),
    ("曹颖", "shenzhen", "marketing", "Ads specialist"), ("Lukas Weber", "berlin", "europe", "Marketplace manager"),
    ("Sophie Klein", "berlin", "europe", "Marketplace manager"), ("Jonas Becker", "berlin", "marketing", "Social media manager"),
    ("Mia Hoffmann", "berlin", "service", "Service agent"), ("Felix Braun", "berlin", "finance", "Tax specialist"),
    ("Olivia Brown", "los-angeles", "americas", "Marketplace manager"), ("Daniel Kim", "los-angeles", "americas", "Marketplace manager"),
    ("Sarah Miller", "los-angeles", "marketing", "Influencer manager"), ("James Wilson", "los-angeles", "logistics", "Warehouse manager"),
    ("Laura Martinez", "los-angeles", "service", "Service agent"), ("Kevin Nguyen", "los-angeles", "tech", "Support engineer"),
    ("鈴木美咲", "tokyo", "asia", "Marketplace manager"), ("高橋翔", "tokyo", "service", "Service agent"),
    ("田中由美", "tokyo", "content", "Translator"), ("Oliver Jones", "london", "europe", "Country manager UK"),
    ("Amelia Taylor", "london", "marketing", "Content marketer"), ("Harry Evans", "london", "service", "Service agent"),
    ("Charlotte Wright", "london", "legal", "Counsel"), ("Ana Souza", "sao-paulo", "service", "Service agent"),
    ("Pedro Lima", "sao-paulo", "americas", "Market researcher"), ("Beatriz Costa", "sao-paulo", "content", "Designer"),
    ("Katarzyna Nowak", "warsaw", "logistics", "Returns coordinator"), ("Piotr Kowalski", "warsaw", "tech", "Developer"),
    ("Zofia Wójcik", "warsaw", "europe", "Market researcher"), ("Diego Hernández", "mexico-city", "americas", "Market researcher"),
    ("Valeria Torres", "mexico-city", "service", "Service agent"),
]  # fmt: skip
# who signs in: role, name, mail, the market of a country manager
SIGN_INS = [
    ("general_manager", "林海", "gm", ""), ("country_manager", "Anna Schmidt", "de", "dach"), ("team_lead", "Grace Reyes", "lead", ""),
    ("member", "Maria Santos", "member", ""), ("finance", "陈静", "finance", ""), ("people", "周敏", "people", ""),
]  # fmt: skip
MORE_ROLES = [("country_manager", "Michael Chen", "us"), ("country_manager", "佐藤健", "jp"), ("country_manager", "Oliver Jones", "uk"),
              ("marketer", "Emily Carter", ""), ("buyer", "黄志强", ""), ("compliance", "徐杰", "")]  # fmt: skip


@dataclass
class House:
    """What was made, by code or name."""

    anchor: date
    entities: dict[str, Entity] = field(default_factory=dict)
    sites: dict[str, Site] = field(default_factory=dict)
    markets: dict[str, Market] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    functions: dict[str, Function] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)


def build(anchor: date, rng: Random) -> House:
    """Make the company up to its people and their rights."""
    house = House(anchor)
    places(house)
    shops(house)
    staff(house, rng)
    lines(house)
    rights(house)
    return house


def both(en: str, zh: str) -> dict[str, str]:
    """A name in both languages."""
    return {"en": en, "zh-hans": zh}


def places(house: House) -> None:
    """The company, its entities, sites and markets."""
    save_company.system(name=both("Tradewind Home", "信风家居"), currency="USD", zone="Asia/Shanghai", country="CN",
                        language="zh-hans", fiscal_start=1, demo=True)  # fmt: skip
    for code, en, zh, country, currency, zone in ENTITIES:
        house.entities[code] = save_entity.system(
            code=code, name=both(en, zh), country=country, currency=currency, zone=zone
        )
    for code, en, zh, entity, country, region, zone in SITES:
        house.sites[code] = save_site.system(code=code, name=both(en, zh), entity=house.entities[entity], country=country,
                                             region=region, city=en, zone=zone)  # fmt: skip
    for code, en, zh, currency, zone, countries in MARKETS:
        house.markets[code] = save_market.system(
            code=code, name=both(en, zh), currency=currency, zone=zone, countries=countries
        )
    save_brand.system(code="tradewind-home", name=both("Tradewind Home", "信风家居"))
    save_brand.system(code="lumora", name=both("Lumora", "露莫拉"))


def shops(house: House) -> None:
    """The channels."""
    for code, name, platform, entity, market, country, currency, zone in CHANNELS:
        house.channels[code] = save_channel.system(
            code=code, name=name, platform=platform, entity=house.entities[entity], market=house.markets[market],
            country=country, currency=currency, zone=zone, expected_every_days=7,
        )  # fmt: skip


def staff(house: House, rng: Random) -> None:
    """Functions, teams and people."""
    install_functions.system()
    house.functions = {one.code: one for one in Function.objects.all()}
    mails = {name: mail for _role, name, mail, _market in SIGN_INS}
    for number, (name, site, team, title) in enumerate(STAFF, 1):
        house.people[name] = person(house, rng, number, name, site, team, title, mails.get(name, f"p{number:02}"))
    for code, function, en, zh in TEAMS:
        lead = next(house.people[name] for name, _site, team, _title in STAFF if team == code)
        house.teams[code] = save_team.system(
            code=code, name=both(en, zh), lead=lead, function=house.functions[function],
            parent=None if code == "management" else house.teams["management"],
        )  # fmt: skip
    for name, _site, team, _title in STAFF:
        join_team.system(house.teams[team], person=house.people[name], since=house.people[name].started_on)


def person(house: House, rng: Random, number: int, name: str, site: str, team: str, title: str, mail: str) -> Person:
    """One of the sixty."""
    place = house.sites[site]
    own = {"europe": "dach", "americas": "us", "asia": "jp"}.get(team, "")
    own = {"Country manager UK": "uk"}.get(title, own)
    return save_person.system(
        name=name, email=f"{mail}@{MAIL}", language="zh-hans" if place.country == "CN" else "en", zone=place.zone,
        country=place.country, entity=place.entity, market=house.markets.get(own), site=place,
        started_on=house.anchor - timedelta(days=rng.randint(60, 2200)), key=f"TW{number:03}", job_title=title,
        phone=f"+00 555 {number:04}", national_id=f"DEMO-{rng.randint(10**7, 10**8 - 1)}", bank_account=f"DEMO{rng.randint(10**9, 10**10 - 1)}",
    )  # fmt: skip


def lines(house: House) -> None:
    """Members report to their lead, leads to the general manager."""
    boss = house.people["林海"]
    for name, _site, team, _title in STAFF:
        one, lead = house.people[name], house.teams[team].lead
        if one != boss:
            set_manager.system(one, manager=boss if lead == one else lead)


def rights(house: House) -> None:
    """Roles and where they hold."""
    roles = {role.code: role for role in Role.objects.all()}
    for name in house.people:
        grant(
            roles["member"], house.people[name], team=house.teams[next(team for n, _s, team, _t in STAFF if n == name)]
        )
    for role, name, *_mail, market in [*SIGN_INS, *MORE_ROLES]:
        if role == "team_lead":
            grant(roles[role], house.people[name], team=house.teams["service"])
        elif role != "member":
            grant(roles[role], house.people[name], market=house.markets.get(market))


def grant(role: Role, person: Person, **where: Any) -> None:
    """Give a role."""
    grant_role.system(person=person, role=role, **where)
