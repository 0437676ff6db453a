from django.apps import AppConfig


class AgendaConfig(AppConfig):
    name = "tradewind.engines.agenda"
    label = "agenda"
