"""Rights on the queue: one's own jobs are always one's own; the codes open those of others."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tradewind.engines.access.registry import codes, default_role, subject
from tradewind.engines.jobs.models import Job, Schedule, WebhookDelivery, WebhookEndpoint

codes("jobs", view_job=_("See all jobs and schedules"), manage_job=_("Cancel, repeat and pause all jobs"))
codes("jobs", view_webhook=_("See all webhooks"))
subject("jobs.job", model=Job, read="jobs.view_job", axes={"self": "by_id"}, url="jobs:job-detail", label=_("Job"))
subject("jobs.schedule", model=Schedule, read="jobs.view_job", axes={}, url="jobs:schedule-list", label=_("Schedule"))
subject(
    "jobs.webhook",
    model=WebhookEndpoint,
    read="jobs.view_webhook",
    axes={"self": "owner_id"},
    url="jobs:webhook-detail",
    label=_("Webhook"),
)
subject(
    "jobs.webhook_delivery",
    model=WebhookDelivery,
    read="jobs.view_webhook",
    axes={"self": "endpoint__owner_id"},
    url="jobs:webhook-delivery-detail",
    label=_("Webhook delivery"),
)
default_role("auditor", ["jobs.view_job", "jobs.view_webhook"])
