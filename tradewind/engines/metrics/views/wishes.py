"""Settings › Targets, Watches, Effects: what is wished of numbers, what is watched, what was promised and what came of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tradewind.base.places import COUNTRIES
from tradewind.engines.access.scope import visible
from tradewind.engines.metrics import actions, corners, effects, rates, targets
from tradewind.engines.metrics.forms import EffectFields, TargetFields, WatchFields, first_values
from tradewind.engines.metrics.models import Alert, Corner, Effect, Rule, Target, Watch
from tradewind.engines.metrics.question import may_see
from tradewind.engines.metrics.registry import METRICS
from tradewind.nouns.org.models import Market, Person
from tradewind.nouns.trade.models import Channel
from tradewind.ui.formats import format_number, format_percent
from tradewind.ui.pages import ActionPage, Bool, Choice, Col, DayRange, DetailPage, FormPage, ListPage, Ref, Section

LIMIT = pgettext_lazy("watch", "Limit")
STATES = list(targets.STATE_NAMES.items())


def person_of(request: HttpRequest) -> Person | None:
    """Who looks."""
    return getattr(request, "person", None)


def words(name: str) -> Any:
    """A column that tells a stored value in the unit of its metric."""
    return lambda row: corners.words(row, corners.whole(getattr(row, name)))


def fallen(name: str) -> Any:
    """A column that tells a value of a fall in the unit of its target's metric."""
    return lambda row: corners.words(row.target, corners.whole(getattr(row, name)))


def more_of(row: Corner) -> str:
    """The further cuts of a corner in words."""
    names = [one.name for one in Channel.objects.filter(pk__in=row.cuts.get("channel", []))]
    names += [str(COUNTRIES[code].name) for code in row.cuts.get("country", []) if code in COUNTRIES]
    return ", ".join(names)


def rate_name(row: Corner) -> Any:
    """The rule that converts, in words."""
    return dict(rates.choices()).get(row.rate, row.rate) if row.currency else ""


def seen_metrics(request: HttpRequest) -> list[tuple[str, Any]]:
    """The metrics to filter by: those one may see somewhere."""
    person = person_of(request)
    seen = [(metric.id, str(metric.label)) for metric in METRICS.values() if may_see(person, metric)]
    return sorted(seen, key=lambda pair: pair[1])


def markets(request: HttpRequest) -> QuerySet[Market]:
    """The markets to filter by."""
    return Market.objects.order_by("code")


def limit_words(row: Watch) -> str:
    """A watch's limit in its unit: the metric's, or a share."""
    if row.limit is None:
        return "–"
    limit = Decimal(row.limit).scaleb(-4)
    return format_percent(limit / 100) if row.rule in (Rule.FALLS, Rule.RISES) else corners.words(row, limit)


def seen_words(row: Watch) -> str:
    """What a watch saw last."""
    return in_words(row, row.value)


def in_words(row: Watch, units: int | None) -> str:
    """What a watch sees: the metric's value, or how many documents came."""
    value = corners.whole(units)
    return corners.words(row, value) if row.rule != Rule.SILENT or value is None else format_number(value, 0)


def alert_words(row: Any) -> Any:
    """Whether a watch is raised."""
    return _("Raised") if row.open_alerts else _("Quiet") if row.active else _("Not watched")


METRIC = Col("metric", _("Metric"), value=corners.metric_name, sort="metric", link=True)
PLACE = [
    Col("market", _("Market"), value="market.name", kind="localtext"),
    Col("entity", _("Entity"), value="entity.name", kind="localtext", hidden=True),
]
CORNER_FACTS = [
    Col("market", _("Market"), value="market.name", kind="localtext"),
    Col("entity", _("Entity"), value="entity.name", kind="localtext"),
    Col("cuts", _("Limited to"), value=more_of),
    Col("currency", _("Currency")),
    Col("rate", _("Exchange rate"), value=rate_name),
    Col("owner", _("Owner"), kind="person"),
]
FILTERS: list[Any] = [Choice("metric", _("Metric"), seen_metrics), Ref("market", _("Market"), markets, search="code")]


class TargetList(ListPage[Target]):
    area, stem, section = "metrics", "target", "settings"
    title, icon, guide = _("Targets"), "target", "targets"
    read = "metrics.view_target"
    columns = [
        METRIC,
        Col("period", _("Period"), sort="start"),
        *PLACE,
        Col("goal", _("Target"), value=words("goal"), sort="goal"),
        Col("value", _("Value"), value=words("value")),
        Col("share", pgettext_lazy("target", "Reached"), kind="percent", value=lambda row: Decimal(row.value) / row.goal if row.value is not None and targets.has_share(row) else None),
        Col("expected", _("Should be by now"), value=words("expected")),
        Col("state", _("State"), kind="chip", value=lambda row: targets.STATE_NAMES.get(row.state, ""), tone=lambda row: targets.TONES.get(row.state, "neutral"), sort="state"),
        Col("line", LIMIT, value=words("line"), hidden=True),
        Col("owner", _("Owner"), kind="person", hidden=True),
        Col("counted_at", _("As of"), kind="moment", hidden=True),
    ]  # fmt: skip
    filters = [*FILTERS, Choice("state", _("State"), STATES), DayRange("end", _("Ends"))]
    default_order = "-period"
    searchable = False
    primary, primary_label, primary_code = "metrics:target-new", _("New target"), "metrics.set_target"
    empty = _("A target says what a number should be over a period. Pulse then shows how far it is reached.")

    def rows(self, request: HttpRequest) -> QuerySet[Target]:
        return corners.with_places(visible(person_of(request), "metrics.view_target", Target.objects.all()))


