"""Facts of money from tables: ad spend, fees, payouts, ledgers and cost prices. The same rows a second time change nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext as _

from tradewind.areas.finance.actions.ledger import Entry, days_of, post
from tradewind.areas.finance.actions.unit_costs import Cost, set_costs
from tradewind.areas.finance.queries.fact_places import Places, places_of
from tradewind.engines.access.scope import Scope
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.exchange.sheets.kinds import Load, Outcome, Row
from tradewind.nouns.org.models import Person
from tradewind.nouns.trade.models import AdSpend, Fee, Order, Payout

PART = 500


def spans(days: Iterable[date]) -> list[list[str]]:
    """Days as an event's counts tell them."""
    return [[day.isoformat(), day.isoformat()] for day in sorted(set(days))]


def content_key(start: str, *words: object) -> str:
    """A key of what a row says."""
    said = "\x1f".join(" ".join(str(word if word is not None else "").split()) for word in words)
    return f"{start}:{sha256(said.encode()).hexdigest()[:32]}"


class Numbered:
    """Equal keys of one file are numbered in its order."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def __call__(self, key: str) -> str:
        """The key, with a number from its second time on."""
        self._seen[key] += 1
        return key if self._seen[key] == 1 else f"{key}#{self._seen[key]}"


def totals_of(rows: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Units by currency."""
    found: dict[str, int] = defaultdict(int)
    for currency, units in rows:
        found[currency] += units
    return dict(found)


# --- ad spend ------------------------------------------------------------------------------------------------------

AD_FACTS = (
    "amount",
    "currency",
    "clicks",
    "impressions",
    "channel_id",
    "product_id",
    "entity_id",
    "market_id",
    "country",
)


def at_channel(load: Load) -> Scope:
    """Where a file lies: at its channel, else company-wide."""
    channel = places_of().channels.get(load.options.get("channel", ""))
    return Scope(channel.entity_id, channel.market_id) if channel else Scope()


@action(scope=lambda *_args, load, **_kwargs: at_channel(load))
def import_ad_spend(by: Person | None, *, load: Load) -> Bulk[Outcome]:
    """Bring in what advertising cost; a day that is told again takes the place of what was known of it."""
    known_places = places_of()
    wanted: dict[str, AdSpend] = {}
    for row in load.rows:
        line = ad_line(load, row, known_places)
        if line is None:
            continue
        there = wanted.get(line.key)
        if there is None:
            wanted[line.key] = line
        elif there.currency != line.currency:
            load.refuse(row.line, "currency", _("An earlier row of the same campaign and day is in another currency."))
        else:
            there.amount += line.amount
            there.clicks += line.clicks
            there.impressions += line.impressions
    held = {row.key: row for row in found_by_key(AdSpend, list(wanted))}
    fresh = [line for key, line in wanted.items() if key not in held]
    changed = [(held[key], line) for key, line in wanted.items() if key in held and differs(held[key], line, AD_FACTS)]
    days = [line.day for line in fresh] + [row.day for row, _line in changed]
    AdSpend.objects.bulk_create(fresh, batch_size=PART)
    for kept, line in changed:
        for name in (*AD_FACTS, "source", "source_line", "batch"):
            setattr(kept, name, getattr(line, name))
    AdSpend.objects.bulk_update([row for row, _line in changed], [*plain(AD_FACTS), "source", "source_line", "batch"], batch_size=PART)  # fmt: skip
    sums = totals_of((line.currency, line.amount) for line in wanted.values())
    counts = {"new": len(fresh), "changed": len(changed), "source": load.source, "profit_days": spans(days)}
    return Bulk(Outcome(len(fresh), len(changed), len(wanted) - len(fresh) - len(changed), sums), counts)


def found_by_key(model: type[AdSpend], keys: Sequence[str]) -> list[AdSpend]:
    """Stored rows by their keys."""
    found: list[AdSpend] = []
    for start in range(0, len(keys), PART):
        found += model.objects.filter(key__in=keys[start : start + PART])
    return found


def differs(row: Any, line: Any, names: Iterable[str]) -> bool:
    """Whether a stored row says something else than the file."""
    return any(getattr(row, name) != getattr(line, name) for name in names)


def plain(names: Iterable[str]) -> list[str]:
    """Names of fields, without the `_id` of links."""
    return [name.removesuffix("_id") for name in names]


