"""What several pages of surveys share: the reader, states, the charts of results."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from tradewind.base.words import LocalText
from tradewind.engines.surveys.models import Wave
from tradewind.engines.surveys.queries.results import CUT_NAMES, Asked, Results
from tradewind.engines.surveys.rules import Tally
from tradewind.ui.charts import MOST_SERIES, Chart, Series

TONES = {Wave.PLANNED: "info", Wave.OPEN: "good", Wave.CLOSED: "neutral"}


def may(request: HttpRequest, code: str, record: Any = None) -> bool:
    """Whether the reader may do something here."""
    return bool(request.may(code, record))  # type: ignore[attr-defined]


def shares(tally: Tally, keys: Sequence[str]) -> list[Decimal | None]:
    """How many of those who answered chose each answer, as ratios."""
    return [Decimal(tally.spread.get(key, 0)) / tally.count if tally.count else None for key in keys]


def whole_chart(asked: Asked) -> Chart | None:
    """How the answers of everybody are spread; None where nothing may be told, or a text."""
    labels = asked.labels()
    if asked.whole is None or not labels:
        return None
    keys = list(labels)
    kind = "bar" if asked.asked["kind"] in ("scale", "nps") else "hbar"
    series = [Series("people", _("Share of those who answered"), shares(asked.whole, keys))]
    return Chart(title=asked.text, kind=kind, unit="percent", categories=keys, labels=list(labels.values()), series=series,
                 period=people_words(asked.whole.count), additive=False, category_label=_("Answer"))  # fmt: skip


def people_words(count: int) -> str:
    """How many people answered."""
    return _("%(count)s people answered") % {"count": count}


def group_chart(asked: Asked, cut: str) -> Chart | None:
    """The answers of the groups of a cut beside those of everybody; None where no group may be told."""
    groups = [group for group in asked.groups if group.cut == cut]
    if asked.whole is None or not groups:
        return None
    tallies = [asked.whole, *(group.tally for group in groups)]
    names = [_("Everybody"), *(group.label for group in groups)]
    common: dict[str, Any] = {"title": asked.text, "categories": names, "category_label": CUT_NAMES[cut]}
    kind = asked.asked["kind"]
    if kind == "nps":
        score = [Series("score", _("Promoters less detractors"), [one.score for one in tallies])]
        return Chart(kind="hbar", unit="percent", series=score, **common)
    labels = asked.labels()
    if kind in ("scale", "number") or len(labels) > MOST_SERIES:
        return Chart(kind="hbar", series=[Series("mean", _("Mean"), [one.mean for one in tallies])], places=1, **common)
    series = [Series(f"answer:{key}", name, [shares(one, [key])[0] for one in tallies]) for key, name in labels.items()]
    return Chart(kind="bar" if kind == "multi" else "stacked", unit="percent", series=series, additive=False, **common)


def trend_chart(found: Sequence[Results]) -> Chart | None:
    """The means of the questions that were asked with the same words in several waves; None without any."""
    if len(found) < 2:
        return None
    lines: dict[tuple[int, int], list[Decimal | None]] = {}
    names: dict[tuple[int, int], str] = {}
    for at, one in enumerate(found):
        for asked in one.questions:
            key = (asked.asked["id"], asked.asked["number"])
            if asked.whole is not None and asked.whole.mean is not None:
                lines.setdefault(key, [None] * len(found))[at] = asked.whole.mean
                names[key] = asked.text
    series = [
        Series(f"question:{key[0]}", names[key], values)
        for key, values in lines.items()
        if sum(value is not None for value in values) > 1
    ]
    labels = [_("Wave %(number)s") % {"number": one.wave.number} for one in found]
    if not series:
        return None
    return Chart(title=_("Means from wave to wave"), kind="line", categories=labels, series=series, additive=False,
                 places=1, category_label=_("Wave"))  # fmt: skip


def cut_words(wave: Wave) -> str:
    """By what the results of a wave may be compared, in words."""
    return ", ".join(str(CUT_NAMES[cut]) for cut in wave.cuts)


def local(texts: Any) -> str:
    """A text of a wave's question in the reader's language."""
    return str(LocalText(texts or {}))
