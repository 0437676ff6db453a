"""How forecasts are put into words: names of series, models and days, errors, and whether a forecast was worth it."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradewind.areas.finance.models import ForecastSeries, Overlay
from tradewind.areas.finance.queries.known_days import CLOSED, HOLIDAY, SALE, WEEKEND
from tradewind.areas.finance.rules.adding_up import AGREED
from tradewind.engines.metrics import rates
from tradewind.science.extra import COMPLEX, ETS, OPTIMISED
from tradewind.science.forecast import COMBINED, GROWN, NAIVE, SEASONAL_NAIVE

MODEL_NAMES = {
    COMBINED: gettext_lazy("All models, weighted"),
    NAIVE: gettext_lazy("Naive: the last month again"),
    SEASONAL_NAIVE: gettext_lazy("Last year again"),
    GROWN: gettext_lazy("Last year with growth"),
    "simple smoothing": gettext_lazy("Exponential smoothing"),
    "damped trend": gettext_lazy("Damped trend"),
    "theta": gettext_lazy("Theta"),
    "theta 3": gettext_lazy("Theta, more bent"),
    "Holt-Winters": gettext_lazy("Holt-Winters"),
    "tsb": gettext_lazy("Rare demand (TSB)"),
    "adida": gettext_lazy("Rare demand (ADIDA)"),
    "mean": gettext_lazy("Mean of a year"),
    ETS: gettext_lazy("ETS (science extra)"),
    COMPLEX: gettext_lazy("Complex smoothing (science extra)"),
    OPTIMISED: gettext_lazy("Optimised Theta (science extra)"),
    AGREED: gettext_lazy("What is shown, adding up"),
}
DAY_NAMES = {
    WEEKEND: gettext_lazy("Weekend days"), HOLIDAY: gettext_lazy("Holidays where buyers live"), CLOSED: gettext_lazy("Days closed at home"),
    SALE: gettext_lazy("Black Friday to Cyber Monday"),
}  # fmt: skip


def name_of(row: ForecastSeries | Overlay) -> str:
    """What a series is called."""
    return str(row.channel or row.market or _("Whole company"))


def kind_of(row: ForecastSeries | Overlay) -> str:
    """What a series is of."""
    return _("Market") if row.market_id else _("Channel") if row.channel_id else _("Company")


def score(row: ForecastSeries, model: str, what: str = "smape") -> Decimal | None:
    """An error on the past: sMAPE as a share, MASE as it is; None where it is not known."""
    text = row.scores.get(model, {}).get(what, "")
    if not text:
        return None
    return Decimal(text) / 100 if what == "smape" else Decimal(text)


def shown(row: ForecastSeries) -> str:
    """Whose errors are those of what is shown: of the forecast that adds up, or of the series by itself."""
    return AGREED if AGREED in row.scores else row.model


def judged(row: ForecastSeries) -> str:
    """Whether what is shown did better than the naive forecast at earlier origins, in a word."""
    if row.refused:
        return _("Too little history")
    ours, theirs = score(row, shown(row)), score(row, NAIVE)
    if ours is None or theirs is None:
        return _("Not tested")
    return _("Not worse than naive") if ours <= theirs else _("Worse than naive")


def tone(row: ForecastSeries) -> str:
    """The colour of that word."""
    ours, theirs = score(row, shown(row)), score(row, NAIVE)
    return "neutral" if row.refused or ours is None or theirs is None else "good" if ours <= theirs else "attention"


def refusal(row: ForecastSeries) -> str:
    """Why there is no forecast."""
    kind, *numbers = row.refused.split(":")
    if kind == "thin" and len(numbers) == 2:
        told = {"have": numbers[0], "need": numbers[1]}
        return _("%(have)s whole months are known, at least %(need)s are needed.") % told
    return row.refused


def rate_note(row: ForecastSeries) -> str:
    """By which rates other currencies were converted."""
    return str(rates.rule(row.run.rate).label)


def days_words(row: ForecastSeries) -> str:
    """Which known days were used and what one more of them does, or that they did not help."""
    used = row.calendar.get("used", {})
    if used:
        words = _("%(days)s: %(change)s for one more")
        parts = [
            words % {"days": DAY_NAMES.get(name, name), "change": percent(Decimal(factor) - 1)}
            for name, factor in used.items()
        ]
        return ", ".join(parts)
    return _("Left out: they made the past no better") if row.calendar.get("with") else _("Nothing found in the past")


def percent(share: Decimal) -> str:
    """A share with its sign, to a tenth of a per cent."""
    return f"{100 * share:+.1f} %"
