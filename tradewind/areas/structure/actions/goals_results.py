"""How one sees that a goal is reached: key results, manual or bound to a metric, and check-ins on them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from tradewind.areas.structure.access import may_steer
from tradewind.areas.structure.actions.goals import CHECK, steered
from tradewind.areas.structure.actions.goals_readings import recount, unit_of
from tradewind.base import clock
from tradewind.base.errors import NotAllowed, NotFound, Refused
from tradewind.base.money import CURRENCIES, to_units
from tradewind.base.places import COUNTRIES
from tradewind.engines.access.scope import Scope
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.inbox.asking import settle_cause
from tradewind.engines.metrics import rates
from tradewind.engines.metrics.corners import months_fault
from tradewind.engines.metrics.question import reach
from tradewind.engines.metrics.registry import DAYS, METRICS, Metric
from tradewind.nouns.goals.models import CheckIn, GoalState, KeyResult, Objective, ResultKind
from tradewind.nouns.org.models import Company, Entity, Market, Person
from tradewind.nouns.org.queries import company_today
from tradewind.nouns.trade.models import Channel, Product

Faults = dict[str, Any]


@action(open_to_all=True)
def save_result(
    by: Person | None,
    result: KeyResult | None = None,
    *,
    objective: Objective,
    title: dict[str, str],
    kind: str = ResultKind.NUMBER,
    unit: str = "",
    currency: str = "",
    start: Decimal = Decimal(0),
    target: Decimal | None = None,
    low: Decimal | None = None,
    high: Decimal | None = None,
    weight: int = 1,
    owner: Person | None = None,
    metric: str = "",
    entity: Entity | None = None,
    market: Market | None = None,
    cuts: dict[str, list[Any]] | None = None,
    rate: str = "",
    key: str = "",
) -> KeyResult:
    """Set a key result of a goal, or change it.

    Percents are points (25 % is 25). With `metric` the kind follows the metric, and the value what it says for entity, market
    and `cuts` (`{"channel": [3], "country": ["DE"]}`), money in `currency` by the rule `rate` (day when blank). Binding
    needs the metric's right for the whole of that corner. Raises NotAllowed; Refused names the fields.
    """
    steered(by, objective)
    result = result or KeyResult(objective=objective, position=objective.results.count())
    if result.objective_id != objective.pk:
        raise Refused(_("This key result belongs to another goal."), code="other_goal")
    bounds = {"start": start, "target": target, "low": low, "high": high}
    place = {"metric": metric, "entity": entity, "market": market, "cuts": cuts or {}, "rate": rate}
    facts = {"title": {code: text.strip() for code, text in title.items() if text.strip()}, "kind": kind, "unit": unit.strip(),
             "currency": currency.upper(), "weight": weight, "owner": owner, **measured(objective, kind, currency.upper(), place),
             **{name: units(value) for name, value in bounds.items()}}  # fmt: skip
    if faults := faults_of(result, facts, key):
        raise Refused(_("Some fields are missing or not right."), fields=faults)
    return written(by, result, facts, key)


def measured(objective: Objective, kind: str, currency: str, place: dict[str, Any]) -> dict[str, Any]:
    """What a result is bound to, and the kind and currency that follow from it; nothing for a manual one."""
    metric = METRICS.get(place["metric"])
    if not place["metric"]:
        return {"metric": "", "entity": None, "market": None, "cuts": {}, "rate": ""}
    bound = {**place, "cuts": {name: list(values) for name, values in place["cuts"].items() if values}}
    if metric is None:
        return bound
    kind = ResultKind.RANGE if kind == ResultKind.RANGE else unit_of(metric)
    return {**bound, "kind": kind, "currency": money_of(metric, currency, objective, place["market"], place["entity"])}


def written(by: Person | None, result: KeyResult, facts: Mapping[str, Any], key: str) -> KeyResult:
    """Store a checked key result; a new binding needs its right and is read at once, a loosened one loses its readings."""
    before = binding(result)
    for field, value in facts.items():
        setattr(result, field, value)
    result.key = key or result.key
    if result.kind == ResultKind.YESNO:
        result.start, result.target = 0, to_units(1)
    fresh = bool(result.metric) and binding(result) != before
    if fresh:
        require_corner(by, result)
    result.save()
    if fresh or (result.metric and result.valued_at is None):
        recount([result])
    elif before[0] and not result.metric:
        result.check_ins.filter(reading=True).delete()
    return result


def units(value: Decimal | None) -> int | None:
    """A value as it is stored."""
    return None if value is None else to_units(value)


def binding(result: KeyResult) -> tuple[Any, ...]:
    """What a result is bound to."""
    cuts = repr(sorted(dict(result.cuts).items()))
    return (result.metric, result.entity_id, result.market_id, cuts, result.currency, result.rate)


def money_of(metric: Metric, given: str, objective: Objective, market: Market | None, entity: Entity | None) -> str:
    """The currency of a result bound to amounts, or to a share of amounts: the given one, else its corner's, else the company's."""
    if not metric.of_money:
        return ""
    places = (market, entity, objective.market, objective.entity, Company.objects.first())
    return given or next((one.currency for one in places if one), "")


def faults_of(result: KeyResult, facts: Mapping[str, Any], key: str) -> Faults:
    """Every field that is missing or not right."""
    faults: Faults = {}
    if not facts["title"]:
        faults["title"] = _("This field is required.")
    if not 0 <= facts["weight"] <= 100:
        faults["weight"] = _("A weight lies between 0 and 100.")
    if facts["kind"] not in ResultKind.values:
        faults["kind"] = _("This is not one of the choices.")
    if facts["currency"] and facts["currency"] not in CURRENCIES:
        faults["currency"] = _("Unknown currency: %(code)s") % {"code": facts["currency"]}
    elif facts["kind"] == ResultKind.MONEY and not facts["currency"]:
        faults["currency"] = _("This field is required.")
    if facts["owner"] is not None and not facts["owner"].active and facts["owner"].pk != result.owner_id:
        faults["owner"] = _("This person is not active.")
    if key and KeyResult.objects.filter(key=key).exclude(pk=result.pk).exists():
        faults["key"] = _("This code is taken.")
    return {**faults, **aim_faults(facts), **(metric_faults(result.objective, facts) if facts["metric"] else {})}


def aim_faults(facts: Mapping[str, Any]) -> Faults:
    """What is wrong with start, target or range."""
    if facts["kind"] == ResultKind.RANGE:
        low, high = facts["low"], facts["high"]
        if low is None and high is None:
            return {"low": _("This field is required.")}
        if low is not None and high is not None and low >= high:
            return {"high": _("The upper bound lies above the lower one.")}
        return {}
    if facts["kind"] == ResultKind.YESNO:
        return {}
    if facts["target"] is None:
        return {"target": _("This field is required.")}
    return {}


def metric_faults(goal: Objective, facts: Mapping[str, Any]) -> Faults:
    """What is wrong with a binding."""
    metric = METRICS.get(facts["metric"])
    if metric is None:
        return {"metric": _("There is no metric “%(name)s”.") % {"name": facts["metric"]}}
    if text := months_fault(metric, (goal.start, goal.end)):
        return {"metric": text}
    if metric.monthly and facts["rate"] == DAYS:
        return {"rate": _("What is counted by month has no rate of the day: use monthly averages or a set of rates.")}
    if facts["rate"]:
        try:
            rates.rule(facts["rate"])
        except NotFound as fault:
            return {"rate": fault.message}
    for name, values in facts["cuts"].items():
        if not known_cut(metric, name, values):
            return {"cuts": _("One cannot cut by “%(name)s”.") % {"name": name}}
    return {}


def known_cut(metric: Metric, name: str, values: list[Any]) -> bool:
    """Whether a metric can be limited to these values."""
    if name not in metric.cuts:
        return False
    if name == "country":
        return all(isinstance(value, str) and value in COUNTRIES for value in values)
    model: Any = {"channel": Channel, "product": Product}.get(name)
    numbers = [value for value in values if isinstance(value, int) and not isinstance(value, bool)]
    return bool(model) and len(numbers) == len(values) == model.objects.filter(pk__in=set(numbers)).count()


def require_corner(by: Person | None, result: KeyResult) -> None:
    """Raise NotAllowed unless the binder may see the metric in the whole corner; the product itself may."""
    if by is None:
        return
    metric, asked = METRICS[result.metric], Scope(result.entity_id, result.market_id)
    if not any(held.covers(asked) for held in reach(by, metric, asked)):
        raise NotAllowed(_("You may not see “%(metric)s” here.") % {"metric": metric.label})


@action(open_to_all=True)
def remove_result(by: Person | None, result: KeyResult) -> Bulk[Objective]:
    """Take a key result out of a goal.

    One on which people have checked in stays while the goal is published; with a weight of 0 it counts no more.
    """
    objective = result.objective
    steered(by, objective)
    if objective.state == GoalState.PUBLISHED and result.check_ins.filter(reading=False).exists():
        raise Refused(_("People have checked in here. Give it the weight 0 instead."), code="checked_in")
    title, pk = str(result.title), result.pk
    settle_cause(CHECK, str(pk))
    result.delete()
    return Bulk(objective, counts={"result": pk, "title": title}, subject=objective)


@action(open_to_all=True)
def check_in(
    by: Person | None,
    result: KeyResult,
    *,
    value: Decimal | None = None,
    confidence: int | None = None,
    comment: str = "",
    day: date | None = None,
) -> KeyResult:
    """Check in on a key result.

    Where it stands today, or stood on a `day` before. `value` for a manual one (yes or no is 1 or 0); a bound one has its value from the metric and takes only confidence
    (0 to 100) and words. Its owner, the goal's owner and who steers the goal may. Raises NotAllowed, Refused.
    """
    objective = result.objective
    if by is not None and by.pk not in (result.owner_id, objective.owner_id) and not may_steer(by, objective):
        raise NotAllowed(_("You may not check in here."))
    if objective.state != GoalState.PUBLISHED:
        raise Refused(_("Check-ins are for published goals."), code="not_published")
    day = day or today_of(by)
    if faults := check_in_faults(result, value, confidence, comment) | day_faults(objective, day, today_of(by)):
        raise Refused(_("Some fields are missing or not right."), fields=faults)
    row = CheckIn.objects.create(
        result=result, day=day, value=value_on(result, day) if result.metric else units(value), confidence=confidence,
        comment=comment.strip(), by=by, at=min(clock.now(), clock.day_bounds(day, "UTC")[1]),
    )  # fmt: skip
    if not result.check_ins.filter(reading=False, day__gt=day).exists():
        stand(result, row)
    settle_cause(CHECK, str(result.pk))
    return result


def today_of(by: Person | None) -> date:
    """Today where the actor is; at headquarters for the product itself."""
    return clock.today(by.zone) if by is not None else company_today()


def day_faults(objective: Objective, day: date, today: date) -> Faults:
    """What is wrong with the day of a check-in; today always goes."""
    if day == today or objective.start <= day < today:
        return {}
    return {"day": _("The day lies between the goal's first day and today.")}


def stand(result: KeyResult, row: CheckIn) -> None:
    """Let a result stand where its newest check-in says."""
    if not result.metric:
        result.value, result.valued_at = row.value, row.at
    result.confidence = result.confidence if row.confidence is None else row.confidence
    result.save(update_fields=["value", "valued_at", "confidence"])
    objective = result.objective
    objective.checked_at = max(row.at, objective.checked_at or row.at)
    objective.save(update_fields=["checked_at"])


def value_on(result: KeyResult, day: date) -> int | None:
    """What a bound result stood at: its value now, or the last reading up to a day before."""
    value: int | None = result.value
    if day < company_today():
        reading = result.check_ins.filter(reading=True, day__lte=day).order_by("-day").first()
        value = reading.value if reading else None
    return value


def check_in_faults(result: KeyResult, value: Decimal | None, confidence: int | None, comment: str) -> Faults:
    """What is wrong with a check-in."""
    faults: Faults = {}
    if result.metric and value is not None:
        faults["value"] = _("The metric gives the value.")
    if result.metric and confidence is None and not comment.strip():
        faults["comment"] = _("Say how sure you are, or a few words.")
    if not result.metric and value is None:
        faults["value"] = _("This field is required.")
    if result.kind == ResultKind.YESNO and value not in (None, 0, 1):
        faults["value"] = _("Yes is 1, no is 0.")
    if confidence is not None and not 0 <= confidence <= 100:
        faults["confidence"] = _("Confidence lies between 0 and 100.")
    return faults
