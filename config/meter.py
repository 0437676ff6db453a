"""Figures for Prometheus under /metrics: requests and their time, the queue, the outbox, workers, disk.

Each process counts into a file of its own; whichever worker is asked adds them up. Nothing else may import
prometheus_client: it decides at its import whether it counts into files.
"""

from __future__ import annotations

import hmac
import os
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import datetime

from django.conf import settings
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from tradewind.base import clock
from tradewind.base.home import home, private_folder
from tradewind.engines.actions.models import Event
from tradewind.engines.jobs.models import Job, WebhookDelivery
from tradewind.engines.jobs.queries import workers_alive

FOLDER = private_folder(private_folder(home() / "run") / "meters")
os.environ.update(PROMETHEUS_MULTIPROC_DIR=str(FOLDER))

from prometheus_client import (  # noqa: E402  reads the folder when imported
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily  # noqa: E402
from prometheus_client.multiprocess import MultiProcessCollector  # noqa: E402

REQUESTS = Counter("tradewind_requests", "Requests answered", ["method", "page", "status"])
SECONDS = Histogram(
    "tradewind_request_seconds",
    "Time to answer a request",
    ["page"],
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Meter:
    """Middleware, outermost: one count and one time a request, under the name of its address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        answer = self.get_response(request)
        match = request.resolver_match
        page = (match.view_name or match.route or "unnamed") if match else "none"
        method = request.method if request.method in METHODS else "other"
        REQUESTS.labels(method, page, str(answer.status_code)).inc()
        SECONDS.labels(page).observe(time.perf_counter() - began)
        return answer


@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus: for the bearer of METRICS_TOKEN, or whoever may see all jobs."""
    if not may_read(request):
        answer = HttpResponse("sign in or send the token\n", status=401, content_type="text/plain")
        answer["WWW-Authenticate"] = "Bearer"
        return answer
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(FOLDER))  # type: ignore[no-untyped-call]
    registry.register(Standing())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def may_read(request: HttpRequest) -> bool:
    """Whether this request may see the figures."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    if settings.METRICS_TOKEN and given and hmac.compare_digest(given.encode(), settings.METRICS_TOKEN.encode()):
        return True
    may = getattr(request, "may", None)
    return bool(may and may("jobs.view_job"))


class Standing:
    """What the store tells at the moment of the question."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Queue, outbox, webhooks, workers, disk."""
        now = clock.now()
        jobs = GaugeMetricFamily("tradewind_jobs", "Jobs by state", labels=["state"])
        counts = dict(Job.objects.order_by().values_list("state").annotate(Count("pk")))
        for state, _label in Job.STATES:
            jobs.add_metric([state], counts.get(state, 0))
        yield jobs
        oldest = Job.objects.filter(state=Job.QUEUED, run_at__lte=now).aggregate(at=Min("run_at"))["at"]
        yield gauge("tradewind_job_wait_seconds", "Age of the oldest job that is due", age(oldest, now))
        outbox = Event.objects.filter(delivered_at__isnull=True)
        yield gauge("tradewind_outbox_events", "Events not delivered to all reactions yet", outbox.count())
        waiting = WebhookDelivery.objects.filter(state=WebhookDelivery.WAITING).count()
        yield gauge("tradewind_webhooks_waiting", "Webhook messages not delivered yet", waiting)
        yield gauge("tradewind_workers", "Workers alive", len(workers_alive()))
        yield gauge("tradewind_disk_free_bytes", "Free space where the data are", shutil.disk_usage(home()).free)


def gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    """One figure."""
    return GaugeMetricFamily(name, words, value=value)


def age(moment: datetime | None, now: datetime) -> float:
    """Seconds since a moment; 0 without one."""
    return max(0.0, (now - moment).total_seconds()) if moment else 0.0
