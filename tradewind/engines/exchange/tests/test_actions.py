"""What one can do with an import, when, and as whom."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.urls import reverse
from pytest_django.fixtures import Settings

from tradewind.base.errors import NotAllowed, Refused
from tradewind.engines.actions.models import Event
from tradewind.engines.exchange import actions, flow, watch
from tradewind.engines.exchange.jobs import told
from tradewind.engines.exchange.models import Batch, Mapping, WatchRule
from tradewind.engines.exchange.tests.files import Sale, brought, make_channel, opened, shopify
from tradewind.engines.exchange.tests.test_views import RIGHTS, someone
from tradewind.engines.inbox.kinds import words
from tradewind.engines.inbox.models import Notice
from tradewind.engines.jobs.models import Job
from tradewind.engines.jobs.queue import run_now
from tradewind.engines.jobs.run import Cancelled
from tradewind.nouns.trade.models import Order

pytestmark = pytest.mark.django_db


def test_commit_by_someone_without_the_right_queues_nothing() -> None:
    batch = opened(make_channel(), shopify([Sale("#1")]))
    person, _client = someone("Ann", "exchange.view_imports")
    with pytest.raises(NotAllowed):
        actions.commit_import(person, batch)
    batch.refresh_from_db()
    assert (batch.state, Job.objects.filter(name="exchange.merge_batch").count()) == (Batch.NEW, 0)


def test_import_and_undo_are_events_of_whoever_asked() -> None:
    batch = opened(make_channel(), shopify([Sale("#1")]))
    lin, _client = someone("Lin", *RIGHTS)
    mei, _client = someone("Mei", *RIGHTS)
    run_now("exchange.merge_batch", by=lin, batch_id=batch.pk)
    run_now("exchange.undo_batch", by=mei, batch_id=batch.pk)
    assert Event.objects.get(name="customers.import_orders").actor == lin
    assert Event.objects.get(name="exchange.undo_import").actor == mei


def test_commit_takes_a_waiting_read_out_of_the_queue() -> None:
    batch = opened(make_channel(), shopify([Sale("#1")]))
    lin, _client = someone("Lin", *RIGHTS)
    actions.read_import(lin, batch)
    actions.commit_import(lin, batch)
    states = dict(Job.objects.filter(unique=f"batch-{batch.pk}").values_list("name", "state"))
    assert states == {"exchange.read_batch": Job.CANCELLED, "exchange.merge_batch": Job.QUEUED}
    Job.objects.filter(name="exchange.merge_batch").update(state=Job.RUNNING)
    with pytest.raises(Refused):
        actions.commit_import(lin, batch)


def test_a_stopped_import_tells_the_days_that_are_in() -> None:
    batch = opened(make_channel(), shopify([Sale("#1"), Sale("#1b", [("A", 1, "?")])]))
    done = iter([None])

    def check() -> None:
        next(done)

    def fail(*_args: object) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        flow.merge(batch, fail, check)
    assert Event.objects.get(name="exchange.stop_import").counts["days"] == [["2026-03-01", "2026-03-01"]]
    assert Order.objects.count() == 1


def test_cancel_of_a_finished_import_is_refused() -> None:
    batch = brought(make_channel(), shopify([Sale("#1")]))
    lin, _client = someone("Lin", *RIGHTS)
    with pytest.raises(Refused):
        actions.cancel_import(lin, batch)
    batch.refresh_from_db()
    assert batch.state == Batch.DONE


def test_a_mapping_may_not_take_the_name_of_a_ready_one() -> None:
    lin, _client = someone("Lin", *RIGHTS)
    spec = {"version": 1, "name": "x", "layout": "order", "columns": {"order_id": "a", "date": "b", "total": "c"}}
    with pytest.raises(Refused):
        actions.save_mapping(lin, None, name="online-retail", spec=spec)
    with pytest.raises(Refused):
        actions.save_mapping(lin, None, name="mine", spec={**spec, "columns": {}})
    assert not Mapping.objects.exists()
    assert actions.save_mapping(lin, None, name="Mine", spec=spec).code == "mine"


def test_many_files_make_one_notice_with_the_sums_over_them() -> None:
    lin, client = someone("Lin", *RIGHTS)
    channel = make_channel()
    batches = [opened(channel, shopify([Sale(f"#{n}a"), Sale(f"#{n}b")])) for n in range(3)]
    Batch.objects.update(by=lin)
    for batch in batches:
        run_now("exchange.merge_batch", by=lin, batch_id=batch.pk)
    batches[0].refresh_from_db()
    told(batches[0], "exchange.batch_done")  # a job that is repeated counts nothing twice
    notice = Notice.objects.get(kind="exchange.batch_done")
    said = words(notice.kind, notice.data, "zh-hans", "UTC")
    assert notice.data["new"] == 6 and len(notice.data["batches"].split()) == 3
    assert (
        words(notice.kind, notice.data, "en", "UTC").title == "Imported: orders.csv and 2 more files"
        and "2" in said.title
    )
    assert client.get(reverse("inbox:open", args=[notice.pk])).headers["Location"] == reverse("exchange:import-list")
    later = opened(channel, shopify([Sale("#later")]))
    Batch.objects.filter(pk=later.pk).update(by=lin)
    run_now("exchange.merge_batch", by=lin, batch_id=later.pk)
    assert Notice.objects.filter(kind="exchange.batch_done", read_at=None).get().data["new"] == 1


def quiet(*_args: object) -> None:
    """Progress nobody listens to."""


def test_the_watched_folder_takes_files_that_stand_still(tmp_path: Path, settings: Settings) -> None:
    settings.WATCH_FOLDER = str(tmp_path)
    channel = make_channel()
    WatchRule.objects.create(pattern="shop-*.csv", format="shopify", channel=channel)
    (tmp_path / "shop-1.csv").write_bytes(shopify([Sale("#1")]))
    (tmp_path / "shop-2.csv").write_bytes(b"nothing,known\n1,2\n")
    (tmp_path / "other.csv").write_bytes(b"x\n")
    assert watch.look(quiet, quiet) == {"taken": 0, "refused": 0}
    with (tmp_path / "shop-1.csv").open("ab") as more:
        more.write(shopify([Sale("#2")]).split(b"\n", 1)[1])
    assert watch.look(quiet, quiet) == {"taken": 0, "refused": 1}
    assert watch.look(quiet, quiet) == {"taken": 1, "refused": 0}
    assert sorted(Order.objects.values_list("number", flat=True)) == ["#1", "#2"]
    assert sorted(path.parent.name for path in tmp_path.rglob("*shop-*.csv")) == ["done", "refused"]
    assert (tmp_path / "other.csv").exists()
