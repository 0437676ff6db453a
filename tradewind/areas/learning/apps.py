from django.apps import AppConfig


class LearningConfig(AppConfig):
    name = "tradewind.areas.learning"
    label = "learning"
