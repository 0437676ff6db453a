from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "tradewind.engines.exchange"
    label = "exchange"
