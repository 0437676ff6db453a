"""The demo company's plans: this and next year's budget of its three entities, a reforecast, a scenario, a transfer, investments."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

from config.demo.company import House, both
from tradewind.areas.finance.actions import budget_cells, budget_changes, budgets, investments, profit
from tradewind.areas.finance.actions.rates import create_rate_set, set_rate
from tradewind.areas.finance.models import Account, Budget, BudgetRow, Investment
from tradewind.areas.finance.queries.profit import Wish, read
from tradewind.areas.finance.rules.spread import months_between, moved
from tradewind.base.money import from_units
from tradewind.base.words import LocalText
from tradewind.engines.access.scope import Scope
from tradewind.engines.metrics import actions as months
from tradewind.engines.metrics import rates, refresh
from tradewind.engines.metrics.closing import is_closed
from tradewind.nouns.goals.models import GoalState, Objective
from tradewind.nouns.org.models import Entity, Market, Person
from tradewind.nouns.trade.models import RateSet

# Growth wished for, by year from now.
GROWTH = (Decimal("1.12"), Decimal("1.25"))
SHARED = ("discount", "refund", "cogs", "fulfilment", "fees", "advertising")
Year = dict[tuple[str, str, int | None, str], list[Decimal]]
CENT = Decimal("0.01")


def write(house: House) -> None:
    """Budgets made from last year's actual amounts: this year's locked, next year's on their way; investments."""
    refresh.ensure()
    profit.mark_all()
    profit.count()
    this = house.anchor.year
    for code, entity in house.entities.items():
        actual = last_year(entity, this - 1)
        for ahead in (0, 1):
            make(house, entity, code, this + ahead, actual, GROWTH[ahead])
    on_their_way(house, this + 1)
    invest(house, this)


def last_year(entity: Entity, year: int) -> Year:
    """What an entity earned and spent in a year: by account, line, market and currency, month by month."""
    found: Year = defaultdict(lambda: [Decimal(0)] * 12)
    wish = Wish(date(year, 1, 1), date(year, 12, 1), ("market", "month", "currency"), Scope(entity=entity.pk))
    for cell in read(wish, [Scope(entity=entity.pk)]):
        found[cell.account, cell.line, cell.key[0], cell.currency][cell.month.month - 1] += from_units(cell.amount)
    return found


def make(house: House, entity: Entity, code: str, year: int, actual: Year, growth: Decimal) -> Budget:
    """One budget: sales by market as last year's months grown, what follows sales as a share of them, the rest by the month."""
    planner = house.people["陈静"]
    budget = budgets.create_budget(
        planner, code=f"{code}-{year}", name=f"{year} {entity}", start=date(year, 1, 1), end=date(year, 12, 1),
        currency=entity.currency, entity=entity, rate=plan_rates(year),
    )  # fmt: skip
    accounts = {account.code: account for account in Account.objects.all()}
    markets = {market.pk: market for market in Market.objects.all()}
    cells: list[dict[str, Any]] = []
    sales = {key: amounts for key, amounts in actual.items() if key[1] == "gross" and any(amounts)}
    for (account, _line, market, currency), amounts in sales.items():
        place = markets.get(market or 0)
        row = budget_cells.add_row(
            planner,
            budget=budget,
            account=accounts[account],
            currency=currency,
            entity=entity,
            market=place,
            objective=goal_of(place, year),
        )
        cells += [cell(row, year, number, amount * growth) for number, amount in enumerate(amounts, 1)]
    for key, amounts in actual.items():
        if key[1] not in SHARED and key[1] != "gross" and any(amounts):
            row = budget_cells.add_row(
                planner,
                budget=budget,
                account=accounts[key[0]],
                currency=key[3],
                entity=entity,
                market=markets.get(key[2] or 0),
            )
            level = sum(amounts, Decimal(0)) / 12 * Decimal("1.04")
            cells += [cell(row, year, number, level) for number in range(1, 13)]
    budget_cells.set_cells(planner, budget, cells=cells)
    follow_sales(planner, budget, entity, accounts, markets, actual)
    for market, units in sold(entity, budget.start.year - 1 if growth == GROWTH[0] else budget.start.year - 2).items():
        values: dict[str, Decimal | None] = {
            f"{year}-{month:02}": (many * growth).quantize(Decimal(1)) for month, many in units.items()
        }
        budget_cells.set_driver.system(budget=budget, code="units", values=values, market=markets[market])
    return budget


