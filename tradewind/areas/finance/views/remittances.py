"""What balances rest on beside the facts: the currency of each entity, and what was paid to tax offices and within the group."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.actions import balances as actions
from tradewind.areas.finance.forms.balances import FunctionalCurrencyFields, RemittanceFields
from tradewind.areas.finance.models import FunctionalCurrency, Remittance
from tradewind.areas.finance.queries.balances_shown import VIEW
from tradewind.engines.access.scope import visible
from tradewind.nouns.org.models import Entity
from tradewind.nouns.org.queries import reader
from tradewind.ui.pages import ActionPage, Choice, Col, DayRange, DetailPage, FormPage, ListPage, Ref


class RemittanceList(ListPage[Remittance]):
    """What entities paid to tax offices and to each other."""

    area, stem = "finance", "remittance"
    title, icon, read, guide = _("Tax and group payments"), "building-bank", VIEW, "cash"
    columns = [
        Col("day", _("Paid on"), kind="day", sort="day", link=True),
        Col("kind", _("Kind"), value="get_kind_display", sort="kind"),
        Col("entity", _("Entity that paid"), kind="localtext", value="entity.name"),
        Col("partner", _("Paid to"), kind="localtext", value="partner.name"),
        Col("amount", _("Amount"), kind="money", sort="amount"),
        Col("until", _("Tax until and with"), kind="day", sort="until"),
        Col("note", _("Note"), hidden=True),
    ]
    filters = [
        Choice("kind", _("Kind"), Remittance.KINDS),
        Ref("entity", _("Entity that paid"), lambda request: Entity.objects.all(), search="code"),
        DayRange("day", _("Paid on")),
    ]
    default_order = "-day"
    primary, primary_code = "finance:remittance-new", "finance.save_remittance"
    primary_label = _("New payment")
    empty = _("Write down until when sales tax was paid, and what entities paid each other: balances begin from there.")

    def rows(self, request: HttpRequest) -> QuerySet[Remittance]:
        return visible(reader(request), VIEW, Remittance.objects.all()).select_related("entity", "partner")


class RemittanceDetail(DetailPage[Remittance]):
    of = RemittanceList
    title = "get_kind_display"
    facts = RemittanceList.columns
    actions = ["finance:remittance-edit", "finance:remittance-remove"]


class RemittanceForm(FormPage[Remittance]):
    of = RemittanceList
    title, edit_title = _("New tax or group payment"), _("Edit the payment")
    form = RemittanceFields
    save = actions.save_remittance


class RemittanceRemove(ActionPage[Remittance]):
    of, verb = RemittanceList, "remove"
    title, button, icon = _("Remove the payment"), _("Remove"), "trash"
    text = _("Balances count as if it had never been paid.")
    action, danger = actions.remove_remittance, True
    leads = "list"


class FunctionalCurrencyList(ListPage[FunctionalCurrency]):
    """Which currency each entity keeps its balances in, and since when."""

    area, stem, plural = "finance", "functional_currency", "functional-currencies"
    title, icon, read, guide = _("Functional currencies"), "currency", "finance.view_rates", "cash"
    columns = [
        Col("entity", _("Entity"), kind="localtext", value="entity.name", sort="entity__code", link=True),
        Col("since", _("From this month on"), kind="day", sort="since"),
        Col("currency", _("Functional currency")),
        Col("by", _("By"), kind="person"),
        Col("at", _("Set"), kind="moment", sort="at"),
    ]
    filters = [Ref("entity", _("Entity"), lambda request: Entity.objects.all(), search="code")]
    default_order = "-since"
    primary, primary_code = "finance:functional_currency-set", "finance.set_functional_currency"
    primary_label = _("Change an entity’s currency")
    empty = _(
        "Every entity keeps its balances in its own currency. Change one from a month on: closed months stay as they are."
    )

    def rows(self, request: HttpRequest) -> QuerySet[FunctionalCurrency]:
        return visible(reader(request), "finance.view_rates", FunctionalCurrency.objects.all()).select_related(
            "entity", "by"
        )


class FunctionalCurrencyDetail(DetailPage[FunctionalCurrency]):
    of = FunctionalCurrencyList
    title = "entity.name"
    facts = FunctionalCurrencyList.columns
    actions = ["finance:functional_currency-remove"]


class FunctionalCurrencySet(ActionPage[FunctionalCurrency]):
    of, verb = FunctionalCurrencyList, "set"
    title, button = _("Change an entity’s currency"), _("Save")
    text = _("It holds from the month on; earlier months keep the one before, and closed months never change.")
    action, form, with_row, in_menu = actions.set_functional_currency, FunctionalCurrencyFields, False, False
    leads = "list"


class FunctionalCurrencyRemove(ActionPage[FunctionalCurrency]):
    of, verb = FunctionalCurrencyList, "remove"
    title, button, icon = _("Take the change back"), _("Take back"), "trash"
    text = _("The entity keeps its balances in the currency it had before.")
    action, danger = actions.remove_functional_currency, True
    leads = "list"


PAGES = (
    RemittanceList, RemittanceDetail, RemittanceForm, RemittanceRemove,
    FunctionalCurrencyList, FunctionalCurrencyDetail, FunctionalCurrencySet, FunctionalCurrencyRemove,
)  # fmt: skip