def ad_line(load: Load, row: Row, known: Places) -> AdSpend | None:
    """A row as ad spend; None when it was refused."""
    values = row.values
    code = str(values["channel"] or load.options.get("channel", ""))
    channel = known.channels.get(code)
    if code and channel is None:
        load.refuse(row.line, "channel", no_such(code))
        return None
    currency = values["currency"] or (channel.currency if channel else "")
    if not currency:
        load.refuse(row.line, "currency", _("Neither the file nor the channel names a currency."))
        return None
    sku = str(values["sku"] or "")
    product = known.product(sku) if sku else None
    platform = str(values["platform"] or load.options.get("platform", "") or (channel.platform if channel else ""))[:40]
    country = str(values["country"] or (channel.country if channel else "") or "")
    campaign, group = str(values["campaign"] or ""), str(values["group"] or "")
    key = content_key(
        "ad", platform, channel.pk if channel else "", values["day"], values["id"] or campaign, group, sku, country
    )
    market = known.market_in(country) or (channel.market_id if channel else None)
    return AdSpend(
        key=key, platform=platform, campaign=campaign[:200], channel_id=channel.pk if channel else None, product_id=product,
        entity_id=channel.entity_id if channel else None, market_id=market, country=country, day=values["day"],
        amount=values["amount"], currency=currency, clicks=values["clicks"] or 0, impressions=values["impressions"] or 0,
        source=load.source, source_line=row.line, batch=load.batch,
    )  # fmt: skip


def no_such(code: str) -> str:
    """That a code names nothing."""
    return _("There is no “%(code)s” here.") % {"code": code}


# --- fees and payouts ------------------------------------------------------------------------------------------------


FEE_FACTS = ("day", "kind", "amount", "currency", "order_ref", "order_id", "market_id", "description", "sku")


def told_of(fee: Fee) -> tuple[str, ...]:
    """The facts that a row tells of its fee; what it leaves blank stays as it was."""
    order = ("order_ref", "order_id", "market_id") if fee.order_id else ()
    return (*FEE_FACTS[:4], *order, *(name for name in ("description", "sku") if getattr(fee, name)))


@action(scope=lambda *_args, load, **_kwargs: at_channel(load))
def import_fees(by: Person | None, *, load: Load) -> Bulk[Outcome]:
    """Bring fees of marketplaces and payment providers in: a cost is positive, one given back negative."""
    known = places_of()
    channel = known.channels[load.options["channel"]]
    orders = orders_of(channel.pk, {str(row.values["order"]) for row in load.rows if row.values["order"]})
    numbered, wanted = Numbered(), dict[str, Fee]()
    turned = -1 if load.options.get("signs") == "negative" else 1
    for row in load.rows:
        values = row.values
        currency = values["currency"] or channel.currency
        if not currency:
            load.refuse(row.line, "currency", _("Neither the file nor the channel names a currency."))
            continue
        order = orders.get(str(values["order"] or ""))
        given = str(values["id"] or "")
        key = numbered(f"table:{given[:100]}" if given else content_key(
            "table", values["day"], values["kind"], values["order"], values["sku"], values["amount"], currency))  # fmt: skip
        wanted[key] = Fee(
            channel_id=channel.pk, key=key, order_id=order[0] if order else None, order_ref=str(values["order"] or "")[:120],
            entity_id=channel.entity_id, market_id=order[1] if order and order[1] else channel.market_id,
            kind=str(values["kind"])[:80], description=str(values["text"] or "")[:160], sku=str(values["sku"] or "")[:120],
            day=values["day"], amount=turned * values["amount"], currency=currency, source_line=row.line, batch=load.batch,
        )  # fmt: skip
    held = {
        row.key: row for row in Fee.objects.filter(channel=channel.pk, key__startswith="table:") if row.key in wanted
    }
    fresh = [fee for key, fee in wanted.items() if key not in held]
    changed = [row for key, row in held.items() if differs(row, wanted[key], told_of(wanted[key]))]
    days = {one.day for one in (*fresh, *changed)} | {wanted[row.key].day for row in changed}
    for row_held in changed:
        for name in told_of(wanted[row_held.key]):
            setattr(row_held, name, getattr(wanted[row_held.key], name))
    Fee.objects.bulk_create(fresh, batch_size=PART)
    Fee.objects.bulk_update(changed, plain(FEE_FACTS), batch_size=PART)
    sums = totals_of((fee.currency, fee.amount) for fee in wanted.values())
    counts = {"new": len(fresh), "changed": len(changed), "source": load.source, "days": spans(days)}
    return Bulk(Outcome(len(fresh), len(changed), len(wanted) - len(fresh) - len(changed), sums), counts)


