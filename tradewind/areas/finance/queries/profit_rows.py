"""The rows that an amount of the statement was counted from: order lines, refunds, costs, fees, advertising, postings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradewind.areas.finance.models import Account, AccountCode, Posting
from tradewind.areas.finance.queries.profit import CUTS, VIEW, Wish, cells, kept_lines, reach
from tradewind.areas.finance.queries.profit_facts import (
    ADS_MARKETPLACE,
    ADS_OUTSIDE,
    FEE,
    PARTS,
    PAYMENT_FEES,
    UNMAPPED,
)
from tradewind.base.errors import NotAllowed, NotFound
from tradewind.base.money import Money
from tradewind.engines.access.scope import Scope, visible
from tradewind.nouns.org.models import Person
from tradewind.nouns.trade.models import AdSpend, Fee, Order, OrderLine, Payment, Product, Refund, RefundLine, UnitCost

MOST = 100
DIMENSIONS = ("entity", "market", "team", "channel", "product", "partner")


@dataclass(frozen=True)
class Source:
    """Facts of one kind: rows with `row_day`, `row_amount`, `row_currency`, and how one is named and found."""

    label: Any
    rows: QuerySet[Any]
    name: Callable[[Any], str]
    url: Callable[[Any], str] = lambda row: ""

    @property
    def sums(self) -> dict[str, int]:
        """What the rows add up to, by currency."""
        found = self.rows.order_by().values_list("row_currency").annotate(Sum("row_amount"))
        return {currency: int(amount) for currency, amount in found if amount}


@dataclass(frozen=True)
class Fact:
    """One row as it is told."""

    day: Any
    kind: str
    name: str
    url: str
    amount: Money


@dataclass(frozen=True)
class Behind:
    """What an amount was counted from: the sources, what they add up to and what the statement says, by currency."""

    title: str
    sources: list[Source]
    sums: dict[str, int]
    stated: dict[str, int]

    @property
    def late(self) -> dict[str, int]:
        """What the statement says beyond the rows: facts of closed months changed, or a recount is due."""
        codes = {*self.sums, *self.stated}
        found = {code: self.stated.get(code, 0) - self.sums.get(code, 0) for code in sorted(codes)}
        return {code: amount for code, amount in found.items() if amount}

    def facts(self, most: int = MOST) -> Iterator[Fact]:
        """The rows, at most so many of each source (0: all)."""
        for source in self.sources:
            rows = source.rows.order_by("row_day", "pk")
            for row in rows[:most] if most else rows.iterator(chunk_size=2000):
                money = Money.of_units(row.row_amount, row.row_currency)
                yield Fact(row.row_day, str(source.label), source.name(row), source.url(row), money)


def behind(person: Person | None, wish: Wish, *, line: str = "", account: str = "") -> Behind:
    """The rows behind a line or an account of the statement; NotAllowed where one may not see that line."""
    wish = replace(wish, by=(), end=wish.end)
    scopes = reach(person, VIEW, wish.asked)
    accounts = list(Account.objects.filter(code=account) if account else Account.objects.filter(line=line))
    if not accounts:
        raise NotFound(_("There is no such line."))
    if not scopes or not {one.line for one in accounts} <= set(kept_lines(person, wish.asked)):
        raise NotAllowed(_("You may not see this line here."))
    codes = {one.code for one in accounts}
    sources = [source for source in sources_of(person, wish, scopes, accounts) if source.rows.exists()]
    sums: dict[str, int] = {}
    for source in sources:
        for currency, amount in source.sums.items():
            sums[currency] = sums.get(currency, 0) + amount
    stated: dict[str, int] = {}
    for cell in cells(person, replace(wish, filters={**wish.filters, "account": tuple(sorted(codes))})):
        stated[cell.currency] = stated.get(cell.currency, 0) + cell.amount
    title = str(accounts[0].name) if account else str(accounts[0].get_line_display())
    return Behind(title, sources, {c: a for c, a in sums.items() if a}, {c: a for c, a in stated.items() if a})


def sources_of(person: Person | None, wish: Wish, scopes: Iterable[Scope], accounts: list[Account]) -> Iterator[Source]:
    """The facts that lead to some accounts."""
    codes, corners = {one.code for one in accounts}, tuple(scopes)
    yield from sales(wish, corners, codes)
    parts = [part for part, code in PARTS.items() if code in codes]
    if parts:
        yield costs(wish, corners, parts)
    yield fees(wish, corners, accounts)
    if PAYMENT_FEES in codes:
        yield payments(wish, corners)
    if codes & {ADS_OUTSIDE, ADS_MARKETPLACE}:
        yield advertising(wish, corners, codes)
    rows = visible(person, VIEW, Posting.objects.filter(account__in=accounts)).select_related("account")
    inside = corner(wish, corners, {name: f"{name}_id" for name in DIMENSIONS}, "day")
    told = rows.filter(inside).annotate(row_day=F("day"), row_amount=F("amount"), row_currency=F("currency"))
    yield Source(
        gettext_lazy("Posting"), told, posting_name, lambda row: reverse("finance:posting-detail", args=[row.pk])
    )


def corner(wish: Wish, scopes: Iterable[Scope], paths: Mapping[str, str], day: str) -> Q:
    """The condition for facts in the wish's months and corners; a dimension without a path is blank on all of them."""
    found, corners = Q(**{f"{day}__gte": wish.start.replace(day=1), f"{day}__lte": wish.end}), tuple(scopes)
    if Scope() not in corners:
        inside = Q(pk__in=[])
        for scope in corners:
            part = Q()
            for axis in ("entity", "market", "team"):
                if value := getattr(scope, axis):
                    part &= Q(**{paths[axis]: value}) if axis in paths else Q(pk__in=[])
            inside |= part
        found &= inside
    for name, values in wish.filters.items():
        if name not in CUTS or name in ("account", "line", "month", "currency"):
            continue
        if name not in paths:
            found &= Q() if None in values else Q(pk__in=[])
            continue
        part = Q(**{f"{paths[name]}__in": [value for value in values if value is not None]})
        found &= part | Q(**{f"{paths[name]}__isnull": True}) if None in values else part
    if wish.group and "partner" in paths:
        found &= Q(**{f"{paths['partner']}__isnull": True})
    return found


