"""Finance over REST: exchange rates, and the profit and loss as exact texts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from tradewind.areas.finance.api import balances, inventory
from tradewind.areas.finance.queries import (
    cash,
    forecasts,
    journals,
    profit_answers,
    spending,
    spending_answers,
    variance_answers,
    variance_asked,
)
from tradewind.areas.finance.queries import rates as queries
from tradewind.base import clock
from tradewind.base.errors import NotFound
from tradewind.base.money import CURRENCIES, from_units
from tradewind.engines.access.rest import PROBLEMS, Paged, cursor_page, person_of
from tradewind.engines.access.scope import Scope, require
from tradewind.engines.metrics import rates
from tradewind.nouns.trade.models import Rate, RateSet

router = Router(tags=["finance"])
router.add_router("", balances.router)
router.add_router("", inventory.router)


class RateSetOut(Schema):
    """A named set of the company's own rates."""

    id: int
    code: str
    name: str
    kind: str
    base: str
    rates: int
    newest: date | None


class RateOut(Schema):
    """How many units of `currency` one unit of the set's base costs from `day` on, as an exact text."""

    rate_set: str
    currency: str
    day: date
    rate: str
    source: str


class FactorOut(Schema):
    """What one unit of `source` is worth in `target` on a day by a rule; null without a rate. `age` is in days."""

    source: str
    target: str
    day: date
    rule: str
    factor: str | None
    published: date | None
    age: int | None


class ProfitRow(Schema):
    """A line's sum, an account or a result: `cells` by column; without a currency `key` names the slice instead."""

    kind: str
    line: str
    account: str
    currency: str
    key: dict[str, str | None] = {}
    cells: list[str] = []
    total: str
    units: int | None = None


class ProfitOut(Schema):
    """The statement of whole months: incomes above zero, costs below. Lines and results you may not see are left out.

    Without `currency` amounts stay in their own; `missing` could not be converted and is left out. `left` is what was not shared out
    of an account and why: `no_rule`, `silent` (the base says nothing of the axis), `empty` (nothing weighs), `bare` (sales without one).
    """

    start: date
    end: date
    by: list[str]
    currency: str
    rate: str
    group: bool
    columns: list[dict[str, str | None]]
    rows: list[ProfitRow]
    missing: list[dict[str, str]]
    left: list[dict[str, str]]


class ProfitAsk(Schema):
    """Days name their months; cuts and codes are separated by commas, `none` asks for what has none.

    `group` leaves sales within the group out; `share` shares overhead out by the allocation rules.
    """

    start: date | None = Field(None, alias="from")
    end: date | None = Field(None, alias="to")
    by: str = ""
    market: str = ""
    channel: str = ""
    entity: str = ""
    product: str = ""
    currency: str = ""
    rate: str = "month"
    group: bool = True
    share: bool = False


@router.get("/profit", response={200: ProfitOut, **PROBLEMS}, summary="The profit and loss")
def get_profit(request: HttpRequest, ask: Query[ProfitAsk]) -> dict[str, Any]:
    """By line and account, cut as you ask: entity, market, channel, product, team, account, line, month, currency."""
    by = [name.strip() for name in ask.by.split(",") if name.strip()]
    filters = {name: value for name in ("market", "channel", "entity", "product") if (value := getattr(ask, name))}
    wish = profit_answers.wish_of(ask.start, ask.end, by, filters, group=ask.group)
    return profit_answers.answer(person_of(request), wish, ask.currency, ask.rate, share_out=ask.share)


@router.get("/rate-sets", response={200: Paged[RateSetOut], **PROBLEMS}, summary="The company's rate sets")
def list_rate_sets(request: HttpRequest, cursor: str = "", limit: int = 50) -> dict[str, Any]:
    """Every set you may see."""
    return cursor_page(request, queries.rate_sets(person_of(request)), "pk", set_out, cursor, limit)


@router.get("/rates", response={200: Paged[RateOut], **PROBLEMS}, summary="The rates of the company's sets")
def list_rates(
    request: HttpRequest, rate_set: str = "", currency: str = "", cursor: str = "", limit: int = 50
) -> dict[str, Any]:
    """Rates in the order they were stored, of one set and one currency where named."""
    rows = queries.rates_in(person_of(request))
    if rate_set:
        rows = rows.filter(rate_set__code=rate_set)
    if currency:
        rows = rows.filter(currency=currency.upper())
    return cursor_page(request, rows, "pk", rate_out, cursor, limit)


@router.get("/factors", response={200: FactorOut, **PROBLEMS}, summary="What a currency is worth in another")
def get_factor(request: HttpRequest, source: str, target: str, day: date, rule: str = "day") -> dict[str, Any]:
    """The factor of a day by `day`, `month` or a rate set; null where a rate is missing."""
    require(person_of(request), "finance.view_rates")
    codes = (source.upper(), target.upper())
    factor = rates.rule(rule).factor(day, *codes) if all(code in CURRENCIES for code in codes) else None
    return {
        "source": codes[0],
        "target": codes[1],
        "day": day,
        "rule": rule,
        "factor": format(factor.value.normalize(), "f") if factor else None,
        "published": factor.published if factor else None,
        "age": factor.age if factor else None,
    }


def set_out(row: RateSet) -> dict[str, Any]:
    """A set as the API tells it."""
    counted: Any = row
    facts = {"id": row.pk, "code": row.code, "name": row.name, "kind": row.kind, "base": row.base}
    return {**facts, "rates": counted.rate_count, "newest": counted.newest}


def rate_out(row: Rate) -> dict[str, Any]:
    """A rate as the API tells it."""
    exact = format(Decimal(row.value).scaleb(-8).normalize(), "f")
    return {
        "rate_set": row.rate_set.code,
        "currency": row.currency,
        "day": row.day,
        "rate": exact,
        "source": row.source,
    }


