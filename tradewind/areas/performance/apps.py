from django.apps import AppConfig


class PerformanceConfig(AppConfig):
    name = "tradewind.areas.performance"
    label = "performance"
