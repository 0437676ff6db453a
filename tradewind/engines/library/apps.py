from django.apps import AppConfig


class LibraryConfig(AppConfig):
    name = "tradewind.engines.library"
    label = "library"
