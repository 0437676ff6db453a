"""Joins payouts with the lines of the bank that can be no other's."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.actions.bank import match_payouts
from tradewind.areas.finance.queries.payouts import found_matches
from tradewind.engines.jobs.job import Run, job
from tradewind.nouns.trade.models import BankLine, Payout


def match_now() -> int:
    """Join every payout that is sure; how many lines were joined."""
    sure = found_matches().sure
    if not sure:
        return 0
    rows = Payout.objects.in_bulk(list(sure))
    lines = BankLine.objects.in_bulk([line for listed in sure.values() for line in listed])
    pairs = [(rows[pk], [lines[line] for line in listed]) for pk, listed in sure.items()]
    done: int = match_payouts.system(pairs=pairs)
    return done


@job("finance.match_payouts", every="daily 04:10 UTC", quiet=True, label=_("Join payouts with the bank's lines"))
def match_all(ctx: Run) -> dict[str, int]:
    """Join payouts with lines; safe to repeat, joined ones are left alone."""
    return {"joined": match_now()}
