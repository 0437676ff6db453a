"""Pages of jobs, their schedule, and webhooks."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from tradewind.engines.access.scope import visible
from tradewind.engines.jobs import actions, forms, queries
from tradewind.engines.jobs.job import JOBS, label_of
from tradewind.engines.jobs.models import Job, JobLine, Schedule, WebhookDelivery, WebhookEndpoint
from tradewind.nouns.org.queries import reader
from tradewind.ui.pages import ActionPage, Choice, Col, DayRange, DetailPage, FormPage, ListPage, Page, Section
from tradewind.ui.pages.details import find

TONES = {
    Job.QUEUED: "neutral",
    Job.RUNNING: "info",
    Job.DONE: "good",
    Job.FAILED: "bad",
    Job.CANCELLED: "attention",
    WebhookDelivery.WAITING: "info",
    WebhookDelivery.SENT: "good",
}


def tone(row: Any) -> str:
    """The colour of a state."""
    return TONES.get(row.state, "neutral")


def progress_part(job: Job, request: HttpRequest) -> SafeString:
    """A job's progress as it stands; asks again by itself until the job is over."""
    return render_to_string("jobs/progress.html", {"job": job}, request)


# --- jobs ----------------------------------------------------------------------------------------------------------


class JobList(ListPage[Job]):
    """One's own jobs, or all with the right to see them."""

    area, stem, any_person = "jobs", "job", True
    title, icon = _("Background jobs"), "list-check"
    columns = [
        Col("name", _("Job"), value=lambda row: label_of(row.name), sort="name", link=True),
        Col("state", _("State"), kind="chip", value="get_state_display", tone=tone, sort="state"),
        Col("progress", _("Progress"), render=progress_part, export=lambda row: row.percent),
        Col("by", _("Asked for by"), kind="person"),
        Col("created_at", _("Queued at"), kind="moment", sort="created_at"),
        Col("finished_at", _("Finished at"), kind="moment"),
        Col("attempts", _("Starts"), kind="number", hidden=True),
        Col("id", _("Number"), sort="id", hidden=True),
    ]
    filters = [
        Choice("state", _("State"), Job.STATES),
        Choice("name", _("Job"), lambda request: sorted((name, label_of(name)) for name in JOBS)),
        DayRange("created_at", _("Queued at")),
    ]
    default_order = "-created_at"
    searchable = False
    empty = _("Imports, exports and everything else that runs by itself shows here.")

    def rows(self, request: HttpRequest) -> QuerySet[Job]:
        return queries.jobs(reader(request)).select_related("by")


class JobDetail(DetailPage[Job]):
    """One job: how it stands, its log, its result."""

    of, any_person = JobList, True
    title = staticmethod(lambda row: label_of(row.name))
    subtitle = staticmethod(lambda row: f"#{row.pk}")
    facts = [
        Col("state", _("State"), kind="chip", value="get_state_display", tone=tone),
        Col("by", _("Asked for by"), kind="person"),
        Col("created_at", _("Queued at"), kind="moment"),
        Col("run_at", _("Not before"), kind="moment"),
        Col("started_at", _("Last start"), kind="moment"),
        Col("finished_at", _("Finished at"), kind="moment"),
        Col("attempts", _("Starts"), value=lambda row: f"{row.attempts} / {row.most_attempts}"),
        Col("worker", _("Worker")),
    ]
    sections = [
        Section(_("Progress"), template="jobs/job_state.html", context=lambda request, row: {"job": row}),
        Section(
            _("Log"),
            rows=lambda request, row: visible_lines(request, row),  # noqa: PLW0108  defined below
            columns=[
                Col("at", _("When"), kind="moment"),
                Col("attempt", _("Start"), kind="number"),
                Col("text", _("Text"), render=lambda line, request: render_to_string("jobs/line.html", {"line": line})),
            ],
            empty=_("Nothing was written down."),
            limit=500,
        ),
    ]
    actions = ["jobs:job-cancel", "jobs:job-retry"]
    slots = ()


