"""Balances by entity at a month's end or today: the group, one entity with its rates and exchange differences, the rows behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradewind.areas.finance.queries.balance_answers import STEP_PARTS, table
from tradewind.areas.finance.queries.balance_asked import Ask, read_ask
from tradewind.areas.finance.queries.balances import Balance
from tradewind.areas.finance.queries.balances_shown import LINE_NAMES, VIEW, Behind, Shown, behind, shown
from tradewind.areas.finance.queries.rates import ClosingRate
from tradewind.areas.finance.rules.balances import GROUP, LINES, Gap, Step, added
from tradewind.areas.finance.views.profit import currencies
from tradewind.base.money import CURRENCIES, Money, from_units
from tradewind.base.period import Period
from tradewind.engines.access.scope import Scope
from tradewind.engines.metrics import rates
from tradewind.engines.metrics.board import names_of
from tradewind.nouns.org.queries import company_today, reader
from tradewind.ui import hooks
from tradewind.ui.formats import format_day, format_money, format_month, format_number
from tradewind.ui.pages import Page
from tradewind.ui.pages.files import FILES


@dataclass(frozen=True)
class Cell:
    """An amount as it is drawn, and where its rows are."""

    text: str
    url: str = ""


def asked(request: HttpRequest) -> Ask:
    """What the address asks for within the chosen corner."""
    scope = getattr(request, "scope", None)
    return read_ask(request.GET.dict(), scope if isinstance(scope, Scope) else Scope(), company_today())


class Balances(Page):
    """What the entities of the group own and owe."""

    area, name, path = "finance", "balances", "balances/"
    title, icon, template = gettext_lazy("Balances"), "scale", "finance/balances.html"
    read, guide = VIEW, "cash"

    @classmethod
    def urls(cls) -> list[URLPattern]:
        return [*super().urls(), path("balances/export/<str:kind>/", cls.as_view(), name="balances-export")]

    @classmethod
    def url_names(cls) -> list[str]:
        return ["balances", "balances-export"]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        ask = asked(request)
        found = shown(reader(request), ask.day, ask.currency)
        if "kind" not in kwargs:
            return self.show(request, drawn(ask, found))
        if kwargs["kind"] not in FILES:
            raise Http404
        hooks.call("on_export", request, self, len(found.rows))
        return FILES[kwargs["kind"]](table(ask, found), f"finance-balances-{ask.day}.{kwargs['kind']}")


def drawn(ask: Ask, found: Shown) -> dict[str, Any]:
    """What the template draws."""
    names = names_of("entity", {*found.entities, *(key for pair in found.pairs for key in (pair.first, pair.second))})
    chosen = ask.chosen and ask.entity in found.entities
    return {
        "ask": ask, "found": found, "entity_key": key_text(ask.entity), "entity_name": names.get(ask.entity, "") if chosen else "",
        "empty": not found.entities, "months": months(ask), "tabs": tabs(ask, found, names),
        "currencies": currencies(found.made.currency, ask.home), "code": found.made.currency, "kept_at": found.made.kept_at,
        "changed": [str(LINE_NAMES[line]) for line in found.changed],
        "hidden": [str(LINE_NAMES[line]) for line in found.seen.hidden], "gaps": [gap_words(gap, names) for gap in found.made.gaps],
        "group": None if chosen else group_table(ask, found, names), "own": own_table(ask, found) if chosen else None,
        "pairs": [] if chosen else pair_rows(ask, found, names), "before": found.before,
        "csv_url": f"{reverse('finance:balances-export', args=['csv'])}{ask.query()}",
        "xlsx_url": f"{reverse('finance:balances-export', args=['xlsx'])}{ask.query()}",
    }  # fmt: skip


def gap_words(gap: Gap, names: Mapping[Any, str]) -> str:
    """What is not known, and of which entity."""
    return f"{names.get(gap.entity, '')} · {gap.words}" if gap.entity else gap.words


def months(ask: Ask) -> list[tuple[str, str, bool]]:
    """Today and the ends of the months that are over, newest first: value, words, whether chosen."""
    month, found = Period.containing(ask.today, "month").previous(), list[tuple[str, str, bool]]()
    while len(found) < 24:
        found.append((month.code, str(month.label()), ask.day == month.end))
        month = month.previous()
    if ask.month and not any(here for *_words, here in found):
        found.append((ask.month, format_month(ask.day), True))
    return [("", _("As of today"), not ask.month), *found]


def tabs(ask: Ask, found: Shown, names: Mapping[Any, str]) -> list[tuple[str, str, bool]]:
    """The group, and each entity."""
    rest = [(names[key], ask.query(entity=key_text(key)), ask.chosen and ask.entity == key) for key in found.entities]
    return [(_("The group") if found.seen.whole else _("All entities"), ask.query(entity=""), not ask.chosen), *rest]


def key_text(entity: int | None) -> str:
    """An entity as an address names it."""
    return "none" if entity is None else str(entity)


def rows_url(ask: Ask, row: Balance | None = None, **more: str) -> str:
    """The page of the rows behind an amount."""
    if row is not None:
        more = {
            "entity": key_text(row.entity),
            "line": row.line,
            "code": row.currency,
            "partner": str(row.partner or ""),
        }
    kept = {"month": ask.month, "currency": ask.currency, **more}
    return f"{reverse('finance:balance-rows')}?{urlencode({name: value for name, value in kept.items() if value})}"


def money(amount: int | None, currency: str, url: str = "") -> Cell:
    """An amount in its currency; a dash where it may not be seen or has no rate."""
    return Cell("–") if amount is None else Cell(format_number(from_units(amount), CURRENCIES[currency].digits), url)


def group_table(ask: Ask, found: Shown, names: Mapping[Any, str]) -> dict[str, Any]:
    """The group, the entities it is made of and what they owe each other, line by line in the group's currency."""
    code, whole, rows = found.made.currency, found.seen.whole, list[dict[str, Any]]()
    for line in LINES:
        amounts_of = {key: found.cell(key, line) for key in found.entities}
        if not any(amounts_of.values()):
            continue  # nothing there, or nothing that may be seen
        cells = [
            money(amount, code, rows_url(ask, entity=key_text(key), line=line) if amount else "")
            for key, amount in amounts_of.items()
        ]
        if whole:
            cells = [money(found.whole(line), code), *cells, money(found.within(line), code)]
        rows.append({"name": LINE_NAMES[line], "cells": cells, "kind": "line"})
    totals = [money(found.total(key), code) for key in found.entities]
    if whole:
        totals = [money(found.everything(), code), *totals, money(found.within(GROUP), code)]
    rows.append({"name": _("Total"), "cells": totals, "kind": "result"})
    columns = [(names[key], found.functional.get(key, ""), ask.query(entity=key_text(key))) for key in found.entities]
    return {"columns": columns, "rows": rows, "whole": whole}


