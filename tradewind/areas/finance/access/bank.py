"""Who may see and do what: bank, wallets and payouts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tradewind.engines.access.registry import default_role, subject
from tradewind.nouns.trade.models import BankAccount, BankLine, Payout

subject(
    "finance.bank_account",
    model=BankAccount,
    read="finance.view_bank",
    label=_("Bank account"),
    axes={"entity": "entity_id"},
    url="finance:bank_account-detail",
)
subject(
    "finance.bank_line",
    model=BankLine,
    read="finance.view_bank",
    label=_("Bank line"),
    axes={"entity": "entity_id"},
    url="finance:bank_line-detail",
    title=lambda row: f"{row.day} {row.counterparty or row.text}"[:80],
)
subject(
    "finance.payout",
    model=Payout,
    read="finance.view_bank",
    label=_("Payout"),
    axes={"entity": "channel__entity_id", "market": "channel__market_id"},
    url="finance:payout-detail",
)
default_role(
    "finance",
    ["finance.save_bank_account", "finance.import_bank_lines", "finance.match_payout", "finance.match_line", "finance.post_gap", "finance.pay_with_line", "finance.import_ad_spend",
     "finance.import_fees", "finance.import_returns", "finance.import_payouts", "finance.import_ledger"],
)  # fmt: skip
default_role("marketer", ["finance.import_ad_spend"])
