from django.apps import AppConfig


class CultureConfig(AppConfig):
    name = "tradewind.areas.culture"
    label = "culture"
