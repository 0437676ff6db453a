"""What a person fills in about goals, key results, check-ins and grades."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from tradewind.areas.structure.queries.goals import LIVE, fiscal_start, objectives
from tradewind.base.errors import Refused
from tradewind.base.money import CURRENCIES
from tradewind.base.period import Period
from tradewind.engines.metrics import rates
from tradewind.engines.metrics.question import may_see
from tradewind.engines.metrics.registry import METRICS
from tradewind.nouns.goals.models import Horizon, KeyResult, Level, Objective, ResultKind
from tradewind.nouns.org.models import Entity, Market, Person, Team
from tradewind.nouns.trade.models import Channel
from tradewind.ui.fields import CurrencyFormField, LocalTextFormField, country_choices

YES, NO = "1", "0"


def people() -> QuerySet[Person]:
    """Those a goal can belong to."""
    return Person.objects.filter(active=True)


def amount(label: Any, **more: Any) -> forms.DecimalField:
    """A value of a key result; it may be negative."""
    return forms.DecimalField(label=label, max_digits=18, decimal_places=4, **more)


class GoalFields(forms.Form):
    """A goal: what, whose, for when, and what it serves."""

    title = LocalTextFormField(
        label=_("Goal"), max_length=200, help_text=_("What will be true at the end? Short, and one thing.")
    )
    description = forms.CharField(
        label=_("Why, and what it covers"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    level = forms.ChoiceField(label=pgettext_lazy("goal", "Level"), choices=Level.choices)
    horizon = forms.ChoiceField(label=_("Horizon"), choices=Horizon.choices)
    period = forms.CharField(
        label=_("Period"), max_length=24, help_text=_("2026-Q4, 2026-11, 2026, or from and to: 2026-01-01..2028-12-31.")
    )
    owner = forms.ModelChoiceField(label=_("Owner"), queryset=Person.objects.none(), required=False)
    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.filter(active=True), required=False)
    market = forms.ModelChoiceField(label=_("Market"), queryset=Market.objects.all(), required=False)
    entity = forms.ModelChoiceField(label=_("Entity"), queryset=Entity.objects.all(), required=False)
    parents = forms.ModelMultipleChoiceField(
        label=_("Serves"),
        queryset=Objective.objects.none(),
        required=False,
        help_text=_("One goal or several that this one leads to."),
    )
    weight = forms.IntegerField(
        label=_("Weight"),
        min_value=0,
        max_value=100,
        initial=1,
        help_text=_("How much it counts beside other goals of its owner."),
    )

    def __init__(self, *args: Any, person: Person, row: Objective | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owners, parents = people(), objectives(person).filter(state__in=LIVE)
        if row is not None:
            held = row.links.filter(parent__isnull=False).values("parent")
            owners = Person.objects.filter(pk=row.owner_id or 0) | owners
            parents = objectives(person).filter(pk__in=held) | parents.exclude(pk=row.pk)
        self.fields["owner"].queryset = owners  # type: ignore[attr-defined]
        choices: Any = self.fields["parents"]
        choices.queryset = parents.select_related(None).order_by("-start", "id")
        choices.label_from_instance = lambda goal: f"{goal.title} · {goal.period}"

    def clean_period(self) -> str:
        """The code as it is written."""
        text = str(self.cleaned_data["period"]).strip()
        try:
            return Period.parse(text, fiscal_start()).code
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal

    def clean_parents(self) -> list[Objective]:
        """As a list."""
        return list(self.cleaned_data["parents"])


class ResultFields(forms.Form):
    """A key result: what is counted, from where to where, or which metric says it."""

    title = LocalTextFormField(label=_("Key result"), max_length=200)
    metric = forms.ChoiceField(
        label=_("Counted by"), required=False, help_text=_("A metric keeps the value up to date; else people check in.")
    )
    market = forms.ModelChoiceField(label=_("Market"), queryset=Market.objects.all(), required=False)
    entity = forms.ModelChoiceField(label=_("Entity"), queryset=Entity.objects.all(), required=False)
    channels = forms.ModelMultipleChoiceField(label=_("Channels"), queryset=Channel.objects.all(), required=False)
    countries = forms.MultipleChoiceField(label=_("Countries"), required=False)
    kind = forms.ChoiceField(label=pgettext_lazy("key result", "Kind"), choices=ResultKind.choices, required=False)
    unit = forms.CharField(label=_("Unit"), max_length=40, required=False)
    currency = CurrencyFormField(label=_("Currency"), required=False)
    rate = forms.ChoiceField(label=_("Exchange rate"), required=False)
    start = amount(pgettext_lazy("key result", "Start"), initial=0, required=False)
    target = amount(
        pgettext_lazy("key result", "Target"),
        required=False,
        help_text=_("Below the start for what should shrink. Per cents as points: 25 for 25 %."),
    )
    low = amount(_("Not below"), required=False)
    high = amount(_("Not above"), required=False)
    weight = forms.IntegerField(label=_("Weight"), min_value=0, max_value=100, initial=1)
    owner = forms.ModelChoiceField(label=_("Owner"), queryset=Person.objects.none(), required=False)

    def __init__(self, *args: Any, person: Person, row: KeyResult | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owners = people() if row is None else Person.objects.filter(pk=row.owner_id or 0) | people()
        self.fields["owner"].queryset = owners  # type: ignore[attr-defined]
        kept = row.metric if row is not None else ""
        self._choose("metric", [("", gettext("People check in")), *metrics_for(person, kept)])
        self._choose("countries", country_choices()[1:])
        self._choose("rate", [("", gettext("Rate of the day; of monthly numbers, of the month")), *rates.choices()])

    def _choose(self, name: str, choices: Iterable[tuple[str, Any]]) -> None:
        field: Any = self.fields[name]
        field.choices = list(choices)

    def clean(self) -> dict[str, Any]:
        """Cuts from their two fields; a value left out is zero for the start."""
        values = super().clean() or self.cleaned_data
        channels, countries = values.pop("channels", None) or [], values.pop("countries", None) or []
        cuts = {"channel": sorted(one.pk for one in channels), "country": sorted(countries)}
        values["cuts"] = {name: found for name, found in cuts.items() if found}
        values["start"] = values.get("start") or Decimal(0)
        values["kind"] = values.get("kind") or ResultKind.NUMBER
        return values


def metrics_for(person: Person, kept: str = "") -> list[tuple[str, Any]]:
    """The metrics a person may see somewhere, by name; the one that is bound already stays."""
    seen = [(one.id, str(one.label)) for one in METRICS.values() if one.id == kept or may_see(person, one)]
    return sorted(seen, key=lambda pair: pair[1])


class CheckInFields(forms.Form):
    """Where a key result stands today, in its own unit, and how sure one is that its target will be reached."""

    value = amount(_("Value today"))
    confidence = forms.IntegerField(label=_("Confidence"), min_value=0, max_value=100, required=False)
    comment = forms.CharField(label=_("In a few words"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, result: KeyResult, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["confidence"].suffix = "%"  # type: ignore[attr-defined]
        if result.metric:
            del self.fields["value"]
        elif result.kind == ResultKind.YESNO:
            self.fields["value"] = forms.ChoiceField(label=_("Reached?"), choices=[(YES, _("Yes")), (NO, _("Not yet"))])
        else:
            self.fields["value"].suffix = unit_words(result)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A yes as a number."""
        values = super().clean() or self.cleaned_data
        if isinstance(values.get("value"), str):
            values["value"] = Decimal(values["value"])
        return values


