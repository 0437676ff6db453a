"""Costs: their structure, odd charges, savings and what they proved."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import DateField, Q, QuerySet, Value
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.actions import costs as actions
from tradewind.areas.finance.forms.costs import DistinctFields, SavingFields, StartFields, WhyFields
from tradewind.areas.finance.forms.prices import decimals
from tradewind.areas.finance.models import Line, Posting, Saving
from tradewind.areas.finance.queries import costs as queries
from tradewind.areas.finance.queries import ledger
from tradewind.areas.finance.queries.prices import months_before
from tradewind.areas.finance.queries.profit_asked import label_of
from tradewind.areas.finance.queries.savings import proof_of, savings
from tradewind.areas.finance.views.ledger import PostingList
from tradewind.base.errors import Refused
from tradewind.base.money import CURRENCIES, Money
from tradewind.base.period import Period
from tradewind.engines.access.scope import Scope
from tradewind.engines.metrics import rates
from tradewind.nouns.org.models import Company
from tradewind.nouns.org.queries import company_today, reader
from tradewind.ui.charts import Chart, Series
from tradewind.ui.formats import format_money, format_month, format_number, format_percent
from tradewind.ui.pages import ActionPage, Choice, Col, DetailPage, FormPage, ListPage, Page, Ref, Section

COSTS, RATE, MONTHS = "finance.view_costs", "month", 12


def corner(request: HttpRequest) -> Scope:
    """The corner of the company a reader chose."""
    chosen = getattr(request, "scope", None)
    return chosen if isinstance(chosen, Scope) else Scope()


def span_of(request: HttpRequest) -> Period:
    """The months asked for: a year code, else the last twelve full ones."""
    try:
        return Period.parse(request.GET.get("period", ""))
    except (Refused, ValueError):
        return months_before(company_today(), MONTHS)


def currency_of(request: HttpRequest) -> str:
    """The currency asked for, else the company's."""
    asked = request.GET.get("currency", "").upper()
    home = Company.objects.values_list("currency", flat=True).first() or "EUR"
    return asked if asked in CURRENCIES else home


def exact(value: Decimal, currency: str) -> Decimal:
    """An amount in whole steps of its currency, for charts and tables."""
    return value.quantize(Decimal(1).scaleb(-CURRENCIES[currency].digits))


def money(value: Decimal, currency: str) -> str:
    """An amount in words."""
    return format_money(Money(exact(value, currency), currency))


def pareto_chart(found: queries.Structure, label: str) -> Chart:
    """The largest costs in their order."""
    bars = [bar for bar in found.bars if bar.amount > 0][:15]
    return Chart(
        title=gettext("Costs by size"), kind="hbar", unit="money", currency=found.currency, period=label,
        categories=[str(found.accounts[bar.key].name) for bar in bars],
        series=[Series("costs", gettext("Costs"), [exact(bar.amount, found.currency) for bar in bars])],
        category_label=gettext("Account"),
    )  # fmt: skip


def unit_chart(found: queries.Structure, label: str) -> Chart:
    """What a sold unit costs, month by month."""
    names = dict(Line.choices)
    rows = {line: values for line, values in found.unit.items() if any(values)}
    return Chart(
        title=gettext("Cost of a sold unit"), kind="stacked", unit="money", currency=found.currency, period=label,
        categories=[format_month(month) for month in found.months],
        series=[
            Series(f"line:{line}", str(names[line]), [None if value is None else exact(value, found.currency) for value in values])
            for line, values in rows.items()
        ],
        category_label=gettext("Month"),
    )  # fmt: skip


class CostStructure(Page):
    """Where the money goes."""

    area, name, path = "finance", "cost-structure", "costs/"
    title, icon, read, guide = _("Cost structure"), "chart-bar", COSTS, "pricing"
    template = "finance/cost_structure.html"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        period, currency, place = span_of(request), currency_of(request), corner(request)
        found = queries.structure(reader(request), period, place, currency, RATE)
        if not found.bars:
            return {"empty": True}
        label = label_of(period)
        markets, peers = queries.peers(reader(request), period, place, currency, RATE)
        return {
            "label": label, "currency": currency, "rate_name": rates.rule(RATE).label, "chart": pareto_chart(found, label),
            "trend": unit_chart(found, label) if any(found.units) else None,
            "rows": [row_of(found, bar) for bar in found.bars], "few": len(found.few), "many": len(found.bars),
            "total": money(found.total, currency), "fixed": money(found.fixed, currency), "variable": money(found.variable, currency),
            "fixed_share": found.fixed / found.total if found.total else Decimal(0),
            "markets": markets, "peers": [peer_row(one) for one in peers], "missing": ", ".join(sorted(found.made.notes.missing)),
        }  # fmt: skip


