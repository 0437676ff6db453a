"""How structure knows that every function has a team that answers for it in every active market."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from tradewind.areas.structure.models import Charter
from tradewind.areas.structure.queries.charters import Picture, whole_picture
from tradewind.areas.structure.rules.coverage import COVERED, DOUBLE
from tradewind.engines.access.scope import Scope
from tradewind.engines.practices.practice import Evidence, Part, link, practice
from tradewind.nouns.org.models import Market
from tradewind.nouns.org.queries import company_day

YEAR = timedelta(days=366)
TOLD = (
    "structure.save_charter", "structure.set_lines", "structure.review_charter", "structure.import_duties", "structure.save_team",
    "structure.save_function", "structure.install_functions", "market.save_market",
)  # fmt: skip


@practice("structure.groups", after=TOLD)
def groups(now: datetime) -> dict[Scope, Evidence]:
    """In each active market every function is done by a team and answered for by exactly one, by charters looked at within a year."""
    shown = whole_picture()
    since = company_day(now) - YEAR
    known = Charter.objects.filter(team__active=True).order_by().values_list("team_id", "reviewed_on", "created_at")
    fresh = {team for team, reviewed, made in known if (reviewed or made.date()) >= since}
    return {Scope(market=market.pk): evidence(shown, market, fresh) for market in shown.markets}


def evidence(shown: Picture, market: Market, fresh: set[int]) -> Evidence:
    """One market's cells: covered, answered for by one team alone, and by charters that are not too old."""
    cells = [shown.matrix.cells[function.pk, market.pk] for function in shown.functions]
    covered = [cell for cell in cells if cell.state == COVERED]
    current = [cell for cell in covered if fresh.issuperset(cell.accountable)]
    answered = [cell for cell in cells if cell.accountable]
    where = link("structure:coverage", show="faults")
    return Evidence(
        (
            Part("covered", _("Functions that are done and answered for"), len(covered), len(cells), link=where),
            Part("single", _("Functions that one team alone answers for"), sum(cell.state != DOUBLE for cell in answered),
                 len(answered), link=where),
            Part("current", _("Functions covered by charters looked at within a year"), len(current), len(covered),
                 link=link("structure:charter-list", sort="reviewed_on")),
        )
    )  # fmt: skip
