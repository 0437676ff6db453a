from django.apps import AppConfig


class MarketConfig(AppConfig):
    name = "tradewind.areas.market"
    label = "market"
