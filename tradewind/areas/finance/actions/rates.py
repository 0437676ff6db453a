"""The company's own exchange rates, and newer rates of the European Central Bank. Rates are company-wide: so are the rights."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from tradewind.areas.finance.models import Budget
from tradewind.areas.finance.rules.rates import Quote, to_value
from tradewind.base import clock, ecb
from tradewind.base.errors import NotFound, Refused
from tradewind.base.money import CURRENCIES
from tradewind.engines.access.scope import company_wide
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.metrics.rates import OVERLAY
from tradewind.nouns.org.models import Person
from tradewind.nouns.trade.models import Rate, RateSet

RESERVED = (OVERLAY, "day", "month")
PART = 500


@dataclass(frozen=True)
class Stored:
    """What a load of rates did."""

    new: int
    changed: int
    same: int


@action(scope=company_wide)
def create_rate_set(
    by: Person | None, *, code: str, name: str, kind: str = RateSet.FIXED, base: str = "EUR"
) -> RateSet:
    """Add a named set of the company's own rates."""
    faults: dict[str, Any] = {}
    if code in RESERVED or RateSet.objects.filter(code=code).exists():
        faults["code"] = _("This code is taken.")
    if base not in CURRENCIES:
        faults["base"] = _("Unknown currency: %(code)s") % {"code": base}
    if kind not in (RateSet.FIXED, RateSet.DAILY):
        faults["kind"] = _("Choose one of the kinds.")
    if faults:
        raise Refused(_("Some fields are missing or not right."), fields=faults)
    return RateSet.objects.create(code=code, name=name, kind=kind, base=base)


@action(scope=company_wide)
def update_rate_set(by: Person | None, rate_set: RateSet, *, name: str, kind: str) -> RateSet:
    """Rename a rate set or change its kind."""
    if kind not in (RateSet.FIXED, RateSet.DAILY):
        raise Refused(_("Some fields are missing or not right."), fields={"kind": _("Choose one of the kinds.")})
    if kind != rate_set.kind:
        free(rate_set)
    rate_set.name, rate_set.kind = name, kind
    rate_set.save(update_fields=["name", "kind"])
    return rate_set


@action(scope=company_wide)
def set_rate(by: Person | None, rate_set: RateSet, *, currency: str, day: date, rate: str) -> Bulk[Stored]:
    """Set one rate of a set by hand."""
    value = to_value(str(rate))
    if value is None:
        message = _("A rate is a number above zero with at most eight decimal places.")
        raise Refused(message, fields={"rate": message})
    return stored(rate_set, [Quote(currency.upper(), day, value)], "hand")


@action(scope=company_wide)
def load_rates(by: Person | None, rate_set: RateSet, *, quotes: list[Quote], source: str = "file") -> Bulk[Stored]:
    """Load rates of a set from a file."""
    return stored(rate_set, quotes, source)


@action(scope=company_wide)
def remove_rate(by: Person | None, rate_set: RateSet, *, currency: str, day: date) -> Bulk[Stored]:
    """Remove one rate of a set."""
    free(rate_set)
    gone, _rows = Rate.objects.filter(rate_set=rate_set, currency=currency.upper(), day=day).delete()
    if not gone:
        raise NotFound(_("There is no such record, or you may not see it."))
    touch(rate_set)
    return Bulk(Stored(0, 0, 0), {"removed": gone}, [change(rate_set, currency, day, "removed")], rate_set)


@action(scope=company_wide)
def load_ecb_rates(by: Person | None, *, quotes: list[Quote], source: str = "ECB") -> Bulk[Stored]:
    """Load newer rates of the European Central Bank."""
    newer = [quote for quote in quotes if quote.day > ecb.last_published()]
    rate_set = RateSet.objects.filter(code=OVERLAY).first()
    if rate_set is None:
        rate_set = RateSet.objects.create(code=OVERLAY, name="European Central Bank", kind=RateSet.DAILY, base="EUR")
    done = stored(rate_set, newer, source)
    done.counts["known"] = len(quotes) - len(newer)
    return done


def stored(rate_set: RateSet, quotes: Iterable[Quote], source: str) -> Bulk[Stored]:
    """Write quotes by currency and day; Refused when one is of no known currency or of the base itself."""
    wanted = {(quote.currency, quote.day): quote.value for quote in quotes}
    for currency in sorted({currency for currency, _day in wanted}):
        if currency not in CURRENCIES or currency == rate_set.base:
            message = _("Unknown currency: %(code)s") % {"code": currency}
            raise Refused(message, fields={"currency": message})
    held = {(c, d): (pk, v) for pk, c, d, v in rate_set.rates.values_list("id", "currency", "day", "value")}
    new = [key for key in wanted if key not in held]
    changed = [key for key in wanted if key in held and held[key][1] != wanted[key]]
    if new or changed:
        free(rate_set)
    now = clock.now()
    fresh = [
        Rate(rate_set=rate_set, currency=c, day=d, value=wanted[c, d], source=source[:120], updated_at=now)
        for c, d in new
    ]
    Rate.objects.bulk_create(fresh, batch_size=PART)
    old = [Rate(pk=held[key][0], value=wanted[key], source=source[:120], updated_at=now) for key in changed]
    Rate.objects.bulk_update(old, ["value", "source", "updated_at"], batch_size=PART)
    if new or changed:
        touch(rate_set)
    result = Stored(len(new), len(changed), len(wanted) - len(new) - len(changed))
    counts = {"new": result.new, "changed": result.changed, "same": result.same, "source": source}
    return Bulk(result, counts, [change(rate_set, c, d, held[c, d][1], wanted[c, d]) for c, d in changed], rate_set)


def free(rate_set: RateSet) -> None:
    """Refused where an approved or locked budget rests on these fixed rates: its numbers would change with them."""
    settled = Budget.objects.filter(rate=rate_set.code, state__in=(Budget.APPROVED, Budget.LOCKED)).order_by("code")
    name = settled.values_list("name", flat=True).first() if rate_set.kind == RateSet.FIXED else None
    if name is not None:
        raise Refused(
            _("The budget “%(name)s” was approved at these rates: make another set for other rates.") % {"name": name},
            code="settled",
        )


def touch(rate_set: RateSet) -> None:
    """Give the set a new version, which tells every kept figure that rates have changed."""
    rate_set.version += 1
    rate_set.updated_at = clock.now()
    RateSet.objects.filter(pk=rate_set.pk).update(version=rate_set.version, updated_at=rate_set.updated_at)


def change(
    rate_set: RateSet, currency: str, day: date, before: Any, after: Any = None
) -> tuple[str, int, dict[str, Any]]:
    """One changed rate as the history tells it."""
    return ("finance.rate_set", rate_set.pk, {f"{currency.upper()} {day.isoformat()}": [told(before), told(after)]})


def told(value: Any) -> Any:
    """A stored rate as people write it."""
    return format(Decimal(value).scaleb(-8).normalize(), "f") if isinstance(value, int) else value
