"""Payouts: what the platform says it paid, what it is made of, what the bank received, and what differs."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tradewind.areas.finance.actions.gaps import post_gap
from tradewind.areas.finance.actions.matching import match_payout
from tradewind.areas.finance.forms.bank import GapFields, MatchFields
from tradewind.areas.finance.models import Account, Posting
from tradewind.areas.finance.queries import payouts as queries
from tradewind.areas.finance.queries.gaps import USUAL, gaps_of, open_gaps, postings_of, with_posted
from tradewind.areas.finance.rules import reconcile
from tradewind.areas.finance.views.bank import part_columns
from tradewind.base import clock
from tradewind.base.money import Money
from tradewind.base.period import Period
from tradewind.engines.access.scope import visible
from tradewind.nouns.org.queries import reader
from tradewind.nouns.trade.models import Channel, Payout
from tradewind.ui.formats import format_money
from tradewind.ui.pages import ActionPage, Bool, Col, DayRange, DetailPage, ListPage, Page, Ref, Section

STATE_NAMES = {
    reconcile.ARRIVED: _("arrived in full"), reconcile.WAITING: _("on its way"), reconcile.OVERDUE: _("overdue"),
    reconcile.CHARGED: _("the bank kept a charge"), reconcile.DIFFERS: _("differs"), reconcile.CONVERTED: _("converted by the bank"),
    reconcile.ASKED: _("a line may be it: decide"),
}  # fmt: skip
TONES = {
    reconcile.ARRIVED: "good", reconcile.WAITING: "info", reconcile.OVERDUE: "bad", reconcile.CHARGED: "attention",
    reconcile.DIFFERS: "bad", reconcile.CONVERTED: "info", reconcile.ASKED: "attention",
}  # fmt: skip


def today_of(request: HttpRequest) -> date:
    """The reader's day."""
    return clock.today(str(getattr(request, "zone", "") or "UTC"))


def standing(row: Payout) -> reconcile.Standing:
    """How a payout stands today."""
    return queries.standing_of(row, clock.today(row.channel.zone or "UTC"))


def is_posted(row: Payout) -> bool:
    """Whether what differs at the bank was posted."""
    posted: int | None = getattr(row, "posted_charge", None)
    return bool(posted) and posted == -standing(row).difference


def state_words(row: Payout) -> str:
    """How a payout stands, or that its difference was posted."""
    return str(_("difference posted")) if is_posted(row) else str(STATE_NAMES[standing(row).state])


def state_tone(row: Payout) -> str:
    """A difference that was posted is none to look at any more."""
    return "good" if is_posted(row) else TONES[standing(row).state]


class PayoutList(ListPage[Payout]):
    """What platforms paid out, beside what the bank received."""

    area, stem = "finance", "payout"
    title, icon, read = _("Payouts"), "cash-banknote", "finance.view_bank"
    guide = "bank"
    columns = [
        Col("external_id", _("Number"), sort="external_id", link=True),
        Col("channel", _("Channel"), value="channel.name"),
        Col("day", _("Paid on"), kind="day", value=queries.day_of, sort="day"),
        Col("amount", _("Paid out"), kind="money", sort="amount"),
        Col("received", _("Received"), kind="money", value=lambda row: Money.of_units(standing(row).received, row.currency)),
        Col("difference", _("Difference"), kind="money",
            value=lambda row: Money.of_units(-standing(row).difference, row.currency)),
        Col("state", _("State"), kind="chip", value=state_words, tone=state_tone),
        Col("start", _("From"), kind="day", hidden=True),
        Col("end", _("To"), kind="day", hidden=True),
    ]  # fmt: skip
    filters = [
        Ref("channel", _("Channel"), lambda request: visible(reader(request), "market.view_channel", Channel.objects.all()),
            search="name"),
        DayRange("day", _("Paid on")),
        Bool("matched", _("Joined"), apply=lambda rows, value: rows.filter(joined__gt=0) if value else rows.filter(joined=0)),
    ]  # fmt: skip
    default_order = "-day"
    primary, primary_code = "exchange:sheet-choose", "finance.import_payouts"
    primary_label = _("Import payouts")
    secondary = [("finance:payout-bridge", _("Orders against settlements"), "finance.view_bank")]
    empty = _("Payouts come with settlement files of marketplaces, or as a table of their own.")

    def rows(self, request: HttpRequest) -> QuerySet[Payout]:
        return with_posted(queries.payouts(reader(request)).annotate(joined=Count("line_parts", distinct=True)))

    def search(self, rows: QuerySet[Payout], text: str) -> QuerySet[Payout]:
        return rows.filter(external_id__icontains=text)


