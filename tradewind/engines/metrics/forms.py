"""What people fill in to wish for, watch and promise a number."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tradewind.engines.metrics import rates
from tradewind.engines.metrics.models import Corner, Rule
from tradewind.engines.metrics.question import may_see
from tradewind.engines.metrics.registry import METRICS
from tradewind.nouns.org.models import Entity, Market, Person
from tradewind.nouns.trade.models import Channel
from tradewind.ui.fields import CurrencyFormField, country_choices

CORNER = ("market", "entity", "channels", "countries", "currency", "rate")


def amount(label: Any, **more: Any) -> forms.DecimalField:
    """A value in the metric's unit."""
    return forms.DecimalField(label=label, max_digits=18, decimal_places=4, **more)


class CornerFields(forms.Form):
    """A metric and the corner of the company it is looked at in."""

    metric = forms.ChoiceField(label=_("Metric"))
    market = forms.ModelChoiceField(label=_("Market"), queryset=Market.objects.all(), required=False)
    entity = forms.ModelChoiceField(label=_("Entity"), queryset=Entity.objects.all(), required=False)
    channels = forms.ModelMultipleChoiceField(label=_("Channels"), queryset=Channel.objects.all(), required=False)
    countries = forms.MultipleChoiceField(label=_("Countries"), required=False)
    currency = CurrencyFormField(label=_("Currency"), required=False)
    rate = forms.ChoiceField(label=_("Exchange rate"), required=False)
    owner = forms.ModelChoiceField(label=_("Owner"), queryset=Person.objects.none(), required=False)

    def __init__(self, *args: Any, person: Person | None, row: Corner | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        kept = row.metric if row is not None else ""
        seen = [(one.id, str(one.label)) for one in METRICS.values() if one.id == kept or may_see(person, one)]
        fields["metric"].choices = sorted(seen, key=lambda pair: pair[1])
        fields["countries"].choices = country_choices()[1:]
        fields["rate"].choices = rates.choices()
        owners: QuerySet[Person] = Person.objects.filter(active=True)
        if row is not None and row.owner_id:
            owners = owners | Person.objects.filter(pk=row.owner_id)
        fields["owner"].queryset = owners
        if row is None and person is not None:
            fields["owner"].initial = person.pk

    def clean(self) -> dict[str, Any]:
        """Cuts from their two fields."""
        values = super().clean() or self.cleaned_data
        channels, countries = values.pop("channels", None) or [], values.pop("countries", None) or []
        cuts: dict[str, list[Any]] = {"channel": sorted(one.pk for one in channels), "country": sorted(countries)}
        values["cuts"] = {name: found for name, found in cuts.items() if found}
        values["rate"] = values.get("rate") or "day"
        return values


def first_values(row: Corner, names: tuple[str, ...]) -> dict[str, Any]:
    """A stored corner as its form wants it: units as decimals, cuts as their two fields."""
    found: dict[str, Any] = {
        name: getattr(row, name) for name in ("metric", "market", "entity", "currency", "rate", "owner")
    }
    found |= {"channels": row.cuts.get("channel", []), "countries": row.cuts.get("country", [])}
    for name in names:
        value = getattr(row, name)
        found[name] = Decimal(value).scaleb(-4).normalize() if isinstance(value, int) and name in AMOUNTS else value
    return found


AMOUNTS = frozenset({"goal", "line", "limit", "promised"})


class TargetFields(CornerFields):
    """What a number should be over a period."""

    period = forms.CharField(label=_("Period"), max_length=32, help_text=_("Such as 2026-Q4, 2026-11, 2026 or FY2026."))
    goal = amount(_("Target"), help_text=_("In the unit of the metric; per cents as points: 25 for 25 %."))
    line = amount(
        pgettext_lazy("watch", "Limit"),
        required=False,
        help_text=_("Not below it, or not above it where less is better."),
    )
    patience = forms.IntegerField(
        label=_("Ask the owner after days behind"), min_value=0, max_value=90, initial=3, required=False,
        help_text=_("0: at once; empty: never."),
    )  # fmt: skip
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
    field_order = ("metric", "period", "goal", "line", *CORNER, "owner", "patience", "note")


class WatchFields(CornerFields):
    """What to be told about."""

    name = forms.CharField(label=_("Name"), max_length=120)
    rule = forms.ChoiceField(label=_("Tell me when it"), choices=[
        (Rule.BELOW, _("is below the limit")), (Rule.ABOVE, _("is above the limit")),
        (Rule.FALLS, _("falls by the limit, in per cent")), (Rule.RISES, _("rises by the limit, in per cent")),
        (Rule.SILENT, _("has no data")),
    ])  # fmt: skip
    limit = amount(
        pgettext_lazy("watch", "Limit"),
        required=False,
        help_text=_("In the unit of the metric; per cents as points: 25 for 25 %."),
    )
    days = forms.IntegerField(label=_("Over how many days"), min_value=1, max_value=366, initial=7,
                              help_text=_("The last whole days; a change is against as many days before. A number counted by month looks at whole months, one for each 30 days."))  # fmt: skip
    active = forms.BooleanField(label=_("Watch it now"), required=False, initial=True)
    field_order = ("name", "metric", "rule", "limit", "days", *CORNER, "owner", "active")


class EffectFields(CornerFields):
    """What a change promises of a number."""

    title = forms.CharField(label=_("What is changed"), max_length=160)
    base_start = forms.DateField(label=_("Compared with the days from"))
    base_end = forms.DateField(label=_("to"))
    start = forms.DateField(label=_("Changed from"))
    end = forms.DateField(label=_("Measured to"))
    promised = amount(
        _("Promised change"),
        help_text=_("Over all days after the change, against the pace before; per cents as points. Less is negative."),
    )
    control = forms.ModelChoiceField(
        label=_("Market without the change"), queryset=Market.objects.all(), required=False,
        help_text=_("Its own growth is taken out."),
    )  # fmt: skip
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
    field_order = (
        "title",
        "metric",
        "base_start",
        "base_end",
        "start",
        "end",
        "promised",
        *CORNER,
        "control",
        "owner",
        "note",
    )


class MonthFields(forms.Form):
    """Any day of the month to close."""

    month = forms.DateField(label=_("Month"), help_text=_("Any day of it."), widget=forms.DateInput)


class ReasonFields(forms.Form):
    """Why a month must be opened again."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
