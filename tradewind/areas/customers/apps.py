from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "tradewind.areas.customers"
    label = "customers"
