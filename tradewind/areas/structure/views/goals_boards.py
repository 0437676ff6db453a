"""Goals together: the tree, the board by status, mine, a team's, a market's, what is wrong, who has none, and calibration."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tradewind.areas.structure.access import GOAL_READ, may_steer
from tradewind.areas.structure.queries import goals as queries
from tradewind.areas.structure.queries import people
from tradewind.areas.structure.queries.goals import Node
from tradewind.areas.structure.rules import goals as rules
from tradewind.areas.structure.views.goals import tabs, today_of
from tradewind.areas.structure.views.goals_faults import FAULT_NAMES, fault_rows
from tradewind.areas.structure.views.goals_picture import PK, Picture, found_in, size_of, tally
from tradewind.base.errors import Refused
from tradewind.base.period import Period
from tradewind.base.words import LocalText
from tradewind.nouns.goals.models import GoalState, Level, Objective
from tradewind.nouns.org.models import Market, Team
from tradewind.nouns.org.queries import reader
from tradewind.ui.pages import Chart, Page, Series
from tradewind.ui.pages.details import find

SMALL, OPENED, COLUMN, SHOWN = 150, 2, 40, 200
ALL = "all"


class View:
    """What the address asks of a tree or board: period, market, team, level, whose, how deep."""

    def __init__(self, request: HttpRequest) -> None:
        self.request, self.params = request, request.GET
        self.today = today_of(request)
        self.rows = queries.objectives(reader(request)).exclude(state=GoalState.DROPPED)
        narrow = getattr(request, "narrow", None)  # the corner of the company the reader chose to look at
        self.seen = narrow(self.rows) if narrow is not None else self.rows
        self.code = self.params.get("period", "") or queries.current(self.today).code
        try:
            self.period = Period.parse(self.code, queries.fiscal_start())
        except Refused:
            self.period = queries.current(self.today)
            self.code = self.period.code

    def number(self, name: str) -> int | None:
        """A key in the address."""
        text = self.params.get(name, "")
        return int(text) if text.isdecimal() and len(text) < 19 else None

    def chosen(self) -> QuerySet[Objective]:
        """The goals in the period, narrowed by what is chosen."""
        rows = queries.during(self.seen, self.period)
        if market := self.number("market"):
            rows = rows.filter(market=market)
        if team := self.number("team"):
            rows = queries.of_team(rows, team)
        if (level := self.params.get("level", "")) in Level.values:
            rows = rows.filter(level=level)
        return rows

    def controls(self) -> dict[str, Any]:
        """The choices above the picture."""
        person = reader(self.request)
        periods = queries.periods(self.rows, self.today)
        if self.code not in periods:
            periods.insert(0, self.code)
        return {
            "period": self.code, "periods": periods, "market": self.number("market"), "team": self.number("team"),
            "markets": people.markets(), "teams": people.teams(person).filter(active=True), "levels": Level.choices,
            "level": self.params.get("level", ""), "depth": self.params.get("depth", ""), "depths": [1, 2, 3, 4],
            "narrowed": any(self.params.get(name) for name in ("market", "team", "level")), "path": self.request.path,
        }  # fmt: skip

    def address(self, name: str, **changes: str) -> str:
        """Another view of the same choice."""
        query = QueryDict(mutable=True)
        for key in ("period", "market", "team", "level"):
            if value := self.params.get(key, ""):
                query[key] = value
        for key, value in changes.items():
            query[key] = value
        text = query.urlencode()
        return reverse(f"structure:{name}") + (f"?{text}" if text else "")


class GoalPage(Page):
    """A view of many goals."""

    area, read, in_menu, guide = "structure", GOAL_READ, False, "goals"

    def show_tabs(self, request: HttpRequest) -> list[tuple[Any, str, bool]]:
        """The other views, for the same period, market and team."""
        keep = QueryDict(mutable=True)
        for key in ("period", "market", "team"):
            if self.name != "goal-list" and (value := request.GET.get(key, "")):
                keep[key] = value
        query = f"?{keep.urlencode()}" if keep else ""
        return tabs(self.name, query)


class GoalTree(GoalPage):
    name, path, title, icon = "goal-tree", "goals/tree/", _("Goal tree"), "hierarchy-2"
    template = "structure/goal_tree.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """The page, or for a branch that is opened further just that branch."""
        view = View(request)
        trees = queries.forest(queries.nodes(view.chosen(), view.today))
        root = view.number("root")
        node = found_in(trees, root) if root else None
        if root and node is None:
            raise Http404
        picture = Picture(self.depth(view, trees if node is None else [node]), view.address("goal-tree", root=PK))
        if node is not None and "HX-Request" in request.headers:
            return HttpResponse(Picture(1, picture.more).branch(node))
        return self.show(request, {**self.context(request), **self.drawn(view, trees, node, picture)})

    def depth(self, view: View, trees: list[Node]) -> int:
        """How many levels are drawn: what is asked, all of a small tree, two of a large one."""
        asked = view.params.get("depth", "")
        if asked == ALL:
            return 99
        if asked.isdecimal() and 0 < int(asked) < 10:
            return int(asked)
        return 99 if size_of(trees) <= SMALL else OPENED

    def drawn(self, view: View, trees: list[Node], node: Node | None, picture: Picture) -> dict[str, Any]:
        """What the template needs."""
        shown = trees if node is None else [node]
        every = list(flat(shown))
        return {
            **view.controls(), "tabs": self.show_tabs(view.request), "picture": picture.tree(shown), "count": len(every),
            "root": node, "back_url": view.address("goal-tree"), "drafts": sum(one.state == GoalState.DRAFT for one in every),
            "tally": tally(queries.columns(every)), "board_url": view.address("goal-board"), "path": view.request.path,
        }  # fmt: skip


def flat(nodes: Iterable[Node]) -> Iterable[Node]:
    """All nodes of trees."""
    for node in nodes:
        yield node
        yield from flat(node.children)


class GoalBoard(GoalPage):
    name, path, title, icon = "goal-board", "goals/board/", _("Goals by status"), "layout-kanban"
    template = "structure/goal_board.html"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        view = View(request)
        found = queries.columns(queries.nodes(view.chosen(), view.today).values())
        queries.named(node for listed in found.values() for node in listed[:COLUMN])
        listed = [(status, label, tone, count, Picture(1, "").cards(found[status][:COLUMN]), view_more(view, status, count))
                  for status, label, tone, count in tally(found)]  # fmt: skip
        return {
            **view.controls(),
            "tabs": self.show_tabs(request),
            "columns": listed,
            "count": sum(one[3] for one in listed),
        }


def view_more(view: View, status: str, count: int) -> str:
    """The list of all goals of a column that is too long to show; blank for a short one."""
    return view.address("goal-list", status=status) if count > COLUMN else ""


class MyGoals(GoalPage):
    name, path, title, icon = "goal-mine", "goals/mine/", _("My goals"), "target"
    template = "structure/goal_mine.html"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        person = reader(request)
        found = queries.my_goals(person, today_of(request))
        named = [
            (_("My goals"), found["own"]),
            (_("Where I hold a key result"), found["held"]),
            (_("Of teams I lead"), found["led"]),
        ]
        parts = [(label, cards_of(rows)) for label, rows in named if rows]
        new = reverse("structure:goal-new") + f"?level=person&owner={person.pk}"
        return {"tabs": self.show_tabs(request), "parts": parts, "new_url": new}


def cards_of(rows: Iterable[Objective]) -> Any:
    """Listed goals as cards."""
    return Picture(1, "").cards([node_of(row) for row in rows])


def node_of(row: Any) -> Node:
    """A card of a goal that knows how it stands."""
    place = row.team.name if row.team is not None else row.market.name if row.market is not None else ""
    return Node(
        row.pk,
        row.level,
        row.horizon,
        row.period,
        row.state,
        row.stand,
        str(row.title),
        str(row.owner or ""),
        str(place),
    )


class TeamGoals(GoalPage):
    name, path, title, icon = "goal-team", "goals/teams/<int:pk>/", _("Goals of a team"), "users-group"
    template = "structure/goal_place.html"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        team: Team = find(people.teams(reader(request)), kwargs["pk"])
        view = View(request)
        rows = queries.of_team(queries.during(view.rows, view.period), team.pk)
        new = reverse("structure:goal-new") + f"?level=team&team={team.pk}&period={view.code}"
        return {**place_of(view, rows, new), "title": gettext("Goals of %(name)s") % {"name": team.name},
                "back_url": reverse("structure:team-detail", kwargs={"pk": team.pk}), "back": team.name}  # fmt: skip


def team_section(request: HttpRequest, team: Team) -> dict[str, Any]:
    """The goals of a team in this quarter, for the team's page."""
    day = today_of(request)
    rows = queries.during(queries.stood(reader(request), day), queries.current(day)).exclude(state=GoalState.DROPPED)
    own = list(rows.filter(team=team).exclude(level=Level.PERSON)[:COLUMN])
    period = queries.current(day).code
    return {"cards": cards_of(own) if own else "", "all_url": reverse("structure:goal-team", kwargs={"pk": team.pk}),
            "new_url": reverse("structure:goal-new") + f"?level=team&team={team.pk}&period={period}", "period": period,
            "may_set": may_steer(reader(request), Objective(level=Level.TEAM, team=team, market_id=team.market_id,
                                                             entity_id=team.entity_id))}  # fmt: skip