def plan_rates(year: int) -> str:
    """The rates a year is planned with: those of its September before, so that actual rates differ from them."""
    code = f"plan-{year}"
    if not RateSet.objects.filter(code=code).exists():
        row, rule, day = (
            create_rate_set.system(code=code, name=f"Plan {year}"),
            rates.rule("month"),
            date(year - 1, 9, 1),
        )
        for currency in sorted(
            {"USD", "CNY", "GBP", "JPY", "CAD", "AUD", "NZD", "SEK", "PLN", "CHF", "PHP", "BRL", "MXN", "HKD"}
        ):
            factor = rule.factor(day, "EUR", currency)
            if factor is not None:
                set_rate.system(row, currency=currency, day=date(year, 1, 1), rate=str(round(factor.value, 4)))
    return code


def sold(entity: Entity, year: int) -> dict[int, dict[int, Decimal]]:
    """Units that an entity sold in a year by market and month: what a plan of units starts from, and variances are split by."""
    found: dict[int, dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    wish = Wish(date(year, 1, 1), date(year, 12, 1), ("market", "month"), Scope(entity=entity.pk))
    for cell in read(wish, [Scope(entity=entity.pk)]):
        if cell.line == "gross" and cell.key[0] is not None:
            found[cell.key[0]][cell.key[1].month] += cell.units
    return found


def cell(row: BudgetRow, year: int, month: int, amount: Decimal) -> dict[str, Any]:
    """A month as the sheet sends it."""
    return {
        "row": row.pk,
        "month": date(year, month, 1).isoformat(),
        "amount": str(amount.quantize(CENT)),
        "edition": 0,
    }


def goal_of(market: Market | None, year: int) -> Objective | None:
    """A published goal of a market in a year."""
    found = Objective.objects.filter(market=market, state=GoalState.PUBLISHED, start__year=year) if market else None
    return found.order_by("pk").first() if found is not None else None


def follow_sales(
    planner: Person, budget: Budget, entity: Entity, accounts: dict[str, Account], markets: dict[int, Market], actual: Year
) -> None:  # fmt: skip
    """Rows that are a share of a market's sales: the share they had last year; advertising by a driver."""
    rule, year = rates.rule("month"), budget.start.year - 1
    for market in {key[2] for key in actual if key[1] == "gross"}:
        gross = {
            key[3]: sum(amounts, Decimal(0))
            for key, amounts in actual.items()
            if key[1] == "gross" and key[2] == market
        }
        currency = max(gross, key=lambda one: gross[one])
        shares: dict[str, Decimal] = defaultdict(Decimal)
        for key, amounts in actual.items():
            factor = rule.factor(date(year, 6, 1), key[3], currency) if key[1] in SHARED and key[2] == market else None
            if factor is not None:
                shares[key[0]] -= sum(amounts, Decimal(0)) * factor.value
        for account, amount in sorted(shares.items()):
            share = (amount * 100 / gross[currency]).quantize(CENT) if gross[currency] else Decimal(0)
            if share > 0:
                formula = f"[gross-sales] * {share} %"
                if accounts[account].line == "advertising":
                    set_share(budget, markets.get(market or 0), share)
                    formula = "[gross-sales] * ads_share %"
                budget_cells.add_row(
                    planner, budget=budget, account=accounts[account], currency=currency, entity=entity,
                    market=markets.get(market or 0), formula=formula,
                )  # fmt: skip


def set_share(budget: Budget, market: Market | None, share: Decimal) -> None:
    """What share of sales goes into advertising, month by month; more before the end of the year."""
    values = {
        f"{day:%Y-%m}": share + (1 if day.month in (10, 11) else 0) for day in months_between(budget.start, budget.end)
    }
    budget_cells.set_driver.system(budget=budget, code="ads_share", values=dict(values), market=market)


def on_their_way(house: House, coming: int) -> None:
    """This year's budgets are locked; next year's: one approved, one in approval, one still a draft with a scenario beside it."""
    planner, boss = house.people["陈静"], house.people["林海"]
    for code in house.entities:
        pass_through(planner, boss, Budget.objects.get(code=f"{code}-{coming - 1}"), lock=True)
    pass_through(planner, boss, Budget.objects.get(code=f"sz-{coming}"), lock=False)
    move_some(planner, Budget.objects.get(code=f"sz-{coming}"))
    budgets.submit_budget(planner, Budget.objects.get(code=f"us-{coming}"))
    shocks = {"rate": "-0.1", "duty": "0.25", "freight": "1", "fee": "0.02", "ads": "0.2"}
    budget_changes.make_scenario(
        planner, Budget.objects.get(code=f"de-{coming}"), code=f"de-{coming}-storm", name=f"{coming} Europe: 逆风情景 · headwind",
        shocks={name: Decimal(ratio) for name, ratio in shocks.items()},
    )  # fmt: skip


def pass_through(planner: Person, boss: Person, budget: Budget, *, lock: bool) -> None:
    """Submitted by the planner, approved and perhaps locked by the boss."""
    budgets.submit_budget(planner, budget)
    budgets.approve_budget(boss, budget)
    if lock:
        budgets.lock_budget(boss, budget)


def move_some(planner: Person, budget: Budget) -> None:
    """A transfer between two rows of an approved budget, where there are two of one currency."""
    rows = list(BudgetRow.objects.filter(budget=budget, account__line="overhead").order_by("pk"))
    pair = [row for row in rows if row.currency == rows[0].currency][:2] if rows else []
    if len(pair) == 2:
        budget_changes.ask_transfer(
            planner,
            source=pair[0],
            target=pair[1],
            month=budget.start,
            amount=Decimal(500),
            reason="软件改为按年付 · Software is paid by the year",
        )


def invest(house: House, year: int) -> None:
    """One investment that runs, one in approval, one that is only an idea."""
    planner, boss = house.people["陈静"], house.people["林海"]
    plans_ = [
        (
            "sz",
            both("Own moulds for lamps", "自有灯具模具"),
            "CNY",
            [-420_000, *[0] * 3, *[26_000] * 32],
            Investment.RUNNING,
        ),
        (
            "de",
            both("Returns centre in Poland", "波兰退货中心"),
            "EUR",
            [-60_000, -15_000, *[3_400] * 34],
            Investment.PLANNED,
        ),
        ("us", both("Warehouse robots", "仓库机器人"), "USD", [-180_000, *[4_100] * 35], Investment.IDEA),
    ]
    for code, title, currency, flows, stage in plans_:
        row = investments.save_investment(
            planner, title=LocalText(title), start=date(year, 3, 1), currency=currency, flows=[Decimal(flow) for flow in flows],
            entity=house.entities[code], budget=Budget.objects.filter(code=f"{code}-{year}").first(),
        )  # fmt: skip
        if stage != Investment.IDEA:
            investments.move_investment(planner, row, stage=Investment.PLANNED)
        if stage == Investment.PLANNED:
            investments.ask_investment(planner, row)
        if stage == Investment.RUNNING:
            investments.approve_investment(boss, row)
            investments.move_investment(boss, row, stage=Investment.RUNNING)


def reforecast(house: House) -> None:
    """Europe's reforecast of this year: the months that are closed as they were, the others as forecast and as people expect. Months are closed up to the last but one."""
    last = moved(house.anchor, -2)
    start = date(house.anchor.year, 1, 1)
    for day in months_between(start, last) if last >= start else []:
        if not is_closed(day):
            months.close_month.system(month=day)
    if last >= start:
        budget_changes.reforecast_budget(
            house.people["陈静"], Budget.objects.get(code=f"de-{start.year}"), code=f"de-{start.year}-r",
            name=f"{start.year} Europe: 滚动预测 · reforecast", through=last, outlook=Budget.EXPECTED,
        )  # fmt: skip
