"""The ledger: postings with their way to post and to take back, accounts, outside codes, allocation rules, unit costs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tradewind.areas.finance.actions import accounts as account_actions
from tradewind.areas.finance.actions import allocation, ledger, unit_costs
from tradewind.areas.finance.forms.ledger import (
    PART_NAMES,
    AccountFields,
    AllocationFields,
    CodeFields,
    CostFields,
    PostingFields,
    ReasonFields,
)
from tradewind.areas.finance.models import Account, AccountCode, AllocationRule, Line, Posting
from tradewind.areas.finance.queries import ledger as queries
from tradewind.engines.access.scope import visible
from tradewind.nouns.org.models import Entity, Market, Team
from tradewind.nouns.org.queries import reader
from tradewind.nouns.trade.models import Product, UnitCost
from tradewind.ui.pages import (
    ActionPage,
    Bool,
    Choice,
    Col,
    DayRange,
    DetailPage,
    FormPage,
    ListPage,
    Page,
    Ref,
    Section,
    Text,
)

KIND_NAMES = {
    Posting.LEDGER: _("outside ledger"), Posting.HAND: _("by hand"), Posting.CLAIM: _("claim"), Posting.BILL: _("bill"),
    Posting.LATE: _("late facts"), Posting.INTERCOMPANY: _("within the group"),
}  # fmt: skip


class PostingList(ListPage[Posting]):
    """The ledger."""

    area, stem = "finance", "posting"
    title, icon, read = _("Postings"), "book-2", "finance.view_profit"
    guide = "profit"
    columns = [
        Col("day", _("Counts on"), kind="day", sort="day", link=True),
        Col("account", _("Account"), kind="localtext", value="account.name"),
        Col("amount", _("Amount"), kind="money", sort="amount"),
        Col("text", pgettext_lazy("ledger", "Text")),
        Col("entity", _("Entity"), kind="localtext", value="entity.name"),
        Col("market", _("Market"), kind="localtext", value="market.name"),
        Col("supplier", _("Supplier")),
        Col("kind", _("Kind"), value=lambda row: str(KIND_NAMES[row.kind])),
        Col("fact_day", _("Happened on"), kind="day", sort="fact_day", hidden=True),
        Col("account_code", _("Account code"), value="account.code", hidden=True),
        Col("line", _("Line of the statement"), value="account.get_line_display", hidden=True),
        Col("team", _("Team"), kind="localtext", value="team.name", hidden=True),
        Col("channel", _("Channel"), value="channel.name", hidden=True),
        Col("partner", _("Other company of the group"), kind="localtext", value="partner.name", hidden=True),
        Col("document", _("Document number"), hidden=True),
        Col("source", _("Source"), hidden=True),
        Col("source_line", _("Line of the file"), kind="number", hidden=True),
    ]
    filters = [
        DayRange("day", _("Counts on")),
        Ref(
            "account",
            _("Account"),
            lambda request: queries.accounts(reader(request)).order_by("position"),
            search="code",
        ),
        Choice("line", _("Line of the statement"), Line.choices, field="account__line"),
        Choice("kind", _("Kind"), list(KIND_NAMES.items())),
        Ref("entity", _("Entity"), lambda request: Entity.objects.all(), search="code"),
        Ref(
            "market",
            _("Market"),
            lambda request: visible(reader(request), "market.view_market", Market.objects.all()),
            search="code",
        ),
        Ref("team", _("Team"), lambda request: Team.objects.all(), search="code"),
        Text("supplier", _("Supplier")),
        Bool("within", _("Within the group"), apply=lambda rows, value: rows.filter(partner__isnull=not value)),
    ]
    default_order = "-day"
    primary, primary_code = "finance:posting-new", "finance.add_posting"
    primary_label = _("Post by hand")
    empty = _(
        "Pay, rent and other costs that come by no other file stand here: post them by hand or import your ledger."
    )

    def rows(self, request: HttpRequest) -> QuerySet[Posting]:
        return queries.postings(reader(request))

    def search(self, rows: QuerySet[Posting], text: str) -> QuerySet[Posting]:
        return rows.filter(Q(text__icontains=text) | Q(supplier__icontains=text) | Q(document__istartswith=text))


def cause_url(row: Posting) -> str:
    """The posting that this one corrects."""
    return reverse("finance:posting-detail", args=[row.cause_id]) if row.cause_id else ""


class PostingDetail(DetailPage[Posting]):
    of = PostingList
    title = "text"
    facts = [
        *PostingList.columns,
        Col("cause", _("Takes back"), value=lambda row: str(row.cause.day) if row.cause else "", link=cause_url),
        Col("by", _("Posted by"), value="by.name"),
        Col("at", _("Posted"), kind="moment"),
    ]
    sections = [
        Section(
            _("Taken back by"),
            rows=lambda request, row: queries.postings(reader(request)).filter(cause=row),
            columns=PostingList.columns[:4],
            url=lambda row: reverse("finance:posting-detail", args=[row.pk]),
            empty=_("It stands. A posting is never changed: it is taken back by its opposite."),
        )
    ]
    actions = ["finance:posting-reverse"]


class PostingForm(FormPage[Posting]):
    of = PostingList
    title = _("Post by hand")
    form = PostingFields
    create = ledger.add_posting

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {name: request.GET[name] for name in ("account", "day", "entity", "market") if name in request.GET}


class PostingReverse(ActionPage[Posting]):
    of, verb = PostingList, "reverse"
    title, button = _("Take the posting back"), _("Take back")
    text = _("Its opposite is posted on the same day, or on the first open day when that month is closed.")
    action, form, icon, danger = ledger.reverse_posting, ReasonFields, "arrow-back-up", True

    @classmethod
    def offered(cls, row: Posting) -> bool:
        """Whether it can be taken back by hand."""
        own = row.kind in (Posting.HAND, Posting.LEDGER, Posting.INTERCOMPANY)
        return own and row.cause_id is None and not row.corrections.exists()


class AccountList(ListPage[Account]):
    """The account tree."""

    area, stem = "finance", "account"
    title, icon, read = _("Accounts"), "list-tree", "finance.view_account"
    guide = "profit"
    columns = [
        Col("position", pgettext_lazy("order", "Position"), kind="number", sort="position", hidden=True),
        Col("name", _("Name"), kind="localtext", link=True),
        Col("code", _("Code"), sort="code"),
        Col("line", _("Line of the statement"), value="get_line_display", sort="line"),
        Col("parent", _("Part of"), kind="localtext", value="parent.name"),
        Col("fixed", _("Fixed"), kind="bool"),
        Col("code_count", _("Outside codes"), kind="number"),
        Col("active", _("In use"), kind="bool", hidden=True),
    ]
    filters = [
        Choice("line", _("Line of the statement"), Line.choices),
        Bool("fixed", _("Fixed")),
        Bool("active", _("In use")),
    ]
    default_order = "position"
    primary, primary_code = "finance:account-new", "finance.save_account"
    empty = _("The accounts that a company starts with come with its first setup.")

    def rows(self, request: HttpRequest) -> QuerySet[Account]:
        return queries.accounts(reader(request))

    def search(self, rows: QuerySet[Account], text: str) -> QuerySet[Account]:
        return rows.filter(Q(code__icontains=text) | Q(name__icontains=text))


class AccountDetail(DetailPage[Account]):
    of = AccountList
    title = "name"
    facts = AccountList.columns
    sections = [
        Section(
            _("Outside codes that lead here"),
            rows=lambda request, row: queries.codes(reader(request)).filter(account=row),
            columns=[
                Col("system", _("System")),
                Col("outside", _("Outside code")),
                Col("entity", _("Entity"), kind="localtext", value="entity.name"),
            ],
            empty=_("None yet."),
        ),
        Section(
            _("Latest postings"),
            rows=lambda request, row: queries.postings(reader(request)).filter(account=row),
            columns=[col for col in PostingList.columns[:6] if col.name != "account"],
            url=lambda row: reverse("finance:posting-detail", args=[row.pk]),
            read="finance.view_profit",
            limit=20,
            more=lambda row: f"{reverse('finance:posting-list')}?account={row.pk}",
            empty=_("Nothing was posted here; facts of trade are counted without postings."),
        ),
    ]
    actions = ["finance:account-edit"]


class AccountForm(FormPage[Account]):
    of = AccountList
    title, edit_title = _("New account"), _("Edit account")
    form = AccountFields
    save = account_actions.save_account


class CodeList(ListPage[AccountCode]):
    """Outside codes and the accounts they lead to."""

    area, stem = "finance", "code"
    title, icon, read = _("Outside codes"), "arrows-join", "finance.view_account"
    guide = "profit"
    columns = [
        Col("system", _("System"), sort="system"),
        Col("outside", _("Outside code"), sort="outside"),
        Col("account", _("Account"), kind="localtext", value="account.name"),
        Col("line", _("Line of the statement"), value="account.get_line_display"),
        Col("entity", _("Entity"), kind="localtext", value="entity.name"),
    ]
    filters = [
        Text("system", _("System")),
        Choice("line", _("Line of the statement"), Line.choices, field="account__line"),
    ]
    default_order = "outside"
    primary, primary_code = "finance:code-map", "finance.map_code"
    primary_label = _("Name an account")
    empty = _("Kinds of fee and account numbers of outside ledgers that you name accounts for stand here.")

    def rows(self, request: HttpRequest) -> QuerySet[AccountCode]:
        return queries.codes(reader(request))

    def search(self, rows: QuerySet[AccountCode], text: str) -> QuerySet[AccountCode]:
        return rows.filter(outside__icontains=text)


class CodeMap(ActionPage[AccountCode]):
    of, verb = CodeList, "map"
    title, button = _("Name an account for an outside code"), _("Save")
    text = _(
        "Months that are open are counted anew with it; in closed ones the difference is posted on the first open day."
    )
    action, form, with_row, in_menu = account_actions.map_code, CodeFields, False, False

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {name: request.GET[name] for name in ("system", "outside", "account", "entity") if name in request.GET}

    def after(self, row: Any) -> str:
        return reverse("finance:unmapped")


class UnmappedFees(Page):
    """Kinds of fee that no account is named for."""

    area, name, path = "finance", "unmapped", "codes/unmapped/"
    title, icon, template = _("Fees without an account"), "alert-triangle", "finance/unmapped.html"
    read, guide = "finance.view_fees", "profit"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        rows = queries.unmapped(queries.fees_seen(reader(request)))
        return {"rows": rows, "may_map": request.may("finance.map_code"), "map_url": reverse("finance:code-map")}  # type: ignore[attr-defined]


class AllocationList(ListPage[AllocationRule]):
    """The versions of allocation rules."""

    area, stem = "finance", "allocation"
    title, icon, read = _("Allocation rules"), "chart-pie-3", "finance.view_profit"
    guide = "profit"
    columns = [
        Col(
            "account",
            _("Account"),
            value=lambda row: str(row.account.name) if row.account else str(_("All other accounts")),
        ),
        Col("number", _("Version"), kind="number", sort="number"),
        Col("start", _("From month"), kind="day", sort="start"),
        Col("base", _("Shared out by"), value="get_base_display"),
        Col(
            "shares",
            _("Fixed shares"),
            value=lambda row: ", ".join(f"{code} {share}" for code, share in row.shares.items()),
        ),
        Col(
            "axis",
            _("Shares of"),
            value=lambda row: row.get_axis_display() if row.shares else "",
        ),
        Col("reason", _("Reason")),
        Col("by", _("Set by"), value="by.name"),
    ]
    default_order = "-start"
    primary, primary_code = "finance:allocation-set", "finance.set_allocation"
    primary_label = _("New version")
    empty = _("Overhead stays where it was posted until a rule says by what it is shared out.")

    def rows(self, request: HttpRequest) -> QuerySet[AllocationRule]:
        return queries.allocations(reader(request))


class AllocationSet(ActionPage[AllocationRule]):
    of, verb = AllocationList, "set"
    title, button = _("New version of an allocation rule"), _("Save")
    text = _("Earlier versions keep the months before; a closed month keeps the rule it was closed with.")
    action, form, with_row, in_menu = allocation.set_allocation, AllocationFields, False, False


class UnitCostList(ListPage[UnitCost]):
    """What units of products cost."""

    area, stem = "finance", "unit_cost"
    title, icon, read = _("Unit costs"), "coins", "finance.view_costs"
    guide = "profit"
    columns = [
        Col("product", _("Product"), value="product.sku", sort="product__sku"),
        Col("title", _("Name"), value="product.title"),
        Col("part", _("Part of the cost"), value=lambda row: str(dict(PART_NAMES)[row.part])),
        Col("market", _("Market"), kind="localtext", value="market.name"),
        Col("valid_from", _("From day"), kind="day", sort="valid_from"),
        Col("valid_to", _("Until"), kind="day"),
        Col("amount", _("Cost of one unit"), kind="money", sort="amount"),
        Col("source", _("Source"), hidden=True),
    ]
    filters = [
        Ref("product", _("Product"), lambda request: Product.objects.order_by("key"), search="sku"),
        Choice("part", _("Part of the cost"), PART_NAMES),
        Ref(
            "market",
            _("Market"),
            lambda request: visible(reader(request), "market.view_market", Market.objects.all()),
            search="code",
        ),
        Bool("now", _("In force"), apply=lambda rows, value: rows.filter(valid_to__isnull=value)),
    ]
    default_order = "-valid_from"
    primary, primary_code = "finance:unit_cost-set", "finance.set_costs"
    primary_label = _("Set a cost")
    empty = _("Import a sheet of cost prices or set one by hand: without costs there is no margin.")

    def rows(self, request: HttpRequest) -> QuerySet[UnitCost]:
        return queries.unit_costs(reader(request))

    def search(self, rows: QuerySet[UnitCost], text: str) -> QuerySet[UnitCost]:
        return rows.filter(Q(product__sku__istartswith=text) | Q(product__title__icontains=text))


class UnitCostSet(ActionPage[UnitCost]):
    of, verb = UnitCostList, "set"
    title, button = _("Set a cost"), _("Save")
    text = _("It holds until the day before the next one of the same part begins.")
    action, form, with_row, in_menu = unit_costs.set_costs, CostFields, False, False

    def arguments(self, form: forms.BaseForm) -> dict[str, Any]:
        assert isinstance(form, CostFields)  # noqa: S101
        return {"costs": [unit_costs.Cost(**form.costs(), source="hand")]}

    leads = "list"


class UnitCostRemove(ActionPage[UnitCost]):
    of, verb = UnitCostList, "remove"
    title, button = _("Take a cost back"), _("Take back")
    action, icon, danger = unit_costs.remove_cost, "trash", True
    leads = "list"


class UnitCostDetail(DetailPage[UnitCost]):
    of = UnitCostList
    title = "product.sku"
    facts = UnitCostList.columns
    actions = ["finance:unit_cost-remove"]


PAGES = (
    PostingList, PostingDetail, PostingForm, PostingReverse, AccountList, AccountDetail, AccountForm, UnmappedFees, CodeMap, CodeList,
    AllocationSet, AllocationList, UnitCostSet, UnitCostList, UnitCostDetail, UnitCostRemove,
)  # fmt: skip