def row_of(found: queries.Structure, bar: Any) -> dict[str, Any]:
    """A cost as a row of the table."""
    account = found.accounts[bar.key]
    query = f"?account={account.pk}&day_from={found.period.start}&day_to={found.period.end}"
    return {
        "account": account, "amount": money(bar.amount, found.currency), "share": bar.share, "upto": bar.upto, "few": bar.few,
        "url": f"{reverse('finance:posting-list')}{query}",
    }  # fmt: skip


def peer_row(one: queries.Peer) -> dict[str, Any]:
    """An account beside the same in other markets."""
    cells = [
        ("–" if share is None else format_percent(share), place in one.high) for place, share in enumerate(one.shares)
    ]
    return {"account": one.account, "cells": cells, "middle": one.middle}


class OddCharges(Page):
    """Charges that look like duplicates or are far above the usual."""

    area, name, path = "finance", "odd-charges", "costs/odd-charges/"
    title, icon, read, guide = _("Odd charges"), "copy", COSTS, "pricing"
    template = "finance/odd_charges.html"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        found, may = queries.odd_charges(reader(request), company_today()), request.may  # type: ignore[attr-defined]
        stake = ", ".join(
            format_money(Money(amount, currency), code=True)
            for currency, amount in queries.at_stake(found.pairs).items()
        )
        return {
            "pairs": [
                {"first": found.rows[pair.first.key], "second": found.rows[pair.second.key], "sure": pair.sure,
                 "amount": format_money(abs(pair.first.amount), pair.first.currency, code=True),
                 "clear": f"{reverse('finance:posting-distinct', args=[pair.first.key])}?other={pair.second.key}"
                 if may("finance.clear_duplicate", found.rows[pair.first.key]) else ""}
                for pair in found.pairs[:200]
            ],
            "far": [
                {"row": found.rows[one.key], "amount": format_money(abs(one.amount), one.currency, code=True),
                 "usual": format_money(int(usual), one.currency, code=True), "times": format_number(abs(one.amount) / usual, 1) if usual else "–"}
                for one, usual, _z in found.far[:200]
            ],
            "stake": stake, "count": len(found.rows),
        }  # fmt: skip


class PostingDistinct(ActionPage[Posting]):
    of, verb = PostingList, "distinct"
    title, button = _("Not a duplicate"), _("Not a duplicate")
    text = _("The two charges look alike and are not one. The pair is not shown again.")
    action, form, icon = actions.clear_duplicate, DistinctFields, "checks"

    @classmethod
    def row_names(cls) -> list[str]:
        return []  # it is opened from the pair, not from a posting alone

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {"other": request.GET.get("other", "")}

    def arguments(self, form: forms.BaseForm) -> dict[str, Any]:
        other = ledger.postings(reader(self.request)).filter(pk=form.cleaned_data["other"]).first()
        if other is None:
            raise Refused(gettext("The other charge is not there any more."))
        return {"other": other, "reason": form.cleaned_data["reason"]}

    def after(self, row: Any) -> str:
        return reverse("finance:odd-charges")


TONES = {
    Saving.IDEA: "neutral",
    Saving.ACCEPTED: "info",
    Saving.RUNNING: "good",
    Saving.CLOSED: "neutral",
    Saving.DROPPED: "neutral",
}


def proven_words(row: Any) -> str:
    """What a saving proved by now, or that there is nothing to count yet."""
    found = proof_of(row, row.as_of)
    return money(found.proof.saved, row.currency) if found else gettext("Not yet")


