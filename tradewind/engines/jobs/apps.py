from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "tradewind.engines.jobs"
    label = "jobs"
