"""The facts that the statement is counted from: order lines, refunds, costs, fees, advertising, postings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import BigIntegerField, Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Abs, Cast, Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy

from tradewind.areas.finance.models import Account, AccountCode, CostedSale, CostedSpan, Posting
from tradewind.areas.finance.queries.profit import CUTS, VIEW, Wish
from tradewind.areas.finance.queries.profit_facts import (
    ADS_MARKETPLACE,
    ADS_OUTSIDE,
    FEE,
    FINEST,
    LOSSES,
    PARTS,
    PAYMENT_FEES,
    UNMAPPED,
)
from tradewind.engines.access.scope import Scope, visible
from tradewind.nouns.org.models import Person
from tradewind.nouns.trade.models import (
    AdSpend,
    Fee,
    Order,
    OrderLine,
    Payment,
    Product,
    Refund,
    RefundLine,
    Return,
    UnitCost,
)

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


def sources_of(person: Person | None, wish: Wish, scopes: Iterable[Scope], accounts: list[Account]) -> Iterator[Source]:
    """The facts that lead to some accounts."""
    codes, corners = {one.code for one in accounts}, tuple(scopes)
    yield from sales(wish, corners, codes)
    parts = [part for part, code in PARTS.items() if code in codes]
    if parts:
        yield costs(wish, corners, parts)
        yield returned(wish, corners, parts)
    if known := [part for part, code in {**PARTS, **LOSSES}.items() if code in codes]:
        yield from_receipts(wish, corners, known)
    yield from fees(wish, corners, accounts)
    if PAYMENT_FEES in codes:
        yield from payments(wish, corners)
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
    rows = OrderLine.objects.filter(
        in_force(parts), ~from_stock("order__day"), corner(wish, scopes, at("order__", "product_id"), "order__day"),
        order__state=Order.PAID, order__kind=Order.SALE, kind__in=OrderLine.GOODS,
    ).select_related("order")  # fmt: skip
    rows = costed(rows).annotate(row_day=F("order__day"), row_amount=-F("quantity") * F(f"{COST}amount"))
    return Source(
        gettext_lazy("Cost of goods"),
        rows,
        lambda row: f"{line_name(row)} · {row.cost_part}",
        lambda row: order_url(row.order_id),
    )


def returned(wish: Wish, scopes: tuple[Scope, ...], parts: list[str]) -> Source:
    """Units that came back fit to be sold again × what they cost when they were sold, on the day they came back."""
    rows = Return.objects.filter(
        in_force(parts), ~from_stock("day"), corner(wish, scopes, at("order__", "product_id"), "day"), order__state=Order.PAID,
        order__kind=Order.SALE, restocked__gt=0,
    ).select_related("order")  # fmt: skip
    rows = costed(rows).annotate(row_day=F("day"), row_amount=F("restocked") * F(f"{COST}amount"))
    return Source(
        gettext_lazy("Back in stock"),
        rows,
        lambda row: f"{row.order} · {row.restocked} × {row.sku} · {row.cost_part}",
        lambda row: order_url(row.order_id),
    )


def from_receipts(wish: Wish, scopes: tuple[Scope, ...], parts: list[str]) -> Source:
    """What units cost by their receipts, on the day that this was known, and what was lost from stock."""
    rows = CostedSale.objects.filter(corner(wish, scopes, at("", "product_id"), "day"), part__in=parts).exclude(
        amount=0
    )
    rows = rows.select_related("product").annotate(
        row_day=F("day"), row_currency=F("currency"), row_amount=-F("amount")
    )
    return Source(
        gettext_lazy("Cost of goods by receipts"),
        rows,
        lambda row: f"{row.units} × {row.product.sku or row.product} · {row.part}",
    )


def from_stock(day: str) -> Exists:
    """That receipts say what the row's product costs in its order's corner on a day."""
    spans = CostedSpan.objects.alias(of_entity=Coalesce("entity", 0), of_market=Coalesce("market", 0))
    holding = Q(start__lte=OuterRef(day)) & (Q(until__isnull=True) | Q(until__gte=OuterRef(day)))
    return Exists(
        spans.filter(
            holding, product=OuterRef("product_id"), channel=OuterRef("order__channel_id"),
            of_entity=Coalesce(OuterRef("order__entity_id"), 0), of_market=Coalesce(OuterRef("order__market_id"), 0),
        )
    )  # fmt: skip


COST = "product__unit_costs__"


def in_force(parts: list[str]) -> Q:
    """That a cost of the row's product holds on the day of the row's order; one of its market goes before the general one."""
    day = F("order__day")
    own = UnitCost.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=OuterRef("order__day")), product=OuterRef("product_id"),
        part=OuterRef(f"{COST}part"), market=OuterRef("order__market_id"), valid_from__lte=OuterRef("order__day"),
    )  # fmt: skip
    until = Q(**{f"{COST}valid_to__isnull": True}) | Q(**{f"{COST}valid_to__gte": day})
    of_market = Q(**{f"{COST}market_id": F("order__market_id")})
    general = Q(**{f"{COST}market__isnull": True}) & ~Exists(own)
    return until & (of_market | general) & Q(**{f"{COST}part__in": parts, f"{COST}valid_from__lte": day})


def costed(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Rows with the part and the currency of their cost."""
    found: QuerySet[Any] = rows.annotate(row_currency=F(f"{COST}currency"), cost_part=F(f"{COST}part"))
    return found


