from django.apps import AppConfig


class RiskConfig(AppConfig):
    name = "tradewind.areas.risk"
    label = "risk"
