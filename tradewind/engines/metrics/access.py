"""Who may see closed months, wishes, watches and promises, and who may set them."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tradewind.engines.access.registry import codes, default_role, subject
from tradewind.engines.metrics.corners import metric_name, read_where
from tradewind.engines.metrics.models import Alert, Close, Effect, Fall, Target, Watch
from tradewind.nouns.org.models import Person

codes(
    "metrics",
    view_close=_("See which months are closed"),
    view_target=_("See targets"),
    view_watch=_("See watches and alerts"),
    view_effect=_("See promised and measured effects"),
)
AXES = {"entity": "entity_id", "market": "market_id", "self": "owner_id"}


def reads_alert(person: Person | None) -> Q:
    """An alert is read like its watch."""
    return Q(watch__in=Watch.objects.filter(read_where(person, "metrics.view_watch", Watch)))


def reads_fall(person: Person | None) -> Q:
    """A fall is read like its target."""
    return Q(target__in=Target.objects.filter(read_where(person, "metrics.view_target", Target)))


subject("metrics.close", model=Close, read="metrics.view_close", label=_("Closed month"), url="metrics:close-detail")
subject(
    "metrics.target", model=Target, read="metrics.view_target", label=_("Target"), axes=AXES, url="metrics:target-detail",
    title=lambda row: f"{metric_name(row)} {row.period}",
    reads=lambda person: read_where(person, "metrics.view_target", Target),
)  # fmt: skip
subject(
    "metrics.fall", model=Fall, read="metrics.view_target", label=_("Target behind"), reads=reads_fall,
    axes={"entity": "target__entity_id", "market": "target__market_id", "self": "target__owner_id"},
)  # fmt: skip
subject(
    "metrics.watch", model=Watch, read="metrics.view_watch", label=_("Watch"), axes=AXES, url="metrics:watch-detail",
    reads=lambda person: read_where(person, "metrics.view_watch", Watch),
)  # fmt: skip
subject(
    "metrics.alert", model=Alert, read="metrics.view_watch", label=_("Alert"), reads=reads_alert,
    axes={"entity": "watch__entity_id", "market": "watch__market_id", "self": "watch__owner_id"},
)  # fmt: skip
subject(
    "metrics.effect", model=Effect, read="metrics.view_effect", label=_("Effect"), axes=AXES, url="metrics:effect-detail",
    reads=lambda person: read_where(person, "metrics.view_effect", Effect),
)  # fmt: skip
for role in ("general_manager", "country_manager", "finance", "auditor"):
    default_role(role, ["metrics.view_close", "metrics.view_target", "metrics.view_watch", "metrics.view_effect"])
for role in ("general_manager", "finance"):
    default_role(role, ["metrics.close_month", "metrics.ask_reopening", "metrics.reopen_month", "metrics.keep_closed"])
for role in ("general_manager", "country_manager", "finance"):
    default_role(role, [f"metrics.{verb}" for verb in (
        "set_target", "remove_target", "save_watch", "remove_watch", "promise_effect", "remove_effect",
    )])  # fmt: skip
for role in ("marketer", "team_lead", "buyer"):
    default_role(role, ["metrics.view_target", "metrics.view_watch", "metrics.save_watch", "metrics.remove_watch"])