def fees(wish: Wish, scopes: tuple[Scope, ...], accounts: list[Account]) -> Iterator[Source]:
    """Fees whose kind leads to one of the accounts, at the product they name, else shared over their order's goods."""
    label, found = gettext_lazy("Fee"), Fee.objects.filter(of_accounts(accounts))
    if "product" in wish.filters:
        found = found.alias(named=Subquery(product_of("sku")), goods=Exists(goods_of("order_id")))
        loose = found.filter(named__isnull=True, goods=True).filter(corner(without_product(wish), scopes, at(), "day"))
        yield shared(label, wish, loose, "order__fees", F("order__fees__currency"), F("order__fees__amount"))
        found = found.filter(Q(named__isnull=False) | Q(goods=False))
    rows = found.filter(
        corner(wish, scopes, {**at(), "product": "named"} if "product" in wish.filters else at(), "day")
    )
    yield charged(label, rows, F("currency"), F("amount"), fee_name)


def of_accounts(accounts: list[Account]) -> Q:
    """That a fee's kind leads to one of the accounts; an entity's own code goes before the general one."""
    ids, none = {one.pk for one in accounts}, Q(pk__in=[])
    rows: list[tuple[str, int | None, int]] = list(
        AccountCode.objects.filter(system=FEE).values_list("outside", "entity_id", "account_id")
    )
    here, elsewhere = none, none
    for kind, entity, account in rows:
        if entity is not None:
            here |= Q(kind=kind, entity=entity) if account in ids else none
            elsewhere |= Q(kind=kind, entity=entity) if account not in ids else none
    general = Q(kind__in=[kind for kind, entity, account in rows if entity is None and account in ids])
    if UNMAPPED in {one.code for one in accounts}:
        general |= ~Q(kind__in=[kind for kind, entity, _account in rows if entity is None])
    return here | (general & ~elsewhere)


def product_of(sku: str) -> QuerySet[Any]:
    """The product of a sku that a fact states."""
    return Product.objects.filter(key=OuterRef(sku)).exclude(key="").values("pk")[:1]


def goods_of(order: str) -> QuerySet[OrderLine]:
    """The goods of the order that a fact is of."""
    return OrderLine.objects.filter(order=OuterRef(order), kind__in=OrderLine.GOODS)


def payments(wish: Wish, scopes: tuple[Scope, ...]) -> Iterator[Source]:
    """What payment providers kept, with its tax, in the currency they settled in; shared over their order's goods."""
    label, rows = gettext_lazy("Payment fee"), Payment.objects.all()
    if "product" in wish.filters:
        rows = rows.alias(goods=Exists(goods_of("order_id")))
        loose, paid = rows.filter(corner(without_product(wish), scopes, at(), "day"), goods=True), "order__payments__"
        yield shared(label, wish, loose, "order__payments", settled_in(paid), F(f"{paid}fee") + F(f"{paid}fee_tax"))
        rows = rows.filter(goods=False)
    yield charged(label, rows.filter(corner(wish, scopes, at(), "day")), settled_in(""), F("fee") + F("fee_tax"), str)


def without_product(wish: Wish) -> Wish:
    """The wish for facts that are shared over products afterwards."""
    return replace(wish, filters={name: values for name, values in wish.filters.items() if name != "product"})


def settled_in(prefix: str) -> Case:
    """The currency a payment was settled in."""
    own = When(**{f"{prefix}settled_currency": ""}, then=F(f"{prefix}currency"))
    return Case(own, default=F(f"{prefix}settled_currency"))


def charged(label: Any, rows: QuerySet[Any], currency: Any, amount: Any, name: Callable[[Any], str]) -> Source:
    """Charges as they stand."""
    told = rows.annotate(row_day=F("day"), row_currency=currency, row_amount=-amount).exclude(row_amount=0)
    return Source(label, told, name, lambda row: order_url(row.order_id) if row.order_id else "")


def shared(label: Any, wish: Wish, charges: QuerySet[Any], path: str, currency: Any, amount: Any) -> Source:
    """The shares of charges that fall on lines of the wished products, as `profit_facts.shares` tells them."""
    goods = OrderLine.objects.filter(order=OuterRef("order_id"), kind__in=OrderLine.GOODS).order_by().values("order")
    upto, blank = goods.filter(position__lte=OuterRef("position")), Q(worth=0)
    products = wish.filters["product"]
    chosen = Q(product__in=[value for value in products if value is not None])
    lines = OrderLine.objects.filter(
        chosen | Q(product=None) if None in products else chosen,
        kind__in=OrderLine.GOODS,
        **{f"{path}__in": charges.order_by().values("pk")},
    )
    lines = lines.alias(worth=summed(goods, Sum(Abs("net")))).alias(
        all_worth=Case(When(blank, then=summed(goods, Count("pk"))), default=F("worth")),
        worth_upto=Case(When(blank, then=summed(upto, Count("pk"))), default=summed(upto, Sum(Abs("net")))),
        own_worth=Case(When(blank, then=Value(1)), default=Abs("net"), output_field=BigIntegerField()),
    )
    step = F("all_worth") / Value(FINEST) + Value(1)
    whole, end, begin = F("all_worth") / step, F("worth_upto") / step, (F("worth_upto") - F("own_worth")) / step
    rows = lines.annotate(
        row_day=F(f"{path}__day"), row_currency=currency, row_amount=-(amount * end / whole - amount * begin / whole)
    )
    told = rows.exclude(row_amount=0).select_related("order")
    return Source(label, told, line_name, lambda row: order_url(row.order_id))


def summed(rows: QuerySet[OrderLine, Any], amount: Any) -> Cast:
    """One whole number of some lines of an order."""
    return Cast(Subquery(rows.annotate(summed=amount).values("summed")), BigIntegerField())


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
