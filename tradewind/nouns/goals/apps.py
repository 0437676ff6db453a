from django.apps import AppConfig


class GoalsConfig(AppConfig):
    name = "tradewind.nouns.goals"
    label = "goals"