def at(prefix: str = "", product: str = "") -> dict[str, str]:
    """Where a fact carries its corner."""
    paths = {name: f"{prefix}{name}_id" for name in ("entity", "market", "channel")}
    return {**paths, **({"product": product} if product else {})}


def order_url(pk: int) -> str:
    """The page of an order."""
    return reverse("customers:order-detail", args=[pk])


def sales(wish: Wish, scopes: tuple[Scope, ...], codes: set[str]) -> Iterator[Source]:
    """Goods sold, their discounts, what was given back, postage."""
    earned = Q(order__state=Order.PAID, kind__in=OrderLine.GOODS)
    inside = corner(wish, scopes, at("order__", "product_id"), "order__day")
    lines = OrderLine.objects.filter(earned, inside).select_related("order")
    lines = lines.annotate(row_day=F("order__day"), row_currency=F("order__currency"))
    sold = lines.filter(order__kind=Order.SALE)

    def made(label: Any, rows: QuerySet[Any]) -> Source:
        return Source(label, rows, line_name, lambda row: order_url(row.order_id))

    if "gross-sales" in codes:
        yield made(gettext_lazy("Goods sold"), sold.annotate(row_amount=F("gross")))
    if "discounts" in codes:
        rows = sold.annotate(row_amount=F("net") - F("gross")).exclude(row_amount=0)
        yield made(gettext_lazy("Discount"), rows)
    if "refunds" in codes:
        rows = lines.filter(order__kind=Order.CREDIT).annotate(row_amount=F("net"))
        yield made(gettext_lazy("Credit note"), rows)
        yield refunds(wish, scopes)
    if "shipping-income" in codes:
        yield postage(wish, scopes)


def refunds(wish: Wish, scopes: tuple[Scope, ...]) -> Source:
    """What was given back on orders, on the day it was; by lines where products are asked for."""
    if "product" in wish.filters:
        inside = corner(wish, scopes, at("line__order__", "line__product_id"), "refund__day")
        earned = Q(line__order__state=Order.PAID, line__order__kind__in=(Order.SALE, Order.CREDIT))
        parts = RefundLine.objects.filter(earned, inside).select_related("line__order")
        parts = parts.annotate(row_day=F("refund__day"), row_currency=F("refund__currency"), row_amount=-F("net"))
        return Source(
            gettext_lazy("Refund"), parts, lambda row: line_name(row.line), lambda row: order_url(row.line.order_id)
        )
    inside = corner(wish, scopes, at("order__"), "day")
    earned = Q(order__state=Order.PAID, order__kind__in=(Order.SALE, Order.CREDIT))
    rows = Refund.objects.filter(earned, inside).select_related("order")
    rows = rows.annotate(row_day=F("day"), row_currency=F("currency"), row_amount=-F("net"))
    return Source(
        gettext_lazy("Refund"),
        rows,
        lambda row: f"{row.order} {row.reason}".strip(),
        lambda row: order_url(row.order_id),
    )


def postage(wish: Wish, scopes: tuple[Scope, ...]) -> Source:
    """Postage as the platform states it, else as the lines tell it."""
    lines = OrderLine.objects.filter(order=OuterRef("pk"), kind=OrderLine.SHIPPING).order_by().values("order")
    told = Subquery(lines.annotate(net_sum=Sum("net")).values("net_sum"))
    rows = Order.objects.filter(
        corner(wish, scopes, at(), "day"), state=Order.PAID, kind__in=(Order.SALE, Order.CREDIT)
    )
    rows = rows.annotate(
        row_day=F("day"), row_currency=F("currency"), row_amount=Coalesce("stated_shipping", told, Value(0))
    )
    return Source(gettext_lazy("Postage"), rows.exclude(row_amount=0), str, lambda row: order_url(row.pk))