def how_it_stands(_request: HttpRequest, row: Target) -> dict[str, Any]:
    """A target counted now, in words."""
    if row.metric not in METRICS:
        return {}
    one = targets.stand(row)
    return {
        "value": corners.words(row, one.value), "goal": corners.words(row, one.goal), "last": one.last,
        "share": None if one.share is None else format_percent(one.share), "expected": corners.words(row, one.expected),
        "basis": one.basis, "state": targets.STATE_NAMES[one.state], "tone": targets.TONES[one.state],
        "complete": one.complete,
        "percent": min(max(int(one.share * 100), 0), 100) if one.share is not None else None,
    }  # fmt: skip


class TargetDetail(DetailPage[Target]):
    of = TargetList
    title = lambda row: f"{corners.metric_name(row)} {row.period}"  # noqa: E731
    facts = [Col("period", _("Period")), Col("goal", _("Target"), value=words("goal")),
             Col("line", LIMIT, value=words("line")), *CORNER_FACTS, Col("patience", _("Owner asked after days behind"), kind="number"),
             Col("note", _("Note"))]  # fmt: skip
    sections = [
        Section(_("How it stands"), template="metrics/standing.html", context=how_it_stands),
        Section(
            _("When it was behind"),
            rows=lambda request, row: row.falls.select_related("target"),
            columns=[
                Col("start", _("From"), kind="day"),
                Col("value", _("Value"), value=fallen("value")),
                Col("expected", _("Should have been"), value=fallen("expected")),
                Col("asked_at", _("Owner asked"), kind="moment"),
                Col("closed_at", pgettext_lazy("moment", "Ended"), kind="moment"),
            ],
            empty=_("It has never been behind."),
            limit=30,
        ),
    ]
    actions = ["metrics:target-edit", "metrics:target-remove"]