def visible_lines(request: HttpRequest, job: Job) -> QuerySet[JobLine]:
    """A job's log; the technical detail of a fault only for whoever may see all jobs."""
    may: bool = request.may("jobs.view_job")  # type: ignore[attr-defined]
    return job.lines.all() if may else job.lines.exclude(level=JobLine.TRACE)


class JobCancel(ActionPage[Job]):
    """Stops a job."""

    of, any_person, verb, action = JobList, True, "cancel", actions.cancel_job
    title, button, icon = _("Cancel the job"), _("Cancel the job"), "player-stop"
    text = _("What it has done so far stays; it stops at its next safe place.")

    @classmethod
    def offered(cls, row: Any) -> bool:
        return not row.over and not row.cancel_asked


class JobRetry(ActionPage[Job]):
    """Starts a job again."""

    of, any_person, verb, action = JobList, True, "retry", actions.retry_job
    title, button, icon = _("Start the job again"), _("Start again"), "refresh"
    states = (Job.FAILED, Job.CANCELLED)


class JobProgress(Page):
    """The progress of one job as a part of a page."""

    area, name, path, any_person, in_menu = "jobs", "job-progress", "jobs/<int:pk>/progress/", True, False
    title = _("Progress")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        job = find(queries.jobs(reader(request)), kwargs["pk"])
        answer = HttpResponse(progress_part(job, request))
        own_page = reverse("jobs:job-detail", args=[job.pk])
        if job.over and request.headers.get("HX-Current-URL", "").split("?")[0].endswith(own_page):
            answer["HX-Refresh"] = "true"  # state, log and result stand beside the bar
        return answer


# --- schedule ------------------------------------------------------------------------------------------------------


class ScheduleList(ListPage[Schedule]):
    """What runs by the clock."""

    area, stem, read = "jobs", "schedule", "jobs.view_job"
    title, icon = _("Schedule"), "clock-play"
    columns = [
        Col("name", _("Job"), value=lambda row: label_of(row.name), sort="name", link=True),
        Col("rule", _("When")),
        Col("next_at", _("Next"), kind="moment", sort="next_at"),
        Col("last_at", _("Last"), kind="moment"),
        Col("last_state", _("Last result"), value=lambda row: dict(Job.STATES).get(row.last_state, "")),
        Col("active", _("Active"), kind="bool"),
    ]
    default_order = "name"
    searchable = False
    empty = _("The worker enters the schedule when it starts.")

    def rows(self, request: HttpRequest) -> QuerySet[Schedule]:
        return visible(reader(request), "jobs.view_job", Schedule.objects.all())


class ScheduleDetail(DetailPage[Schedule]):
    """One scheduled job and its last runs."""

    of = ScheduleList
    title = staticmethod(lambda row: label_of(row.name))
    facts = ScheduleList.columns[1:]
    sections = [
        Section(
            _("Last runs"),
            rows=lambda request, row: queries.jobs(reader(request)).filter(name=row.name),
            columns=[
                Col("id", _("Number"), link=True),
                Col("state", _("State"), kind="chip", value="get_state_display", tone=tone),
                Col("created_at", _("Queued at"), kind="moment"),
                Col("finished_at", _("Finished at"), kind="moment"),
            ],
            url=lambda job: reverse("jobs:job-detail", args=[job.pk]),
            empty=_("No run is kept: short housekeeping leaves a trace only when it fails."),
            limit=50,
        )
    ]
    actions = ["jobs:schedule-run", "jobs:schedule-pause", "jobs:schedule-resume"]
    slots = ()


class ScheduleRun(ActionPage[Schedule]):
    """Runs a scheduled job now."""

    of, verb, action = ScheduleList, "run", actions.run_schedule
    title, button, icon = _("Run now"), _("Run now"), "player-play"


class SchedulePause(ActionPage[Schedule]):
    """Pauses a schedule."""

    of, verb, action = ScheduleList, "pause", actions.pause_schedule
    title, button, icon = _("Pause the schedule"), _("Pause"), "player-pause"

    @classmethod
    def offered(cls, row: Any) -> bool:
        return bool(row.active)


