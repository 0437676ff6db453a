from django.apps import AppConfig


class MetricsConfig(AppConfig):
    name = "tradewind.engines.metrics"
    label = "metrics"