def reconciliation(request: HttpRequest, row: Payout) -> dict[str, Any]:
    """The payout's parts on one side, the bank's lines on the other, and the differences with their reasons."""
    parts = queries.parts_of(row)
    asked = not row.line_parts.exists() and row.pk in queries.found_matches([row]).asked
    found = queries.standing_of(row, today_of(request), asked=asked)
    names = (
        (_("Orders"), parts.orders), (_("Refunds"), parts.refunds), (_("Fees"), parts.fees), (_("Reserves"), parts.reserves),
        (_("Not told by any row"), parts.unexplained),
    )  # fmt: skip
    return {
        "parts": [(label, Money.of_units(units, row.currency)) for label, units in names],
        "stated": Money.of_units(row.amount, row.currency),
        "received": Money.of_units(found.received, row.currency),
        "difference": Money.of_units(-found.difference, row.currency),
        "reason": state_words(row) if is_posted(row) else STATE_NAMES[found.state],
        "tone": state_tone(row) if is_posted(row) else TONES[found.state], "state": found.state,
        "gaps": [
            {"label": one.gap.label, "amount": Money.of_units(one.amount, one.currency), "posted": Money.of_units(one.posted, one.currency),
             "left": Money.of_units(one.left, one.currency)}
            for one in gaps_of(row)
        ],
        "converted": [
            (Money.of_units(part.amount, part.line.currency), implied(row, part.amount))
            for part in row.line_parts.all() if part.line.currency != row.currency
        ],
    }  # fmt: skip


def implied(row: Payout, units: int) -> str:
    """The rate the bank converted at, when the payout arrived in one other currency."""
    return f"{Decimal(units) / Decimal(row.amount):.6f}" if row.amount else "–"


PART_COLUMNS = part_columns(
    Col("amount", _("Of this payout"), kind="money", currency="line.currency"),
    Col("whole", _("The whole line"), kind="money", value="line.amount", currency="line.currency"),
)


def posted_shown(request: HttpRequest, row: Payout) -> QuerySet[Posting]:
    """The postings of a payout's differences that one may see."""
    return visible(reader(request), "finance.view_profit", postings_of(row))


def posting_page(row: Posting) -> str:
    """The page of a posting."""
    return reverse("finance:posting-detail", args=[row.pk])


class PayoutDetail(DetailPage[Payout]):
    """One payout with its two sides."""

    of, title = PayoutList, "external_id"
    facts = [*PayoutList.columns[1:4], *PayoutList.columns[6:]]
    sections = [
        Section(_("Reconciliation"), template="finance/payout.html", context=reconciliation),
        Section(
            _("Received at the bank"),
            rows=lambda request, row: row.line_parts.select_related("line__account").order_by("line__day", "line"),
            columns=PART_COLUMNS, empty=_("No line of the bank is joined with this payout."),
        ),
        Section(
            _("Differences posted"),
            rows=posted_shown,
            columns=[
                Col("day", _("Day"), kind="day", link=posting_page),
                Col("account", pgettext_lazy("bank", "Account"), value="account.name", kind="localtext"),
                Col("text", pgettext_lazy("ledger", "Text")),
                Col("amount", _("Amount"), kind="money"),
                Col("state", _("State"), value=lambda row: _("taken back") if row.corrections.exists() else _("posted")),
            ],
            empty=_("No difference of this payout was posted."),
        ),
        Section(
            _("Fees of this payout"),
            rows=lambda request, row: row.fees.order_by("-amount", "pk")[:50],
            columns=[Col("day", _("Day"), kind="day"), Col("kind", _("Kind of fee")), Col("order_ref", _("Order")),
                     Col("sku", _("SKU")), Col("amount", _("Amount"), kind="money"),
                     Col("source_line", _("Line of the file"), kind="number")],
            empty=_("No fee names this payout."),
        ),
    ]  # fmt: skip
    actions = ["finance:payout-match", "finance:payout-post"]


