from django.apps import AppConfig


class InnovationConfig(AppConfig):
    name = "tradewind.areas.innovation"
    label = "innovation"
