"""The pack of a monthly review: the statement with its parts, the largest variances, comments, checklist and decisions, as PDF and XLSX."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tradewind.areas.finance.models import Line, Review
from tradewind.areas.finance.queries.review_checks import checks_of
from tradewind.areas.finance.queries.review_words import PART_NAMES, largest, text_of
from tradewind.areas.finance.queries.reviews import asked_of, note_words, review_name, seen_notes
from tradewind.areas.finance.queries.variance import (
    PLAN,
    Comparison,
    comparison,
    corners,
    difference,
    last_year,
    names_of_accounts,
)
from tradewind.areas.finance.rules.profit import BELOW, CM1, CM2, CM3, NET, RESULT, Row
from tradewind.areas.finance.rules.variance import NAMES
from tradewind.base.money import Money
from tradewind.engines.library import pdf
from tradewind.engines.library.typeset import literal, markup
from tradewind.engines.metrics import rates
from tradewind.nouns.org.models import Company, Person
from tradewind.ui.formats import format_day, format_number, format_percent

ESCAPED = str.maketrans({sign: f"\\{sign}" for sign in r"\`*_{}[]<>#+!|~"})


def found_for(person: Person | None, review: Review) -> Comparison | None:
    """The comparison of a review as far as a person may see it; None where that is nowhere."""
    asked = asked_of(review)
    return comparison(person, asked) if corners(person, asked.scope) else None


def result_names() -> dict[str, str]:
    """What the results of the statement are called."""
    return {
        NET: _("Net revenue"), CM1: _("Contribution margin 1"), CM2: _("Contribution margin 2"), CM3: _("Contribution margin 3"),
        RESULT: _("Operating result"), BELOW: _("Result"),
    }  # fmt: skip


def row_name(row: Row, accounts: dict[str, Any]) -> str:
    """A row in words."""
    if row.kind == "result":
        return result_names()[row.line]
    return str(accounts[row.account].name) if row.account else str(Line(row.line).label)


# --- XLSX and CSV --------------------------------------------------------------------------------------------------


def lines(person: Person | None, review: Review) -> Iterator[list[Any]]:
    """The pack as rows of one sheet: the statement, then the comments, then the checklist."""
    found = found_for(person, review)
    parts = [str(PART_NAMES[name]) for name in NAMES]
    yield [
        review_name(review),
        _("Account"),
        _("Budget"),
        _("Actual"),
        _("Difference"),
        *parts,
        _("Year before"),
        _("Currency"),
    ]
    if found is not None:
        year, accounts, currency = last_year(found), names_of_accounts(), found.asked.currency
        before = {(row.kind, row.line, row.account): row.total for row in year.rows}
        for row in found.sheet().rows:
            account = str(accounts[row.account].name) if row.account else ""
            yield [
                row_name(row, {}) if not row.account else str(Line(row.line).label), account, row.cells[PLAN], row.total,
                difference(row), *(row.cells[name] for name in NAMES),
                before.get((row.kind, row.line, row.account), Decimal(0)), currency,
            ]  # fmt: skip
        yield []
        for told in largest(found):
            yield [told.sentence]
    yield []
    for note in seen_notes(person, review):
        money = [Money.of_units(units, note.currency).amount for units in (note.budget_amount, note.actual_amount)]
        yield [
            note_words(note),
            str(note.owner or ""),
            *money,
            money[1] - money[0],
            note.comment or _("Not explained yet"),
        ]
    yield []
    for check in checks_of(review):
        yield [str(check.label), f"{check.done}/{check.due}", settled_words(check.settled)]
    yield []
    yield [_("Decisions"), review.decisions]


def settled_words(settled: dict[str, Any] | None) -> str:
    """What was settled by hand."""
    return (
        _("By hand, %(name)s: %(reason)s") % {"name": settled["name"], "reason": settled["reason"]} if settled else ""
    )


# --- PDF -----------------------------------------------------------------------------------------------------------


def document(person: Person | None, review: Review) -> bytes:
    """The pack as a PDF in the reader's language."""
    language = get_language() or "en"
    company = Company.objects.first()
    title = _("Monthly review: %(name)s") % {"name": review_name(review)}
    state = (
        _("Finished on %(day)s") % {"day": format_day(review.done_at.date())}
        if review.done_at
        else _("Not finished yet")
    )
    body = markup(text(person, review), link=lambda _address: "", picture=lambda _name: "")
    region = {"zh-hans": ', region: "cn"', "zh-hant": ', region: "tw"'}.get(language, "")
    known = {"title": title, "author": str(company.name) if company else "Tradewind", "facts": state, "version": state}
    words = {name: literal(value) for name, value in known.items()}
    source = pdf.LAYOUT % {
        **words,
        "face": pdf.FACES.get(language, "SC"),
        "lang": language.split("-")[0],
        "region": region,
        "body": body,
    }
    with tempfile.TemporaryDirectory(prefix="pack-") as folder:
        return pdf.compiled(Path(folder), source.replace('paper: "a4"', 'paper: "a4", flipped: true'))


