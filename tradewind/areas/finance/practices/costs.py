"""How finance knows that savings are searched for and that what is claimed shows in the ledger."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.models import Saving
from tradewind.areas.finance.queries.savings import COUNTED, proof_of
from tradewind.engines.access.scope import Scope
from tradewind.engines.practices.practice import Evidence, Part, link, practice
from tradewind.nouns.org.queries import company_day

TOLD = tuple(
    f"finance.{name}" for name in ("save_saving", "accept_saving", "start_saving", "close_saving", "drop_saving")
)


@practice("finance.costs", after=TOLD)
def costs(now: datetime) -> dict[Scope, Evidence]:
    """Savings are written down month by month, have an owner, and those in force show in the ledger."""
    day = company_day(now)
    places: dict[Scope, list[Saving]] = defaultdict(list)
    for saving in Saving.objects.exclude(state=Saving.DROPPED).select_related("account"):
        places[Scope(entity=saving.entity_id, market=saving.market_id)].append(saving)
    found = {}
    for scope, savings in places.items():
        proofs = [proof_of(saving, day) for saving in savings if saving.state in COUNTED]
        counted = [proof for proof in proofs if proof is not None]
        found[scope] = Evidence(
            (
                Part("searched", _("A saving written down"), 1, 1, last=max(saving.made_at for saving in savings),
                     link=link("finance:saving-list")),
                Part("owned", _("Savings that somebody owns"), sum(saving.owner_id is not None for saving in savings), len(savings),
                     link=link("finance:saving-list")),
                Part("proven", _("Savings in force that show in the ledger"), sum(one.proof.saved > 0 for one in counted), len(counted),
                     link=link("finance:saving-list", state=Saving.RUNNING), good_from=Decimal("0.7"), bad_below=Decimal("0.4")),
            )
        )  # fmt: skip
    return found
