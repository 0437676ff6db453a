"""The demo company's second lines: who works for a country besides their team, and a reorganisation that is being thought over."""

from __future__ import annotations

from datetime import date

from config.demo.company import House
from tradewind.areas.structure.actions import set_dotted
from tradewind.areas.structure.actions.plans import plan_move, save_reorganisation

# who works for a country's manager on a dotted line
DOTTED = [
    ("Jonas Becker", "Anna Schmidt"), ("Mia Hoffmann", "Anna Schmidt"), ("Felix Braun", "Anna Schmidt"),
    ("Harry Evans", "Oliver Jones"), ("Amelia Taylor", "Oliver Jones"), ("Laura Martinez", "Michael Chen"),
    ("Sarah Miller", "Michael Chen"), ("高橋翔", "佐藤健"), ("田中由美", "佐藤健"),
]  # fmt: skip


def write(house: House) -> None:
    """Dotted lines, and a draft that gives Japan a team of its own from the next quarter on."""
    people = house.people
    for name, manager in DOTTED:
        set_dotted.system(people[name], manager=people[manager])
    plan = save_reorganisation.system(
        title="日本站独立成组 · A team of its own for Japan",
        day=next_quarter(house.anchor),
        reason="日本客服与翻译归国家经理直接管理。Service and translation for Japan report to the country manager.",
        owner=people["周敏"],
    )
    for name, team in (("高橋翔", "service"), ("田中由美", "content")):
        plan_move.system(plan, kind="line", person=people[name], manager=people["佐藤健"])
        plan_move.system(plan, kind="leave", person=people[name], team=house.teams[team])
        plan_move.system(plan, kind="join", person=people[name], team=house.teams["asia"])


def next_quarter(day: date) -> date:
    """The first day of the quarter after a day's."""
    month = (day.month - 1) // 3 * 3 + 4
    return date(day.year + (month > 12), (month - 1) % 12 + 1, 1)
