"""Cash of the next thirteen weeks by currency, what it rests on, and what is exposed to exchange rates."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.actions import cash as actions
from tradewind.areas.finance.forms.cash import KIND_NAMES, CalendarFields, CashLineFields
from tradewind.areas.finance.models import CashLine, PayoutCalendar
from tradewind.areas.finance.queries import cash as queries
from tradewind.areas.finance.queries.cash import Outlook
from tradewind.areas.finance.rules.cash import BILL, CLAIM, LINE, PAYOUT, RESERVE, Low, Week
from tradewind.areas.finance.views.claims import today_of
from tradewind.base.money import CURRENCIES, Money, from_units
from tradewind.nouns.org.models import Company, Entity
from tradewind.nouns.org.queries import reader
from tradewind.ui.charts import Chart, Series
from tradewind.ui.formats import format_day, format_money
from tradewind.ui.pages import ActionPage, Choice, Col, DetailPage, FormPage, ListPage, Page, Ref

KIND_WORDS = {
    PAYOUT: _("Payout"), RESERVE: _("Reserve given back"), BILL: _("Bill"), CLAIM: _("Claim"), LINE: _("Other payment"),
}  # fmt: skip


def amount_words(units: int, currency: str) -> str:
    """An amount as its reader writes it."""
    return format_money(Money.of_units(units, currency), code=True)


class Cash(Page):
    """The thirteen weeks: a curve in one currency, a table for each, the flows of a week, exposure by month."""

    area, name, path = "finance", "cash", "cash/"
    title, icon, template, read, guide = _("Cash ahead"), "cash", "finance/cash.html", queries.VIEW, "cash"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        currency = wished_currency(request)
        ahead = request.GET.get("ahead") == "1"
        entity = getattr(getattr(request, "scope", None), "entity", None)
        made = queries.outlook(reader(request), today_of(request), currency, ahead=ahead, entity=entity)
        shown = request.GET.get("show", "")
        shown = shown if shown in made.weeks else ""
        weeks = made.weeks[shown] if shown else made.whole
        code = shown or currency
        return {
            "made": made, "currency": currency, "shown": shown, "ahead": ahead, "choices": currency_choices(made, currency),
            "low": low_words(made.low_of(shown) if shown else made.low, code), "curve": curve(made, weeks, code),
            "rows": [week_row(request, place, week, code) for place, week in enumerate(weeks)],
            "flows": flows_of(request, weeks, code), "week": chosen_week(request), "balances": balance_rows(made),
            "lows": [(one, low_words(made.low_of(one), one)) for one in made.weeks], "exposed": exposed_rows(made),
            "query": lambda **changes: address(request, **changes), "empty": not made.balances and not made.flows,
            "tabs": tabs(request, made, shown),
        }  # fmt: skip


def address(request: HttpRequest, **changes: str) -> str:
    """This page with something else chosen."""
    kept = {name: request.GET[name] for name in ("currency", "show", "ahead", "week") if request.GET.get(name)}
    return "?" + urlencode({name: value for name, value in {**kept, **changes}.items() if value})


def tabs(request: HttpRequest, made: Outlook, shown: str) -> list[dict[str, Any]]:
    """All currencies together, and each."""
    found = [
        {
            "name": gettext("All, in %(currency)s") % {"currency": made.currency},
            "url": address(request, show="", week=""),
            "here": not shown,
        }
    ]
    return found + [
        {"name": code, "url": address(request, show=code, week=""), "here": code == shown} for code in made.weeks
    ]


def wished_currency(request: HttpRequest) -> str:
    """The asked currency, else that of the chosen entity, else the company's."""
    asked = request.GET.get("currency", "").upper()
    if asked in CURRENCIES:
        return asked
    entity = getattr(getattr(request, "scope", None), "entity", None)
    own = Entity.objects.filter(pk=entity).values_list("currency", flat=True).first() if entity else None
    return own or Company.objects.values_list("currency", flat=True).first() or "EUR"


def currency_choices(made: Outlook, currency: str) -> list[str]:
    """The currencies at hand and the usual ones."""
    return sorted({currency, *made.weeks, "USD", "EUR", "CNY", "GBP", "JPY"})


