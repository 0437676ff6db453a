"""The management accounts, and which outside codes lead to them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from tradewind.areas.finance.models import Account, AccountCode, Line, Posting
from tradewind.areas.finance.queries import profit_facts
from tradewind.base.datafile import read
from tradewind.base.errors import Refused
from tradewind.base.words import LocalText
from tradewind.engines.access.scope import company_wide
from tradewind.engines.actions.action import Bulk, action
from tradewind.nouns.org.models import Entity, Person

CATALOGUE = Path(__file__).parent.parent / "data" / "accounts.yaml"


@action(scope=company_wide)
def install_accounts(by: Person | None) -> Bulk[int]:
    """Add the accounts and fee codes of the catalogue that are not there yet; those that are there stay as they are."""
    found = read(CATALOGUE)
    known = set(Account.objects.values_list("code", flat=True))
    missing = [(place, one) for place, one in enumerate(found["accounts"]) if one["code"] not in known]
    for place, one in missing:
        names = {language: one[language] for language in ("en", "zh-hans")}
        Account.objects.create(
            code=one["code"], name=names, line=one["line"], fixed=one.get("fixed", False), position=(place + 1) * 10
        )
    accounts = {account.code: account for account in Account.objects.all()}
    told = set(AccountCode.objects.filter(system=profit_facts.FEE).values_list("outside", flat=True))
    fresh = [(kind, code) for kind, code in found["fees"].items() if kind not in told and code in accounts]
    AccountCode.objects.bulk_create(
        AccountCode(system=profit_facts.FEE, outside=kind, account=accounts[code]) for kind, code in fresh
    )
    return Bulk(len(missing), {"accounts": len(missing), "codes": len(fresh)})


@action(scope=company_wide)
def save_account(
    by: Person | None, account: Account | None = None, *, code: str, name: LocalText, line: str, parent: Account | None = None,
    fixed: bool = False, position: int = 0, active: bool = True,
) -> Account:  # fmt: skip
    """Add or change a management account."""
    faults: dict[str, Any] = {}
    if Account.objects.filter(code=code).exclude(pk=account.pk if account else 0).exists():
        faults["code"] = _("This code is taken.")
    if line not in Line.values:
        faults["line"] = _("Choose one of the lines.")
    if parent is not None and (parent.line != line or (account is not None and account.pk in above(parent))):
        faults["parent"] = _("An account belongs to another of the same line, and not to itself.")
    if account is not None and account.line != line and Posting.objects.filter(account=account).exists():
        faults["line"] = _("This account has postings: its line stays. Add another account.")
    if faults:
        raise Refused(_("Some fields are missing or not right."), fields=faults)
    row = account or Account()
    row.code, row.name, row.line, row.parent = code, name, line, parent
    row.fixed, row.position, row.active = fixed, position, active
    row.save()
    return row


def above(account: Account) -> set[int]:
    """The account itself and all it belongs to."""
    found: set[int] = set()
    now: Account | None = account
    while now is not None and now.pk not in found:
        found.add(now.pk)
        now = now.parent
    return found


@action(scope=company_wide)
def map_code(
    by: Person | None, *, system: str, outside: str, account: Account, entity: Entity | None = None
) -> Bulk[AccountCode]:
    """Say which account an outside code means."""
    if not outside.strip():
        raise Refused(_("Some fields are missing or not right."), fields={"outside": _("This field is required.")})
    row, _made = AccountCode.objects.update_or_create(
        system=system, outside=outside.strip(), entity=entity, defaults={"account": account}
    )
    days = profit_facts.days_of_fees([row.outside]) if system == profit_facts.FEE else []
    return Bulk(row, {"system": system, "outside": outside, "account": account.code, "profit_days": days})
