from __future__ import annotations

from django.urls import path

from tradewind.engines.jobs import views
from tradewind.ui.pages import urls

app_name = "jobs"
urlpatterns = [
    path("events", views.stream, name="stream"),
    *urls(
        views.JobList,
        views.JobDetail,
        views.JobCancel,
        views.JobRetry,
        views.JobProgress,
        views.ScheduleList,
        views.ScheduleDetail,
        views.ScheduleRun,
        views.SchedulePause,
        views.ScheduleResume,
        views.WebhookList,
        views.WebhookDetail,
        views.WebhookEdit,
        views.WebhookTest,
        views.WebhookStart,
        views.WebhookStop,
        views.WebhookSecret,
        views.WebhookDelete,
        views.DeliveryDetail,
        views.DeliveryReplay,
    ),
]
