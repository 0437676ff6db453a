"""Mail set-up and the ledger of what was sent."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tradewind.engines.inbox import actions, queries
from tradewind.engines.inbox.models import Delivery
from tradewind.engines.inbox.tell import mail_is_set_up
from tradewind.ui.pages import ActionPage, Bool, Choice, Col, DayRange, DetailPage, ListPage, Page

TONES = {
    Delivery.WAITING: "info", Delivery.SENDING: "info", Delivery.SENT: "good", Delivery.SKIPPED: "neutral",
    Delivery.FAILED: "bad",
}  # fmt: skip


class MailSetup(Page):
    """How mail leaves, what came of it lately, and a test."""

    area, section, name, path, read = "inbox", "settings", "mail", "settings/mail/", "inbox.view_delivery"
    title, icon, template = _("Mail and chat"), "mail-cog", "inbox/mail_setup.html"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        security = "TLS" if settings.EMAIL_USE_SSL else "STARTTLS" if settings.EMAIL_USE_TLS else ""
        rows = queries.deliveries(request.person)  # type: ignore[attr-defined]
        return {
            "set_up": mail_is_set_up(),
            "host": settings.EMAIL_HOST,
            "port": settings.EMAIL_PORT,
            "security": security,
            "user": settings.EMAIL_HOST_USER,
            "sender": settings.DEFAULT_FROM_EMAIL,
            "counts": rows.aggregate(
                sent=Count("pk", filter=Q(state=Delivery.SENT)),
                waiting=Count("pk", filter=Q(state__in=[Delivery.WAITING, Delivery.SENDING])),
                failed=Count("pk", filter=Q(state=Delivery.FAILED)),
                override=Count("pk", filter=Q(override=True)),
            ),
            "may_test": request.may("inbox.send_test_message"),  # type: ignore[attr-defined]
        }


class MailTest(ActionPage[Delivery]):
    """Sends oneself a test message and shows the server's answer."""

    area, section, stem, verb, plural, with_row = "inbox", "settings", "mail", "test", "settings/mail", False
    title, button, icon = _("Send me a test message"), _("Send"), "send"
    action = actions.send_test_message

    def finish(self, request: HttpRequest, row: Any) -> HttpResponseBase:
        if row.state == Delivery.SENT:
            messages.success(request, gettext("The mail server took the message. Look into your mailbox."))
        else:
            messages.error(request, gettext("The mail server's answer: %(answer)s") % {"answer": row.error})
        return HttpResponseRedirect(reverse("inbox:mail"))

    def after(self, row: Any) -> str:
        return reverse("inbox:mail")


def purpose_of(row: Delivery) -> str:
    """What a message was: its notice's kind, or what else it carried."""
    if row.notice is not None:
        return str(row.notice.kind)
    return {"code": gettext("Sign-in code or invitation"), "test": gettext("Test")}.get(row.purpose, row.purpose)


class DeliveryList(ListPage[Delivery]):
    """The ledger: one line for each notice, person and route out of the house."""

    area, section, stem, plural = "inbox", "settings", "delivery", "settings/deliveries"
    read = "inbox.view_delivery"
    title, icon = _("Sent messages"), "mail-forward"
    columns = [
        Col("created", _("Written"), kind="moment", value="created_at", sort="created_at", link=True),
        Col("person", _("To"), kind="person"),
        Col("route", _("Route"), value="get_route_display", sort="route"),
        Col("purpose", _("Purpose"), value=purpose_of),
        Col("state", _("State"), kind="chip", value="get_state_display", tone=lambda row: TONES[row.state]),
        Col("not_before", _("Not before"), kind="moment"),
        Col("sent_at", _("Sent"), kind="moment", sort="sent_at"),
        Col("attempts", _("Tries"), kind="number", sort="attempts"),
        Col("override", _("In quiet hours"), kind="bool"),
        Col("error", _("Answer"), hidden=True),
    ]
    filters = [
        Choice("state", _("State"), Delivery.STATES),
        Choice("route", _("Route"), Delivery.ROUTES[1:]),
        DayRange("created_at", _("Written")),
        Bool("override", _("In quiet hours")),
    ]
    default_order = "-pk"
    searchable = False
    empty = _("What Tradewind sends by mail and chat is listed here.")

    def rows(self, request: HttpRequest) -> QuerySet[Delivery]:
        return queries.deliveries(request.person)  # type: ignore[attr-defined]


class DeliveryDetail(DetailPage[Delivery]):
    """One message and what the server said."""

    of = DeliveryList
    facts = [*DeliveryList.columns, Col("message_id", _("Message number"))]
    actions = ["inbox:delivery-retry"]
    slots = ()
    title = purpose_of


class DeliveryRetry(ActionPage[Delivery]):
    """Sends a failed message again."""

    of = DeliveryList
    verb = "retry"
    title, button, icon = _("Send again"), _("Send again"), "refresh"
    action = actions.retry_delivery

    @classmethod
    def offered(cls, row: Any) -> bool:
        return bool(row.state == Delivery.FAILED and row.notice_id)
