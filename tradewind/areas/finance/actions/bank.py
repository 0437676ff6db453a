"""Bank accounts and wallets, and their lines from statements."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.utils.translation import gettext as _

from tradewind.areas.finance.queries.bank import account_by_number
from tradewind.areas.finance.rules.bank_keys import LineKeys, number_form
from tradewind.base.crypto import keyed_hash
from tradewind.base.errors import Refused
from tradewind.base.money import CURRENCIES
from tradewind.engines.access.scope import Scope
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.exchange.sheets.kinds import Load, Outcome, Row
from tradewind.nouns.org.models import Entity, Person
from tradewind.nouns.trade.models import BankAccount, BankLine

PART = 500
RENEWED = ("state", "value_day", "balance")


def at_entity(_first: object = None, *_args: Any, entity: Entity | None = None, **_kwargs: Any) -> Scope:
    """An account lies where its company is."""
    return Scope(entity=entity.pk if entity else None)


@action(scope=at_entity, private=("number", "number_hash"))
def save_bank_account(
    by: Person | None, account: BankAccount | None = None, *, code: str, name: str, kind: str = BankAccount.BANK,
    number: str = "", entity: Entity | None = None, currency: str = "", active: bool = True,
) -> BankAccount:  # fmt: skip
    """Add or change a bank account or wallet; a blank number leaves the one that is kept."""
    faults: dict[str, Any] = {}
    others = BankAccount.objects.exclude(pk=account.pk if account else 0)
    if others.filter(code=code).exists():
        faults["code"] = _("This code is taken.")
    if currency and currency not in CURRENCIES:
        faults["currency"] = _("Unknown currency: %(code)s") % {"code": currency}
    form = number_form(number)
    hashed = keyed_hash(form) if form else ""
    if hashed and others.filter(number_hash=hashed).exists():
        faults["number"] = _("Another account has this number.")
    if number and len(form) < 4:
        faults["number"] = _("A number has at least four letters or digits.")
    if faults:
        raise Refused(_("Some fields are missing or not right."), fields=faults)
    row = account or BankAccount()
    row.code, row.name, row.kind, row.entity, row.currency, row.active = code, name, kind, entity, currency, active
    if form:
        row.number, row.number_hash = number.strip(), hashed
    row.save()
    return row


def place_of(load: Load) -> Scope:
    """Where a statement lies: at the one company all its accounts belong to, else anywhere."""
    code = load.options.get("account", "")
    if code:
        row = BankAccount.objects.filter(code=code).first()
        return Scope(entity=row.entity_id if row else None)
    accounts = accounts_of(load)
    entities = {account.entity_id if account else None for account in accounts.values()}
    return Scope(entity=entities.pop()) if len(entities) == 1 else Scope()


def accounts_of(load: Load) -> dict[str, BankAccount | None]:
    """The account each number in the file means; the chosen one for all where it is chosen."""
    numbers = {str(row.values.get("account") or "") for row in load.rows}
    chosen = BankAccount.objects.filter(code=load.options.get("account", "")).first()
    found: dict[str, BankAccount | None] = {}
    for number in numbers:
        named = account_by_number(number) if number else None
        if chosen is None:
            found[number] = named
        else:
            found[number] = chosen if not number or not chosen.number_hash or named == chosen else None
    return found


@action(scope=lambda *_args, load, **_kwargs: place_of(load))
def import_bank_lines(by: Person | None, *, load: Load) -> Bulk[Outcome]:
    """Bring lines of bank statements and wallet files in; lines that are there already stay one."""
    accounts = accounts_of(load)
    keys = LineKeys()
    wanted: dict[tuple[int, str], BankLine] = {}
    gross: dict[str, int] = defaultdict(int)
    moved: dict[str, int] = defaultdict(int)
    for row in load.rows:
        line = line_of(load, row, accounts, keys)
        if line is not None:
            wanted[line.account_id, line.key] = line
            moved[line.currency] += line.amount
            stated = row.values.get("gross")
            gross[line.currency] += line.amount if stated is None else stated
    new, changed, same = stored(wanted)
    counts = {"new": new, "changed": changed, "same": same, "refused": len(load.refused), "source": load.source}
    if gross != moved:
        load.facts["settled"] = dict(moved)
    return Bulk(Outcome(new, changed, same, dict(gross)), counts)


def line_of(load: Load, row: Row, accounts: dict[str, BankAccount | None], keys: LineKeys) -> BankLine | None:
    """A row as a line of its account; None when it was refused."""
    values = row.values
    number = str(values.get("account") or "")
    account = accounts[number]
    if account is None:
        load.refuse(row.line, "account", unknown_account(number))
        return None
    currency = values["currency"] or account.currency
    if not currency:
        load.refuse(row.line, "currency", _("Neither the file nor the account names a currency."))
        return None
    words = [str(values.get(name) or "") for name in ("reference", "counterparty", "text", "bank_reference")]
    key = keys.key(account.pk, str(values.get("id") or ""), values["day"], values["amount"], currency, *words)
    return BankLine(
        account=account, key=key, day=values["day"], value_day=values.get("value_day"), amount=values["amount"],
        currency=currency, balance=values.get("balance"), state=str(values.get("state") or "")[:60],
        counterparty=words[1][:200], text=words[2][:500], reference=(words[0] or words[3])[:120],
        entity_id=account.entity_id, source=load.source, source_line=row.line, batch=load.batch,
    )  # fmt: skip


def unknown_account(number: str) -> str:
    """Why a line has no account; of its number the end alone is told."""
    end = number_form(number)[-4:]
    if not end:
        return _("The file names no account: choose one beside the file.")
    return _("No account here ends in %(end)s like the one in the file. Add it first, or choose the right one.") % {"end": end}  # fmt: skip


def stored(wanted: dict[tuple[int, str], BankLine]) -> tuple[int, int, int]:
    """Write lines that are not there and renew what a bank may tell later; how many are new, changed, the same."""
    known: dict[tuple[int, str], BankLine] = {}
    by_account: dict[int, list[str]] = defaultdict(list)
    for account, key in wanted:
        by_account[account].append(key)
    for account, listed in by_account.items():
        for start in range(0, len(listed), PART):
            rows = BankLine.objects.filter(account=account, key__in=listed[start : start + PART])
            known.update({(row.account_id, row.key): row for row in rows})
    changed = [row for place, row in known.items() if renewed(row, wanted[place])]
    fresh = [line for place, line in wanted.items() if place not in known]
    BankLine.objects.bulk_create(fresh, batch_size=PART)
    BankLine.objects.bulk_update(changed, RENEWED, batch_size=PART)
    return len(fresh), len(changed), len(known) - len(changed)


def renewed(row: BankLine, line: BankLine) -> bool:
    """Take over what the newer statement says; whether anything differed."""
    differs = False
    for name in RENEWED:
        value = getattr(line, name)
        if value not in (None, "") and getattr(row, name) != value:
            setattr(row, name, value)
            differs = True
    return differs