class MarketGoals(GoalPage):
    name, path, title, icon = "goal-market", "goals/markets/<int:pk>/", _("Goals of a market"), "world"
    template = "structure/goal_place.html"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        market: Market = find(people.markets(), kwargs["pk"])
        view = View(request)
        rows = queries.during(view.rows, view.period).filter(market=market)
        new = reverse("structure:goal-new") + f"?level=market&market={market.pk}&period={view.code}"
        return {**place_of(view, rows, new), "title": gettext("Goals of %(name)s") % {"name": market.name},
                "back_url": view.address("goal-tree"), "back": gettext("Goal tree")}  # fmt: skip


def place_of(view: View, rows: QuerySet[Objective], new_url: str) -> dict[str, Any]:
    """The goals of one place: counted by status and as a tree."""
    found = queries.nodes(rows, view.today)
    picture = Picture(99, "").tree(queries.forest(found))
    return {**view.controls(), "picture": picture, "count": len(found), "tally": tally(queries.columns(found.values())),
            "new_url": new_url, "tabs": []}  # fmt: skip


class GoalFaults(GoalPage):
    name, path, title, icon = "goal-faults", "goals/alignment/", _("Alignment of goals"), "git-merge"
    template = "structure/goal_faults.html"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        view = View(request)
        asked = bool(request.GET.get("period"))
        rows = fault_rows(queries.faults(reader(request), view.today, view.period if asked else None))
        counted = [(code, FAULT_NAMES[code], sum(row["code"] == code for row in rows)) for code in rules.FAULTS]
        only = request.GET.get("fault", "")
        listed = [row for row in rows if row["code"] == only] if only in FAULT_NAMES else rows
        return {"tabs": self.show_tabs(request), "rows": listed[:SHOWN], "more": max(0, len(listed) - SHOWN), "only": only,
                "counted": [one for one in counted if one[2]], "count": len(rows), "path": request.path}  # fmt: skip


