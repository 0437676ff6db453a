from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import time_machine
from pytest_django import DjangoCaptureOnCommitCallbacks
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from tradewind.base import clock
from tradewind.base.errors import NotAllowed, Refused
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.actions.models import Event
from tradewind.engines.jobs import actions, outbound, webhooks, worker
from tradewind.engines.jobs.models import Job, Schedule, WebhookDelivery, WebhookEndpoint
from tradewind.nouns.org.models import Entity, Market, Person

pytestmark = pytest.mark.django_db


class Receiver:
    """A real server that keeps what it gets and answers `status`."""

    def __init__(self) -> None:
        self.status = 200
        self.got: list[tuple[dict[str, str], bytes]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(outer.status)
                if outer.status == 302:
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "4")
                self.end_headers()
                self.wfile.write(b"told")

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?a=1"


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    monkeypatch.setenv("WEBHOOK_ALLOW", "127.0.0.1")
    made = Receiver()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(made.server.serve_forever, 0.02)
        yield made
        made.server.shutdown()
    made.server.server_close()


def person(name: str, *codes: str, **where: Any) -> Person:
    made = Person.objects.create(name=name, email=f"{name.lower()}@example.com")
    role = Role.objects.create(code=name.lower(), codes=list(codes))
    Grant.objects.create(person=made, role=role, **where)
    return made


@pytest.fixture
def boss(db: None) -> Person:
    return person("Boss", "*")


def endpoint_of(owner: Person, url: str, *patterns: str) -> WebhookEndpoint:
    return WebhookEndpoint.objects.create(
        owner=owner, name="hook", url=url, secret=webhooks.new_secret(), patterns=list(patterns) or ["*"]
    )


def event_at(name: str, **more: Any) -> Event:
    return Event.objects.create(name=name, **more)


def test_message_is_signed_as_the_standard_library_checks_it(boss: Person, receiver: Receiver) -> None:
    endpoint = endpoint_of(boss, receiver.url)
    assert webhooks.fan_out(event_at("jobs.cancel_job", counts={"n": 1})) == 1
    worker.drain("w")
    ((headers, body),) = receiver.got
    told = Webhook(endpoint.secret).verify(body, headers)
    assert (told["type"], told["data"]["counts"]) == ("jobs.cancel_job", {"n": 1})
    with pytest.raises(WebhookVerificationError):
        Webhook(webhooks.new_secret()).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(endpoint.secret).verify(body.replace(b"cancel", b"retry"), headers)
    sent = WebhookDelivery.objects.get()
    assert (sent.state, sent.status, sent.message_id) == (WebhookDelivery.SENT, 200, headers["webhook-id"])


def test_event_is_told_once_however_often_it_is_delivered(boss: Person, receiver: Receiver) -> None:
    endpoint_of(boss, receiver.url)
    event = event_at("jobs.cancel_job")
    assert [webhooks.fan_out(event), webhooks.fan_out(event)] == [1, 0]
    worker.drain("w")
    assert len(receiver.got) == 1


def test_owner_hears_only_of_what_they_may_see(receiver: Receiver) -> None:
    from tradewind.engines.access.registry import SUBJECT_BY_MODEL, SUBJECTS, codes, subject

    codes("sample", view_entity="See entities")
    kept = dict(SUBJECTS), dict(SUBJECT_BY_MODEL)
    subject("sample.entity", model=Entity, read="sample.view_entity", axes={"entity": "pk"})
    try:
        mine, other = (Entity.objects.create(code=c, country="DE", currency="EUR", zone="UTC") for c in ("a", "b"))
        owner = person("Lin", "sample.view_entity", entity=mine)
        endpoint_of(owner, receiver.url)
        for entity in (mine, other):
            webhooks.fan_out(event_at("sample.change", subject_type="sample.entity", subject_id=entity.pk))
        assert [d.event.subject_id for d in WebhookDelivery.objects.all() if d.event] == [mine.pk]
        Person.objects.filter(pk=owner.pk).update(active=False)
        assert webhooks.fan_out(event_at("sample.change", subject_type="sample.entity", subject_id=mine.pk)) == 0
    finally:
        SUBJECTS.clear()
        SUBJECTS.update(kept[0])
        SUBJECT_BY_MODEL.clear()
        SUBJECT_BY_MODEL.update(kept[1])


def test_only_wanted_events_are_told(boss: Person, receiver: Receiver) -> None:
    endpoint_of(boss, receiver.url, "customers.*", "finance.close_period")
    names = ["customers.import_orders", "finance.close_period", "finance.open_period", "jobs.x"]
    assert [webhooks.fan_out(event_at(name)) for name in names] == [1, 1, 0, 0]