def low_words(low: Low | None, currency: str) -> dict[str, Any] | None:
    """The lowest point in words."""
    if low is None:
        return None
    return {"amount": amount_words(low.amount, currency), "day": low.day, "week": low.week + 1, "below": low.amount < 0}


def curve(made: Outlook, weeks: list[Week], currency: str) -> Chart:
    """What is left at the end of every week, and the lowest within it."""
    names = [format_day(week.start) for week in weeks]
    digits = CURRENCIES[currency].digits
    step = Decimal(1).scaleb(-digits)
    return Chart(
        title=gettext("Cash at the end of each week"), kind="line", unit="money", currency=currency, categories=names,
        series=[
            Series("cash:1", gettext("End of the week"), [from_units(week.closing).quantize(step) for week in weeks]),
            Series("cash:2", gettext("Lowest within the week"), [from_units(week.lowest).quantize(step) for week in weeks]),
        ],
        period=f"{format_day(made.start)} – {format_day(made.end)}", additive=False, category_label=gettext("Week from"),
    )  # fmt: skip


def week_row(request: HttpRequest, place: int, week: Week, currency: str) -> dict[str, Any]:
    """A week as a line of the table."""
    sums = {kind: sum(flow.amount for flow in week.flows if flow.kind == kind) for kind in KIND_WORDS}
    return {
        "number": place + 1, "start": week.start, "end": week.end, "opening": amount_words(week.opening, currency),
        "sums": [amount_words(sums[kind], currency) if sums[kind] else "" for kind in KIND_WORDS],
        "closing": amount_words(week.closing, currency), "below": week.lowest < 0, "lowest": amount_words(week.lowest, currency),
        "url": address(request, week=str(place + 1)) + "#flows", "count": len(week.flows),
    }  # fmt: skip


def chosen_week(request: HttpRequest) -> int:
    """The week that is looked into, from 1; 0 for none."""
    text = request.GET.get("week", "")
    return int(text) if text.isdecimal() and len(text) < 3 else 0


def flows_of(request: HttpRequest, weeks: list[Week], currency: str) -> list[dict[str, Any]]:
    """The flows of the chosen week, by day."""
    place = chosen_week(request)
    if not 1 <= place <= len(weeks):
        return []
    week = weeks[place - 1]
    return [
        {"day": flow.day, "late": flow.day < week.start, "kind": KIND_WORDS[flow.kind], "label": flow.label, "url": flow.url,
         "amount": amount_words(flow.amount, currency)}
        for flow in week.flows
    ]  # fmt: skip


def balance_rows(made: Outlook) -> list[dict[str, Any]]:
    """What every account holds, with the day it was last known."""
    old = made.start - timedelta(days=7)
    return [
        {
            "name": one.name,
            "amount": amount_words(one.amount, one.currency),
            "day": one.day,
            "old": one.day < old,
            "hand": one.account is None,
            "url": f"{reverse('finance:bank_account-detail', args=[one.account])}?currency={one.currency}"
            if one.account
            else "",
        }
        for one in made.balances
    ]


def exposed_rows(made: Outlook) -> list[dict[str, Any]]:
    """Every currency and month, amounts in that currency."""
    return [
        {"currency": one.currency, "month": one.month, "own": one.currency == made.currency,
         **{name: amount_words(getattr(one, name), one.currency) for name in ("assets", "coming", "going", "net")}}
        for one in made.exposed
        if one.assets or one.coming or one.going
    ]  # fmt: skip


