"""Settings › Exchange rates: the bank's history with its age, and the company's own sets."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tradewind.areas.finance import actions
from tradewind.areas.finance.forms.rates import RateFields, RateFile, RateKey, RateSetEdit, RateSetFields
from tradewind.areas.finance.queries import rates as queries
from tradewind.base import clock
from tradewind.base.money import CURRENCIES
from tradewind.engines.metrics import rates
from tradewind.nouns.trade.models import Rate, RateSet
from tradewind.ui.charts import Chart, Series
from tradewind.ui.pages import ActionPage, Choice, Col, DayRange, DetailPage, FormPage, ListPage, Page, Section, Text

KIND_NAMES = {RateSet.FIXED: gettext_lazy("Fixed"), RateSet.DAILY: gettext_lazy("By day")}


def exact(row: Rate) -> Decimal:
    """A stored rate as a decimal."""
    return Decimal(row.value).scaleb(-8).normalize()


class EcbRates(Page):
    """The European Central Bank's rates: newest of each currency with its age, and the history of one."""

    area, name, path, section = "finance", "ecb", "rates/ecb/", "settings"
    title, icon, template = gettext_lazy("ECB exchange rates"), "building-bank", "finance/ecb.html"
    read = "finance.view_rates"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        today = clock.today(getattr(request, "zone", "UTC"))
        latest = queries.latest_rates(today)
        known = [row.currency for row in latest]
        asked = request.GET.get("currency", "USD")
        currency = asked if asked in known else "USD"
        last = rates.last_published()
        return {
            "latest": latest, "currency": currency, "choices": [(code, CURRENCIES[code].name) for code in known],
            "chart": history_chart(currency, queries.history(currency, today)), "last": last, "age": (today - last).days,
            "old": (today - last).days > rates.OLD_AFTER, "old_after": rates.OLD_AFTER,
            "may_load": request.may("finance.load_ecb_rates"),  # type: ignore[attr-defined]
        }  # fmt: skip


def history_chart(currency: str, quotes: Any) -> Chart:
    """A currency's rate per euro over time."""
    return Chart(
        title=_("%(currency)s for one euro") % {"currency": currency}, kind="line", unit=currency,
        period=f"{quotes[0][0]} – {quotes[-1][0]}" if quotes else "", categories=[day.isoformat() for day, _rate in quotes],
        series=[Series(f"currency:{currency}", currency, [rate for _day, rate in quotes])], additive=False,
        category_label=_("Day"), places=4,
    )  # fmt: skip


class EcbLoad(ActionPage[RateSet]):
    area, stem, verb, plural, section = "finance", "ecb", "load", "rates/ecb", "settings"
    title, button = gettext_lazy("Load newer ECB rates"), gettext_lazy("Load")
    text = gettext_lazy(
        "Take the file eurofxref-hist.csv from the European Central Bank. Days that came with the product stay as they are."
    )
    action, code = actions.load_ecb_rates, "finance.load_ecb_rates"
    form, with_row = RateFile, False

    def arguments(self, form: forms.BaseForm) -> dict[str, Any]:
        return {"quotes": form.cleaned_data["file"].quotes, "source": "ECB"}

    def finish(self, request: HttpRequest, row: Any) -> HttpResponseBase:
        told_result(request, row)
        return HttpResponseRedirect(reverse("finance:ecb"))


def told_result(request: HttpRequest, result: Any) -> None:
    """Say what a load did."""
    counts = {"new": result.new, "changed": result.changed, "same": result.same}
    text = ngettext(
        "%(new)s new rate, %(changed)s changed, %(same)s as before",
        "%(new)s new rates, %(changed)s changed, %(same)s as before",
        result.new,
    )
    messages.success(request, text % counts)


class RateSetList(ListPage[RateSet]):
    area, stem, section = "finance", "rate_set", "settings"
    title, icon = gettext_lazy("Rate sets"), "arrows-exchange"
    read = "finance.view_rates"
    columns = [
        Col("code", gettext_lazy("Code"), sort="code", link=True),
        Col("name", gettext_lazy("Name"), sort="name"),
        Col("kind", gettext_lazy("Kind"), value=lambda row: KIND_NAMES[row.kind]),
        Col("base", gettext_lazy("Base currency"), sort="base"),
        Col("rate_count", gettext_lazy("Rates"), kind="number"),
        Col("newest", gettext_lazy("Newest"), kind="day"),
    ]
    default_order = "code"
    primary, primary_code = "finance:rate_set-new", "finance.create_rate_set"
    empty = gettext_lazy("ECB rates work without any set. Add one for plan rates, or for rates your bank gives you.")

    def rows(self, request: HttpRequest) -> QuerySet[RateSet]:
        return queries.rate_sets(request.person)  # type: ignore[attr-defined]

    def search(self, rows: QuerySet[RateSet], text: str) -> QuerySet[RateSet]:
        return rows.filter(code__icontains=text)