class CornerForm(FormPage[Any]):
    """A form about a corner."""

    values: tuple[str, ...] = ()

    def form_kwargs(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {"person": person_of(request), "row": row}

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return first_values(row, type(self).values) if row is not None else super().initial(request, row)


class TargetForm(CornerForm):
    of = TargetList
    title, edit_title, guide = _("New target"), _("Edit target"), "targets"
    form, save = TargetFields, actions.set_target
    values = ("period", "goal", "line", "patience", "note")


class TargetRemove(ActionPage[Target]):
    """Takes a target away."""

    of, verb, icon, danger = TargetList, "remove", "trash", True
    title, button = _("Remove this target"), _("Remove")
    action = actions.remove_target


class WatchList(ListPage[Watch]):
    area, stem, section, plural = "metrics", "watch", "settings", "watches"
    title, icon, guide = _("Watches"), "bell-exclamation", "targets"
    read = "metrics.view_watch"
    columns = [
        Col("name", _("Name"), sort="name", link=True),
        Col("metric", _("Metric"), value=corners.metric_name, sort="metric"),
        *PLACE,
        Col("rule", _("Rule"), value="get_rule_display", sort="rule"),
        Col("limit", LIMIT, value=limit_words),
        Col("days", _("Days"), kind="number"),
        Col("value", _("Value"), value=seen_words),
        Col("alert", _("Alert"), kind="chip", value=alert_words, tone=lambda row: "bad" if row.open_alerts else "good"),
        Col("owner", _("Owner"), kind="person"),
        Col("looked_at", _("As of"), kind="moment", hidden=True),
    ]  # fmt: skip
    filters = [
        *FILTERS,
        Bool("active", _("Active")),
        Ref("owner", _("Owner"), lambda request: Person.objects.filter(active=True).order_by("name")),
    ]
    default_order = "name"
    primary, primary_label, primary_code = "metrics:watch-new", _("New watch"), "metrics.save_watch"
    empty = _("A watch tells its owner when a number leaves its limits, changes much or has no data.")

    def rows(self, request: HttpRequest) -> QuerySet[Watch]:
        rows = visible(person_of(request), "metrics.view_watch", Watch.objects.all())
        still = Exists(Alert.objects.filter(watch=OuterRef("pk"), closed_at=None))
        found: QuerySet[Watch] = corners.with_places(rows).annotate(open_alerts=still)
        return found

    def search(self, rows: QuerySet[Watch], text: str) -> QuerySet[Watch]:
        return rows.filter(name__icontains=text)


class WatchDetail(DetailPage[Watch]):
    of = WatchList
    title = "name"
    facts = [*WatchList.columns[1:2], *WatchList.columns[4:9], *CORNER_FACTS]
    sections = [
        Section(
            _("Alerts"),
            rows=lambda request, row: row.alerts.select_related("watch"),
            columns=[
                Col("cause", _("Cause"), value="get_cause_display"),
                Col("start", _("From"), kind="day"),
                Col("end", _("To"), kind="day"),
                Col("value", _("Value"), value=lambda one: in_words(one.watch, one.value)),
                Col("before", _("Earlier value"), value=lambda one: in_words(one.watch, one.before)),
                Col("opened_at", _("Since"), kind="moment"),
                Col("closed_at", pgettext_lazy("moment", "Ended"), kind="moment"),
            ],
            empty=_("It has always been quiet."),
            limit=30,
        )
    ]
    actions = ["metrics:watch-edit", "metrics:watch-remove"]


class WatchForm(CornerForm):
    of = WatchList
    title, edit_title, guide = _("New watch"), _("Edit watch"), "targets"
    form, save = WatchFields, actions.save_watch
    values = ("name", "rule", "limit", "days", "active")


class WatchRemove(ActionPage[Watch]):
    """Takes a watch away."""

    of, verb, icon, danger = WatchList, "remove", "trash", True
    title, button = _("Remove this watch"), _("Remove")
    action = actions.remove_watch


class EffectList(ListPage[Effect]):
    area, stem, section = "metrics", "effect", "settings"
    title, icon, guide = _("Promised and measured"), "scale", "targets"
    read = "metrics.view_effect"
    columns = [
        Col("title", _("What is changed"), sort="title", link=True),
        Col("metric", _("Metric"), value=corners.metric_name, sort="metric"),
        *PLACE,
        Col("start", _("Changed from"), kind="day", sort="start"),
        Col("end", _("Measured to"), kind="day", sort="end"),
        Col("promised", _("Promised"), value=words("promised")),
        Col("measured", _("Measured"), value=words("measured")),
        Col("days_counted", _("Days counted"), kind="number"),
        Col("owner", _("Owner"), kind="person"),
    ]
    filters = [*FILTERS, DayRange("start", _("Changed from"))]
    default_order = "-start"
    primary, primary_label, primary_code = "metrics:effect-new", _("New promise"), "metrics.promise_effect"
    empty = _("Write down what a change promises before it is made. What came of it is then counted, not told.")

    def rows(self, request: HttpRequest) -> QuerySet[Effect]:
        rows = visible(person_of(request), "metrics.view_effect", Effect.objects.all())
        return corners.with_places(rows).select_related("control")

    def search(self, rows: QuerySet[Effect], text: str) -> QuerySet[Effect]:
        return rows.filter(title__icontains=text)


def what_came(_request: HttpRequest, row: Effect) -> dict[str, Any]:
    """An effect counted now, in words."""
    if row.metric not in METRICS:
        return {}
    one = effects.measure(row)
    return {
        "base": corners.words(row, one.base), "after": corners.words(row, one.after),
        "change": corners.words(row, one.change), "promised": corners.words(row, one.promised),
        "share": None if one.share is None else format_percent(one.share), "days": one.days, "final": one.final,
        "sums": corners.adds_up(METRICS[row.metric]), "control": row.control,
    }  # fmt: skip


class EffectDetail(DetailPage[Effect]):
    of = EffectList
    title = "title"
    facts = [
        Col("metric", _("Metric"), value=corners.metric_name),
        Col("base_start", _("Compared with the days from"), kind="day"),
        Col("base_end", _("to"), kind="day"),
        Col("start", _("Changed from"), kind="day"),
        Col("end", _("Measured to"), kind="day"),
        *CORNER_FACTS,
        Col("note", _("Note")),
    ]
    sections = [Section(_("What came of it"), template="metrics/effect.html", context=what_came)]
    actions = ["metrics:effect-edit", "metrics:effect-remove"]


class EffectForm(CornerForm):
    of = EffectList
    title, edit_title, guide = _("New promise"), _("Edit promise"), "targets"
    form, save = EffectFields, actions.promise_effect
    values = ("title", "base_start", "base_end", "start", "end", "promised", "control", "note")


class EffectRemove(ActionPage[Effect]):
    """Takes a promise away."""

    of, verb, icon, danger = EffectList, "remove", "trash", True
    title, button = _("Remove this promise"), _("Remove")
    action = actions.remove_effect


PAGES = (
    TargetList, TargetDetail, TargetForm, TargetRemove, WatchList, WatchDetail, WatchForm, WatchRemove,
    EffectList, EffectDetail, EffectForm, EffectRemove,
)  # fmt: skip
