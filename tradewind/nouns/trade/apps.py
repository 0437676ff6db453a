from django.apps import AppConfig


class TradeConfig(AppConfig):
    name = "tradewind.nouns.trade"
    label = "trade"