def text(person: Person | None, review: Review) -> str:
    """The pack in Markdown."""
    found = found_for(person, review)
    parts: list[str] = []
    if found is not None and found.asked.budgets:
        parts += [headed(_("Budget and actual")), statement(found)]
        told = text_of(largest(found)).translate(ESCAPED)
        parts += [headed(_("Five largest variances")), told or _("There are none.")]
    else:
        parts += [_("There is no approved budget for this month, or you may not see the profit and loss.")]
    parts += [headed(_("Explanations")), notes_text(person, review)]
    parts += [headed(_("Checklist")), checklist(review)]
    parts += [headed(_("Decisions")), review.decisions.translate(ESCAPED) or "–"]
    return "\n\n".join(parts)


def headed(words: str) -> str:
    """A heading."""
    return f"## {words}"


def statement(found: Comparison) -> str:
    """The lines and results of the statement as a Markdown table, whole numbers."""
    accounts, year = names_of_accounts(), last_year(found)
    before = {(row.kind, row.line): row.total for row in year.rows if row.kind != "account"}
    heads = [
        "",
        _("Budget"),
        _("Actual"),
        _("Difference"),
        "%",
        *(str(PART_NAMES[name]) for name in NAMES),
        _("Year before"),
    ]
    rows = []
    for row in found.sheet().rows:
        if row.kind != "account":
            change, plan = difference(row), row.cells[PLAN]
            share = format_percent(change / abs(plan)) if plan else "–"
            amounts = [plan, row.total, change]
            cells = [*(format_number(amount, 0) for amount in amounts), share, *(format_number(row.cells[name], 0) for name in NAMES),
                     format_number(before.get((row.kind, row.line), Decimal(0)), 0)]  # fmt: skip
            name = row_name(row, accounts)
            rows.append([f"**{name}**" if row.kind == "result" else name, *cells])
    note = _("In %(currency)s. Actual amounts by: %(rate)s; the budget by its own rate.") % {
        "currency": found.asked.currency, "rate": rates.rule(found.asked.rate).label,
    }  # fmt: skip
    return f"{tabled(heads, rows)}\n\n{note}"


def tabled(heads: list[str], rows: list[list[str]]) -> str:
    """A Markdown table whose first column is words and whose others are numbers."""
    rule = ["---", *("---:" for _head in heads[1:])]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (heads, rule, *rows))


def notes_text(person: Person | None, review: Review) -> str:
    """The comments, each under its variance."""
    told = []
    for note in seen_notes(person, review):
        change = Money.of_units(note.actual_amount - note.budget_amount, note.currency).rounded()
        words = (note.comment or _("Not explained yet")).translate(ESCAPED).replace("\n", " ")
        told.append(
            f"- **{note_words(note).translate(ESCAPED)}** ({change}; {str(note.owner or '–').translate(ESCAPED)}): {words}"
        )
    return "\n".join(told) or _("No variance is over its limit.")


def checklist(review: Review) -> str:
    """The checklist as ticked boxes."""
    told = []
    for check in checks_of(review):
        more = settled_words(check.settled).translate(ESCAPED)
        told.append(
            f"- [{'x' if check.good else ' '}] {check.label} ({check.done}/{check.due}){'. ' + more if more else ''}"
        )
    return "\n".join(told)
