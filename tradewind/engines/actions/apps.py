from django.apps import AppConfig


class ActionsConfig(AppConfig):
    name = "tradewind.engines.actions"
    label = "actions"
