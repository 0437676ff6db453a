"""Template tags of the kit: values in the reader's locale, icons, slots, fields."""

import json
from datetime import date, datetime
from typing import Any

from django import template
from django.forms.boundfield import BoundField
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from tradewind.base import clock
from tradewind.ui import charts, fields, formats, hooks, marks
from tradewind.ui.pages.columns import NOTHING, moment_html, reader_zone

register = template.Library()
# A data block ends at the first closing tag: what could be one is written as an escape.
SCRIPT_SAFE = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@register.simple_tag
def money(value: Any, currency: str = "", *, code: bool = False) -> SafeString | str:
    """An amount: a Money, or units with their currency."""
    return NOTHING if value is None or value == "" else formats.format_money(value, currency, code=code)


@register.filter
def number(value: Any, places: Any = None) -> SafeString | str:
    """A number with the reader's separators."""
    if value is None or value == "":
        return NOTHING
    return formats.format_number(value, None if places is None else int(places))


@register.filter
def percent(value: Any, places: Any = 1) -> SafeString | str:
    """A ratio as per cent."""
    return NOTHING if value is None or value == "" else formats.format_percent(value, int(places))


@register.filter
def day(value: date | None) -> SafeString | str:
    """A date with its weekday."""
    return NOTHING if not value else formats.format_day(value)


@register.simple_tag(takes_context=True)
def moment(context: Context, value: datetime | None, zone: str = "") -> SafeString:
    """A moment on the reader's clock, or on that of ``zone`` with its name."""
    if not value:
        return NOTHING
    request = context.get("request")
    here = zone or (reader_zone(request) if request is not None else "UTC")
    shown = moment_html(value, here)
    return format_html('{} <span class="text-faint">{}</span>', shown, formats.zone_name(here)) if zone else shown


@register.simple_tag
def ago(value: datetime | None) -> SafeString | str:
    """How long ago, with the exact moment in UTC as title."""
    if not value:
        return NOTHING
    exact = formats.format_exact(value, "UTC")
    return format_html('<time title="{}">{}</time>', exact, formats.format_ago(value, clock.now()))


@register.filter
def localtext(value: Any) -> str:
    """Words in the reader's language."""
    return marks.local_text(value)


@register.filter
def country(code: str) -> str:
    """A country's name in the reader's language."""
    return marks.country_name(code) if code else ""


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon; give a label only when no word stands beside it."""
    return marks.icon(name, label)


@register.simple_tag
def health_mark(mark: str, word: bool = True) -> SafeString:
    """A health mark."""
    return marks.health(mark, word=word)


@register.simple_tag
def chip(text: Any, tone: str = "neutral") -> SafeString:
    """A state in a tinted pill."""
    return marks.chip(text, tone)


@register.simple_tag
def person_mark(person: Any) -> SafeString:
    """A person with initials."""
    return marks.person(person) if person else NOTHING


@register.simple_tag
def progress_bar(value: Any, total: Any = 1, note: str = "") -> SafeString:
    """A bar with its share in words."""
    return marks.progress(value, total, note)


@register.simple_tag
def spark(values: Any) -> SafeString:
    """A small line of numbers."""
    return charts.spark(list(values or []))


@register.simple_tag
def delta(ratio: Any, good: str = "up") -> SafeString | str:
    """A change as arrow, sign and per cent; ``good`` says which direction is welcome."""
    if ratio is None or ratio == "":
        return ""
    direction = "up" if ratio > 0 else "down" if ratio < 0 else "flat"
    tone = "flat" if direction == "flat" else "good" if direction == good else "bad"
    arrow = {"up": "▲", "down": "▼", "flat": "→"}[direction]
    text = formats.format_percent(abs(ratio))
    sign = {"up": "+", "down": "-", "flat": ""}[direction]
    return format_html(
        '<span class="delta delta-{}"><span aria-hidden="true">{}</span> {}{}</span>', tone, arrow, sign, text
    )


@register.simple_tag
def slot_url(name: str, **kwargs: Any) -> str:
    """The address that fills a slot, or ''."""
    return hooks.slot_url(name, **kwargs)


@register.simple_tag(takes_context=True)
def area_health(context: Context, area: str) -> list[Any]:
    """The marks of an area's practices as the reader may see them, from the engine that knows them; [] without one."""
    return list(hooks.call("health", area, context.get("request"), default=[]) or [])


@register.filter
def field_kind(bound: BoundField) -> str:
    """How a form field is laid out."""
    return fields.kind_of(bound)


@register.filter
def polished(form: Any) -> Any:
    """A form whose widgets have their classes, for forms that the kit did not build."""
    fields.polish(form)
    return form


@register.filter
def field_suffix(bound: BoundField) -> str:
    """Unit or currency that stands inside the field."""
    return str(getattr(bound.field, "suffix", "") or "")


@register.simple_tag
def chart_script(chart: charts.Chart) -> SafeString:
    """The drawable form of a chart as a data block, which no browser runs as a script."""
    data = json.dumps(chart.data(), ensure_ascii=False, separators=(",", ":")).translate(SCRIPT_SAFE)
    return format_html('<script type="application/json" data-chart-data>{}</script>', mark_safe(data))