def own_table(ask: Ask, found: Shown) -> dict[str, Any]:
    """One entity: every balance in its own currency, the rate, the functional currency, the group's; and the way from the last closing."""
    rows = [row for row in found.rows if row.entity == ask.entity]
    functional, code = found.functional.get(ask.entity, found.made.currency), found.made.currency
    partners = names_of("entity", {row.partner for row in rows if row.partner})
    drawn_rows = [
        {
            "name": name_of(row, partners), "own": f"{row.currency} {money(row.amount, row.currency).text}", "url": rows_url(ask, row),
            "rate": rate_words(row, row.rate), "old": bool(row.rate and row.rate.age > rates.OLD_AFTER),
            "value": money(row.value, functional), "group": money(row.group_value, code),
        }
        for row in rows if row.amount
    ]  # fmt: skip
    complete = found.seen.complete(ask.entity)
    total = sum(row.value or 0 for row in rows) if complete else None
    steps = [
        (name_of(row, partners), row.currency, row.step) for row in rows if row.step and any(vars(row.step).values())
    ]
    return {
        "functional": functional, "rows": drawn_rows, "total": money(total, functional), "group_total": money(found.total(ask.entity), code),
        "steps": [(name, own, step_cells(step, functional)) for name, own, step in steps],
        "step_total": step_cells(added(step for *_names, step in steps), functional) if complete and steps else None,
    }  # fmt: skip