class SavingList(ListPage[Saving]):
    """Savings, promised and proven."""

    area, stem = "finance", "saving"
    title, icon, read, guide = _("Savings"), "pig-money", COSTS, "pricing"
    columns = [
        Col("title", _("What will be done"), kind="localtext", link=True),
        Col("account", _("Account"), kind="localtext", value="account.name"),
        Col("promised", _("Promised a month"), kind="money", sort="promised"),
        Col("proven", _("Proven so far"), value=proven_words),
        Col(
            "state", _("State"), kind="chip", value="get_state_display", tone=lambda row: TONES[row.state], sort="state"
        ),
        Col("owner", _("Owner"), kind="person"),
        Col("start", _("In force from"), kind="day", sort="start"),
        Col("market", _("Market"), kind="localtext", value="market.name", hidden=True),
        Col("entity", _("Entity"), kind="localtext", value="entity.name", hidden=True),
        Col("supplier", _("Supplier"), hidden=True),
    ]
    filters = [
        Choice("state", _("State"), Saving.STATES),
        Ref("account", _("Account"), lambda request: ledger.accounts(reader(request)), search="code"),
    ]
    default_order = "-pk"
    primary, primary_code, primary_label = "finance:saving-new", "finance.save_saving", _("New saving")
    empty = _(
        "Question the ten largest costs: write each way to spend less with a baseline and an owner. What it saves is counted, not typed."
    )

    def rows(self, request: HttpRequest) -> QuerySet[Saving]:
        return savings(reader(request)).annotate(as_of=Value(company_today(), output_field=DateField()))

    def search(self, rows: QuerySet[Saving], text: str) -> QuerySet[Saving]:
        return rows.filter(Q(title__icontains=text) | Q(supplier__icontains=text))


def proof_shown(request: HttpRequest, row: Saving) -> dict[str, Any]:
    """The proof with all its numbers."""
    found = proof_of(row, company_today())
    if found is None:
        return {"proof": None, "row": row}
    proof = found.proof
    return {
        "proof": proof, "row": row, "before": money(proof.before, row.currency), "after": money(proof.after, row.currency),
        "saved": money(proof.saved, row.currency), "promised": money(found.promised, row.currency), "share": found.share,
        "months": found.months, "count": proof.count, "rate_name": rates.rule(RATE).label,
    }  # fmt: skip


class SavingDetail(DetailPage[Saving]):
    of = SavingList
    title = "title"
    facts = [
        *SavingList.columns[1:],
        Col("base_start", _("Compared with months from"), kind="day"), Col("base_end", _("to"), kind="day"),
        Col("per_unit", _("Per unit sold"), kind="bool"), Col("note", _("Notes")),
    ]  # fmt: skip
    sections = [Section(_("What the ledger proves"), template="finance/saving_proof.html", context=proof_shown)]
    actions = [
        "finance:saving-accept",
        "finance:saving-start",
        "finance:saving-close",
        "finance:saving-edit",
        "finance:saving-drop",
    ]


class SavingForm(FormPage[Saving]):
    of = SavingList
    title, edit_title = _("New saving"), _("Edit saving")
    form = SavingFields
    save = actions.save_saving

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        year = months_before(company_today(), MONTHS)
        usual = {"base_start": year.start, "base_end": year.end, "currency": currency_of(request)}
        return {**usual, **super().initial(request, row)}

    def arguments(self, form: forms.BaseForm) -> dict[str, Any]:
        return decimals(form.cleaned_data, "promised")

    states = actions.OPEN


class SavingAccept(ActionPage[Saving]):
    of, verb = SavingList, "accept"
    title, button = _("Accept the saving"), _("Accept")
    text = _("It is taken on: its owner makes it happen.")
    action, icon = actions.accept_saving, "check"
    states = (Saving.IDEA,)


class SavingStart(ActionPage[Saving]):
    of, verb = SavingList, "start"
    title, button = _("Say when it is in force"), _("Start")
    text = _("From this month on the ledger is compared with the months before.")
    action, form, icon = actions.start_saving, StartFields, "player-play"
    states = (Saving.ACCEPTED,)

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {"start": date(company_today().year, company_today().month, 1)}


class SavingClose(ActionPage[Saving]):
    of, verb = SavingList, "close"
    title, button = _("Close the saving"), _("Close")
    text = _("What it proves goes on being counted from the ledger.")
    action, icon = actions.close_saving, "lock"
    states = (Saving.RUNNING,)


class SavingDrop(ActionPage[Saving]):
    of, verb = SavingList, "drop"
    title, button = _("Let the saving go"), _("Let go")
    action, form, icon, danger = actions.drop_saving, WhyFields, "trash", True
    states = (*actions.OPEN, Saving.RUNNING)


PAGES = (
    CostStructure, OddCharges, PostingDistinct, SavingList, SavingDetail, SavingForm, SavingAccept, SavingStart, SavingClose, SavingDrop,
)  # fmt: skip