class RateSetDetail(DetailPage[RateSet]):
    of = RateSetList
    title = "name"
    facts = RateSetList.columns
    sections = [
        Section(
            gettext_lazy("Newest rates"),
            rows=lambda request, row: row.rates.order_by("-day", "currency"),
            columns=[
                Col("currency", gettext_lazy("Currency")),
                Col("day", gettext_lazy("From day"), kind="day"),
                Col("value", gettext_lazy("Rate"), kind="number", value=exact, places=6),
                Col("source", gettext_lazy("Source")),
                Col("updated_at", gettext_lazy("Changed"), kind="moment"),
            ],
            more=lambda row: f"{reverse('finance:rate-list')}?rate_set={row.pk}",
            empty=gettext_lazy("No rates yet: set one by hand or load a file."),
        )
    ]
    actions = ["finance:rate_set-set", "finance:rate_set-load", "finance:rate_set-remove", "finance:rate_set-edit"]


class RateSetForm(FormPage[RateSet]):
    of = RateSetList
    title, edit_title = gettext_lazy("New rate set"), gettext_lazy("Edit rate set")
    form = RateSetFields
    create, update = actions.create_rate_set, actions.update_rate_set

    def build(self, request: HttpRequest, row: Any, data: Any = None) -> forms.BaseForm:
        if row is None:
            return super().build(request, row, data)
        return EditForm().build(request, row, data)


class EditForm(FormPage[RateSet]):
    """The form of a set that exists; not a page of its own."""

    form = RateSetEdit


class RateSetOne(ActionPage[RateSet]):
    of, verb = RateSetList, "set"
    title, button = gettext_lazy("Set a rate"), gettext_lazy("Set rate")
    action, form, icon = actions.set_rate, RateFields, "pencil-plus"
    leads = "list"


class RateSetLoad(ActionPage[RateSet]):
    of, verb = RateSetList, "load"
    title, button = gettext_lazy("Load a file of rates"), gettext_lazy("Load file")
    action, form, icon = actions.load_rates, RateFile, "upload"

    def arguments(self, form: forms.BaseForm) -> dict[str, Any]:
        return {
            "quotes": form.cleaned_data["file"].quotes,
            "source": str(getattr(form.files["file"], "name", ""))[:120],
        }

    def finish(self, request: HttpRequest, row: Any) -> HttpResponseBase:
        told_result(request, row)
        return HttpResponseRedirect(reverse("finance:rate_set-list"))


class RateSetRemove(ActionPage[RateSet]):
    of, verb = RateSetList, "remove"
    title, button = gettext_lazy("Remove a rate"), gettext_lazy("Remove rate")
    action, form, icon, danger = actions.remove_rate, RateKey, "trash", True
    leads = "list"


def set_choices(request: Any) -> list[tuple[int, str]]:
    """The rate sets a person may see."""
    return list(queries.rate_sets(request.person).values_list("pk", "name"))


class RateList(ListPage[Rate]):
    area, stem, section = "finance", "rate", "settings"
    title, icon = gettext_lazy("Rates"), "list-numbers"
    read = "finance.view_rates"
    columns = [
        Col("rate_set", gettext_lazy("Rate set"), value="rate_set.name"),
        Col("currency", gettext_lazy("Currency"), sort="currency"),
        Col("day", gettext_lazy("From day"), kind="day", sort="day"),
        Col("value", gettext_lazy("Rate"), kind="number", value=exact, places=6),
        Col("source", gettext_lazy("Source")),
        Col("updated_at", gettext_lazy("Changed"), kind="moment", sort="updated_at"),
    ]
    filters = [
        Choice("rate_set", gettext_lazy("Rate set"), set_choices),
        Text("currency", gettext_lazy("Currency")),
        DayRange("day", gettext_lazy("From day")),
    ]
    default_order = "-day"
    empty = gettext_lazy("Rates of your own sets appear here.")

    def rows(self, request: HttpRequest) -> QuerySet[Rate]:
        return queries.rates_in(request.person)  # type: ignore[attr-defined]


PAGES = (
    EcbRates, EcbLoad, RateList, RateSetList, RateSetDetail, RateSetForm, RateSetOne, RateSetLoad, RateSetRemove,
)  # fmt: skip