class GoalGaps(GoalPage):
    name, path, title, icon = "goal-gaps", "goals/gaps/", _("Who has no goal"), "user-question"
    template = "structure/goal_gaps.html"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        view, person = View(request), reader(request)
        narrow = getattr(request, "narrow", None) or (lambda rows: rows)
        teams = queries.teams_without(view.period, narrow(people.teams(person))).select_related("lead", "market")
        without = queries.people_without(person, view.period, narrow(people.people(person)))
        seen = without.select_related("market").order_by("name", "id")
        return {
            **view.controls(), "tabs": self.show_tabs(request), "teams": teams[:SHOWN], "team_count": teams.count(),
            "people": seen[:SHOWN], "people_count": seen.count(), "new_url": reverse("structure:goal-new"), "shown": SHOWN,
        }  # fmt: skip


class GoalCalibration(GoalPage):
    name, path, title, icon = "goal-calibration", "goals/calibration/", _("How right confidence was"), "scale"
    template = "structure/goal_calibration.html"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        said = queries.said(reader(request), today_of(request))
        whole = rules.calibration((one.confidence, one.reached) for one in said)
        teams: dict[int | None, list[queries.Said]] = defaultdict(list)
        for one in said:
            teams[one.team].append(one)
        rows = sorted(
            ((team_words(own), rules.calibration((one.confidence, one.reached) for one in own)) for own in teams.values()),
            key=lambda row: row[1].brier or Decimal(0),
        )  # fmt: skip
        return {
            "tabs": self.show_tabs(request),
            "whole": whole,
            "rows": rows,
            "chart": bucket_chart(whole),
            "over_time": time_chart(said),
        }


def team_words(own: list[queries.Said]) -> str:
    """The team whose check-ins these are."""
    return str(LocalText(own[0].team_name)) if own[0].team_name else gettext("Company and markets")


def bucket_chart(whole: rules.Calibration) -> Chart | None:
    """What was said beside what came true; None without anything said."""
    known = [one for one in whole.buckets if one.count]
    if not known:
        return None
    names = [gettext("%(low)s to %(high)s %% sure") % {"low": one.low, "high": one.high} for one in known]
    return Chart(
        title=gettext("Confidence and what came true"), kind="bar", unit="percent", categories=names, category_label=gettext("Said"),
        series=[Series("goal:5", gettext("Said on average"), [one.said for one in known]),
                Series("goal:3", gettext("Came true"), [one.came for one in known])],
        additive=False, note=gettext("all check-ins of goals that are over"), places=0,
    )  # fmt: skip


def time_chart(said: list[queries.Said]) -> Chart | None:
    """The Brier score of each team by period; None with fewer than two periods."""
    periods = [
        code for code, _end in sorted({(one.period, one.end) for one in said}, key=lambda pair: (pair[1], pair[0]))
    ]
    if len(periods) < 2:
        return None
    found: dict[int | None, dict[str, list[queries.Said]]] = defaultdict(lambda: defaultdict(list))
    for one in said:
        found[one.team][one.period].append(one)
    series = []
    for team, by in found.items():
        scores = [
            rules.calibration((one.confidence, one.reached) for one in by.get(code, ())).brier for code in periods
        ]
        series.append(Series(f"team:{team or 0}", team_words(next(iter(by.values()))), scores))
    return Chart(title=gettext("Brier score by team"), kind="line", categories=periods, category_label=gettext("Period"), series=series,
                 additive=False, note=gettext("0 is perfect, 0.25 is guessing"), places=2)  # fmt: skip


PAGES = (GoalTree, GoalBoard, MyGoals, TeamGoals, MarketGoals, GoalFaults, GoalGaps, GoalCalibration)