class ScheduleResume(ActionPage[Schedule]):
    """Resumes a schedule."""

    of, verb, action = ScheduleList, "resume", actions.resume_schedule
    title, button, icon = _("Resume the schedule"), _("Resume"), "player-play"

    @classmethod
    def offered(cls, row: Any) -> bool:
        return not row.active


# --- webhooks ------------------------------------------------------------------------------------------------------


class WebhookList(ListPage[WebhookEndpoint]):
    """One's own webhooks, or all with the right to see them."""

    area, stem, any_person = "jobs", "webhook", True
    title, icon = _("Webhooks"), "webhook"
    columns = [
        Col("name", _("Name"), sort="name", link=True),
        Col("url", _("Address")),
        Col("patterns", _("Events"), value=lambda row: ", ".join(row.patterns)),
        Col("owner", _("Owner"), kind="person"),
        Col(
            "active",
            _("State"),
            kind="chip",
            value=lambda row: _("Active") if row.active else _("Stopped"),
            tone=lambda row: "good" if row.active else "bad",
        ),
        Col("failures", _("Failures in a row"), kind="number", sort="failures"),
    ]
    default_order = "name"
    primary, primary_label, primary_code = "jobs:webhook-new", _("New webhook"), "jobs.create_webhook"
    empty = _("A webhook tells another system at once what happened here, signed and only as far as you may see it.")

    def rows(self, request: HttpRequest) -> QuerySet[WebhookEndpoint]:
        return queries.webhooks(reader(request)).select_related("owner")

    def search(self, rows: QuerySet[WebhookEndpoint], text: str) -> QuerySet[WebhookEndpoint]:
        return rows.filter(name__istartswith=text)


class WebhookDetail(DetailPage[WebhookEndpoint]):
    """One webhook, its messages and, for its owner, its secret."""

    of, any_person = WebhookList, True
    title = "name"
    facts = [*WebhookList.columns[1:], Col("stopped_because", _("Stopped because"))]
    sections = [
        Section(
            _("Signing secret"),
            template="jobs/webhook_secret.html",
            context=lambda request, row: {"secret": row.secret if row.owner_id == reader(request).pk else ""},
        ),
        Section(
            _("Messages"),
            rows=lambda request, row: row.deliveries.all(),
            columns=[
                Col("kind", _("Event"), link=True),
                Col("state", _("State"), kind="chip", value="get_state_display", tone=tone),
                Col("status", _("Answer"), kind="number"),
                Col("attempts", _("Tries"), kind="number"),
                Col("created_at", _("When"), kind="moment"),
                Col("next_at", _("Next try"), kind="moment"),
            ],
            url=lambda told: reverse("jobs:webhook-delivery-detail", args=[told.pk]),
            empty=_("Nothing was sent yet. Send a test message to try the line."),
            limit=50,
        ),
    ]
    actions = [
        "jobs:webhook-test",
        "jobs:webhook-edit",
        "jobs:webhook-start",
        "jobs:webhook-stop",
        "jobs:webhook-secret",
        "jobs:webhook-delete",
    ]
    slots = ("history",)


class WebhookEdit(FormPage[WebhookEndpoint]):
    """Creates and changes a webhook."""

    of = WebhookList
    title, edit_title = _("New webhook"), _("Edit the webhook")
    form, create, update = forms.WebhookForm, actions.create_webhook, actions.update_webhook

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        found = super().initial(request, row)
        return {**found, "patterns": "\n".join(row.patterns)} if row is not None else found


class WebhookTest(ActionPage[WebhookEndpoint]):
    """Sends a test message."""

    of, verb, action = WebhookList, "test", actions.test_webhook
    title, button, icon = _("Send a test message"), _("Send a test message"), "send"
    done = _("The test message is on its way.")

    @classmethod
    def offered(cls, row: Any) -> bool:
        return bool(row.active)

    def perform(self, request: HttpRequest, row: WebhookEndpoint | None, values: dict[str, Any]) -> Any:
        super().perform(request, row, values)
        return row


