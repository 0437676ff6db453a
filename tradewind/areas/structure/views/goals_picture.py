"""Goals as drawn things: status chips, bars with the line of today, curves with their forecast, and the tree as one list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from tradewind.areas.structure.queries.goals import Node, named
from tradewind.areas.structure.rules.goals import Forecast
from tradewind.nouns.goals.models import GoalState, Horizon, Level
from tradewind.ui import marks
from tradewind.ui.formats import format_percent

STATUS_NAMES: dict[str, Any] = {
    "on_track": _("On track"),
    "at_risk": _("At risk"),
    "off_track": _("Off track"),
    "no_data": _("No value yet"),
    "done": pgettext_lazy("goal", "Reached or closed"),
}
# Never colour alone: each status has a shape of its own.
SHAPES = {"on_track": "●", "at_risk": "◐", "off_track": "○", "no_data": "–", "done": "✓"}
TONES = {"on_track": "good", "at_risk": "attention", "off_track": "bad", "no_data": "neutral", "done": "info"}
STATE_TONES = {"draft": "neutral", "published": "good", "graded": "info", "dropped": "bad"}
PK = "987654321"
WIDE, HIGH, PAD = 240, 48, 3


def status_chip(status: str) -> SafeString:
    """A status: colour, shape and word."""
    return marks.chip(format_html("{} {}", SHAPES[status], STATUS_NAMES[status]), TONES[status])


def bar(share: Decimal | None, due: Decimal | None, status: str) -> SafeString:
    """How much is reached, with a stroke where the line is today; its numbers in words for who cannot see it."""
    return mark_safe(bar_html(share, due, status))


def bar_html(share: Decimal | None, due: Decimal | None, status: str) -> str:
    """The same as plain HTML, for pages that draw hundreds."""
    reached = 0 if share is None else int(share * 100)
    line = "" if due is None else f'<path d="M{int(due * 100)} 0V8"/>'
    return (
        f'<svg class="goal-bar goal-{status}" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="goal-rail" y="2" width="100" height="4"/><rect y="2" width="{reached}" height="4"/>{line}</svg>'
    )


def share_words(share: Decimal | None, due: Decimal | None) -> str:
    """'40 % of 55 % due today'."""
    if share is None:
        return str(gettext("no value yet"))
    if due is None:
        return format_percent(share, 0)
    return gettext("%(share)s, due today %(due)s") % {"share": format_percent(share, 0), "due": format_percent(due, 0)}


def curve(
    points: Iterable[tuple[date, Decimal]],
    days: tuple[date, date],
    line: tuple[Decimal, Decimal] | None,
    ahead: Forecast | None,
) -> SafeString:
    """The values over the days of a goal, its straight line, and the forecast with its interval; blank without two values."""
    known = list(points)
    if len(known) < 2:
        return SafeString("")
    reach = [value for _day, value in known] + list(line or ())
    if ahead is not None:
        reach += [ahead.low, ahead.high]
    low, span = min(reach), (max(reach) - min(reach)) or Decimal(1)
    width = max((days[1] - days[0]).days, 1)

    def at(day: date, value: Decimal) -> str:
        x = PAD + (WIDE - 2 * PAD) * (day - days[0]).days / width
        y = HIGH - PAD - float((value - low) / span) * (HIGH - 2 * PAD)
        return f"{x:.1f},{y:.1f}"

    drawn = []
    last_day, last = known[-1]
    if ahead is not None and last_day < ahead.day:
        corners = " ".join((at(last_day, last), at(ahead.day, ahead.high), at(ahead.day, ahead.low)))
        drawn.append(f'<polygon class="goal-fan" points="{corners}"/>')
        drawn.append(f'<polyline class="goal-ahead" points="{at(last_day, last)} {at(ahead.day, ahead.middle)}"/>')
    if line is not None:
        drawn.append(f'<polyline class="goal-line" points="{at(days[0], line[0])} {at(days[1], line[1])}"/>')
    drawn.append(f'<polyline class="goal-way" points="{" ".join(at(day, value) for day, value in known)}"/>')
    box = f'<svg class="goal-curve" viewBox="0 0 {WIDE} {HIGH}" preserveAspectRatio="none" aria-hidden="true">'
    return mark_safe(f"{box}{''.join(drawn)}</svg>")


class Picture:
    """Draws trees of goals as nested lists; a template node for each of 1,500 goals would cost several times the query."""

    def __init__(self, depth: int, more: str) -> None:
        """`depth` levels are drawn; below them a link to `more` (an address with a key in its place) leads on."""
        self.depth, self.more = depth, more
        self.detail = reverse("structure:goal-detail", kwargs={"pk": int(PK)})
        self.states = {state: escape(label) for state, label in GoalState.choices}
        self.levels = {level: escape(label) for level, label in Level.choices}
        self.words = {status: escape(name) for status, name in STATUS_NAMES.items()}
        self.long = escape(Horizon.LONG.label)
        self.fold = escape(gettext("Goals that serve “%(goal)s”"))
        self.nobody = escape(gettext("nobody yet"))
        self.serves = escape(gettext("also serves another goal"))
        self.icon = marks.icon("chevron-right")

    def tree(self, nodes: Iterable[Node]) -> SafeString:
        """The whole picture."""
        nodes = list(nodes)
        named(within(nodes, self.depth))
        parts: list[str] = []
        self._list(nodes, 1, parts, 'class="goal-roots"')
        return mark_safe("".join(parts))

    def branch(self, node: Node) -> SafeString:
        """The goals right under one, for a tree that is opened further."""
        named(node.children)
        parts: list[str] = []
        self._list(node.children, self.depth, parts, f'id="goal-under-{node.id}"')
        return mark_safe("".join(parts))

    def cards(self, nodes: Iterable[Node]) -> SafeString:
        """Nodes one under the other, without what serves them."""
        parts: list[str] = []
        for node in nodes:
            parts.append("<li>")
            self._node(replace(node, children=[]), parts)
            parts.append("</li>")
        return mark_safe(f'<ul class="goal-cards">{"".join(parts)}</ul>')

    def _list(self, nodes: list[Node], level: int, parts: list[str], attributes: str) -> None:
        parts.append(f"<ul {attributes}>")
        for node in nodes:
            parts.append("<li>")
            self._node(node, parts)
            if node.children:
                if level < self.depth:
                    self._list(node.children, level + 1, parts, f'id="goal-under-{node.id}"')
                else:
                    parts.append(self._further(node))
            parts.append("</li>")
        parts.append("</ul>")

    def _node(self, node: Node, parts: list[str]) -> None:
        stand, title = node.stand, escape(node.title)
        parents = " ".join(map(str, node.parents))
        parts.append(
            f'<div class="goal-node goal-{stand.status} level-{node.level}" data-goal="{node.id}" data-serves="{parents}">'
            f'<a href="{self.detail.replace(PK, str(node.id))}" data-board-go>{title}</a>'
        )
        if node.children:
            parts.append(
                f'<button type="button" class="icon-button goal-fold" data-goal-fold aria-expanded="true" hidden '
                f'aria-controls="goal-under-{node.id}" aria-label="{self.fold % {"goal": title}}">{self.icon}</button>'
            )
        who = escape(node.owner) or self.nobody
        place = f" · {escape(node.place)}" if node.place else ""
        period = self.long if node.horizon == Horizon.LONG else escape(node.period)
        parts.append(f'<div class="goal-facts">{who}{place} · {period}</div>')
        if node.state == GoalState.DRAFT:
            parts.append(
                f'<div class="goal-foot"><span class="chip chip-neutral">{self.states["draft"]}</span></div></div>'
            )
            return
        reached = "–" if stand.share is None else f"{int(stand.share * 100)} %"
        parts.append(
            f'<div class="goal-foot"><span class="chip chip-{TONES[stand.status]}">{SHAPES[stand.status]} '
            f"{self.words[stand.status]}</span>{bar_html(stand.share, stand.due, stand.status)}"
            f'<span class="num">{reached}</span></div></div>'
        )

    def _further(self, node: Node) -> str:
        count = len(node.children)
        words = escape(ngettext("%(count)s goal further", "%(count)s goals further", count) % {"count": count})
        url = escape(self.more.replace(PK, str(node.id)))
        return (
            f'<a class="goal-more" id="goal-under-{node.id}" href="{url}" hx-get="{url}" hx-target="this" '
            f'hx-swap="outerHTML" data-board-go>{words}</a>'
        )


def within(nodes: Iterable[Node], depth: int) -> Iterator[Node]:
    """The nodes of the first levels of some trees."""
    for node in nodes:
        yield node
        if depth > 1:
            yield from within(node.children, depth - 1)


def size_of(nodes: Iterable[Node]) -> int:
    """How many goals trees hold."""
    return sum(1 + size_of(node.children) for node in nodes)


def found_in(nodes: Iterable[Node], pk: int) -> Node | None:
    """A node of some trees by its key."""
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if node.id == pk:
            return node
        waiting.extend(node.children)
    return None


def tally(columns: Mapping[str, list[Node]]) -> list[tuple[str, Any, str, int]]:
    """Each status with its word, tone and how many there are."""
    return [(status, STATUS_NAMES[status], TONES[status], len(listed)) for status, listed in columns.items()]
