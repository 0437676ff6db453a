"""The checklist of a monthly review: each point is counted from rows, and may be settled by hand with a reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Max, Q
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.models import AccountCode, Budget, ForecastRun, Line, Posting, Review
from tradewind.areas.finance.queries.profit_facts import FEE
from tradewind.areas.finance.queries.reviews import notes_of
from tradewind.base.period import Period
from tradewind.engines.metrics import rates
from tradewind.engines.metrics.closing import is_closed
from tradewind.nouns.org.models import Company, Entity
from tradewind.nouns.trade.models import Channel, Fee, Order, Payout

CHECKS: dict[str, Any] = {
    "facts": _("Orders of every shop are in"), "fees": _("Every fee has an account"), "payouts": _("Payouts found at the bank"),
    "rates": _("Exchange rates are fresh"), "postings": _("Pay and overhead are posted"), "comments": _("Variances are explained"),
    "forecast": _("The forecast is renewed"), "closed": _("The month is closed"),
}  # fmt: skip
PAGES = {
    "facts": "exchange:import-list", "fees": "finance:unmapped", "payouts": "finance:payout-list", "rates": "finance:ecb",
    "postings": "finance:posting-list", "forecast": "finance:forecast-list", "closed": "metrics:close-list",
}  # fmt: skip


@dataclass(frozen=True)
class Check:
    """A point of the checklist: `done` of `due` (nothing due is done), what was settled by hand, and where to look."""

    code: str
    label: Any
    done: int
    due: int
    link: str = ""
    settled: dict[str, Any] | None = None

    @property
    def good(self) -> bool:
        """Whether nothing is left to do."""
        return self.done >= self.due or self.settled is not None


def checks_of(review: Review) -> list[Check]:
    """All points of a review, counted now."""
    month = Period.containing(review.month, "month")
    found = []
    for code, label in CHECKS.items():
        done, due = COUNTS[code](review, month)
        settled = review.checks.get(code)
        found.append(Check(code, label, done, due, link_of(code), settled if isinstance(settled, dict) else None))
    return found


def ticked(review: Review) -> str:
    """The points of the checklist that somebody settled by hand, in words."""
    return " · ".join(str(label) for code, label in CHECKS.items() if isinstance(review.checks.get(code), dict))


def link_of(code: str) -> str:
    """Where a point is looked after; blank where that page is not there."""
    try:
        return reverse(PAGES[code])
    except (KeyError, NoReverseMatch):
        return ""


def at(review: Review, path: str = "entity") -> Q:
    """The rows of a review's entity; all for the company."""
    return Q(**{path: review.entity_id}) if review.entity_id else Q()


def facts(review: Review, month: Period) -> tuple[int, int]:
    """Shops that sold in the month or the one before, and those of them whose orders reach the month's end (as often as they are expected)."""
    channels = Channel.objects.filter(at(review), active=True, payment_only=False)
    since = month.previous().start
    newest = dict(
        Order.objects.filter(channel__in=channels, day__range=(since, month.end + timedelta(days=31)))
        .values_list("channel").annotate(newest=Max("day")).order_by()
    )  # fmt: skip
    wait = dict(channels.values_list("pk", "expected_every_days"))
    done = sum(1 for channel, day in newest.items() if day >= month.end - timedelta(days=wait[channel]))
    return done, len(newest)


def fees(review: Review, month: Period) -> tuple[int, int]:
    """Kinds of fee of the month, and those that have an account."""
    kinds = set(
        Fee.objects.filter(at(review), day__range=(month.start, month.end))
        .values_list("kind", flat=True)
        .distinct()
        .order_by()
    )
    own = Q(entity=None) | Q(entity=review.entity_id)
    known = set(AccountCode.objects.filter(own, system=FEE, outside__in=kinds).values_list("outside", flat=True))
    return len(kinds & known), len(kinds)


def payouts(review: Review, month: Period) -> tuple[int, int]:
    """Payouts paid in the month, and those of them that the bank received."""
    rows = Payout.objects.filter(at(review, "channel__entity"), day__range=(month.start, month.end)).exclude(amount=0)
    return rows.filter(line_parts__isnull=False).distinct().count(), rows.count()


def fresh_rates(review: Review, month: Period) -> tuple[int, int]:
    """Currencies of the month's orders, and those with a rate that is not old."""
    days = Order.objects.filter(at(review), day__range=(month.start, month.end))
    currencies = set(days.values_list("currency", flat=True).distinct().order_by())
    home = home_of(review.entity)
    missing = rates.without_rate(rates.rule("month"), currencies, home, month.end)
    return len(currencies) - len(missing), len(currencies)


def home_of(entity: Entity | None) -> str:
    """The currency of an entity, or of the company."""
    return entity.currency if entity else Company.objects.values_list("currency", flat=True).first() or "USD"


def postings(review: Review, month: Period) -> tuple[int, int]:
    """Accounts of pay and overhead posted to in the month before, and those of them posted to in this one."""
    rows = Posting.objects.filter(at(review), account__line__in=(Line.PAY, Line.OVERHEAD))
    before, now = posted(rows, month.previous()), posted(rows, month)
    return len(before & now), len(before)


def posted(rows: Any, month: Period) -> set[int]:
    """The accounts posted to in a month."""
    return set(rows.filter(day__range=(month.start, month.end)).values_list("account", flat=True).order_by().distinct())


def comments(review: Review, _month: Period) -> tuple[int, int]:
    """Variances over their limits, and those of them explained."""
    rows = notes_of(review)
    return rows.exclude(comment="").count(), rows.count()


def forecast(_review: Review, month: Period) -> tuple[int, int]:
    """A forecast or a reforecast that knows the month."""
    runs = ForecastRun.objects.filter(origin__gt=month.end, done_at__isnull=False).exists()
    again = Budget.objects.filter(kind=Budget.REFORECAST, actual_to__gte=month.start).exists()
    return int(runs or again), 1


def closed(_review: Review, month: Period) -> tuple[int, int]:
    """The month is closed."""
    return int(is_closed(month.start)), 1


COUNTS: dict[str, Callable[[Review, Period], tuple[int, int]]] = {
    "facts": facts, "fees": fees, "payouts": payouts, "rates": fresh_rates, "postings": postings, "comments": comments,
    "forecast": forecast, "closed": closed,
}  # fmt: skip
