"""Settings › Closed months: which months are settled, what came late for them, who asked to open one again."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tradewind.engines.access.scope import visible
from tradewind.engines.metrics import actions
from tradewind.engines.metrics.forms import MonthFields, ReasonFields
from tradewind.engines.metrics.models import Close, LateSale
from tradewind.ui.pages import ActionPage, Choice, Col, DetailPage, ListPage, Section

TONES = {Close.CLOSED: "good", Close.ASKED: "attention", Close.OPEN: "neutral"}


class CloseList(ListPage[Close]):
    area, stem, section, plural = "metrics", "close", "settings", "months"
    title, icon = _("Closed months"), "lock"
    read = "metrics.view_close"
    columns = [
        Col("month", _("Month"), value=str, sort="month", link=True),
        Col("state", _("State"), kind="chip", value="get_state_display", tone=lambda row: TONES[row.state]),
        Col("closed_at", _("Closed"), kind="moment", sort="closed_at"),
        Col("closed_by", _("Closed by"), kind="person"),
        Col("asked_by", _("Reopening asked by"), kind="person"),
        Col("reason", _("Reason"), hidden=True),
    ]
    filters = [Choice("state", _("State"), Close.STATES)]
    default_order = "-month"
    searchable = False
    primary, primary_label, primary_code = "metrics:close-do", _("Close a month"), "metrics.close_month"
    empty = _("Close a month when its numbers are settled: what comes later then counts in the first open month.")

    def rows(self, request: HttpRequest) -> QuerySet[Close]:
        rows = visible(getattr(request, "person", None), "metrics.view_close", Close.objects.all())
        return rows.select_related("closed_by", "asked_by", "opened_by")


def late_days(_request: HttpRequest, row: Close) -> QuerySet[LateSale]:
    """What was posted late for the days of a month."""
    inside = {"cause_day__year": row.month.year, "cause_day__month": row.month.month}
    return (
        LateSale.objects.filter(withdrawn_at=None, **inside).select_related("market", "channel").order_by("-at", "-pk")
    )


class CloseDetail(DetailPage[Close]):
    of = CloseList
    title = str
    facts = [
        *CloseList.columns[1:],
        Col("opened_at", _("Opened again"), kind="moment"),
        Col("opened_by", _("Opened by"), kind="person"),
    ]
    sections = [
        Section(
            _("Came after the month was closed"),
            rows=late_days,
            columns=[
                Col("cause_day", _("Belongs to"), kind="day"),
                Col("day", _("Counts on"), kind="day"),
                Col("market", _("Market"), value="market.name", kind="localtext"),
                Col("channel", _("Channel"), value="channel.name"),
                Col("net", _("Net revenue"), kind="money", currency="currency",
                    value=lambda row: row.sales_net + row.credits_net - row.refunds_net),
                Col("fees", _("Fees"), kind="money", currency="currency", value="fees"),
                Col("cause", _("Cause")),
            ],
            empty=_("Nothing came later."),
        )
    ]  # fmt: skip
    actions = ["metrics:close-ask", "metrics:close-reopen", "metrics:close-keep"]


class CloseDo(ActionPage[Close]):
    """Closes a month."""

    of, verb, with_row, icon = CloseList, "do", False, "lock"
    title, button = _("Close a month"), _("Close")
    text = _("Its numbers are counted once more and then stay. What comes later counts on the first open day.")
    form, action = MonthFields, actions.close_month


class CloseAsk(ActionPage[Close]):
    """Asks for a month to be opened."""

    of, verb, icon = CloseList, "ask", "lock-question"
    title, button = _("Ask to open this month again"), _("Ask to open again")
    text = _("Another person must agree.")
    form, action = ReasonFields, actions.ask_reopening
    states = (Close.CLOSED,)


class CloseReopen(ActionPage[Close]):
    """Agrees to open a month."""

    of, verb, icon, danger = CloseList, "reopen", "lock-open", True
    title, button = _("Open this month again"), _("Open again")
    text = _("Its numbers count its facts as they are now; what was posted later for it is taken back.")
    action = actions.reopen_month
    states = (Close.ASKED,)


class CloseKeep(ActionPage[Close]):
    """Turns the wish down."""

    of, verb, icon = CloseList, "keep", "lock-check"
    title, button = _("Keep this month closed"), _("Keep closed")
    action = actions.keep_closed
    states = (Close.ASKED,)


PAGES = (CloseList, CloseDetail, CloseDo, CloseAsk, CloseReopen, CloseKeep)
