from django.apps import AppConfig


class SupplyConfig(AppConfig):
    name = "tradewind.areas.supply"
    label = "supply"