def test_failed_message_is_tried_again_under_its_number(boss: Person, receiver: Receiver) -> None:
    endpoint_of(boss, receiver.url)
    receiver.status = 503
    webhooks.fan_out(event_at("a.b"))
    worker.drain("w")
    waiting = WebhookDelivery.objects.get()
    assert (waiting.state, waiting.status, waiting.attempts) == (WebhookDelivery.WAITING, 503, 1)
    assert worker.drain("w") == 0
    receiver.status = 204
    with time_machine.travel(clock.now() + timedelta(seconds=6)):
        worker.drain("w")
    waiting.refresh_from_db()
    assert waiting.state == WebhookDelivery.SENT
    assert len({headers["webhook-id"] for headers, _body in receiver.got}) == 1
    assert waiting.endpoint.failures == 0


def test_endpoint_that_never_answers_is_stopped_with_an_event(boss: Person, receiver: Receiver) -> None:
    endpoint = endpoint_of(boss, receiver.url)
    receiver.status = 500
    webhooks.fan_out(event_at("a.b"))
    moment = clock.now()
    for wait in [timedelta(0), *webhooks.WAITS]:
        moment += wait + timedelta(minutes=1)  # more than a try may take on a busy machine
        with time_machine.travel(moment):
            worker.drain("w")
    endpoint.refresh_from_db()
    assert not endpoint.active
    assert endpoint.stopped_because == "told"
    assert WebhookDelivery.objects.get().state == WebhookDelivery.FAILED
    assert Event.objects.get(name="jobs.stop_webhook").subject_id == endpoint.pk
    assert not Job.objects.filter(state=Job.QUEUED).exists()


def test_endpoint_that_is_gone_is_stopped_at_once(boss: Person, receiver: Receiver) -> None:
    endpoint = endpoint_of(boss, receiver.url)
    receiver.status = 410
    webhooks.fan_out(event_at("a.b"))
    worker.drain("w")
    endpoint.refresh_from_db()
    assert not endpoint.active


def test_redirect_is_a_failure_and_not_followed(boss: Person, receiver: Receiver) -> None:
    endpoint_of(boss, receiver.url)
    receiver.status = 302
    webhooks.fan_out(event_at("a.b"))
    worker.drain("w")
    assert len(receiver.got) == 1
    assert WebhookDelivery.objects.get().state == WebhookDelivery.WAITING


def test_test_message_and_replay(boss: Person, receiver: Receiver) -> None:
    endpoint = endpoint_of(boss, receiver.url, "nothing.at_all")
    delivery = actions.test_webhook(boss, endpoint)
    worker.drain("w")
    delivery.refresh_from_db()
    assert delivery.state == WebhookDelivery.SENT
    actions.replay_delivery(boss, delivery)
    with pytest.raises(Refused):
        actions.replay_delivery(boss, delivery)
    worker.drain("w")
    first, second = receiver.got
    assert first[0]["webhook-id"] == second[0]["webhook-id"]
    assert json.loads(first[1])["type"] == "webhook.test"


def test_a_message_that_failed_for_good_has_all_its_tries_again_when_replayed(boss: Person, receiver: Receiver) -> None:
    endpoint = endpoint_of(boss, receiver.url)
    webhooks.fan_out(event_at("a.b"))
    Job.objects.all().delete()
    spent = {"state": WebhookDelivery.FAILED, "attempts": len(webhooks.WAITS) + 1}
    WebhookDelivery.objects.update(**spent)
    receiver.status = 500
    actions.replay_delivery(boss, WebhookDelivery.objects.get())
    worker.drain("w")
    endpoint.refresh_from_db()
    assert (endpoint.active, WebhookDelivery.objects.get().state) == (True, WebhookDelivery.WAITING)


def test_a_message_that_waits_is_not_sent_once_its_owner_may_not_see_the_record(
    boss: Person, receiver: Receiver
) -> None:
    endpoint = endpoint_of(boss, receiver.url)
    webhooks.fan_out(event_at("a.b"))
    Grant.objects.filter(person=boss).delete()
    worker.drain("w")
    endpoint.refresh_from_db()
    assert (receiver.got, endpoint.active) == ([], True)
    assert WebhookDelivery.objects.get().state == WebhookDelivery.FAILED


def test_whoever_changes_a_webhook_becomes_its_owner_and_the_old_messages_go(boss: Person, receiver: Receiver) -> None:
    endpoint = endpoint_of(boss, receiver.url)
    webhooks.fan_out(event_at("a.b"))
    helper = person("Helper", "jobs.update_webhook", "jobs.view_webhook")
    actions.update_webhook(helper, endpoint, name="mine", url="https://example.com/x", patterns=["a.*"])
    endpoint.refresh_from_db()
    assert endpoint.owner == helper
    assert not endpoint.deliveries.exists()
    assert webhooks.fan_out(event_at("a.b")) == 0


