from django.apps import AppConfig


class RemoteConfig(AppConfig):
    name = "tradewind.areas.remote"
    label = "remote"
