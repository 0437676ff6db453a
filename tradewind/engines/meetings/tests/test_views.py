"""Pages of meetings: what they show, whom they refuse, and that what is wrong is told and changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from icalendar import Calendar

from tradewind.base import clock
from tradewind.engines.inbox.actions import open_feed
from tradewind.engines.inbox.models import Todo
from tradewind.engines.meetings import actions
from tradewind.engines.meetings.factories import functions, meeting
from tradewind.engines.meetings.models import AgendaItem, Attendance, Decision, Meeting, Series
from tradewind.engines.meetings.tests.conftest import At, MakePerson
from tradewind.nouns.org.models import Market, Person, User

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(User.objects.create_user(person.email or "", "a long password", person=person))
    return client


def test_my_meetings_show_my_clock_and_that_of_others(at: At, person: MakePerson) -> None:
    host, guest = person("team_lead", "Ana"), person("member", "Wei", zone="Asia/Shanghai", country="CN")
    with at(START):
        made = meeting(host, starts_at=START + timedelta(hours=6), people=[guest])
        page = signed_in(guest).get("/meetings/").content.decode()
        assert "23:00" in page
        assert "Berlin" in page
        assert "16:00" in page
        there = signed_in(host).get(f"/meetings/meetings/{made.pk}/").content.decode()
        assert "Shanghai" in there
        assert "23:00" in there


def test_meeting_without_a_right_is_not_found(person: MakePerson) -> None:
    germany = Market.objects.create(code="de", name={"en": "Germany"}, currency="EUR", zone="Europe/Berlin")
    made = meeting(person("team_lead"), market=germany)
    japan = Market.objects.create(code="jp", name={"en": "Japan"}, currency="JPY", zone="Asia/Tokyo")
    for stranger, status in ((person("member", market=japan), 404), (person(), 403)):
        client = signed_in(stranger)
        assert client.get(f"/meetings/meetings/{made.pk}/").status_code == status
        assert client.get(f"/meetings/meetings/{made.pk}/calendar.ics").status_code == status
        for verb in ("decide", "assign", "hold", "invite", "cancel", "add", "answer"):
            assert client.post(f"/meetings/meetings/{made.pk}/{verb}/", {}).status_code == 404
        assert client.post(f"/meetings/minutes/{made.pk}/edit/", {"text": "x"}).status_code == 404
        assert client.get("/meetings/").status_code == 200


def test_guest_reads_and_adds_but_does_not_run(person: MakePerson) -> None:
    host, guest = person("team_lead"), person("member", market=Market.objects.create(code="de", name={"en": "Germany"}))
    made = meeting(host, people=[guest])
    client = signed_in(guest)
    page = client.get(f"/meetings/meetings/{made.pk}/").content.decode()
    assert f"/meetings/meetings/{made.pk}/decide/" not in page
    assert client.get(f"/meetings/meetings/{made.pk}/decide/").status_code == 403
    assert client.get(f"/meetings/minutes/{made.pk}/edit/").status_code == 403
    client.post(f"/meetings/meetings/{made.pk}/add/", {"title": "Returns", "length": "10"})
    client.post(f"/meetings/meetings/{made.pk}/answer/", {"answer": "maybe"})
    item = made.items.get()
    assert (item.title, item.length, item.owner) == ("Returns", 10, guest)
    assert made.attendances.get(person=guest).answer == "maybe"
    assert client.get(f"/meetings/items/{item.pk}/edit/").status_code == 200
    assert client.get(f"/meetings/items/{item.pk}/").headers["Location"].endswith(f"#item-{item.pk}")
    theirs = actions.add_item(host, made, title="Ads")
    assert client.get(f"/meetings/items/{theirs.pk}/edit/").status_code == 403


def test_series_form_tells_what_is_wrong_and_starts_one(person: MakePerson) -> None:
    boss, needed = person("general_manager"), functions(2)
    client = signed_in(boss)
    facts = {
        "title_en": "Trading review", "kind": "structure.cross", "rhythm": "monthly", "weekday": "1", "nth": "1", "at": "10:00",
        "zone": "Europe/Berlin", "length": "60", "starts_on": "2026-01-01", "active": "on", "functions": [needed[0].pk],
    }  # fmt: skip
    assert "Europe/Berlin" in client.get("/meetings/series/new/?kind=structure.cross").content.decode()
    refused = client.post("/meetings/series/new/", facts)
    assert refused.status_code == 422
    assert "at least 2 functions" in refused.content.decode()
    assert not Series.objects.exists()
    done = client.post("/meetings/series/new/", {**facts, "functions": [one.pk for one in needed]})
    made = Series.objects.get()
    assert done.headers["Location"] == f"/meetings/series/{made.pk}/"
    assert made.host == boss
    page = client.get(done.headers["Location"]).content.decode()
    assert "first Tuesday" in page
    assert "nobody" in page
    edited = client.post(f"/meetings/series/{made.pk}/edit/", {**facts, "functions": [one.pk for one in needed], "length": "30", "version": made.version})  # fmt: skip
    assert edited.status_code == 302
    assert {row.length for row in made.meetings.all()} == {30}


def test_host_closes_writes_decides_and_agrees(at: At, person: MakePerson) -> None:
    host, guest, walk_in = person("member", "Ana"), person("member", "Wei"), person("member", "Zoe")
    with at(START):
        made = meeting(host, starts_at=START - timedelta(hours=2), people=[guest])
        client, page = signed_in(host), f"/meetings/meetings/{made.pk}/"
        assert "is over" in client.get(page).content.decode()
        client.post(f"{page}hold/", {"present": [guest.pk], "others": [walk_in.pk]})
        assert set(made.attendances.filter(attended=True).values_list("person", flat=True)) == {guest.pk, walk_in.pk}
        client.post(
            f"{page}decide/", {"text": "Use **sea** freight", "decided_on": "2026-03-02", "decided_by": guest.pk}
        )
        decision = made.decisions.get()
        assert decision.decided_by == guest
        bad = client.post(f"{page}assign/", {"person": guest.pk, "title": "Ask", "due": "2026-03-01T10:00"})
        assert bad.status_code == 422
        assert not Todo.objects.filter(kind="meetings.follow_up").exists()
        client.post(f"{page}assign/", {"person": guest.pk, "title": "Ask the carrier", "due": "2026-03-05T10:00"})
        todo = Todo.objects.get(kind="meetings.follow_up")
        assert todo.due == datetime(2026, 3, 5, 9, tzinfo=UTC)
        made.refresh_from_db()
        client.post(f"/meetings/minutes/{made.pk}/edit/", {"text": "## Stock\n\n<script>x</script>low", "language": "en", "version": made.version})  # fmt: skip
        text = client.get(page).content.decode()
        assert "<h2>Stock</h2>" in text
        assert "<script>x" not in text
        assert "Ask the carrier" in text
        log = client.get("/meetings/decisions/?q=sea").content.decode()
        assert "sea" in log
        assert "Ask the carrier" in client.get("/meetings/follow-ups/").content.decode()
        client.post(f"{page}decide/?replaces={decision.pk}", {"text": "Use air freight", "decided_on": "2026-03-03", "replaces": decision.pk})  # fmt: skip
        assert "No longer in force" in client.get(f"/meetings/decisions/{decision.pk}/").content.decode()
        client.post(f"{page}withdraw/", {"key": todo.key})
        assert "Ask the carrier" not in client.get(page).content.decode()


def test_second_writer_of_minutes_sees_both_versions(person: MakePerson) -> None:
    host = person("team_lead")
    made = meeting(host)
    client = signed_in(host)
    form = {"text": "One", "language": "en", "version": made.version}
    assert client.post(f"/meetings/minutes/{made.pk}/edit/", form).status_code == 302
    second = client.post(f"/meetings/minutes/{made.pk}/edit/", {**form, "text": "Two"})
    assert second.status_code == 409
    made.refresh_from_db()
    assert made.minutes == "One"
    preview = client.post("/meetings/minutes/preview/", {"text": "**b** <img src=x onerror=y>"}).content.decode()
    assert "<strong>b</strong>" in preview
    assert "<img" not in preview


def test_new_meeting_is_planned_on_the_clock_of_who_plans_it(person: MakePerson) -> None:
    boss = person("general_manager", zone="Asia/Tokyo")
    facts = {
        "title_en": "Launch",
        "kind": "meetings.plain",
        "starts_at": "2030-01-10T09:00",
        "length": "45",
        "host": boss.pk,
    }
    signed_in(boss).post("/meetings/meetings/new/", facts)
    made = Meeting.objects.get()
    assert (made.starts_at, made.length, made.zone) == (datetime(2030, 1, 10, tzinfo=UTC), 45, "Asia/Tokyo")
    assert made.attendances.get().answer == Attendance.YES


def test_items_move_and_change_by_their_forms(person: MakePerson) -> None:
    host = person("team_lead")
    made = meeting(host)
    one, two = actions.add_item(host, made, title="One"), actions.add_item(host, made, title="Two")
    client = signed_in(host)
    client.post(f"/meetings/items/{two.pk}/move/", {"up": "1"})
    assert [row.title for row in made.items.all()] == ["Two", "One"]
    client.post(f"/meetings/items/{one.pk}/edit/", {"title": "First", "length": "", "owner": host.pk, "notes": "", "state": "done", "version": "1"})  # fmt: skip
    one.refresh_from_db()
    assert (one.title, one.state, one.owner) == ("First", AgendaItem.DONE, host)


def test_calendar_file_and_feed_hold_the_meeting(person: MakePerson) -> None:
    host, guest = person("team_lead"), person("member")
    made = meeting(host, people=[guest], link="https://meet.example.com/a")
    declined = meeting(host, people=[guest])
    actions.answer_invitation(guest, declined, answer="no")
    client = signed_in(guest)
    found = client.get(f"/meetings/meetings/{made.pk}/calendar.ics")
    event = Calendar.from_ical(found.content).walk("VEVENT")[0]
    assert (event.decoded("dtstart"), str(event["location"])) == (
        made.starts_at.replace(microsecond=0),
        "https://meet.example.com/a",
    )
    actions.cancel_meeting(host, made, reason="Fair")
    again = Calendar.from_ical(client.get(f"/meetings/meetings/{made.pk}/calendar.ics").content).walk("VEVENT")[0]
    assert (str(again["status"]), str(again["uid"])) == ("CANCELLED", str(event["uid"]))
    address = open_feed(guest)
    feed = Calendar.from_ical(Client().get(address[address.index("/feeds/") :]).content)
    assert [str(one["uid"]) for one in feed.walk("VEVENT")] == [f"meeting-{made.pk}@tradewind"]


def test_lists_answer_over_rest_with_the_same_rights(person: MakePerson) -> None:
    host = person("team_lead")
    made = meeting(host)
    actions.decide(host, made, text="Sea freight")
    client = signed_in(host)
    rows = client.get("/api/v1/meetings/decisions").json()
    assert [row["id"] for row in rows["rows"]] == list(Decision.objects.values_list("pk", flat=True))
    assert client.get(f"/api/v1/meetings/meetings/{made.pk}").status_code == 200
    assert signed_in(person()).get("/api/v1/meetings/decisions").status_code == 403
    assert clock.now() < made.starts_at
