from django.apps import AppConfig


class PracticesConfig(AppConfig):
    name = "tradewind.engines.practices"
    label = "practices"