def costs(wish: Wish, scopes: tuple[Scope, ...], parts: list[str]) -> Source:
    """Units sold × the cost in force on their day; that of the order's market before the general one."""
    own = UnitCost.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=OuterRef("order__day")), product=OuterRef("product_id"),
        part=OuterRef("product__unit_costs__part"), market=OuterRef("order__market_id"), valid_from__lte=OuterRef("order__day"),
    )  # fmt: skip
    cost, day = "product__unit_costs__", F("order__day")
    until = Q(**{f"{cost}valid_to__isnull": True}) | Q(**{f"{cost}valid_to__gte": day})
    of_market = Q(**{f"{cost}market_id": F("order__market_id")})
    general = Q(**{f"{cost}market__isnull": True}) & ~Exists(own)
    rows = OrderLine.objects.filter(
        until, of_market | general, corner(wish, scopes, at("order__", "product_id"), "order__day"), order__state=Order.PAID,
        order__kind=Order.SALE, kind__in=OrderLine.GOODS, **{f"{cost}part__in": parts, f"{cost}valid_from__lte": day},
    ).select_related("order")  # fmt: skip
    rows = rows.annotate(
        row_day=day,
        row_currency=F(f"{cost}currency"),
        row_amount=-F("quantity") * F(f"{cost}amount"),
        cost_part=F(f"{cost}part"),
    )
    return Source(
        gettext_lazy("Cost of goods"),
        rows,
        lambda row: f"{line_name(row)} · {row.cost_part}",
        lambda row: order_url(row.order_id),
    )


def fees(wish: Wish, scopes: tuple[Scope, ...], accounts: list[Account]) -> Source:
    """Fees whose kind leads to one of the accounts; an entity's own code goes before the general one."""
    ids = {one.pk for one in accounts}
    rows: list[tuple[str, int | None, int]] = list(
        AccountCode.objects.filter(system=FEE).values_list("outside", "entity_id", "account_id")
    )
    here, elsewhere = Q(pk__in=[]), Q(pk__in=[])
    for kind, entity, account in rows:
        if entity is not None:
            here |= Q(kind=kind, entity=entity) if account in ids else Q(pk__in=[])
            elsewhere |= Q(kind=kind, entity=entity) if account not in ids else Q(pk__in=[])
    general = Q(kind__in=[kind for kind, entity, account in rows if entity is None and account in ids])
    if UNMAPPED in {one.code for one in accounts}:
        general |= ~Q(kind__in=[kind for kind, entity, _account in rows if entity is None])
    paths = {**at(), "product": "fee_product"}
    found = (
        Fee.objects.alias(fee_product=Subquery(product_of("sku"))) if "product" in wish.filters else Fee.objects.all()
    )
    found = found.filter(here | (general & ~elsewhere), corner(wish, scopes, paths, "day"))
    told = found.annotate(row_day=F("day"), row_currency=F("currency"), row_amount=-F("amount"))
    return Source(gettext_lazy("Fee"), told, fee_name, lambda row: order_url(row.order_id) if row.order_id else "")


def product_of(sku: str) -> QuerySet[Any]:
    """The product of a sku that a fact states."""
    return Product.objects.filter(key=OuterRef(sku)).exclude(key="").values("pk")[:1]


def payments(wish: Wish, scopes: tuple[Scope, ...]) -> Source:
    """What payment providers kept, with its tax, in the currency they settled in."""
    rows = Payment.objects.filter(corner(wish, scopes, at(), "day"))
    settled = Case(When(settled_currency="", then=F("currency")), default=F("settled_currency"))
    rows = rows.annotate(row_day=F("day"), row_currency=settled, row_amount=-(F("fee") + F("fee_tax")))
    name = gettext_lazy("Payment fee")
    return Source(name, rows.exclude(row_amount=0), str, lambda row: order_url(row.order_id) if row.order_id else "")


def advertising(wish: Wish, scopes: tuple[Scope, ...], codes: set[str]) -> Source:
    """What advertising platforms charged."""
    where = Q(pk__in=[])
    where |= Q(channel__isnull=True) if ADS_OUTSIDE in codes else Q(pk__in=[])
    where |= Q(channel__isnull=False) if ADS_MARKETPLACE in codes else Q(pk__in=[])
    rows = AdSpend.objects.filter(where, corner(wish, scopes, at("", "product_id"), "day"))
    rows = rows.annotate(row_day=F("day"), row_currency=F("currency"), row_amount=-F("amount"))
    return Source(gettext_lazy("Advertising"), rows, lambda row: f"{row.platform} {row.campaign}".strip() or row.key)


def line_name(line: OrderLine) -> str:
    """An order line in words."""
    return f"{line.order.number} · {line.quantity} × {line.sku or line.title}"


def fee_name(fee: Fee) -> str:
    """A fee in words."""
    return " · ".join(part for part in (fee.kind, fee.description, fee.order_ref) if part)


def posting_name(row: Posting) -> str:
    """A posting in words."""
    return " · ".join(part for part in (str(row.account.name), row.text, row.supplier) if part)