def test_secret_is_kept_encrypted_and_out_of_the_trail(
    boss: Person, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        endpoint = actions.create_webhook(boss, name="crm", url="https://example.com/", patterns=["customers.*"])
        actions.renew_webhook_secret(boss, endpoint)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM jobs_webhookendpoint")
        assert cursor.fetchone()[0].startswith("tw1.")
    trail = json.dumps([event.changes for event in Event.objects.all()])
    assert endpoint.secret not in trail
    assert Event.objects.get(name="jobs.renew_webhook_secret").changes["secret"] == [None, None]


def test_webhook_without_the_right_is_refused_and_changes_nothing(receiver: Receiver) -> None:
    nobody = Person.objects.create(name="Nobody", email="n@example.com")
    with pytest.raises(NotAllowed):
        actions.create_webhook(nobody, name="x", url="https://example.com", patterns=["*"])
    limited = person("Limited", "jobs.create_webhook", market=Market.objects.create(code="de", currency="EUR"))
    with pytest.raises(NotAllowed):
        actions.create_webhook(limited, name="x", url="https://example.com", patterns=["*"])
    assert not WebhookEndpoint.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.parametrize("patterns", [[], ["all events"], ["Customers.*"], ["a.b.c"], [""]])
def test_patterns_that_are_no_event_names_are_refused(boss: Person, patterns: list[str]) -> None:
    with pytest.raises(Refused) as caught:
        actions.create_webhook(boss, name="x", url="https://example.com", patterns=patterns)
    assert "patterns" in caught.value.fields


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/",
        "file:///keys.json",
        "example.com",
        "https://",
        "https://user:pass@example.com/",
        "https://example.com:99999/",
        "http://exa mple.com/",
        "http://[::1",
        "gopher://127.0.0.1/",
    ],
)
def test_address_of_another_form_is_refused(url: str) -> None:
    with pytest.raises(Refused):
        outbound.checked(url)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1",
        "255.255.255.255", "0.0.0.1", "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "::ffff:127.0.0.1", "::ffff:169.254.169.254",
        "64:ff9b::7f00:1", "2002:7f00:1::", "ff02::1", "198.18.0.1", "192.0.2.1",
    ],
)  # fmt: skip
def test_private_address_is_never_reached(address: str) -> None:
    assert not outbound.allowed("somewhere.example", address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::5db8:d70e"])
def test_public_address_is_reached(address: str) -> None:
    assert outbound.allowed("somewhere.example", address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0x7f000001", "2130706433", "127.1", "[::1]"])
def test_name_that_leads_home_is_refused_when_connecting(host: str) -> None:
    with pytest.raises((Refused, OSError)) as caught:
        outbound.post(f"http://{host}:9/", b"{}", {})
    assert not isinstance(caught.value, ConnectionError)


def test_host_with_one_private_address_among_public_ones_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [(2, 1, 6, "", ("93.184.215.14", 80)), (2, 1, 6, "", ("10.0.0.1", 80))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *args, **kwargs: answers)
    with pytest.raises(Refused):
        outbound.post("http://rebound.example/", b"{}", {})


def test_operator_may_name_private_hosts_and_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBHOOK_ALLOW", "erp.internal, 10.2.0.0/16")
    assert outbound.allowed("erp.internal", "10.9.9.9")
    assert outbound.allowed("any.example", "10.2.3.4")
    assert not outbound.allowed("any.example", "10.3.3.4")


def test_refused_address_is_written_down_and_tried_later(boss: Person) -> None:
    endpoint_of(boss, "http://127.0.0.1:9/")
    webhooks.fan_out(event_at("a.b"))
    worker.drain("w")
    told = WebhookDelivery.objects.get()
    assert (told.state, told.status) == (WebhookDelivery.WAITING, None)
    assert "private" in told.error


def test_who_may_in_one_entity_holds_no_schedule_of_the_whole_company(boss: Person) -> None:
    entity = Entity.objects.create(code="a", country="DE", currency="EUR", zone="UTC")
    near = person("Near", "*", entity=entity)
    row = Schedule.objects.create(name="jobs.prune", rule="1h", next_at=clock.now())
    for deed in (actions.pause_schedule, actions.run_schedule):
        with pytest.raises(NotAllowed):
            deed(near, row)
    assert (Schedule.objects.get().active, Job.objects.count()) == (True, 0)
    assert not actions.pause_schedule(boss, row).active
