"""Pages of structure, a module a subject; each lists its own in `PAGES`, in the order of the menu."""

from django.utils.translation import gettext_lazy as _

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
from tradewind.ui.pages import arrange

PAGES = (
    *start.PAGES, *chart.PAGES, *people.PAGES, *lines.PAGES, *plans.PAGES, *invitations.PAGES, *teams.PAGES, *charters.PAGES, *coverage.PAGES,
    *positions.PAGES, *shape.PAGES, *files.PAGES, *goal_files.PAGES, *goals.PAGES, *goals_boards.PAGES, *goals_needs.PAGES,
    *goals_results.PAGES, *meetings.PAGES, *campaigns.PAGES,
)  # fmt: skip

arrange(
    "structure",
    (_("Goals and vision"), ("structure:goal-list", "structure:broadcast-list", "discuss:kudos-list")),
    (_("Organisation"), ("structure:chart", "structure:person-list", "structure:team-list", "structure:charter-list", "structure:coverage",
                         "structure:shape", "structure:position-list", "structure:reorganisation-list")),
    (_("Meetings"), ("structure:crossmeetings", "meetings:meeting-list", "meetings:decision-list")),
    (_("Documents and knowledge"), ("library:home", "library:document-list", "library:space-list", "library:acknowledgement-list", "library:miss-list")),
    (_("Surveys"), ("surveys:home", "surveys:survey-list")),
)  # fmt: skip

__all__ = ["PAGES"]