class CashLineList(ListPage[CashLine]):
    """Payments that are expected besides bills, claims and payouts."""

    area, stem, plural = "finance", "cash_line", "cash-lines"
    title, icon, read = _("Expected payments"), "calendar-dollar", queries.VIEW
    guide = "cash"
    columns = [
        Col("name", _("Name"), kind="localtext", link=True),
        Col("kind", _("Kind"), value=lambda row: str(dict(KIND_NAMES).get(row.kind, row.kind)), sort="kind"),
        Col("amount", _("Amount"), kind="money", sort="amount"),
        Col("rhythm", _("How often"), value="get_rhythm_display"),
        Col("first_day", _("First day"), kind="day", sort="first_day"),
        Col("last_day", _("Last day"), kind="day"),
        Col("entity", _("Entity"), kind="localtext", value="entity.name"),
    ]
    filters = [
        Choice("kind", _("Kind"), KIND_NAMES),
        Ref("entity", _("Entity"), lambda request: Entity.objects.all(), search="code"),
    ]
    default_order = "first_day"
    primary, primary_code = "finance:cash_line-new", "finance.save_cash_line"
    primary_label = _("New expected payment")
    empty = _("Write down pay, taxes, rent and loans: they make the cash ahead whole.")

    def rows(self, request: HttpRequest) -> QuerySet[CashLine]:
        return queries.cash_lines(reader(request))

    def search(self, rows: QuerySet[CashLine], text: str) -> QuerySet[CashLine]:
        return rows.filter(Q(name__icontains=text))


class CashLineDetail(DetailPage[CashLine]):
    of = CashLineList
    title = "name"
    facts = CashLineList.columns[1:]
    actions = ["finance:cash_line-edit", "finance:cash_line-remove"]


class CashLineForm(FormPage[CashLine]):
    of = CashLineList
    title, edit_title = _("New expected payment"), _("Edit the expected payment")
    form = CashLineFields
    save = actions.save_cash_line


class CashLineRemove(ActionPage[CashLine]):
    of, verb = CashLineList, "remove"
    title, button, icon = _("Remove the expected payment"), _("Remove"), "trash"
    action, danger = actions.remove_cash_line, True
    leads = "list"


def share(units: int) -> Decimal:
    """Points of per cent as a ratio."""
    return from_units(units) / 100


class CalendarList(ListPage[PayoutCalendar]):
    """When channels pay."""

    area, stem, plural = "finance", "payout_calendar", "payout-calendars"
    title, icon, read = _("Payout calendars"), "calendar-repeat", queries.VIEW
    guide = "cash"
    columns = [
        Col("channel", _("Channel"), value="channel.name", link=True, sort="channel__name"),
        Col("every_days", _("Period in days"), kind="number"),
        Col("delay_days", _("Days to the payout"), kind="number"),
        Col("pays", _("Arrives"), kind="percent", value=lambda row: share(row.pays)),
        Col("reserve", _("Held back"), kind="percent", value=lambda row: share(row.reserve)),
        Col("reserve_days", _("Held back for days"), kind="number"),
        Col("first_day", _("A period begins on"), kind="day"),
        Col(
            "learnt_from", _("From"),
            value=lambda row: gettext("%(count)s payouts") % {"count": row.learnt_from} if row.learnt_from else gettext("by hand"),
        ),
        Col("learnt_at", _("Set"), kind="moment", hidden=True),
    ]  # fmt: skip
    default_order = "channel"
    primary, primary_code = "finance:payout_calendar-new", "finance.save_calendar"
    primary_label = _("New payout calendar")
    empty = _("Calendars are learnt every night from three payouts on; write one to begin at once.")

    def rows(self, request: HttpRequest) -> QuerySet[PayoutCalendar]:
        return queries.calendars(reader(request))


class CalendarDetail(DetailPage[PayoutCalendar]):
    of = CalendarList
    title = "channel.name"
    facts = CalendarList.columns[1:]
    actions = ["finance:payout_calendar-edit", "finance:payout_calendar-remove"]


class CalendarForm(FormPage[PayoutCalendar]):
    of = CalendarList
    title, edit_title = _("New payout calendar"), _("Edit the payout calendar")
    form = CalendarFields
    save = actions.save_calendar

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        found = super().initial(request, row)
        if row is not None:
            found.update(pays=share(row.pays), reserve=share(row.reserve))
        return found


class CalendarRemove(ActionPage[PayoutCalendar]):
    of, verb = CalendarList, "remove"
    title, button, icon = _("Remove the payout calendar"), _("Remove"), "trash"
    text = _("Nothing is expected of the channel until there is a calendar again; the night may learn one.")
    action, danger = actions.remove_calendar, True
    leads = "list"


PAGES = (
    Cash, CashLineList, CashLineDetail, CashLineForm, CashLineRemove, CalendarList, CalendarDetail, CalendarForm, CalendarRemove,
)  # fmt: skip
