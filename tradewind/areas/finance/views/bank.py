"""Bank accounts and wallets, and their lines."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.actions.bank import save_bank_account
from tradewind.areas.finance.actions.matching import match_line
from tradewind.areas.finance.actions.payments import pay_with_line
from tradewind.areas.finance.forms.bank import KIND_NAMES, BankAccountFields, PaymentFields, PayoutsFields
from tradewind.areas.finance.models import Bill, Claim, LinePart
from tradewind.areas.finance.queries import bank as queries
from tradewind.areas.finance.queries.bank_days import currencies_of, days_of
from tradewind.areas.finance.queries.payments import owed_of, paid_of, payable
from tradewind.areas.finance.queries.payouts import could_be, payout_choices, payouts
from tradewind.areas.finance.queries.spending import bills, claims
from tradewind.areas.finance.rules.bank_days import every_day
from tradewind.areas.finance.rules.payments import fits, is_named
from tradewind.base import clock
from tradewind.base.money import CURRENCIES, Money, from_units
from tradewind.nouns.org.queries import reader
from tradewind.nouns.trade.models import BankAccount, BankLine
from tradewind.ui.charts import Chart, Series
from tradewind.ui.formats import format_day
from tradewind.ui.pages import ActionPage, Bool, Choice, Col, DayRange, DetailPage, FormPage, ListPage, Ref, Section
from tradewind.ui.pages.details import Link

MOST_DAYS, SHOWN_DAYS = 366, 100


def part_columns(*amounts: Col) -> list[Col]:
    """What is shown of the lines of the bank that are joined with a record: day, account, the amounts asked for, text."""
    return [
        Col("day", _("Day"), kind="day", value="line.day",
            link=lambda part: reverse("finance:bank_line-detail", args=[part.line_id])),
        Col("account", pgettext_lazy("bank", "Account"), value="line.account.name"),
        *amounts,
        Col("text", pgettext_lazy("ledger", "Text"),
            value=lambda part: " ".join(filter(None, (part.line.counterparty, part.line.text)))[:160]),
    ]  # fmt: skip


class BankAccountList(ListPage[BankAccount]):
    """Accounts at banks and wallets."""

    area, stem = "finance", "bank_account"
    title, icon, read = _("Bank accounts"), "building-bank", "finance.view_bank"
    guide = "bank"
    columns = [
        Col("name", _("Name"), sort="name", link=True),
        Col("code", _("Code"), sort="code"),
        Col("kind", _("Kind"), value=lambda row: str(dict(KIND_NAMES)[row.kind])),
        Col("number", _("Number"), value=queries.shown_number),
        Col("entity", _("Company"), value="entity.name", kind="localtext"),
        Col("currency", _("Currency"), sort="currency"),
        Col("lines", _("Lines"), kind="number", value="line_count"),
        Col("newest", _("Newest line"), kind="day"),
        Col("active", _("In use"), kind="bool"),
    ]
    filters = [Choice("kind", _("Kind"), KIND_NAMES), Bool("active", _("In use"))]
    default_order = "code"
    primary, primary_code = "finance:bank_account-new", "finance.save_bank_account"
    empty = _(
        "Add the accounts and wallets where payouts arrive and bills are paid from, then bring their statements in."
    )

    def rows(self, request: HttpRequest) -> QuerySet[BankAccount]:
        return queries.accounts(reader(request))

    def search(self, rows: QuerySet[BankAccount], text: str) -> QuerySet[BankAccount]:
        return rows.filter(Q(name__icontains=text) | Q(code__istartswith=text))


KINDS_OF_PART = {"payout": _("Payout"), "bill": _("Bill"), "claim": _("Claim")}


def kind_of(part: LinePart) -> str:
    """What kind of thing a part of a line is."""
    return next(name for name in KINDS_OF_PART if getattr(part, f"{name}_id") is not None)


def said(line: BankLine) -> str:
    """What a line is: payouts by their number, bills and claims by their kind alone, as their words need rights of their own."""
    return ", ".join(str(part.payout or KINDS_OF_PART[kind_of(part)]) for part in line.parts.all())


LINE_COLUMNS = [
    Col("day", _("Day"), kind="day", sort="day", link=True),
    Col("account", pgettext_lazy("bank", "Account"), value="account.name"),
    Col("amount", _("Amount"), kind="money", sort="amount"),
    Col("counterparty", _("Other side"), value="counterparty", sort="counterparty"),
    Col("text", pgettext_lazy("ledger", "Text")),
    Col("reference", _("Reference")),
    Col("joined", _("It is"), value=said),
    Col("balance", _("Balance after it"), kind="money", currency="currency", hidden=True),
    Col("value_day", _("Value day"), kind="day", hidden=True),
    Col("state", _("State"), hidden=True),
    Col("source", _("File"), hidden=True),
    Col("source_line", _("Line of the file"), kind="number", hidden=True),
]


def asked_days(request: HttpRequest) -> tuple[date, date]:
    """The days a reader asks for, else the last 91."""
    today = clock.today(str(getattr(request, "zone", "") or "UTC"))
    found = []
    for name, usual in (("from", today - timedelta(days=90)), ("to", today)):
        try:
            found.append(date.fromisoformat(request.GET.get(name, "")))
        except ValueError:
            found.append(usual)
    start, end = sorted(found)
    return max(start, end - timedelta(days=MOST_DAYS)), end


def days_shown(request: HttpRequest, row: BankAccount) -> dict[str, Any]:
    """What lay on an account day by day: a curve, the days that moved, and where statement and lines differ."""
    start, end = asked_days(request)
    codes = currencies_of(row)
    currency = next((code for code in codes if code == request.GET.get("currency")), codes[0] if codes else "")
    if not currency:
        return {"days": []}
    found = days_of(row, currency, start, end)
    curve = every_day(found.days, start, end)
    step = Decimal(1).scaleb(-CURRENCIES[currency].digits)
    chart = Chart(
        title=gettext("Balance day by day"), kind="line", unit="money", currency=currency, additive=False,
        categories=[format_day(day) for day, _units in curve], category_label=gettext("Day"),
        period=f"{format_day(start)} – {format_day(end)}",
        series=[Series(f"account:{row.pk}", row.name, [from_units(units).quantize(step) for _day, units in curve])],
    )  # fmt: skip
    days = [
        {"day": one.day, "stated": one.stated, "missing": Money.of_units(one.missing, currency) if one.missing else None,
         "cells": [Money.of_units(units, currency) for units in (one.opening, one.coming, one.going, one.closing)]}
        for one in reversed(found.days) if start <= one.day <= end
    ]  # fmt: skip
    return {
        "chart": chart, "days": days[:SHOWN_DAYS], "more": max(len(days) - SHOWN_DAYS, 0), "start": start, "end": end,
        "currency": currency, "currencies": codes, "anchored": found.anchored,
        "breaks": [{"since": one.since, "day": one.day, "missing": Money.of_units(one.missing, currency)} for one in found.breaks],
    }  # fmt: skip


class BankAccountDetail(DetailPage[BankAccount]):
    """One account with its balance day by day and its newest lines."""

    of, title = BankAccountList, "name"
    facts = BankAccountList.columns
    sections = [
        Section(_("Balance day by day"), template="finance/bank_days.html", context=days_shown),
        Section(
            _("Newest lines"),
            rows=lambda request, row: queries.lines(reader(request)).filter(account=row).order_by("-day", "-pk")[:20],
            columns=LINE_COLUMNS[:6],
            empty=_("No statement was brought in yet."),
            more=lambda row: f"{reverse('finance:bank_line-list')}?account={row.pk}",
        ),
    ]
    actions = ["finance:bank_account-edit"]


class BankAccountForm(FormPage[BankAccount]):
    """Adds an account or changes it."""

    of = BankAccountList
    title, edit_title = _("New bank account"), _("Edit bank account")
    form, save = BankAccountFields, save_bank_account

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """The number is never given back to the screen."""
        return {**super().initial(request, row), "number": ""}


class BankLineList(ListPage[BankLine]):
    """Every movement the statements tell."""

    area, stem = "finance", "bank_line"
    title, icon, read = _("Bank lines"), "list-details", "finance.view_bank"
    guide = "bank"
    columns = LINE_COLUMNS
    filters = [
        Ref("account", pgettext_lazy("bank", "Account"), lambda request: queries.accounts(reader(request)), search="name"),
        DayRange("day", _("Day")),
        Choice("direction", _("Direction"), [("in", _("Money in")), ("out", _("Money out"))],
               apply=lambda rows, values: rows.filter(side(values))),
        Bool("matched", _("Joined"), apply=lambda rows, value: rows.filter(parts__isnull=not value).distinct()),
    ]  # fmt: skip
    default_order = "-day"
    primary, primary_code = "exchange:sheet-choose", "finance.import_bank_lines"
    primary_label = _("Import a statement")
    empty = _("Bring in a statement: MT940, CAMT.053, a bank's table, PayPal, Stripe, 支付宝 or 微信支付.")

    def rows(self, request: HttpRequest) -> QuerySet[BankLine]:
        return queries.lines(reader(request))

    def search(self, rows: QuerySet[BankLine], text: str) -> QuerySet[BankLine]:
        return rows.filter(Q(counterparty__icontains=text) | Q(text__icontains=text) | Q(reference__istartswith=text))


def side(values: Any) -> Q:
    """Money in, money out, or both."""
    chosen = {values} if isinstance(values, str) else set(values)
    found = Q(pk__in=[]) if chosen else Q()
    found |= Q(amount__gt=0) if "in" in chosen else Q(pk__in=[])
    return found | (Q(amount__lt=0) if "out" in chosen else Q(pk__in=[])) if chosen else Q()


def parts_shown(request: HttpRequest, line: BankLine) -> list[dict[str, Any]]:
    """The parts of a line with name and page where one may see them."""
    person, found = reader(request), list[dict[str, Any]]()
    seen = {"payout": payouts(person), "bill": bills(person), "claim": claims(person)}
    for part in line.parts.all():
        kind = kind_of(part)
        thing = seen[kind].filter(pk=getattr(part, f"{kind}_id")).first()
        found.append({
            "kind": KINDS_OF_PART[kind], "name": str(thing or ""), "amount": Money.of_units(part.amount, line.currency),
            "url": reverse(f"finance:{kind}-detail", args=[thing.pk]) if thing is not None else "",
        })  # fmt: skip
    return found


class BankLineDetail(DetailPage[BankLine]):
    """One movement with the file and line it came from, and what it is."""

    of = BankLineList
    title = staticmethod(str)
    facts = [
        *LINE_COLUMNS[:6],
        Col("free", _("Not joined yet"), kind="money", value=queries.free_of),
        *LINE_COLUMNS[7:],
    ]
    sections = [
        Section(
            _("What it is"),
            rows=parts_shown,
            columns=[
                Col("kind", _("Kind")),
                Col("name", _("Name"), link=lambda part: part["url"]),
                Col("amount", _("Amount"), kind="money"),
            ],
            empty=_("Nothing is joined with this line."),
        )
    ]
    actions = ["finance:bank_line-match", "finance:bank_line-pay"]

    def _links(self, request: HttpRequest, row: BankLine) -> list[Link]:
        """Money that went out most likely paid something."""
        found = super()._links(request, row)
        return found if row.amount > 0 else found[::-1]


class BankLineMatch(ActionPage[BankLine]):
    """Joins a line with the payouts that arrived in it together."""

    of, verb, action, form = BankLineList, "match", match_line, PayoutsFields
    title, button, icon = _("Join with payouts"), _("Join with payouts"), "link"
    text = _(
        "Tick every payout that arrived with this line. Each counts with what it states; the largest takes what differs."
    )

    def form_kwargs(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {"choices": payout_choices(row, reader(request))}

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """The payouts it is, else those that add up to it."""
        own = [part.payout_id for part in row.parts.all() if part.payout_id is not None]
        return {"payouts": own or list(could_be(row, payout_choices(row, reader(request))))}

    def arguments(self, form: forms.BaseForm) -> dict[str, Any]:
        assert isinstance(form, PayoutsFields)  # noqa: S101
        return {"payouts": list(form.cleaned_data["payouts"])}


class BankLinePay(ActionPage[BankLine]):
    """Says which bills and claims a line paid."""

    of, verb, action, form = BankLineList, "pay", pay_with_line, PaymentFields
    title, button, icon = _("Join with bills and claims"), _("Join with bills and claims"), "file-invoice"
    text = _("Tick what this line paid, one or several. What is approved is marked as paid on the day of the line.")

    def form_kwargs(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        rows, receipts = payable(row, reader(request))
        return {"bills": rows, "claims": receipts}

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """What it is joined with, else what it names and fits."""
        own = {
            name: [getattr(part, f"{name}_id") for part in row.parts.all() if getattr(part, f"{name}_id")]
            for name in ("bill", "claim")
        }
        if own["bill"] or own["claim"] or row.parts.all():
            return {"bills": own["bill"], "claims": own["claim"]}
        rows, receipts = payable(row, reader(request))
        known: list[Bill | Claim] = [*rows, *receipts]
        named = [one for one in known if fits(owed_of(one), paid_of(row)) and is_named(owed_of(one), paid_of(row))][:1]
        return {
            "bills": [one.pk for one in named if isinstance(one, Bill)],
            "claims": [one.pk for one in named if isinstance(one, Claim)],
        }

    def arguments(self, form: forms.BaseForm) -> dict[str, Any]:
        assert isinstance(form, PaymentFields)  # noqa: S101
        return {name: list(form.cleaned_data[name]) for name in ("bills", "claims")}


PAGES = (BankAccountList, BankAccountDetail, BankAccountForm, BankLineList, BankLineDetail, BankLineMatch, BankLinePay)