class ForecastMonthOut(Schema):
    """A month ahead: the forecast that adds up with its bounds for 80 of 100, the series by itself (`own`), the naive forecast, and what people expect; exact texts."""

    month: date
    currency: str
    amount: str
    own: str | None
    low: str
    high: str
    naive: str | None
    expected: str | None


@router.get("/forecasts/{pk}/months", response={200: list[ForecastMonthOut], **PROBLEMS}, summary="A forecast by month")
def list_forecast_months(request: HttpRequest, pk: int) -> list[dict[str, Any]]:
    """The months ahead of one series that you may see."""
    person = person_of(request)
    row = forecasts.all_series(person).filter(pk=pk).first()
    if row is None:
        raise NotFound(_("There is no such record, or you may not see it."))
    believed = dict(
        forecasts.overlays(person)
        .filter(market=row.market_id, channel=row.channel_id, currency=row.run.currency)
        .values_list("month", "amount")
    )
    names = ("amount", "own", "low", "high", "naive")
    return [
        {
            "month": point.month, "currency": row.run.currency, "expected": exact(believed.get(point.month)),
            **{name: exact(getattr(point, name)) for name in names},
        }
        for point in row.points.all()
    ]  # fmt: skip


def exact(units: int | None) -> str | None:
    """An amount as an exact text."""
    return None if units is None else format(from_units(units), "f")


class VarianceAmounts(Schema):
    """Budget, actual, their difference, and the five parts that add up to it; exact texts, a positive one is good for the result."""

    budget: str
    actual: str
    difference: str
    volume: str
    price: str
    mix: str
    cost: str
    exchange: str


class VarianceRow(VarianceAmounts):
    """A line, account or result of the statement."""

    kind: str
    line: str
    account: str | None


class VarianceMarket(VarianceAmounts):
    """The result one may see in one market."""

    market: int | None


class VarianceOut(Schema):
    """Budget against actual; `budgets` are the codes of the versions compared with, `shared` whether overhead is shared out."""

    period: str
    currency: str
    rate: str
    rate_name: str
    budgets: list[str]
    shared: bool
    left_budget: list[dict[str, str]]
    left_actual: list[dict[str, str]]
    missing_rates: list[str]
    rows: list[VarianceRow]
    markets: list[VarianceMarket]


@router.get(
    "/variance", response={200: VarianceOut, **PROBLEMS}, summary="Budget against actual, split into five parts"
)
def get_variance(
    request: HttpRequest,
    period: str = "",
    version: str = "",
    currency: str = "",
    rate: str = "month",
    market: str = "",
    entity: str = "",
    share: bool = False,
) -> dict[str, Any]:
    """The statement that you may see: whole months, by default the newest that is over, against the approved budgets or one version.

    `share` shares overhead out over markets: the actual by the allocation rules, the budget by its own net revenue.
    """
    asked = {
        "period": period,
        "version": version,
        "currency": currency,
        "rate": rate,
        "market": market,
        "entity": entity,
        "share": "1" if share else "",
    }
    return variance_answers.answer(person_of(request), variance_asked.read_ask(asked, Scope()))


class ClaimOut(Schema):
    """A claim: the receipt's amount, what its person is paid, what it is in the company's currency, and the rates between them."""

    id: int
    version: int
    person: int
    what: str
    day: date
    country: str
    account: str
    entity: str | None
    market: str | None
    team: str | None
    amount: str
    currency: str
    tax: str
    tax_back: bool
    trip: int | None
    pay_amount: str | None
    pay_currency: str
    rate: str
    book_amount: str | None
    book_currency: str
    book_rate: str
    state: str
    receipt: bool
    answer: str
    paid_on: date | None


@router.get("/claims", response={200: Paged[ClaimOut], **PROBLEMS}, summary="Claims you may see, your own always")
def list_claims(request: HttpRequest, state: str = "", cursor: str = "", limit: int = 50) -> dict[str, Any]:
    """The newest first, of one state where named."""
    rows = spending.claims(person_of(request))
    return cursor_page(
        request, rows.filter(state=state) if state else rows, "-pk", spending_answers.claim_out, cursor, limit
    )


@router.get("/claims/{claim_id}", response={200: ClaimOut, **PROBLEMS}, summary="A claim")
def get_claim(request: HttpRequest, claim_id: int) -> dict[str, Any]:
    """One claim; submit, approve and pay it by its actions."""
    row = spending.claims(person_of(request)).filter(pk=claim_id).first()
    if row is None:
        raise NotFound(_("There is no such claim."))
    return spending_answers.claim_out(row)


@router.get("/cash", response={200: dict[str, Any], **PROBLEMS}, summary="Cash of the next thirteen weeks")
def get_cash(request: HttpRequest, currency: str = "EUR", ahead: bool = False) -> dict[str, Any]:
    """All currencies in one at the newest ECB rate, and each by itself; with `ahead` sales go on as in the last 28 days."""
    person, code = person_of(request), currency.upper()
    require(person, cash.VIEW)
    if code not in CURRENCIES:
        raise NotFound(_("Unknown currency: %(code)s") % {"code": code})
    return spending_answers.cash_out(cash.outlook(person, clock.today(person.zone or "UTC"), code, ahead=ahead))


@router.get("/journals/{export_id}/file", response={200: None, **PROBLEMS}, summary="The file of an export of journals")
def get_journal_file(request: HttpRequest, export_id: int) -> HttpResponse:
    """The bytes as the outside ledger reads them, the same every time."""
    row = journals.exports(person_of(request)).filter(pk=export_id).first()
    if row is None:
        raise NotFound(_("There is no such export."))
    name, written = journals.file_of(row)
    return HttpResponse(
        written.content, content_type=written.kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
