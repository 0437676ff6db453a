"""Pages of vision campaigns: written, started, read, and only shown to whom they concern."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from tradewind.areas.structure.actions.campaigns import save_broadcast, send_messages, spread_message, start_broadcast
from tradewind.areas.structure.models import Broadcast, Receipt
from tradewind.areas.structure.tests.test_campaigns import short_check
from tradewind.areas.structure.tests.test_goal_files import body_of
from tradewind.areas.structure.tests.test_views import signed_in
from tradewind.base import clock
from tradewind.engines.library.factories import published
from tradewind.engines.meetings.models import Meeting
from tradewind.nouns.org.models import Market

pytestmark = pytest.mark.django_db


def sent(broadcast: Broadcast) -> None:
    """Everything of a campaign has gone out, whatever time it is."""
    start_broadcast.system(broadcast)
    message = broadcast.messages.get(day=broadcast.starts_on)
    spread_message.system(broadcast, message=message)
    send_messages.system(broadcast, receipts=list(Receipt.objects.all()))


def campaign(**given: Any) -> Broadcast:
    """A campaign from today on."""
    today = clock.today("UTC")
    facts: dict[str, Any] = {"title": {"en": "Where we go"}, "message": {"en": "First words"}, "starts_on": today,
                             "deadline": today + timedelta(days=20), **given}  # fmt: skip
    return save_broadcast.system(None, document=published("Vision", "Far away.", kind="structure.vision"), **facts)


def test_campaign_is_written_with_a_rhythm_started_and_ended() -> None:
    client, me = signed_in("general_manager")
    document = published("Vision", kind="structure.vision")
    first = clock.today("UTC") + timedelta(days=1)
    values = {"title_en": "Where we go", "title_zh_hans": "方向", "document": document.pk, "message_en": "Read it", "rhythm": "7",
              "starts_on": first.isoformat(), "deadline": (first + timedelta(days=15)).isoformat(),
              "reminders": (first + timedelta(days=2)).isoformat()}  # fmt: skip
    bad = client.post(reverse("structure:broadcast-new"), {**values, "reminders": "soon"})
    assert bad.status_code == 422 and "reminders" in bad.context["form"].errors
    assert not Broadcast.objects.exists()
    answer = client.post(reverse("structure:broadcast-new"), values)
    assert answer.status_code == 302, answer.context["form"].errors
    row = Broadcast.objects.get()
    assert [(one.day - first).days for one in row.messages.all()] == [0, 2, 7, 14]
    assert row.owner == me
    word = reverse("structure:broadcast-word", args=[row.pk])
    worded = client.post(word, {"day": (first + timedelta(days=7)).isoformat(), "text_en": "Own"})
    assert worded["Location"] == reverse("structure:broadcast-detail", args=[row.pk])
    assert client.post(reverse("structure:broadcast-start", args=[row.pk])).status_code == 302
    session = {"starts_at": "2030-01-07T09:00", "zone": "Asia/Shanghai", "length": 45}
    planned = client.post(reverse("structure:broadcast-session", args=[row.pk]), session)
    assert Meeting.objects.get().attendances.count() == 1
    assert planned["Location"] == reverse("meetings:meeting-detail", args=[Meeting.objects.get().pk])
    page = client.get(reverse("structure:broadcast-detail", args=[row.pk]))
    text = page.content.decode()
    assert "Own" in text and "Reached" in text
    edited = client.get(reverse("structure:broadcast-edit", args=[row.pk]))
    assert edited.context["form"].initial["message"] == {"en": "Read it"}
    assert client.post(reverse("structure:broadcast-stop", args=[row.pk])).status_code == 302
    row.refresh_from_db()
    assert row.state == Broadcast.ENDED


def test_reader_opens_it_and_has_read_it() -> None:
    client, me = signed_in("member")
    row = campaign(survey=short_check())
    address = reverse("structure:broadcast-read", args=[row.pk])
    assert client.get(address).status_code == 404
    sent(row)
    page = client.get(address)
    text = page.content.decode()
    assert "First words" in text and "Far away." in text
    assert reverse("surveys:wave-answer", args=[Broadcast.objects.get().wave_id]) in text
    assert Receipt.objects.get(person=me).read_at is not None
    assert client.get(reverse("structure:broadcast-list")).status_code == 403
    assert client.get(reverse("structure:broadcast-file", args=[row.pk, "csv"])).status_code == 403
    stranger, _who = signed_in("buyer")
    assert stranger.get(address).status_code == 404


def test_manager_of_a_market_sees_its_people_alone() -> None:
    germany = Market.objects.create(code="de", name={"en": "Germany"}, currency="EUR")
    japan = Market.objects.create(code="jp", name={"en": "Japan"}, currency="JPY")
    _client, inside = signed_in("member", germany)
    _client, outside = signed_in("marketer", japan)
    manager, _me = signed_in("country_manager", germany)
    row = campaign()
    sent(row)
    text = manager.get(reverse("structure:broadcast-detail", args=[row.pk])).content.decode()
    assert str(inside) in text and str(outside) not in text
    assert manager.get(reverse("structure:broadcast-edit", args=[row.pk])).status_code in (403, 404)
    answer = manager.get(reverse("structure:broadcast-file", args=[row.pk, "csv"]))
    lines = body_of(answer).decode()
    assert str(inside) in lines and str(outside) not in lines


def test_who_is_missing_is_told_by_group() -> None:
    client, _me = signed_in("general_manager")
    _client, late = signed_in("member")
    row = campaign()
    sent(row)
    address = reverse("structure:broadcast-detail", args=[row.pk])
    assert str(late) in client.get(address, {"by": "country", "missing": "read"}).content.decode()
    Receipt.objects.filter(person=late).update(read_at=clock.now())
    data = client.get(address, {"missing": "nonsense", "group": "999"}).content.decode()
    assert "Nobody is missing here." in data
