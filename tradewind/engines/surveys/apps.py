from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "tradewind.engines.surveys"
    label = "surveys"
