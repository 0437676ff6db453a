"""Pages of structure, a module a subject; each lists its own in `PAGES`, in the order of the menu."""

from tradewind.areas.structure.views import (
    campaigns,
    chart,
    charters,
    coverage,
    files,
    goal_files,
    goals,
    goals_boards,
    goals_needs,
    goals_results,
    invitations,
    lines,
    meetings,
    people,
    plans,
    positions,
    shape,
    start,
    teams,
)  # fmt: skip

PAGES = (
    *start.PAGES, *chart.PAGES, *people.PAGES, *lines.PAGES, *plans.PAGES, *invitations.PAGES, *teams.PAGES, *charters.PAGES, *coverage.PAGES,
    *positions.PAGES, *shape.PAGES, *files.PAGES, *goal_files.PAGES, *goals.PAGES, *goals_boards.PAGES, *goals_needs.PAGES,
    *goals_results.PAGES, *meetings.PAGES, *campaigns.PAGES,
)  # fmt: skip

__all__ = ["PAGES"]