def orders_of(channel: int, refs: set[str]) -> dict[str, tuple[int, int | None]]:
    """Orders of a channel by id or number, with their market."""
    found: dict[str, tuple[int, int | None]] = {}
    listed = sorted(refs)
    for start in range(0, len(listed), PART):
        part = listed[start : start + PART]
        for name in ("number", "external_id"):
            rows = Order.objects.filter(channel=channel, **{f"{name}__in": part})
            found.update({ref: (pk, market) for ref, pk, market in rows.values_list(name, "pk", "market_id")})
    return found


@action(scope=lambda *_args, load, **_kwargs: at_channel(load))
def import_payouts(by: Person | None, *, load: Load) -> Bulk[Outcome]:
    """Bring in what platforms paid out, where their own settlement files do not tell it."""
    channel = places_of().channels[load.options["channel"]]
    wanted: dict[str, Payout] = {}
    for row in load.rows:
        values = row.values
        currency = values["currency"] or channel.currency
        if not currency:
            load.refuse(row.line, "currency", _("Neither the file nor the channel names a currency."))
            continue
        key = str(values["id"])[:100]
        if key in wanted:
            load.refuse(row.line, "id", _("“%(key)s” is already in an earlier row.") % {"key": key})
            continue
        wanted[key] = Payout(
            channel_id=channel.pk, external_id=key, start=values["start"], end=values["end"], day=values["day"],
            amount=values["amount"], currency=currency, batch=load.batch,
        )  # fmt: skip
    held = {row.external_id: row for row in Payout.objects.filter(channel=channel.pk, external_id__in=list(wanted))}
    names = ("start", "end", "day", "amount", "currency")
    for key, row_held in held.items():  # a table without the period does not take it away
        wanted[key].start, wanted[key].end = wanted[key].start or row_held.start, wanted[key].end or row_held.end
    changed = [row for key, row in held.items() if differs(row, wanted[key], names)]
    for row_held in changed:
        for name in names:
            setattr(row_held, name, getattr(wanted[row_held.external_id], name))
    fresh = [row for key, row in wanted.items() if key not in held]
    Payout.objects.bulk_create(fresh, batch_size=PART)
    Payout.objects.bulk_update(changed, names, batch_size=PART)
    sums = totals_of((row.currency, row.amount) for row in wanted.values())
    counts = {"new": len(fresh), "changed": len(changed), "source": load.source}
    return Bulk(Outcome(len(fresh), len(changed), len(wanted) - len(fresh) - len(changed), sums), counts)


# --- ledgers -----------------------------------------------------------------------------------------------------------


def at_company(load: Load) -> Scope:
    """A ledger lies at the company it was chosen for, else company-wide."""
    entity = places_of().entities.get(load.options.get("entity", ""))
    return Scope(entity=entity)


@action(scope=lambda *_args, load, **_kwargs: at_company(load))
def import_ledger(by: Person | None, *, load: Load) -> Bulk[Outcome]:
    """Post the lines of an outside ledger: codes without an account are refused, or kept aside where that was asked."""
    known = places_of()
    system = load.options["system"]
    numbered, entries, unknown = Numbered(), list[Entry](), Counter[str]()
    for row in load.rows:
        entry = ledger_entry(load, row, known, system, numbered, unknown)
        if entry is not None:
            entries.append(entry)
    if unknown:
        listed = ", ".join(f"{code} ({count})" for code, count in unknown.most_common(30))
        load.facts["notes"] = [_("Codes without an account, with their rows: %(codes)s.") % {"codes": listed}]
    written = post(by, entries)
    sums = totals_of((entry.currency, entry.amount) for entry in entries)
    counts = {"new": len(written), "source": load.source, "system": system, "profit_days": days_of(written)}
    return Bulk(Outcome(len(written), 0, len(entries) - len(written), sums), counts)


