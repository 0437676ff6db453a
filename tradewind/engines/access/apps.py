from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "tradewind.engines.access"
    label = "access"
