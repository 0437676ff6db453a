"""Joins payouts, bills and claims with the lines of the bank that can be no other's."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.actions.matching import match_payouts
from tradewind.areas.finance.actions.payments import match_payments
from tradewind.areas.finance.models import Bill, Claim, LinePart
from tradewind.areas.finance.queries.payments import confirmed, owed_of, paid_of, unjoined_bills, unjoined_claims
from tradewind.areas.finance.queries.payouts import found_matches
from tradewind.areas.finance.rules.payments import EARLY, certain
from tradewind.engines.jobs.job import Run, job
from tradewind.nouns.trade.models import BankLine, Payout


def match_now() -> int:
    """Join every payout that is sure, with lines of its own or with others as one line; how many were joined."""
    found = found_matches()
    pairs = [(line, pk) for pk, listed in found.sure.items() for line in listed]
    pairs += [(line, pk) for line, listed in found.together.items() for pk in listed]
    if not pairs:
        return 0
    lines = BankLine.objects.in_bulk([line for line, _pk in pairs])
    rows = Payout.objects.in_bulk([pk for _line, pk in pairs])
    parts = [
        LinePart(
            line=lines[line], payout=rows[pk], amount=rows[pk].amount if line in found.together else lines[line].amount
        )
        for line, pk in pairs
    ]
    done: int = match_payouts.system(parts=parts)
    return done


@job("finance.match_payouts", every="daily 04:10 UTC", quiet=True, label=_("Join payouts with the bank's lines"))
def match_all(ctx: Run) -> dict[str, int]:
    """Join payouts with lines; safe to repeat, joined ones are left alone."""
    return {"joined": match_now()}


def pay_now() -> int:
    """Join every bill and claim whose line is certain and whose payee was confirmed before; how many."""
    listed: list[Bill | Claim] = [*unjoined_bills(), *unjoined_claims()]
    rows = {owed_of(row).key: row for row in listed}
    if not rows:
        return 0
    owed = [owed_of(row) for row in rows.values()]
    known = confirmed()
    lines = BankLine.objects.filter(parts=None, day__gte=min(one.since for one in owed) - EARLY)
    found = certain(owed, [paid_of(line) for line in lines], known) if known else []
    chosen = BankLine.objects.in_bulk([line for _key, line in found])
    if not found:
        return 0
    done: int = match_payments.system(pairs=[(rows[key], chosen[line]) for key, line in found])
    return done


@job(
    "finance.match_payments",
    every="daily 04:20 UTC",
    quiet=True,
    label=_("Join bills and claims with the bank's lines"),
)
def match_all_payments(ctx: Run) -> dict[str, int]:
    """Join payments with lines; safe to repeat, joined ones are left alone."""
    return {"joined": pay_now()}