def name_of(row: Balance, partners: Mapping[Any, str]) -> str:
    """What a balance is called."""
    return f"{LINE_NAMES[row.line]} · {partners[row.partner]}" if row.partner else str(LINE_NAMES[row.line])


def step_cells(step: Step, currency: str) -> list[Cell]:
    """Opening, moved, the two parts of the exchange difference, closing."""
    return [money(getattr(step, part), currency) for part in STEP_PARTS]


def rate_words(row: Balance, rate: ClosingRate | None) -> str:
    """A rate in words: what one unit is worth, of which day, how many days old."""
    if rate is None:
        return _("no rate")
    if row.currency == row.functional:
        return ""
    digits = max(6 - max(rate.value.adjusted() + 1, 0), 2) if rate.value >= 1 else 5 - rate.value.adjusted()
    told = {
        "own": row.currency,
        "rate": format_number(rate.value, digits),
        "code": row.functional,
        "day": format_day(rate.published),
    }
    words = _("1 %(own)s = %(rate)s %(code)s · %(day)s") % told
    if rate.rule != "day":
        words = f"{words} · {rates.rule(rate.rule).label}"
    return _("%(words)s (%(days)s days old)") % {"words": words, "days": rate.age} if rate.age else words


def pair_rows(ask: Ask, found: Shown, names: Mapping[Any, str]) -> list[dict[str, Any]]:
    """What two companies say they owe each other, and where they do not agree."""
    return [
        {
            "first": names[pair.first], "second": names[pair.second], "currency": pair.currency,
            "sides": [
                Cell(format_money(Money.of_units(said, pair.currency), code=True),
                     rows_url(ask, entity=str(one), partner=str(other), line=GROUP, code=pair.currency))
                for one, other, said in ((pair.first, pair.second, pair.first_says), (pair.second, pair.first, pair.second_says))
            ],
            "difference": format_money(Money.of_units(pair.difference, pair.currency), code=True), "differs": bool(pair.difference),
        }
        for pair in found.pairs
    ]  # fmt: skip


class BalanceRows(Page):
    """The rows behind a balance."""

    area, name, path = "finance", "balance-rows", "balances/rows/"
    title, icon, template = gettext_lazy("Rows behind a balance"), "list-details", "finance/balance_rows.html"
    read, guide, in_menu = VIEW, "cash", False

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        ask, line = asked(request), request.GET.get("line", "")
        if line not in LINES or not ask.chosen:
            raise Http404
        partner = request.GET.get("partner", "")
        key = int(partner) if partner.isdecimal() and len(partner) < 19 else None
        found = behind(reader(request), ask.day, ask.entity, line, currency=request.GET.get("code", ""), partner=key)
        return {**rows_drawn(found), "ask": ask, "back_url": f"{reverse('finance:balances')}{ask.query()}",
                "entity_name": names_of("entity", {ask.entity})[ask.entity], "line_name": LINE_NAMES[line]}  # fmt: skip


def rows_drawn(found: Behind) -> dict[str, Any]:
    """The rows, what they add up to and what the balance says beyond them."""
    return {
        "facts": found.facts, "stated": amounts(found.stated), "late": amounts(found.late), "kept": found.kept,
        "cells": [(fact, format_money(Money.of_units(fact.amount, fact.currency), code=True)) for fact in found.facts],
    }  # fmt: skip


def amounts(sums: Mapping[str, int]) -> list[str]:
    """Amounts by currency in words."""
    return [format_money(Money.of_units(amount, code), code=True) for code, amount in sorted(sums.items())]


PAGES = (Balances, BalanceRows)