def ledger_entry(
    load: Load, row: Row, known: Places, system: str, numbered: Numbered, unknown: Counter[str]
) -> Entry | None:
    """A row as an entry; None when it was refused or passed over."""
    values = row.values
    code = str(values["account"])
    links: dict[str, int | None] = {}
    for name in ("entity", "partner", "market", "team", "channel"):
        given = str(values[name] or (load.options.get("entity", "") if name == "entity" else ""))
        links[f"{name}_id"] = known.link(name, given) if given else None
        if given and links[f"{name}_id"] is None:
            load.refuse(row.line, name, no_such(given))
            return None
    sku = str(values["sku"] or "")
    product = known.product(sku) if sku else None
    if sku and product is None:
        load.refuse(row.line, "sku", no_such(sku))
        return None
    account = known.account(system, code, links["entity_id"])
    if account is None:
        unknown[code] += 1
        if load.options.get("aside") == "yes":
            load.leave(row.line, _("Kept aside: the code %(code)s has no account yet.") % {"code": code})
        else:
            load.refuse(row.line, "account", _("The code %(code)s has no account yet.") % {"code": code})
        return None
    entity = known.entity_rows.get(links["entity_id"] or 0)
    currency = values["currency"] or (entity.currency if entity else "")
    if not currency:
        load.refuse(row.line, "currency", _("Neither the file nor the company names a currency."))
        return None
    said = (values["id"], values["day"], code, values["amount"], currency, values["text"], values["document"],
            values["supplier"], *links.values(), product)  # fmt: skip
    return Entry(
        numbered(content_key(f"ledger:{system}", *said)), account, values["day"], values["amount"], currency,
        entity_id=links["entity_id"], partner_id=links["partner_id"], market_id=links["market_id"], team_id=links["team_id"],
        channel_id=links["channel_id"], product_id=product, text=str(values["text"] or "")[:300], supplier=str(values["supplier"] or "")[:200],
        document=str(values["document"] or "")[:120], source=load.source, source_line=row.line, batch=load.batch,
    )  # fmt: skip


# --- cost prices -------------------------------------------------------------------------------------------------------

PARTS = ("purchase", "freight", "duty", "packaging", "inbound", "other")


class TakeCosts:
    """Cost prices of a table go through the same action as those set by hand, with its right."""

    code = set_costs.code

    def __call__(self, by: Person | None, /, *, load: Load) -> Outcome:
        """Set the costs as a person."""
        costs = costs_of(load)
        return outcome_of(costs, set_costs(by, costs=costs)) if costs else Outcome()

    def system(self, *, load: Load) -> Outcome:
        """Set the costs as the product itself."""
        costs = costs_of(load)
        return outcome_of(costs, set_costs.system(costs=costs)) if costs else Outcome()


def outcome_of(costs: Sequence[Cost], done: Any) -> Outcome:
    """What setting costs did; a sum over costs of units would mean nothing."""
    return Outcome(done.new, done.changed, done.same)


def costs_of(load: Load) -> list[Cost]:
    """The costs a table tells: one a row by its part, or a column for each part."""
    known = places_of()
    found: dict[Any, Cost] = {}
    for row in load.rows:
        values = row.values
        product = known.product(str(values["sku"]))
        market_code = str(values["market"] or load.options.get("market", ""))
        market = known.markets.get(market_code)
        if product is None:
            load.refuse(row.line, "sku", no_such(str(values["sku"])))
            continue
        if market_code and market is None:
            load.refuse(row.line, "market", no_such(market_code))
            continue
        told = {part: values[part] for part in PARTS if values[part] is not None}
        if values["amount"] is not None:
            told[values["part"] or "purchase"] = values["amount"]
        for part, amount in told.items():
            cost = Cost(
                product, part, values["day"], amount, values["currency"], market, load.source, row.line, load.batch
            )
            if cost.key in found and found[cost.key].amount != amount:
                load.refuse(row.line, part, _("An earlier row tells another cost of the same day."))
            else:
                found.setdefault(cost.key, cost)
    return list(found.values())


def costs_place(load: Load) -> Scope:
    """Costs of one market need the right there; general ones, or those of several markets, everywhere."""
    markets = {cost.market for cost in costs_of(Load(load.source, load.options, load.batch, load.rows))}
    return Scope(market=markets.pop()) if len(markets) == 1 else Scope()
