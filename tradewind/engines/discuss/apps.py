from django.apps import AppConfig


class DiscussConfig(AppConfig):
    name = "tradewind.engines.discuss"
    label = "discuss"