class PayoutMatch(ActionPage[Payout]):
    """Joins a payout with lines of the bank by hand."""

    of, verb, action, form = PayoutList, "match", match_payout, MatchFields
    title, button, icon = _("Join with lines of the bank"), pgettext_lazy("bank line", "Join"), "link"
    text = _(
        "Tick the lines this payout arrived as. Where one line is several payouts, join them on the page of the line."
    )

    def form_kwargs(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {"choices": queries.line_choices(row, reader(request))}

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """The lines it has, else those the matching would ask about."""
        own = [part.line_id for part in row.line_parts.all()]
        return {"lines": own or list(queries.found_matches([row]).asked.get(row.pk, ()))[:1]}

    def arguments(self, form: forms.BaseForm) -> dict[str, Any]:
        assert isinstance(form, MatchFields)  # noqa: S101
        return {"lines": list(form.cleaned_data["lines"])}


class PayoutPost(ActionPage[Payout]):
    """Posts a difference of a payout."""

    of, verb, action, form = PayoutList, "post", post_gap, GapFields
    title, button, icon = _("Post a difference"), _("Post"), "book"
    text = _("The amount follows from the payout. In a closed month it counts on the first open day.")

    @classmethod
    def offered(cls, row: Payout) -> bool:
        """Only where something is left to post."""
        return bool(open_gaps(gaps_of(row)))

    def form_kwargs(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        rows = open_gaps(gaps_of(row))
        return {
            "choices": [
                (one.gap.value, f"{one.gap.label}: {format_money(Money.of_units(one.left, one.currency), code=True)}")
                for one in rows
            ]
        }

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """The first difference with its usual account."""
        rows = open_gaps(gaps_of(row))
        usual = Account.objects.filter(code=USUAL[rows[0].gap]).first() if rows else None
        return {"gap": rows[0].gap.value if rows else "", "account": usual.pk if usual else None}


class PayoutBridge(Page):
    """What orders promised against what was settled, by channel and month."""

    area, name, path, read = "finance", "payout-bridge", "payouts/bridge/", "finance.view_bank"
    title, icon, template = _("Orders against settlements"), "arrows-diff", "finance/payout_bridge.html"
    guide, in_menu = "bank", False
    MONTHS = 6

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        end = Period.containing(today_of(request), "month")
        start = end
        for _month in range(self.MONTHS - 1):
            start = Period.containing(start.start - timedelta(days=1), "month")
        seen = {row.pk: row for row in visible_channels(request)}
        lines = [
            {
                "channel": seen[one.channel], "month": one.month,
                "cells": [
                    Money.of_units(units, one.currency)
                    for units in (one.orders, one.orders_settled, one.refunds, one.refunds_settled, one.fees, one.fees_settled,
                                  one.estimated, one.settled, one.difference)
                ],
            }
            for one in sorted(queries.bridge(start.start, end.end, list(seen)), key=lambda one: (-one.month.toordinal(), one.channel))
        ]  # fmt: skip
        return {"lines": lines, "start": start.start, "end": end.end}


def visible_channels(request: HttpRequest) -> QuerySet[Channel]:
    """Channels whose money the reader may see."""
    own = queries.payouts(reader(request)).order_by().values("channel")
    return visible(reader(request), "market.view_channel", Channel.objects.filter(pk__in=own))


PAGES = (PayoutBridge, PayoutList, PayoutDetail, PayoutMatch, PayoutPost)