def unit_words(result: KeyResult) -> str:
    """What stands behind a value of a key result."""
    if result.kind == ResultKind.MONEY:
        return str(CURRENCIES[result.currency].code) if result.currency in CURRENCIES else result.currency
    return "%" if result.kind == ResultKind.PERCENT else result.unit


def period_of(row: Objective) -> Period:
    """The period of a goal; its plain days where the code is of another fiscal year than today's."""
    try:
        return Period.parse(row.period, fiscal_start())
    except Refused:
        return Period(row.start, row.end)


class GradeFields(forms.Form):
    """The grade of a goal that is over, what was learnt, and whether what is left goes on."""

    grade = forms.DecimalField(
        label=_("Grade"),
        min_value=0,
        max_value=1,
        max_digits=5,
        decimal_places=4,
        help_text=_("From 0 to 1; the score of the key results is filled in."),
    )
    retrospective = forms.CharField(
        label=_("Looking back"), required=False, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What worked, what did not, what we will do differently."),
    )  # fmt: skip
    carry_to = forms.ChoiceField(label=_("What was not reached"), required=False)

    def __init__(self, *args: Any, row: Objective, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        following = period_of(row).next()
        field: Any = self.fields["carry_to"]
        field.choices = [("", gettext("Stays behind")), *((one.code, gettext("Goes on in %(period)s") % {"period": one.code})
                                                   for one in (following, following.next()))]  # fmt: skip


class AskFields(forms.Form):
    """What a goal needs of another team."""

    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.filter(active=True))
    wish = forms.CharField(label=_("What you need of them"), widget=forms.Textarea(attrs={"rows": 3}))


class AnswerFields(forms.Form):
    """A team's answer to what another goal needs of it."""

    accept = forms.TypedChoiceField(
        label=_("Answer"),
        choices=[(YES, _("Accept")), (NO, _("Refuse"))],
        coerce=lambda value: value == YES,
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=_("In a few words"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Say why when you refuse."),
    )


class HandOverFields(forms.Form):
    """Who goes on with a person's goals."""

    to = forms.ModelChoiceField(label=_("To whom"), queryset=Person.objects.none())

    def __init__(self, *args: Any, row: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = people().exclude(pk=row.pk)  # type: ignore[attr-defined]
