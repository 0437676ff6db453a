"""The profit and loss as programs get it: asked in codes, answered in rows of exact texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from tradewind.areas.finance.queries.profit import Cell, Wish, cells, months_of
from tradewind.areas.finance.queries.profit_allocated import Left, allocated
from tradewind.areas.finance.queries.profit_asked import edges
from tradewind.areas.finance.queries.profit_shown import shown
from tradewind.base.errors import Refused
from tradewind.base.money import CURRENCIES, from_units
from tradewind.base.period import Period
from tradewind.engines.metrics import rates
from tradewind.engines.metrics.answers import MODELS, codes_of, filters_of
from tradewind.nouns.org.models import Person


def wish_of(
    start: date | None, end: date | None, by: Iterable[str], filters: Mapping[str, str], *, group: bool
) -> Wish:
    """What is asked: whole months (none: all there are), cuts and filters by code; Refused for an unknown code or span."""
    span = edges() or Period(date(2000, 1, 1), date(2000, 1, 31))
    months = months_of(Period(start or span.start, end or max(span.end, start or span.end)))
    named = dict(filters_of(filters))
    return Wish(months.start, months.end, tuple(by), filters=named, group=group)


def answer(person: Person | None, wish: Wish, currency: str, rate: str, *, share_out: bool) -> dict[str, Any]:
    """Rows by line, account, cut and currency as they are; with `currency` the statement converted, results included."""
    if not currency:
        found = allocated(person, wish) if share_out else cells(person, wish)
        return {**head(wish, "", ""), "rows": plain_rows(wish, found), "columns": [], "missing": [], "left": []}
    code = currency.upper()
    if code not in CURRENCIES:
        text = _("Unknown currency: %(code)s") % {"code": code}
        raise Refused(text, code="unknown_currency", fields={"currency": text})
    if len(wish.by) > 1:
        raise Refused(_("A converted statement has one cut."), code="unknown_cut", fields={"by": _("One cut.")})
    made = shown(person, wish, code, rate, share_out=share_out, most=0)
    columns, sheet = made.sheet.columns, made.sheet
    names = keys_told(wish, columns)
    rows = [
        {
            "kind": row.kind, "line": row.line, "account": row.account, "currency": code,
            "cells": [amount(row.cells[column]) for column in columns] if wish.by else [], "total": amount(row.total),
        }
        for row in sheet.rows
    ]  # fmt: skip
    missing = [{"currency": one, "amount": amount(value)} for one, value in sorted(made.notes.missing.items())]
    return {
        **head(wish, code, rates.rule(rate).code),
        "rows": rows,
        "columns": [names[c] for c in columns if c],
        "missing": missing,
        "left": left_told(made.left),
    }


def left_told(left: Mapping[Left, Decimal]) -> list[dict[str, str]]:
    """What was not shared out as exact texts, by account, axis and reason."""
    return [{**one._asdict(), "amount": amount(value)} for one, value in sorted(left.items())]


def head(wish: Wish, currency: str, rate: str) -> dict[str, Any]:
    """What was answered to."""
    return {
        "start": wish.start,
        "end": wish.end,
        "by": list(wish.by),
        "currency": currency,
        "rate": rate,
        "group": wish.group,
    }


def plain_rows(wish: Wish, found: Iterable[Cell]) -> list[dict[str, Any]]:
    """Amounts in their own currencies, months added up unless they are a cut."""
    sums: dict[tuple[Any, ...], list[int]] = {}
    for cell in found:
        held = sums.setdefault((cell.line, cell.account, cell.currency, cell.key), [0, 0])
        held[0], held[1] = held[0] + cell.amount, held[1] + cell.units
    names = keys_told(wish, [place[3] for place in sums])
    rows = [
        {
            "kind": "account", "line": line, "account": account, "currency": currency, "key": names[key],
            "cells": [], "total": amount(from_units(total)), "units": units,
        }
        for (line, account, currency, key), (total, units) in sums.items()
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row["line"], row["account"], row["currency"], repr(row["key"])))


def keys_told(wish: Wish, keys: Iterable[tuple[Any, ...]]) -> dict[tuple[Any, ...], dict[str, str | None]]:
    """The keys of slices as codes by cut; none where a slice has no such place."""
    wanted = list(dict.fromkeys(keys))
    codes = {
        name: codes_of(name, (key[place] for key in wanted if key))
        for place, name in enumerate(wish.by)
        if name in MODELS
    }
    return {
        key: {
            name: told(codes[name].get(value) if name in codes else value)
            for name, value in zip(wish.by, key, strict=False)
        }
        for key in wanted
    }


def told(value: Any) -> str | None:
    """A slice's value as a text: a month as `2026-01`."""
    return f"{value:%Y-%m}" if isinstance(value, date) else None if value is None else str(value)


def amount(value: Decimal) -> str:
    """An exact amount as a text."""
    return format(value, "f")
