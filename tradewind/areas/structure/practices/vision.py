"""How structure knows that the vision reaches everybody: sessions people came to, and reminders they read."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import F, Max
from django.utils.translation import gettext_lazy as _

from tradewind.areas.structure.models import BroadcastMessage, Receipt
from tradewind.areas.structure.queries import campaigns
from tradewind.engines.practices.practice import Evidence, Part, Scope, link, practice

YEAR, IN_TIME = timedelta(days=366), timedelta(days=3)
MOST, HALF, MANY = Decimal("0.9"), Decimal("0.5"), Decimal("0.8")


@practice(
    "structure.vision-sessions",
    after=("library.publish_text", "meetings.record_attendance", "meetings.hold_meeting", "structure.start_broadcast"),
)
def vision_sessions(now: datetime) -> dict[Scope, Evidence]:
    """Members who came, within a year, to a session on the wording of the vision that is in force; by market."""
    if not campaigns.visions():
        return {Scope(): Evidence()}
    return {
        Scope(market=market): Evidence(
            (
                Part("attended", _("Members who came to a session on the vision in force"), done, due,
                     link=link("structure:broadcast-list"), good_from=MOST, bad_below=HALF),
            )
        )
        for market, (done, due) in campaigns.attendance_by_market(now - YEAR, now).items()
    }  # fmt: skip


@practice(
    "structure.vision-reminders",
    after=("library.publish_text", "structure.send_messages", "structure.read_broadcast"),
)
def vision_reminders(now: datetime) -> Evidence:
    """The vision in force is spoken of every month, and people read the last message within three days."""
    visions = campaigns.visions()
    sent = Receipt.objects.filter(message__broadcast__document__in=visions, sent_at__lte=now)
    told = sent.values("message__broadcast__document").distinct().count()
    newest = sent.aggregate(last=Max("sent_at"))["last"]
    last = BroadcastMessage.objects.filter(receipts__in=sent).order_by("-day", "-pk").first()
    rows = sent.filter(message=last) if last is not None else Receipt.objects.none()
    in_time = rows.filter(read_at__lte=F("sent_at") + IN_TIME).count()
    waited = rows.filter(sent_at__lt=now - IN_TIME).exclude(read_at__lte=F("sent_at") + IN_TIME).count()
    return Evidence(
        (
            Part("sent", _("Visions that were spoken of"), told, len(visions), last=newest, link=link("structure:broadcast-list")),
            Part("read", _("Readers of the last message within three days"), in_time, in_time + waited,
                 link=link("structure:broadcast-detail", last.broadcast_id) if last else "", good_from=MANY, bad_below=HALF),
        ),
        seen=newest,
    )  # fmt: skip
