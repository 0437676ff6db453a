"""Money of goals in one currency: by the plan rates of the year, else by monthly averages, always told which."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tradewind.base.money import Money, from_units
from tradewind.engines.metrics import rates
from tradewind.nouns.goals.models import KeyResult, ResultKind
from tradewind.nouns.org.models import Company
from tradewind.nouns.trade.models import RateSet

MONTH = "month"
PLANS = ("plan", "budget")


def plan_rule(year: int) -> rates.Rule:
    """The rule by which goals of a year are compared.

    A fixed rate set called plan or budget with that year in its code; else the newest called so without another year; else
    the only fixed set there is; else the bank's monthly averages.
    """
    fixed = list(RateSet.objects.filter(kind=RateSet.FIXED).order_by("-id").values_list("code", flat=True))
    named = [code for code in fixed if code.lower().startswith(PLANS)]
    of_year = [code for code in named if str(year) in code]
    timeless = [code for code in named if not any(part.isdigit() and len(part) == 4 for part in code.split("-"))]
    chosen = of_year or timeless or (fixed if len(fixed) == 1 and not named else [])
    return rates.rule(chosen[0] if chosen else MONTH)


@dataclass(frozen=True, slots=True)
class Worth:
    """What money of key results is worth in the company's currency; `label` names the rate rule that was taken."""

    currency: str
    rule: rates.Rule | None
    label: str = ""

    @classmethod
    def for_results(cls, results: Iterable[KeyResult], today: date) -> Worth:
        """Ready for some key results; without money in another currency nothing is read."""
        currencies = {one.currency for one in results if one.kind == ResultKind.MONEY}
        home = Company.objects.values_list("currency", flat=True).first() if currencies else ""
        if not home or currencies <= {home}:
            return cls("", None)
        rule = plan_rule(today.year)
        return cls(home, rule, str(rule.label or rule.code))

    def of(self, result: KeyResult, units: int | None, day: date) -> Money | None:
        """The worth of some units of a money result on a day, rounded to what the currency is paid in.

        None for no amount, for the company's own currency and where there is no rate.
        """
        if self.rule is None or units is None or result.kind != ResultKind.MONEY or result.currency == self.currency:
            return None
        factor = self.rule.factor(day, result.currency, self.currency)
        return Money(from_units(units) * factor.value, self.currency).rounded() if factor else None