class WebhookStart(ActionPage[WebhookEndpoint]):
    """Starts a stopped webhook."""

    of, verb, action = WebhookList, "start", actions.start_webhook
    title, button, icon = _("Start the webhook"), _("Start"), "player-play"

    @classmethod
    def offered(cls, row: Any) -> bool:
        return not row.active


class WebhookStop(ActionPage[WebhookEndpoint]):
    """Stops a webhook."""

    of, verb, action = WebhookList, "stop", actions.stop_webhook
    title, button, icon = _("Stop the webhook"), _("Stop"), "player-stop"
    text = _("Messages that wait are given up.")

    @classmethod
    def offered(cls, row: Any) -> bool:
        return bool(row.active)


class WebhookSecret(ActionPage[WebhookEndpoint]):
    """Makes a new signing secret."""

    of, verb, action = WebhookList, "secret", actions.renew_webhook_secret
    title, button, icon = _("Make a new signing secret"), _("New secret"), "key"
    text = _("The receiver must be given the new secret; the old one ends at once.")


class WebhookDelete(ActionPage[WebhookEndpoint]):
    """Removes a webhook."""

    of, verb, action, danger = WebhookList, "delete", actions.delete_webhook, True
    title, button, icon = _("Remove the webhook"), _("Remove"), "trash"

    def perform(self, request: HttpRequest, row: WebhookEndpoint | None, values: dict[str, Any]) -> Any:
        super().perform(request, row, values)

    leads = "list"


class DeliveryDetail(DetailPage[WebhookDelivery]):
    """One message of a webhook; its text for the webhook's owner."""

    area, stem, plural, any_person = "jobs", "webhook-delivery", "webhooks/messages", True
    title, icon = "kind", "send"
    facts = [
        Col("endpoint", _("Webhook"), link=lambda row: reverse("jobs:webhook-detail", args=[row.endpoint_id])),
        Col("state", _("State"), kind="chip", value="get_state_display", tone=tone),
        Col("message_id", _("Number")),
        Col("status", _("Answer"), kind="number"),
        Col("error", _("What went wrong")),
        Col("attempts", _("Tries"), kind="number"),
        Col("created_at", _("When"), kind="moment"),
        Col("sent_at", _("Delivered at"), kind="moment"),
        Col("next_at", _("Next try"), kind="moment"),
    ]
    sections = [
        Section(
            _("Message"),
            template="jobs/delivery_body.html",
            context=lambda request, row: {"body": readable(row) if row.endpoint.owner_id == reader(request).pk else ""},
        )
    ]
    actions = ["jobs:webhook-delivery-replay"]
    slots = ()

    def rows(self, request: HttpRequest) -> QuerySet[WebhookDelivery]:
        return queries.deliveries(reader(request)).select_related("endpoint")


def readable(told: WebhookDelivery) -> str:
    """A message's text with line breaks for the eye."""
    return json.dumps(json.loads(told.body), ensure_ascii=False, indent=2)


class DeliveryReplay(ActionPage[WebhookDelivery]):
    """Sends a message again."""

    area, stem, plural = "jobs", "webhook-delivery", "webhooks/messages"
    verb, action = "replay", actions.replay_delivery
    title, button, icon = _("Send the message again"), _("Send again"), "refresh"
    rows = DeliveryDetail.rows

    @classmethod
    def offered(cls, row: Any) -> bool:
        return bool(row.state != WebhookDelivery.WAITING)


# --- live ----------------------------------------------------------------------------------------------------------


def stream(request: HttpRequest) -> HttpResponse:
    """Leads an open page to the stream server; 204 tells it to be quiet where there is none."""
    if not settings.STREAM_URL or getattr(request, "person", None) is None:
        return HttpResponse(status=204)
    return HttpResponseRedirect(f"{settings.STREAM_URL}/events")
