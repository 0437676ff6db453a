from django.apps import AppConfig


class FinanceConfig(AppConfig):
    name = "tradewind.areas.finance"
    label = "finance"
